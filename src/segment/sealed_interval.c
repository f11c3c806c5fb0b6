/*
 * sealed_interval.c
 *		Which intervals may have a body of some time, as ogw_logs.sealed_interval tells.
 *
 * Lengths are in hours here: how long a day is depends on the session's time zone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/timestamp.h"

#include "core/log_columns.h"
#include "core/spi.h"
#include "segment/sealed_interval.h"

/* The longest that a partition is. */
#define LONGEST_PARTITION "interval '9600 hours'"

/* A statement that reads one column of times, and has n_args times as parameters. */
#define READS_TIMES(n_args, query) \
	{"SELECT q.at::timestamptz FROM (" query ") AS q (at)", SPI_OK_SELECT, n_args, \
	{TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID}}

static TimestampTz *read_times(SpiStatement *statement, const TimestampTz *args, int *n);

/* Returns where those intervals and partitions begin that were sealed and have a time. */
TimestampTz *
intervals_with(TimestampTz at, int *n)
{
	static SpiStatement statement =
		READS_TIMES(1, "SELECT s.since FROM ogw_logs.sealed_interval s"
					" WHERE s.since <= $1 AND s.since > $1 - " LONGEST_PARTITION " AND s.until > $1"
					" UNION SELECT h.since FROM ogw_logs.partition_history h"
					" WHERE h.since <= $1 AND h.since > $1 - " LONGEST_PARTITION " AND h.until > $1");

	return read_times(&statement, (TimestampTz[]) {at}, n);
}

/*
 * Returns where those intervals begin, from lower on and before since, that have a time of
 * since or later: longer ones, and what was merged of a partition that begins at lower.
 */
TimestampTz *
intervals_before(TimestampTz lower, TimestampTz since, int *n)
{
	static SpiStatement statement =
		READS_TIMES(2, "SELECT s.since FROM ogw_logs.sealed_interval s WHERE s.since >= $1 AND s.since < $2 AND s.until > $2"
					" UNION SELECT h.since FROM ogw_logs.partition_history h WHERE h.since = $1 AND h.since < $2");

	return read_times(&statement, (TimestampTz[]) {lower, since}, n);
}

/*
 * Returns where the first interval begins, but for that of the whole partition of entries that
 * begins at lower, which may have times from first to last, or first where it is later;
 * lower where nothing is known of that partition's intervals: of a dump that was restored in
 * part.
 */
TimestampTz
first_interval(TimestampTz lower, TimestampTz first, TimestampTz last)
{
	static SpiStatement oldest =
		READS_TIMES(3, "SELECT min(s.since) FROM ogw_logs.sealed_interval s WHERE s.since <> $1"
					" AND s.since > $2 - " LONGEST_PARTITION " AND s.since <= $3 AND s.until > $2");
	static SpiStatement any =
		READS_TIMES(2, "SELECT s.since FROM ogw_logs.sealed_interval s WHERE s.since >= $1 AND s.since <= $2 LIMIT 1");
	int			n;
	TimestampTz *found = read_times(&oldest, (TimestampTz[]) {lower, first, last}, &n);

	if (n > 0)
		return Min(found[0], first);
	(void) read_times(&any, (TimestampTz[]) {lower, last}, &n);
	return n > 0 ? first : lower;
}

/*
 * Returns where those partitions began that may have been merged and have times from first
 * to last; that of lower among them.
 */
TimestampTz *
merged_partitions(TimestampTz lower, TimestampTz first, TimestampTz last, int *n)
{
	static SpiStatement statement =
		READS_TIMES(3, "SELECT $1 UNION SELECT h.since FROM ogw_logs.partition_history h"
					" WHERE h.since > $1 - " LONGEST_PARTITION " AND h.since <= $3 AND h.until > $2");

	return read_times(&statement, (TimestampTz[]) {lower, first, last}, n);
}

/*
 * Tells whether a body may lie elsewhere than in its own interval and in that of a whole
 * partition, or twice: where intervals overlap, or reach beyond their partition.
 */
bool
intervals_overlap(void)
{
	static SpiStatement statement =
		READS_TIMES(0, "WITH partition AS MATERIALIZED (SELECT * FROM ogw_logs_internal.partitions_of('segment')),"
					"     own AS MATERIALIZED (SELECT s.since, s.until FROM ogw_logs.sealed_interval s"
					"                           WHERE NOT EXISTS (SELECT FROM partition l WHERE l.since = s.since))"
					" SELECT pg_catalog.now()"
					"  WHERE EXISTS (SELECT FROM (SELECT o.since, max(o.until) OVER (ORDER BY o.since"
					"                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM own o) o"
					"                 WHERE o.before > o.since)"
					"     OR EXISTS (SELECT FROM partition l JOIN ogw_logs.sealed_interval s ON s.since >= l.since AND s.since < l.until"
					"                 WHERE s.until > l.until)"
					"     OR EXISTS (SELECT FROM partition l JOIN ogw_logs.partition_history h ON h.since >= l.since AND h.since < l.until"
					"                 WHERE h.until > l.until OR h.since > l.since)");
	int			n;

	(void) read_times(&statement, NULL, &n);
	return n > 0;
}

/* Returns where the times of the bodies end that are in a partition of segments. */
TimestampTz
last_body_time(TimestampTz since, TimestampTz until)
{
	static SpiStatement statement = READS_TIMES(2, "SELECT ogw_logs_internal.bodies_until($1, $2)");
	int			n;
	TimestampTz *found = read_times(&statement, (TimestampTz[]) {since, until}, &n);

	return n > 0 ? found[0] : until;
}

/*
 * Runs a statement of READS_TIMES(); leaves out times that are NULL.  Raises what
 * log_columns_check() does.
 */
static TimestampTz *
read_times(SpiStatement *statement, const TimestampTz *args, int *n)
{
	Datum		values[SPI_MAX_ARGS];
	TimestampTz *times;
	uint64		rows;

	log_columns_check("sealed_interval");
	log_columns_check("partition_history");
	for (int i = 0; i < statement->n_args; i++)
		values[i] = TimestampTzGetDatum(args[i]);
	spi_run_kept(statement, values);
	rows = SPI_processed;
	times = palloc(sizeof(TimestampTz) * Max(rows, 1));
	*n = 0;
	for (uint64 i = 0; i < rows; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

		if (!isnull)
			times[(*n)++] = DatumGetTimestampTz(value);
	}
	SPI_freetuptable(SPI_tuptable);
	return times;
}
