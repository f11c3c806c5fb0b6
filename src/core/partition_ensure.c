/*
 * partition_ensure.c
 *		Making the partitions that an entry needs.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/timestamp.h"

#include "core/partition_ensure.h"

/*
 * Partitions that the writers of one transaction can make.  Each holds up to
 * fourteen locks to its end, of a table that all sessions share (by default, for
 * 6,400 locks).
 */
#define MAX_PARTITIONS_MADE 100

static void count_partition_made(void);

/*
 * Makes the partitions for a time, of entries and, where there is one, of a body,
 * where they are not there.  Called as the owner, with the log made.
 */
void
partition_ensure(TimestampTz at, bool has_body)
{
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(at)};

	SPI_connect();
	if (SPI_execute_with_args(has_body ? "SELECT ogw_logs_internal.make_body_partition($1)" :
							  "SELECT ogw_logs_internal.make_partition($1)", 1, types,
							  args, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "a partition could not be made");
	if (SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) != NULL)
		count_partition_made();
	SPI_finish();
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
