/*
 * partition_ensure.h
 *		Making the partitions that an entry needs.
 */
#ifndef OGW_PARTITION_ENSURE_H
#define OGW_PARTITION_ENSURE_H

#include "postgres.h"

#include "datatype/timestamp.h"

extern void partition_ensure(TimestampTz at, bool has_body);

#endif
