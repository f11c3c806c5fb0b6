/*
 * shelf.c
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

#include "body.h"
#include "compat.h"
#include "shelf.h"
#include "span.h"
#include "terms.h"

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

PG_FUNCTION_INFO_V1(ogw_has_segment_key);

static bool is_ours(Relation index);

/* Tells whether two rows are pieces of one segment of a team's. */
bool
same_segment(const SegmentRow *a, const SegmentRow *b)
{
	return a->since == b->since && a->pass == b->pass &&
		compare_body_keys(&a->first, &b->first) == 0;
}

/*
 * Opens a partition, whose parent is locked, to look for the segments of a team; false
 * where there is none (InvalidOid).  Raises object_not_in_prerequisite_state where its
 * index is not there, or has other columns.
 */
bool
shelf_open(Shelf *shelf, Oid leaf, Datum team_id, Snapshot snapshot)
{
	Oid			index;

	memset(shelf, 0, sizeof(Shelf));
	shelf->team_id = team_id;
	if (!OidIsValid(leaf))
		return false;
	shelf->leaf = table_open(leaf, AccessShareLock);
	index = leaf_index(leaf, RelationGetRelationName(shelf->leaf), KEY_SUFFIX, BTREE_AM_OID);
	shelf->index = OidIsValid(index) ? index_open(index, AccessShareLock) : NULL;
	if (shelf->index == NULL || !is_ours(shelf->index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table ogw_logs.%s lacks the index by which sealed bodies are found",
						RelationGetRelationName(shelf->leaf)),
				 errhint("SELECT ogw_logs.maintain() builds it.")));
	shelf->slot = table_slot_create(shelf->leaf, NULL);
	shelf->content = get_attnum(leaf, "content");
	shelf->snapshot = snapshot;
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
 * has_segment_key(leaf) → boolean: whether a partition has the index, were it that some
 * snapshots may not use it yet; STRICT.
 */
Datum
ogw_has_segment_key(PG_FUNCTION_ARGS)
{
	Oid			leaf = PG_GETARG_OID(0);
	char		name[NAMEDATALEN];
	Oid			id;
	Relation	index;
	bool		has;

	snprintf(name, sizeof(name), "%s%s", get_rel_name(leaf), KEY_SUFFIX);
	id = get_relname_relid(name, get_rel_namespace(leaf));
	if (!OidIsValid(id) || get_rel_relkind(id) != RELKIND_INDEX)
		PG_RETURN_BOOL(false);
	index = index_open(id, AccessShareLock);
	has = index->rd_index->indrelid == leaf && index->rd_index->indisvalid &&
		index->rd_rel->relam == BTREE_AM_OID && RelationGetIndexPredicate(index) == NIL &&
		is_ours(index);
	index_close(index, AccessShareLock);
	PG_RETURN_BOOL(has);
}

/* Closes the partition, which the lock on its parent keeps where it is. */
void
shelf_close(Shelf *shelf)
{
	ExecDropSingleTupleTableSlot(shelf->slot);
	index_close(shelf->index, AccessShareLock);
	table_close(shelf->leaf, AccessShareLock);
}

/* Adds a condition on a column of the index. */
void
shelf_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
		  RegProcedure function, Datum value)
{
	ScanKeyEntryInitialize(&keys[(*n)++], 0, column, strategy, InvalidOid,
						   column == KEY_TEAM_ID ? C_COLLATION_OID : InvalidOid,
						   function, value);
}

/* Makes the conditions for the segments of a pass; returns how many they are. */
int
shelf_keys_of_pass(const Shelf *shelf, const SegmentRow *group, ScanKeyData *keys)
{
	int			n = 0;

	shelf_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	shelf_key(keys, &n, KEY_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			  TimestampTzGetDatum(group->since));
	shelf_key(keys, &n, KEY_PASS, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(group->pass));
	return n;
}

/* Begins to go through the index. */
IndexScanDesc
shelf_scan(Shelf *shelf, ScanKeyData *keys, int n)
{
	IndexScanDesc scan = ogw_index_beginscan(shelf->leaf, shelf->index, shelf->snapshot, n);

	scan->xs_want_itup = true;
	index_rescan(scan, keys, n, NULL, 0);
	return scan;
}

/* Gives the next row, which need not be one that is seen; false at the end. */
bool
shelf_next_row(IndexScanDesc scan, ScanDirection direction, SegmentRow *row)
{
	ItemPointer tid = index_getnext_tid(scan, direction);
	Datum		values[SHELF_KEY_COLUMNS + 1];

	CHECK_FOR_INTERRUPTS();
	if (tid == NULL)
		return false;
	for (int i = KEY_SINCE; i <= SHELF_KEY_COLUMNS; i++)
	{
		bool		isnull;

		values[i] = index_getattr(scan->xs_itup, i, scan->xs_itupdesc, &isnull);
	}
	row->tid = *tid;
	row->since = DatumGetTimestampTz(values[KEY_SINCE]);
	row->pass = DatumGetInt32(values[KEY_PASS]);
	row->first.session = DatumGetInt64(values[KEY_FIRST_SESSION]);
	row->first.timestamp = DatumGetTimestampTz(values[KEY_FIRST_TIMESTAMP]);
	row->first.job = DatumGetInt64(values[KEY_FIRST_JOB]);
	row->chunk = DatumGetInt32(values[KEY_CHUNK]);
	return true;
}

/* Gives the last row that is seen and fits the conditions; false where none does. */
bool
shelf_last_row(Shelf *shelf, ScanKeyData *keys, int n, SegmentRow *row)
{
	IndexScanDesc scan = shelf_scan(shelf, keys, n);
	SegmentRow	found;
	bool		is_there = false;

	while (!is_there && shelf_next_row(scan, BackwardScanDirection, &found))
		is_there = index_fetch_heap(scan, shelf->slot);
	index_endscan(scan);
	if (is_there)
		*row = found;
	return is_there;
}

/*
 * Reads a segment, of which this is a row, into the current context.  Returns what
 * is wrong with it, if anything is.
 */
const char *
shelf_load(Shelf *shelf, const SegmentRow *row, Segment *segment)
{
	ScanKeyData keys[SHELF_KEY_COLUMNS];
	int			n_keys = shelf_keys_of_pass(shelf, row, keys);
	IndexScanDesc scan;
	SegmentRow	piece;
	int			n = 0;
	bool		is_whole = true;
	size_t		room = VALUE_ROOM;
	size_t		len = 0;
	char	   *value = palloc(room);
	const char *wrong;

	shelf_key(keys, &n_keys, KEY_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ,
			  Int64GetDatum(row->first.session));
	shelf_key(keys, &n_keys, KEY_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			  TimestampTzGetDatum(row->first.timestamp));
	shelf_key(keys, &n_keys, KEY_FIRST_JOB, BTEqualStrategyNumber, F_INT8EQ,
			  Int64GetDatum(row->first.job));
	scan = shelf_scan(shelf, keys, n_keys);
	while (shelf_next_row(scan, ForwardScanDirection, &piece))
	{
		bool		isnull;
		Span		content;

		if (!index_fetch_heap(scan, shelf->slot))
			continue;
		if (piece.chunk != n++)
			is_whole = false;
		content = text_span(slot_getattr(shelf->slot, shelf->content, &isnull));
		if (content.len > room - len)
		{
			room = Max(2 * room, len + content.len);
			value = repalloc_huge(value, room);
		}
		memcpy(value + len, content.data, content.len);
		len += content.len;
	}
	index_endscan(scan);
	if (!is_whole)
	{
		pfree(value);
		return piece_is_missing;
	}
	wrong = segment_read((Span) {value, len}, segment);
	segment->value = value;
	return wrong;
}

/* Goes to the next team, by its name, that has segments here; from 0 to the first. */
bool
shelf_next_team(Shelf *shelf)
{
	ScanKeyData keys[1];
	int			n = 0;
	IndexScanDesc scan;
	SegmentRow	row;
	bool		is_there;

	if (shelf->team_id != 0)
		shelf_key(keys, &n, KEY_TEAM_ID, BTGreaterStrategyNumber, F_TEXT_GT, shelf->team_id);
	scan = shelf_scan(shelf, keys, n);
	is_there = shelf_next_row(scan, ForwardScanDirection, &row);
	if (is_there)
	{
		bool		isnull;

		shelf->team_id = datumCopy(index_getattr(scan->xs_itup, KEY_TEAM_ID, scan->xs_itupdesc, &isnull), false, -1);
	}
	index_endscan(scan);
	return is_there;
}

/*
 * Gives each segment to a sink whose span begins from first to last, both included,
 * or NULL and what is wrong with it, were it that its first piece is missing; its
 * memory is free again when that returns.
 */
void
shelf_each(Shelf *shelf, TimestampTz first, TimestampTz last, SegmentSink sink, void *arg)
{
	ScanKeyData keys[SHELF_KEY_COLUMNS];
	int			n = 0;
	IndexScanDesc scan;
	SegmentRow	row;
	SegmentRow	before = {.chunk = -1};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segments",
												  ALLOCSET_DEFAULT_SIZES);

	shelf_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	shelf_key(keys, &n, KEY_SINCE, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(first));
	shelf_key(keys, &n, KEY_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(last));
	scan = shelf_scan(shelf, keys, n);
	while (shelf_next_row(scan, ForwardScanDirection, &row))
	{
		MemoryContext old;
		Segment		segment;
		const char *wrong;

		if ((before.chunk >= 0 && same_segment(&before, &row)) || !index_fetch_heap(scan, shelf->slot))
			continue;
		before = row;
		old = MemoryContextSwitchTo(context);
		wrong = shelf_load(shelf, &row, &segment);
		MemoryContextSwitchTo(old);
		sink(arg, &row, wrong == NULL ? &segment : NULL, wrong);
		MemoryContextReset(context);
	}
	index_endscan(scan);
	MemoryContextDelete(context);
}
