/*
 * segment_scan.h
 *		The segments of a team in a partition of ogw_logs.segment.
 */
#ifndef OGW_SEGMENT_SCAN_H
#define OGW_SEGMENT_SCAN_H

#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "executor/tuptable.h"
#include "storage/itemptr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "segment/segment.h"

/* The columns of the index, from 1. */
enum
{
	SEGMENT_ATTR_TEAM_ID = 1, SEGMENT_ATTR_SINCE, SEGMENT_ATTR_PASS, SEGMENT_ATTR_FIRST_SESSION, SEGMENT_ATTR_FIRST_TIMESTAMP,
	SEGMENT_ATTR_FIRST_JOB, SEGMENT_ATTR_CHUNK, N_SEGMENT_INDEX_COLUMNS = SEGMENT_ATTR_CHUNK
};

/* What a row of ogw_logs.segment is found by; a row is a piece of a segment. */
typedef struct SegmentRow
{
	TimestampTz since;
	int32		pass;
	BodyId		first;			/* of its bodies */
	int32		chunk;
	ItemPointerData tid;
} SegmentRow;

/* The segments of a team (0: of none yet) in an open partition. */
typedef struct SegmentScan
{
	Relation	partition;
	Relation	index;
	TupleTableSlot *slot;		/* the row that was read last */
	AttrNumber	content;
	Datum		team_id;
	Snapshot	snapshot;
} SegmentScan;

/* What each segment is given to. */
typedef void (*SegmentSink) (void *arg, const SegmentRow *row, Segment *segment,
							 const char *wrong);

extern bool same_segment(const SegmentRow *a, const SegmentRow *b);
extern bool segment_scan_open(SegmentScan *scan, Oid partition, Datum team_id, Snapshot snapshot);
extern void segment_scan_close(SegmentScan *scan);
extern const char *segment_scan_load(SegmentScan *scan, const SegmentRow *row, Segment *segment);
extern bool segment_scan_next_team(SegmentScan *scan);
extern void segment_scan_each(SegmentScan *scan, TimestampTz first, TimestampTz last,
					   SegmentSink sink, void *arg);

extern void segment_scan_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
					  RegProcedure function, Datum value);
extern int	segment_scan_keys_of_pass(const SegmentScan *scan, const SegmentRow *group, ScanKeyData *keys);
extern IndexScanDesc segment_scan_begin(SegmentScan *scan, ScanKeyData *keys, int n);
extern bool segment_scan_next_row(IndexScanDesc scan, ScanDirection direction, SegmentRow *row);
extern bool segment_scan_last_row(SegmentScan *scan, ScanKeyData *keys, int n, SegmentRow *row);

#endif
