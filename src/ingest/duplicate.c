/*
 * duplicate.c
 *		Finding a job_id that its team sent before.
 *
 * Before an entry is written its job_id is, into ogw_logs.entry_key.  Within one of
 * that table's partitions the unique index decides.  Across them nothing in SQL
 * can: two transactions that have not committed do not see each other.  So each
 * row is written first and looked for afterwards, in the other partitions of the
 * window and with a dirty snapshot, which shows what others have written and not
 * committed: of two writers of one job_id the later to look sees the other's row,
 * waits for its end and yields to it.  Where both look at the same moment each
 * waits for the other, and PostgreSQL ends one of them with a deadlock error: its
 * writer tries again and is told "duplicate".
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "storage/bufmgr.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/log_table.h"
#include "core/partition.h"
#include "core/settings.h"
#include "core/slice.h"
#include "ingest/batch.h"
#include "ingest/duplicate.h"
#include "ingest/duplicate_scan.h"

/* The partition of a row, and the positions of those in which a duplicate of it may be. */
typedef struct RowWindow
{
	Oid			own;
	int			first;
	int			last;
} RowWindow;

static bool same_key(const BatchRow *a, const BatchRow *b);
static int64 window_us(void);
static bool shares_fate(Relation parent, const BatchRow *settled,
						const BatchRow *waiting);
static int	place_rows(const BatchRow *rows, RowWindow *windows, int n_rows,
					   Oid **partitions);
static int	check_partition(Relation partition, BatchRow *rows,
							const RowWindow *windows, int n_rows, int position);
static bool may_have_duplicate(const BatchRow *row, const RowWindow *window,
							   Oid partition, int position);

/*
 * Makes the first waiting row of each key pending, since of one key a row can
 * only be written when it is known what became of those before it.  The rows
 * come sorted by key, and of one key in the order they were sent.  Returns
 * whether there is any.
 */
bool
duplicates_begin_round(BatchRow *rows, int n_rows)
{
	bool		any = false;
	bool		chosen = false;

	for (int i = 0; i < n_rows; i++)
	{
		if (i > 0 && !same_key(&rows[i - 1], &rows[i]))
			chosen = false;
		if (chosen || rows[i].state != ROW_WAITING)
			continue;
		rows[i].state = ROW_PENDING;
		chosen = any = true;
	}
	return any;
}

/*
 * Settles the rows of a round, and with each those that wait behind it and have
 * the same answer.
 */
void
duplicates_end_round(BatchRow *rows, int n_rows)
{
	Relation	parent = log_table_open("entry_key", AccessShareLock, RELKIND_PARTITIONED_TABLE);

	for (int i = 0; i < n_rows; i++)
	{
		RowState	state = rows[i].state;

		if (state != ROW_STORED && state != ROW_REFUSED && state != ROW_WITHDRAWN)
			continue;
		for (int j = i + 1; j < n_rows && same_key(&rows[i], &rows[j]); j++)
			if (rows[j].state == ROW_WAITING && shares_fate(parent, &rows[i], &rows[j]))
				rows[j].state = ROW_DUPLICATE;
		rows[i].state = (state == ROW_STORED) ? ROW_KEPT : ROW_DUPLICATE;
	}
	table_close(parent, NoLock);
}

/*
 * Marks as withdrawn those of the stored rows that have a duplicate in another
 * partition of the window, and returns their number.  Waits for transactions
 * that are writing such a duplicate.  Called as the owner.
 */
int
duplicates_elsewhere(BatchRow *rows, int n_rows)
{
	RowWindow  *windows = palloc0(sizeof(RowWindow) * Max(n_rows, 1));
	Oid		   *partitions;
	int			n_partitions = place_rows(rows, windows, n_rows, &partitions);
	int			marked = 0;

	for (int position = 0; position < n_partitions; position++)
	{
		Relation	partition;
		bool		needed = false;

		for (int i = 0; i < n_rows && !needed; i++)
			needed = may_have_duplicate(&rows[i], &windows[i], partitions[position], position);
		if (!needed)
			continue;
		partition = try_table_open(partitions[position], AccessShareLock);
		if (partition == NULL)
			continue;			/* dropped in the meantime */
		if (RelationGetNumberOfBlocks(partition) > 0)
			marked += check_partition(partition, rows, windows, n_rows, position);
		table_close(partition, NoLock);
	}
	pfree(windows);
	pfree(partitions);
	return marked;
}

/*
 * Finds the partition and the window of each stored row, and the partitions from
 * the first to the last of these windows; returns how many they are.  It knows of every
 * partition that was made before, whose writer may not have seen these rows.  All of it
 * comes from one state of the partitions: nothing here takes a lock once the parent is
 * open, so that no partition made or dropped meanwhile can shift the positions.
 */
static int
place_rows(const BatchRow *rows, RowWindow *windows, int n_rows, Oid **partitions)
{
	Relation	parent = log_table_open("entry_key", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	int64		window = window_us();
	int			first = PG_INT32_MAX;
	int			last = -1;

	/* to open a table that this transaction has locked tells nothing new */
	AcceptInvalidationMessages();
	for (int i = 0; i < n_rows; i++)
	{
		TimestampTz at = rows[i].timestamp;

		if (rows[i].state != ROW_STORED)
			continue;
		windows[i].own = partition_at(parent, at);
		windows[i].first = partition_position(parent, at - window);
		windows[i].last = partition_position(parent, at + window);
		first = Min(first, windows[i].first);
		last = Max(last, windows[i].last);
	}
	*partitions = palloc(sizeof(Oid) * Max(last - first + 1, 1));
	for (int position = first; position <= last; position++)
		(*partitions)[position - first] = partition_in_position(parent, position);
	for (int i = 0; i < n_rows; i++)
	{
		windows[i].first -= first;
		windows[i].last -= first;
	}
	table_close(parent, NoLock);
	return last < first ? 0 : last - first + 1;
}

/* Tells whether a row is stored and can have a duplicate in a partition, by their times. */
static bool
may_have_duplicate(const BatchRow *row, const RowWindow *window, Oid partition, int position)
{
	return row->state == ROW_STORED && OidIsValid(partition) && window->own != partition &&
		window->first <= position && position <= window->last;
}

/*
 * Tells whether a waiting row is a duplicate because of what became of one of
 * its key: of that row itself, of the duplicate it yielded to, or of the one in its
 * partition that its unique index refused it for.
 */
static bool
shares_fate(Relation parent, const BatchRow *settled, const BatchRow *waiting)
{
	switch (settled->state)
	{
		case ROW_STORED:
			return times_within(settled->timestamp, waiting->timestamp, window_us());
		case ROW_WITHDRAWN:
			return times_within(settled->duplicate_at, waiting->timestamp, window_us());
		default:
			return partition_at(parent, settled->timestamp) ==
				partition_at(parent, waiting->timestamp);
	}
}

/* Tells whether two rows are of one team and job_id. */
static bool
same_key(const BatchRow *a, const BatchRow *b)
{
	return slice_equals(a->team_id, b->team_id) && slice_equals(a->job_id, b->job_id);
}

/* Returns how far apart in time one key is one entry, in µs. */
static int64
window_us(void)
{
	return ogw_duplicate_window_s * USECS_PER_SEC;
}

/* Marks the rows that have a duplicate in one partition; returns how many. */
static int
check_partition(Relation partition, BatchRow *rows, const RowWindow *windows,
				int n_rows, int position)
{
	DuplicateScan *scan = duplicate_scan_begin(partition);
	int			marked = 0;

	for (int i = 0; i < n_rows; i++)
	{
		BatchRow   *row = &rows[i];

		if (may_have_duplicate(row, &windows[i], RelationGetRelid(partition), position) &&
			duplicate_scan_find(scan, &row->key, row->timestamp, window_us(), &row->duplicate_at))
		{
			row->state = ROW_WITHDRAWN;
			marked++;
		}
	}
	duplicate_scan_end(scan);
	return marked;
}
