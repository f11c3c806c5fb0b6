/*
 * segment_read.c
 *		Finding a sealed body, without a row that says where it is.
 *
 * The rows of a segment say where it begins: in which interval and pass of sealing,
 * with which body.  In a pass the segments are in order, so the body of an entry can
 * only be in the last one that does not begin behind it.  A interval is sealed in one pass,
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

#include "core/buffer.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/slice.h"
#include "segment/body.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"

/* A segment with more text, in bytes, is not kept open. */
#define KEPT_TEXT (2 * SEGMENT_BYTES)

/* The segment that was read last. */
static CachedSegment kept;

static bool locate_in_partition(SegmentScan *scan, Oid partition, Datum team_id, const BodyId *key,
					  Snapshot snapshot, SegmentRow *at, const char **wrong,
					  SegmentRow *damaged);
static bool first_merged(SegmentScan *scan, SegmentRow *group);
static bool last_before(SegmentScan *scan, const SegmentRow *group, const BodyId *key,
						SegmentRow *row);
static char *text_buffer(size_t len);
static const char *keep(CachedSegment *kept, SegmentScan *scan, const SegmentRow *row);
static void forgotten(void *arg);

/*
 * Finds the sealed body of a team's entry and gives its parts, which are there until
 * the next call; false where there is none.  Where it is not found, and a segment
 * that may have it is damaged, reports data_corrupted at elevel, or feature_not_supported
 * where a newer version wrote it.  Called as the owner, with the log there, connected
 * to SPI.
 */
bool
segment_fetch(Datum team_id, const BodyId *key, Snapshot snapshot, int elevel,
			  Slice parts[N_BODY_PARTS])
{
	Oid			parent_id = log_table("segment");
	Relation	parent;
	SegmentScan		scan;
	SegmentRow	at;
	const SegmentBody *body = NULL;

	if (!OidIsValid(parent_id))
		return false;
	parent = table_open(parent_id, AccessShareLock);
	if (segment_locate(parent, &scan, team_id, key, snapshot, elevel, &at))
	{
		body = segment_find(&kept.segment, key);
		segment_scan_close(&scan);
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
		const char *wrong = segment_open(&kept.segment, text_buffer(kept.segment.text_len));

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
 * partition where it is, of an open parent: segment_scan_close() is the caller's then.  False,
 * and none is open, where there is none; reports what segment_fetch() does.
 */
bool
segment_locate(Relation parent, SegmentScan *scan, Datum team_id, const BodyId *key,
			   Snapshot snapshot, int elevel, SegmentRow *at)
{
	Oid			partition = partition_at(parent, key->timestamp);
	const char *wrong = NULL;
	SegmentRow	damaged;
	int			n;
	TimestampTz *intervals;
	bool		found = locate_in_partition(scan, partition, team_id, key, snapshot, at, &wrong, &damaged);

	if (found)
		return true;
	/* a interval lies where it begins, which can be in another partition */
	intervals = intervals_with(key->timestamp, &n);
	for (int i = 0; i < n && !found; i++)
	{
		Oid			other = partition_at(parent, intervals[i]);

		found = other != partition && locate_in_partition(scan, other, team_id, key, snapshot, at, &wrong, &damaged);
	}
	pfree(intervals);
	if (!found && wrong != NULL)
		segment_damaged(elevel, wrong, &damaged);
	return found;
}

/*
 * Opens a partition, and leaves it open where it finds the segment of a body in it; of one
 * that may have it and cannot be read *wrong and *damaged tell.
 */
static bool
locate_in_partition(SegmentScan *scan, Oid partition, Datum team_id, const BodyId *key, Snapshot snapshot,
		  SegmentRow *at, const char **wrong, SegmentRow *damaged)
{
	SegmentRow	group;
	SegmentRow	merged;
	bool		more;
	TimestampTz since;

	if (!segment_scan_open(scan, partition, team_id, snapshot))
		return false;
	more = segment_next_group(scan, key->timestamp, &group, true);
	since = more ? group.since : 0;
	/* its own interval */
	for (; more && group.since == since; more = segment_next_group(scan, key->timestamp, &group, false))
		if (segment_find_in_pass(&kept, scan, &group, key, at, wrong, damaged))
			return true;
	/* what was merged of all */
	for (bool is_there = more && first_merged(scan, &merged); is_there;
		 is_there = segment_next_group(scan, key->timestamp, &merged, false))
		if (segment_find_in_pass(&kept, scan, &merged, key, at, wrong, damaged))
			return true;
	/* all before, where settings or partitions are others than when it was sealed */
	for (; more; more = segment_next_group(scan, key->timestamp, &group, false))
		if (segment_find_in_pass(&kept, scan, &group, key, at, wrong, damaged))
			return true;
	segment_scan_close(scan);
	return false;
}

/*
 * Goes to the interval and pass before, or to the last one whose interval does not begin
 * behind a time; false where there is none.
 */
bool
segment_next_group(SegmentScan *scan, TimestampTz at, SegmentRow *group, bool is_first)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = 0;

	segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, scan->team_id);
	if (is_first)
	{
		segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
				  TimestampTzGetDatum(at));
		return segment_scan_last_row(scan, keys, n, group);
	}
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
			  TimestampTzGetDatum(group->since));
	segment_scan_key(keys, &n, SEGMENT_ATTR_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(group->pass));
	if (segment_scan_last_row(scan, keys, n, group))
		return true;
	n = 1;
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTLessStrategyNumber, F_TIMESTAMPTZ_LT,
			  TimestampTzGetDatum(group->since));
	return segment_scan_last_row(scan, keys, n, group);
}

/* Goes to the last of the passes that what was merged is in; false where there is none. */
static bool
first_merged(SegmentScan *scan, SegmentRow *group)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = 0;
	IndexScanDesc index_scan;
	bool		is_there = false;

	segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, scan->team_id);
	index_scan = segment_scan_begin(scan, keys, n);
	while (!is_there && segment_scan_next_row(index_scan, ForwardScanDirection, group))
		is_there = index_fetch_heap(index_scan, scan->slot);
	index_endscan(index_scan);
	if (!is_there || group->pass >= 0)
		return false;
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, TimestampTzGetDatum(group->since));
	segment_scan_key(keys, &n, SEGMENT_ATTR_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(0));
	return segment_scan_last_row(scan, keys, n, group);
}

/*
 * Finds the segment of a pass that has a body, and keeps it; false where none has.
 * One that may have it and cannot be read is left out: *wrong says why, and *damaged
 * which one it is.
 */
bool
segment_find_in_pass(CachedSegment *kept, SegmentScan *scan, const SegmentRow *group,
					 const BodyId *key, SegmentRow *at, const char **wrong,
					 SegmentRow *damaged)
{
	const char *problem;

	if (!last_before(scan, group, key, at))
		return false;
	problem = keep(kept, scan, at);
	if (problem == NULL)
		return segment_find(&kept->segment, key) != NULL;
	*wrong = problem;
	*damaged = *at;
	return false;
}

/*
 * Returns a buffer for the text of the segment that is kept, in place of the one before,
 * for this backend's life: where memory is given back and taken anew, that takes longer
 * than opening a segment.  NULL for what has more than segments of several bodies have.
 */
static char *
text_buffer(size_t len)
{
	static ReusableBuffer buffer;

	buffer.context = TopMemoryContext;
	return len <= SEGMENT_BYTES ? buffer_reserve(&buffer, SEGMENT_BYTES) : NULL;
}

/* Finds the last segment of a pass that does not begin behind a body. */
static bool
last_before(SegmentScan *scan, const SegmentRow *group, const BodyId *key, SegmentRow *row)
{
	Datum		session = Int64GetDatum(key->session);
	Datum		timestamp = TimestampTzGetDatum(key->timestamp);
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			pass = segment_scan_keys_of_pass(scan, group, keys);
	int			n = pass;

	/* with its session and time; with its session; with one before */
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ, session);
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, timestamp);
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_JOB, BTLessEqualStrategyNumber, F_INT8LE, Int64GetDatum(key->job));
	if (segment_scan_last_row(scan, keys, n, row))
		return true;
	n = pass;
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ, session);
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_TIMESTAMP, BTLessStrategyNumber, F_TIMESTAMPTZ_LT, timestamp);
	if (segment_scan_last_row(scan, keys, n, row))
		return true;
	n = pass;
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTLessStrategyNumber, F_INT8LT, session);
	return segment_scan_last_row(scan, keys, n, row);
}

/*
 * Reads a segment, of which scan->slot has the row that was found, in the version that
 * is seen, and keeps it in place of the one before, in the current context.  Returns
 * what is wrong with it, if anything is: then none is kept.
 */
static const char *
keep(CachedSegment *kept, SegmentScan *scan, const SegmentRow *row)
{
	bool		isnull;
	TransactionId xmin = DatumGetTransactionId(slot_getsysattr(scan->slot, MinTransactionIdAttributeNumber, &isnull));
	ItemPointerData tid = scan->slot->tts_tid;
	MemoryContext context;
	MemoryContext old;
	const char *wrong;

	if (kept->context != NULL && kept->partition == RelationGetRelid(scan->partition) &&
		kept->file == scan->partition->rd_rel->relfilenode &&
		ItemPointerEquals(&kept->tid, &tid) && kept->xmin == xmin &&
		same_segment(&kept->row, row) &&
		datum_image_eq(kept->team_id, scan->team_id, false, -1))
		return NULL;
	if (kept->context != NULL)
		MemoryContextDelete(kept->context);
	context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segment", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	wrong = segment_scan_load(scan, row, &kept->segment);
	kept->team_id = datumCopy(scan->team_id, false, -1);
	MemoryContextSwitchTo(old);
	if (wrong != NULL)
	{
		MemoryContextDelete(context);
		return wrong;
	}
	kept->context = context;
	kept->partition = RelationGetRelid(scan->partition);
	kept->file = scan->partition->rd_rel->relfilenode;
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
	((CachedSegment *) arg)->context = NULL;
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
			 errdetail("It is of pass %d of the interval from %s; its first body is of %s.", row->pass,
					   since, timestamptz_to_str(row->first.timestamp)),
			 what == segment_is_newer ? errhint("Install the newer ogw_logs.") :
			 errhint("Restore the partition of ogw_logs.segment from a backup; all other bodies can be read.")));
}
