/*
 * direct.h
 *		Writing the rows of a batch into partitions without a statement of SQL.
 */
#ifndef OGW_DIRECT_H
#define OGW_DIRECT_H

#include "ingest.h"

extern bool direct_jobs(Batch *batch);
extern bool direct_entries(Batch *batch);
extern bool direct_bodies(Batch *batch);
extern bool direct_accounts(Batch *batch);

#endif
