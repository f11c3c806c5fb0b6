/*
 * search.c
 *		Finding entries by the filters that are given.
 *
 * Here the arguments become a Search; walk.c goes through the partitions.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "access.h"
#include "body_read.h"
#include "body_search.h"
#include "compat.h"
#include "key.h"
#include "log.h"
#include "ogw_logs.h"
#include "redact.h"
#include "search.h"
#include "span.h"

PG_FUNCTION_INFO_V1(ogw_search_1_1);

/* The arguments of search(). */
enum
{
	ARG_JOB_ID, ARG_STATUS, ARG_PROVIDER, ARG_OWNER, ARG_MODEL, ARG_API_KEY,
	ARG_USER_ID, ARG_SESSION_ID, ARG_SINCE, ARG_UNTIL, ARG_TEAM_ID,
	ARG_ERROR_CODE, ARG_FALLBACK_REASON, ARG_MAX_ROWS, ARG_BEFORE_TIMESTAMP,
	ARG_BEFORE_JOB_ID, ARG_BEFORE_TEAM_ID,
	/* from here on a function of before has none */
	ARG_BODY_CONTAINS, ARG_IGNORE_CASE
};

/* Whether an argument is given. */
#define IS_GIVEN(arg) ((arg) < PG_NARGS() && !PG_ARGISNULL(arg))

/* What max_rows is when it is NULL. */
#define DEFAULT_MAX_ROWS 50

static void search_filters(Search *search, FunctionCallInfo fcinfo);
static void search_key(Search *search, Datum key);
static void search_page(Search *search, FunctionCallInfo fcinfo);
static void search_bodies(Search *search, FunctionCallInfo fcinfo,
						  const AccessRights *rights, Oid reader);
static void give_matches(Search *search, Tuplestorestate *result, Oid reader);

/*
 * search(…) → SETOF entry_row, newest first; no rows before there is a log.  As of 1.0
 * it has no argument behind before_team_id.
 */
Datum
ogw_search_1_1(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		max_rows = PG_ARGISNULL(ARG_MAX_ROWS) ?
		DEFAULT_MAX_ROWS : PG_GETARG_INT32(ARG_MAX_ROWS);
	AccessRights rights;
	OwnerGuard	guard;
	Search		search;

	if (max_rows < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_rows must be at least 1")));
	InitMaterializedSRF(fcinfo, 0);
	owner_enter(&guard, fcinfo);
	if (log_exists())
	{
		access_rights(guard.caller, "read", &rights);
		search_begin(&search, result, &rights);
		search.rows_left = max_rows;
		search_filters(&search, fcinfo);
		if (!PG_ARGISNULL(ARG_SINCE))
			search.first = PG_GETARG_TIMESTAMPTZ(ARG_SINCE);
		if (!PG_ARGISNULL(ARG_UNTIL))
			search_until(&search, PG_GETARG_TIMESTAMPTZ(ARG_UNTIL));
		search_page(&search, fcinfo);
		if (IS_GIVEN(ARG_BODY_CONTAINS))
			search_bodies(&search, fcinfo, &rights, guard.caller);
		else
			search_walk(&search);
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/* Begins a search for all entries that the caller may read. */
void
search_begin(Search *search, ReturnSetInfo *result, const AccessRights *rights)
{
	bool	   *nulls;

	memset(search, 0, sizeof(Search));
	search->first = PG_INT64_MIN;
	search->last = PG_INT64_MAX;
	search->rows_left = ALL_ROWS;
	search->desc = result->setDesc;
	search->store = result->setResult;
	search->n_teams = -1;
	if (!rights->all_teams)
		deconstruct_array(DatumGetArrayTypeP(rights->teams), TEXTOID, -1, false,
						  TYPALIGN_INT, &search->teams, &nulls, &search->n_teams);
}

/* Adds the filters that search() is given, but for those on the time. */
static void
search_filters(Search *search, FunctionCallInfo fcinfo)
{
	static const struct
	{
		int			arg;
		const char *column;
		bool		masked;		/* it is stored with its secrets masked */
	}			filters[] =
	{
		{ARG_STATUS, "status", false}, {ARG_PROVIDER, "provider", true},
		{ARG_OWNER, "owner", true}, {ARG_USER_ID, "user_id", true},
		{ARG_SESSION_ID, "session_id", true}, {ARG_TEAM_ID, "team_id", false},
		{ARG_ERROR_CODE, "error_code", true}, {ARG_FALLBACK_REASON, "fallback_reason", true}
	};

	if (!PG_ARGISNULL(ARG_JOB_ID))
		search_job(search, PG_GETARG_DATUM(ARG_JOB_ID));
	for (int i = 0; i < lengthof(filters); i++)
		if (!PG_ARGISNULL(filters[i].arg))
			search_condition(search, filters[i].column, filters[i].masked ?
							 masked_text(PG_GETARG_DATUM(filters[i].arg)) :
							 PG_GETARG_DATUM(filters[i].arg));
	search->of_session = !PG_ARGISNULL(ARG_SESSION_ID);
	if (!PG_ARGISNULL(ARG_MODEL))
	{
		search_condition(search, "requested_model", masked_text(PG_GETARG_DATUM(ARG_MODEL)));
		search->conditions[search->n_conditions - 1].or_column = "served_model";
	}
	if (!PG_ARGISNULL(ARG_API_KEY))
		search_key(search, PG_GETARG_DATUM(ARG_API_KEY));
}

/* Adds the condition that a column of text has a value. */
void
search_condition(Search *search, const char *column, Datum value)
{
	Assert(search->n_conditions < MAX_CONDITIONS);
	search->conditions[search->n_conditions++] = (Condition)
	{
		.column = column,.value = value
	};
}

/* Adds the filter on a job_id: only the times at which it came are looked at. */
void
search_job(Search *search, Datum job_id)
{
	search_condition(search, "job_id", job_id);
	search->of_job = true;
}

/* Returns a text as it is stored: with its secrets masked. */
Datum
masked_text(Datum value)
{
	return span_text(secrets_cut(text_span(value)));
}

/* Adds the filter on a key: the whole key, or as it is shown. */
static void
search_key(Search *search, Datum key)
{
	Span		span = key_itself(text_span(key));

	if (redact_is_redacted(span.data, span.len))
		search_condition(search, "api_key", span_text(span));
	else
	{
		bytea	   *fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);

		SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
		key_fingerprint(span, (uint8 *) VARDATA(fingerprint));
		search_condition(search, "api_key_fingerprint", PointerGetDatum(fingerprint));
		search->conditions[search->n_conditions - 1].is_bytes = true;
	}
}

/* Leaves out what is not before a time. */
void
search_until(Search *search, TimestampTz until)
{
	if (until == PG_INT64_MIN)
	{
		/* nothing is before that */
		search->first = PG_INT64_MAX;
		search->last = PG_INT64_MIN;
	}
	else
		search->last = Min(search->last, until - 1);
}

/*
 * Says where the page begins: behind the last row of the page before, in the
 * order of the result.
 */
static void
search_page(Search *search, FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(ARG_BEFORE_TIMESTAMP) ?
		!PG_ARGISNULL(ARG_BEFORE_JOB_ID) || !PG_ARGISNULL(ARG_BEFORE_TEAM_ID) :
		PG_ARGISNULL(ARG_BEFORE_JOB_ID) && !PG_ARGISNULL(ARG_BEFORE_TEAM_ID))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("before_job_id needs before_timestamp, before_team_id needs both"),
				 errhint("Give all three, from the last row of the page before.")));
	if (PG_ARGISNULL(ARG_BEFORE_TIMESTAMP))
		return;
	if (PG_ARGISNULL(ARG_BEFORE_JOB_ID))
	{
		search_until(search, PG_GETARG_TIMESTAMPTZ(ARG_BEFORE_TIMESTAMP));
		return;
	}
	search->has_before_job = true;
	search->before_at = PG_GETARG_TIMESTAMPTZ(ARG_BEFORE_TIMESTAMP);
	search->before_job_id = PG_GETARG_DATUM(ARG_BEFORE_JOB_ID);
	search->last = Min(search->last, search->before_at);
	search->has_before_team = !PG_ARGISNULL(ARG_BEFORE_TEAM_ID);
	if (search->has_before_team)
		search->before_team_id = PG_GETARG_DATUM(ARG_BEFORE_TEAM_ID);
}

/*
 * Searches the entries whose bodies the caller may read, for those whose bodies have a
 * text.  What is found tells what is in them, so it is recorded before it leaves.
 * Raises insufficient_privilege where the caller may read no bodies at all.
 */
static void
search_bodies(Search *search, FunctionCallInfo fcinfo, const AccessRights *rights,
			  Oid reader)
{
	Span		text = text_span(masked_text(PG_GETARG_DATUM(ARG_BODY_CONTAINS)));
	bool		ignore_case = IS_GIVEN(ARG_IGNORE_CASE) && PG_GETARG_BOOL(ARG_IGNORE_CASE);
	Tuplestorestate *result = search->store;
	bool	   *nulls;

	if (text.len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("body_contains must not be empty")));
	if (!rights->all_bodies)
		deconstruct_array(DatumGetArrayTypeP(rights->body_teams), TEXTOID, -1, false,
						  TYPALIGN_INT, &search->teams, &nulls, &search->n_teams);
	if (search->n_teams == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the current role may read no bodies, and so not search in them"),
				 errhint("The owner of the log gives that right with ogw_logs.grant_reader(…, bodies => true).")));
	SPI_connect();
	search->bodies = body_search_begin(text, ignore_case);
	search->store = tuplestore_begin_heap(false, false, work_mem);
	search_walk(search);
	give_matches(search, result, reader);
	tuplestore_end(search->store);
	SPI_finish();
}

/* Gives what was found to the result, and records what it tells whom. */
static void
give_matches(Search *search, Tuplestorestate *result, Oid reader)
{
	TupleTableSlot *row = MakeSingleTupleTableSlot(search->desc, &TTSOpsMinimalTuple);
	AttrNumber	team_id = SPI_fnumber(search->desc, "team_id");
	AttrNumber	job_id = SPI_fnumber(search->desc, "job_id");
	int64		n = tuplestore_tuple_count(search->store);
	Datum	   *teams = MemoryContextAllocHuge(CurrentMemoryContext, Max(sizeof(Datum) * n, 1));
	Datum	   *jobs = MemoryContextAllocHuge(CurrentMemoryContext, Max(sizeof(Datum) * n, 1));

	n = 0;
	while (tuplestore_gettupleslot(search->store, true, false, row))
	{
		bool		isnull;

		tuplestore_puttupleslot(result, row);
		teams[n] = datumCopy(slot_getattr(row, team_id, &isnull), false, -1);
		jobs[n++] = datumCopy(slot_getattr(row, job_id, &isnull), false, -1);
	}
	body_reads_record(reader, "search() found a text in a body", teams, jobs, n);
	ExecDropSingleTupleTableSlot(row);
}
