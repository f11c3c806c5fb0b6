/*
 * search_state.h
 *		A search: what is looked for, and where the rows go.
 */
#ifndef OGW_SEARCH_STATE_H
#define OGW_SEARCH_STATE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "nodes/execnodes.h"
#include "utils/snapshot.h"
#include "utils/tuplestore.h"

#include "policy/access.h"
#include "search/body_matches.h"

/* A column, or one of two, that must have a value: text, or of one bytea. */
typedef struct Condition
{
	const char *column;
	const char *or_column;		/* NULL: no other */
	Datum		value;
	bool		is_bytes;
} Condition;

#define MAX_CONDITIONS 12

typedef struct Search
{
	int			n_conditions;
	Condition	conditions[MAX_CONDITIONS];
	TimestampTz first;			/* of the times searched, both included */
	TimestampTz last;
	bool		of_job;			/* job_id is among the conditions */
	bool		of_session;		/* session_id is */
	bool		has_before_job;	/* of the entries at before_at, those before it */
	bool		has_before_team;
	TimestampTz before_at;
	Datum		before_job_id;
	Datum		before_team_id;
	int			n_teams;		/* of these teams alone; -1: of all */
	Datum	   *teams;
	BodySearch *bodies;	/* what a body must have; NULL: anything, or none */

	Snapshot	snapshot;
	uint64		rows_left;		/* how many may still be found */
	TupleDesc	desc;			/* columns of entry by their names, others are NULL */
	Tuplestorestate *store;

	/* for partition_scan.c and filter_index.c */
	bool		reads_rows;		/* entries have the result's types; else a query casts them */
	int64		trial;			/* cost that may still be spent before an index is asked */
	MemoryContext scratch;		/* emptied after each partition */
	bool		has_filter;
	uint32		filter_columns; /* the columns of the hashes, a bit each */
	Datum		hashes;			/* bigint[], all of them are the entry's; 0: not asked for */
	Datum		team_hashes;	/* bigint[], one of them is; 0: not asked for */
} Search;

/* What rows_left is where all are wanted. */
#define ALL_ROWS PG_UINT64_MAX

extern void search_begin(Search *search, ReturnSetInfo *result, const AccessRights *rights);
extern void search_condition(Search *search, const char *column, Datum value);
extern void search_job(Search *search, Datum job_id);
extern void search_until(Search *search, TimestampTz until);
extern Datum mask_text(Datum value);

#endif
