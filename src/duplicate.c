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

#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "ingest.h"
#include "log.h"
#include "ogw_logs.h"
#include "partition.h"

/* Which leaf a row is in, and in which of the leaves looked at a twin may be. */
typedef struct RowWindow
{
	Oid			own;
	int			first;
	int			last;
} RowWindow;

static bool same_key(const BatchRow *a, const BatchRow *b);
static bool within_window(TimestampTz a, TimestampTz b);
static bool shares_fate(Relation parent, const BatchRow *settled,
						const BatchRow *waiting);
static int	place_rows(const BatchRow *rows, RowWindow *windows, int n_rows,
					   Oid **leaves);
static int	look_in_leaf(Relation leaf, BatchRow *rows,
						 const RowWindow *windows, int n_rows, int position);
static bool may_have_twin(const BatchRow *row, const RowWindow *window,
						  Oid leaf, int position);
static Oid	unique_index(Relation leaf);
static bool has_twin(IndexScanDesc scan, Snapshot dirty, TupleTableSlot *slot,
					 AttrNumber timestamp_att, BatchRow *row);

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
	TimestampTz window = ogw_duplicate_window_s * USECS_PER_SEC;
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

/* Tells whether two times are close enough for one key to be one entry. */
static bool
within_window(TimestampTz a, TimestampTz b)
{
	return (a > b ? a - b : b - a) <= ogw_duplicate_window_s * USECS_PER_SEC;
}

/* Marks the rows that have a twin in one leaf; returns how many. */
static int
look_in_leaf(Relation leaf, BatchRow *rows, const RowWindow *windows,
			 int n_rows, int position)
{
	Relation	index = index_open(unique_index(leaf), AccessShareLock);
	AttrNumber	timestamp_att = get_attnum(RelationGetRelid(leaf), "timestamp");
	TupleTableSlot *slot = table_slot_create(leaf, NULL);
	SnapshotData dirty;
	IndexScanDesc scan;
	int			marked = 0;

	InitDirtySnapshot(dirty);
	scan = ogw_index_beginscan(leaf, index, &dirty, 2);
	for (int i = 0; i < n_rows; i++)
	{
		if (!may_have_twin(&rows[i], &windows[i], RelationGetRelid(leaf), position))
			continue;
		if (has_twin(scan, &dirty, slot, timestamp_att, &rows[i]))
		{
			rows[i].state = ROW_WITHDRAWN;
			marked++;
		}
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	return marked;
}

/* Returns the leaf's unique index on (job_id, team_id). */
static Oid
unique_index(Relation leaf)
{
	List	   *indexes = RelationGetIndexList(leaf);
	AttrNumber	job_id = get_attnum(RelationGetRelid(leaf), "job_id");
	AttrNumber	team_id = get_attnum(RelationGetRelid(leaf), "team_id");
	Oid			found = InvalidOid;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		Form_pg_index form = index->rd_index;

		if (form->indisunique && form->indisvalid && form->indnkeyatts == 2 &&
			form->indkey.values[0] == job_id && form->indkey.values[1] == team_id &&
			RelationGetIndexPredicate(index) == NIL)
			found = RelationGetRelid(index);
		index_close(index, NoLock);
		if (OidIsValid(found))
			return found;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("partition %s has no valid unique index on (job_id, team_id)",
					RelationGetRelationName(leaf)),
			 errhint("Create it again, or REINDEX it.")));
}

/*
 * Looks for a row's key in the scan's leaf and notes its time, waiting for
 * whoever is about to commit or to take back such a row.
 */
static bool
has_twin(IndexScanDesc scan, Snapshot dirty, TupleTableSlot *slot,
		 AttrNumber timestamp_att, BatchRow *row)
{
	ScanKeyData keys[2];
	bool		twin = false;

	for (int i = 0; i < 2; i++)
	{
		Span		value = (i == 0) ? row->job_id : row->team_id;

		ScanKeyEntryInitialize(&keys[i], 0, i + 1, BTEqualStrategyNumber,
							   InvalidOid, C_COLLATION_OID, F_TEXTEQ,
							   PointerGetDatum(cstring_to_text_with_len(value.data, value.len)));
	}
	for (;;)
	{
		TransactionId wait_for = InvalidTransactionId;

		CHECK_FOR_INTERRUPTS();
		index_rescan(scan, keys, 2, NULL, 0);
		while (!twin && index_getnext_slot(scan, ForwardScanDirection, slot))
		{
			bool		isnull;
			Datum		at = slot_getattr(slot, timestamp_att, &isnull);

			if (isnull || !within_window(DatumGetTimestampTz(at), row->timestamp))
				continue;
			if (TransactionIdIsValid(dirty->xmin) || TransactionIdIsValid(dirty->xmax))
			{
				wait_for = TransactionIdIsValid(dirty->xmin) ? dirty->xmin : dirty->xmax;
				break;
			}
			twin = true;
			row->twin_at = DatumGetTimestampTz(at);
		}
		ExecClearTuple(slot);
		if (!TransactionIdIsValid(wait_for))
			break;
		index_rescan(scan, keys, 2, NULL, 0);	/* no page stays pinned */
		XactLockTableWait(wait_for, NULL, NULL, XLTW_None);
	}
	for (int i = 0; i < 2; i++)
		pfree(DatumGetPointer(keys[i].sk_argument));
	return twin;
}
