/*
 * segment_read.c
 *		Finding a sealed body, without a row that says where it is.
 *
 * The rows of a segment say where it begins: in which span and pass of sealing,
 * with which session and time.  In a pass the segments are in order, so the body of
 * an entry can only be in the last one that does not begin behind it; where several
 * begin with just its session and time, in those and in the one before.  A span is
 * sealed in one pass, and in a further one for what came late.  What was merged is in
 * passes below 0, which are the first of a partition.
 */
#include "postgres.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "log.h"
#include "partition.h"
#include "segment_read.h"
#include "terms.h"

/* What the name of the index ends in. */
#define KEY_SUFFIX "_key"

/* The columns of the index, from 1. */
enum
{
	KEY_TEAM_ID = 1, KEY_SINCE, KEY_PASS, KEY_FIRST_SESSION, KEY_FIRST_TIMESTAMP,
	KEY_NUMBER, KEY_CHUNK, N_KEY_COLUMNS = KEY_CHUNK
};

/* A segment with more text, in bytes, is not kept open. */
#define KEPT_TEXT (2 * SEGMENT_BYTES)

/*
 * The segment that was read last, and the version of its first row: a segment that
 * was written anew, because something of it was erased, has another one.  Where a
 * VACUUM FULL put its rows is another file.
 */
typedef struct KeptSegment
{
	MemoryContext context;		/* NULL: none */
	Oid			leaf;
	Oid			file;
	ItemPointerData tid;
	TransactionId xmin;
	Datum		team_id;
	SegmentRow	row;
	MemoryContextCallback callback;
	Segment		segment;
} KeptSegment;

static KeptSegment kept;

static void set_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
					RegProcedure function, Datum value);
static int	keys_of_pass(const Shelf *shelf, const SegmentRow *group, ScanKeyData *keys);
static IndexScanDesc scan_begin(Shelf *shelf, ScanKeyData *keys, int n);
static bool scan_next(IndexScanDesc scan, ScanDirection direction, SegmentRow *row);
static bool next_group(Shelf *shelf, TimestampTz at, SegmentRow *group, bool is_first);
static bool first_merged(Shelf *shelf, SegmentRow *group);
static bool last_visible(Shelf *shelf, ScanKeyData *keys, int n, SegmentRow *row);
static bool find_in_pass(Shelf *shelf, const SegmentRow *group, const BodyKey *key,
						 SegmentRow *at, const char **wrong, SegmentRow *damaged);
static const char *keep(Shelf *shelf, const SegmentRow *row);
static void forgotten(void *arg);

/*
 * Opens a partition, whose parent is locked, to look for the segments of a team.
 * Raises object_not_in_prerequisite_state where its index is not there.
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
	if (!OidIsValid(index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table ogw_logs.%s lacks the index by which sealed bodies are found",
						RelationGetRelationName(shelf->leaf)),
				 errhint("SELECT ogw_logs.maintain() builds it.")));
	shelf->index = index_open(index, AccessShareLock);
	shelf->slot = table_slot_create(shelf->leaf, NULL);
	shelf->content = get_attnum(leaf, "content");
	shelf->snapshot = snapshot;
	return true;
}

/* Closes the partition, which the lock on its parent keeps where it is. */
void
shelf_close(Shelf *shelf)
{
	ExecDropSingleTupleTableSlot(shelf->slot);
	index_close(shelf->index, AccessShareLock);
	table_close(shelf->leaf, AccessShareLock);
}

/*
 * Finds the sealed body of a team's entry and gives its parts, which are there until
 * the next call; false where there is none.  Where it is not found, and a segment
 * that may have it is damaged, reports data_corrupted at elevel, or feature_not_supported
 * where a newer version wrote it.  Called as the owner, with the log there.
 */
bool
segment_fetch(Datum team_id, const BodyKey *key, Snapshot snapshot, int elevel,
			  Span parts[N_BODY_PARTS])
{
	Oid			parent_id = log_table("segment");
	Relation	parent;
	Shelf		shelf;
	SegmentRow	at;
	const SegmentBody *body = NULL;

	if (!OidIsValid(parent_id))
		return false;
	parent = table_open(parent_id, AccessShareLock);
	if (shelf_open(&shelf, partition_at(parent, key->timestamp), team_id, snapshot))
	{
		if (shelf_find(&shelf, key, elevel, &at))
			body = segment_find(&kept.segment, key);
		shelf_close(&shelf);
	}
	table_close(parent, NoLock);
	if (body == NULL)
		return false;
	if (kept.segment.text == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(kept.context);
		const char *wrong = segment_open(&kept.segment, NULL);

		MemoryContextSwitchTo(old);
		if (wrong != NULL)
		{
			segment_damaged(elevel, wrong, &at);
			return false;
		}
	}
	segment_parts(&kept.segment, body, parts);
	return true;
}

/*
 * Finds the segment that has a body, and keeps it.  Where none is found, and one that
 * may have it cannot be read, reports what segment_fetch() does.
 */
bool
shelf_find(Shelf *shelf, const BodyKey *key, int elevel, SegmentRow *at)
{
	SegmentRow	group;
	SegmentRow	merged;
	SegmentRow	damaged;
	const char *wrong = NULL;
	bool		more = next_group(shelf, key->timestamp, &group, true);
	TimestampTz since = more ? group.since : 0;

	/* its own span */
	for (; more && group.since == since; more = next_group(shelf, key->timestamp, &group, false))
		if (find_in_pass(shelf, &group, key, at, &wrong, &damaged))
			return true;
	/* what was merged of all */
	for (bool is_there = more && first_merged(shelf, &merged); is_there;
		 is_there = next_group(shelf, key->timestamp, &merged, false))
		if (find_in_pass(shelf, &merged, key, at, &wrong, &damaged))
			return true;
	/* a span before, where the settings are others than when it was sealed */
	for (; more && group.pass >= 0; more = next_group(shelf, key->timestamp, &group, false))
		if (find_in_pass(shelf, &group, key, at, &wrong, &damaged))
			return true;
	if (wrong != NULL)
		segment_damaged(elevel, wrong, &damaged);
	return false;
}

/* Adds a condition on a column of the index. */
static void
set_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
		RegProcedure function, Datum value)
{
	ScanKeyEntryInitialize(&keys[(*n)++], 0, column, strategy, InvalidOid,
						   column == KEY_TEAM_ID ? C_COLLATION_OID : InvalidOid,
						   function, value);
}

/* Makes the conditions for the segments of a pass; returns how many they are. */
static int
keys_of_pass(const Shelf *shelf, const SegmentRow *group, ScanKeyData *keys)
{
	int			n = 0;

	set_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	set_key(keys, &n, KEY_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			TimestampTzGetDatum(group->since));
	set_key(keys, &n, KEY_PASS, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(group->pass));
	return n;
}

/* Begins to go through the index. */
static IndexScanDesc
scan_begin(Shelf *shelf, ScanKeyData *keys, int n)
{
	IndexScanDesc scan = ogw_index_beginscan(shelf->leaf, shelf->index, shelf->snapshot, n);

	scan->xs_want_itup = true;
	index_rescan(scan, keys, n, NULL, 0);
	return scan;
}

/* Gives the next row, which need not be one that is seen; false at the end. */
static bool
scan_next(IndexScanDesc scan, ScanDirection direction, SegmentRow *row)
{
	ItemPointer tid = index_getnext_tid(scan, direction);
	Datum		values[N_KEY_COLUMNS + 1];

	CHECK_FOR_INTERRUPTS();
	if (tid == NULL)
		return false;
	for (int i = KEY_SINCE; i <= N_KEY_COLUMNS; i++)
	{
		bool		isnull;

		values[i] = index_getattr(scan->xs_itup, i, scan->xs_itupdesc, &isnull);
	}
	row->tid = *tid;
	row->since = DatumGetTimestampTz(values[KEY_SINCE]);
	row->pass = DatumGetInt32(values[KEY_PASS]);
	row->first.session = DatumGetInt64(values[KEY_FIRST_SESSION]);
	row->first.timestamp = DatumGetTimestampTz(values[KEY_FIRST_TIMESTAMP]);
	row->first.job = 0;
	row->number = DatumGetInt32(values[KEY_NUMBER]);
	row->chunk = DatumGetInt32(values[KEY_CHUNK]);
	return true;
}

/*
 * Goes to the span and pass before, or to the last one whose span does not begin
 * behind a time; false where there is none.
 */
static bool
next_group(Shelf *shelf, TimestampTz at, SegmentRow *group, bool is_first)
{
	ScanKeyData keys[N_KEY_COLUMNS];
	int			n = 0;

	set_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	if (is_first)
	{
		set_key(keys, &n, KEY_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
				TimestampTzGetDatum(at));
		return last_visible(shelf, keys, n, group);
	}
	set_key(keys, &n, KEY_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			TimestampTzGetDatum(group->since));
	set_key(keys, &n, KEY_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(group->pass));
	if (last_visible(shelf, keys, n, group))
		return true;
	n = 1;
	set_key(keys, &n, KEY_SINCE, BTLessStrategyNumber, F_TIMESTAMPTZ_LT,
			TimestampTzGetDatum(group->since));
	return last_visible(shelf, keys, n, group);
}

/* Goes to the last of the passes that what was merged is in; false where there is none. */
static bool
first_merged(Shelf *shelf, SegmentRow *group)
{
	ScanKeyData keys[N_KEY_COLUMNS];
	int			n = 0;
	IndexScanDesc scan;
	bool		is_there = false;

	set_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	scan = scan_begin(shelf, keys, n);
	while (!is_there && scan_next(scan, ForwardScanDirection, group))
		is_there = index_fetch_heap(scan, shelf->slot);
	index_endscan(scan);
	if (!is_there || group->pass >= 0)
		return false;
	set_key(keys, &n, KEY_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, TimestampTzGetDatum(group->since));
	set_key(keys, &n, KEY_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(0));
	return last_visible(shelf, keys, n, group);
}

/* Gives the last row that is seen and fits the conditions; false where none does. */
static bool
last_visible(Shelf *shelf, ScanKeyData *keys, int n, SegmentRow *row)
{
	IndexScanDesc scan = scan_begin(shelf, keys, n);
	SegmentRow	found;
	bool		is_there = false;

	while (!is_there && scan_next(scan, BackwardScanDirection, &found))
		is_there = index_fetch_heap(scan, shelf->slot);
	index_endscan(scan);
	if (is_there)
		*row = found;
	return is_there;
}

/*
 * Finds the segment of a pass that has a body, and keeps it; false where none has.
 * One that may have it and cannot be read is left out: *wrong says why, and *damaged
 * which one it is.
 */
static bool
find_in_pass(Shelf *shelf, const SegmentRow *group, const BodyKey *key,
			 SegmentRow *at, const char **wrong, SegmentRow *damaged)
{
	bool		found = false;
	bool		may_be_before = true;

	for (int step = 0; step < 2 && may_be_before && !found; step++)
	{
		ScanKeyData keys[N_KEY_COLUMNS];
		int			n = keys_of_pass(shelf, group, keys);
		IndexScanDesc scan;
		SegmentRow	row;

		if (step == 0)
		{
			set_key(keys, &n, KEY_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ,
					Int64GetDatum(key->session));
			set_key(keys, &n, KEY_FIRST_TIMESTAMP, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
					TimestampTzGetDatum(key->timestamp));
		}
		else
			set_key(keys, &n, KEY_FIRST_SESSION, BTLessStrategyNumber, F_INT8LT,
					Int64GetDatum(key->session));
		scan = scan_begin(shelf, keys, n);
		while (may_be_before && !found && scan_next(scan, BackwardScanDirection, &row))
		{
			const char *problem;

			if (row.chunk != 0 || !index_fetch_heap(scan, shelf->slot))
				continue;
			may_be_before = step == 0 && row.first.timestamp == key->timestamp;
			problem = keep(shelf, &row);
			found = problem == NULL && segment_find(&kept.segment, key) != NULL;
			if (found)
				*at = row;
			if (problem != NULL)
			{
				*wrong = problem;
				*damaged = row;
			}
		}
		index_endscan(scan);
	}
	return found;
}

/*
 * Reads a segment, of whose first row shelf->slot has the version that is seen, and
 * keeps it in place of the one before.  Returns what is wrong with it, if anything
 * is: then none is kept.
 */
static const char *
keep(Shelf *shelf, const SegmentRow *row)
{
	bool		isnull;
	TransactionId xmin = DatumGetTransactionId(slot_getsysattr(shelf->slot, MinTransactionIdAttributeNumber, &isnull));
	ItemPointerData tid = shelf->slot->tts_tid;
	MemoryContext context;
	MemoryContext old;
	Segment		segment;
	Datum		team_id;
	const char *wrong;

	if (kept.context != NULL && kept.leaf == RelationGetRelid(shelf->leaf) &&
		kept.file == shelf->leaf->rd_rel->relfilenode &&
		ItemPointerEquals(&kept.tid, &tid) && kept.xmin == xmin &&
		kept.row.since == row->since && kept.row.pass == row->pass && kept.row.number == row->number &&
		compare_body_keys(&kept.row.first, &row->first) == 0 &&
		datum_image_eq(kept.team_id, shelf->team_id, false, -1))
		return NULL;
	if (kept.context != NULL)
		MemoryContextDelete(kept.context);
	context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segment", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	wrong = shelf_load(shelf, row, &segment);
	team_id = datumCopy(shelf->team_id, false, -1);
	MemoryContextSwitchTo(old);
	if (wrong != NULL)
	{
		MemoryContextDelete(context);
		return wrong;
	}
	/* a large one goes with the query that read it */
	if (segment.text_len <= KEPT_TEXT)
		MemoryContextSetParent(context, CacheMemoryContext);
	kept = (KeptSegment)
	{
		.context = context,.leaf = RelationGetRelid(shelf->leaf),.file = shelf->leaf->rd_rel->relfilenode,
		.tid = tid,.xmin = xmin,.team_id = team_id,.row = *row,
		.callback = {.func = forgotten},.segment = segment
	};
	MemoryContextRegisterResetCallback(context, &kept.callback);
	return NULL;
}

/* Takes note that the segment's memory is free. */
static void
forgotten(void *arg)
{
	kept.context = NULL;
}

/*
 * Reads a segment, of which this is a row, into the current context.  Returns what
 * is wrong with it, if anything is.
 */
const char *
shelf_load(Shelf *shelf, const SegmentRow *row, Segment *segment)
{
	ScanKeyData keys[N_KEY_COLUMNS];
	int			n_keys = keys_of_pass(shelf, row, keys);
	IndexScanDesc scan;
	SegmentRow	piece;
	int			n = 0;
	int			capacity = 16;
	int32	   *numbers = palloc(sizeof(int32) * capacity);
	Datum	   *pieces = palloc(sizeof(Datum) * capacity);
	Span		value;
	const char *wrong;

	set_key(keys, &n_keys, KEY_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ,
			Int64GetDatum(row->first.session));
	set_key(keys, &n_keys, KEY_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			TimestampTzGetDatum(row->first.timestamp));
	set_key(keys, &n_keys, KEY_NUMBER, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(row->number));
	scan = scan_begin(shelf, keys, n_keys);
	while (scan_next(scan, ForwardScanDirection, &piece))
	{
		bool		isnull;

		if (!index_fetch_heap(scan, shelf->slot))
			continue;
		if (n == capacity)
		{
			capacity *= 2;
			numbers = repalloc(numbers, sizeof(int32) * capacity);
			pieces = repalloc(pieces, sizeof(Datum) * capacity);
		}
		numbers[n] = piece.chunk;
		pieces[n++] = PointerGetDatum(DatumGetByteaPCopy(slot_getattr(shelf->slot, shelf->content, &isnull)));
	}
	index_endscan(scan);
	wrong = pieces_join(numbers, pieces, n, &value);
	for (int i = 0; i < n; i++)
		pfree(DatumGetPointer(pieces[i]));
	pfree(numbers);
	pfree(pieces);
	return wrong != NULL ? wrong : segment_read(value, segment);
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
		set_key(keys, &n, KEY_TEAM_ID, BTGreaterStrategyNumber, F_TEXT_GT, shelf->team_id);
	scan = scan_begin(shelf, keys, n);
	is_there = scan_next(scan, ForwardScanDirection, &row);
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
 * or NULL and what is wrong with it; its memory is free again when that returns.
 */
void
shelf_each(Shelf *shelf, TimestampTz first, TimestampTz last, SegmentSink sink, void *arg)
{
	ScanKeyData keys[N_KEY_COLUMNS];
	int			n = 0;
	IndexScanDesc scan;
	SegmentRow	row;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segments",
												  ALLOCSET_DEFAULT_SIZES);

	set_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	set_key(keys, &n, KEY_SINCE, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(first));
	set_key(keys, &n, KEY_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(last));
	scan = scan_begin(shelf, keys, n);
	while (scan_next(scan, ForwardScanDirection, &row))
	{
		MemoryContext old;
		Segment		segment;
		const char *wrong;

		if (row.chunk != 0 || !index_fetch_heap(scan, shelf->slot))
			continue;
		old = MemoryContextSwitchTo(context);
		wrong = shelf_load(shelf, &row, &segment);
		MemoryContextSwitchTo(old);
		sink(arg, &row, wrong == NULL ? &segment : NULL, wrong);
		MemoryContextReset(context);
	}
	index_endscan(scan);
	MemoryContextDelete(context);
}

/* Reports a segment that cannot be read; it quotes nothing of it. */
void
segment_damaged(int elevel, const char *what, const SegmentRow *row)
{
	ereport(elevel,
			(errcode(what == segment_is_newer ? ERRCODE_FEATURE_NOT_SUPPORTED : ERRCODE_DATA_CORRUPTED),
			 errmsg("a segment of sealed bodies cannot be read: %s", what),
			 errdetail("It is number %d of pass %d of the span from %s.", row->number, row->pass,
					   timestamptz_to_str(row->since)),
			 what == segment_is_newer ? errhint("Install the newer ogw_logs.") :
			 errhint("Restore the partition of ogw_logs.segment from a backup; all other bodies can be read.")));
}
