/*
 * partition.c
 *		Which partition holds a time, by PostgreSQL's own cached descriptor.
 *
 * The tables and partitions are made by the functions of partition.sql.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "ogw_logs.h"
#include "partition.h"

/* The tables that create_log() makes: reading needs the first, */
static const char *const log_tables[] = {"installation", "entry", "body", "rejected"};

/* and a log of an earlier version may lack these. */
static const char *const later_tables[] = {"erasure", "body_read"};

/*
 * Partitions that the writers of one transaction can make.  Each holds some
 * nine locks to its end, of a table that all sessions share (by default, for
 * 6,400 locks).
 */
#define MAX_PARTITIONS_MADE 100

static bool tables_exist(const char *const *names, int n);
static void count_partition_made(void);

/* Tells whether create_log() has been here. */
bool
log_exists(void)
{
	return tables_exist(log_tables, lengthof(log_tables));
}

/*
 * Makes the log where there is none yet, or completes it.  Called as the owner.
 */
void
log_ensure(void)
{
	if (log_exists() && tables_exist(later_tables, lengthof(later_tables)))
		return;
	SPI_connect();
	if (SPI_execute("SELECT ogw_logs.create_log()", false, 0) != SPI_OK_SELECT)
		elog(ERROR, "ogw_logs.create_log() failed");
	SPI_finish();
}

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

/* Returns the partition of an open parent that holds a time, or InvalidOid. */
Oid
partition_at(Relation parent, TimestampTz at)
{
	return partition_in_position(parent, partition_position(parent, at));
}

/*
 * Makes the partitions for a time, of entries and of bodies, where they are not
 * there.  Called as the owner, with the log made.
 */
void
partition_ensure(TimestampTz at)
{
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(at)};

	SPI_connect();
	if (SPI_execute_with_args("SELECT ogw_logs.make_partition($1)", 1, types,
							  args, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "ogw_logs.make_partition() failed");
	if (SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) != NULL)
		count_partition_made();
	SPI_finish();
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

/* Tells whether all of some tables of the log are there. */
static bool
tables_exist(const char *const *names, int n)
{
	bool		exist = true;

	for (int i = 0; i < n; i++)
		exist &= OidIsValid(log_table(names[i]));
	return exist;
}

/* Counts the partitions of a transaction, and ends it when they are too many. */
static void
count_partition_made(void)
{
	static TransactionId transaction = InvalidTransactionId;
	static int	made = 0;

	if (!TransactionIdEquals(transaction, GetTopTransactionId()))
		made = 0;
	transaction = GetTopTransactionId();
	if (++made > MAX_PARTITIONS_MADE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the entries of one transaction need more than %d new partitions",
						MAX_PARTITIONS_MADE),
				 errhint("Call ogw_logs.make_partitions() before, or send fewer days at once.")));
}
