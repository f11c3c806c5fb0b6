/*
 * batch_rows.h
 *		The rows of the batch that is being written, table by table.
 */
#ifndef OGW_BATCH_ROWS_H
#define OGW_BATCH_ROWS_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "ingest/batch.h"

/* What takes rows, one after the other. */
typedef void (*RowSink) (void *arg, Datum *values, bool *nulls);

extern Batch *batch_rows_show(Batch *batch);
extern TupleDesc body_tupdesc(void);
extern void body_each(const BatchRow *row, RowSink sink, void *arg);

#endif
