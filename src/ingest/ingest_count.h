/*
 * ingest_count.h
 *		The counts of a call, team by team, until its end.
 */
#ifndef OGW_INGEST_COUNT_H
#define OGW_INGEST_COUNT_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "ingest/batch.h"
#include "ingest/batch_rows.h"

extern void ingest_count_batch(Batch *batch);
extern bool ingest_count_is_full(const Batch *batch);
extern TupleDesc ingest_count_tupdesc(void);
extern void ingest_count_each(const Batch *batch, RowSink sink, void *arg);
extern void ingest_count_reset(Batch *batch);

#endif
