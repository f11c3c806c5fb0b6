/*
 * segment_read.h
 *		Finding a sealed body.
 */
#ifndef OGW_SEGMENT_READ_H
#define OGW_SEGMENT_READ_H

#include "postgres.h"

#include "access/genam.h"
#include "executor/tuptable.h"
#include "storage/itemptr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "compat.h"
#include "segment.h"

/* What a row of ogw_logs.segment is found by; a row is a piece of a segment. */
typedef struct SegmentRow
{
	TimestampTz since;
	int32		pass;
	BodyKey		first;			/* without its job */
	int32		number;
	int32		chunk;
	ItemPointerData tid;
} SegmentRow;

/* The segments of a team (0: of none yet) in an open partition of ogw_logs.segment. */
typedef struct Shelf
{
	Relation	leaf;
	Relation	index;
	TupleTableSlot *slot;
	AttrNumber	content;
	Datum		team_id;
	Snapshot	snapshot;
} Shelf;

/* What each segment is given to. */
typedef void (*SegmentSink) (void *arg, const SegmentRow *row, Segment *segment,
							 const char *wrong);

extern bool shelf_open(Shelf *shelf, Oid leaf, Datum team_id, Snapshot snapshot);
extern void shelf_close(Shelf *shelf);
extern const char *shelf_load(Shelf *shelf, const SegmentRow *row, Segment *segment);
extern bool shelf_next_team(Shelf *shelf);
extern void shelf_each(Shelf *shelf, TimestampTz first, TimestampTz last,
					   SegmentSink sink, void *arg);
extern bool shelf_find(Shelf *shelf, const BodyKey *key, int elevel, SegmentRow *at);
extern bool segment_fetch(Datum team_id, const BodyKey *key, Snapshot snapshot,
						  int elevel, Span parts[N_BODY_PARTS]);
extern void segment_damaged(int elevel, const char *what, const SegmentRow *row);

#endif
