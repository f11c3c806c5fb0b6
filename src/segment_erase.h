/*
 * segment_erase.h
 *		Taking bodies out of segments.
 */
#ifndef OGW_SEGMENT_ERASE_H
#define OGW_SEGMENT_ERASE_H

#include "postgres.h"

#include "segment_read.h"

#include "datatype/timestamp.h"

/* What was taken out. */
typedef struct ErasedBodies
{
	int64		bodies;			/* without those that are there as they came, too */
	int64		bytes;			/* by which what is stored got smaller */
} ErasedBodies;

extern ErasedBodies segments_purge(Datum team_id, TimestampTz until);
extern ErasedBodies segments_erase_user(Datum team_id, Datum user_id);

#endif
