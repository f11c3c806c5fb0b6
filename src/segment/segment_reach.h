/*
 * segment_reach.h
 *		The segments of a team that may have bodies of some times, whatever their sessions.
 */
#ifndef OGW_SEGMENT_REACH_H
#define OGW_SEGMENT_REACH_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "segment/segment.h"
#include "segment/segment_scan.h"

/* The intervals that may have times, from first to last. */
typedef struct SegmentReach
{
	TimestampTz first;
	TimestampTz last;
	TimestampTz since;			/* all that begin from here on */
	TimestampTz oldest;			/* where the first of all of these begins */
	int			n;				/* those that begin with a merged partition, also of before a restore */
	TimestampTz *partitions;
} SegmentReach;

/*
 * Called for a segment, which is scan->current, or of which wrong says why it cannot be
 * read.  Returns whether to go on.
 */
typedef bool (*SegmentVisitor) (void *arg, SegmentScan *scan, const char *wrong);

extern SegmentReach segment_reach(TimestampTz lower, TimestampTz first, TimestampTz last);
extern bool segment_reach_visit(const SegmentReach *reach, SegmentScan *scan, TimestampTz lower,
								SegmentVisitor visit, void *arg);
extern bool segment_find_session(Datum team_id, BodyId *key);

#endif
