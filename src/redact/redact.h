/*
 * redact.h
 *		Where secrets stand in a text.
 *
 * Knows nothing of PostgreSQL, so that it can be fuzzed and timed alone.
 */
#ifndef OGW_REDACT_H
#define OGW_REDACT_H

#include "redact/redact_scan.h"

extern void redact_index_build(RedactIndex *index, const KeyFormat *site_formats, size_t n);
extern void redact_scan(RedactScan *scan, const RedactIndex *index,
						const char *text, size_t len);
extern RedactStep redact_scan_next(RedactScan *scan, RedactHit *hit);

#endif
