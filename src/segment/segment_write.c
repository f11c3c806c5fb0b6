/*
 * segment_write.c
 *		Writing a segment into ogw_logs.segment, cut into rows, and deleting it there.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/slice.h"
#include "core/spi.h"
#include "segment/cached_segment.h"
#include "segment/segment_write.h"

/* The last pieces of a segment are cut so that as many of them fill a page. */
#define SMALL_PIECES 4

/* The columns of ogw_logs.segment, not counting a DBA's. */
#define N_SEGMENT_COLUMNS 8

/* The most bytes that a value is expected to have of a DBA's column without a fixed length. */
#define LONG_COLUMN 256

/* The rows of one segment. */
#define SAME_SEGMENT \
	" WHERE s.team_id COLLATE \"C\" = $1 AND s.since = $2 AND s.pass = $3 AND s.first_session = $4" \
	" AND s.first_timestamp = $5 AND s.first_job = $6"

/* What a piece leaves of its page, in bytes, for a column that a DBA adds later. */
#define SPARE 32

/* The least bytes of a piece, whatever a row has beside it. */
#define LEAST_PIECE 256

static size_t other_columns(void);
static size_t piece_capacity(Datum team_id, size_t others, int n);

/*
 * Writes a segment of a team, in pieces that fill a page each; row says what it is
 * found by.  Returns its bytes.  Called connected to SPI.
 */
int64
segment_write(Datum team_id, const SegmentRow *row, Slice value)
{
	static SpiStatement insert = {
		"INSERT INTO ogw_logs.segment (since, team_id, pass, first_session,"
		" first_timestamp, first_job, chunk, content)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		SPI_OK_INSERT, 8,
		{TIMESTAMPTZOID, TEXTOID, INT4OID, INT8OID, TIMESTAMPTZOID, INT8OID, INT4OID, BYTEAOID}
	};
	size_t		others = other_columns();
	size_t		capacity = piece_capacity(team_id, others, 1);
	size_t		small = piece_capacity(team_id, others, SMALL_PIECES);
	bytea	   *piece = palloc(VARHDRSZ + capacity);
	Datum		args[] = {
		TimestampTzGetDatum(row->since), team_id, Int32GetDatum(row->pass),
		Int64GetDatum(row->first.session), TimestampTzGetDatum(row->first.timestamp),
		Int64GetDatum(row->first.job), 0, PointerGetDatum(piece)
	};

	log_columns_check("segment");
	for (size_t at = 0, chunk = 0, len; at < value.len; at += len, chunk++)
	{
		/* what is left is cut smaller, to share pages with other segments' */
		len = value.len - at >= capacity ? capacity : Min(small, value.len - at);
		SET_VARSIZE(piece, VARHDRSZ + len);
		memcpy(VARDATA(piece), value.data + at, len);
		args[6] = Int32GetDatum((int32) chunk);
		spi_run_kept(&insert, args);
	}
	pfree(piece);
	return value.len;
}

/*
 * Deletes the rows of a segment, those that the latest snapshot shows, and returns how
 * many they were.  Raises serialization_failure where one of them stays, or there is none:
 * another transaction has deleted them, or a trigger keeps them.
 */
int64
segment_delete(Datum team_id, const SegmentRow *row)
{
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID, INT4OID, INT8OID, TIMESTAMPTZOID, INT8OID};
	Datum		args[] = {
		team_id, TimestampTzGetDatum(row->since), Int32GetDatum(row->pass), Int64GetDatum(row->first.session),
		TimestampTzGetDatum(row->first.timestamp), Int64GetDatum(row->first.job)
	};
	int64		deleted;
	int64		shown;
	bool		isnull;

	log_columns_check("segment");
	/* both parts of it see the same rows */
	spi_run_latest("WITH gone AS (DELETE FROM ogw_logs.segment s" SAME_SEGMENT " RETURNING 1)"
				   " SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM ogw_logs.segment s" SAME_SEGMENT ")",
				   SPI_OK_SELECT, lengthof(types), types, args);
	deleted = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	shown = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull));
	SPI_freetuptable(SPI_tuptable);
	if (deleted == 0 || deleted != shown)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("sealed bodies could not be removed, as others have removed them, or a trigger keeps them"),
				 errhint("Try it again, without a trigger on table ogw_logs.segment and its partitions.")));
	return deleted;
}

/* Returns the most bytes, as a guess, that a DBA's own columns have in a row. */
static size_t
other_columns(void)
{
	Relation	parent = log_table_open("segment", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	TupleDesc	desc = RelationGetDescr(parent);
	size_t		len = desc->natts > N_SEGMENT_COLUMNS ? MAXALIGN(BITMAPLEN(desc->natts)) : 0;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (i >= N_SEGMENT_COLUMNS && !att->attisdropped)
			len += att->attlen > 0 ? att->attlen + MAXIMUM_ALIGNOF : LONG_COLUMN;
	}
	table_close(parent, NoLock);
	return len;
}

/*
 * Returns the bytes of a piece of a team's segment of which so many fill a page: what
 * their rows may have, less the header, two times and two hashes of 8 bytes,
 * two numbers of 4, two lengths of 4, the team_id, and a DBA's columns.
 */
static size_t
piece_capacity(Datum team_id, size_t others, int n)
{
	size_t		row = MAXALIGN_DOWN((BLCKSZ - SizeOfPageHeaderData - n * sizeof(ItemIdData)) / n);
	size_t		used = MAXALIGN(SizeofHeapTupleHeader) + 4 * 8 + 2 * 4 + 2 * 4 +
		INTALIGN(VARSIZE_ANY_EXHDR(DatumGetPointer(team_id))) + others + (n == 1 ? SPARE : 0);

	return row > used + LEAST_PIECE ? row - used : LEAST_PIECE;
}
