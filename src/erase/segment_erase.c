/*
 * segment_erase.c
 *		Erasing bodies that are sealed: a segment that has some is written again without.
 *
 * An erasure locks sealing out, and reads with the latest snapshot, as it reads everything.
 * A segment that cannot be read raises its error where only some of it may have to be
 * erased, and is deleted where all of it has to be.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/slice.h"
#include "core/spi.h"
#include "erase/body_set.h"
#include "erase/segment_erase.h"
#include "segment/body.h"
#include "segment/cached_segment.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_scan.h"
#include "segment/segment_write.h"

/* Unsealed bodies that are read at once. */
#define BODIES_AT_ONCE 10000

/* The unsealed bodies of a team. */
static const char unsealed_query[] =
"SELECT b.\"timestamp\", ogw_logs_internal.id_hash(b.job_id) FROM ogw_logs.body b"
" WHERE b.team_id COLLATE \"C\" = $1 AND b.\"timestamp\" < $2 AND b.chunk = 0";

/* A purge: of what is dated before a time. */
typedef struct Purge
{
	Erasing		erasing;
	TimestampTz until;
	BodySet		unsealed;		/* those that are there unsealed, for counting alone */
} Purge;

static bool purge_body(Erasing *erasing, const BodyId *key);
static void read_unsealed(Purge *purge);
static int64 write_remaining(const Erasing *erasing, const SegmentRow *row, CachedSegment *cached,
							 const bool *gone);

/*
 * Erases the sealed bodies of a team that are dated before until.  Called as the owner,
 * connected to SPI, by an erasure.
 */
ErasedBodies
segments_purge(Datum team_id, TimestampTz until)
{
	Purge		purge = {.erasing = {.team_id = team_id,.is_erased = purge_body},.until = until};
	Erasing    *erasing = &purge.erasing;
	Relation	parent = log_table_open("segment", RowExclusiveLock, RELKIND_PARTITIONED_TABLE);
	int			n;
	Oid		   *partitions;

	PushActiveSnapshot(GetLatestSnapshot());
	read_unsealed(&purge);
	partitions = partitions_between(parent, PG_INT64_MIN, until, &n);
	for (int i = 0; i < n; i++)
	{
		TimestampTz first;
		TimestampTz last;
		const char *wrong;

		partition_bounds(parent, partitions[i], &first, &last);
		erasing->all = last < until && last_body_time(first, last + 1) <= until;
		segment_scan_open(&erasing->scan, partitions[i], GetActiveSnapshot());
		segment_scan_set_team(&erasing->scan, team_id);
		segment_scan_begin_range(&erasing->scan, PG_INT64_MIN, until);
		while (segment_scan_next(&erasing->scan, &wrong))
			segment_erase(erasing, &erasing->scan.row, &erasing->scan.current, wrong);
		segment_scan_close(&erasing->scan);
	}
	PopActiveSnapshot();
	table_close(parent, NoLock);
	return erasing->erased;
}

/*
 * Tells whether a body is purged, and counts it; one that is there unsealed, too, is
 * counted when that is deleted.
 */
static bool
purge_body(Erasing *erasing, const BodyId *key)
{
	Purge	   *purge = (Purge *) erasing;

	if (key->timestamp >= purge->until)
		return false;
	erasing->erased.bodies += !body_set_has(&purge->unsealed, key->timestamp, key->job);
	return true;
}

/* Reads which bodies of the team, from before until, are there unsealed. */
static void
read_unsealed(Purge *purge)
{
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID};
	Datum		args[] = {purge->erasing.team_id, TimestampTzGetDatum(purge->until)};
	SpiCursor	cursor;

	log_columns_check("body");
	spi_cursor_open(&cursor, unsealed_query, lengthof(types), types, args, NULL, BODIES_AT_ONCE);
	while (spi_cursor_next(&cursor) != NULL)
	{
		bool		isnull;

		body_set_add(&purge->unsealed, DatumGetTimestampTz(spi_cursor_value(&cursor, 1, &isnull)),
					 DatumGetInt64(spi_cursor_value(&cursor, 2, &isnull)));
	}
	spi_cursor_close(&cursor);
	body_set_sort(&purge->unsealed);
}

/*
 * Takes what is to be erased out of a segment, if it has any of it.  wrong says why it
 * cannot be read; NULL: it can.
 */
void
segment_erase(Erasing *erasing, const SegmentRow *row, CachedSegment *cached, const char *wrong)
{
	const Segment *segment = &cached->segment;
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
	context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs remaining bodies", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	gone = palloc(sizeof(bool) * Max(segment->n, 1));
	for (int i = 0; i < segment->n; i++)
		n_gone += gone[i] = erasing->is_erased(erasing, &segment->bodies[i].key);
	if (n_gone > 0)
	{
		segment_delete(erasing->team_id, row);
		erasing->erased.bytes += segment->value_len;
		if (n_gone < segment->n)
			erasing->erased.bytes -= write_remaining(erasing, row, cached, gone);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* Writes what is not gone of a segment as another one, and returns its bytes. */
static int64
write_remaining(const Erasing *erasing, const SegmentRow *row, CachedSegment *cached, const bool *gone)
{
	const Segment *segment = &cached->segment;
	SegmentBuilder *builder = segment_begin();
	SegmentRow	remaining = *row;
	const char *wrong = cached_segment_open(cached);

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
	remaining.first = *segment_first(builder);
	return segment_write(erasing->team_id, &remaining, segment_finish(builder));
}
