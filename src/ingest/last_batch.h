/*
 * last_batch.h
 *		What became of what a transaction sent into ogw_logs.inbox.
 */
#ifndef OGW_LAST_BATCH_H
#define OGW_LAST_BATCH_H

#include "postgres.h"

#include "ingest/batch.h"

extern void last_batch_begin(void);
extern void last_batch_add(const Batch *batch);

#endif
