/*
 * segment_read.h
 *		Finding a sealed body.
 */
#ifndef OGW_SEGMENT_READ_H
#define OGW_SEGMENT_READ_H

#include "postgres.h"

#include "shelf.h"

/*
 * A segment that was read, and the version of the row by which it was found: one that was
 * written anew, because something of it was erased, has another one.  Where a VACUUM
 * FULL put its rows is another file.
 */
typedef struct KeptSegment
{
	MemoryContext context;		/* NULL: none */
	Oid			leaf;
	Oid			file;
	ItemPointerData tid;
	TransactionId xmin;
	Datum		team_id;
	SegmentRow	row;
	MemoryContextCallback callback;
	Segment		segment;
} KeptSegment;

extern bool segment_locate(Relation parent, Shelf *shelf, Datum team_id, const BodyKey *key,
						   Snapshot snapshot, int elevel, SegmentRow *at);
extern bool segment_next_group(Shelf *shelf, TimestampTz at, SegmentRow *group, bool is_first);
extern bool segment_find_in_pass(KeptSegment *kept, Shelf *shelf, const SegmentRow *group,
								 const BodyKey *key, SegmentRow *at, const char **wrong,
								 SegmentRow *damaged);
extern bool segment_fetch(Datum team_id, const BodyKey *key, Snapshot snapshot,
						  int elevel, Span parts[N_BODY_PARTS]);
extern void segment_damaged(int elevel, const char *what, const SegmentRow *row);

#endif
