/*
 * partition.h
 *		The partition that holds a time, made when it is not there.
 */
#ifndef OGW_PARTITION_H
#define OGW_PARTITION_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/relcache.h"

extern void partitions_changed(Oid relid);
extern void partitions_refresh(void);
extern Oid	partition_at(Relation parent, TimestampTz at);
extern void partition_ensure(TimestampTz at, bool has_body);
extern int	partition_position(Relation parent, TimestampTz at);
extern Oid	partition_in_position(Relation parent, int position);
extern Oid *partitions_between(Relation parent, TimestampTz first,
							   TimestampTz last, int *n);
extern void partition_bounds(Relation parent, Oid leaf, TimestampTz *first,
							 TimestampTz *last);

#endif
