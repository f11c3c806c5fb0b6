/*
 * segment_read.c
 *		Finding a sealed body, without a row that says where it is.
 *
 * The body of an entry is looked for in this order, see locate_in_partition():
 *
 *		1. in the partition of segments that holds its time,
 *		   a. in the passes of the last interval that does not begin behind it, where
 *			  nearly all are,
 *		   b. in what was merged of the whole partition,
 *		   c. in all earlier intervals: settings, or the partitions of a database that was
 *			  restored, may be others than when it was sealed;
 *		2. in the same way in the other partitions where an interval begins that has its
 *		   time.
 *
 * The segment that was read last is kept, so that the bodies of a conversation, which lie
 * together, are found in it one after the other.  It is used again only in the same
 * version of its row, as the snapshot sees it; and it is kept no longer than the
 * transaction, at whose end its plaintext is wiped.  So an idle session has none: not after
 * an erasure, which another session may have done, not after SET ROLE, not behind a
 * pooler.  Within the transaction PostgreSQL itself keeps as much: the snapshot's rows.
 * Who may read a body is checked before it is looked for.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/buffer.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/slice.h"
#include "segment/body.h"
#include "segment/cached_segment.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"
#include "segment/zstd.h"

/* A segment with more text, in bytes, goes with the query that read it. */
#define MAX_CACHED_TEXT (2 * SEGMENT_BYTES)

/* The segment that was read last. */
static CachedSegment last_read = {.is_static = true};

/* Its texts, or those of one before; bytes_used were written since it was wiped. */
static ReusableBuffer text_buffer;
static size_t bytes_used = 0;

static bool locate_in_partition(SegmentScan *scan, Oid partition, Datum team_id, const BodyId *key,
								Snapshot snapshot, CachedSegment *cached, SegmentProblem *problem, bool *any);
static bool find_from(SegmentScan *scan, SegmentRow *pass, const BodyId *key,
					  CachedSegment *cached, SegmentProblem *problem);
static const char *open_last_read(void);
static void wipe_read(void);
static void transaction_ends(XactEvent event, void *arg);

/*
 * Finds the sealed body of a team's entry and gives its parts, which are there until
 * the next call; false where there is none.  *any tells whether the team has segments then
 * that may be of its time, and not that the body is there and cannot be opened.  Where it is not found, and a segment
 * that may have it is damaged, reports data_corrupted at elevel, or feature_not_supported
 * where a newer version wrote it.  Called as the owner, with the log there, connected
 * to SPI.
 */
bool
segment_fetch(Datum team_id, const BodyId *key, Snapshot snapshot, int elevel,
			  Slice parts[N_BODY_PARTS], bool *any)
{
	Relation	parent;
	SegmentScan scan;
	bool		found;
	const char *wrong;

	*any = false;
	if (!OidIsValid(log_table("segment")))
		return false;
	parent = log_table_open("segment", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	found = segment_locate(parent, &scan, team_id, key, snapshot, elevel, &last_read, any);
	if (found)
	{
		*any = false;
		segment_scan_close(&scan);
		if (last_read.segment.text_len <= MAX_CACHED_TEXT)
			MemoryContextSetParent(last_read.context, CacheMemoryContext);
	}
	table_close(parent, NoLock);
	if (!found)
		return false;
	wrong = open_last_read();
	if (wrong != NULL)
	{
		segment_damaged(elevel, wrong, &last_read.row);
		return false;
	}
	segment_parts(&last_read.segment, segment_find(&last_read.segment, key), parts);
	return true;
}

/*
 * Finds the segment that has the body of a team's entry: it is in cached then, and the
 * partition of an open parent where it is stays open for the caller, who closes the scan.
 * Returns false, with none open, where there is none: cached may have the segment that was
 * looked into last then, for the next call.  *any becomes true where the team has segments
 * that may be of its time.  Reports what segment_fetch() does.
 */
bool
segment_locate(Relation parent, SegmentScan *scan, Datum team_id, const BodyId *key,
			   Snapshot snapshot, int elevel, CachedSegment *cached, bool *any)
{
	Oid			partition = partition_at(parent, key->timestamp);
	SegmentProblem problem = {.what = NULL};
	int			n;
	TimestampTz *intervals;
	bool		found = locate_in_partition(scan, partition, team_id, key, snapshot, cached, &problem, any);

	if (found)
		return true;
	/* an interval lies where it begins, which can be in another partition */
	intervals = intervals_with(key->timestamp, &n);
	for (int i = 0; i < n && !found; i++)
	{
		Oid			other = partition_at(parent, intervals[i]);

		found = other != partition && locate_in_partition(scan, other, team_id, key, snapshot, cached, &problem, any);
	}
	pfree(intervals);
	if (!found && problem.what != NULL)
		segment_damaged(elevel, problem.what, &problem.row);
	return found;
}

/*
 * Opens a partition, and leaves it open where it finds the segment of a body in it;
 * *problem tells of one that may have it and cannot be read.  *any becomes true where the
 * team has segments there that do not begin behind the body's time.
 */
static bool
locate_in_partition(SegmentScan *scan, Oid partition, Datum team_id, const BodyId *key, Snapshot snapshot,
					CachedSegment *cached, SegmentProblem *problem, bool *any)
{
	SegmentRow	pass;
	SegmentRow	merged;
	TimestampTz since;
	bool		more;

	if (!segment_scan_open(scan, partition, snapshot))
		return false;
	segment_scan_set_team(scan, team_id);
	more = segment_pass_at(scan, key->timestamp, &pass);
	since = more ? pass.since : 0;
	*any |= more;
	/* its own interval */
	for (; more && pass.since == since; more = segment_pass_before(scan, &pass))
		if (segment_pass_find(scan, &pass, key, cached, problem))
			return true;
	/* what was merged of all; then all before */
	if (more && ((segment_pass_merged(scan, &merged) && find_from(scan, &merged, key, cached, problem)) ||
				 find_from(scan, &pass, key, cached, problem)))
		return true;
	segment_scan_close(scan);
	return false;
}

/* Looks for a body in a pass and all before it. */
static bool
find_from(SegmentScan *scan, SegmentRow *pass, const BodyId *key, CachedSegment *cached,
		  SegmentProblem *problem)
{
	do
	{
		if (segment_pass_find(scan, pass, key, cached, problem))
			return true;
	} while (segment_pass_before(scan, pass));
	return false;
}

/*
 * Opens the texts of the segment that was read last, unless they are open.  They go into a
 * buffer that stays for this backend's life: where memory is given back and taken anew,
 * that takes longer than opening a segment.  Those of one large body go into the
 * segment's own memory.  Returns what is wrong with them, if anything is.
 */
static const char *
open_last_read(void)
{
	Segment    *segment = &last_read.segment;
	const char *wrong;

	if (segment->text != NULL)
		return NULL;
	if (segment->text_len > SEGMENT_BYTES)
		return cached_segment_open(&last_read);
	text_buffer.context = TopMemoryContext;
	buffer_reserve(&text_buffer, SEGMENT_BYTES);
	bytes_used = Max(bytes_used, segment->text_len);
	wrong = segment_open(segment, text_buffer.data);
	if (wrong == NULL)
		segment_forget_value(segment);
	return wrong;
}

/* Sees to it that what is kept is wiped in time; called when the library is loaded. */
void
segment_cache_init(void)
{
	RegisterXactCallback(transaction_ends, NULL);
}

/*
 * Wipes what this session has kept of the bodies that it read or wrote; the next one is read
 * anew.
 */
void
segment_cache_wipe(void)
{
	wipe_read();
	zstd_forget();
}

/* Wipes what it has kept of those that it read, or packed into segments. */
static void
wipe_read(void)
{
	cached_segment_forget(&last_read);
	if (bytes_used > 0)
		explicit_bzero(text_buffer.data, bytes_used);
	bytes_used = 0;
	zstd_forget_read();
}

/* Called when a transaction ends, or is prepared: wipes what it has kept. */
static void
transaction_ends(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		wipe_read();
}
