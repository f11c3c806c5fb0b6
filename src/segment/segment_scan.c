/*
 * segment_scan.c
 *		Going through the rows of a team's segments, by their index.
 */
#include "postgres.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/partition_index.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "segment/body.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

/* What the name of the index ends in. */
#define KEY_SUFFIX "_key"

/* Bytes that the pieces of a segment are put together in at first. */
#define VALUE_ROOM (32 * 1024)

/* The columns of the index, in their order; segment.sql makes it. */
static const struct
{
	const char *name;
	Oid			type;
}			columns[] = {
	{"team_id", TEXTOID}, {"since", TIMESTAMPTZOID}, {"pass", INT4OID},
	{"first_session", INT8OID}, {"first_timestamp", TIMESTAMPTZOID},
	{"first_job", INT8OID}, {"chunk", INT4OID}
};

PG_FUNCTION_INFO_V1(ogw_has_segment_index);

static bool is_ours(Relation index);

/* Tells whether two rows are pieces of one segment of a team's. */
bool
same_segment(const SegmentRow *a, const SegmentRow *b)
{
	return a->since == b->since && a->pass == b->pass &&
		compare_body_ids(&a->first, &b->first) == 0;
}

/*
 * Opens a partition, whose parent is locked, to look for the segments of a team; false
 * where there is none (InvalidOid).  Raises object_not_in_prerequisite_state where its
 * index is not there, or has other columns.
 */
bool
segment_scan_open(SegmentScan *scan, Oid partition, Datum team_id, Snapshot snapshot)
{
	Oid			index;

	memset(scan, 0, sizeof(SegmentScan));
	scan->team_id = team_id;
	if (!OidIsValid(partition))
		return false;
	scan->partition = table_open(partition, AccessShareLock);
	index = partition_index(partition, RelationGetRelationName(scan->partition), KEY_SUFFIX, BTREE_AM_OID);
	scan->index = OidIsValid(index) ? index_open(index, AccessShareLock) : NULL;
	if (scan->index == NULL || !is_ours(scan->index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table ogw_logs.%s lacks the index by which sealed bodies are found",
						RelationGetRelationName(scan->partition)),
				 errhint("SELECT ogw_logs.maintain() builds it.")));
	scan->slot = table_slot_create(scan->partition, NULL);
	scan->content = get_attnum(partition, "content");
	scan->snapshot = snapshot;
	return true;
}

/* Tells whether an index with the name of ours has its columns. */
static bool
is_ours(Relation index)
{
	if (index->rd_index->indnkeyatts != lengthof(columns))
		return false;
	for (int i = 0; i < lengthof(columns); i++)
		if (!index_has_column(index, i, columns[i].name, columns[i].type, BTEqualStrategyNumber))
			return false;
	return true;
}

/*
 * has_segment_index(partition) → boolean: whether a partition has the index, were it that some
 * snapshots may not use it yet; STRICT.
 */
Datum
ogw_has_segment_index(PG_FUNCTION_ARGS)
{
	Oid			partition = PG_GETARG_OID(0);
	char		name[NAMEDATALEN];
	Oid			id;
	Relation	index;
	bool		has;

	snprintf(name, sizeof(name), "%s%s", get_rel_name(partition), KEY_SUFFIX);
	id = get_relname_relid(name, get_rel_namespace(partition));
	if (!OidIsValid(id) || get_rel_relkind(id) != RELKIND_INDEX)
		PG_RETURN_BOOL(false);
	index = index_open(id, AccessShareLock);
	has = index->rd_index->indrelid == partition && index->rd_index->indisvalid &&
		index->rd_rel->relam == BTREE_AM_OID && RelationGetIndexPredicate(index) == NIL &&
		is_ours(index);
	index_close(index, AccessShareLock);
	PG_RETURN_BOOL(has);
}

/* Closes the partition, which the lock on its parent keeps where it is. */
void
segment_scan_close(SegmentScan *scan)
{
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, AccessShareLock);
	table_close(scan->partition, AccessShareLock);
}

/* Adds a condition on a column of the index. */
void
segment_scan_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
		  RegProcedure function, Datum value)
{
	ScanKeyEntryInitialize(&keys[(*n)++], 0, column, strategy, InvalidOid,
						   column == SEGMENT_ATTR_TEAM_ID ? C_COLLATION_OID : InvalidOid,
						   function, value);
}

/* Makes the conditions for the segments of a pass; returns how many they are. */
int
segment_scan_keys_of_pass(const SegmentScan *scan, const SegmentRow *group, ScanKeyData *keys)
{
	int			n = 0;

	segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, scan->team_id);
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			  TimestampTzGetDatum(group->since));
	segment_scan_key(keys, &n, SEGMENT_ATTR_PASS, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(group->pass));
	return n;
}

/* Begins to go through the index. */
IndexScanDesc
segment_scan_begin(SegmentScan *scan, ScanKeyData *keys, int n)
{
	IndexScanDesc index_scan = ogw_index_beginscan(scan->partition, scan->index, scan->snapshot, n);

	index_scan->xs_want_itup = true;
	index_rescan(index_scan, keys, n, NULL, 0);
	return index_scan;
}

/* Gives the next row, which need not be one that is seen; false at the end. */
bool
segment_scan_next_row(IndexScanDesc scan, ScanDirection direction, SegmentRow *row)
{
	ItemPointer tid = index_getnext_tid(scan, direction);
	Datum		values[N_SEGMENT_INDEX_COLUMNS + 1];

	CHECK_FOR_INTERRUPTS();
	if (tid == NULL)
		return false;
	for (int i = SEGMENT_ATTR_SINCE; i <= N_SEGMENT_INDEX_COLUMNS; i++)
	{
		bool		isnull;

		values[i] = index_getattr(scan->xs_itup, i, scan->xs_itupdesc, &isnull);
	}
	row->tid = *tid;
	row->since = DatumGetTimestampTz(values[SEGMENT_ATTR_SINCE]);
	row->pass = DatumGetInt32(values[SEGMENT_ATTR_PASS]);
	row->first.session = DatumGetInt64(values[SEGMENT_ATTR_FIRST_SESSION]);
	row->first.timestamp = DatumGetTimestampTz(values[SEGMENT_ATTR_FIRST_TIMESTAMP]);
	row->first.job = DatumGetInt64(values[SEGMENT_ATTR_FIRST_JOB]);
	row->chunk = DatumGetInt32(values[SEGMENT_ATTR_CHUNK]);
	return true;
}

/* Gives the last row that is seen and fits the conditions; false where none does. */
bool
segment_scan_last_row(SegmentScan *scan, ScanKeyData *keys, int n, SegmentRow *row)
{
	IndexScanDesc index_scan = segment_scan_begin(scan, keys, n);
	SegmentRow	found;
	bool		is_there = false;

	while (!is_there && segment_scan_next_row(index_scan, BackwardScanDirection, &found))
		is_there = index_fetch_heap(index_scan, scan->slot);
	index_endscan(index_scan);
	if (is_there)
		*row = found;
	return is_there;
}

/*
 * Reads a segment, of which this is a row, into the current context.  Returns what
 * is wrong with it, if anything is.
 */
const char *
segment_scan_load(SegmentScan *scan, const SegmentRow *row, Segment *segment)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n_keys = segment_scan_keys_of_pass(scan, row, keys);
	IndexScanDesc index_scan;
	SegmentRow	piece;
	int			n = 0;
	bool		is_whole = true;
	size_t		capacity = VALUE_ROOM;
	size_t		len = 0;
	char	   *value = palloc(capacity);
	const char *wrong;

	segment_scan_key(keys, &n_keys, SEGMENT_ATTR_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ,
			  Int64GetDatum(row->first.session));
	segment_scan_key(keys, &n_keys, SEGMENT_ATTR_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			  TimestampTzGetDatum(row->first.timestamp));
	segment_scan_key(keys, &n_keys, SEGMENT_ATTR_FIRST_JOB, BTEqualStrategyNumber, F_INT8EQ,
			  Int64GetDatum(row->first.job));
	index_scan = segment_scan_begin(scan, keys, n_keys);
	while (segment_scan_next_row(index_scan, ForwardScanDirection, &piece))
	{
		bool		isnull;
		Slice		content;

		if (!index_fetch_heap(index_scan, scan->slot))
			continue;
		if (piece.chunk != n++)
			is_whole = false;
		content = text_to_slice(slot_getattr(scan->slot, scan->content, &isnull));
		if (content.len > capacity - len)
		{
			capacity = Max(2 * capacity, len + content.len);
			value = repalloc_huge(value, capacity);
		}
		memcpy(value + len, content.data, content.len);
		len += content.len;
	}
	index_endscan(index_scan);
	if (!is_whole)
	{
		pfree(value);
		return piece_is_missing;
	}
	wrong = segment_read((Slice) {value, len}, segment);
	segment->value = value;
	return wrong;
}

/* Goes to the next team, by its name, that has segments here; from 0 to the first. */
bool
segment_scan_next_team(SegmentScan *scan)
{
	ScanKeyData keys[1];
	int			n = 0;
	IndexScanDesc index_scan;
	SegmentRow	row;
	bool		is_there;

	if (scan->team_id != 0)
		segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTGreaterStrategyNumber, F_TEXT_GT, scan->team_id);
	index_scan = segment_scan_begin(scan, keys, n);
	is_there = segment_scan_next_row(index_scan, ForwardScanDirection, &row);
	if (is_there)
	{
		bool		isnull;

		scan->team_id = datumCopy(index_getattr(index_scan->xs_itup, SEGMENT_ATTR_TEAM_ID, index_scan->xs_itupdesc, &isnull), false, -1);
	}
	index_endscan(index_scan);
	return is_there;
}

/*
 * Gives each segment to a sink whose interval begins from first to last, both included,
 * or NULL and what is wrong with it, were it that its first piece is missing; its
 * memory is free again when that returns.
 */
void
segment_scan_each(SegmentScan *scan, TimestampTz first, TimestampTz last, SegmentSink sink, void *arg)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = 0;
	IndexScanDesc index_scan;
	SegmentRow	row;
	SegmentRow	before = {.chunk = -1};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segments",
												  ALLOCSET_DEFAULT_SIZES);

	segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, scan->team_id);
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(first));
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(last));
	index_scan = segment_scan_begin(scan, keys, n);
	while (segment_scan_next_row(index_scan, ForwardScanDirection, &row))
	{
		MemoryContext old;
		Segment		segment;
		const char *wrong;

		if ((before.chunk >= 0 && same_segment(&before, &row)) || !index_fetch_heap(index_scan, scan->slot))
			continue;
		before = row;
		old = MemoryContextSwitchTo(context);
		wrong = segment_scan_load(scan, &row, &segment);
		MemoryContextSwitchTo(old);
		sink(arg, &row, wrong == NULL ? &segment : NULL, wrong);
		MemoryContextReset(context);
	}
	index_endscan(index_scan);
	MemoryContextDelete(context);
}
