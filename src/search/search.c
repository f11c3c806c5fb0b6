/*
 * search.c
 *		Finding entries by the filters that are given.
 *
 * Here the arguments become a Search; search_partitions.c runs it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/compat.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/text_array.h"
#include "policy/access.h"
#include "policy/api_key.h"
#include "policy/body_read.h"
#include "policy/mask.h"
#include "redact/key_format.h"
#include "search/body_matches.h"
#include "search/search_partitions.h"
#include "search/search_state.h"

PG_FUNCTION_INFO_V1(ogw_search);

/* The arguments of search(), in their order. */
enum
{
	ARG_JOB_ID, ARG_STATUS, ARG_PROVIDER, ARG_OWNER, ARG_MODEL, ARG_API_KEY,
	ARG_USER_ID, ARG_SESSION_ID, ARG_SINCE, ARG_UNTIL, ARG_TEAM_ID,
	ARG_ERROR_CODE, ARG_FALLBACK_REASON, ARG_BODY_CONTAINS, ARG_IGNORE_CASE,
	ARG_MAX_ROWS, ARG_BEFORE_TIMESTAMP, ARG_BEFORE_JOB_ID, ARG_BEFORE_TEAM_ID
};

/* Bodies that are recorded in one statement. */
#define RECORDED_AT_ONCE 1000

/* What max_rows is when it is NULL. */
#define DEFAULT_MAX_ROWS 50

static void search_filters(Search *search, const NullableDatum *args);
static void search_key(Search *search, Datum key);
static void search_page(Search *search, const NullableDatum *args);
static void search_bodies(Search *search, const NullableDatum *args,
						  const AccessRights *rights, Oid reader);
static void mute_client_messages(void);
static void emit_matches(Search *search, Tuplestorestate *result, Oid reader);

/*
 * search(…) → SETOF entry_row: the entries that match every filter given, newest
 * first; no rows before there is a log.  With body_contains those whose bodies the
 * caller may read and have that text.  Raises invalid_parameter_value for arguments
 * that cannot be, insufficient_privilege for bodies that the caller may not read.
 */
Datum
ogw_search(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const NullableDatum *args = fcinfo->args;
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
		search_filters(&search, args);
		if (!PG_ARGISNULL(ARG_SINCE))
			search.first = PG_GETARG_TIMESTAMPTZ(ARG_SINCE);
		if (!PG_ARGISNULL(ARG_UNTIL))
			search_until(&search, PG_GETARG_TIMESTAMPTZ(ARG_UNTIL));
		search_page(&search, args);
		if (PG_ARGISNULL(ARG_BODY_CONTAINS))
			search_partitions(&search);
		else
			search_bodies(&search, args, &rights, guard.caller);
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/* Adds the filters that search() is given, but for those on the time. */
static void
search_filters(Search *search, const NullableDatum *args)
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

	if (!args[ARG_JOB_ID].isnull)
		search_job(search, args[ARG_JOB_ID].value);
	for (int i = 0; i < lengthof(filters); i++)
		if (!args[filters[i].arg].isnull)
			search_condition(search, filters[i].column, filters[i].masked ?
							 mask_text(args[filters[i].arg].value) :
							 args[filters[i].arg].value);
	search->of_session = !args[ARG_SESSION_ID].isnull;
	if (!args[ARG_MODEL].isnull)
	{
		search_condition(search, "requested_model", mask_text(args[ARG_MODEL].value));
		search->conditions[search->n_conditions - 1].or_column = "served_model";
	}
	if (!args[ARG_API_KEY].isnull)
		search_key(search, args[ARG_API_KEY].value);
}

/* Adds the filter on a key: the whole key, or as it is shown. */
static void
search_key(Search *search, Datum key)
{
	Slice		slice = api_key_strip(text_to_slice(key));

	if (redact_is_redacted(slice.data, slice.len))
		search_condition(search, "api_key", slice_to_text(slice));
	else
	{
		bytea	   *fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);

		SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
		api_key_fingerprint(slice, (uint8 *) VARDATA(fingerprint));
		search_condition(search, "api_key_fingerprint", PointerGetDatum(fingerprint));
		search->conditions[search->n_conditions - 1].is_bytes = true;
	}
}

/*
 * Says where the page begins: behind the last row of the page before, in the
 * order of the result.
 */
static void
search_page(Search *search, const NullableDatum *args)
{
	if (args[ARG_BEFORE_TIMESTAMP].isnull ?
		!args[ARG_BEFORE_JOB_ID].isnull || !args[ARG_BEFORE_TEAM_ID].isnull :
		args[ARG_BEFORE_JOB_ID].isnull && !args[ARG_BEFORE_TEAM_ID].isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("before_job_id needs before_timestamp, before_team_id needs both"),
				 errhint("Give all three, from the last row of the page before.")));
	if (args[ARG_BEFORE_TIMESTAMP].isnull)
		return;
	if (args[ARG_BEFORE_JOB_ID].isnull)
	{
		search_until(search, DatumGetTimestampTz(args[ARG_BEFORE_TIMESTAMP].value));
		return;
	}
	search->has_before_job = true;
	search->before_at = DatumGetTimestampTz(args[ARG_BEFORE_TIMESTAMP].value);
	search->before_job_id = args[ARG_BEFORE_JOB_ID].value;
	search->last = Min(search->last, search->before_at);
	search->has_before_team = !args[ARG_BEFORE_TEAM_ID].isnull;
	if (search->has_before_team)
		search->before_team_id = args[ARG_BEFORE_TEAM_ID].value;
}

/*
 * Searches the entries whose bodies the caller may read, for those whose bodies have a
 * text.  What is found tells what is in them, so it is recorded before it is returned.
 * Raises insufficient_privilege where the caller may read no bodies at all.
 */
static void
search_bodies(Search *search, const NullableDatum *args, const AccessRights *rights,
			  Oid reader)
{
	Slice		text = text_to_slice(args[ARG_BODY_CONTAINS].value);
	bool		ignore_case = !args[ARG_IGNORE_CASE].isnull && DatumGetBool(args[ARG_IGNORE_CASE].value);
	Tuplestorestate *result = search->store;

	if (text.len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("body_contains must not be empty")));
	if (!rights->all_bodies)
		search->n_teams = text_array_values(rights->body_teams, &search->teams, NULL);
	if (search->n_teams == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the current role may read no bodies, and so not search in them"),
				 errhint("The owner of the log gives that right with ogw_logs.grant_reader(…, bodies => true).")));
	SPI_connect();
	/* a secret is stored masked, but of a team that wants it as it is */
	search->bodies = body_search_begin(text, mask_secrets(text, NULL), ignore_case);
	mute_client_messages();
	body_search_record(reader);
	search->store = tuplestore_begin_heap(false, false, work_mem);
	search_partitions(search);
	emit_matches(search, result, reader);
	tuplestore_end(search->store);
	SPI_finish();
}

/*
 * Keeps the server from telling the caller, to the end of the call, how far it has come:
 * what a search finds that is stopped then is recorded nowhere.
 */
static void
mute_client_messages(void)
{
	if (client_min_messages < WARNING)
		(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
}

/* Puts what was found into the result, and records who learns what. */
static void
emit_matches(Search *search, Tuplestorestate *result, Oid reader)
{
	TupleTableSlot *row = MakeSingleTupleTableSlot(search->desc, &TTSOpsMinimalTuple);
	AttrNumber	team_id = SPI_fnumber(search->desc, "team_id");
	AttrNumber	job_id = SPI_fnumber(search->desc, "job_id");
	Datum		teams[RECORDED_AT_ONCE];
	Datum		jobs[RECORDED_AT_ONCE];
	int			n = 0;

	while (tuplestore_gettupleslot(search->store, true, false, row))
	{
		bool		isnull;

		tuplestore_puttupleslot(result, row);
		teams[n] = datumCopy(slot_getattr(row, team_id, &isnull), false, -1);
		jobs[n++] = datumCopy(slot_getattr(row, job_id, &isnull), false, -1);
		if (n < RECORDED_AT_ONCE)
			continue;
		body_reads_record(reader, "search() found a text in a body", teams, jobs, n);
		for (; n > 0; n--)
		{
			pfree(DatumGetPointer(teams[n - 1]));
			pfree(DatumGetPointer(jobs[n - 1]));
		}
	}
	body_reads_record(reader, "search() found a text in a body", teams, jobs, n);
	ExecDropSingleTupleTableSlot(row);
}
