/*
 * batch_write.c
 *		Writing a batch.
 *
 * First entry_key is written, which says which entries are new, then entry and body,
 * rejected, and ingest_count at the end of the call.  Rows go into the partitions
 * themselves (batch_insert.c).  Where that cannot do all that an INSERT into entry or
 * body would, with whatever a DBA has put on it or how a cluster stores it, a
 * statement of SQL writes them, which reads its rows from batch_rows.c.
 *
 * A batch is written in the order of its keys: two writers of the same entries
 * meet in the same order, and one waits for the other instead of both for each
 * other.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "core/autonomous.h"
#include "core/compat.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/partition_ensure.h"
#include "core/slice.h"
#include "core/spi.h"
#include "entry/entry.h"
#include "entry/entry_columns.h"
#include "ingest/batch.h"
#include "ingest/batch_insert.h"
#include "ingest/batch_rows.h"
#include "ingest/batch_write.h"
#include "ingest/duplicate.h"
#include "ingest/ingest_count.h"
#include "policy/body_lock.h"

static SpiStatement insert_entries = {
	"INSERT INTO ogw_logs.entry (" ENTRY_COLUMN_NAMES ")"
	" SELECT " ENTRY_COLUMN_NAMES " FROM ogw_logs_internal.batch_entry_rows()",
	SPI_OK_INSERT
};

static SpiStatement insert_bodies = {
	"INSERT INTO ogw_logs.body (\"timestamp\", team_id, job_id, chunk, content)"
	" SELECT \"timestamp\", team_id, job_id, chunk, content FROM ogw_logs_internal.batch_bodies()",
	SPI_OK_INSERT
};

static SpiStatement insert_rejected = {
	"INSERT INTO ogw_logs.rejected"
	" (rejected_at, method, \"position\", team_id, job_id, field, reason, batch_id, sent_by, sent_by_oid)"
	" SELECT $1, $2, \"position\", team_id, job_id, field, reason, $3, pg_get_userbyid($4), $4"
	"   FROM ogw_logs_internal.batch_rejections()",
	SPI_OK_INSERT, 4, {TIMESTAMPTZOID, TEXTOID, UUIDOID, OIDOID}
};

static void write_batch(Batch *batch, bool last);
static void drop_unwanted_bodies(Batch *batch);
static void ensure_partitions(Batch *batch);
static int	missing_partitions(const Batch *batch, int *next, PartitionNeed *needs);
static int	add_need(PartitionNeed *needs, int n, const BatchRow *row);
static void write_rows(Batch *batch);
static int	compare_rows(const void *a, const void *b);

/*
 * Writes what the batch holds, counts it and empties the batch; with the last of
 * a call, or when there are many, the counts too.  Called as the owner, with the
 * log made and search_path pinned.  Raises what the tables' constraints do, without
 * the row.
 */
void
batch_flush(Batch *batch, bool last)
{
	MemoryContext old = MemoryContextSwitchTo(batch->rows_context);
	Batch	   *outer;

	PreventCommandIfReadOnly("INSERT");
	PreventCommandIfParallelMode("INSERT");
	qsort(batch->rows, batch->n_rows, sizeof(BatchRow), compare_rows);
	drop_unwanted_bodies(batch);

	SPI_connect();
	outer = batch_rows_show(batch);
	PG_TRY();
	{
		write_batch(batch, last);
	}
	PG_CATCH();
	{
		(void) batch_rows_show(outer);
		MemoryContextSwitchTo(old);
		rethrow_without_row();
	}
	PG_END_TRY();
	(void) batch_rows_show(outer);
	SPI_finish();

	MemoryContextSwitchTo(old);
	MemoryContextReset(batch->rows_context);
	batch->n_rows = batch->n_rejected = 0;
	batch->bytes = 0;
}

/* Writes the rows, what was refused, and the counts where these are due. */
static void
write_batch(Batch *batch, bool last)
{
	write_rows(batch);
	if (batch->n_rejected > 0 && batch->n_listed <= MAX_LISTED_REJECTIONS)
	{
		Datum		args[] = {TimestampTzGetDatum(GetCurrentTimestamp()),
		CStringGetTextDatum(batch->method), UUIDPGetDatum(&batch->id), ObjectIdGetDatum(batch->caller)};

		log_columns_check_writable("rejected");
		spi_run_kept(&insert_rejected, args);
		batch->n_listed += Min(batch->n_rejected, MAX_LISTED_REJECTIONS + 1 - batch->n_listed);
	}
	ingest_count_batch(batch);
	if (last || ingest_count_is_full(batch))
	{
		batch_insert_counts(batch);
		ingest_count_reset(batch);
	}
}

/*
 * Takes the bodies out of rows whose team has switched them off since they
 * were built.  The other teams cannot, from here to the end of the transaction.
 */
static void
drop_unwanted_bodies(Batch *batch)
{
	const BatchRow *asked = NULL;
	bool		wanted = false;

	for (int i = 0; i < batch->n_rows; i++)
	{
		BatchRow   *row = &batch->rows[i];
		Datum		values[N_COLUMNS] = {0};
		bool		nulls[N_COLUMNS] = {false};
		bool		replace[N_COLUMNS] = {false};

		if (row->body == NULL)
			continue;

		/* rows of one team stand together */
		if (asked == NULL || slice_compare(asked->team_id, row->team_id) != 0)
		{
			wanted = team_may_store_bodies(row->team_id.data);
			asked = row;
		}
		if (wanted)
			continue;
		values[COLUMN_BODY_STATE] = CStringGetTextDatum(BODY_STATE_OFF);
		replace[COLUMN_BODY_STATE] = true;
		row->entry = heap_modify_tuple(row->entry, entry_tupdesc(),
									   values, nulls, replace);
		row->body = NULL;
		row->body_dropped = true;
	}
}

/* Makes the partitions that pending rows lack. */
static void
ensure_partitions(Batch *batch)
{
	PartitionNeed needs[MAX_PARTITION_NEEDS];
	int			next = 0;
	int			n;

	while ((n = missing_partitions(batch, &next, needs)) > 0)
		partitions_ensure(needs, n);
}

/*
 * Finds what partitions the pending rows from *next on lack, at most MAX_PARTITION_NEEDS,
 * and returns how many needs they are.  Puts *next behind the first row that lacks one.
 */
static int
missing_partitions(const Batch *batch, int *next, PartitionNeed *needs)
{
	Relation	entry = log_table_open("entry", RowExclusiveLock, RELKIND_PARTITIONED_TABLE);
	Relation	body = log_table_open("body", RowExclusiveLock, RELKIND_PARTITIONED_TABLE);
	Relation	entry_key = log_table_open("entry_key", RowExclusiveLock, RELKIND_PARTITIONED_TABLE);
	int			n = 0;

	for (int i = *next; i < batch->n_rows && n < MAX_PARTITION_NEEDS; i++)
	{
		const BatchRow *row = &batch->rows[i];

		if (row->state != ROW_PENDING ||
			(OidIsValid(partition_at(entry, row->timestamp)) &&
			 OidIsValid(partition_at(entry_key, row->timestamp)) &&
			 (row->body == NULL || OidIsValid(partition_at(body, row->timestamp)))))
			continue;
		if (n == 0)
			*next = i + 1;
		n = add_need(needs, n, row);
	}
	table_close(entry_key, NoLock);
	table_close(body, NoLock);
	table_close(entry, NoLock);
	return n;
}

/*
 * Adds what a row lacks to n needs, and returns how many they are then: as many, where
 * the partitions of another row of its hour will do, or nearly always.
 */
static int
add_need(PartitionNeed *needs, int n, const BatchRow *row)
{
	PartitionNeed need = {row->body != NULL ? MAKE_BODY_PARTITION : MAKE_PARTITION, row->timestamp};

	for (int i = 0; i < n; i++)
	{
		if (needs[i].at / USECS_PER_HOUR == need.at / USECS_PER_HOUR)
		{
			needs[i].task = Max(needs[i].task, need.task);
			return n;
		}
	}
	needs[n] = need;
	return n + 1;
}

/* Writes the rows that are no duplicates, and their bodies. */
static void
write_rows(Batch *batch)
{
	int64		stored = batch->counts.stored;
	bool		has_body = false;

	while (duplicates_begin_round(batch->rows, batch->n_rows))
	{
		ensure_partitions(batch);
		batch_insert_keys(batch);
		if (duplicates_elsewhere(batch->rows, batch->n_rows) > 0)
			batch_withdraw_keys(batch);
		duplicates_end_round(batch->rows, batch->n_rows);
	}
	for (int i = 0; i < batch->n_rows; i++)
	{
		if (batch->rows[i].state == ROW_KEPT)
		{
			batch->counts.stored++;
			has_body |= batch->rows[i].body != NULL;
		}
		else
			batch->counts.duplicate++;
	}
	if (batch->counts.stored > stored && !batch_insert_entries(batch))
	{
		log_columns_check_writable("entry");
		spi_run_kept(&insert_entries, NULL);
	}
	if (has_body && !batch_insert_bodies(batch))
	{
		log_columns_check_writable("body");
		spi_run_kept(&insert_bodies, NULL);
	}
}

/* qsort: by team, job_id and the order they were sent in. */
static int
compare_rows(const void *a, const void *b)
{
	const BatchRow *left = a;
	const BatchRow *right = b;
	int			result = slice_compare(left->team_id, right->team_id);

	if (result == 0)
		result = slice_compare(left->job_id, right->job_id);
	if (result == 0)
		result = left->position < right->position ? -1 : 1;
	return result;
}
