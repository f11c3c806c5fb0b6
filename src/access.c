/*
 * access.c
 *		Acting as the owner of the log, and what a role may do in which team.
 *
 * The functions of this extension are SECURITY INVOKER, so that they know who
 * calls; for their own, fixed statements they become the owner of the function
 * with a pinned search_path, as PostgreSQL's foreign key checks become the
 * owner of a table.  On an error the (sub)transaction's abort puts both back.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "access.h"
#include "compat.h"

PG_FUNCTION_INFO_V1(ogw_readable_teams);
PG_FUNCTION_INFO_V1(ogw_reads_all_teams);
PG_FUNCTION_INFO_V1(ogw_readable_body_teams);
PG_FUNCTION_INFO_V1(ogw_reads_all_bodies);
PG_FUNCTION_INFO_V1(ogw_administered_teams);
PG_FUNCTION_INFO_V1(ogw_administers_all_teams);

/* Rights as an expression keeps them. */
typedef struct CachedRights
{
	Oid			role;			/* whose they are */
	AccessRights rights;
} CachedRights;

static Oid	function_owner(Oid fn_oid);
static AccessRights *cached_rights(FunctionCallInfo fcinfo, const char *privilege);

/*
 * Becomes the owner of the function that fcinfo calls, with search_path
 * pinned.  Every owner_enter() has its owner_leave() in the same function.
 */
void
owner_enter(OwnerGuard *guard, FunctionCallInfo fcinfo)
{
	GetUserIdAndSecContext(&guard->caller, &guard->sec_context);
	SetUserIdAndSecContext(function_owner(fcinfo->flinfo->fn_oid),
						   guard->sec_context | SECURITY_LOCAL_USERID_CHANGE);
	guard->guc_nest = search_path_pin();
}

/*
 * Becomes a given owner and leaves search_path as it is: for what runs once a
 * row, and pins the path itself in the rare case that it runs a statement.
 */
void
owner_enter_row(OwnerGuard *guard, Oid owner)
{
	GetUserIdAndSecContext(&guard->caller, &guard->sec_context);
	SetUserIdAndSecContext(owner,
						   guard->sec_context | SECURITY_LOCAL_USERID_CHANGE);
	guard->guc_nest = 0;
}

/* Becomes the caller again. */
void
owner_leave(const OwnerGuard *guard)
{
	if (guard->guc_nest > 0)
		AtEOXact_GUC(false, guard->guc_nest);
	SetUserIdAndSecContext(guard->caller, guard->sec_context);
}

/*
 * Sets search_path so that no name of ours can be shadowed, until
 * AtEOXact_GUC(false, the nest level returned).
 */
int
search_path_pin(void)
{
	int			nest = NewGUCNestLevel();

	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return nest;
}

/*
 * Finds where a role has a privilege ('read' or 'admin'), by its own grants and
 * those of the roles whose privileges it has.  A superuser and the owner of the
 * log have all.  Called as the owner.  The arrays live in the current memory
 * context; they are empty, never NULL.
 *
 * It looks with the latest snapshot: a right that was revoked is gone for the
 * next statement, in a long transaction too.
 */
void
access_rights(Oid role, const char *privilege, AccessRights *rights)
{
	static const char query[] =
		"SELECT coalesce(bool_or(a.team_id IS NULL), false),"
		"       coalesce(array_agg(a.team_id) FILTER (WHERE a.team_id IS NOT NULL), '{}'),"
		"       coalesce(bool_or(a.team_id IS NULL AND a.bodies), false),"
		"       coalesce(array_agg(a.team_id) FILTER (WHERE a.team_id IS NOT NULL AND a.bodies), '{}')"
		"  FROM ogw_logs.access a"
		"  JOIN pg_catalog.pg_roles r ON r.rolname = a.role_name"
		" WHERE a.privilege = $2 AND pg_catalog.pg_has_role($1, r.oid, 'USAGE')";
	Oid			types[] = {OIDOID, TEXTOID};
	Datum		args[] = {ObjectIdGetDatum(role), CStringGetTextDatum(privilege)};
	MemoryContext caller_context = CurrentMemoryContext;
	static SPIPlanPtr kept = NULL;
	bool		isnull;

	if (has_privs_of_role(role, GetUserId()))
	{
		rights->all_teams = rights->all_bodies = true;
		rights->teams = rights->body_teams =
			PointerGetDatum(construct_empty_array(TEXTOID));
		return;
	}
	SPI_connect();
	/* a plan that is kept looks up no name, which would tell of roles taken back */
	AcceptInvalidationMessages();
	/* a leader in parallel mode may take no snapshot: its statement's is fresh */
	PushActiveSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot());
	if (kept == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare(query, lengthof(types), types);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare to read ogw_logs.access");
		kept = plan;
	}
	if (SPI_execute_plan(kept, args, NULL, true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "could not read ogw_logs.access");
	{
		HeapTuple	row = SPI_tuptable->vals[0];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		Datum		teams = SPI_getbinval(row, desc, 2, &isnull);
		Datum		body_teams = SPI_getbinval(row, desc, 4, &isnull);
		MemoryContext spi_context;

		rights->all_teams = DatumGetBool(SPI_getbinval(row, desc, 1, &isnull));
		rights->all_bodies = DatumGetBool(SPI_getbinval(row, desc, 3, &isnull));
		spi_context = MemoryContextSwitchTo(caller_context);
		rights->teams = PointerGetDatum(DatumGetArrayTypePCopy(teams));
		rights->body_teams = PointerGetDatum(DatumGetArrayTypePCopy(body_teams));
		MemoryContextSwitchTo(spi_context);
	}
	PopActiveSnapshot();
	SPI_finish();
}

/* Tells whether a team is among those of a text[]. */
bool
teams_hold(Datum teams, Datum team_id)
{
	text	   *wanted = DatumGetTextPP(team_id);
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(teams), TEXTOID, -1, false,
					  TYPALIGN_INT, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		text	   *team = DatumGetTextPP(values[i]);

		if (VARSIZE_ANY_EXHDR(team) == VARSIZE_ANY_EXHDR(wanted) &&
			memcmp(VARDATA_ANY(team), VARDATA_ANY(wanted), VARSIZE_ANY_EXHDR(team)) == 0)
			return true;
	}
	return false;
}

/*
 * Raises insufficient_privilege where a role does not administer a team; the
 * error is the same whether there is such a team.  Called as the owner.
 */
void
check_admin(Oid role, Datum team_id)
{
	AccessRights rights;

	access_rights(role, "admin", &rights);
	if (!rights.all_teams && !teams_hold(rights.teams, team_id))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the current role is no admin of this team"),
				 errhint("The owner of the log gives that right with ogw_logs.grant_admin().")));
}

/*
 * readable_teams() → text[]: the teams whose entries the current role may
 * read; never NULL.  Policies compare with it, so it is worked out once for
 * each call site of a query.
 */
Datum
ogw_readable_teams(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(cached_rights(fcinfo, "read")->teams);
}

/* reads_all_teams() → boolean: whether the current role may read every team. */
Datum
ogw_reads_all_teams(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(cached_rights(fcinfo, "read")->all_teams);
}

/* readable_body_teams() → text[]: the same for what lives with the body. */
Datum
ogw_readable_body_teams(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(cached_rights(fcinfo, "read")->body_teams);
}

/* reads_all_bodies() → boolean: whether the current role may read every body. */
Datum
ogw_reads_all_bodies(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(cached_rights(fcinfo, "read")->all_bodies);
}

/* administered_teams() → text[]: the teams that the current role administers. */
Datum
ogw_administered_teams(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(cached_rights(fcinfo, "admin")->teams);
}

/* administers_all_teams() → boolean: whether it administers every team. */
Datum
ogw_administers_all_teams(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(cached_rights(fcinfo, "admin")->all_teams);
}

/* Returns the owner of a function. */
static Oid
function_owner(Oid fn_oid)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(fn_oid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", fn_oid);
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Gets the caller's rights of one kind, once for the life of the calling
 * expression.  PL/pgSQL keeps one to the end of the transaction, and the role
 * can change meanwhile.
 */
static AccessRights *
cached_rights(FunctionCallInfo fcinfo, const char *privilege)
{
	CachedRights *cached = fcinfo->flinfo->fn_extra;

	if (cached == NULL || cached->role != GetUserId())
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		OwnerGuard	guard;

		cached = palloc(sizeof(CachedRights));
		owner_enter(&guard, fcinfo);
		access_rights(guard.caller, privilege, &cached->rights);
		owner_leave(&guard);
		cached->role = guard.caller;
		fcinfo->flinfo->fn_extra = cached;
		MemoryContextSwitchTo(old);
	}
	return &cached->rights;
}
