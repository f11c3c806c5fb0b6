/*
 * body_read.h
 *		Keeping who opened which body.
 */
#ifndef OGW_BODY_READ_H
#define OGW_BODY_READ_H

#include "postgres.h"

extern void body_search_record(Oid reader, const char *function);
extern void body_reads_record(Oid reader, const char *how, Datum *team_ids, Datum *job_ids, int n);

#endif
