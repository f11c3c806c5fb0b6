/*
 * segment_erase.h
 *		Erasing bodies that are sealed.
 */
#ifndef OGW_SEGMENT_ERASE_H
#define OGW_SEGMENT_ERASE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "segment/cached_segment.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

/* What was erased. */
typedef struct ErasedBodies
{
	int64		bodies;			/* but for those that are there unsealed, too */
	int64		bytes;			/* by which what is stored got smaller */
} ErasedBodies;

/* An erasure; that of a user, and a purge, have more behind this. */
typedef struct Erasing
{
	Datum		team_id;
	SegmentScan scan;
	bool		all;			/* all of the partition's bodies are to be erased, also those that cannot be read */
	/* tells whether a body is to be erased, and counts it then */
	bool		(*is_erased) (struct Erasing *erasing, const BodyId *key);
	ErasedBodies erased;
} Erasing;

extern ErasedBodies segments_purge(Datum team_id, TimestampTz until);
extern ErasedBodies segments_erase_user(Datum team_id, Datum user_id);

extern void segment_erase(Erasing *erasing, const SegmentRow *row, CachedSegment *cached,
						  const char *wrong);

#endif
