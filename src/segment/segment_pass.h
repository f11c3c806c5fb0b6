/*
 * segment_pass.h
 *		A pass of sealing over a interval, gone through in the order of its bodies.
 */
#ifndef OGW_SEGMENT_PASS_H
#define OGW_SEGMENT_PASS_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "segment/segment.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"

typedef struct Pass
{
	SegmentRow	group;			/* its interval and number */
	CachedSegment kept;			/* the segment of it that was looked into last */
} Pass;

extern List *passes_between(SegmentScan *scan, TimestampTz first, TimestampTz last);
extern bool pass_has(Pass *pass, SegmentScan *scan, const BodyId *key, const char **wrong,
					 SegmentRow *damaged);

#endif
