/*
 * body_set.h
 *		Bodies of one team, each by its time and the hash of its job_id.
 */
#ifndef OGW_BODY_SET_H
#define OGW_BODY_SET_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* A set of them, in 8 bytes each: two of them can be taken for one by a chance of 2^-64. */
typedef struct BodySet
{
	uint64	   *hashes;
	int64		n;
	int64		capacity;
} BodySet;

extern void body_set_add(BodySet *set, TimestampTz timestamp, int64 job);
extern void body_set_sort(BodySet *set);
extern bool body_set_has(const BodySet *set, TimestampTz timestamp, int64 job);
extern void body_set_free(BodySet *set);

#endif
