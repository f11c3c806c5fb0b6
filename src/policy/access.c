/*
 * access.c
 *		What a role may do in which team.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/owner.h"
#include "core/role_link.h"
#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "core/text_array.h"
#include "policy/access.h"

PG_FUNCTION_INFO_V1(ogw_readable_teams);
PG_FUNCTION_INFO_V1(ogw_reads_all_teams);
PG_FUNCTION_INFO_V1(ogw_readable_body_teams);
PG_FUNCTION_INFO_V1(ogw_reads_all_bodies);
PG_FUNCTION_INFO_V1(ogw_administered_teams);
PG_FUNCTION_INFO_V1(ogw_administers_all_teams);
PG_FUNCTION_INFO_V1(ogw_monitors);

/* Rights as an expression keeps them. */
typedef struct CachedRights
{
	Oid			role;			/* whose they are */
	AccessRights rights;
} CachedRights;

/* Where the columns of ogw_logs.access are. */
typedef struct GrantColumns
{
	AttrNumber	role;			/* a role_link */
	AttrNumber	privilege;
	AttrNumber	team_id;
	AttrNumber	bodies;
} GrantColumns;

/* A row of it. */
typedef struct Grant
{
	Oid			role;			/* InvalidOid where it has none: then no more is set */
	char	   *privilege;
	Datum		team_id;		/* 0: every team */
	bool		bodies;
} Grant;

static bool holds_rights(Oid role);
static void read_grants(Oid role, const char *privilege, AccessRights *rights);
static Grant grant_in(TupleTableSlot *slot, const GrantColumns *columns);
static AccessRights *cached_rights(FunctionCallInfo fcinfo, const char *privilege);

/*
 * Finds where a role has a privilege ('read', 'admin', 'monitor'), by its own grants and
 * those of the roles whose privileges it has.  A superuser and the owner of the
 * log have all.  Called as the owner.  The arrays live in the current memory
 * context; they are empty, never NULL.
 */
void
access_rights(Oid role, const char *privilege, AccessRights *rights)
{
	rights->all_teams = rights->all_bodies = has_privs_of_role(role, GetUserId());
	if (rights->all_teams)
		rights->teams = rights->body_teams =
			PointerGetDatum(construct_empty_array(TEXTOID));
	else
		read_grants(role, privilege, rights);
}

/*
 * Reads ogw_logs.access itself: a statement would take longer than many a search.
 * It looks with the latest snapshot: a right that was revoked is gone for the
 * next statement, in a long transaction too.  Raises undefined_table, undefined_column
 * and datatype_mismatch where the table has been altered.
 */
static void
read_grants(Oid role, const char *privilege, AccessRights *rights)
{
	Relation	access = log_table_open("access", AccessShareLock, RELKIND_RELATION);
	GrantColumns columns = {
		.role = log_column(access, "role", role_link_type()),
		.privilege = log_column(access, "privilege", TEXTOID),
		.team_id = log_column(access, "team_id", TEXTOID),
		.bodies = log_column(access, "bodies", BOOLOID)
	};
	TupleTableSlot *slot = table_slot_create(access, NULL);
	ArrayBuildState *teams = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	ArrayBuildState *body_teams = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	Oid			holder = InvalidOid;	/* the last role that was found to hold its rights */
	Snapshot	snapshot;
	TableScanDesc scan;

	/* a lock that the transaction has does not tell of roles taken back since */
	AcceptInvalidationMessages();
	snapshot = RegisterSnapshot(fresh_snapshot());
	scan = ogw_table_beginscan(access, snapshot);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		Grant		grant = grant_in(slot, &columns);

		if (!OidIsValid(grant.role) || strcmp(grant.privilege, privilege) != 0 || !has_privs_of_role(role, grant.role))
			continue;
		if (grant.role != holder && !holds_rights(grant.role))
			continue;
		holder = grant.role;
		if (grant.team_id == 0)
		{
			rights->all_teams = true;
			rights->all_bodies |= grant.bodies;
			continue;
		}
		accumArrayResult(teams, grant.team_id, false, TEXTOID, CurrentMemoryContext);
		if (grant.bodies)
			accumArrayResult(body_teams, grant.team_id, false, TEXTOID, CurrentMemoryContext);
	}
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	ExecDropSingleTupleTableSlot(slot);
	table_close(access, NoLock);
	rights->teams = makeArrayResult(teams, CurrentMemoryContext);
	rights->body_teams = makeArrayResult(body_teams, CurrentMemoryContext);
}

/* Returns the row in a slot; a NULL of a DBA's gives no right. */
static Grant
grant_in(TupleTableSlot *slot, const GrantColumns *columns)
{
	bool		no_role;
	bool		no_privilege;
	bool		of_all;
	bool		no_bodies;
	Datum		role = slot_getattr(slot, columns->role, &no_role);
	Datum		privilege = slot_getattr(slot, columns->privilege, &no_privilege);
	Datum		team_id = slot_getattr(slot, columns->team_id, &of_all);
	Datum		bodies = slot_getattr(slot, columns->bodies, &no_bodies);

	if (no_role || no_privilege)
		return (Grant) {.role = InvalidOid};
	return (Grant)
	{
		.role = DatumGetObjectId(role),
		.privilege = TextDatumGetCString(privilege),
		.team_id = of_all ? 0 : team_id,
		.bodies = !no_bodies && DatumGetBool(bodies)
	};
}

/*
 * Tells whether the rights of a role in ogw_logs.access count: where the role holds
 * EXECUTE on holds_rights() by a grant of its own, which came with them.  PostgreSQL
 * takes it back with DROP OWNED BY, and drops no role before: so rights never outlive
 * what a DBA sees of them, and none is there for a later role of the same name or OID.
 */
static bool
holds_rights(Oid role)
{
	Oid			schema = get_namespace_oid(OGW_INTERNAL_SCHEMA, true);
	HeapTuple	tuple = SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum("holds_rights"),
										PointerGetDatum(buildoidvector(NULL, 0)), ObjectIdGetDatum(schema));
	bool		no_acl;
	Datum		acl_datum;
	bool		holds = false;

	if (!HeapTupleIsValid(tuple))
		return false;
	acl_datum = SysCacheGetAttr(PROCNAMEARGSNSP, tuple, Anum_pg_proc_proacl, &no_acl);
	if (!no_acl)
	{
		Acl		   *acl = DatumGetAclP(acl_datum);
		const AclItem *items = ACL_DAT(acl);

		for (int i = 0; i < ACL_NUM(acl) && !holds; i++)
			holds = items[i].ai_grantee == role && (ACLITEM_GET_PRIVS(items[i]) & ACL_EXECUTE) != 0;
	}
	ReleaseSysCache(tuple);
	return holds;
}

/* Tells whether a team is among those of a text[]. */
bool
teams_hold(Datum teams, Datum team_id)
{
	Slice		wanted = text_to_slice(team_id);
	Datum	   *values;
	int			n = text_array_values(teams, &values, NULL);

	for (int i = 0; i < n; i++)
		if (slice_equals(text_to_slice(values[i]), wanted))
			return true;
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

/* monitors() → boolean: whether the current role may see the numbers of every team. */
Datum
ogw_monitors(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(cached_rights(fcinfo, "monitor")->all_teams);
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
