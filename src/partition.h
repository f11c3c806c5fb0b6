/*
 * partition.h
 *		The log's tables as the doors need them: made when they are not there.
 */
#ifndef OGW_PARTITION_H
#define OGW_PARTITION_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/relcache.h"

extern bool log_exists(void);
extern void log_ensure(void);
extern Oid	log_table(const char *name);
extern Oid	partition_at(Relation parent, TimestampTz at);
extern void partition_ensure(TimestampTz at);
extern int	partition_position(Relation parent, TimestampTz at);
extern Oid	partition_in_position(Relation parent, int position);

#endif
