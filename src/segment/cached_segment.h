/*
 * cached_segment.h
 *		A segment that was read and stays in memory, and how it is found again.
 */
#ifndef OGW_CACHED_SEGMENT_H
#define OGW_CACHED_SEGMENT_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "segment/segment.h"

/* What a row of ogw_logs.segment is found by; a row is a piece of a segment. */
typedef struct SegmentRow
{
	TimestampTz since;
	int32		pass;
	BodyId		first;			/* of its bodies */
	int32		chunk;
} SegmentRow;

/*
 * A segment that was read.  It is known by the version of its last row: a segment that was
 * written again, because some of it was erased, has another one, and VACUUM FULL puts
 * the rows of a partition into another file.
 */
typedef struct CachedSegment
{
	MemoryContext context;		/* of all that it has; NULL: none was read */
	Segment		segment;
	SegmentRow	row;			/* what it is found by */
	Datum		team_id;
	Oid			partition;
	Oid			file;
	ItemPointerData tid;
	TransactionId xmin;
	uint64		scan;			/* the number of the scan that saw it last */
	struct CachedTexts *texts;	/* what is wiped when the context is freed */
	bool		is_static;		/* outlives its context, whose freeing then sets context to NULL */
} CachedSegment;

extern bool same_segment(const SegmentRow *a, const SegmentRow *b);
extern void cached_segment_begin(CachedSegment *cached, MemoryContext context);
extern const char *cached_segment_open(CachedSegment *cached);
extern void cached_segment_forget(CachedSegment *cached);

#endif
