/*
 * segment_pass.h
 *		The passes of sealing over an interval, and finding a body in one.
 *
 * An interval is sealed in one pass, and in a further one for each time that bodies came
 * late.  What was merged is in passes below 0 of the interval in which a partition
 * begins.  In a pass the segments are in the order of their bodies.
 */
#ifndef OGW_SEGMENT_PASS_H
#define OGW_SEGMENT_PASS_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "segment/cached_segment.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

/* A segment that cannot be read. */
typedef struct SegmentProblem
{
	const char *what;			/* NULL: there is none */
	SegmentRow	row;			/* what it is found by */
} SegmentProblem;

/* A pass in which many bodies are looked for, in the order of segments. */
typedef struct SegmentPass
{
	SegmentRow	row;			/* its interval and number */
	CachedSegment cached;		/* the segment that was looked into last: its directory */
} SegmentPass;

extern bool segment_pass_at(SegmentScan *scan, TimestampTz at, SegmentRow *pass);
extern bool segment_pass_before(SegmentScan *scan, SegmentRow *pass);
extern bool segment_pass_merged(SegmentScan *scan, SegmentRow *pass);
extern bool segment_pass_find(SegmentScan *scan, const SegmentRow *pass, const BodyId *key,
							  CachedSegment *cached, SegmentProblem *problem);

extern List *segment_passes(SegmentScan *scan, TimestampTz first, TimestampTz last);
extern bool segment_pass_has(SegmentScan *scan, SegmentPass *pass, const BodyId *key,
							 SegmentProblem *problem);

extern void segment_damaged(int elevel, const char *what, const SegmentRow *row);

#endif
