/*
 * batch_insert.c
 *		Writing the rows of a batch into partitions without a statement of SQL:
 *		what the statements of batch_write.c do, in half the time.
 *
 * Where a DBA or a cluster has put something on entry or body that only a statement
 * sees to, the functions for these write nothing and return false.  On entry_key and
 * ingest_count nobody has anything to put, so there that is an error: every writer
 * gets it, until what was put there is gone.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/row_type.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_insert.h"
#include "ingest/batch_rows.h"
#include "ingest/duplicate_scan.h"
#include "ingest/ingest_count.h"
#include "ingest/partition_insert.h"

/* The rows of ogw_logs.entry_key, as write_key() fills them. */
static RowType key_row = {log_entry_key_columns, lengthof(log_entry_key_columns)};

/* A partition that rows of the batch go to. */
typedef struct Target
{
	Oid			partition;
	PartitionInsert *writer;
	DuplicateScan *duplicates;	/* of entry_key; NULL before the first look */
} Target;

/* The partitions of a table that rows of the batch go to. */
typedef struct Targets
{
	Relation	parent;
	List	   *targets;		/* of Target * */
	Target	   *last;			/* neighbours often go to the same one */
} Targets;

/* Which rows of the batch a table gets. */
typedef bool (*RowFilter) (const BatchRow *row);

pg_noreturn static void cannot_insert(const char *table);
static int	compare_times(const void *a, const void *b);
static bool is_pending(const BatchRow *row);
static bool is_kept(const BatchRow *row);
static bool has_body(const BatchRow *row);
static bool targets_begin(Targets *targets, const char *table, TupleDesc columns,
						  const Batch *batch, RowFilter filter);
static Target *target_of(Targets *targets, Oid partition);
static Target *target_at(Targets *targets, TimestampTz at);
static void targets_end(Targets *targets);
static bool write_key(Target *target, BatchRow *row, bool look_first);
static void write_body(void *arg, Datum *values, bool *nulls);
static void write_count(void *arg, Datum *values, bool *nulls);

/*
 * Writes the keys of the pending rows, in their order, and marks each row as stored,
 * or as refused where its partition has the key.  Where another session is writing a
 * key this waits for it before it writes the next.
 *
 * To look for a key first takes time; to write it first leaves a dead row where it
 * was there.  So this looks first when the last call found keys that were there.
 */
void
batch_insert_keys(Batch *batch)
{
	static bool look_first = true;
	bool		refused = false;
	Targets		targets;
	ListCell   *cell;

	if (!targets_begin(&targets, "entry_key", row_type(&key_row), batch, is_pending))
		cannot_insert("entry_key");
	foreach(cell, targets.targets)
	{
		/* a second one, of a DBA's, says no without there being a duplicate */
		if (partition_insert_keys(((Target *) lfirst(cell))->writer) != 1)
			cannot_insert("entry_key");
	}
	for (int i = 0; i < batch->n_rows; i++)
	{
		BatchRow   *row = &batch->rows[i];

		if (!is_pending(row))
			continue;
		row->state = write_key(target_at(&targets, row->timestamp), row, look_first) ?
			ROW_STORED : ROW_REFUSED;
		refused |= (row->state == ROW_REFUSED);
	}
	look_first = refused;
	targets_end(&targets);
}

/* Takes the keys back of rows that were written and then found to have a duplicate. */
void
batch_withdraw_keys(const Batch *batch)
{
	/* what this command has written, another one deletes */
	CommandCounterIncrement();
	for (int i = 0; i < batch->n_rows; i++)
	{
		const BatchRow *row = &batch->rows[i];
		ItemPointerData tid = row->key_tid;
		Relation	partition;

		if (row->state != ROW_WITHDRAWN)
			continue;
		partition = table_open(row->key_partition, RowExclusiveLock);
		simple_heap_delete(partition, &tid);
		table_close(partition, NoLock);
	}
}

/*
 * Writes the entries that are kept; false where a statement has to.  They are not the
 * batch's any more then.  They are written in the order of their times, and so to the
 * end of the index on timestamp.
 */
bool
batch_insert_entries(Batch *batch)
{
	BatchRow  **rows = palloc(sizeof(BatchRow *) * batch->n_rows);
	int			n_rows = 0;
	Targets		targets;

	if (!targets_begin(&targets, "entry", entry_tupdesc(), batch, is_kept))
		return false;
	for (int i = 0; i < batch->n_rows; i++)
		if (is_kept(&batch->rows[i]))
			rows[n_rows++] = &batch->rows[i];
	qsort(rows, n_rows, sizeof(BatchRow *), compare_times);
	for (int i = 0; i < n_rows; i++)
	{
		partition_insert_add(target_at(&targets, rows[i]->timestamp)->writer, rows[i]->entry);
		rows[i]->entry = NULL;
	}
	targets_end(&targets);
	pfree(rows);
	return true;
}

/* Writes the bodies of the entries that are kept; false where a statement has to. */
bool
batch_insert_bodies(Batch *batch)
{
	Targets		targets;

	if (!targets_begin(&targets, "body", body_tupdesc(), batch, has_body))
		return false;
	for (int i = 0; i < batch->n_rows; i++)
	{
		const BatchRow *row = &batch->rows[i];

		if (has_body(row))
			body_each(row, write_body, target_at(&targets, row->timestamp)->writer);
	}
	targets_end(&targets);
	return true;
}

/* Writes the counts of the call. */
void
batch_insert_counts(const Batch *batch)
{
	Relation	table = log_table_open("ingest_count", RowExclusiveLock, RELKIND_RELATION);
	PartitionInsert *writer = partition_insert_begin(table, RelationGetRelid(table),
													 ingest_count_tupdesc());

	table_close(table, NoLock);
	if (writer == NULL)
		cannot_insert("ingest_count");
	ingest_count_each(batch, write_count, writer);
	partition_insert_end(writer);
}

/* Raises object_not_in_prerequisite_state for a table that is not as it was made. */
static void
cannot_insert(const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table ogw_logs.%s has been altered", table),
			 errdetail("It has a trigger, a rule, a column, a unique index or a partition of another kind beside its own, or lacks one of its own; or its owner may not insert into it, or only by a policy."),
			 errhint("Drop what was added to it. Its owner needs INSERT on it, without FORCE ROW LEVEL SECURITY.")));
}

/* qsort, of pointers to rows: by time. */
static int
compare_times(const void *a, const void *b)
{
	TimestampTz left = (*(const BatchRow *const *) a)->timestamp;
	TimestampTz right = (*(const BatchRow *const *) b)->timestamp;

	return (left > right) - (left < right);
}

/* Tells whether the row's key is to be written in this round. */
static bool
is_pending(const BatchRow *row)
{
	return row->state == ROW_PENDING;
}

/* Tells whether the row's entry is to be written. */
static bool
is_kept(const BatchRow *row)
{
	return row->state == ROW_KEPT;
}

/* Tells whether the row's body is to be written. */
static bool
has_body(const BatchRow *row)
{
	return row->state == ROW_KEPT && row->body != NULL;
}

/*
 * Opens the partitions of a table that rows of the batch go to; false where one
 * of them takes a statement.
 */
static bool
targets_begin(Targets *targets, const char *table, TupleDesc columns,
			  const Batch *batch, RowFilter filter)
{
	*targets = (Targets) {log_table_open(table, RowExclusiveLock, RELKIND_PARTITIONED_TABLE)};
	for (int i = 0; i < batch->n_rows; i++)
	{
		Oid			partition;
		Target	   *target;

		if (!filter(&batch->rows[i]))
			continue;
		partition = partition_at(targets->parent, batch->rows[i].timestamp);
		if (target_of(targets, partition) != NULL)
			continue;
		target = palloc0(sizeof(Target));
		target->partition = partition;
		if (OidIsValid(partition))
			target->writer = partition_insert_begin(targets->parent, partition, columns);
		if (target->writer == NULL)
		{
			targets_end(targets);
			return false;
		}
		targets->targets = lappend(targets->targets, target);
	}
	return true;
}

/* Returns the target that is a partition, or NULL. */
static Target *
target_of(Targets *targets, Oid partition)
{
	ListCell   *cell;

	if (targets->last != NULL && targets->last->partition == partition)
		return targets->last;
	foreach(cell, targets->targets)
	{
		Target	   *target = lfirst(cell);

		if (target->partition == partition)
			return targets->last = target;
	}
	return NULL;
}

/* Returns the target of a time that has one. */
static Target *
target_at(Targets *targets, TimestampTz at)
{
	Target	   *target = target_of(targets, partition_at(targets->parent, at));

	if (target == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("the partitions of the log changed while entries were written"),
				 errhint("Try again.")));
	return target;
}

/* Writes what waits in the partitions' writers, and closes them. */
static void
targets_end(Targets *targets)
{
	ListCell   *cell;

	foreach(cell, targets->targets)
	{
		Target	   *target = lfirst(cell);

		if (target->duplicates != NULL)
			duplicate_scan_end(target->duplicates);
		partition_insert_end(target->writer);
	}
	list_free_deep(targets->targets);
	table_close(targets->parent, NoLock);
}

/* Writes the key of a row; false where the partition has it. */
static bool
write_key(Target *target, BatchRow *row, bool look_first)
{
	Datum		values[] = {TimestampTzGetDatum(row->timestamp), UUIDPGetDatum(&row->key)};
	bool		nulls[lengthof(log_entry_key_columns)] = {false};

	for (;;)
	{
		TimestampTz at;

		if (look_first)
		{
			if (target->duplicates == NULL)
				target->duplicates =
					duplicate_scan_begin(partition_insert_relation(target->writer));
			if (duplicate_scan_find(target->duplicates, &row->key, row->timestamp,
									DUPLICATE_AT_ANY_TIME, &at))
				return false;
		}
		if (partition_insert_try(target->writer, heap_form_tuple(row_type(&key_row), values, nulls),
								 &row->key_tid))
		{
			row->key_partition = target->partition;
			return true;
		}
		look_first = true;
	}
}

/* Writes a piece of a body with a writer. */
static void
write_body(void *arg, Datum *values, bool *nulls)
{
	partition_insert_add(arg, heap_form_tuple(body_tupdesc(), values, nulls));
}

/* Writes a row of counts with a writer. */
static void
write_count(void *arg, Datum *values, bool *nulls)
{
	partition_insert_add(arg, heap_form_tuple(ingest_count_tupdesc(), values, nulls));
}
