/*
 * account.h
 *		The counts of a call, team by team, until its end.
 */
#ifndef OGW_ACCOUNT_H
#define OGW_ACCOUNT_H

#include "ingest.h"

#define ACCOUNT_COLUMNS 9

extern void account_batch(Batch *batch);
extern bool account_is_full(const Batch *batch);
extern void account_each(const Batch *batch, RowSink sink, void *arg);
extern void account_empty(Batch *batch);

#endif
