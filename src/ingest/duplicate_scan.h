/*
 * duplicate_scan.h
 *		Looking for a key in a partition of ogw_logs.entry_key, others' uncommitted rows
 *		included.
 */
#ifndef OGW_DUPLICATE_SCAN_H
#define OGW_DUPLICATE_SCAN_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/relcache.h"
#include "utils/uuid.h"

/* How far in time a duplicate may be from its row, in µs: any. */
#define DUPLICATE_AT_ANY_TIME PG_INT64_MAX

typedef struct DuplicateScan DuplicateScan;

extern DuplicateScan *duplicate_scan_begin(Relation partition);
extern bool duplicate_scan_find(DuplicateScan *scan, const pg_uuid_t *key, TimestampTz near,
						   int64 within_us, TimestampTz *at);
extern void duplicate_scan_end(DuplicateScan *scan);
extern bool times_within(TimestampTz a, TimestampTz b, int64 within_us);

#endif
