/*
 * segment_scan.c
 *		Reading the segments of a partition of ogw_logs.segment, by their index.
 */
#include "postgres.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/partition_index.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "segment/cached_segment.h"
#include "segment/pieces.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

/* What the name of the index ends in. */
#define KEY_SUFFIX "_key"

/* Bytes that the pieces of a segment are put together in at first. */
#define EXPECTED_BYTES (32 * 1024)

/* The columns of the index, in their order; segment.sql makes it. */
static const IndexColumn columns[] = {
	{"team_id", TEXTOID, BTEqualStrategyNumber},
	{"since", TIMESTAMPTZOID, BTEqualStrategyNumber},
	{"pass", INT4OID, BTEqualStrategyNumber},
	{"first_session", INT8OID, BTEqualStrategyNumber},
	{"first_timestamp", TIMESTAMPTZOID, BTEqualStrategyNumber},
	{"first_job", INT8OID, BTEqualStrategyNumber},
	{"chunk", INT4OID, BTEqualStrategyNumber}
};

/* Scans, and teams that one was set to, of this session. */
static uint64 scans = 0;

PG_FUNCTION_INFO_V1(ogw_has_segment_index);

static IndexScanDesc begin_rows(SegmentScan *scan, ScanKeyData *keys, int n);
static bool next_row(IndexScanDesc index_scan, ScanDirection direction, SegmentRow *row);
static const char *load_pieces(SegmentScan *scan, const SegmentRow *row, CachedSegment *cached);
static TransactionId slot_xmin(TupleTableSlot *slot);

/*
 * Opens a partition, whose parent is locked, for no team yet; false where there is
 * none (InvalidOid).  What the scan reads is in the current context.  Raises
 * object_not_in_prerequisite_state where its index is not there, or has other columns,
 * and what log_column() does.
 */
bool
segment_scan_open(SegmentScan *scan, Oid partition, Snapshot snapshot)
{
	memset(scan, 0, sizeof(SegmentScan));
	if (!OidIsValid(partition))
		return false;
	scan->partition = table_open(partition, AccessShareLock);
	scan->index = partition_index_open(partition, KEY_SUFFIX, BTREE_AM_OID, columns, lengthof(columns));
	if (scan->index == NULL || scan->index->rd_index->indnkeyatts != lengthof(columns))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table ogw_logs.%s lacks the index by which sealed bodies are found",
						RelationGetRelationName(scan->partition)),
				 errhint("SELECT ogw_logs.maintain() builds it.")));
	scan->slot = table_slot_create(scan->partition, NULL);
	scan->content = log_column(scan->partition, "content", BYTEAOID);
	scan->snapshot = snapshot;
	scan->context = CurrentMemoryContext;
	return true;
}

/* Closes the partition, which the lock on its parent keeps where it is. */
void
segment_scan_close(SegmentScan *scan)
{
	if (scan->range != NULL)
		index_endscan(scan->range);
	cached_segment_forget(&scan->current);
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, AccessShareLock);
	table_close(scan->partition, AccessShareLock);
}

/*
 * has_segment_index(partition) → boolean: whether a partition has the index, also one
 * that some snapshots may not use yet; STRICT.
 */
Datum
ogw_has_segment_index(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(partition_index_is_there(PG_GETARG_OID(0), KEY_SUFFIX, BTREE_AM_OID,
											columns, lengthof(columns), true));
}

/* Sets whose segments are read from now on. */
void
segment_scan_set_team(SegmentScan *scan, Datum team_id)
{
	scan->team_id = team_id;
	scan->number = ++scans;
}

/*
 * Goes to the next team, by its name, that has segments here; to the first one where the
 * scan is of none yet.  Returns false behind the last.
 */
bool
segment_scan_next_team(SegmentScan *scan)
{
	ScanKeyData keys[1];
	int			n = 0;
	IndexScanDesc index_scan;
	SegmentRow	row;
	bool		is_there;

	if (scan->team_id != 0)
		segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTGreaterStrategyNumber, F_TEXT_GT, scan->team_id);
	index_scan = begin_rows(scan, keys, n);
	is_there = next_row(index_scan, ForwardScanDirection, &row);
	if (is_there)
	{
		bool		isnull;
		Datum		team_id = index_getattr(index_scan->xs_itup, SEGMENT_ATTR_TEAM_ID, index_scan->xs_itupdesc, &isnull);

		segment_scan_set_team(scan, datumCopy(team_id, false, -1));
	}
	index_endscan(index_scan);
	return is_there;
}

/* Begins to go through the team's segments of intervals that begin from first to last. */
void
segment_scan_begin_range(SegmentScan *scan, TimestampTz first, TimestampTz last)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = segment_scan_keys(scan, keys);

	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(first));
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(last));
	if (scan->range != NULL)
		index_endscan(scan->range);
	scan->range = begin_rows(scan, keys, n);
	scan->row.chunk = -1;
}

/*
 * Goes to the next segment of the range, which is in scan->current until the next call;
 * scan->row says which one it is.  *wrong says why it cannot be read, also where its
 * first piece is missing; NULL: nothing.  Returns false behind the last.
 */
bool
segment_scan_next(SegmentScan *scan, const char **wrong)
{
	SegmentRow	row;

	while (scan->range != NULL && next_row(scan->range, ForwardScanDirection, &row))
	{
		if ((scan->row.chunk >= 0 && same_segment(&scan->row, &row)) ||
			!index_fetch_heap(scan->range, scan->slot))
			continue;
		scan->row = row;
		*wrong = segment_scan_load(scan, &row, &scan->current);
		return true;
	}
	if (scan->range != NULL)
		index_endscan(scan->range);
	scan->range = NULL;
	cached_segment_forget(&scan->current);
	return false;
}

/*
 * Reads the segment that a row is a piece of, in place of the one that was read before; its
 * memory is below the scan's.  Returns what is wrong with it, if anything is: then
 * there is none.
 */
const char *
segment_scan_load(SegmentScan *scan, const SegmentRow *row, CachedSegment *cached)
{
	MemoryContext context;
	MemoryContext old;
	const char *wrong;

	cached_segment_forget(cached);
	context = AllocSetContextCreate(scan->context, "ogw_logs segment", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	wrong = load_pieces(scan, row, cached);
	if (wrong == NULL)
		cached->team_id = datumCopy(scan->team_id, false, -1);
	MemoryContextSwitchTo(old);
	if (wrong != NULL)
	{
		MemoryContextDelete(context);
		return wrong;
	}
	cached_segment_begin(cached, context);
	cached->row = *row;
	cached->partition = RelationGetRelid(scan->partition);
	cached->file = scan->partition->rd_rel->relfilenode;
	cached->scan = scan->number;
	return NULL;
}

/* Reads the pieces of a segment, and its directory, into the current context. */
static const char *
load_pieces(SegmentScan *scan, const SegmentRow *row, CachedSegment *cached)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = segment_scan_pass_keys(scan, row, keys);
	IndexScanDesc index_scan;
	SegmentRow	piece;
	Pieces		pieces;
	Slice		value;
	const char *wrong;

	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ,
					 Int64GetDatum(row->first.session));
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
					 TimestampTzGetDatum(row->first.timestamp));
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_JOB, BTEqualStrategyNumber, F_INT8EQ,
					 Int64GetDatum(row->first.job));
	pieces_begin(&pieces, CurrentMemoryContext, EXPECTED_BYTES);
	index_scan = begin_rows(scan, keys, n);
	while (next_row(index_scan, ForwardScanDirection, &piece))
	{
		bool		isnull;
		Datum		content;

		if (!index_fetch_heap(index_scan, scan->slot))
			continue;
		content = slot_getattr(scan->slot, scan->content, &isnull);
		if (isnull)
			pieces.is_broken = true;
		else
			pieces_add(&pieces, piece.chunk, text_to_slice(content));
		cached->tid = scan->slot->tts_tid;
		cached->xmin = slot_xmin(scan->slot);
	}
	index_endscan(index_scan);
	wrong = pieces_joined(&pieces, &value);
	if (wrong == NULL)
		wrong = segment_read(value, &cached->segment);
	if (wrong != NULL)
		return wrong;
	cached->segment.value = pieces.data;
	return NULL;
}

/*
 * Reads the segment of a row that segment_scan_edge_row() has just found, its last, unless
 * the one that was read before is the same version of the same.
 */
const char *
segment_scan_load_found(SegmentScan *scan, const SegmentRow *row, CachedSegment *cached)
{
	if (cached->context != NULL && cached->partition == RelationGetRelid(scan->partition) &&
		cached->file == scan->partition->rd_rel->relfilenode &&
		ItemPointerEquals(&cached->tid, &scan->slot->tts_tid) && cached->xmin == slot_xmin(scan->slot) &&
		same_segment(&cached->row, row) &&
		text_equals(cached->team_id, scan->team_id))
	{
		cached->scan = scan->number;
		return NULL;
	}
	return segment_scan_load(scan, row, cached);
}

/* Returns the transaction that wrote the version of a row that a slot has. */
static TransactionId
slot_xmin(TupleTableSlot *slot)
{
	bool		isnull;

	return DatumGetTransactionId(slot_getsysattr(slot, MinTransactionIdAttributeNumber, &isnull));
}

/* Makes the condition for the segments of the scan's team; returns how many they are. */
int
segment_scan_keys(const SegmentScan *scan, ScanKeyData *keys)
{
	int			n = 0;

	segment_scan_key(keys, &n, SEGMENT_ATTR_TEAM_ID, BTEqualStrategyNumber, F_TEXTEQ, scan->team_id);
	return n;
}

/* Makes the conditions for the team's segments of a pass; returns how many they are. */
int
segment_scan_pass_keys(const SegmentScan *scan, const SegmentRow *pass, ScanKeyData *keys)
{
	int			n = segment_scan_keys(scan, keys);

	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
					 TimestampTzGetDatum(pass->since));
	segment_scan_key(keys, &n, SEGMENT_ATTR_PASS, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(pass->pass));
	return n;
}

/* Adds a condition on a column of the index. */
void
segment_scan_key(ScanKeyData *keys, int *n, AttrNumber column, StrategyNumber strategy,
				 RegProcedure function, Datum value)
{
	ScanKeyEntryInitialize(&keys[(*n)++], 0, column, strategy, InvalidOid,
						   column == SEGMENT_ATTR_TEAM_ID ? C_COLLATION_OID : InvalidOid,
						   function, value);
}

/*
 * Gives the first or (backward) last row that meets the conditions and that the snapshot
 * sees; scan->slot has it then.  Returns false where none does.
 */
bool
segment_scan_edge_row(SegmentScan *scan, ScanKeyData *keys, int n, ScanDirection direction,
					  SegmentRow *row)
{
	IndexScanDesc index_scan = begin_rows(scan, keys, n);
	SegmentRow	found;
	bool		is_there = false;

	while (!is_there && next_row(index_scan, direction, &found))
		is_there = index_fetch_heap(index_scan, scan->slot);
	index_endscan(index_scan);
	if (is_there)
		*row = found;
	return is_there;
}

/* Begins to go through the rows of the index that meet the conditions. */
static IndexScanDesc
begin_rows(SegmentScan *scan, ScanKeyData *keys, int n)
{
	IndexScanDesc index_scan = ogw_index_beginscan(scan->partition, scan->index, scan->snapshot, n);

	index_scan->xs_want_itup = true;
	index_rescan(index_scan, keys, n, NULL, 0);
	return index_scan;
}

/*
 * Gives the next row, which the snapshot need not see; false behind the last.  One that has
 * a NULL, where a DBA has let its table have some, is of no segment.
 */
static bool
next_row(IndexScanDesc index_scan, ScanDirection direction, SegmentRow *row)
{
	Datum		values[N_SEGMENT_INDEX_COLUMNS + 1];
	bool		is_whole = false;

	while (!is_whole)
	{
		CHECK_FOR_INTERRUPTS();
		if (index_getnext_tid(index_scan, direction) == NULL)
			return false;
		is_whole = true;
		for (int i = SEGMENT_ATTR_TEAM_ID; i <= N_SEGMENT_INDEX_COLUMNS; i++)
		{
			bool		isnull;

			values[i] = index_getattr(index_scan->xs_itup, i, index_scan->xs_itupdesc, &isnull);
			is_whole &= !isnull;
		}
	}
	row->since = DatumGetTimestampTz(values[SEGMENT_ATTR_SINCE]);
	row->pass = DatumGetInt32(values[SEGMENT_ATTR_PASS]);
	row->first.session = DatumGetInt64(values[SEGMENT_ATTR_FIRST_SESSION]);
	row->first.timestamp = DatumGetTimestampTz(values[SEGMENT_ATTR_FIRST_TIMESTAMP]);
	row->first.job = DatumGetInt64(values[SEGMENT_ATTR_FIRST_JOB]);
	row->chunk = DatumGetInt32(values[SEGMENT_ATTR_CHUNK]);
	return true;
}
