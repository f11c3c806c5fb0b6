/*
 * get_log.c
 *		Opening entries: one, or all of a session, with what lives with their bodies.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/log.h"
#include "core/owner.h"
#include "core/readable_json.h"
#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "policy/access.h"
#include "policy/body_read.h"
#include "search/found_body.h"
#include "search/get_log.h"
#include "search/search_columns.h"
#include "search/search_filters.h"
#include "search/search_partitions.h"
#include "search/search_state.h"
#include "segment/body.h"

PG_FUNCTION_INFO_V1(ogw_get_log);
PG_FUNCTION_INFO_V1(ogw_get_session);

/* The arguments of get_session(). */
enum
{
	ARG_SESSION_ID, ARG_TEAM_ID, ARG_SINCE, ARG_UNTIL, ARG_MAX_ROWS
};

/* What its max_rows is when it is NULL. */
#define DEFAULT_MAX_ROWS 1000

/* Where in log_row stands what names a body, and where its parts go: indexes from 0. */
typedef struct LogRowPlaces
{
	int			job_id;
	int			timestamp;
	int			team_id;
	int			session_id;
	int			user_id;
	int			body_state;
	int			part[N_BODY_PARTS];
} LogRowPlaces;

static uint64 find_log(Search *search, FunctionCallInfo fcinfo, bool nearby);
static LogRowPlaces log_row_places(TupleDesc log_row);
static void open_found(Search *search, ReturnSetInfo *result, const AccessRights *rights,
					   Oid reader, bool oldest_first);
static bool put_log_row(ReturnSetInfo *result, const LogRowPlaces *places, TupleTableSlot *row,
						const AccessRights *rights, int elevel);
static bool find_body(const LogRowPlaces *places, const Datum *values, const bool *nulls,
					  int elevel, Slice parts[N_BODY_PARTS]);

/*
 * get_log(job_id, team_id, near) → SETOF log_row.  near, within the duplicate
 * window, is looked at first; where nothing is found there, everywhere.  What
 * lives with the body is NULL for who may not read it; who is given some is
 * recorded before the rows leave.
 */
Datum
ogw_get_log(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	AccessRights rights;
	OwnerGuard	guard;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	owner_enter(&guard, fcinfo);
	if (log_exists())
	{
		Search		search;

		access_rights(guard.caller, "read", &rights);
		search_begin(&search, result->setDesc, &rights);
		search.store = tuplestore_begin_heap(false, false, work_mem);
		search_log(&search, fcinfo);
		open_found(&search, result, &rights, guard.caller, false);
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/*
 * get_session(session_id, team_id, since, until, max_rows) → SETOF log_row: the
 * newest entries of a session, oldest first; a NOTICE where there are more.  Their bodies
 * are given as by get_log(), but for those that cannot be read, of which it warns.  Raises
 * invalid_parameter_value where until is before since.
 */
Datum
ogw_get_session(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		max_rows = PG_ARGISNULL(ARG_MAX_ROWS) ?
		DEFAULT_MAX_ROWS : PG_GETARG_INT32(ARG_MAX_ROWS);
	AccessRights rights;
	OwnerGuard	guard;
	bool		has_more = false;

	if (max_rows < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_rows must be at least 1")));
	check_range_of_time(&fcinfo->args[ARG_SINCE], &fcinfo->args[ARG_UNTIL]);
	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(ARG_SESSION_ID))
		return (Datum) 0;
	owner_enter(&guard, fcinfo);
	if (log_exists())
	{
		Search		search;

		access_rights(guard.caller, "read", &rights);
		search_begin(&search, result->setDesc, &rights);
		search.store = tuplestore_begin_heap(true, false, work_mem);
		search.rows_left = (uint64) max_rows + 1;
		search.looks_ahead = true;
		search_value(&search, "session_id", sought_value("session_id", PG_GETARG_DATUM(ARG_SESSION_ID)));
		if (!PG_ARGISNULL(ARG_TEAM_ID))
			search_value(&search, "team_id", sought_value("team_id", PG_GETARG_DATUM(ARG_TEAM_ID)));
		if (!PG_ARGISNULL(ARG_SINCE))
			search.first = PG_GETARG_TIMESTAMPTZ(ARG_SINCE);
		if (!PG_ARGISNULL(ARG_UNTIL))
			search_until(&search, PG_GETARG_TIMESTAMPTZ(ARG_UNTIL));
		search_partitions(&search);
		open_found(&search, result, &rights, guard.caller, true);
		has_more = search.has_more;
	}
	owner_leave(&guard);
	if (has_more)
		ereport(NOTICE,
				(errmsg("the session has more entries than max_rows"),
				 errhint("The newest are returned; give until, or a larger max_rows, for the others.")));
	return (Datum) 0;
}

/*
 * Looks for the entries that a function is asked for whose arguments begin with job_id,
 * team_id and near; they are in search->store.
 */
void
search_log(Search *search, FunctionCallInfo fcinfo)
{
	bool		nearby = !PG_ARGISNULL(2) && !TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(2));

	if (!nearby || find_log(search, fcinfo, true) == 0)
		(void) find_log(search, fcinfo, false);
}

/*
 * Does the work of search_log() near the time, or everywhere.  Returns how many entries
 * there are.
 */
static uint64
find_log(Search *search, FunctionCallInfo fcinfo, bool nearby)
{
	TimestampTz window = ogw_duplicate_window_s * USECS_PER_SEC;

	search->n_conditions = 0;
	search_job(search, PG_GETARG_DATUM(0));
	if (!PG_ARGISNULL(1))
		search_value(search, "team_id", sought_value("team_id", PG_GETARG_DATUM(1)));
	search->first = nearby ? PG_GETARG_TIMESTAMPTZ(2) - window : PG_INT64_MIN;
	search->last = nearby ? PG_GETARG_TIMESTAMPTZ(2) + window : PG_INT64_MAX;
	search_partitions(search);
	return tuplestore_tuple_count(search->store);
}

/*
 * Puts the entries that were found into the result, with their bodies, and records
 * who is given which.
 */
static void
open_found(Search *search, ReturnSetInfo *result, const AccessRights *rights,
		   Oid reader, bool oldest_first)
{
	LogRowPlaces places = log_row_places(result->setDesc);
	TupleTableSlot *row = MakeSingleTupleTableSlot(result->setDesc, &TTSOpsMinimalTuple);
	int64		n = tuplestore_tuple_count(search->store);
	Datum	   *read_teams;
	Datum	   *read_jobs;
	int			n_read = 0;

	SPI_connect();
	read_teams = palloc(sizeof(Datum) * n);
	read_jobs = palloc(sizeof(Datum) * n);
	/* behind the end, from where the last one comes first */
	if (oldest_first)
		tuplestore_skiptuples(search->store, n + 1, true);
	while (tuplestore_gettupleslot(search->store, !oldest_first, true, row))
	{
		/* of a conversation the rest can be read */
		if (!put_log_row(result, &places, row, rights, oldest_first ? WARNING : ERROR))
			continue;
		read_teams[n_read] = datumCopy(row->tts_values[places.team_id], false, -1);
		read_jobs[n_read++] = datumCopy(row->tts_values[places.job_id], false, -1);
	}
	body_reads_record(reader, oldest_first ? "get_session() returned a body" : "get_log() returned a body",
					  read_teams, read_jobs, n_read);
	SPI_finish();
	ExecDropSingleTupleTableSlot(row);
	tuplestore_end(search->store);
}

/*
 * Puts an entry into the result, with its body where the caller may read it; returns
 * whether it was given one.  A body that is damaged is reported at elevel.  Its memory
 * is free again when this returns.
 */
static bool
put_log_row(ReturnSetInfo *result, const LogRowPlaces *places, TupleTableSlot *row,
			const AccessRights *rights, int elevel)
{
	int			natts = result->setDesc->natts;
	Datum	   *values = palloc(sizeof(Datum) * natts);
	bool	   *nulls = palloc(sizeof(bool) * natts);
	Datum		team_id;
	Slice		parts[N_BODY_PARTS];
	bool		has_body = false;
	MemoryContext old = CurrentMemoryContext;
	MemoryContext parts_context = AllocSetContextCreate(old, "ogw_logs parts", ALLOCSET_DEFAULT_SIZES);

	slot_getallattrs(row);
	memcpy(values, row->tts_values, sizeof(Datum) * natts);
	memcpy(nulls, row->tts_isnull, sizeof(bool) * natts);
	team_id = values[places->team_id];
	MemoryContextSwitchTo(parts_context);
	if (rights->all_bodies || teams_hold(rights->body_teams, team_id))
	{
		has_body = find_body(places, values, nulls, elevel, parts);
		/* expired, purged or erased since */
		if (!has_body && !nulls[places->body_state] && body_is_stored(values[places->body_state]))
			values[places->body_state] = CStringGetTextDatum(BODY_STATE_GONE);
	}
	for (int i = 0; has_body && i < N_BODY_PARTS; i++)
	{
		if (parts[i].data == NULL)
			continue;
		values[places->part[i]] = i >= BODY_ATTEMPTS ? readable_json(parts[i]) : slice_to_text(parts[i]);
		nulls[places->part[i]] = false;
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(parts_context);
	return has_body;
}

/* Finds the body of an entry in the columns of a log_row; false where it has none. */
static bool
find_body(const LogRowPlaces *places, const Datum *values, const bool *nulls, int elevel,
		  Slice parts[N_BODY_PARTS])
{
	FoundEntry	entry = {
		.timestamp = values[places->timestamp],
		.team_id = values[places->team_id],
		.job_id = values[places->job_id],
		.session_id = nulls[places->session_id] ? 0 : values[places->session_id],
		.user_id = nulls[places->user_id] ? 0 : values[places->user_id],
		.has_body = !nulls[places->body_state] && body_is_stored(values[places->body_state])
	};
	bool		looked_elsewhere;

	return found_body(&entry, elevel, parts, &looked_elsewhere);
}

/* Finds the columns of log_row by their names: once for each call, whatever it returns. */
static LogRowPlaces
log_row_places(TupleDesc log_row)
{
	LogRowPlaces places = {
		.job_id = result_column(log_row, entry_fields[FIELD_JOB_ID].name, TEXTOID) - 1,
		.timestamp = result_column(log_row, entry_fields[FIELD_TIMESTAMP].name, TIMESTAMPTZOID) - 1,
		.team_id = result_column(log_row, entry_fields[FIELD_TEAM_ID].name, TEXTOID) - 1,
		.session_id = result_column(log_row, entry_fields[FIELD_SESSION_ID].name, TEXTOID) - 1,
		.user_id = result_column(log_row, entry_fields[FIELD_USER_ID].name, TEXTOID) - 1,
		.body_state = result_column(log_row, "body_state", TEXTOID) - 1,
	};

	for (Field field = FIELD_JOB_ID; field < N_FIELDS; field++)
		if (entry_fields[field].part != BODY_NONE)
			places.part[entry_fields[field].part] =
				result_column(log_row, entry_fields[field].name, entry_fields[field].kind == KIND_JSON ? JSONOID : TEXTOID) - 1;
	return places;
}
