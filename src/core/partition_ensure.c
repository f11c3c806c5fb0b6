/*
 * partition_ensure.c
 *		Making the partitions that an entry needs.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/timestamp.h"

#include "core/partition_ensure.h"
#include "core/spi.h"
#include "core/transaction_count.h"

/*
 * Partitions that the writers of one transaction can make.  Each holds up to
 * fourteen locks to its end, of a table that all sessions share (by default, for
 * 6,400 locks).
 */
#define MAX_PARTITIONS_MADE 100

/*
 * Makes the partitions that hold a time, of entries and, with has_body, of bodies, where
 * they are not there.  Raises program_limit_exceeded where the transaction has made too
 * many.  Called as the owner, with the log made.
 */
void
partition_ensure(TimestampTz at, bool has_body)
{
	static TransactionCount made = {0};
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(at)};

	SPI_connect();
	spi_call(has_body ? "SELECT ogw_logs_internal.make_body_partition($1)" :
			 "SELECT ogw_logs_internal.make_partition($1)", 1, types, args);
	if (SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) != NULL &&
		transaction_count(&made) > MAX_PARTITIONS_MADE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the entries of one transaction need more than %d new partitions",
						MAX_PARTITIONS_MADE),
				 errhint("Call ogw_logs.make_partitions() before, or send fewer days at once.")));
	SPI_finish();
}
