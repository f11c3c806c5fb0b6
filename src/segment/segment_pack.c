/*
 * segment_pack.c
 *		Sealing bodies: those of a partition as they came, packed into segments.
 *
 * What is sealed already is known by the segments themselves, so sealing that was
 * broken off goes on where it was, and a body that comes late is sealed by itself.
 * Nothing is taken out of the partition here: it is dropped as a whole when a later
 * look finds all of it sealed.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "core/log_table.h"
#include "core/partition.h"
#include "core/rewrite_lock.h"
#include "core/settings.h"
#include "core/slice.h"
#include "segment/body.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_scan.h"
#include "segment/segment_write.h"
#include "segment/zstd.h"

PG_FUNCTION_INFO_V1(ogw_pack_bodies);

/* Rows of the query that are fetched at once. */
#define ROWS_AT_ONCE 1000

/* The background worker packs at most what ogw_logs.seal_rate gives in so many seconds. */
#define SECONDS_AT_ONCE 30

/* While it rests it looks so often whether an erasure waits. */
#define MS_BETWEEN_LOOKS 100

/*
 * The pieces of all bodies of a partition, in the order of segments.  A body
 * without an entry is none's that could read it, and is kept all the same.
 */
static const char pieces_query[] =
"SELECT b.ctid, b.chunk, b.\"timestamp\", b.team_id,"
"       ogw_logs_internal.id_hash(coalesce(e.session_id, '')) AS session, ogw_logs_internal.id_hash(b.job_id) AS job"
"  FROM %s b"
"  LEFT JOIN ogw_logs.entry e ON e.\"timestamp\" = b.\"timestamp\" AND e.team_id = b.team_id AND e.job_id = b.job_id"
"        AND e.\"timestamp\" >= $1 AND e.\"timestamp\" < $2"
" ORDER BY b.team_id, session, b.\"timestamp\", job, b.chunk, b.ctid";

enum
{
	PIECE_CTID = 1, PIECE_CHUNK, PIECE_TIMESTAMP, PIECE_TEAM_ID, PIECE_SESSION, PIECE_JOB
};

/* A body while its pieces are gathered. */
typedef struct UnsealedBody
{
	BodyId		key;
	int			n;				/* pieces; 0: no body */
	int			capacity;
	int32	   *numbers;
	ItemPointerData *tids;
} UnsealedBody;

typedef struct Sealing
{
	Relation	raw;
	TupleTableSlot *slot;
	AttrNumber	content;
	Snapshot	snapshot;
	SegmentRow	row;			/* of the segment that is made */
	TimestampTz until;			/* where the times of the partition end */
	int64		budget;			/* bytes of text that may still be packed */
	Datum		team_id;		/* 0: none yet */
	MemoryContext team_context;
	bool		has_scan;
	SegmentScan		scan;			/* the segments that are there */
	int			n_intervals;		/* those that begin before the partition, and may have some of it */
	TimestampTz *intervals;
	List	   *passes;			/* those of the team */
	MemoryContext body_context;
	SegmentBuilder *builder;
	UnsealedBody		body;
	TimestampTz begun;
	BodyId		before;			/* the body before, of this team */
	bool		has_before;
	int64		bodies;
	int64		text_bytes;
	int64		stored_bytes;
	int64		unreadable;
	bool		complete;
} Sealing;

static void walk(Sealing *sealing);
static bool add_piece(Sealing *sealing, HeapTuple tuple, TupleDesc desc);
static bool finish_body(Sealing *sealing);
static void begin_team(Sealing *sealing, Datum team_id);
static bool is_sealed(Sealing *sealing, const BodyId *key);
static bool pack(Sealing *sealing, Slice *frame);
static bool read_frame(Sealing *sealing, Slice *frame);
static void finish_segment(Sealing *sealing);
static void rest(const Sealing *sealing);

/*
 * pack_bodies(partition, since, until, pass, max_bytes) → (bodies, text_bytes,
 * stored_bytes, unreadable, complete): packs bodies of a partition of ogw_logs.body
 * into segments of a pass, no more text than max_bytes and one body, and no more when an
 * erasure waits; complete tells whether all are sealed now but those that cannot be
 * read, which are counted.  With max_bytes 0 it only looks.  Part of maintain(); STRICT.
 */
Datum
ogw_pack_bodies(PG_FUNCTION_ARGS)
{
	Oid			partition = PG_GETARG_OID(0);
	Sealing		sealing = {.complete = true};
	Relation	segments;
	TupleDesc	desc;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "ogw_logs is not as CREATE EXTENSION made it");
	SPI_connect();
	sealing.row.since = PG_GETARG_TIMESTAMPTZ(1);
	sealing.until = PG_GETARG_TIMESTAMPTZ(2);
	sealing.row.pass = PG_GETARG_INT32(3);
	sealing.budget = PG_GETARG_INT64(4);
	if (MyBgworkerEntry != NULL && ogw_seal_rate_kb > 0)
		sealing.budget = Min(sealing.budget, (int64) SECONDS_AT_ONCE * ogw_seal_rate_kb * 1024);
	sealing.snapshot = GetActiveSnapshot();
	sealing.team_context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs team", ALLOCSET_DEFAULT_SIZES);
	sealing.body_context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs raw body", ALLOCSET_DEFAULT_SIZES);
	sealing.begun = GetCurrentTimestamp();
	sealing.builder = segment_begin();
	sealing.raw = table_open(partition, AccessShareLock);
	sealing.slot = table_slot_create(sealing.raw, NULL);
	sealing.content = get_attnum(partition, "content");
	segments = table_open(log_table("segment"), AccessShareLock);
	sealing.has_scan = segment_scan_open(&sealing.scan, partition_at(segments, sealing.row.since), 0, sealing.snapshot);
	if (sealing.has_scan)
	{
		TimestampTz lower;
		TimestampTz upper;

		partition_bounds(segments, RelationGetRelid(sealing.scan.partition), &lower, &upper);
		sealing.intervals = intervals_before(lower, sealing.row.since, &sealing.n_intervals);
	}
	walk(&sealing);
	if (sealing.has_scan)
		segment_scan_close(&sealing.scan);
	table_close(segments, NoLock);
	ExecDropSingleTupleTableSlot(sealing.slot);
	table_close(sealing.raw, NoLock);
	SPI_finish();
	values[0] = Int64GetDatum(sealing.bodies);
	values[1] = Int64GetDatum(sealing.text_bytes);
	values[2] = Int64GetDatum(sealing.stored_bytes);
	values[3] = Int64GetDatum(sealing.unreadable);
	values[4] = BoolGetDatum(sealing.complete);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* Goes through the bodies of the partition, up to the budget. */
static void
walk(Sealing *sealing)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(sealing->row.since), TimestampTzGetDatum(sealing->until)};
	char	   *query = psprintf(pieces_query, quote_qualified_identifier(OGW_SCHEMA, RelationGetRelationName(sealing->raw)));
	Portal		portal = SPI_cursor_open_with_args(NULL, query, lengthof(types), types, args,
												   NULL, true, CURSOR_OPT_NO_SCROLL);
	bool		more = true;

	while (more)
	{
		SPITupleTable *rows;
		uint64		n;

		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		rows = SPI_tuptable;
		n = SPI_processed;
		for (uint64 i = 0; i < n && more; i++)
			more = add_piece(sealing, rows->vals[i], rows->tupdesc);
		SPI_freetuptable(rows);
		if (n == 0)
			break;
	}
	if (more)
		more = finish_body(sealing);
	if (segment_count(sealing->builder) > 0)
		finish_segment(sealing);
	sealing->complete = more;
	SPI_cursor_close(portal);
}

/* Takes the next piece of the partition; false where the budget is used up. */
static bool
add_piece(Sealing *sealing, HeapTuple tuple, TupleDesc desc)
{
	UnsealedBody    *body = &sealing->body;
	bool		isnull;
	ItemPointer tid = (ItemPointer) DatumGetPointer(SPI_getbinval(tuple, desc, PIECE_CTID, &isnull));
	int32		number = DatumGetInt32(SPI_getbinval(tuple, desc, PIECE_CHUNK, &isnull));
	Datum		team_id = SPI_getbinval(tuple, desc, PIECE_TEAM_ID, &isnull);
	BodyId		key = {
		.session = DatumGetInt64(SPI_getbinval(tuple, desc, PIECE_SESSION, &isnull)),
		.timestamp = DatumGetTimestampTz(SPI_getbinval(tuple, desc, PIECE_TIMESTAMP, &isnull)),
		.job = DatumGetInt64(SPI_getbinval(tuple, desc, PIECE_JOB, &isnull))
	};
	bool		new_team = sealing->team_id == 0 ||
		!datum_image_eq(sealing->team_id, team_id, false, -1);

	/* an entry that is there twice gives each piece of its body twice */
	if (!new_team && body->n > 0 && ItemPointerEquals(&body->tids[body->n - 1], tid))
		return true;
	if (new_team || number == 0 || compare_body_ids(&body->key, &key) != 0)
	{
		if (!finish_body(sealing))
			return false;
		if (new_team)
			begin_team(sealing, team_id);
		body->key = key;
	}
	if (body->n == body->capacity)
	{
		body->capacity = Max(16, body->capacity * 2);
		body->numbers = body->numbers == NULL ? palloc(sizeof(int32) * body->capacity) :
			repalloc(body->numbers, sizeof(int32) * body->capacity);
		body->tids = body->tids == NULL ? palloc(sizeof(ItemPointerData) * body->capacity) :
			repalloc(body->tids, sizeof(ItemPointerData) * body->capacity);
	}
	body->numbers[body->n] = number;
	body->tids[body->n++] = *tid;
	return true;
}

/* Packs the body whose pieces are all there, unless that was done. */
static bool
finish_body(Sealing *sealing)
{
	UnsealedBody    *body = &sealing->body;
	MemoryContext old;
	Slice		frame;
	bool		is_duplicate = sealing->has_before && compare_body_ids(&sealing->before, &body->key) == 0;

	if (body->n == 0)
		return true;
	sealing->before = body->key;
	sealing->has_before = true;
	if (is_duplicate)
		sealing->unreadable++;	/* two of 64 equal bits: one of them stays as it came */
	else if (!is_sealed(sealing, &body->key))
	{
		if (sealing->budget <= 0)
			return false;
		old = MemoryContextSwitchTo(sealing->body_context);
		if (!read_frame(sealing, &frame) || !pack(sealing, &frame))
			sealing->unreadable++;
		MemoryContextSwitchTo(old);
		MemoryContextReset(sealing->body_context);
	}
	body->n = 0;
	CHECK_FOR_INTERRUPTS();
	return true;
}

/*
 * Begins with the bodies of another team: which passes there are over the times of the
 * partition, that may have some already.  Those of other intervals among them: data alone,
 * that were restored, can lie in other partitions than they came from.
 */
static void
begin_team(Sealing *sealing, Datum team_id)
{
	MemoryContext old;

	if (segment_count(sealing->builder) > 0)
		finish_segment(sealing);
	MemoryContextReset(sealing->team_context);
	old = MemoryContextSwitchTo(sealing->team_context);
	sealing->team_id = sealing->scan.team_id = datumCopy(team_id, false, -1);
	sealing->passes = NIL;
	sealing->has_before = false;
	if (sealing->has_scan)
		sealing->passes = passes_between(&sealing->scan, sealing->row.since, sealing->until - 1);
	for (int i = 0; i < sealing->n_intervals; i++)
		sealing->passes = list_concat(sealing->passes,
									  passes_between(&sealing->scan, sealing->intervals[i], sealing->intervals[i]));
	MemoryContextSwitchTo(old);
}

/* Tells whether a segment has a body of the team; one that cannot be read has none. */
static bool
is_sealed(Sealing *sealing, const BodyId *key)
{
	MemoryContext old = MemoryContextSwitchTo(sealing->team_context);
	bool		found = false;
	const char *wrong;
	SegmentRow	damaged;
	ListCell   *cell;

	foreach(cell, sealing->passes)
	{
		found = pass_has(lfirst(cell), &sealing->scan, key, &wrong, &damaged);
		if (found)
			break;
	}
	MemoryContextSwitchTo(old);
	return found;
}

/* Gets the frame of the body whose pieces are gathered; false where it is damaged. */
static bool
read_frame(Sealing *sealing, Slice *frame)
{
	UnsealedBody    *body = &sealing->body;
	Datum	   *pieces = palloc(sizeof(Datum) * body->n);
	const char *wrong;

	for (int i = 0; i < body->n; i++)
	{
		bool		isnull;

		if (!table_tuple_fetch_row_version(sealing->raw, &body->tids[i], sealing->snapshot, sealing->slot))
			elog(ERROR, "a row that was read is not there");
		pieces[i] = PointerGetDatum(DatumGetByteaPCopy(slot_getattr(sealing->slot, sealing->content, &isnull)));
	}
	ExecClearTuple(sealing->slot);
	wrong = pieces_join(body->numbers, pieces, body->n, frame);
	for (int i = 0; i < body->n; i++)
		pfree(DatumGetPointer(pieces[i]));
	return wrong == NULL;
}

/*
 * Adds a body to the segment, or to the next one where it has no room; false where
 * its frame is damaged.  The frame is freed.
 */
static bool
pack(Sealing *sealing, Slice *frame)
{
	Slice		content;
	Slice		parts[N_BODY_PARTS];
	char	   *buffer;

	if (zstd_content_len(*frame, &content.len) != NULL)
		return false;
	if (!segment_fits(sealing->builder, content.len))
		finish_segment(sealing);
	content.data = buffer = segment_reserve(sealing->builder, content.len);
	if (zstd_decompress(*frame, buffer, content.len) != NULL || body_parts(content, parts) != NULL)
		return false;
	pfree((char *) frame->data);
	segment_add(sealing->builder, &sealing->body.key, parts);
	sealing->bodies++;
	sealing->text_bytes += content.len - BODY_HEADER_LEN;
	sealing->budget -= content.len;
	return true;
}

/* Writes the segment, and begins the next one. */
static void
finish_segment(Sealing *sealing)
{
	Slice		value;

	sealing->row.first = *segment_first(sealing->builder);
	value = segment_finish(sealing->builder);
	sealing->stored_bytes += segment_write(sealing->team_id, &sealing->row, value);
	pfree((char *) value.data);
	rest(sealing);
	if (erasure_waits())
		sealing->budget = 0;
}

/*
 * In the background worker, waits as long as ogw_logs.seal_rate is exceeded and nobody
 * waits for it.
 */
static void
rest(const Sealing *sealing)
{
	TimestampTz end;

	if (MyBgworkerEntry == NULL || ogw_seal_rate_kb == 0)
		return;
	end = sealing->begun + sealing->text_bytes / 1024 * USECS_PER_SEC / ogw_seal_rate_kb;
	for (;;)
	{
		long		left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);

		CHECK_FOR_INTERRUPTS();
		if (left <= 0 || erasure_waits())
			return;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 Min(left, MS_BETWEEN_LOOKS), PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
}
