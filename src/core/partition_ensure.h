/*
 * partition_ensure.h
 *		Making the partitions that entries need.
 */
#ifndef OGW_PARTITION_ENSURE_H
#define OGW_PARTITION_ENSURE_H

#include "postgres.h"

#include "core/autonomous.h"

extern void partitions_ensure(const PartitionNeed *needs, int n);

#endif
