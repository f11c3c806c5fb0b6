/*
 * batch_insert.h
 *		Writing the rows of a batch into partitions without a statement of SQL.
 */
#ifndef OGW_BATCH_INSERT_H
#define OGW_BATCH_INSERT_H

#include "postgres.h"

#include "ingest/batch.h"

extern void batch_insert_keys(Batch *batch);
extern void batch_withdraw_keys(const Batch *batch);
extern bool batch_insert_entries(Batch *batch);
extern bool batch_insert_bodies(Batch *batch);
extern void batch_insert_counts(const Batch *batch);

#endif
