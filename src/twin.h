/*
 * twin.h
 *		Looking for a key in a partition of ogw_logs.job, others' uncommitted rows
 *		included.
 */
#ifndef OGW_TWIN_H
#define OGW_TWIN_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/relcache.h"
#include "utils/uuid.h"

/* How far in time a twin may be from its row, in µs: any. */
#define TWIN_AT_ANY_TIME PG_INT64_MAX

typedef struct TwinScan TwinScan;

extern TwinScan *twin_scan_begin(Relation leaf);
extern bool twin_scan_find(TwinScan *scan, const pg_uuid_t *key, TimestampTz near,
						   int64 within_us, TimestampTz *at);
extern void twin_scan_end(TwinScan *scan);

#endif
