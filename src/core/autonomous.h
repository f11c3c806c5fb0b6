/*
 * autonomous.h
 *		Making a log or a partition in a transaction of its own, while the caller's goes on.
 */
#ifndef OGW_AUTONOMOUS_H
#define OGW_AUTONOMOUS_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* What is made. */
typedef enum AutonomousTask
{
	MAKE_LOG,
	MAKE_PARTITION,				/* of entry and entry_key */
	MAKE_BODY_PARTITION,		/* of these and of body */
	MAKE_SEGMENT_PARTITION
} AutonomousTask;

/* Partitions that are needed, and a time that they are to hold. */
typedef struct PartitionNeed
{
	AutonomousTask task;
	TimestampTz at;
} PartitionNeed;

/* The most that are made at once. */
#define MAX_PARTITION_NEEDS 10

extern const char *autonomous_query(AutonomousTask task);
extern bool partition_is_made(const PartitionNeed *need);
extern bool autonomous_make_log(bool (*is_made) (void));
extern void autonomous_make_partitions(const PartitionNeed *needs, int n);

#endif
