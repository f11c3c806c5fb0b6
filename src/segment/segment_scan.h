/*
 * segment_scan.h
 *		Reading the segments of a partition of ogw_logs.segment, by their index.
 *
 * A scan is opened on one partition, and is of one team at a time:
 *
 *		segment_scan_open()			then segment_scan_next_team(), or _set_team()
 *		segment_scan_begin_range()	then segment_scan_next() until it says false
 *		segment_scan_load()			reads the segment of a row
 *		segment_scan_close()
 *
 * segment_pass.h finds single bodies by it.
 */
#ifndef OGW_SEGMENT_SCAN_H
#define OGW_SEGMENT_SCAN_H

#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "executor/tuptable.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "segment/cached_segment.h"

/* The columns of the index, from 1. */
enum
{
	SEGMENT_ATTR_TEAM_ID = 1, SEGMENT_ATTR_SINCE, SEGMENT_ATTR_PASS,
	SEGMENT_ATTR_FIRST_SESSION, SEGMENT_ATTR_FIRST_TIMESTAMP, SEGMENT_ATTR_FIRST_JOB,
	SEGMENT_ATTR_CHUNK, N_SEGMENT_INDEX_COLUMNS = SEGMENT_ATTR_CHUNK
};

/* A partition that is open, with its index. */
typedef struct SegmentScan
{
	Relation	partition;
	Relation	index;
	TupleTableSlot *slot;		/* the row that was read last */
	AttrNumber	content;
	Datum		team_id;		/* 0: of no team yet */
	Snapshot	snapshot;
	uint64		number;			/* of this scan and team among all of the session */
	MemoryContext context;		/* of what the scan itself reads */
	IndexScanDesc range;		/* NULL: no range was begun, or it is at its end */
	SegmentRow	row;			/* the segment of the range that the scan is at */
	CachedSegment current;		/* and that segment */
} SegmentScan;

extern bool segment_scan_open(SegmentScan *scan, Oid partition, Snapshot snapshot);
extern void segment_scan_close(SegmentScan *scan);
extern void segment_scan_set_team(SegmentScan *scan, Datum team_id);
extern bool segment_scan_next_team(SegmentScan *scan);
extern void segment_scan_begin_range(SegmentScan *scan, TimestampTz first, TimestampTz last);
extern bool segment_scan_next(SegmentScan *scan, const char **wrong);

extern const char *segment_scan_load(SegmentScan *scan, const SegmentRow *row, CachedSegment *cached);
extern const char *segment_scan_load_found(SegmentScan *scan, const SegmentRow *row, CachedSegment *cached);

extern int	segment_scan_keys(const SegmentScan *scan, ScanKeyData *keys);
extern int	segment_scan_pass_keys(const SegmentScan *scan, const SegmentRow *pass, ScanKeyData *keys);
extern void segment_scan_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
							 RegProcedure function, Datum value);
extern bool segment_scan_edge_row(SegmentScan *scan, ScanKeyData *keys, int n,
								  ScanDirection direction, SegmentRow *row);

#endif
