/*
 * segment_merge.c
 *		Merging the small segments of a partition that is over.
 *
 * Where a team has few bodies an hour, or some that came late, its segments are small,
 * and compress less well than large ones.  They are read, some at once, and written
 * again as segments of the partition as a whole: in passes below 0, which readers look
 * at where a body's own interval does not have it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
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

#include "core/rewrite_lock.h"
#include "core/settings.h"
#include "core/slice.h"
#include "segment/body.h"
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
"SELECT s.team_id, s.since, s.pass, s.first_session, s.first_timestamp, s.first_job"
"  FROM %s s GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) <= 16 ORDER BY 1, 2, 3, 4, 5, 6";

/* A small segment, opened. */
typedef struct Small
{
	SegmentRow	row;
	Segment		segment;
} Small;

/* A body of one of them. */
typedef struct SmallBody
{
	const Segment *segment;
	const SegmentBody *body;
} SmallBody;

typedef struct Merging
{
	Oid			partition;
	SegmentRow	row;			/* of the segment that is made */
	MemoryContext context;		/* of all below; emptied after each group */
	Datum		team_id;		/* 0: none yet */
	List	   *smalls;
	size_t		text_len;
	int			n_bodies;
	int64		text_merged;	/* bytes, with TEXT_A_SEGMENT */
	int64		before;			/* segments */
	int64		after;
	int64		rows;			/* pieces that were deleted, and their space not given back */
} Merging;

static void walk(Merging *merging);
static void add_small(Merging *merging, HeapTuple tuple, TupleDesc desc);
static void merge(Merging *merging);
static void write_merged(Merging *merging, SegmentBuilder *builder);
static int	in_order(const void *a, const void *b);

/*
 * merge_segments(partition, since, pass) → (segments, merged, rows, complete): merges the
 * small segments of a partition of ogw_logs.segment that begins at since, in passes from
 * a given one downward; how many they were, how many they are now, how many rows were
 * deleted, and whether that was all or what one step may do.  One that cannot be read is
 * left alone.  Part of maintain(); STRICT.
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
	walk(&merging);
	SPI_finish();
	values[0] = Int64GetDatum(merging.before);
	values[1] = Int64GetDatum(merging.after);
	values[2] = Int64GetDatum(merging.rows);
	values[3] = BoolGetDatum(merging.text_merged < STEP_TEXT);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* Goes through the small segments of the partition. */
static void
walk(Merging *merging)
{
	char	   *query = psprintf(small_query, quote_qualified_identifier(OGW_SCHEMA, get_rel_name(merging->partition)));
	Portal		portal = SPI_cursor_open_with_args(NULL, query, 0, NULL, NULL, NULL, true, CURSOR_OPT_NO_SCROLL);
	MemoryContext context = CurrentMemoryContext;

	while (merging->text_merged < STEP_TEXT)
	{
		SPITupleTable *rows;
		uint64		n;

		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		MemoryContextSwitchTo(context);
		rows = SPI_tuptable;
		n = SPI_processed;
		for (uint64 i = 0; i < n && merging->text_merged < STEP_TEXT; i++)
		{
			add_small(merging, rows->vals[i], rows->tupdesc);
			/* an erasure that waits ends the step */
			if (erasure_waits())
				merging->text_merged = STEP_TEXT;
		}
		SPI_freetuptable(rows);
		if (n == 0)
			break;
	}
	merge(merging);
	SPI_cursor_close(portal);
}

/* Adds a segment to those that are merged at once, after those of another team's. */
static void
add_small(Merging *merging, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		team_id = SPI_getbinval(tuple, desc, 1, &isnull);
	Small	   *small;
	SegmentScan		scan;
	MemoryContext old;
	MemoryContext own;
	const char *wrong;

	CHECK_FOR_INTERRUPTS();
	if (merging->team_id != 0 &&
		(!datum_image_eq(merging->team_id, team_id, false, -1) ||
		 merging->text_len + merging->n_bodies * (sizeof(SegmentBody) + sizeof(SmallBody)) >= GROUP_BYTES))
		merge(merging);
	old = MemoryContextSwitchTo(merging->context);
	if (merging->team_id == 0)
		merging->team_id = datumCopy(team_id, false, -1);
	own = AllocSetContextCreate(merging->context, "ogw_logs small segment", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(own);
	small = palloc0(sizeof(Small));
	small->row.since = DatumGetTimestampTz(SPI_getbinval(tuple, desc, 2, &isnull));
	small->row.pass = DatumGetInt32(SPI_getbinval(tuple, desc, 3, &isnull));
	small->row.first.session = DatumGetInt64(SPI_getbinval(tuple, desc, 4, &isnull));
	small->row.first.timestamp = DatumGetTimestampTz(SPI_getbinval(tuple, desc, 5, &isnull));
	small->row.first.job = DatumGetInt64(SPI_getbinval(tuple, desc, 6, &isnull));
	segment_scan_open(&scan, merging->partition, merging->team_id, GetActiveSnapshot());
	wrong = segment_scan_load(&scan, &small->row, &small->segment);
	segment_scan_close(&scan);
	if (wrong == NULL && small->segment.text_len <= SMALL_TEXT && small->segment.n <= SMALL_BODIES &&
		segment_open(&small->segment, NULL) == NULL)
	{
		segment_forget_value(&small->segment);
		MemoryContextSwitchTo(merging->context);
		merging->smalls = lappend(merging->smalls, small);
		merging->text_len += small->segment.text_len;
		merging->n_bodies += small->segment.n;
	}
	else
		MemoryContextDelete(own);
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
			const Small *small = lfirst(cell);

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
			size_t		len = 0;

			/* one that a restore has brought twice is one */
			if (i > 0 && in_order(&bodies[i - 1], &bodies[i]) == 0)
				continue;
			segment_parts(bodies[i].segment, bodies[i].body, parts);
			for (int part = 0; part < N_BODY_PARTS; part++)
				len += parts[part].data != NULL ? parts[part].len : 0;
			if (!segment_fits(builder, len))
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
