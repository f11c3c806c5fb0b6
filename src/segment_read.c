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

#include "access/table.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "log.h"
#include "partition.h"
#include "segment_read.h"

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

static bool next_group(Shelf *shelf, TimestampTz at, SegmentRow *group, bool is_first);
static bool first_merged(Shelf *shelf, SegmentRow *group);
static bool find_in_pass(Shelf *shelf, const SegmentRow *group, const BodyKey *key,
						 SegmentRow *at, const char **wrong, SegmentRow *damaged);
static const char *keep(Shelf *shelf, const SegmentRow *row);
static void forgotten(void *arg);

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
		if (segment_locate(&shelf, key, elevel, &at))
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
segment_locate(Shelf *shelf, const BodyKey *key, int elevel, SegmentRow *at)
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

/*
 * Goes to the span and pass before, or to the last one whose span does not begin
 * behind a time; false where there is none.
 */
static bool
next_group(Shelf *shelf, TimestampTz at, SegmentRow *group, bool is_first)
{
	ScanKeyData keys[SHELF_KEY_COLUMNS];
	int			n = 0;

	shelf_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	if (is_first)
	{
		shelf_key(keys, &n, KEY_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
				TimestampTzGetDatum(at));
		return shelf_last_row(shelf, keys, n, group);
	}
	shelf_key(keys, &n, KEY_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			TimestampTzGetDatum(group->since));
	shelf_key(keys, &n, KEY_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(group->pass));
	if (shelf_last_row(shelf, keys, n, group))
		return true;
	n = 1;
	shelf_key(keys, &n, KEY_SINCE, BTLessStrategyNumber, F_TIMESTAMPTZ_LT,
			TimestampTzGetDatum(group->since));
	return shelf_last_row(shelf, keys, n, group);
}

/* Goes to the last of the passes that what was merged is in; false where there is none. */
static bool
first_merged(Shelf *shelf, SegmentRow *group)
{
	ScanKeyData keys[SHELF_KEY_COLUMNS];
	int			n = 0;
	IndexScanDesc scan;
	bool		is_there = false;

	shelf_key(keys, &n, KEY_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, shelf->team_id);
	scan = shelf_scan(shelf, keys, n);
	while (!is_there && shelf_next_row(scan, ForwardScanDirection, group))
		is_there = index_fetch_heap(scan, shelf->slot);
	index_endscan(scan);
	if (!is_there || group->pass >= 0)
		return false;
	shelf_key(keys, &n, KEY_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, TimestampTzGetDatum(group->since));
	shelf_key(keys, &n, KEY_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(0));
	return shelf_last_row(shelf, keys, n, group);
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
		ScanKeyData keys[SHELF_KEY_COLUMNS];
		int			n = shelf_keys_of_pass(shelf, group, keys);
		IndexScanDesc scan;
		SegmentRow	row;

		if (step == 0)
		{
			shelf_key(keys, &n, KEY_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ,
					Int64GetDatum(key->session));
			shelf_key(keys, &n, KEY_FIRST_TIMESTAMP, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
					TimestampTzGetDatum(key->timestamp));
		}
		else
			shelf_key(keys, &n, KEY_FIRST_SESSION, BTLessStrategyNumber, F_INT8LT,
					Int64GetDatum(key->session));
		scan = shelf_scan(shelf, keys, n);
		while (may_be_before && !found && shelf_next_row(scan, BackwardScanDirection, &row))
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
