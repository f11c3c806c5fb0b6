/*
 * shelf.h
 *		The segments of a team in a partition of ogw_logs.segment.
 */
#ifndef OGW_SHELF_H
#define OGW_SHELF_H

#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "executor/tuptable.h"
#include "storage/itemptr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "compat.h"
#include "segment.h"

/* The columns of the index, from 1. */
enum
{
	KEY_TEAM_ID = 1, KEY_SINCE, KEY_PASS, KEY_FIRST_SESSION, KEY_FIRST_TIMESTAMP,
	KEY_FIRST_JOB, KEY_CHUNK, SHELF_KEY_COLUMNS = KEY_CHUNK
};

/* What a row of ogw_logs.segment is found by; a row is a piece of a segment. */
typedef struct SegmentRow
{
	TimestampTz since;
	int32		pass;
	BodyKey		first;			/* of its bodies */
	int32		chunk;
	ItemPointerData tid;
} SegmentRow;

/* The segments of a team (0: of none yet) in an open partition. */
typedef struct Shelf
{
	Relation	leaf;
	Relation	index;
	TupleTableSlot *slot;		/* the row that was read last */
	AttrNumber	content;
	Datum		team_id;
	Snapshot	snapshot;
} Shelf;

/* What each segment is given to. */
typedef void (*SegmentSink) (void *arg, const SegmentRow *row, Segment *segment,
							 const char *wrong);

extern bool same_segment(const SegmentRow *a, const SegmentRow *b);
extern bool shelf_open(Shelf *shelf, Oid leaf, Datum team_id, Snapshot snapshot);
extern void shelf_close(Shelf *shelf);
extern const char *shelf_load(Shelf *shelf, const SegmentRow *row, Segment *segment);
extern bool shelf_next_team(Shelf *shelf);
extern void shelf_each(Shelf *shelf, TimestampTz first, TimestampTz last,
					   SegmentSink sink, void *arg);

extern void shelf_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
					  RegProcedure function, Datum value);
extern int	shelf_keys_of_pass(const Shelf *shelf, const SegmentRow *group, ScanKeyData *keys);
extern IndexScanDesc shelf_scan(Shelf *shelf, ScanKeyData *keys, int n);
extern bool shelf_next_row(IndexScanDesc scan, ScanDirection direction, SegmentRow *row);
extern bool shelf_last_row(Shelf *shelf, ScanKeyData *keys, int n, SegmentRow *row);

#endif
