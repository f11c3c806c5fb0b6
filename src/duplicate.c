/*
 * duplicate.c
 *		Finding a job_id that its team sent before.
 *
 * Before an entry is written its job_id is, into ogw_logs.job.  Within one of
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
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "ingest.h"
#include "log.h"
#include "ogw_logs.h"
#include "partition.h"
#include "twin.h"

/* Which leaf a row is in, and in which of the leaves looked at a twin may be. */
typedef struct RowWindow
{
	Oid			own;
	int			first;
	int			last;
} RowWindow;

static bool same_key(const BatchRow *a, const BatchRow *b);
static int64 window_us(void);
static bool within_window(TimestampTz a, TimestampTz b);
static bool shares_fate(Relation parent, const BatchRow *settled,
						const BatchRow *waiting);
static int	place_rows(const BatchRow *rows, RowWindow *windows, int n_rows,
					   Oid **leaves);
static int	look_in_leaf(Relation leaf, BatchRow *rows,
						 const RowWindow *windows, int n_rows, int position);
static bool may_have_twin(const BatchRow *row, const RowWindow *window,
						  Oid leaf, int position);

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
	Relation	parent = table_open(log_table("job"), AccessShareLock);

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
 * Marks as withdrawn those of the stored rows that have a twin in another
 * partition of the window, and returns their number.  Waits for transactions
 * that are writing such a twin.  Called as the owner.
 */
int
duplicates_elsewhere(BatchRow *rows, int n_rows)
{
	RowWindow  *windows = palloc0(sizeof(RowWindow) * Max(n_rows, 1));
	Oid		   *leaves;
	int			n_leaves = place_rows(rows, windows, n_rows, &leaves);
	int			marked = 0;

	for (int position = 0; position < n_leaves; position++)
	{
		Relation	leaf;
		bool		needed = false;

		for (int i = 0; i < n_rows && !needed; i++)
			needed = may_have_twin(&rows[i], &windows[i], leaves[position], position);
		if (!needed)
			continue;
		leaf = try_table_open(leaves[position], AccessShareLock);
		if (leaf == NULL)
			continue;			/* dropped in the meantime */
		if (RelationGetNumberOfBlocks(leaf) > 0)
			marked += look_in_leaf(leaf, rows, windows, n_rows, position);
		table_close(leaf, NoLock);
	}
	pfree(windows);
	pfree(leaves);
	return marked;
}

/*
 * Finds the leaf and the window of each stored row, and the leaves that the
 * windows span.  All of it comes from one state of the partitions: nothing
 * here takes a lock once the parent is open, so that no partition made or
 * dropped meanwhile can shift the positions.
 */
static int
place_rows(const BatchRow *rows, RowWindow *windows, int n_rows, Oid **leaves)
{
	Relation	parent = table_open(log_table("job"), AccessShareLock);
	int64		window = window_us();
	int			first = PG_INT32_MAX;
	int			last = -1;

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
	*leaves = palloc(sizeof(Oid) * Max(last - first + 1, 1));
	for (int position = first; position <= last; position++)
		(*leaves)[position - first] = partition_in_position(parent, position);
	for (int i = 0; i < n_rows; i++)
	{
		windows[i].first -= first;
		windows[i].last -= first;
	}
	table_close(parent, NoLock);
	return last < first ? 0 : last - first + 1;
}

/* Tells whether a row is stored and can have a twin in a leaf, by their times. */
static bool
may_have_twin(const BatchRow *row, const RowWindow *window, Oid leaf, int position)
{
	return row->state == ROW_STORED && OidIsValid(leaf) && window->own != leaf &&
		window->first <= position && position <= window->last;
}

/*
 * Tells whether a waiting row is a duplicate because of what became of one of
 * its key: of that row itself, of the twin it yielded to, or of the one in its
 * partition that its unique index refused it for.
 */
static bool
shares_fate(Relation parent, const BatchRow *settled, const BatchRow *waiting)
{
	switch (settled->state)
	{
		case ROW_STORED:
			return within_window(settled->timestamp, waiting->timestamp);
		case ROW_WITHDRAWN:
			return within_window(settled->twin_at, waiting->timestamp);
		default:
			return partition_at(parent, settled->timestamp) ==
				partition_at(parent, waiting->timestamp);
	}
}

/* Tells whether two rows are of one team and job_id. */
static bool
same_key(const BatchRow *a, const BatchRow *b)
{
	return a->team_id.len == b->team_id.len && a->job_id.len == b->job_id.len &&
		memcmp(a->team_id.data, b->team_id.data, a->team_id.len) == 0 &&
		memcmp(a->job_id.data, b->job_id.data, a->job_id.len) == 0;
}

/* Returns how far apart in time one key is one entry, in µs. */
static int64
window_us(void)
{
	return ogw_duplicate_window_s * USECS_PER_SEC;
}

/* Tells whether two times are close enough for one key to be one entry. */
static bool
within_window(TimestampTz a, TimestampTz b)
{
	return (a > b ? a - b : b - a) <= window_us();
}

/* Marks the rows that have a twin in one leaf; returns how many. */
static int
look_in_leaf(Relation leaf, BatchRow *rows, const RowWindow *windows,
			 int n_rows, int position)
{
	TwinScan   *scan = twin_scan_begin(leaf);
	int			marked = 0;

	for (int i = 0; i < n_rows; i++)
	{
		BatchRow   *row = &rows[i];

		if (may_have_twin(row, &windows[i], RelationGetRelid(leaf), position) &&
			twin_scan_find(scan, &row->key, row->timestamp, window_us(), &row->twin_at))
		{
			row->state = ROW_WITHDRAWN;
			marked++;
		}
	}
	twin_scan_end(scan);
	return marked;
}
