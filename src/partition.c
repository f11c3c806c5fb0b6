/*
 * partition.c
 *		Which partition holds a time, by PostgreSQL's own cached descriptor.
 *
 * They are made by the functions of partition.sql.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/builtins.h"
#include "utils/partcache.h"
#include "utils/timestamp.h"

#include "ogw_logs.h"
#include "partition.h"

/*
 * Partitions that the writers of one transaction can make.  Each holds some
 * nine locks to its end, of a table that all sessions share (by default, for
 * 6,400 locks).
 */
#define MAX_PARTITIONS_MADE 100

static void count_partition_made(void);

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
