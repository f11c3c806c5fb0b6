/*
 * segment_read.c
 *		Finding a sealed body, without a row that says where it is.
 *
 * The rows of a segment say where it begins: in which span and pass of sealing,
 * with which body.  In a pass the segments are in order, so the body of an entry can
 * only be in the last one that does not begin behind it.  A span is sealed in one pass,
 * and in a further one for what came late.  What was merged is in passes below 0, which
 * are the first of a partition.
 */
#include "postgres.h"

#include "access/table.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "body_span.h"
#include "compat.h"
#include "log.h"
#include "partition.h"
#include "room.h"
#include "segment_read.h"

/* A segment with more text, in bytes, is not kept open. */
#define KEPT_TEXT (2 * SEGMENT_BYTES)

/* The segment that was read last. */
static KeptSegment kept;

static bool locate_in(Shelf *shelf, Oid leaf, Datum team_id, const BodyKey *key,
					  Snapshot snapshot, SegmentRow *at, const char **wrong,
					  SegmentRow *damaged);
static bool first_merged(Shelf *shelf, SegmentRow *group);
static bool last_before(Shelf *shelf, const SegmentRow *group, const BodyKey *key,
						SegmentRow *row);
static char *text_room(size_t len);
static const char *keep(KeptSegment *kept, Shelf *shelf, const SegmentRow *row);
static void forgotten(void *arg);

/*
 * Finds the sealed body of a team's entry and gives its parts, which are there until
 * the next call; false where there is none.  Where it is not found, and a segment
 * that may have it is damaged, reports data_corrupted at elevel, or feature_not_supported
 * where a newer version wrote it.  Called as the owner, with the log there, connected
 * to SPI.
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
	if (segment_locate(parent, &shelf, team_id, key, snapshot, elevel, &at))
	{
		body = segment_find(&kept.segment, key);
		shelf_close(&shelf);
		/* a large one goes with the query that read it */
		if (kept.segment.text_len <= KEPT_TEXT)
			MemoryContextSetParent(kept.context, CacheMemoryContext);
	}
	table_close(parent, NoLock);
	if (body == NULL)
		return false;
	if (kept.segment.text == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(kept.context);
		const char *wrong = segment_open(&kept.segment, text_room(kept.segment.text_len));

		MemoryContextSwitchTo(old);
		if (wrong != NULL)
		{
			segment_damaged(elevel, wrong, &at);
			return false;
		}
		segment_forget_value(&kept.segment);
	}
	segment_parts(&kept.segment, body, parts);
	return true;
}

/*
 * Finds the segment that has the body of a team's entry, keeps it, and opens the
 * partition where it is, of an open parent: shelf_close() is the caller's then.  False,
 * and none is open, where there is none; reports what segment_fetch() does.
 */
bool
segment_locate(Relation parent, Shelf *shelf, Datum team_id, const BodyKey *key,
			   Snapshot snapshot, int elevel, SegmentRow *at)
{
	Oid			leaf = partition_at(parent, key->timestamp);
	const char *wrong = NULL;
	SegmentRow	damaged;
	int			n;
	TimestampTz *spans;
	bool		found = locate_in(shelf, leaf, team_id, key, snapshot, at, &wrong, &damaged);

	if (found)
		return true;
	/* a span lies where it begins, which can be in another partition */
	spans = spans_with(key->timestamp, &n);
	for (int i = 0; i < n && !found; i++)
	{
		Oid			other = partition_at(parent, spans[i]);

		found = other != leaf && locate_in(shelf, other, team_id, key, snapshot, at, &wrong, &damaged);
	}
	pfree(spans);
	if (!found && wrong != NULL)
		segment_damaged(elevel, wrong, &damaged);
	return found;
}

/*
 * Opens a partition, and leaves it open where it finds the segment of a body in it; of one
 * that may have it and cannot be read *wrong and *damaged tell.
 */
static bool
locate_in(Shelf *shelf, Oid leaf, Datum team_id, const BodyKey *key, Snapshot snapshot,
		  SegmentRow *at, const char **wrong, SegmentRow *damaged)
{
	SegmentRow	group;
	SegmentRow	merged;
	bool		more;
	TimestampTz since;

	if (!shelf_open(shelf, leaf, team_id, snapshot))
		return false;
	more = segment_next_group(shelf, key->timestamp, &group, true);
	since = more ? group.since : 0;
	/* its own span */
	for (; more && group.since == since; more = segment_next_group(shelf, key->timestamp, &group, false))
		if (segment_find_in_pass(&kept, shelf, &group, key, at, wrong, damaged))
			return true;
	/* what was merged of all */
	for (bool is_there = more && first_merged(shelf, &merged); is_there;
		 is_there = segment_next_group(shelf, key->timestamp, &merged, false))
		if (segment_find_in_pass(&kept, shelf, &merged, key, at, wrong, damaged))
			return true;
	/* all before, where settings or partitions are others than when it was sealed */
	for (; more; more = segment_next_group(shelf, key->timestamp, &group, false))
		if (segment_find_in_pass(&kept, shelf, &group, key, at, wrong, damaged))
			return true;
	shelf_close(shelf);
	return false;
}

/*
 * Goes to the span and pass before, or to the last one whose span does not begin
 * behind a time; false where there is none.
 */
bool
segment_next_group(Shelf *shelf, TimestampTz at, SegmentRow *group, bool is_first)
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
bool
segment_find_in_pass(KeptSegment *kept, Shelf *shelf, const SegmentRow *group,
					 const BodyKey *key, SegmentRow *at, const char **wrong,
					 SegmentRow *damaged)
{
	const char *problem;

	if (!last_before(shelf, group, key, at))
		return false;
	problem = keep(kept, shelf, at);
	if (problem == NULL)
		return segment_find(&kept->segment, key) != NULL;
	*wrong = problem;
	*damaged = *at;
	return false;
}

/*
 * Returns room for the text of the segment that is kept, in place of the one before,
 * for this backend's life: where memory is given back and taken anew, that takes longer
 * than opening a segment.  NULL for what has more than segments of several bodies have.
 */
static char *
text_room(size_t len)
{
	static Room room;

	room.context = TopMemoryContext;
	return len <= SEGMENT_BYTES ? room_for(&room, SEGMENT_BYTES) : NULL;
}

/* Finds the last segment of a pass that does not begin behind a body. */
static bool
last_before(Shelf *shelf, const SegmentRow *group, const BodyKey *key, SegmentRow *row)
{
	Datum		session = Int64GetDatum(key->session);
	Datum		timestamp = TimestampTzGetDatum(key->timestamp);
	ScanKeyData keys[SHELF_KEY_COLUMNS];
	int			pass = shelf_keys_of_pass(shelf, group, keys);
	int			n = pass;

	/* with its session and time; with its session; with one before */
	shelf_key(keys, &n, KEY_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ, session);
	shelf_key(keys, &n, KEY_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, timestamp);
	shelf_key(keys, &n, KEY_FIRST_JOB, BTLessEqualStrategyNumber, F_INT8LE, Int64GetDatum(key->job));
	if (shelf_last_row(shelf, keys, n, row))
		return true;
	n = pass;
	shelf_key(keys, &n, KEY_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ, session);
	shelf_key(keys, &n, KEY_FIRST_TIMESTAMP, BTLessStrategyNumber, F_TIMESTAMPTZ_LT, timestamp);
	if (shelf_last_row(shelf, keys, n, row))
		return true;
	n = pass;
	shelf_key(keys, &n, KEY_FIRST_SESSION, BTLessStrategyNumber, F_INT8LT, session);
	return shelf_last_row(shelf, keys, n, row);
}

/*
 * Reads a segment, of which shelf->slot has the row that was found, in the version that
 * is seen, and keeps it in place of the one before, in the current context.  Returns
 * what is wrong with it, if anything is: then none is kept.
 */
static const char *
keep(KeptSegment *kept, Shelf *shelf, const SegmentRow *row)
{
	bool		isnull;
	TransactionId xmin = DatumGetTransactionId(slot_getsysattr(shelf->slot, MinTransactionIdAttributeNumber, &isnull));
	ItemPointerData tid = shelf->slot->tts_tid;
	MemoryContext context;
	MemoryContext old;
	const char *wrong;

	if (kept->context != NULL && kept->leaf == RelationGetRelid(shelf->leaf) &&
		kept->file == shelf->leaf->rd_rel->relfilenode &&
		ItemPointerEquals(&kept->tid, &tid) && kept->xmin == xmin &&
		same_segment(&kept->row, row) &&
		datum_image_eq(kept->team_id, shelf->team_id, false, -1))
		return NULL;
	if (kept->context != NULL)
		MemoryContextDelete(kept->context);
	context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segment", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	wrong = shelf_load(shelf, row, &kept->segment);
	kept->team_id = datumCopy(shelf->team_id, false, -1);
	MemoryContextSwitchTo(old);
	if (wrong != NULL)
	{
		MemoryContextDelete(context);
		return wrong;
	}
	kept->context = context;
	kept->leaf = RelationGetRelid(shelf->leaf);
	kept->file = shelf->leaf->rd_rel->relfilenode;
	kept->tid = tid;
	kept->xmin = xmin;
	kept->row = *row;
	kept->callback = (MemoryContextCallback) {.func = forgotten,.arg = kept};
	MemoryContextRegisterResetCallback(context, &kept->callback);
	return NULL;
}

/* Takes note that the segment's memory is free. */
static void
forgotten(void *arg)
{
	((KeptSegment *) arg)->context = NULL;
}

/* Reports a segment that cannot be read; it quotes nothing of it. */
void
segment_damaged(int elevel, const char *what, const SegmentRow *row)
{
	/* it returns the same memory each time */
	char	   *since = pstrdup(timestamptz_to_str(row->since));

	ereport(elevel,
			(errcode(what == segment_is_newer ? ERRCODE_FEATURE_NOT_SUPPORTED : ERRCODE_DATA_CORRUPTED),
			 errmsg("a segment of sealed bodies cannot be read: %s", what),
			 errdetail("It is of pass %d of the span from %s; its first body is of %s.", row->pass,
					   since, timestamptz_to_str(row->first.timestamp)),
			 what == segment_is_newer ? errhint("Install the newer ogw_logs.") :
			 errhint("Restore the partition of ogw_logs.segment from a backup; all other bodies can be read.")));
}
