/*
 * search_state.h
 *		A search: what is looked for, and where the rows go.
 */
#ifndef OGW_SEARCH_STATE_H
#define OGW_SEARCH_STATE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "utils/snapshot.h"
#include "utils/tuplestore.h"

#include "policy/access.h"
#include "search/body_matches.h"
#include "search/condition.h"

/* The most columns that a RowSink takes. */
#define MAX_SINK_COLUMNS 2

/*
 * Takes the entries that are found, in any order, in place of the result: of each the
 * values of some columns, which are there until add() returns.
 */
typedef struct RowSink
{
	int			n_columns;
	const char *columns[MAX_SINK_COLUMNS];
	void		(*add) (struct RowSink *sink, const Datum *values, const bool *nulls);
} RowSink;

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
	bool		looks_ahead;	/* the last of them is not returned, but sets has_more */
	bool		has_more;
	TupleDesc	desc;			/* columns of entry by their names, others are NULL */
	Tuplestorestate *store;
	RowSink    *sink;			/* NULL: what is found is put into store, newest first */

	/* for partition_scan.c and filter_index.c */
	bool		reads_rows;		/* entries have the result's types; else a query casts them */
	bool		is_whole;		/* all times of the partition are searched */
	int64		trial;			/* cost that may still be spent before an index is asked */
	MemoryContext scratch;		/* emptied after each partition */
	bool		has_filter;
	uint32		filter_columns; /* the columns of the hashes, a bit each */
	Datum		hashes;			/* bigint[], all of them are the entry's; 0: not asked for */
	int			n_any_hashes;
	Datum		any_hashes[MAX_CONDITIONS + 1]; /* bigint[], of each one is */
} Search;

/* What rows_left is where all are wanted. */
#define ALL_ROWS PG_UINT64_MAX

extern void search_begin(Search *search, TupleDesc desc, const AccessRights *rights);
extern Condition *search_condition(Search *search, ConditionKind kind, const char *column);
extern Condition *search_value(Search *search, const char *column, Datum value);
extern void search_job(Search *search, Datum job_id);
extern void search_until(Search *search, TimestampTz until);
extern bool search_takes_row(Search *search);
extern Datum sought_value(const char *column, Datum value);

#endif
