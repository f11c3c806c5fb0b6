/*
 * duplicate_scan.c
 *		Looking for a key in a partition of ogw_logs.entry_key, others' uncommitted rows
 *		included.
 *
 * A dirty snapshot shows what others have written and not committed; whoever
 * finds such a row waits for its end, and looks again.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/partition_index.h"
#include "ingest/duplicate_scan.h"

struct DuplicateScan
{
	Relation	index;
	SnapshotData dirty;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	AttrNumber	timestamp_att;
};

static Oid	unique_index(Relation partition);
static void wait_for_writer(const SnapshotData *dirty);

/*
 * Begins to look for keys in an open partition.  Raises
 * object_not_in_prerequisite_state where it lacks its unique index.
 */
DuplicateScan *
duplicate_scan_begin(Relation partition)
{
	DuplicateScan *scan = palloc(sizeof(DuplicateScan));

	scan->index = index_open(unique_index(partition), AccessShareLock);
	scan->timestamp_att = log_column(partition, "timestamp", TIMESTAMPTZOID);
	scan->slot = table_slot_create(partition, NULL);
	InitDirtySnapshot(scan->dirty);
	scan->scan = ogw_index_beginscan(partition, scan->index, &scan->dirty, 1);
	return scan;
}

/*
 * Looks for a row that has a key and whose time is at most within_us from another;
 * gives its time in *at.  Waits for a transaction that is writing or deleting such a
 * row.
 */
bool
duplicate_scan_find(DuplicateScan *scan, const pg_uuid_t *key, TimestampTz near,
					int64 within_us, TimestampTz *at)
{
	ScanKeyData by_key;
	bool		found = false;
	bool		waited;

	ScanKeyEntryInitialize(&by_key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_UUID_EQ, UUIDPGetDatum(key));
	do
	{
		waited = false;
		CHECK_FOR_INTERRUPTS();
		index_rescan(scan->scan, &by_key, 1, NULL, 0);
		while (!found && !waited && index_getnext_slot(scan->scan, ForwardScanDirection, scan->slot))
		{
			bool		isnull;
			Datum		value = slot_getattr(scan->slot, scan->timestamp_att, &isnull);

			if (isnull || !times_within(DatumGetTimestampTz(value), near, within_us))
				continue;
			*at = DatumGetTimestampTz(value);
			waited = TransactionIdIsValid(scan->dirty.xmin) || TransactionIdIsValid(scan->dirty.xmax);
			found = !waited;
		}
		ExecClearTuple(scan->slot);
		if (waited)
		{
			SnapshotData seen = scan->dirty;

			index_rescan(scan->scan, &by_key, 1, NULL, 0);	/* no page stays pinned */
			wait_for_writer(&seen);
		}
	} while (waited);
	return found;
}

/* Ends the look; the partition stays open. */
void
duplicate_scan_end(DuplicateScan *scan)
{
	index_endscan(scan->scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, NoLock);
	pfree(scan);
}

/* Returns the partition's unique index on key. */
static Oid
unique_index(Relation partition)
{
	static const IndexColumn key_column = {"key", UUIDOID, BTEqualStrategyNumber};
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(partition))
	{
		Oid			id = lfirst_oid(cell);
		Relation	index = index_open(id, AccessShareLock);
		Form_pg_index form = index->rd_index;
		bool		usable = form->indisunique && form->indisvalid &&
			form->indnkeyatts == 1 && RelationGetIndexPredicate(index) == NIL &&
			index_has_columns(index, &key_column, 1);

		index_close(index, NoLock);
		if (usable)
			return id;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("partition %s has no valid unique index on (key)",
					RelationGetRelationName(partition)),
			 errhint("Create it again, or REINDEX it.")));
}

/* Tells whether two times are at most so many µs apart. */
bool
times_within(TimestampTz a, TimestampTz b, int64 within_us)
{
	return (a > b ? a - b : b - a) <= within_us;
}

/*
 * Waits for the end of who wrote, or deletes, the row that a dirty snapshot
 * found last; of who has not confirmed it, until it is confirmed or taken back.
 */
static void
wait_for_writer(const SnapshotData *dirty)
{
	if (!TransactionIdIsValid(dirty->xmin))
		XactLockTableWait(dirty->xmax, NULL, NULL, XLTW_None);
	else if (dirty->speculativeToken != 0)
		SpeculativeInsertionWait(dirty->xmin, dirty->speculativeToken);
	else
		XactLockTableWait(dirty->xmin, NULL, NULL, XLTW_None);
}
