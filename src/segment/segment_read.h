/*
 * segment_read.h
 *		Finding a sealed body.
 */
#ifndef OGW_SEGMENT_READ_H
#define OGW_SEGMENT_READ_H

#include "postgres.h"

#include "core/slice.h"
#include "segment/body.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

/*
 * A segment that was read, and the version of the row by which it was found: one that was
 * written anew, because something of it was erased, has another one.  Where a VACUUM
 * FULL put its rows is another file.
 */
typedef struct CachedSegment
{
	MemoryContext context;		/* NULL: none */
	Oid			partition;
	Oid			file;
	ItemPointerData tid;
	TransactionId xmin;
	Datum		team_id;
	SegmentRow	row;
	MemoryContextCallback callback;
	Segment		segment;
} CachedSegment;

extern bool segment_locate(Relation parent, SegmentScan *scan, Datum team_id, const BodyId *key,
						   Snapshot snapshot, int elevel, SegmentRow *at);
extern bool segment_next_group(SegmentScan *scan, TimestampTz at, SegmentRow *group, bool is_first);
extern bool segment_find_in_pass(CachedSegment *kept, SegmentScan *scan, const SegmentRow *group,
								 const BodyId *key, SegmentRow *at, const char **wrong,
								 SegmentRow *damaged);
extern bool segment_fetch(Datum team_id, const BodyId *key, Snapshot snapshot,
						  int elevel, Slice parts[N_BODY_PARTS]);
extern void segment_damaged(int elevel, const char *what, const SegmentRow *row);

#endif
