/*
 * needle_probe.h
 *		Telling quickly whether what is looked for may stand in bytes that are not only text.
 */
#ifndef OGW_NEEDLE_PROBE_H
#define OGW_NEEDLE_PROBE_H

#include "postgres.h"

#include "search/needle.h"

extern bool needle_may_be_in(const Needle *needle, const char *p, const char *end);

#endif
