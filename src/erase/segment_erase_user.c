/*
 * segment_erase_user.c
 *		Erasing a user's bodies that are sealed.
 *
 * They are looked for pass by pass, in the order of segments, where they are expected: in
 * their own interval, and in that of a whole partition, which has late bodies, and what
 * was merged.  Where intervals overlap, they are looked for everywhere.
 *
 * Those that are not found like this, and those of entries that say they have none, are
 * looked for in all segments of their time: a DBA can have changed the session of an entry
 * since its body was sealed, and what it says of its body.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/log_table.h"
#include "core/partition.h"
#include "core/spi.h"
#include "erase/segment_erase.h"
#include "search/filter_index.h"
#include "segment/cached_segment.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_reach.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"

/* Bodies that are looked for at once. */
#define BODIES_AT_ONCE 10000

/*
 * The bodies of a user's entries, in the order of segments; which are there unsealed, and
 * which the entries say they have.
 */
static const char user_query[] =
"SELECT e.\"timestamp\", ogw_logs_internal.id_hash(coalesce(e.session_id::text, '')) AS session, ogw_logs_internal.id_hash(e.job_id::text) AS job,"
"       (SELECT true FROM ogw_logs.body b WHERE b.\"timestamp\" = e.\"timestamp\" AND b.job_id COLLATE \"C\" = e.job_id::text COLLATE \"C\""
"           AND b.team_id COLLATE \"C\" = e.team_id::text COLLATE \"C\" AND b.chunk = 0 LIMIT 1) IS NOT NULL,"
"       coalesce(e.body_state::text IN ('stored', 'partial'), false)"
"  FROM ogw_logs.entry e"
" WHERE e.team_id::text COLLATE \"C\" = $1 AND e.user_id::text COLLATE \"C\" = $2 AND %s"
" ORDER BY session, e.\"timestamp\", job";

/* A body that is to be erased. */
typedef struct ErasedKey
{
	BodyId		key;
	Oid			partition;		/* where it is sealed; InvalidOid: nowhere */
	TimestampTz interval;		/* where it is expected there, or in that of the whole partition */
	bool		is_unsealed;	/* it is there unsealed, too, and counted there */
	bool		is_expected;	/* its entry says that it has a body */
	bool		found;			/* in a segment */
	SegmentProblem problem;		/* a segment that may have it and cannot be read */
} ErasedKey;

/* A body that was not found by its session. */
typedef struct MissingBody
{
	BodyId		key;			/* without the session: 0 */
	ErasedKey  *entry;
} MissingBody;

typedef struct UserErasing
{
	Erasing		erasing;
	HTAB	   *missing;		/* MissingBodies */
	SegmentProblem problem;		/* a segment that may have some of these and cannot be read */
	HTAB	   *keys;			/* ErasedKeys */
	bool		thorough;		/* bodies may lie in any interval, or in several */
} UserErasing;

static bool erase_body(Erasing *erasing, const BodyId *key);
static void erase_keys(UserErasing *user, Relation parent, ErasedKey *keys, int n);
static void erase_in_partition(UserErasing *user, Relation parent, Oid partition, ErasedKey *keys, int n);
static TimestampTz interval_before(const List *passes, TimestampTz at);
static void erase_in_pass(UserErasing *user, SegmentPass *pass, TimestampTz lower, Oid partition,
						  const ErasedKey *keys, int n, bool everywhere);
static void erase_missing(UserErasing *user, Relation parent, Oid partition, const ErasedKey *keys, int n);
static void erase_missing_between(UserErasing *user, Relation parent, TimestampTz lower,
								  TimestampTz first, TimestampTz last);
static bool erase_missing_in(void *arg, SegmentScan *scan, const char *wrong);
static bool erase_missing_body(Erasing *erasing, const BodyId *key);
static void erase_at(UserErasing *user, const SegmentRow *row);
static void replace_active_snapshot(void);

/* Erases the sealed bodies of a user's entries in a team.  Called as segments_purge() is. */
ErasedBodies
segments_erase_user(Datum team_id, Datum user_id)
{
	UserErasing user = {.erasing = {.team_id = team_id,.is_erased = erase_body}};
	Relation	parent = log_table_open("segment", RowExclusiveLock, RELKIND_PARTITIONED_TABLE);
	Oid			types[] = {TEXTOID, TEXTOID};
	Datum		args[] = {team_id, user_id};
	ErasedKey  *keys = palloc0(sizeof(ErasedKey) * BODIES_AT_ONCE);
	SpiCursor	cursor;
	int			n = 0;

	PushActiveSnapshot(GetLatestSnapshot());
	user.thorough = intervals_overlap();
	spi_cursor_open(&cursor, psprintf(user_query, filter_of_user("e.", "$1", "$2")),
					lengthof(types), types, args, NULL, BODIES_AT_ONCE);
	while (spi_cursor_next(&cursor) != NULL)
	{
		bool		isnull;
		ErasedKey  *key = &keys[n++];

		key->key.timestamp = DatumGetTimestampTz(spi_cursor_value(&cursor, 1, &isnull));
		key->key.session = DatumGetInt64(spi_cursor_value(&cursor, 2, &isnull));
		key->key.job = DatumGetInt64(spi_cursor_value(&cursor, 3, &isnull));
		key->is_unsealed = DatumGetBool(spi_cursor_value(&cursor, 4, &isnull));
		key->is_expected = DatumGetBool(spi_cursor_value(&cursor, 5, &isnull));
		if (n < BODIES_AT_ONCE)
			continue;
		erase_keys(&user, parent, keys, n);
		n = 0;
	}
	erase_keys(&user, parent, keys, n);
	spi_cursor_close(&cursor);
	PopActiveSnapshot();
	pfree(keys);
	table_close(parent, NoLock);
	return user.erasing.erased;
}

/*
 * Tells whether a body is the user's, and counts it: once, wherever it is, and not where it
 * is there unsealed, which is counted when that is deleted.
 */
static bool
erase_body(Erasing *erasing, const BodyId *key)
{
	ErasedKey  *entry = hash_search(((UserErasing *) erasing)->keys, key, HASH_FIND, NULL);

	if (entry == NULL)
		return false;
	erasing->erased.bodies += !entry->found && !entry->is_unsealed;
	entry->found = true;
	return true;
}

/* Erases the bodies of these keys, which are in their order, in all partitions. */
static void
erase_keys(UserErasing *user, Relation parent, ErasedKey *keys, int n)
{
	HASHCTL		control = {.keysize = sizeof(BodyId),.entrysize = sizeof(ErasedKey),.hcxt = CurrentMemoryContext};
	List	   *partitions = NIL;
	ListCell   *cell;
	CachedSegment found = {.context = NULL};
	bool		any = false;

	user->keys = hash_create("ogw_logs bodies to erase", Max(n, 1), &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < n; i++)
	{
		ErasedKey  *entry = hash_search(user->keys, &keys[i].key, HASH_ENTER, NULL);

		keys[i].partition = partition_at(parent, keys[i].key.timestamp);
		keys[i].found = false;
		keys[i].problem.what = NULL;
		*entry = keys[i];
		partitions = list_append_unique_oid(partitions, keys[i].partition);
	}
	foreach(cell, partitions)
		if (OidIsValid(lfirst_oid(cell)))
			erase_in_partition(user, parent, lfirst_oid(cell), keys, n);
	for (int i = 0; i < n; i++)
	{
		ErasedKey  *entry = hash_search(user->keys, &keys[i].key, HASH_FIND, NULL);

		CHECK_FOR_INTERRUPTS();
		while (user->thorough && entry->is_expected &&
			   segment_locate(parent, &user->erasing.scan, user->erasing.team_id, &keys[i].key,
							  GetActiveSnapshot(), ERROR, &found, &any))
		{
			segment_erase(&user->erasing, &found.row, &found, NULL);
			cached_segment_forget(&found);
			segment_scan_close(&user->erasing.scan);
			replace_active_snapshot();
		}
		if (!entry->found && entry->problem.what != NULL)
			segment_damaged(ERROR, entry->problem.what, &entry->problem.row);
	}
	/* where a body was not found, it is the segment that was looked into last */
	cached_segment_forget(&found);
	foreach(cell, partitions)
	{
		erase_missing(user, parent, lfirst_oid(cell), keys, n);
		/* one segment can have bodies of several partitions */
		replace_active_snapshot();
	}
	hash_destroy(user->keys);
	user->keys = NULL;
	list_free(partitions);
	replace_active_snapshot();
}

/* Erases those of the keys that are of a partition. */
static void
erase_in_partition(UserErasing *user, Relation parent, Oid partition, ErasedKey *keys, int n)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs passes to erase from",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	List	   *passes;
	ListCell   *cell;
	TimestampTz lower;
	TimestampTz upper;

	partition_bounds(parent, partition, &lower, &upper);
	segment_scan_open(&user->erasing.scan, partition, GetActiveSnapshot());
	segment_scan_set_team(&user->erasing.scan, user->erasing.team_id);
	passes = segment_passes(&user->erasing.scan, PG_INT64_MIN, upper);
	for (int i = 0; i < n; i++)
		if (keys[i].partition == partition)
			keys[i].interval = interval_before(passes, keys[i].key.timestamp);
	/* where they are expected; what is not there anywhere else, unless it was never sealed */
	for (int everywhere = user->thorough ? 1 : 0; everywhere <= 1; everywhere++)
		foreach(cell, passes)
			erase_in_pass(user, lfirst(cell), lower, partition, keys, n, everywhere);
	segment_scan_close(&user->erasing.scan);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	/* what was just written is not seen before */
	replace_active_snapshot();
}

/* Returns where the last interval begins that does not begin behind a time; passes has the latest first. */
static TimestampTz
interval_before(const List *passes, TimestampTz at)
{
	int			low = 0;
	int			high = list_length(passes);

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (((const SegmentPass *) list_nth(passes, middle))->row.since <= at)
			high = middle;
		else
			low = middle + 1;
	}
	return low < list_length(passes) ? ((const SegmentPass *) list_nth(passes, low))->row.since : PG_INT64_MIN;
}

/*
 * Erases those of the keys that are expected in a pass: of its own interval, or of a whole
 * partition, which has late bodies, and what was merged.  With everywhere those that
 * were sealed, and not found yet.
 */
static void
erase_in_pass(UserErasing *user, SegmentPass *pass, TimestampTz lower, Oid partition, const ErasedKey *keys,
			  int n, bool everywhere)
{
	BodyId		done;
	bool		any_done = false;

	for (int i = 0; i < n; i++)
	{
		const BodyId *key = &keys[i].key;
		ErasedKey  *entry;

		CHECK_FOR_INTERRUPTS();
		if (keys[i].partition != partition || !keys[i].is_expected || pass->row.since > key->timestamp ||
			(!everywhere && pass->row.since != lower && pass->row.since != keys[i].interval) ||
			(any_done && compare_body_ids(key, &done) <= 0))
			continue;
		entry = hash_search(user->keys, key, HASH_FIND, NULL);
		if (everywhere && !user->thorough && (entry->found || entry->is_unsealed || entry->problem.what != NULL))
			continue;
		if (!segment_pass_has(&user->erasing.scan, pass, key, &entry->problem))
			continue;
		/* and all others that are in it */
		done = pass->cached.segment.bodies[pass->cached.segment.n - 1].key;
		erase_at(user, &pass->cached.row);
		any_done = true;
	}
}

/*
 * Erases those of the keys that are of a partition (InvalidOid: of none) and were not found
 * in a segment, under whatever session they are sealed.
 */
static void
erase_missing(UserErasing *user, Relation parent, Oid partition, const ErasedKey *keys, int n)
{
	HASHCTL		control = {.keysize = sizeof(BodyId),.entrysize = sizeof(MissingBody),.hcxt = CurrentMemoryContext};
	TimestampTz first = PG_INT64_MAX;
	TimestampTz last = PG_INT64_MIN;
	TimestampTz lower;
	TimestampTz upper;

	user->missing = hash_create("ogw_logs bodies not found", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < n; i++)
	{
		ErasedKey  *entry = hash_search(user->keys, &keys[i].key, HASH_FIND, NULL);
		BodyId		key = {.timestamp = keys[i].key.timestamp,.job = keys[i].key.job};
		MissingBody *missing;

		if (keys[i].partition != partition || entry->found)
			continue;
		missing = hash_search(user->missing, &key, HASH_ENTER, NULL);
		missing->entry = entry;
		first = Min(first, key.timestamp);
		last = Max(last, key.timestamp);
	}
	if (first <= last)
	{
		lower = first;
		if (OidIsValid(partition))
			partition_bounds(parent, partition, &lower, &upper);
		erase_missing_between(user, parent, lower, first, last);
	}
	hash_destroy(user->missing);
	user->missing = NULL;
}

/*
 * Erases the missing bodies, whose times are from first to last, in the partition that begins
 * at lower and in others whose intervals reach there.  Raises the error of a segment that
 * cannot be read where some are not found and not unsealed.
 */
static void
erase_missing_between(UserErasing *user, Relation parent, TimestampTz lower, TimestampTz first, TimestampTz last)
{
	SegmentReach reach = segment_reach(lower, first, last);
	int			n;
	Oid		   *partitions = partitions_between(parent, reach.oldest, last, &n);
	HASH_SEQ_STATUS status;
	MissingBody *missing;

	user->problem.what = NULL;
	user->erasing.is_erased = erase_missing_body;
	for (int i = 0; i < n; i++)
	{
		TimestampTz upper;

		partition_bounds(parent, partitions[i], &lower, &upper);
		segment_scan_open(&user->erasing.scan, partitions[i], GetActiveSnapshot());
		segment_scan_set_team(&user->erasing.scan, user->erasing.team_id);
		(void) segment_reach_visit(&reach, &user->erasing.scan, lower, erase_missing_in, user);
		segment_scan_close(&user->erasing.scan);
	}
	user->erasing.is_erased = erase_body;
	pfree(partitions);
	hash_seq_init(&status, user->missing);
	while ((missing = hash_seq_search(&status)) != NULL)
		if (user->problem.what != NULL && !missing->entry->found && !missing->entry->is_unsealed)
			segment_damaged(ERROR, user->problem.what, &user->problem.row);
}

/* Erases the missing bodies that a segment has: a SegmentVisitor. */
static bool
erase_missing_in(void *arg, SegmentScan *scan, const char *wrong)
{
	UserErasing *user = arg;

	if (wrong != NULL)
		user->problem = (SegmentProblem) {.what = wrong,.row = scan->row};
	else
		segment_erase(&user->erasing, &scan->row, &scan->current, NULL);
	return true;
}

/* Tells whether a body is missing, and counts it as erase_body() does. */
static bool
erase_missing_body(Erasing *erasing, const BodyId *key)
{
	BodyId		without = {.timestamp = key->timestamp,.job = key->job};
	MissingBody *missing = hash_search(((UserErasing *) erasing)->missing, &without, HASH_FIND, NULL);

	if (missing == NULL)
		return false;
	erasing->erased.bodies += !missing->entry->found && !missing->entry->is_unsealed;
	missing->entry->found = true;
	return true;
}

/* Erases what is to be erased of the segment of a row. */
static void
erase_at(UserErasing *user, const SegmentRow *row)
{
	SegmentScan *scan = &user->erasing.scan;
	const char *wrong = segment_scan_load(scan, row, &scan->current);

	segment_erase(&user->erasing, row, &scan->current, wrong);
	cached_segment_forget(&scan->current);
}

/* Goes on with the latest snapshot: what was just written is not seen before. */
static void
replace_active_snapshot(void)
{
	PopActiveSnapshot();
	PushActiveSnapshot(GetLatestSnapshot());
}
