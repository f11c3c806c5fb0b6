/*
 * partition_insert.h
 *		Writing rows into a partition as COPY does, without a statement of SQL.
 */
#ifndef OGW_PARTITION_INSERT_H
#define OGW_PARTITION_INSERT_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "storage/itemptr.h"
#include "utils/relcache.h"

typedef struct PartitionInsert PartitionInsert;

extern PartitionInsert *partition_insert_begin(Relation parent, Oid partition, TupleDesc columns);
extern Relation partition_insert_relation(const PartitionInsert *writer);
extern int	partition_insert_keys(const PartitionInsert *writer);
extern void partition_insert_add(PartitionInsert *writer, HeapTuple row);
extern bool partition_insert_try(PartitionInsert *writer, HeapTuple row, ItemPointer tid);
extern void partition_insert_end(PartitionInsert *writer);

#endif
