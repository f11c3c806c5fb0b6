/*
 * segment_erase.c
 *		Taking bodies out of segments: those that hold some are written anew.
 *
 * An erasure keeps sealing from being done at the same time, and looks with the
 * latest snapshot, as it does at everything.  A segment that cannot be read raises
 * its error where it may hold what is to be erased, and is deleted where all that it
 * can hold is.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "common/hashfn.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "log.h"
#include "partition.h"
#include "segment_erase.h"
#include "segment_pass.h"
#include "segment_write.h"
#include "terms.h"

/* Bodies of a user that are looked for at once. */
#define BODIES_AT_ONCE 10000

/* The bodies of a user's entries, in the order of segments; which are there as they came. */
static const char user_query[] =
"SELECT e.\"timestamp\", ogw_logs.id_hash(coalesce(e.session_id, '')) AS session, ogw_logs.id_hash(e.job_id) AS job,"
"       (SELECT true FROM ogw_logs.body b WHERE b.\"timestamp\" = e.\"timestamp\" AND b.job_id = e.job_id"
"           AND b.team_id = e.team_id AND b.chunk = 0 LIMIT 1) IS NOT NULL"
"  FROM ogw_logs.entry e"
" WHERE e.team_id = $1 AND e.user_id = $2 AND e.body_logged AND %s"
" ORDER BY session, e.\"timestamp\", job";

/* Bodies of a team that are there as they came. */
static const char raw_query[] =
"SELECT b.\"timestamp\", ogw_logs.id_hash(b.job_id) FROM ogw_logs.body b"
" WHERE b.team_id = $1 AND b.\"timestamp\" < $2 AND b.chunk = 0";

/*
 * Whether bodies may lie elsewhere than in their own span and in that of a whole partition,
 * or twice: where spans overlap, or reach beyond their partition, as a restore of data
 * alone into other partitions, or a DBA's, can make them.
 */
static const char odd_query[] =
"WITH leaf AS MATERIALIZED (SELECT * FROM ogw_logs.leaves('segment')),"
"     own AS MATERIALIZED (SELECT s.since, s.until FROM ogw_logs.body_span s"
"                           WHERE NOT EXISTS (SELECT FROM leaf l WHERE l.since = s.since))"
" SELECT EXISTS (SELECT FROM (SELECT o.since, max(o.until) OVER (ORDER BY o.since ROWS BETWEEN UNBOUNDED PRECEDING"
"                             AND 1 PRECEDING) AS before FROM own o) o WHERE o.before > o.since)"
"     OR EXISTS (SELECT FROM leaf l JOIN ogw_logs.body_span s ON s.since >= l.since AND s.since < l.until AND s.until > l.until)"
"     OR EXISTS (SELECT FROM leaf l JOIN ogw_logs.partition_history h ON h.since >= l.since AND h.since < l.until"
"                 WHERE h.until > l.until OR h.since > l.since)";

/* Where the times of the bodies end that are in a partition. */
static const char until_query[] = "SELECT ogw_logs.last_until($1, $2)";

/* A body that is to be erased. */
typedef struct ErasedKey
{
	BodyKey		key;
	Oid			leaf;			/* where it is sealed; InvalidOid: nowhere */
	TimestampTz span;			/* in which it is expected there, or in that of all of it */
	bool		is_raw;			/* it is there as it came, too, and counted there */
	bool		found;			/* in a segment */
	const char *wrong;			/* with the segment that may have it; NULL: nothing */
	SegmentRow	damaged;
} ErasedKey;

typedef struct Erasing
{
	Datum		team_id;
	Shelf		shelf;
	TimestampTz until;			/* what is before goes */
	bool		all;			/* that is all of the partition */
	HTAB	   *keys;			/* or what is here, ErasedKeys; NULL: not asked for */
	bool		thorough;		/* bodies may lie in any span, or in several */
	uint64	   *raw;			/* bodies as they came, hashed, in order */
	int64		n_raw;
	ErasedBodies erased;
} Erasing;

static void erase_of(void *arg, const SegmentRow *row, Segment *segment, const char *wrong);
static bool is_erased(const Erasing *erasing, const BodyKey *key);
static bool take_out(Erasing *erasing, const BodyKey *key);
static int64 write_rest(const Erasing *erasing, const SegmentRow *row, Segment *segment);
static void read_raw(Erasing *erasing);
static uint64 raw_hash(TimestampTz timestamp, int64 job);
static int	in_order(const void *a, const void *b);
static void erase_keys(Erasing *erasing, Relation parent, ErasedKey *keys, int n);
static Datum ask(const char *query, int n, Oid *types, Datum *args);
static TimestampTz last_until(TimestampTz since, TimestampTz until);
static void erase_in_leaf(Erasing *erasing, Relation parent, Oid leaf, ErasedKey *keys, int n);
static TimestampTz span_before(const List *passes, TimestampTz at);
static void erase_in_pass(Erasing *erasing, Pass *pass, TimestampTz lower, Oid leaf,
						  const ErasedKey *keys, int n, bool everywhere);
static void see_latest(void);
static void erase_at(Erasing *erasing, const SegmentRow *row);

/*
 * Takes out the bodies of a team that are dated before until.  Called as the owner,
 * connected to SPI, by an erasure.
 */
ErasedBodies
segments_purge(Datum team_id, TimestampTz until)
{
	Erasing		erasing = {.team_id = team_id,.until = until};
	Relation	parent = table_open(log_table("segment"), RowExclusiveLock);
	int			n;
	Oid		   *leaves;

	PushActiveSnapshot(GetLatestSnapshot());
	read_raw(&erasing);
	leaves = partitions_between(parent, PG_INT64_MIN, until, &n);
	for (int i = 0; i < n; i++)
	{
		TimestampTz first;
		TimestampTz last;

		partition_bounds(parent, leaves[i], &first, &last);
		erasing.all = last < until && last_until(first, last + 1) <= until;
		if (!shelf_open(&erasing.shelf, leaves[i], team_id, GetActiveSnapshot()))
			continue;
		shelf_each(&erasing.shelf, PG_INT64_MIN, until, erase_of, &erasing);
		shelf_close(&erasing.shelf);
	}
	PopActiveSnapshot();
	table_close(parent, NoLock);
	return erasing.erased;
}

/* Takes out the bodies of a user's entries in a team.  Called like segments_purge(). */
ErasedBodies
segments_erase_user(Datum team_id, Datum user_id)
{
	Erasing		erasing = {.team_id = team_id,.until = PG_INT64_MIN};
	Relation	parent = table_open(log_table("segment"), RowExclusiveLock);
	Oid			types[] = {TEXTOID, TEXTOID};
	Datum		args[] = {team_id, user_id};
	ErasedKey  *keys = palloc0(sizeof(ErasedKey) * BODIES_AT_ONCE);
	Portal		portal;
	uint64		n;

	PushActiveSnapshot(GetLatestSnapshot());
	erasing.thorough = DatumGetBool(ask(odd_query, 0, NULL, NULL));
	portal = SPI_cursor_open_with_args(NULL, psprintf(user_query, terms_of_user("e.", "$1", "$2")),
									   lengthof(types), types, args, NULL, true, CURSOR_OPT_NO_SCROLL);
	do
	{
		SPI_cursor_fetch(portal, true, BODIES_AT_ONCE);
		n = SPI_processed;
		for (uint64 i = 0; i < n; i++)
		{
			HeapTuple	tuple = SPI_tuptable->vals[i];
			TupleDesc	desc = SPI_tuptable->tupdesc;
			bool		isnull;

			keys[i].key.timestamp = DatumGetTimestampTz(SPI_getbinval(tuple, desc, 1, &isnull));
			keys[i].key.session = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull));
			keys[i].key.job = DatumGetInt64(SPI_getbinval(tuple, desc, 3, &isnull));
			keys[i].is_raw = DatumGetBool(SPI_getbinval(tuple, desc, 4, &isnull));
		}
		SPI_freetuptable(SPI_tuptable);
		erase_keys(&erasing, parent, keys, (int) n);
	} while (n == BODIES_AT_ONCE);
	SPI_cursor_close(portal);
	PopActiveSnapshot();
	pfree(keys);
	table_close(parent, NoLock);
	return erasing.erased;
}

/* Returns the answer of a query that has one, of by-value type, not NULL. */
static Datum
ask(const char *query, int n, Oid *types, Datum *args)
{
	MemoryContext context = CurrentMemoryContext;
	bool		isnull;
	Datum		answer;

	if (SPI_execute_with_args(query, n, types, args, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	MemoryContextSwitchTo(context);
	answer = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	SPI_freetuptable(SPI_tuptable);
	return answer;
}

/* Returns where the times of the bodies end that are in a partition with these bounds. */
static TimestampTz
last_until(TimestampTz since, TimestampTz until)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(since), TimestampTzGetDatum(until)};

	return DatumGetTimestampTz(ask(until_query, lengthof(types), types, args));
}

/* Takes the bodies of these keys, which are in their order, out of their segments. */
static void
erase_keys(Erasing *erasing, Relation parent, ErasedKey *keys, int n)
{
	HASHCTL		control = {.keysize = sizeof(BodyKey),.entrysize = sizeof(ErasedKey),.hcxt = CurrentMemoryContext};
	List	   *leaves = NIL;
	ListCell   *cell;

	erasing->keys = hash_create("ogw_logs bodies to erase", Max(n, 1), &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < n; i++)
	{
		ErasedKey  *entry = hash_search(erasing->keys, &keys[i].key, HASH_ENTER, NULL);

		keys[i].leaf = partition_at(parent, keys[i].key.timestamp);
		keys[i].found = false;
		keys[i].wrong = NULL;
		*entry = keys[i];
		if (OidIsValid(keys[i].leaf))
			leaves = list_append_unique_oid(leaves, keys[i].leaf);
	}
	foreach(cell, leaves)
		erase_in_leaf(erasing, parent, lfirst_oid(cell), keys, n);
	for (int i = 0; i < n; i++)
	{
		ErasedKey  *entry = hash_search(erasing->keys, &keys[i].key, HASH_FIND, NULL);
		SegmentRow	row;

		CHECK_FOR_INTERRUPTS();
		while (erasing->thorough &&
			   segment_locate(parent, &erasing->shelf, erasing->team_id, &keys[i].key, GetActiveSnapshot(), ERROR, &row))
		{
			erase_at(erasing, &row);
			shelf_close(&erasing->shelf);
			see_latest();
		}
		if (!entry->found && entry->wrong != NULL)
			segment_damaged(ERROR, entry->wrong, &entry->damaged);
	}
	hash_destroy(erasing->keys);
	erasing->keys = NULL;
	list_free(leaves);
	see_latest();
}

/* Goes on with the latest snapshot: what was just written is not seen before. */
static void
see_latest(void)
{
	PopActiveSnapshot();
	PushActiveSnapshot(GetLatestSnapshot());
}

/* Takes those of the keys out of their segments that are of a partition. */
static void
erase_in_leaf(Erasing *erasing, Relation parent, Oid leaf, ErasedKey *keys, int n)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs passes to erase from",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	List	   *passes;
	ListCell   *cell;
	TimestampTz lower;
	TimestampTz upper;

	partition_bounds(parent, leaf, &lower, &upper);
	shelf_open(&erasing->shelf, leaf, erasing->team_id, GetActiveSnapshot());
	passes = passes_between(&erasing->shelf, PG_INT64_MIN, upper);
	for (int i = 0; i < n; i++)
		if (keys[i].leaf == leaf)
			keys[i].span = span_before(passes, keys[i].key.timestamp);
	/* where they are expected; what is not there anywhere else, unless it was never sealed */
	for (int everywhere = erasing->thorough ? 1 : 0; everywhere <= 1; everywhere++)
		foreach(cell, passes)
			erase_in_pass(erasing, lfirst(cell), lower, leaf, keys, n, everywhere);
	shelf_close(&erasing->shelf);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	/* what was just written is not seen before */
	see_latest();
}

/* Returns where the last span begins that does not begin behind a time; passes has the latest first. */
static TimestampTz
span_before(const List *passes, TimestampTz at)
{
	int			low = 0;
	int			high = list_length(passes);

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (((const Pass *) list_nth(passes, middle))->group.since <= at)
			high = middle;
		else
			low = middle + 1;
	}
	return low < list_length(passes) ? ((const Pass *) list_nth(passes, low))->group.since : PG_INT64_MIN;
}

/*
 * Takes those of the keys out of the segments of a pass that are expected in it: of its own
 * span, or of a whole partition, where what came late is, and what was merged.  Everywhere:
 * all that were sealed and not found yet.
 */
static void
erase_in_pass(Erasing *erasing, Pass *pass, TimestampTz lower, Oid leaf, const ErasedKey *keys,
			  int n, bool everywhere)
{
	BodyKey		done;
	bool		any_done = false;

	for (int i = 0; i < n; i++)
	{
		const BodyKey *key = &keys[i].key;
		ErasedKey  *entry;

		CHECK_FOR_INTERRUPTS();
		if (keys[i].leaf != leaf || pass->group.since > key->timestamp ||
			(!everywhere && pass->group.since != lower && pass->group.since != keys[i].span) ||
			(any_done && compare_body_keys(key, &done) <= 0))
			continue;
		entry = hash_search(erasing->keys, key, HASH_FIND, NULL);
		if (everywhere && !erasing->thorough && (entry->found || entry->is_raw || entry->wrong != NULL))
			continue;
		if (!pass_has(pass, &erasing->shelf, key, &entry->wrong, &entry->damaged))
			continue;
		/* and all others that are in it */
		erase_at(erasing, &pass->kept.row);
		done = pass->kept.segment.bodies[pass->kept.segment.n - 1].key;
		any_done = true;
	}
}

/* Takes what is to be erased out of the segment of a row. */
static void
erase_at(Erasing *erasing, const SegmentRow *row)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segment to erase from",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Segment		segment;
	const char *wrong = shelf_load(&erasing->shelf, row, &segment);

	MemoryContextSwitchTo(old);
	erase_of(erasing, row, &segment, wrong);
	MemoryContextDelete(context);
}

/* Takes what is to be erased out of a segment, if it holds any. */
static void
erase_of(void *arg, const SegmentRow *row, Segment *segment, const char *wrong)
{
	Erasing    *erasing = arg;
	int			n_erased = 0;

	if (wrong != NULL && erasing->all)
	{
		/* nobody can say how many bodies it had */
		segment_delete(erasing->team_id, row);
		return;
	}
	if (wrong != NULL)
		segment_damaged(ERROR, wrong, row);
	for (int i = 0; i < segment->n; i++)
		n_erased += take_out(erasing, &segment->bodies[i].key);
	if (n_erased == 0)
		return;
	segment_delete(erasing->team_id, row);
	erasing->erased.bytes += segment->value_len;
	if (n_erased < segment->n)
	{
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs rest of a segment",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(context);

		erasing->erased.bytes -= write_rest(erasing, row, segment);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(context);
	}
}

/* Tells whether a body is to be erased. */
static bool
is_erased(const Erasing *erasing, const BodyKey *key)
{
	return key->timestamp < erasing->until ||
		(erasing->keys != NULL && hash_search(erasing->keys, key, HASH_FIND, NULL) != NULL);
}

/*
 * Tells the same, and counts the body: a user's once, wherever it is, and not where it is
 * there as it came, which is counted when that is deleted.
 */
static bool
take_out(Erasing *erasing, const BodyKey *key)
{
	ErasedKey  *entry;
	uint64		hash;

	if (erasing->keys == NULL)
	{
		if (key->timestamp >= erasing->until)
			return false;
		hash = raw_hash(key->timestamp, key->job);
		erasing->erased.bodies += erasing->n_raw == 0 ||
			bsearch(&hash, erasing->raw, erasing->n_raw, sizeof(uint64), in_order) == NULL;
		return true;
	}
	entry = hash_search(erasing->keys, key, HASH_FIND, NULL);
	if (entry == NULL)
		return false;
	erasing->erased.bodies += !entry->found && !entry->is_raw;
	entry->found = true;
	return true;
}

/* Reads which bodies of the team, from before until, are there as they came. */
static void
read_raw(Erasing *erasing)
{
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID};
	Datum		args[] = {erasing->team_id, TimestampTzGetDatum(erasing->until)};
	Portal		portal = SPI_cursor_open_with_args(NULL, raw_query, lengthof(types), types, args, NULL,
												   true, CURSOR_OPT_NO_SCROLL);
	MemoryContext context = CurrentMemoryContext;
	int64		room = 0;
	uint64		n;

	do
	{
		SPI_cursor_fetch(portal, true, BODIES_AT_ONCE);
		MemoryContextSwitchTo(context);
		n = SPI_processed;
		if (erasing->n_raw + n > room)
		{
			room = Max(BODIES_AT_ONCE, room * 2);
			erasing->raw = erasing->raw == NULL ? palloc(sizeof(uint64) * room) :
				repalloc_huge(erasing->raw, sizeof(uint64) * room);
		}
		for (uint64 i = 0; i < n; i++)
		{
			bool		isnull;

			erasing->raw[erasing->n_raw++] =
				raw_hash(DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)),
						 DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull)));
		}
		SPI_freetuptable(SPI_tuptable);
	} while (n == BODIES_AT_ONCE);
	SPI_cursor_close(portal);
	if (erasing->n_raw > 0)
		qsort(erasing->raw, erasing->n_raw, sizeof(uint64), in_order);
}

/* Returns a hash of a body, for counting alone. */
static uint64
raw_hash(TimestampTz timestamp, int64 job)
{
	return hash_combine64((uint64) job, (uint64) timestamp);
}

/* Orders hashes. */
static int
in_order(const void *a, const void *b)
{
	uint64		left = *(const uint64 *) a;
	uint64		right = *(const uint64 *) b;

	return (left > right) - (left < right);
}

/* Writes what is left of a segment, and returns its bytes. */
static int64
write_rest(const Erasing *erasing, const SegmentRow *row, Segment *segment)
{
	SegmentBuilder *builder = segment_begin();
	SegmentRow	rest = *row;
	const char *wrong = segment_open(segment, NULL);

	if (wrong != NULL)
		segment_damaged(ERROR, wrong, row);
	for (int i = 0; i < segment->n; i++)
	{
		Span		parts[N_BODY_PARTS];

		if (is_erased(erasing, &segment->bodies[i].key))
			continue;
		segment_parts(segment, &segment->bodies[i], parts);
		segment_add(builder, &segment->bodies[i].key, parts);
	}
	rest.first = *segment_first(builder);
	return segment_write(erasing->team_id, &rest, segment_finish(builder));
}
