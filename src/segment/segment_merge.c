/*
 * segment_merge.c
 *		Merging the small segments of a partition that is over.
 *
 * Where a team has few bodies an hour, or some that were late, its segments are small,
 * and compress less well than large ones.  They are read, some at once, and written
 * again as segments of the partition as a whole, in passes below 0.  Readers search
 * these where a body's own interval does not have it.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/log_columns.h"
#include "core/rewrite_lock.h"
#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "segment/body.h"
#include "segment/cached_segment.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"
#include "segment/segment_write.h"

PG_FUNCTION_INFO_V1(ogw_merge_segments);

/* A segment with more text, in bytes, or with more bodies is not merged: any two fit one. */
#define SMALL_TEXT (SEGMENT_BYTES / 2)
#define SMALL_BODIES (SEGMENT_BODIES / 2)

/* Memory of segments that are merged at once, in bytes. */
#define GROUP_BYTES (12 * SEGMENT_BYTES)

/*
 * Text that is merged in one step, in bytes, and what of it a segment counts for beside
 * its text: some seconds, in which an erasure waits.
 */
#define STEP_TEXT (256 * (int64) SEGMENT_BYTES)
#define TEXT_A_SEGMENT (16 * 1024)

/* Rows of the query that are fetched at once. */
#define ROWS_AT_ONCE 1000

/*
 * Segments of few pieces, of which some may be small, in the order of teams and time:
 * where it is a pass below 0 too, what was merged before.
 */
static const char small_query[] =
"SELECT s.team_id::text COLLATE \"C\", s.since, s.pass::int4, s.first_session::int8, s.first_timestamp::timestamptz, s.first_job::int8"
"  FROM %s s WHERE s.team_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) <= 16 ORDER BY 1, 2, 3, 4, 5, 6";

/* A body of one of them. */
typedef struct SmallBody
{
	const Segment *segment;
	const SegmentBody *body;
} SmallBody;

typedef struct Merging
{
	Oid			partition;
	SegmentScan scan;			/* of its segments */
	SegmentRow	row;			/* of the segment that is made */
	MemoryContext context;		/* of all below; emptied after each group */
	Datum		team_id;		/* 0: none yet */
	List	   *smalls;			/* CachedSegments, opened */
	size_t		text_len;
	int			n_bodies;
	int64		text_merged;	/* bytes, with TEXT_A_SEGMENT */
	int64		before;			/* segments */
	int64		after;
	int64		rows;			/* pieces that were deleted, and their space not given back */
} Merging;

static void merge_partition(Merging *merging);
static void add_small(Merging *merging, SpiCursor *cursor);
static void merge(Merging *merging);
static void write_merged(Merging *merging, SegmentBuilder *builder);
static int	in_order(const void *a, const void *b);

/*
 * merge_segments(partition, since, pass) → (segments, merged, rows, complete): merges the
 * small segments of a partition of ogw_logs.segment that begins at since, into passes from
 * this one downward.  Returns how many they were, how many they are now, how many rows
 * were deleted, and whether none is left for another step.  A segment that cannot be
 * read is left alone.  Part of maintain(); STRICT.
 */
Datum
ogw_merge_segments(PG_FUNCTION_ARGS)
{
	Merging		merging = {
		.partition = PG_GETARG_OID(0),
		.row = {.since = PG_GETARG_TIMESTAMPTZ(1),.pass = PG_GETARG_INT32(2)}
	};
	TupleDesc	desc;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "ogw_logs is not as CREATE EXTENSION made it");
	SPI_connect();
	merging.context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs small segments", ALLOCSET_DEFAULT_SIZES);
	segment_scan_open(&merging.scan, merging.partition, GetActiveSnapshot());
	merging.scan.context = merging.context;
	merge_partition(&merging);
	segment_scan_close(&merging.scan);
	SPI_finish();
	values[0] = Int64GetDatum(merging.before);
	values[1] = Int64GetDatum(merging.after);
	values[2] = Int64GetDatum(merging.rows);
	values[3] = BoolGetDatum(merging.text_merged < STEP_TEXT);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* Merges the small segments of the partition, in the order of the query. */
static void
merge_partition(Merging *merging)
{
	SpiCursor	cursor;

	log_columns_check("segment");
	spi_cursor_open(&cursor,
					psprintf(small_query, quote_qualified_identifier(OGW_SCHEMA, get_rel_name(merging->partition))),
					0, NULL, NULL, NULL, ROWS_AT_ONCE);
	while (merging->text_merged < STEP_TEXT && spi_cursor_next(&cursor) != NULL)
	{
		add_small(merging, &cursor);
		/* an erasure that waits ends the step */
		if (erasure_waits())
			merging->text_merged = STEP_TEXT;
	}
	merge(merging);
	spi_cursor_close(&cursor);
}

/* Adds a segment to those that are merged at once, after those of another team's. */
static void
add_small(Merging *merging, SpiCursor *cursor)
{
	bool		isnull;
	Datum		team_id = spi_cursor_value(cursor, 1, &isnull);
	SegmentRow	row = {
		.since = DatumGetTimestampTz(spi_cursor_value(cursor, 2, &isnull)),
		.pass = DatumGetInt32(spi_cursor_value(cursor, 3, &isnull)),
		.first.session = DatumGetInt64(spi_cursor_value(cursor, 4, &isnull)),
		.first.timestamp = DatumGetTimestampTz(spi_cursor_value(cursor, 5, &isnull)),
		.first.job = DatumGetInt64(spi_cursor_value(cursor, 6, &isnull))
	};
	CachedSegment *small;
	const Segment *segment;
	MemoryContext old;

	CHECK_FOR_INTERRUPTS();
	if (merging->team_id != 0 &&
		(!text_equals(merging->team_id, team_id) ||
		 merging->text_len + merging->n_bodies * (sizeof(SegmentBody) + sizeof(SmallBody)) >= GROUP_BYTES))
		merge(merging);
	old = MemoryContextSwitchTo(merging->context);
	if (merging->team_id == 0)
	{
		merging->team_id = datumCopy(team_id, false, -1);
		segment_scan_set_team(&merging->scan, merging->team_id);
	}
	small = palloc0(sizeof(CachedSegment));
	segment = &small->segment;
	if (segment_scan_load(&merging->scan, &row, small) == NULL &&
		segment->text_len <= SMALL_TEXT && segment->n <= SMALL_BODIES &&
		cached_segment_open(small) == NULL)
	{
		merging->smalls = lappend(merging->smalls, small);
		merging->text_len += segment->text_len;
		merging->n_bodies += segment->n;
	}
	else
	{
		cached_segment_forget(small);
		pfree(small);
	}
	MemoryContextSwitchTo(old);
}

/* Merges the segments that were gathered, where they are two or more; none is left. */
static void
merge(Merging *merging)
{
	MemoryContext old = MemoryContextSwitchTo(merging->context);
	SegmentBuilder *builder;
	SmallBody  *bodies;
	int			n = 0;
	ListCell   *cell;

	if (list_length(merging->smalls) > 1)
	{
		bodies = MemoryContextAllocHuge(merging->context, sizeof(SmallBody) * merging->n_bodies);
		foreach(cell, merging->smalls)
		{
			const CachedSegment *small = lfirst(cell);

			for (int i = 0; i < small->segment.n; i++)
				bodies[n++] = (SmallBody)
			{
				.segment = &small->segment,.body = &small->segment.bodies[i]
			};
			merging->rows += segment_delete(merging->team_id, &small->row);
			merging->before++;
		}
		qsort(bodies, n, sizeof(SmallBody), in_order);
		builder = segment_begin();
		for (int i = 0; i < n; i++)
		{
			Slice		parts[N_BODY_PARTS];

			/* one that a restore has brought twice is one */
			if (i > 0 && in_order(&bodies[i - 1], &bodies[i]) == 0)
				continue;
			segment_parts(bodies[i].segment, bodies[i].body, parts);
			if (!segment_has_space(builder, body_text_len(parts)))
				write_merged(merging, builder);
			segment_add(builder, &bodies[i].body->key, parts);
		}
		write_merged(merging, builder);
		merging->row.pass--;
		merging->text_merged += merging->text_len + list_length(merging->smalls) * TEXT_A_SEGMENT;
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(merging->context);
	merging->smalls = NIL;
	merging->team_id = 0;
	merging->text_len = 0;
	merging->n_bodies = 0;
}

/* Writes the segment, and begins the next one. */
static void
write_merged(Merging *merging, SegmentBuilder *builder)
{
	Slice		value;

	CHECK_FOR_INTERRUPTS();
	merging->row.first = *segment_first(builder);
	value = segment_finish(builder);
	segment_write(merging->team_id, &merging->row, value);
	pfree((char *) value.data);
	merging->after++;
}

/* Orders bodies as segments have them. */
static int
in_order(const void *a, const void *b)
{
	return compare_body_ids(&((const SmallBody *) a)->body->key, &((const SmallBody *) b)->body->key);
}
