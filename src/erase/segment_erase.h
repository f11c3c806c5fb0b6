/*
 * segment_erase.h
 *		Taking bodies out of segments.
 */
#ifndef OGW_SEGMENT_ERASE_H
#define OGW_SEGMENT_ERASE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "segment/segment.h"
#include "segment/segment_scan.h"

/* What was taken out. */
typedef struct ErasedBodies
{
	int64		bodies;			/* without those that are there as they came, too */
	int64		bytes;			/* by which what is stored got smaller */
} ErasedBodies;

/* An erasure at its work; whose it is has more behind this. */
typedef struct Erasing
{
	Datum		team_id;
	SegmentScan		scan;
	bool		all;			/* of what lies there; also what cannot be read */
	/* tells whether a body is to be erased, and counts it then */
	bool		(*take_out) (struct Erasing *erasing, const BodyId *key);
	ErasedBodies erased;
} Erasing;

extern ErasedBodies segments_purge(Datum team_id, TimestampTz until);
extern ErasedBodies segments_erase_user(Datum team_id, Datum user_id);

extern void segment_erase(void *arg, const SegmentRow *row, Segment *segment,
						  const char *wrong);

#endif
