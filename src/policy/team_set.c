/*
 * team_set.c
 *		Changing a team's settings, and keeping who changed what.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/log_columns.h"
#include "core/owner.h"
#include "core/spi.h"
#include "core/text_array.h"
#include "policy/access.h"
#include "policy/body_lock.h"
#include "policy/stored_id.h"

PG_FUNCTION_INFO_V1(ogw_set_team);
PG_FUNCTION_INFO_V1(ogw_clear_team);

/* Names a team can declare at the most: each entry is compared with them all. */
#define MAX_METADATA_KEYS 100

/*
 * Their most bytes together, as JSON: a row of ogw_logs.team_history has them
 * before and after a change, and is to fit a page of 8 kB.
 */
#define MAX_METADATA_KEYS_BYTES 3600

/* The parameters of change_query, from $1 on. */
enum
{
	PARAM_TEAM_ID, PARAM_BODY_LOGGING, PARAM_REDACT_BODIES, PARAM_METADATA_KEYS,
	PARAM_BODY_RETENTION, PARAM_LOG_RETENTION, PARAM_CHANGED_BY, PARAM_CLEAR,
	N_PARAMS
};

static const Oid param_types[N_PARAMS] = {
	TEXTOID, BOOLOID, BOOLOID, TEXTARRAYOID, INTERVALOID, INTERVALOID, NAMEOID,
	TEXTOID
};

/* The settings, as columns of ogw_logs.team, in the order of the parameters. */
static const char *const settings[] = {
	"body_logging", "redact_bodies", "metadata_keys", "body_retention",
	"log_retention"
};

static const char insert_query[] =
"INSERT INTO ogw_logs.team (team_id) VALUES ($1) ON CONFLICT DO NOTHING";

static const char change_query[] =
"WITH old AS (SELECT t.* FROM ogw_logs.team t WHERE t.team_id = $1 FOR UPDATE),"
" new AS (UPDATE ogw_logs.team t SET"
"   body_logging = CASE WHEN $8 = 'body_logging' THEN NULL ELSE coalesce($2, old.body_logging) END,"
"   redact_bodies = CASE WHEN $8 = 'redact_bodies' THEN NULL ELSE coalesce($3, old.redact_bodies) END,"
"   metadata_keys = CASE WHEN $8 = 'metadata_keys' THEN NULL ELSE coalesce($4, old.metadata_keys) END,"
"   body_retention = CASE WHEN $8 = 'body_retention' THEN NULL ELSE coalesce($5, old.body_retention) END,"
"   log_retention = CASE WHEN $8 = 'log_retention' THEN NULL ELSE coalesce($6, old.log_retention) END"
"  FROM old WHERE t.team_id = old.team_id RETURNING t.*)"
" INSERT INTO ogw_logs.team_history (changed_at, changed_by, team_id, setting, old_value, new_value)"
" SELECT clock_timestamp(), $7, $1, o.key, o.value, n.value"
"   FROM old, new, jsonb_each_text(to_jsonb(old)) o, jsonb_each_text(to_jsonb(new)) n"
"  WHERE n.key = o.key AND n.value IS DISTINCT FROM o.value";

static void change(FunctionCallInfo fcinfo, Datum *values, char *nulls,
				   bool stops_bodies);
static void check_metadata_keys(Datum keys);
static void check_retention(Interval *retention, const char *name);

/*
 * set_team(…): changes the settings whose arguments are not NULL.  Raises
 * invalid_parameter_value for a team_id, a name or a time that cannot be.
 */
Datum
ogw_set_team(PG_FUNCTION_ARGS)
{
	Datum		values[N_PARAMS] = {0};
	char		nulls[N_PARAMS];

	sought_id_argument(fcinfo, 0, "team_id");
	for (int i = 0; i < N_PARAMS; i++)
		nulls[i] = 'n';
	for (int i = 0; i <= PARAM_LOG_RETENTION; i++)
	{
		if (PG_ARGISNULL(i))
			continue;
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = ' ';
	}
	if (nulls[PARAM_METADATA_KEYS] == ' ')
		check_metadata_keys(values[PARAM_METADATA_KEYS]);
	if (nulls[PARAM_BODY_RETENTION] == ' ')
		check_retention(DatumGetIntervalP(values[PARAM_BODY_RETENTION]), "body_retention");
	if (nulls[PARAM_LOG_RETENTION] == ' ')
		check_retention(DatumGetIntervalP(values[PARAM_LOG_RETENTION]), "log_retention");
	change(fcinfo, values, nulls,
		   nulls[PARAM_BODY_LOGGING] == ' ' && !DatumGetBool(values[PARAM_BODY_LOGGING]));
	PG_RETURN_VOID();
}

/* clear_team(team_id, setting): puts one setting back to its default. */
Datum
ogw_clear_team(PG_FUNCTION_ARGS)
{
	Datum		values[N_PARAMS] = {0};
	char		nulls[N_PARAMS];
	bool		known = false;

	sought_id_argument(fcinfo, 0, "team_id");
	if (!PG_ARGISNULL(1))
	{
		char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));

		for (int i = 0; i < lengthof(settings); i++)
			known |= strcmp(name, settings[i]) == 0;
	}
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("setting is not one of a team's settings"),
				 errhint("These are body_logging, redact_bodies, metadata_keys, body_retention and log_retention.")));
	for (int i = 0; i < N_PARAMS; i++)
		nulls[i] = 'n';
	values[PARAM_TEAM_ID] = PG_GETARG_DATUM(0);
	nulls[PARAM_TEAM_ID] = ' ';
	values[PARAM_CLEAR] = PG_GETARG_DATUM(1);
	nulls[PARAM_CLEAR] = ' ';
	change(fcinfo, values, nulls,
		   strcmp(text_to_cstring(PG_GETARG_TEXT_PP(1)), "body_logging") == 0);
	PG_RETURN_VOID();
}

/*
 * Writes the change and its record, as the owner, in the name of the caller, who
 * must be an admin of the team.  Where it switches bodies off it waits for the
 * transactions that write some.
 */
static void
change(FunctionCallInfo fcinfo, Datum *values, char *nulls, bool stops_bodies)
{
	OwnerGuard	guard;
	Oid			types[N_PARAMS];

	memcpy(types, param_types, sizeof(types));
	owner_enter(&guard, fcinfo);
	check_admin(guard.caller, values[PARAM_TEAM_ID]);
	if (stops_bodies)
		team_stop_bodies(text_to_cstring(DatumGetTextPP(values[PARAM_TEAM_ID])));
	values[PARAM_CHANGED_BY] =
		DirectFunctionCall1(namein, CStringGetDatum(GetUserNameFromId(guard.caller, false)));
	nulls[PARAM_CHANGED_BY] = ' ';
	log_columns_check("team");
	log_columns_check_writable("team_history");
	SPI_connect();
	spi_run(insert_query, SPI_OK_INSERT, 1, types, values, nulls);
	spi_run(change_query, SPI_OK_INSERT, N_PARAMS, types, values, nulls);
	SPI_finish();
	owner_leave(&guard);
}

/* Checks the names of metadata that are to stay with an entry. */
static void
check_metadata_keys(Datum keys)
{
	Datum	   *names;
	bool	   *name_nulls;
	int			n;
	StringInfoData json;

	initStringInfo(&json);
	n = text_array_values(keys, &names, &name_nulls);
	for (int i = 0; i < n; i++)
	{
		int			len = name_nulls[i] ? 0 : VARSIZE_ANY_EXHDR(DatumGetTextPP(names[i]));

		if (len == 0 || len > MAX_ID_BYTES)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("each of metadata_keys must have 1 to %d bytes", MAX_ID_BYTES)));
		appendStringInfoString(&json, json.len > 0 ? ", " : "[]");
		escape_json(&json, text_to_cstring(DatumGetTextPP(names[i])));
	}
	if (n > MAX_METADATA_KEYS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("metadata_keys has more than %d names", MAX_METADATA_KEYS)));
	if (json.len > MAX_METADATA_KEYS_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the names of metadata_keys are too long together"),
				 errhint("As a JSON array they have at most %d bytes.", MAX_METADATA_KEYS_BYTES)));
}

/*
 * Checks that a time to keep something is one: raises invalid_parameter_value for
 * none, and for one with a negative part.
 */
static void
check_retention(Interval *retention, const char *name)
{
	Interval	nothing = {0};

	/* where parts of it cancel each other out, no time may be so far from now */
	if (retention->month < 0 || retention->day < 0 || retention->time < 0 ||
		!DatumGetBool(DirectFunctionCall2(interval_gt, IntervalPGetDatum(retention),
										  IntervalPGetDatum(&nothing))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a positive interval", name),
				 errhint("No part of it may be negative; clear_team() puts it back to its default.")));
}
