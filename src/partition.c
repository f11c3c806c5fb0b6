/*
 * partition.c
 *		Which partition holds a time, by PostgreSQL's own cached descriptor.
 *
 * The tables and partitions are made by the functions of partition.sql.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/timestamp.h"

#include "ogw_logs.h"
#include "partition.h"

/* Tells whether create_log() has been here. */
bool
log_exists(void)
{
	return OidIsValid(log_table("entry")) && OidIsValid(log_table("installation"));
}

/* Makes the log where there is none yet.  Called as the owner. */
void
log_ensure(void)
{
	if (log_exists())
		return;
	SPI_connect();
	if (SPI_execute("SELECT ogw_logs.create_log()", false, 0) != SPI_OK_SELECT)
		elog(ERROR, "ogw_logs.create_log() failed");
	SPI_finish();
}

/* Returns the OID of a table in the extension's schema, or InvalidOid. */
Oid
log_table(const char *name)
{
	Oid			schema = get_namespace_oid(OGW_SCHEMA, true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

/* Returns the partition of an open parent that holds a time, or InvalidOid. */
Oid
partition_at(Relation parent, TimestampTz at)
{
	return partition_in_position(parent, partition_position(parent, at));
}

/*
 * Makes the partitions for a time where they are not there.  Called as the
 * owner, with the log made.
 */
void
partition_ensure(TimestampTz at)
{
	Relation	parent = table_open(log_table("entry"), AccessShareLock);
	bool		found = OidIsValid(partition_at(parent, at));

	table_close(parent, NoLock);
	if (!found)
	{
		Oid			types[] = {TIMESTAMPTZOID};
		Datum		args[] = {TimestampTzGetDatum(at)};

		SPI_connect();
		if (SPI_execute_with_args("SELECT ogw_logs.make_partition($1)", 1, types,
								  args, NULL, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "ogw_logs.make_partition() failed");
		SPI_finish();
	}
}

/*
 * Returns the position of a time among the spans of an open parent, gaps
 * counted like partitions: later times have no smaller position.
 */
int
partition_position(Relation parent, TimestampTz at)
{
	PartitionDesc desc = RelationGetPartitionDesc(parent, true);
	PartitionKey key = RelationGetPartitionKey(parent);
	Datum		value = TimestampTzGetDatum(at);
	bool		is_equal;

	if (desc->nparts == 0)
		return 0;
	return 1 + partition_range_datum_bsearch(key->partsupfunc, key->partcollation,
											 desc->boundinfo, 1, &value, &is_equal);
}

/* Returns the partition in a position, or InvalidOid for a gap. */
Oid
partition_in_position(Relation parent, int position)
{
	PartitionDesc desc = RelationGetPartitionDesc(parent, true);
	int			index;

	if (desc->nparts == 0)
		return InvalidOid;
	index = desc->boundinfo->indexes[position];
	return index < 0 ? InvalidOid : desc->oids[index];
}
