/*
 * partition.h
 *		The partitions of a table of the log, and which of them holds a time.
 */
#ifndef OGW_PARTITION_H
#define OGW_PARTITION_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/relcache.h"

extern void partitions_init(void);
extern void partitions_refresh(void);
extern Oid	partition_at(Relation parent, TimestampTz at);
extern int	partition_position(Relation parent, TimestampTz at);
extern Oid	partition_in_position(Relation parent, int position);
extern Oid *partitions_between(Relation parent, TimestampTz first,
							   TimestampTz last, int *n);
extern void partition_bounds(Relation parent, Oid partition, TimestampTz *first,
							 TimestampTz *last);

#endif
