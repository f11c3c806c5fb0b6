/*
 * search.c
 *		Finding entries by the filters that are given, and opening one.
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
#include "body.h"
#include "body_read.h"
#include "compat.h"
#include "key.h"
#include "log.h"
#include "ogw_logs.h"
#include "redact.h"
#include "search.h"
#include "segment_read.h"
#include "span.h"

PG_FUNCTION_INFO_V1(ogw_search_1_1);
PG_FUNCTION_INFO_V1(ogw_get_log_1_1);

/* The arguments of search(). */
enum
{
	ARG_JOB_ID, ARG_STATUS, ARG_PROVIDER, ARG_OWNER, ARG_MODEL, ARG_API_KEY,
	ARG_USER_ID, ARG_SESSION_ID, ARG_SINCE, ARG_UNTIL, ARG_TEAM_ID,
	ARG_ERROR_CODE, ARG_FALLBACK_REASON, ARG_MAX_ROWS, ARG_BEFORE_TIMESTAMP,
	ARG_BEFORE_JOB_ID, ARG_BEFORE_TEAM_ID
};

/* What max_rows is when it is NULL. */
#define DEFAULT_MAX_ROWS 50

/* Where in log_row stands what names a body, and where its parts go. */
#define LOG_ROW_JOB_ID 1
#define LOG_ROW_TIMESTAMP 2
#define LOG_ROW_TEAM_ID 3
#define LOG_ROW_SESSION_ID 21
#define LOG_ROW_BODY_LOGGED 29
static const int log_row_place[N_BODY_PARTS] = {
	[BODY_INPUT] = 25,
	[BODY_OUTPUT] = 26,
	[BODY_ERROR_MESSAGE] = 14,
	[BODY_ATTEMPTS] = 23,
	[BODY_TOOL_CALLS] = 24,
	[BODY_METADATA] = 27,
};

static uint64 find_log(Search *search, FunctionCallInfo fcinfo, bool nearby);
static void search_begin(Search *search, ReturnSetInfo *result, const AccessRights *rights);
static void search_filters(Search *search, FunctionCallInfo fcinfo);
static void search_condition(Search *search, const char *column, Datum value);
static void search_job(Search *search, Datum job_id);
static Datum masked_text(Datum value);
static void search_key(Search *search, Datum key);
static void search_until(Search *search, TimestampTz until);
static void search_page(Search *search, FunctionCallInfo fcinfo);
static bool put_log_row(ReturnSetInfo *result, TupleTableSlot *row,
						const AccessRights *rights);
static bool find_body(const Datum *values, const bool *nulls, Span parts[N_BODY_PARTS]);

/* search(…) → SETOF entry_row, newest first; no rows before there is a log. */
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
		search_walk(&search);
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/*
 * get_log(job_id, team_id, near) → SETOF log_row.  near, within the duplicate
 * window, is looked at first; where nothing is found there, everywhere.  What
 * lives with the body is NULL for who may not read it; who is given some is
 * recorded before the rows leave.
 */
Datum
ogw_get_log_1_1(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	AccessRights rights;
	OwnerGuard	guard;
	bool		nearby = !PG_ARGISNULL(2) && !TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(2));

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	owner_enter(&guard, fcinfo);
	if (log_exists())
	{
		Search		search;
		TupleTableSlot *row = MakeSingleTupleTableSlot(result->setDesc, &TTSOpsMinimalTuple);
		uint64		n = 0;
		Datum	   *read_teams;
		Datum	   *read_jobs;
		int			n_read = 0;

		access_rights(guard.caller, "read", &rights);
		search_begin(&search, result, &rights);
		search.store = tuplestore_begin_heap(false, false, work_mem);
		if (nearby)
			n = find_log(&search, fcinfo, true);
		if (n == 0)
			n = find_log(&search, fcinfo, false);
		SPI_connect();
		read_teams = palloc(sizeof(Datum) * n);
		read_jobs = palloc(sizeof(Datum) * n);
		while (tuplestore_gettupleslot(search.store, true, true, row))
		{
			if (!put_log_row(result, row, &rights))
				continue;
			read_teams[n_read] = datumCopy(row->tts_values[LOG_ROW_TEAM_ID - 1], false, -1);
			read_jobs[n_read++] = datumCopy(row->tts_values[LOG_ROW_JOB_ID - 1], false, -1);
		}
		body_reads_record(guard.caller, read_teams, read_jobs, n_read);
		SPI_finish();
		ExecDropSingleTupleTableSlot(row);
		tuplestore_end(search.store);
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/*
 * Looks for the entries that get_log() is asked for, near a time or everywhere;
 * they are in search->store.  Returns how many they are.
 */
static uint64
find_log(Search *search, FunctionCallInfo fcinfo, bool nearby)
{
	TimestampTz window = ogw_duplicate_window_s * USECS_PER_SEC;

	search->n_conditions = 0;
	search_job(search, PG_GETARG_DATUM(0));
	if (!PG_ARGISNULL(1))
		search_condition(search, "team_id", PG_GETARG_DATUM(1));
	search->first = nearby ? PG_GETARG_TIMESTAMPTZ(2) - window : PG_INT64_MIN;
	search->last = nearby ? PG_GETARG_TIMESTAMPTZ(2) + window : PG_INT64_MAX;
	search_walk(search);
	return tuplestore_tuple_count(search->store);
}

/* Begins a search for all entries that the caller may read. */
static void
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
	if (!PG_ARGISNULL(ARG_MODEL))
	{
		search_condition(search, "requested_model", masked_text(PG_GETARG_DATUM(ARG_MODEL)));
		search->conditions[search->n_conditions - 1].or_column = "served_model";
	}
	if (!PG_ARGISNULL(ARG_API_KEY))
		search_key(search, PG_GETARG_DATUM(ARG_API_KEY));
}

/* Adds the condition that a column of text has a value. */
static void
search_condition(Search *search, const char *column, Datum value)
{
	Assert(search->n_conditions < MAX_CONDITIONS);
	search->conditions[search->n_conditions++] = (Condition)
	{
		.column = column,.value = value
	};
}

/* Adds the filter on a job_id: only the times at which it came are looked at. */
static void
search_job(Search *search, Datum job_id)
{
	search_condition(search, "job_id", job_id);
	search->of_job = true;
}

/* Returns a text as it is stored: with its secrets masked. */
static Datum
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
static void
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
 * Puts an entry into the result, with its body where the caller may read it;
 * tells whether there is one.  A body's memory is free again when it returns.
 */
static bool
put_log_row(ReturnSetInfo *result, TupleTableSlot *row, const AccessRights *rights)
{
	int			natts = result->setDesc->natts;
	Datum	   *values = palloc(sizeof(Datum) * natts);
	bool	   *nulls = palloc(sizeof(bool) * natts);
	Datum		team_id;
	Span		parts[N_BODY_PARTS];
	bool		has_body = false;
	MemoryContext old = CurrentMemoryContext;
	MemoryContext parts_context = AllocSetContextCreate(old, "ogw_logs parts", ALLOCSET_DEFAULT_SIZES);

	slot_getallattrs(row);
	memcpy(values, row->tts_values, sizeof(Datum) * natts);
	memcpy(nulls, row->tts_isnull, sizeof(bool) * natts);
	team_id = values[LOG_ROW_TEAM_ID - 1];
	MemoryContextSwitchTo(parts_context);
	if (rights->all_bodies || teams_hold(rights->body_teams, team_id))
		has_body = find_body(values, nulls, parts);
	for (int i = 0; has_body && i < N_BODY_PARTS; i++)
	{
		int			place = log_row_place[i] - 1;

		if (parts[i].data == NULL)
			continue;
		values[place] = span_text(parts[i]);
		nulls[place] = false;
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(parts_context);
	return has_body;
}

/*
 * Finds the body of an entry, as it came or sealed, in the columns of a log_row; its
 * parts are there until the next call.  What the snapshot does not show is looked for
 * with the latest one: a body does not change, but on a standby it may have been
 * sealed, and dropped as it came, since the snapshot was taken.
 */
static bool
find_body(const Datum *values, const bool *nulls, Span parts[N_BODY_PARTS])
{
	Datum		team_id = values[LOG_ROW_TEAM_ID - 1];
	Datum		timestamp = values[LOG_ROW_TIMESTAMP - 1];
	Datum		job_id = values[LOG_ROW_JOB_ID - 1];
	bool		has_session = !nulls[LOG_ROW_SESSION_ID - 1];
	BodyKey		key = {
		.session = hash_of_id(has_session ? text_span(values[LOG_ROW_SESSION_ID - 1]) : (Span) {"", 0}),
		.timestamp = DatumGetTimestampTz(timestamp),
		.job = hash_of_id(text_span(job_id))
	};
	bool		found;

	if (nulls[LOG_ROW_BODY_LOGGED - 1] || !DatumGetBool(values[LOG_ROW_BODY_LOGGED - 1]))
		return false;
	if (body_fetch(timestamp, team_id, job_id, parts) ||
		segment_fetch(team_id, &key, GetActiveSnapshot(), parts))
		return true;
	PushActiveSnapshot(GetLatestSnapshot());
	found = body_fetch(timestamp, team_id, job_id, parts) ||
		segment_fetch(team_id, &key, GetActiveSnapshot(), parts);
	PopActiveSnapshot();
	return found;
}
