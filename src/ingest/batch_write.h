/*
 * batch_write.h
 *		Writing a batch.
 */
#ifndef OGW_BATCH_WRITE_H
#define OGW_BATCH_WRITE_H

#include "postgres.h"

#include "ingest/batch.h"

extern void batch_flush(Batch *batch, bool last);

#endif
