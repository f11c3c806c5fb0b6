/*
 * segment_pack.c
 *		Sealing bodies: the unsealed ones of a partition, packed into segments.
 *
 * What is sealed already is known by the segments themselves.  So sealing that was
 * broken off continues where it was, and a late body is sealed by itself.
 * Nothing is taken out of the partition here: it is dropped as a whole when a later
 * pass finds all of it sealed.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
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

#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/rewrite_lock.h"
#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "segment/body.h"
#include "segment/cached_segment.h"
#include "segment/sealed_bodies.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_scan.h"
#include "segment/segment_write.h"
#include "segment/unsealed_body.h"
#include "segment/zstd.h"

PG_FUNCTION_INFO_V1(ogw_pack_bodies);

/* Rows of the query that are fetched at once. */
#define ROWS_AT_ONCE 1000

/* The background worker packs at most as much as ogw_logs.seal_rate allows in so many seconds. */
#define SECONDS_AT_ONCE 30

/* While it waits, it checks at this interval whether an erasure waits. */
#define MS_BETWEEN_CHECKS 100

/*
 * The pieces of all bodies of a partition, in the order of segments.  A body whose entry
 * is not there cannot be read by anybody, and is sealed all the same.
 */
static const char pieces_query[] =
"SELECT b.ctid, b.chunk::int4, b.\"timestamp\", b.team_id::text,"
"       ogw_logs_internal.id_hash(coalesce(e.session_id::text, '')) AS session, ogw_logs_internal.id_hash(b.job_id) AS job"
"  FROM %s b"
"  LEFT JOIN ogw_logs.entry e ON e.\"timestamp\" = b.\"timestamp\""
"        AND e.team_id::text COLLATE \"C\" = b.team_id COLLATE \"C\" AND e.job_id::text COLLATE \"C\" = b.job_id COLLATE \"C\""
"        AND e.\"timestamp\" >= $1 AND e.\"timestamp\" < $2"
" ORDER BY b.team_id COLLATE \"C\", session, b.\"timestamp\", job, b.chunk, b.ctid";

enum
{
	PIECE_CTID = 1, PIECE_CHUNK, PIECE_TIMESTAMP, PIECE_TEAM_ID, PIECE_SESSION, PIECE_JOB
};

typedef struct Sealing
{
	Relation	partition;		/* of ogw_logs.body */
	TupleTableSlot *slot;
	AttrNumber	content;
	Snapshot	snapshot;
	SegmentRow	row;			/* of the segment that is made */
	TimestampTz until;			/* where the times of the partition end */
	int64		budget;			/* bytes of text that may still be packed */
	Datum		team_id;		/* 0: none yet */
	MemoryContext team_context;
	bool		has_scan;
	SegmentScan scan;			/* of the segments that are there */
	int			n_intervals;	/* those that begin before the partition, and may have some of it */
	TimestampTz *intervals;
	List	   *passes;			/* SegmentPasses of the team */
	SealedBodies *sealed;		/* the bodies that these have; NULL: not read yet */
	SegmentBuilder *builder;
	bool		has_body;		/* of the team */
	BodyId		key;			/* of the body whose pieces are read */
	ItemPointerData tid;		/* of its last piece */
	bool		is_packed;		/* it is to be packed: its pieces are in body */
	UnsealedBody body;
	MemoryContext body_context;
	TimestampTz begun;
	int64		bodies;
	int64		text_bytes;
	int64		stored_bytes;
	int64		unreadable;
	bool		complete;
} Sealing;

static bool scan_bodies(Sealing *sealing);
static bool add_piece(Sealing *sealing, SpiCursor *cursor);
static bool begin_body(Sealing *sealing, const BodyId *key, bool is_duplicate);
static void finish_body(Sealing *sealing);
static void begin_team(Sealing *sealing, Datum team_id);
static bool is_sealed(Sealing *sealing, const BodyId *key);
static void read_piece(Sealing *sealing, int32 number);
static bool pack(Sealing *sealing);
static void finish_segment(Sealing *sealing);
static void throttle(const Sealing *sealing);

/*
 * pack_bodies(partition, since, until, pass, max_bytes) → (bodies, text_bytes,
 * stored_bytes, unreadable, complete): packs bodies of a partition of ogw_logs.body
 * into segments of a pass, no more text than max_bytes and one body, and no more when an
 * erasure waits; complete tells whether all are sealed now but those that cannot be
 * read, which are counted.  With max_bytes 0 nothing is packed.  Part of maintain();
 * STRICT.
 */
Datum
ogw_pack_bodies(PG_FUNCTION_ARGS)
{
	Oid			partition = PG_GETARG_OID(0);
	Sealing		sealing = {0};
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
	sealing.body_context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs unsealed body", ALLOCSET_DEFAULT_SIZES);
	sealing.begun = GetCurrentTimestamp();
	sealing.builder = segment_begin();
	sealing.partition = table_open(partition, AccessShareLock);
	sealing.slot = table_slot_create(sealing.partition, NULL);
	sealing.content = log_column(sealing.partition, "content", BYTEAOID);
	segments = log_table_open("segment", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	sealing.has_scan = segment_scan_open(&sealing.scan, partition_at(segments, sealing.row.since), sealing.snapshot);
	if (sealing.has_scan)
	{
		TimestampTz lower;
		TimestampTz upper;

		/* a directory of each pass is kept while a team's bodies are packed */
		sealing.scan.context = sealing.team_context;
		partition_bounds(segments, RelationGetRelid(sealing.scan.partition), &lower, &upper);
		sealing.intervals = intervals_before(lower, sealing.row.since, &sealing.n_intervals);
	}
	sealing.complete = scan_bodies(&sealing);
	if (sealing.has_scan)
		segment_scan_close(&sealing.scan);
	table_close(segments, NoLock);
	ExecDropSingleTupleTableSlot(sealing.slot);
	table_close(sealing.partition, NoLock);
	SPI_finish();
	values[0] = Int64GetDatum(sealing.bodies);
	values[1] = Int64GetDatum(sealing.text_bytes);
	values[2] = Int64GetDatum(sealing.stored_bytes);
	values[3] = Int64GetDatum(sealing.unreadable);
	values[4] = BoolGetDatum(sealing.complete);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* Packs the bodies of the partition, up to the budget; returns whether those were all. */
static bool
scan_bodies(Sealing *sealing)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(sealing->row.since), TimestampTzGetDatum(sealing->until)};
	char	   *query = psprintf(pieces_query, quote_qualified_identifier(OGW_SCHEMA, RelationGetRelationName(sealing->partition)));
	SpiCursor	cursor;
	bool		is_all = true;

	log_columns_check("body");
	log_columns_check("entry");
	spi_cursor_open(&cursor, query, lengthof(types), types, args, NULL, ROWS_AT_ONCE);
	while (is_all && spi_cursor_next(&cursor) != NULL)
		is_all = add_piece(sealing, &cursor);
	if (is_all)
		finish_body(sealing);
	if (segment_count(sealing->builder) > 0)
		finish_segment(sealing);
	spi_cursor_close(&cursor);
	return is_all;
}

/*
 * Adds the piece that the cursor is at, in the order of the query; returns false where the
 * budget is used up.
 */
static bool
add_piece(Sealing *sealing, SpiCursor *cursor)
{
	bool		isnull;
	bool		no_team;
	bool		no_job;
	ItemPointer tid = (ItemPointer) DatumGetPointer(spi_cursor_value(cursor, PIECE_CTID, &isnull));
	int32		number = DatumGetInt32(spi_cursor_value(cursor, PIECE_CHUNK, &isnull));
	Datum		team_id = spi_cursor_value(cursor, PIECE_TEAM_ID, &no_team);
	BodyId		key = {
		.session = DatumGetInt64(spi_cursor_value(cursor, PIECE_SESSION, &isnull)),
		.timestamp = DatumGetTimestampTz(spi_cursor_value(cursor, PIECE_TIMESTAMP, &isnull)),
		.job = DatumGetInt64(spi_cursor_value(cursor, PIECE_JOB, &no_job))
	};
	bool		is_new_team;
	bool		is_same_key;

	/* of no entry: a DBA has let it in, and it stays */
	if (no_team || no_job)
	{
		sealing->unreadable++;
		return true;
	}
	is_new_team = sealing->team_id == 0 || !text_equals(sealing->team_id, team_id);
	is_same_key = !is_new_team && sealing->has_body && compare_body_ids(&sealing->key, &key) == 0;
	/* an entry that is there twice gives each piece of its body twice */
	if (!is_new_team && sealing->has_body && ItemPointerEquals(&sealing->tid, tid))
		return true;
	if (!is_same_key || number == 0)
	{
		finish_body(sealing);
		if (is_new_team)
			begin_team(sealing, team_id);
		if (!begin_body(sealing, &key, is_same_key))
			return false;
	}
	sealing->tid = *tid;
	if (sealing->is_packed)
		read_piece(sealing, number);
	return true;
}

/*
 * Begins with a body, and finds out whether it is to be packed; returns false where it
 * were, and the budget is used up.
 */
static bool
begin_body(Sealing *sealing, const BodyId *key, bool is_duplicate)
{
	CHECK_FOR_INTERRUPTS();
	sealing->has_body = true;
	sealing->key = *key;
	if (is_duplicate)
		sealing->unreadable++;	/* two of 64 equal bits: one of them stays unsealed */
	else if (!is_sealed(sealing, key))
	{
		if (sealing->budget <= 0)
			return false;
		sealing->is_packed = true;
		unsealed_body_begin(&sealing->body, sealing->body_context, 1);
	}
	return true;
}

/* Packs the body whose pieces are all read, if there is one. */
static void
finish_body(Sealing *sealing)
{
	if (!sealing->is_packed)
		return;
	if (!pack(sealing))
		sealing->unreadable++;
	MemoryContextReset(sealing->body_context);
	sealing->is_packed = false;
}

/*
 * Begins with the bodies of another team, and finds the passes that may have some of them
 * already.  Passes of other intervals are among these: a restore of data alone can put
 * bodies into other partitions than those that they were dumped from.
 */
static void
begin_team(Sealing *sealing, Datum team_id)
{
	MemoryContext old;

	if (segment_count(sealing->builder) > 0)
		finish_segment(sealing);
	MemoryContextReset(sealing->team_context);
	old = MemoryContextSwitchTo(sealing->team_context);
	sealing->team_id = datumCopy(team_id, false, -1);
	sealing->has_body = false;
	sealing->passes = NIL;
	sealing->sealed = NULL;
	if (sealing->has_scan)
	{
		segment_scan_set_team(&sealing->scan, sealing->team_id);
		sealing->passes = segment_passes(&sealing->scan, sealing->row.since, sealing->until - 1);
	}
	for (int i = 0; i < sealing->n_intervals; i++)
		sealing->passes = list_concat(sealing->passes,
									  segment_passes(&sealing->scan, sealing->intervals[i], sealing->intervals[i]));
	MemoryContextSwitchTo(old);
}

/*
 * Tells whether a segment has a body of the team; one that cannot be read has none.  One that
 * is not found by its session is looked for in all of them: a DBA can have changed the
 * session of its entry since it was sealed, and it is not to be sealed twice.
 */
static bool
is_sealed(Sealing *sealing, const BodyId *key)
{
	SegmentProblem problem;
	ListCell   *cell;

	foreach(cell, sealing->passes)
		if (segment_pass_has(&sealing->scan, lfirst(cell), key, &problem))
			return true;
	if (sealing->passes == NIL)
		return false;
	if (sealing->sealed == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(sealing->team_context);

		sealing->sealed = palloc0(sizeof(SealedBodies));
		sealed_bodies_add(sealing->sealed, &sealing->scan, sealing->row.since, sealing->until - 1);
		for (int i = 0; i < sealing->n_intervals; i++)
			sealed_bodies_add(sealing->sealed, &sealing->scan, sealing->intervals[i], sealing->intervals[i]);
		sealed_bodies_sort(sealing->sealed);
		MemoryContextSwitchTo(old);
	}
	return sealed_bodies_have(sealing->sealed, key);
}

/* Reads a piece of the body from the row at sealing->tid. */
static void
read_piece(Sealing *sealing, int32 number)
{
	bool		isnull;
	Datum		content;

	if (!table_tuple_fetch_row_version(sealing->partition, &sealing->tid, sealing->snapshot, sealing->slot))
		elog(ERROR, "a row that was read is not there");
	content = slot_getattr(sealing->slot, sealing->content, &isnull);
	unsealed_body_add(&sealing->body, number, isnull ? 0 : content);
	ExecClearTuple(sealing->slot);
}

/*
 * Adds the body to the segment, or to the next one where it does not fit this one any
 * more; returns false where it cannot be read.
 */
static bool
pack(Sealing *sealing)
{
	Slice		compressed;
	Slice		content;
	Slice		parts[N_BODY_PARTS];
	char	   *buffer;

	if (unsealed_body_compressed(&sealing->body, &compressed, &content.len) != NULL)
		return false;
	if (!segment_has_space(sealing->builder, content.len))
		finish_segment(sealing);
	content.data = buffer = segment_reserve(sealing->builder, content.len);
	if (zstd_decompress(compressed, buffer, content.len) != NULL || body_parts(content, parts) != NULL)
		return false;
	segment_add(sealing->builder, &sealing->key, parts);
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
	throttle(sealing);
	if (erasure_waits())
		sealing->budget = 0;
}

/*
 * In the background worker, waits until ogw_logs.seal_rate is no longer exceeded, or an
 * erasure waits.
 */
static void
throttle(const Sealing *sealing)
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
						 Min(left, MS_BETWEEN_CHECKS), PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
}
