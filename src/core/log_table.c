/*
 * log_table.c
 *		A table of the log by its name.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
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

/* Returns the same; raises undefined_table where there is none. */
Oid
log_table_there(const char *name)
{
	Oid			table = log_table(name);

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table ogw_logs.%s does not exist", name),
				 errhint("Give it its name and schema again, or restore it. SELECT ogw_logs.create_log() makes a table of the log anew.")));
	return table;
}

/*
 * Opens a table of the log, locked in a mode.  Raises undefined_table where there is none,
 * wrong_object_type where it is not of a kind: RELKIND_RELATION,
 * RELKIND_PARTITIONED_TABLE, or ANY_TABLE, which a query can read.
 */
Relation
log_table_open(const char *name, LOCKMODE mode, char relkind)
{
	Relation	table = relation_open(log_table_there(name), mode);
	char		actual = table->rd_rel->relkind;

	if (relkind == ANY_TABLE ? actual == RELKIND_INDEX || actual == RELKIND_PARTITIONED_INDEX ||
		actual == RELKIND_SEQUENCE || actual == RELKIND_COMPOSITE_TYPE : actual != relkind)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("ogw_logs.%s is not %s table", name,
						relkind == ANY_TABLE ? "a" : relkind == RELKIND_PARTITIONED_TABLE ? "a partitioned" : "an ordinary"),
				 errhint("Rename what has its name, and restore the table as create_log() makes it.")));
	return table;
}
