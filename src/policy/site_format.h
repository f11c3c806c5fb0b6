/*
 * site_format.h
 *		Key formats of a site's own, beside the published ones.
 */
#ifndef OGW_SITE_FORMAT_H
#define OGW_SITE_FORMAT_H

#include "postgres.h"

#include "redact/redact_scan.h"

extern const RedactIndex *site_format_index(void);
extern void site_format_load(void);

#endif
