/*
 * direct.c
 *		Writing the rows of a batch into partitions without a statement of SQL:
 *		what the statements of ingest.c do, in half the time.
 *
 * Each function tells whether it could; where it could not, nothing is written,
 * and it is for the statement.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "account.h"
#include "direct.h"
#include "leaf_write.h"
#include "log.h"
#include "partition.h"
#include "twin.h"

static const RowColumn job_columns[] = {
	{"timestamp", TIMESTAMPTZOID},
	{"key", UUIDOID},
};

static const RowColumn body_columns[] = {
	{"timestamp", TIMESTAMPTZOID},
	{"team_id", TEXTOID},
	{"job_id", TEXTOID},
	{"chunk", INT4OID},
	{"content", BYTEAOID},
};

static const RowColumn account_columns[ACCOUNT_COLUMNS] = {
	{"team_id", TEXTOID},
	{"door", TEXTOID},
	{"reason", TEXTOID},
	{"received", INT8OID},
	{"stored", INT8OID},
	{"duplicate", INT8OID},
	{"rejected", INT8OID},
	{"bodies_dropped", INT8OID},
	{"secrets_masked", INT8OID},
};

/* The row types of these columns, made once. */
static TupleDesc job_type = NULL;
static TupleDesc body_type = NULL;
static TupleDesc account_type = NULL;

/* A partition that rows of the batch go to. */
typedef struct Target
{
	Oid			leaf;
	LeafWriter *writer;
	TwinScan   *twins;			/* of job; NULL before the first look */
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

static int	compare_times(const void *a, const void *b);
static bool is_pending(const BatchRow *row);
static bool is_kept(const BatchRow *row);
static bool has_body(const BatchRow *row);
static bool targets_begin(Targets *targets, const char *table, TupleDesc columns,
						  const Batch *batch, RowFilter filter);
static Target *target_of(Targets *targets, Oid leaf);
static Target *target_at(Targets *targets, TimestampTz at);
static void targets_end(Targets *targets);
static bool write_job(Target *target, const BatchRow *row, bool look_first);
static void write_body(void *arg, Datum *values, bool *nulls);
static void write_account(void *arg, Datum *values, bool *nulls);

/*
 * Writes the keys of the pending rows: marks each as stored, or as refused where
 * its partition has the key.  Goes through them in their order and waits, where
 * another session is writing one, before it writes the next.
 *
 * A key that is there is noticed before the row is written where that is to be
 * expected, and after it elsewhere: that takes it back, and leaves a dead row.
 */
bool
direct_jobs(Batch *batch)
{
	static bool look_first = true;
	bool		refused = false;
	Targets		targets;
	ListCell   *cell;

	if (job_type == NULL)
		job_type = make_row_type(job_columns, lengthof(job_columns));
	if (!targets_begin(&targets, "job", job_type, batch, is_pending))
		return false;
	foreach(cell, targets.targets)
	{
		/* a second one, of a DBA's, says no without there being a twin */
		if (leaf_writer_keys(((Target *) lfirst(cell))->writer) != 1)
		{
			targets_end(&targets);
			return false;
		}
	}
	for (int i = 0; i < batch->n_rows; i++)
	{
		BatchRow   *row = &batch->rows[i];

		if (!is_pending(row))
			continue;
		row->state = write_job(target_at(&targets, row->timestamp), row, look_first) ?
			ROW_STORED : ROW_REFUSED;
		refused |= (row->state == ROW_REFUSED);
	}
	look_first = refused;
	targets_end(&targets);
	return true;
}

/*
 * Writes the entries that are kept; they are not the batch's any more.  They go
 * in the order of their times, and so to the end of the index on these.
 */
bool
direct_entries(Batch *batch)
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
		leaf_writer_add(target_at(&targets, rows[i]->timestamp)->writer, rows[i]->entry);
		rows[i]->entry = NULL;
	}
	targets_end(&targets);
	pfree(rows);
	return true;
}

/* Writes the bodies of the entries that are kept. */
bool
direct_bodies(Batch *batch)
{
	Targets		targets;

	if (body_type == NULL)
		body_type = make_row_type(body_columns, lengthof(body_columns));
	if (!targets_begin(&targets, "body", body_type, batch, has_body))
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
bool
direct_accounts(Batch *batch)
{
	Relation	account = table_open(log_table("account"), RowExclusiveLock);
	LeafWriter *writer;

	if (account_type == NULL)
		account_type = make_row_type(account_columns, lengthof(account_columns));
	writer = leaf_writer_begin(account, RelationGetRelid(account), account_type);
	table_close(account, NoLock);
	if (writer == NULL)
		return false;
	account_each(batch, write_account, writer);
	leaf_writer_end(writer);
	return true;
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
	*targets = (Targets) {table_open(log_table(table), RowExclusiveLock)};
	for (int i = 0; i < batch->n_rows; i++)
	{
		Oid			leaf;
		Target	   *target;

		if (!filter(&batch->rows[i]))
			continue;
		leaf = partition_at(targets->parent, batch->rows[i].timestamp);
		if (target_of(targets, leaf) != NULL)
			continue;
		target = palloc0(sizeof(Target));
		target->leaf = leaf;
		target->writer = OidIsValid(leaf) ? leaf_writer_begin(targets->parent, leaf, columns) : NULL;
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
target_of(Targets *targets, Oid leaf)
{
	ListCell   *cell;

	if (targets->last != NULL && targets->last->leaf == leaf)
		return targets->last;
	foreach(cell, targets->targets)
	{
		Target	   *target = lfirst(cell);

		if (target->leaf == leaf)
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

		if (target->twins != NULL)
			twin_scan_end(target->twins);
		leaf_writer_end(target->writer);
	}
	list_free_deep(targets->targets);
	table_close(targets->parent, NoLock);
}

/* Writes a key, or returns false where the partition has it. */
static bool
write_job(Target *target, const BatchRow *row, bool look_first)
{
	Datum		values[] = {TimestampTzGetDatum(row->timestamp), UUIDPGetDatum(&row->key)};
	bool		nulls[lengthof(job_columns)] = {false};

	for (;;)
	{
		TimestampTz at;

		if (look_first)
		{
			if (target->twins == NULL)
				target->twins = twin_scan_begin(leaf_writer_leaf(target->writer));
			if (twin_scan_find(target->twins, &row->key, row->timestamp, TWIN_AT_ANY_TIME, &at))
				return false;
		}
		if (leaf_writer_try(target->writer, heap_form_tuple(job_type, values, nulls)))
			return true;
		look_first = true;
	}
}

/* Writes a piece of a body with a writer. */
static void
write_body(void *arg, Datum *values, bool *nulls)
{
	leaf_writer_add(arg, heap_form_tuple(body_type, values, nulls));
}

/* Writes a row of counts with a writer. */
static void
write_account(void *arg, Datum *values, bool *nulls)
{
	leaf_writer_add(arg, heap_form_tuple(account_type, values, nulls));
}
