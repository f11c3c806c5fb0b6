/*
 * sealed_bodies.h
 *		Which bodies of a team are sealed, whatever their sessions.
 */
#ifndef OGW_SEALED_BODIES_H
#define OGW_SEALED_BODIES_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "segment/segment.h"
#include "segment/segment_scan.h"

/* A body, without its session. */
typedef struct SealedBody
{
	TimestampTz timestamp;
	int64		job;			/* its hash */
} SealedBody;

typedef struct SealedBodies
{
	int64		n;
	int64		capacity;
	SealedBody *bodies;			/* in order, once they are sorted */
} SealedBodies;

extern void sealed_bodies_add(SealedBodies *sealed, SegmentScan *scan, TimestampTz first, TimestampTz last);
extern void sealed_bodies_sort(SealedBodies *sealed);
extern bool sealed_bodies_have(const SealedBodies *sealed, const BodyId *key);

#endif
