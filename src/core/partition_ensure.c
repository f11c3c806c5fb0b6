/*
 * partition_ensure.c
 *		Making the partitions that entries need.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/autonomous.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/partition_ensure.h"
#include "core/spi.h"
#include "core/transaction_count.h"

PG_FUNCTION_INFO_V1(ogw_ensure_partition);

/*
 * Partitions that the writers of one transaction can make.  Each holds up to
 * fourteen locks to its end where this transaction makes it, of a table that all
 * sessions share (by default, for 6,400 locks).
 */
#define MAX_PARTITIONS_MADE 100

static int	count_partitions(const PartitionNeed *needs, int n);
static void make(const PartitionNeed *needs, int n);

/*
 * Makes the partitions that some entries need, at most MAX_PARTITION_NEEDS, and lack:
 * each of the needs was not met.  Raises program_limit_exceeded where the entries of the
 * transaction have needed too many.  Called as the owner, with the log made.
 */
void
partitions_ensure(const PartitionNeed *needs, int n)
{
	static SubTransactionId makers[MAX_PARTITIONS_MADE + 1];
	static TransactionCount made = {.counters = makers};

	make(needs, n);
	for (int i = count_partitions(needs, n); i > 0; i--)
		if (transaction_count(&made) > MAX_PARTITIONS_MADE)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the entries of one transaction need more than %d new partitions",
							MAX_PARTITIONS_MADE),
					 errhint("Call ogw_logs.make_partitions() before, or send fewer days at once.")));
}

/*
 * ensure_partition(parent, at) → boolean: makes the partition of entry, body or segment
 * that holds a time; false where it was there.  Part of maintain(); called as the owner.
 * STRICT.
 */
Datum
ogw_ensure_partition(PG_FUNCTION_ARGS)
{
	const char *parent = NameStr(*PG_GETARG_NAME(0));
	PartitionNeed need = {
		.task = strcmp(parent, "segment") == 0 ? MAKE_SEGMENT_PARTITION :
		strcmp(parent, "body") == 0 ? MAKE_BODY_PARTITION : MAKE_PARTITION,
		.at = PG_GETARG_TIMESTAMPTZ(1)
	};

	if (partition_is_made(&need))
		PG_RETURN_BOOL(false);
	make(&need, 1);
	PG_RETURN_BOOL(true);
}

/* Makes what is not there: in transactions of their own, or else in this one. */
static void
make(const PartitionNeed *needs, int n)
{
	autonomous_make_partitions(needs, n);
	for (int i = 0; i < n; i++)
	{
		Oid			types[] = {TIMESTAMPTZOID};
		Datum		args[] = {TimestampTzGetDatum(needs[i].at)};

		if (partition_is_made(&needs[i]))
			continue;
		SPI_connect();
		spi_call(autonomous_query(needs[i].task), 1, types, args);
		SPI_finish();
	}
}

/* Returns how many partitions meet needs of entries: two can be met by one. */
static int
count_partitions(const PartitionNeed *needs, int n)
{
	Relation	entry = log_table_open("entry", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	Relation	body = log_table_open("body", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	Oid			partitions[MAX_PARTITION_NEEDS];
	int			n_partitions = 0;

	for (int i = 0; i < n; i++)
	{
		Oid			partition = partition_at(needs[i].task == MAKE_BODY_PARTITION ? body : entry, needs[i].at);
		bool		is_counted = false;

		for (int k = 0; k < n_partitions; k++)
			is_counted |= (partitions[k] == partition);
		if (!is_counted)
			partitions[n_partitions++] = partition;
	}
	table_close(body, NoLock);
	table_close(entry, NoLock);
	return n_partitions;
}
