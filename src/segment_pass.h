/*
 * segment_pass.h
 *		A pass of sealing over a span, gone through in the order of its bodies.
 */
#ifndef OGW_SEGMENT_PASS_H
#define OGW_SEGMENT_PASS_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "segment_read.h"

typedef struct Pass
{
	SegmentRow	group;			/* its span and number */
	KeptSegment kept;			/* the segment of it that was looked into last */
} Pass;

extern List *passes_between(Shelf *shelf, TimestampTz first, TimestampTz last);
extern bool pass_has(Pass *pass, Shelf *shelf, const BodyKey *key, const char **wrong,
					 SegmentRow *damaged);

#endif
