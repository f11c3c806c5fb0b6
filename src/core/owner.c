/*
 * owner.c
 *		Acting as the owner of the log.
 *
 * The functions of this extension are SECURITY INVOKER, so that they know who
 * calls; for their own, fixed statements they become the owner of the function
 * under pinned settings, as PostgreSQL's foreign key checks become the owner of
 * a table.  On an error the (sub)transaction's abort puts both back.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "core/owner.h"
#include "core/pinned_settings.h"

static Oid	function_owner(Oid fn_oid);

/*
 * Becomes the owner of the function that fcinfo calls, with settings pinned.  Every
 * owner_enter() has its owner_leave() in the same function.
 */
void
owner_enter(OwnerGuard *guard, FunctionCallInfo fcinfo)
{
	GetUserIdAndSecContext(&guard->caller, &guard->sec_context);
	SetUserIdAndSecContext(function_owner(fcinfo->flinfo->fn_oid),
						   guard->sec_context | SECURITY_LOCAL_USERID_CHANGE);
	guard->guc_nest = settings_pin();
}

/*
 * Becomes a given owner and leaves the settings as they are: for what runs once
 * a row, and pins them itself in the rare case that it runs a statement.
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
