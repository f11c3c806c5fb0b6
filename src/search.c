/*
 * search.c
 *		Finding entries by the filters that are given, and opening one.
 *
 * A query is built from the filters that are present and planned with their
 * values as constants, so that only the partitions of the time asked for are
 * opened.  All values are bound.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tstoreReceiver.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
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

/* The columns that ogw_logs.entry_row and log_row have in common, in three pieces. */
#define TO_ERROR_CODE \
	"e.job_id, e.\"timestamp\", e.team_id, e.owner, e.api_key," \
	" encode(e.api_key_fingerprint, 'hex'), e.requested_model, e.served_model," \
	" e.provider, e.first_byte_ms, e.latency_ms, e.status, e.error_code"
#define TO_TOOL_CALLS \
	", e.prompt_tokens, e.completion_tokens, e.cached_tokens, e.reasoning_tokens," \
	" e.cost_usd, e.user_id, e.session_id, e.fallback_reason, e.attempts, e.tool_calls"
#define TO_THE_END \
	", e.metadata, e.unknown_fields, e.body_logged, e.secrets_masked"

/* Those of log_row have room between them for what lives with the body. */
#define ENTRY_ROW TO_ERROR_CODE TO_TOOL_CALLS TO_THE_END
#define LOG_ROW TO_ERROR_CODE ", NULL::text" TO_TOOL_CALLS ", NULL::text, NULL::text" TO_THE_END

/* Where in log_row the entry's key stands, and where the parts of a body go. */
#define LOG_ROW_JOB_ID 1
#define LOG_ROW_TIMESTAMP 2
#define LOG_ROW_TEAM_ID 3
static const int log_row_place[N_BODY_PARTS] = {
	[BODY_INPUT] = 25,
	[BODY_OUTPUT] = 26,
	[BODY_ERROR_MESSAGE] = 14,
	[BODY_ATTEMPTS] = 23,
	[BODY_TOOL_CALLS] = 24,
	[BODY_METADATA] = 27,
};

#define MAX_PARAMS 24

/* A query while it is built. */
typedef struct SearchQuery
{
	StringInfoData text;
	int			n_params;
	Oid			types[MAX_PARAMS];
	Datum		values[MAX_PARAMS];
} SearchQuery;

static uint64 find_log(FunctionCallInfo fcinfo, const AccessRights *rights, bool nearby);
static void query_begin(SearchQuery *query, const char *columns);
static const char *query_param(SearchQuery *query, Oid type, Datum value);
static void query_filter(SearchQuery *query, FunctionCallInfo fcinfo, int arg,
						 Oid type, const char *condition);
static void query_job(SearchQuery *query, Datum job_id);
static void query_text_filter(SearchQuery *query, FunctionCallInfo fcinfo, int arg,
							  const char *condition);
static Datum masked_text(Datum value);
static void query_model(SearchQuery *query, FunctionCallInfo fcinfo);
static void query_key(SearchQuery *query, Datum key);
static void query_page(SearchQuery *query, FunctionCallInfo fcinfo);
static void query_rights(SearchQuery *query, const AccessRights *rights);
static uint64 query_run(SearchQuery *query, Tuplestorestate *into);
static bool put_log_row(ReturnSetInfo *result, HeapTuple row, TupleDesc desc,
						const AccessRights *rights);

/* search(…) → SETOF entry_row, newest first; no rows before there is a log. */
Datum
ogw_search_1_1(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		max_rows = PG_ARGISNULL(ARG_MAX_ROWS) ?
		DEFAULT_MAX_ROWS : PG_GETARG_INT32(ARG_MAX_ROWS);
	AccessRights rights;
	OwnerGuard	guard;
	SearchQuery query;

	if (max_rows < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_rows must be at least 1")));
	InitMaterializedSRF(fcinfo, 0);
	owner_enter(&guard, fcinfo);
	if (log_exists())
	{
		access_rights(guard.caller, "read", &rights);
		SPI_connect();
		query_begin(&query, ENTRY_ROW);
		if (!PG_ARGISNULL(ARG_JOB_ID))
			query_job(&query, PG_GETARG_DATUM(ARG_JOB_ID));
		query_filter(&query, fcinfo, ARG_STATUS, TEXTOID, "e.status =");
		query_text_filter(&query, fcinfo, ARG_PROVIDER, "e.provider =");
		query_text_filter(&query, fcinfo, ARG_OWNER, "e.owner =");
		query_text_filter(&query, fcinfo, ARG_USER_ID, "e.user_id =");
		query_text_filter(&query, fcinfo, ARG_SESSION_ID, "e.session_id =");
		query_filter(&query, fcinfo, ARG_SINCE, TIMESTAMPTZOID, "e.\"timestamp\" >=");
		query_filter(&query, fcinfo, ARG_UNTIL, TIMESTAMPTZOID, "e.\"timestamp\" <");
		query_filter(&query, fcinfo, ARG_TEAM_ID, TEXTOID, "e.team_id =");
		query_text_filter(&query, fcinfo, ARG_ERROR_CODE, "e.error_code =");
		query_text_filter(&query, fcinfo, ARG_FALLBACK_REASON, "e.fallback_reason =");
		query_model(&query, fcinfo);
		if (!PG_ARGISNULL(ARG_API_KEY))
			query_key(&query, PG_GETARG_DATUM(ARG_API_KEY));
		query_page(&query, fcinfo);
		query_rights(&query, &rights);
		appendStringInfo(&query.text, " ORDER BY e.\"timestamp\" DESC, e.job_id DESC, e.team_id DESC"
						 " LIMIT %d", max_rows);
		query_run(&query, result->setResult);
		SPI_finish();
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
		uint64		n = 0;
		SPITupleTable *rows;
		Datum	   *read_teams;
		Datum	   *read_jobs;
		int			n_read = 0;

		access_rights(guard.caller, "read", &rights);
		SPI_connect();
		if (nearby)
			n = find_log(fcinfo, &rights, true);
		if (n == 0)
			n = find_log(fcinfo, &rights, false);
		rows = SPI_tuptable;
		read_teams = palloc(sizeof(Datum) * n);
		read_jobs = palloc(sizeof(Datum) * n);
		for (uint64 i = 0; i < n; i++)
		{
			HeapTuple	row = rows->vals[i];
			bool		isnull;

			if (!put_log_row(result, row, rows->tupdesc, &rights))
				continue;
			read_teams[n_read] = SPI_getbinval(row, rows->tupdesc, LOG_ROW_TEAM_ID, &isnull);
			read_jobs[n_read++] = SPI_getbinval(row, rows->tupdesc, LOG_ROW_JOB_ID, &isnull);
		}
		body_reads_record(guard.caller, read_teams, read_jobs, n_read);
		SPI_finish();
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/*
 * Looks for the entries that get_log() is asked for, near a time or everywhere;
 * they are in SPI_tuptable.
 */
static uint64
find_log(FunctionCallInfo fcinfo, const AccessRights *rights, bool nearby)
{
	SearchQuery query;

	query_begin(&query, LOG_ROW);
	query_job(&query, PG_GETARG_DATUM(0));
	query_filter(&query, fcinfo, 1, TEXTOID, "e.team_id =");
	query_rights(&query, rights);
	if (nearby)
	{
		TimestampTz near = PG_GETARG_TIMESTAMPTZ(2);
		TimestampTz window = ogw_duplicate_window_s * USECS_PER_SEC;

		appendStringInfo(&query.text, " AND e.\"timestamp\" BETWEEN %s AND %s",
						 query_param(&query, TIMESTAMPTZOID, TimestampTzGetDatum(near - window)),
						 query_param(&query, TIMESTAMPTZOID, TimestampTzGetDatum(near + window)));
	}
	appendStringInfoString(&query.text, " ORDER BY e.\"timestamp\" DESC, e.team_id DESC");
	return query_run(&query, NULL);
}

/* Begins a query over the entries. */
static void
query_begin(SearchQuery *query, const char *columns)
{
	query->n_params = 0;
	initStringInfo(&query->text);
	appendStringInfo(&query->text, "SELECT %s FROM ogw_logs.entry e WHERE true", columns);
}

/* Binds a value and returns how the query names it. */
static const char *
query_param(SearchQuery *query, Oid type, Datum value)
{
	Assert(query->n_params < MAX_PARAMS);
	query->types[query->n_params] = type;
	query->values[query->n_params++] = value;
	return psprintf("$%d", query->n_params);
}

/* Adds a condition on an argument, where that is given. */
static void
query_filter(SearchQuery *query, FunctionCallInfo fcinfo, int arg, Oid type,
			 const char *condition)
{
	if (PG_ARGISNULL(arg))
		return;
	appendStringInfo(&query->text, " AND %s %s", condition,
					 query_param(query, type, PG_GETARG_DATUM(arg)));
}

/*
 * Adds the filter on a job_id, with the times at which it came: only their
 * partitions are opened.  Connected to SPI.
 */
static void
query_job(SearchQuery *query, Datum job_id)
{
	Oid			types[] = {TEXTOID};
	bool		isnull;
	Datum		times;

	if (SPI_execute_with_args("SELECT coalesce(array_agg(j.\"timestamp\"), '{}')"
							  "  FROM ogw_logs.job j WHERE j.job_id = $1",
							  lengthof(types), types, &job_id, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	times = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	appendStringInfo(&query->text, " AND e.job_id = %s",
					 query_param(query, TEXTOID, job_id));
	appendStringInfo(&query->text, " AND e.\"timestamp\" = ANY (%s)",
					 query_param(query, TIMESTAMPTZARRAYOID, times));
}

/* Adds a condition on a text that is stored with its secrets masked. */
static void
query_text_filter(SearchQuery *query, FunctionCallInfo fcinfo, int arg, const char *condition)
{
	if (PG_ARGISNULL(arg))
		return;
	appendStringInfo(&query->text, " AND %s %s", condition,
					 query_param(query, TEXTOID, masked_text(PG_GETARG_DATUM(arg))));
}

/* Returns a text as it is stored: with its secrets masked. */
static Datum
masked_text(Datum value)
{
	text	   *given = DatumGetTextPP(value);
	Span		safe = secrets_cut((Span) {VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)});

	return PointerGetDatum(cstring_to_text_with_len(safe.data, safe.len));
}

/* Adds the filter on a model, requested or served. */
static void
query_model(SearchQuery *query, FunctionCallInfo fcinfo)
{
	const char *param;

	if (PG_ARGISNULL(ARG_MODEL))
		return;
	param = query_param(query, TEXTOID, masked_text(PG_GETARG_DATUM(ARG_MODEL)));
	appendStringInfo(&query->text, " AND (e.requested_model = %s OR e.served_model = %s)",
					 param, param);
}

/* Adds the filter on a key: the whole key, or as it is shown. */
static void
query_key(SearchQuery *query, Datum key)
{
	text	   *given = DatumGetTextPP(key);
	Span		span = key_itself((Span) {VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)});

	if (redact_is_redacted(span.data, span.len))
		appendStringInfo(&query->text, " AND e.api_key = %s",
						 query_param(query, TEXTOID, PointerGetDatum(cstring_to_text_with_len(span.data, span.len))));
	else
	{
		bytea	   *fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);

		SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
		key_fingerprint(span, (uint8 *) VARDATA(fingerprint));
		appendStringInfo(&query->text, " AND e.api_key_fingerprint = %s",
						 query_param(query, BYTEAOID, PointerGetDatum(fingerprint)));
	}
}

/*
 * Adds where the page begins: behind the last row of the page before, in the
 * order of the result.  The condition on the time alone is for pruning.
 */
static void
query_page(SearchQuery *query, FunctionCallInfo fcinfo)
{
	const char *at;
	const char *job_id;

	if (PG_ARGISNULL(ARG_BEFORE_TIMESTAMP) ?
		!PG_ARGISNULL(ARG_BEFORE_JOB_ID) || !PG_ARGISNULL(ARG_BEFORE_TEAM_ID) :
		PG_ARGISNULL(ARG_BEFORE_JOB_ID) && !PG_ARGISNULL(ARG_BEFORE_TEAM_ID))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("before_job_id needs before_timestamp, before_team_id needs both"),
				 errhint("Give all three, from the last row of the page before.")));
	if (PG_ARGISNULL(ARG_BEFORE_TIMESTAMP))
		return;
	at = query_param(query, TIMESTAMPTZOID, PG_GETARG_DATUM(ARG_BEFORE_TIMESTAMP));
	if (PG_ARGISNULL(ARG_BEFORE_JOB_ID))
	{
		appendStringInfo(&query->text, " AND e.\"timestamp\" < %s", at);
		return;
	}
	job_id = query_param(query, TEXTOID, PG_GETARG_DATUM(ARG_BEFORE_JOB_ID));
	appendStringInfo(&query->text, " AND e.\"timestamp\" <= %s", at);
	if (PG_ARGISNULL(ARG_BEFORE_TEAM_ID))
		appendStringInfo(&query->text, " AND (e.\"timestamp\", e.job_id) < (%s, %s)",
						 at, job_id);
	else
		appendStringInfo(&query->text,
						 " AND (e.\"timestamp\", e.job_id, e.team_id) < (%s, %s, %s)",
						 at, job_id,
						 query_param(query, TEXTOID, PG_GETARG_DATUM(ARG_BEFORE_TEAM_ID)));
}

/* Adds the teams that the caller may read, unless that is every team. */
static void
query_rights(SearchQuery *query, const AccessRights *rights)
{
	if (!rights->all_teams)
		appendStringInfo(&query->text, " AND e.team_id = ANY (%s)",
						 query_param(query, TEXTARRAYOID, rights->teams));
}

/*
 * Runs the query with the snapshot of the caller's statement and returns how
 * many rows there are: in a tuplestore, which can spill to disk, where one is
 * given, else in SPI_tuptable.
 */
static uint64
query_run(SearchQuery *query, Tuplestorestate *into)
{
	SPIExecuteOptions options = {.read_only = true};

	options.params = makeParamList(query->n_params);
	for (int i = 0; i < query->n_params; i++)
		options.params->params[i] = (ParamExternData)
	{
		.value = query->values[i],.pflags = PARAM_FLAG_CONST,.ptype = query->types[i]
	};
	if (into != NULL)
	{
		options.dest = CreateDestReceiver(DestTuplestore);
		SetTuplestoreDestReceiverParams(options.dest, into, CurrentMemoryContext,
										false, NULL, NULL);
	}
	if (SPI_execute_extended(query->text.data, &options) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	return SPI_processed;
}

/*
 * Puts an entry into the result, with its body where the caller may read it;
 * tells whether there is one.  A body's memory is free again when it returns.
 */
static bool
put_log_row(ReturnSetInfo *result, HeapTuple row, TupleDesc desc,
			const AccessRights *rights)
{
	Datum	   *values = palloc(sizeof(Datum) * desc->natts);
	bool	   *nulls = palloc(sizeof(bool) * desc->natts);
	Datum		team_id;
	bytea	   *content = NULL;
	MemoryContext old = CurrentMemoryContext;
	MemoryContext parts_context = AllocSetContextCreate(old, "ogw_logs parts", ALLOCSET_DEFAULT_SIZES);

	heap_deform_tuple(row, desc, values, nulls);
	team_id = values[LOG_ROW_TEAM_ID - 1];
	if (rights->all_bodies || teams_hold(rights->body_teams, team_id))
		content = body_fetch(values[LOG_ROW_TIMESTAMP - 1], team_id,
							 values[LOG_ROW_JOB_ID - 1]);
	MemoryContextSwitchTo(parts_context);
	if (content != NULL)
	{
		Span		parts[N_BODY_PARTS];

		body_unpack(content, parts);
		for (int i = 0; i < N_BODY_PARTS; i++)
		{
			int			place = log_row_place[i] - 1;

			if (parts[i].data == NULL)
				continue;
			values[place] = PointerGetDatum(cstring_to_text_with_len(parts[i].data,
																	 parts[i].len));
			nulls[place] = false;
		}
		pfree(content);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(parts_context);
	return content != NULL;
}
