/*
 * erase.c
 *		Erasing: the bodies of a team, and all that names one user of it.
 *
 * An erasure waits for the transactions that are writing entries when it
 * begins, and takes no lock that a writer would wait for.  Then it reads with
 * the latest snapshot, so that it finds what they wrote, at any isolation level.
 * Erasures queue behind each other to the end of their transactions.  Before it
 * returns it reads all rows of the team again: see recount.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/identifier.h"
#include "core/log.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/owner.h"
#include "core/rewrite_lock.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "erase/recount.h"
#include "erase/segment_erase.h"
#include "policy/access.h"
#include "policy/stored_id.h"
#include "search/filter_index.h"
#include "segment/segment_read.h"

PG_FUNCTION_INFO_V1(ogw_purge_bodies);
PG_FUNCTION_INFO_V1(ogw_erase_user);

/* A pseudonym: this, and as many random bytes in hexadecimal. */
#define PSEUDONYM_PREFIX "erased-"
#define PSEUDONYM_BYTES 16

/* The parameters of the statements, from $1 on. */
enum
{
	PARAM_TEAM_ID, PARAM_ERASED_BY, PARAM_SESSION_ROLE, PARAM_UNTIL_OR_USER,
	PARAM_PSEUDONYM, PARAM_SEALED_BODIES, PARAM_SEALED_BYTES,
	MAX_PARAMS
};

/* Both statements record what they did, and return how much it was. */
static const char purge_query[] =
"WITH gone AS (DELETE FROM ogw_logs.body b"
"               WHERE b.team_id COLLATE \"C\" = $1 AND b.\"timestamp\" < $4"
"           RETURNING b.chunk, octet_length(b.content) AS bytes)"
" INSERT INTO ogw_logs.erasure (erased_at, erased_by, session_role, team_id, action, until, bodies, bytes)"
" SELECT clock_timestamp(), $2::name, $3::name, $1, 'purge_bodies', $4,"
"        $6 + count(*) FILTER (WHERE g.chunk = 0), $7 + coalesce(sum(g.bytes), 0) FROM gone g"
" RETURNING bodies::int8, bytes::int8";

/* A column that names the user, or the owner of the key, becomes the pseudonym. */
#define WITHOUT_USER(column, is_code) \
	column " = ogw_logs_internal.erase_text(e." column "::text, " is_code ", $4, e.owner::text, $5)"

static const char erase_query[] =
"WITH erased AS (UPDATE ogw_logs.entry e"
"                   SET user_id = $5,"
"                       owner = CASE WHEN e.owner IS NOT NULL THEN $5 END,"
"                       " WITHOUT_USER("session_id", "false") ", " WITHOUT_USER("error_code", "true") ","
"                       " WITHOUT_USER("fallback_reason", "true") ","
"                       attempts = ogw_logs_internal.erase_scalars(e.attempts::json, 'error_code', $4, e.owner::text, $5),"
"                       metadata = ogw_logs_internal.erase_scalars(e.metadata::json, NULL, $4, e.owner::text, $5)"
"                 WHERE e.team_id::text COLLATE \"C\" = $1 AND e.user_id::text COLLATE \"C\" = $4 AND %s"
"             RETURNING e.\"timestamp\", e.job_id),"
"      gone AS (DELETE FROM ogw_logs.body b USING erased x"
"                WHERE b.team_id COLLATE \"C\" = $1 AND b.\"timestamp\" = x.\"timestamp\" AND b.job_id COLLATE \"C\" = x.job_id::text COLLATE \"C\""
"            RETURNING b.chunk, octet_length(b.content) AS bytes)"
" INSERT INTO ogw_logs.erasure (erased_at, erased_by, session_role, team_id, action, pseudonym, entries, bodies, bytes)"
" SELECT clock_timestamp(), $2::name, $3::name, $1, 'erase_user', $5,"
"        (SELECT count(*) FROM erased), $6 + count(*) FILTER (WHERE g.chunk = 0), $7 + coalesce(sum(g.bytes), 0) FROM gone g"
" RETURNING entries::int8, bodies::int8, bytes::int8";

static Datum erase(FunctionCallInfo fcinfo, const char *query, Oid type,
				   Datum pseudonym);
static Datum erase_as_owner(FunctionCallInfo fcinfo, const char *query, Oid type,
							Datum pseudonym);
static void drop_copies(void);
static void wait_for_writers(void);
static Datum random_pseudonym(void);

/*
 * purge_bodies(team_id, until) → (bodies, bytes): removes the bodies of a team's
 * entries dated before until.  Raises invalid_parameter_value for a team or a
 * time that cannot be, insufficient_privilege for who is no admin of the team.
 */
Datum
ogw_purge_bodies(PG_FUNCTION_ARGS)
{
	sought_id_argument(fcinfo, 0, "team_id");
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("until must be a time"),
				 errhint("'infinity' takes the bodies of all entries, those dated ahead too.")));
	return erase(fcinfo, purge_query, TIMESTAMPTZOID, CStringGetTextDatum(""));
}

/*
 * erase_user(team_id, user_id) → (entries, bodies, bytes): removes the bodies of
 * a user's entries and puts a random pseudonym where those name the user or the
 * owner of the key.  Raises the same errors.
 */
Datum
ogw_erase_user(PG_FUNCTION_ARGS)
{
	sought_id_argument(fcinfo, 0, "team_id");
	sought_id_argument(fcinfo, 1, "user_id");
	return erase(fcinfo, erase_query, TEXTOID, random_pseudonym());
}

/*
 * Runs a statement of erasure, and raises what a constraint of the tables does without the
 * row: who erases need not be allowed to read.
 */
static Datum
erase(FunctionCallInfo fcinfo, const char *query, Oid type, Datum pseudonym)
{
	MemoryContext old = CurrentMemoryContext;
	Datum		counts = (Datum) 0;

	PG_TRY();
	{
		counts = erase_as_owner(fcinfo, query, type, pseudonym);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(old);
		rethrow_without_row();
	}
	PG_END_TRY();
	return counts;
}

/*
 * Runs a statement of erasure as the owner, in the name of the caller, and
 * returns its row.  type is that of the second argument.  Raises
 * object_not_in_prerequisite_state where a trigger keeps the record of it out, and what
 * recount_user() does.
 */
static Datum
erase_as_owner(FunctionCallInfo fcinfo, const char *query, Oid type, Datum pseudonym)
{
	Oid			types[MAX_PARAMS] = {TEXTOID, TEXTOID, TEXTOID, type, TEXTOID, INT8OID, INT8OID};
	Datum		values[MAX_PARAMS];
	ErasedBodies sealed;
	OwnerGuard	guard;
	TupleDesc	desc;
	Datum		counts;
	Snapshot	before;
	bool		isnull;

	PreventCommandIfReadOnly("an erasure");
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "ogw_logs is not as CREATE EXTENSION made it");
	owner_enter(&guard, fcinfo);
	check_admin(guard.caller, PG_GETARG_DATUM(0));
	log_ensure();
	drop_copies();
	wait_for_writers();
	before = RegisterSnapshot(GetLatestSnapshot());

	values[PARAM_TEAM_ID] = PG_GETARG_DATUM(0);
	values[PARAM_ERASED_BY] = CStringGetTextDatum(GetUserNameFromId(guard.caller, false));
	values[PARAM_SESSION_ROLE] = CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false));
	values[PARAM_UNTIL_OR_USER] = PG_GETARG_DATUM(1);
	values[PARAM_PSEUDONYM] = pseudonym;
	log_columns_check("entry");
	log_columns_check("body");
	log_columns_check("erasure");
	SPI_connect();
	sealed = query == erase_query ?
		segments_erase_user(values[PARAM_TEAM_ID], values[PARAM_UNTIL_OR_USER]) :
		segments_purge(values[PARAM_TEAM_ID], DatumGetTimestampTz(values[PARAM_UNTIL_OR_USER]));
	values[PARAM_SEALED_BODIES] = Int64GetDatum(sealed.bodies);
	values[PARAM_SEALED_BYTES] = Int64GetDatum(sealed.bytes);
	spi_run_latest(query == erase_query ? psprintf(query, filter_of_user("e.", "$1", "$4")) : query,
				   SPI_OK_INSERT_RETURNING, MAX_PARAMS, types, values);
	if (SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing was erased, as table ogw_logs.erasure did not take the record of it"),
				 errhint("A trigger on that table keeps the row out: remove it, and erase again.")));
	counts = PointerGetDatum(SPI_returntuple(SPI_tuptable->vals[0], desc));
	if (query == erase_query)
		recount_user(values[PARAM_TEAM_ID], values[PARAM_UNTIL_OR_USER], pseudonym,
					 DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull)), before);
	else
		recount_bodies(values[PARAM_TEAM_ID], DatumGetTimestampTz(values[PARAM_UNTIL_OR_USER]), before);
	SPI_finish();
	UnregisterSnapshot(before);
	/* what this session has read may be among what is erased */
	segment_cache_wipe();
	owner_leave(&guard);
	return counts;
}

/*
 * Drops the copies of partitions that maintain() has made, also those that the
 * transaction's snapshot does not show.  To its end no other is made.
 */
static void
drop_copies(void)
{
	rewrite_lock_for_erasure();
	SPI_connect();
	spi_run_latest("SELECT ogw_logs_internal.drop_copy(w.partition_name) FROM ogw_logs.rewrite w",
				   SPI_OK_SELECT, 0, NULL, NULL);
	SPI_finish();
}

/*
 * Waits for the transactions that are writing entries, and for the erasures
 * that are under way; of these there is then one, to the end of the transaction.
 * Writers that come meanwhile wait for nothing.
 */
static void
wait_for_writers(void)
{
	LOCKTAG		tag;

	LockRelationOid(log_table_there("erasure"), ShareRowExclusiveLock);
	SET_LOCKTAG_RELATION(tag, MyDatabaseId, log_table_there("entry"));
	/* the weakest mode that conflicts with a writer's; it is not taken */
	WaitForLockers(tag, ShareLock, false);
}

/* Makes a pseudonym, as text. */
static Datum
random_pseudonym(void)
{
	char		random[PSEUDONYM_BYTES];
	char		name[sizeof(PSEUDONYM_PREFIX) + 2 * PSEUDONYM_BYTES] = PSEUDONYM_PREFIX;

	if (!pg_strong_random(random, sizeof(random)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	(void) hex_encode(random, sizeof(random), name + strlen(PSEUDONYM_PREFIX));
	return PointerGetDatum(cstring_to_text_with_len(name, sizeof(name) - 1));
}
