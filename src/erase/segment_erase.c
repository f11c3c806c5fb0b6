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
#include "common/hashfn.h"
#include "executor/spi.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/log_table.h"
#include "core/partition.h"
#include "core/slice.h"
#include "erase/segment_erase.h"
#include "segment/body.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"
#include "segment/segment_write.h"

/* Bodies as they came that are read at once. */
#define BODIES_AT_ONCE 10000

/* Bodies of a team that are there as they came. */
static const char unsealed_query[] =
"SELECT b.\"timestamp\", ogw_logs_internal.id_hash(b.job_id) FROM ogw_logs.body b"
" WHERE b.team_id = $1 AND b.\"timestamp\" < $2 AND b.chunk = 0";

/* A purge: of what is dated before a time. */
typedef struct Purge
{
	Erasing		erasing;
	TimestampTz until;
	uint64	   *raw;			/* bodies as they came, hashed, in order */
	int64		n_unsealed;
} Purge;

static bool purge_body(Erasing *erasing, const BodyId *key);
static void read_unsealed(Purge *purge);
static uint64 unsealed_hash(TimestampTz timestamp, int64 job);
static int	in_order(const void *a, const void *b);
static int64 write_rest(const Erasing *erasing, const SegmentRow *row, Segment *segment,
						const bool *gone);

/*
 * Takes out the bodies of a team that are dated before until.  Called as the owner,
 * connected to SPI, by an erasure.
 */
ErasedBodies
segments_purge(Datum team_id, TimestampTz until)
{
	Purge		purge = {.erasing = {.team_id = team_id,.take_out = purge_body},.until = until};
	Erasing    *erasing = &purge.erasing;
	Relation	parent = table_open(log_table("segment"), RowExclusiveLock);
	int			n;
	Oid		   *partitions;

	PushActiveSnapshot(GetLatestSnapshot());
	read_unsealed(&purge);
	partitions = partitions_between(parent, PG_INT64_MIN, until, &n);
	for (int i = 0; i < n; i++)
	{
		TimestampTz first;
		TimestampTz last;

		partition_bounds(parent, partitions[i], &first, &last);
		erasing->all = last < until && intervals_until(first, last + 1) <= until;
		if (!segment_scan_open(&erasing->scan, partitions[i], team_id, GetActiveSnapshot()))
			continue;
		segment_scan_each(&erasing->scan, PG_INT64_MIN, until, segment_erase, erasing);
		segment_scan_close(&erasing->scan);
	}
	PopActiveSnapshot();
	table_close(parent, NoLock);
	return erasing->erased;
}

/*
 * Tells whether a body is purged, and counts it, but for one that is there as it came,
 * which is counted when that is deleted.
 */
static bool
purge_body(Erasing *erasing, const BodyId *key)
{
	Purge	   *purge = (Purge *) erasing;
	uint64		hash = unsealed_hash(key->timestamp, key->job);

	if (key->timestamp >= purge->until)
		return false;
	erasing->erased.bodies += purge->n_unsealed == 0 ||
		bsearch(&hash, purge->raw, purge->n_unsealed, sizeof(uint64), in_order) == NULL;
	return true;
}

/* Reads which bodies of the team, from before until, are there as they came. */
static void
read_unsealed(Purge *purge)
{
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID};
	Datum		args[] = {purge->erasing.team_id, TimestampTzGetDatum(purge->until)};
	Portal		portal = SPI_cursor_open_with_args(NULL, unsealed_query, lengthof(types), types, args, NULL,
												   true, CURSOR_OPT_NO_SCROLL);
	MemoryContext context = CurrentMemoryContext;
	int64		capacity = 0;
	uint64		n;

	do
	{
		SPI_cursor_fetch(portal, true, BODIES_AT_ONCE);
		MemoryContextSwitchTo(context);
		n = SPI_processed;
		if (purge->n_unsealed + n > capacity)
		{
			capacity = Max(BODIES_AT_ONCE, capacity * 2);
			purge->raw = purge->raw == NULL ? palloc(sizeof(uint64) * capacity) :
				repalloc_huge(purge->raw, sizeof(uint64) * capacity);
		}
		for (uint64 i = 0; i < n; i++)
		{
			bool		isnull;

			purge->raw[purge->n_unsealed++] =
				unsealed_hash(DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)),
						 DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull)));
		}
		SPI_freetuptable(SPI_tuptable);
	} while (n == BODIES_AT_ONCE);
	SPI_cursor_close(portal);
	if (purge->n_unsealed > 0)
		qsort(purge->raw, purge->n_unsealed, sizeof(uint64), in_order);
}

/* Returns a hash of a body, for counting alone. */
static uint64
unsealed_hash(TimestampTz timestamp, int64 job)
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

/* Takes what is to be erased out of a segment, if it holds any; a SegmentSink. */
void
segment_erase(void *arg, const SegmentRow *row, Segment *segment, const char *wrong)
{
	Erasing    *erasing = arg;
	MemoryContext context;
	MemoryContext old;
	bool	   *gone;
	int			n_gone = 0;

	if (wrong != NULL && erasing->all)
	{
		/* nobody can say how many bodies it had */
		segment_delete(erasing->team_id, row);
		return;
	}
	if (wrong != NULL)
		segment_damaged(ERROR, wrong, row);
	context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs rest of a segment", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	gone = palloc(sizeof(bool) * Max(segment->n, 1));
	for (int i = 0; i < segment->n; i++)
		n_gone += gone[i] = erasing->take_out(erasing, &segment->bodies[i].key);
	if (n_gone > 0)
	{
		segment_delete(erasing->team_id, row);
		erasing->erased.bytes += segment->value_len;
		if (n_gone < segment->n)
			erasing->erased.bytes -= write_rest(erasing, row, segment, gone);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* Writes what is left of a segment, and returns its bytes. */
static int64
write_rest(const Erasing *erasing, const SegmentRow *row, Segment *segment, const bool *gone)
{
	SegmentBuilder *builder = segment_begin();
	SegmentRow	rest = *row;
	const char *wrong = segment_open(segment, NULL);

	if (wrong != NULL)
		segment_damaged(ERROR, wrong, row);
	for (int i = 0; i < segment->n; i++)
	{
		Slice		parts[N_BODY_PARTS];

		if (gone[i])
			continue;
		segment_parts(segment, &segment->bodies[i], parts);
		segment_add(builder, &segment->bodies[i].key, parts);
	}
	rest.first = *segment_first(builder);
	return segment_write(erasing->team_id, &rest, segment_finish(builder));
}
