/*
 * duplicate.h
 *		Finding a job_id that its team sent before.
 */
#ifndef OGW_DUPLICATE_H
#define OGW_DUPLICATE_H

#include "postgres.h"

#include "ingest/batch.h"

extern bool duplicates_begin_round(BatchRow *rows, int n_rows);
extern void duplicates_end_round(BatchRow *rows, int n_rows);
extern int	duplicates_elsewhere(BatchRow *rows, int n_rows);

#endif
