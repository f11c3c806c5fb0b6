/*
 * my_access.c
 *		What the current role may do, and by which role it may.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/owner.h"
#include "core/spi.h"

PG_FUNCTION_INFO_V1(ogw_my_access);

/* The columns of the result. */
enum
{
	OUT_ROLE_NAME, OUT_PRIVILEGE, OUT_TEAM_ID, OUT_BODIES, OUT_VIEWS,
	N_OUT
};

static const char rights_query[] =
"SELECT r.role_name::name, r.privilege::text, r.team_id::text, r.bodies::bool, r.views::bool"
"  FROM ogw_logs_internal.rights_that_count() r"
" WHERE pg_catalog.pg_has_role($1, r.role, 'USAGE')"
" ORDER BY r.role_name, r.privilege, r.team_id NULLS FIRST";

static void put_rights(ReturnSetInfo *result, Oid role);
static void put_owner(ReturnSetInfo *result);

/*
 * my_access() → (role_name, privilege, team_id, bodies, views): a row for each right that
 * the current role has, with the role that it was given to: itself, or one whose
 * privileges it has.  team_id is NULL for every team.  Who has the privileges of the
 * log's owner, as a superuser has, has the row 'owner' alone.
 */
Datum
ogw_my_access(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OwnerGuard	guard;

	InitMaterializedSRF(fcinfo, 0);
	owner_enter(&guard, fcinfo);
	if (has_privs_of_role(guard.caller, GetUserId()))
		put_owner(result);
	else
		put_rights(result, guard.caller);
	owner_leave(&guard);
	return (Datum) 0;
}

/* Adds a row for each right that a role has.  Called as the owner. */
static void
put_rights(ReturnSetInfo *result, Oid role)
{
	Oid			types[] = {OIDOID};
	Datum		args[] = {ObjectIdGetDatum(role)};

	log_columns_check("access");
	SPI_connect();
	spi_read_latest(rights_query, 1, types, args);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		Datum		values[N_OUT];
		bool		nulls[N_OUT];

		for (int c = 0; c < N_OUT; c++)
			values[c] = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, c + 1, &nulls[c]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	SPI_finish();
}

/* Adds the row of who has the owner's privileges.  Called as the owner. */
static void
put_owner(ReturnSetInfo *result)
{
	Datum		values[N_OUT] = {0};
	bool		nulls[N_OUT] = {false};

	values[OUT_ROLE_NAME] = DirectFunctionCall1(namein, CStringGetDatum(GetUserNameFromId(GetUserId(), false)));
	values[OUT_PRIVILEGE] = CStringGetTextDatum("owner");
	nulls[OUT_TEAM_ID] = true;
	values[OUT_BODIES] = BoolGetDatum(true);
	values[OUT_VIEWS] = BoolGetDatum(true);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
