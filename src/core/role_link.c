/*
 * role_link.c
 *		The type of a column that names a role, and goes where the role goes.
 *
 * It is a role's OID inside and its name outside, as regrole is: a role that is renamed
 * stays the same, and a dump has the names.  Other than regrole it takes no number for a
 * role, so that none of another server becomes a role of this one, and no name that is
 * not there for an error, so that a restore goes on.  The empty text is no role.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/syscache.h"

#include "core/role_link.h"
#include "core/settings.h"

PG_FUNCTION_INFO_V1(ogw_role_link_in);
PG_FUNCTION_INFO_V1(ogw_role_link_out);

/*
 * role_link_in(cstring) → role_link: the role that has this name, to the letter.  Where
 * there is none, it is no role, with a warning, but for the empty text.
 */
Datum
ogw_role_link_in(PG_FUNCTION_ARGS)
{
	const char *name = PG_GETARG_CSTRING(0);
	Oid			role = InvalidOid;

	/* what is longer would be cut to a name of somebody else */
	if (name[0] != '\0' && strlen(name) < NAMEDATALEN)
		role = get_role_oid(name, true);
	if (!OidIsValid(role) && name[0] != '\0')
		ereport(WARNING,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("a role that has rights in ogw_logs.access is not on this server: its rights do not count"),
				 errhint("SELECT role_name FROM ogw_logs.access WHERE role::text = '' says which; "
						 "once the role is there, give it its rights anew.")));
	PG_RETURN_OID(role);
}

/* role_link_out(role_link) → cstring: the name that the role has now; empty where it is gone. */
Datum
ogw_role_link_out(PG_FUNCTION_ARGS)
{
	char	   *name = GetUserNameFromId(PG_GETARG_OID(0), true);

	PG_RETURN_CSTRING(name == NULL ? pstrdup("") : name);
}

/* Returns the type's OID; InvalidOid where it is not there. */
Oid
role_link_type(void)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("role_link"),
						   ObjectIdGetDatum(get_namespace_oid(OGW_INTERNAL_SCHEMA, true)));
}
