/*
 * log_table.c
 *		A table of the log by its name.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "core/log_table.h"
#include "core/settings.h"

/*
 * Returns the OID of a table of the log, or InvalidOid.  Whoever owns the table
 * decides what runs when it is written, so that must be the owner of the
 * extension, as which this is called, or a superuser.
 */
Oid
log_table(const char *name)
{
	Oid			schema = get_namespace_oid(OGW_SCHEMA, true);
	Oid			table = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
	HeapTuple	tuple;
	Oid			owner;

	if (!OidIsValid(table))
		return InvalidOid;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	if (owner != GetUserId() && !superuser_arg(owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("table ogw_logs.%s has another owner than the extension", name),
				 errhint("ALTER TABLE ogw_logs.%s OWNER TO the extension's owner.", name)));
	return table;
}
