/*
 * segment_write.c
 *		Writing a segment into ogw_logs.segment, cut into rows.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "segment_write.h"

/* The last pieces of a segment are cut so that as many of them fill a page. */
#define SMALL_PIECES 4

static size_t piece_room(Datum team_id, int n);

/*
 * Writes a segment of a team, in pieces that fill a page each; row says what it is
 * found by.  Returns its bytes.  Called connected to SPI.
 */
int64
segment_write(Datum team_id, const SegmentRow *row, Span value)
{
	static SPIPlanPtr plan = NULL;
	Oid			types[] = {TIMESTAMPTZOID, TEXTOID, INT4OID, INT8OID, TIMESTAMPTZOID,
	INT4OID, INT4OID, BYTEAOID};
	size_t		room = piece_room(team_id, 1);
	size_t		small = piece_room(team_id, SMALL_PIECES);
	bytea	   *piece = palloc(VARHDRSZ + room);
	Datum		args[] = {
		TimestampTzGetDatum(row->since), team_id, Int32GetDatum(row->pass),
		Int64GetDatum(row->first.session), TimestampTzGetDatum(row->first.timestamp),
		Int32GetDatum(row->number), 0, PointerGetDatum(piece)
	};
	MemoryContext context = CurrentMemoryContext;

	if (plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare("INSERT INTO ogw_logs.segment (since, team_id, pass, first_session,"
									   " first_timestamp, number, chunk, content)"
									   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
									   lengthof(types), types);

		if (made == NULL || SPI_keepplan(made) != 0)
			elog(ERROR, "could not prepare a statement of ogw_logs: %s",
				 SPI_result_code_string(SPI_result));
		plan = made;
	}
	for (size_t at = 0, chunk = 0, len; at < value.len; at += len, chunk++)
	{
		/* what is left is cut smaller, to share pages with other segments' */
		len = value.len - at >= room ? room : Min(small, value.len - at);
		SET_VARSIZE(piece, VARHDRSZ + len);
		memcpy(VARDATA(piece), value.data + at, len);
		args[6] = Int32GetDatum((int32) chunk);
		if (SPI_execute_plan(plan, args, NULL, false, 0) != SPI_OK_INSERT)
			elog(ERROR, "a statement of ogw_logs failed");
	}
	MemoryContextSwitchTo(context);
	pfree(piece);
	return value.len;
}

/*
 * Returns the bytes of a piece of a team's segment of which so many fill a page: what
 * their rows may have, less the header, two columns of 8 bytes and one of a hash, three
 * of 4, two lengths of 4, the team_id, and some for a column of the DBA's.
 */
static size_t
piece_room(Datum team_id, int n)
{
	size_t		row = MAXALIGN_DOWN((BLCKSZ - SizeOfPageHeaderData - n * sizeof(ItemIdData)) / n);

	return row - MAXALIGN(SizeofHeapTupleHeader) - 3 * 8 - 3 * 4 - 2 * 4 -
		INTALIGN(VARSIZE_ANY_EXHDR(DatumGetPointer(team_id))) - (n == 1 ? 32 : 0);
}
