/*
 * body.c
 *		Packs and opens what lives apart from its entry; body.h has the format.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/memutils.h"

#include "body.h"
#include "compat.h"
#include "frame.h"

#define BODY_VERSION 1
#define BODY_NULL PG_UINT32_MAX

StaticAssertDecl(BODY_HEADER_LEN == 1 + 4 * N_BODY_PARTS, "a length for each part");

static void body_open(Span frame, Span parts[N_BODY_PARTS]);

/* What body_parts() says of a format that it does not know. */
static const char is_newer[] = "it has a format that this version does not know";

/*
 * Packs the parts (data NULL for one that is not there) into a palloc'd value.
 * Needs, for a while, twice their size.
 */
bytea *
body_pack(const Span parts[N_BODY_PARTS])
{
	size_t		raw_len = BODY_HEADER_LEN;
	char	   *raw;
	char	   *p;
	size_t		bound;
	size_t		written;
	bytea	   *content;

	for (int i = 0; i < N_BODY_PARTS; i++)
		raw_len += parts[i].data ? parts[i].len : 0;
	if (!AllocSizeIsValid(raw_len))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the bodies of one entry exceed 1 GB")));
	p = raw = palloc(raw_len);
	*p++ = BODY_VERSION;
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		uint32		len = parts[i].data ? (uint32) parts[i].len : BODY_NULL;

		for (int shift = 0; shift < 32; shift += 8)
			*p++ = (char) (len >> shift);
	}
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		if (parts[i].data == NULL)
			continue;
		memcpy(p, parts[i].data, parts[i].len);
		p += parts[i].len;
	}
	bound = frame_bound(raw_len);
	content = MemoryContextAllocHuge(CurrentMemoryContext, VARHDRSZ + bound);
	written = frame_pack(FRAME_OF_BODY, (Span) {raw, raw_len}, VARDATA(content), bound);
	pfree(raw);
	if (!AllocSizeIsValid(VARHDRSZ + written))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the bodies of one entry exceed 1 GB")));
	SET_VARSIZE(content, VARHDRSZ + written);
	return content;
}

/*
 * Finds the parts in the content of a frame; data is NULL of one that is not there.
 * Returns what is wrong with it, if anything is: a phrase that quotes nothing of it.
 */
const char *
body_parts(Span content, Span parts[N_BODY_PARTS])
{
	const unsigned char *raw = (const unsigned char *) content.data;
	const char *p = content.data + BODY_HEADER_LEN;
	size_t		left = content.len - BODY_HEADER_LEN;

	if (content.len < BODY_HEADER_LEN)
		return "its size cannot be read";
	if (raw[0] != BODY_VERSION)
		return is_newer;
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		const unsigned char *field = raw + 1 + 4 * i;
		uint32		len = field[0] | field[1] << 8 | field[2] << 16 |
			(uint32) field[3] << 24;

		parts[i] = (Span) {NULL, 0};
		if (len == BODY_NULL)
			continue;
		if (len > left)
			return "a part is longer than the whole";
		parts[i] = (Span) {p, len};
		p += len;
		left -= len;
	}
	return left == 0 ? NULL : "it is longer than its parts";
}

/*
 * Opens a frame into palloc'd parts.  Whatever its bytes are, it ends in parts or
 * in an error that quotes nothing of them.
 */
static void
body_open(Span frame, Span parts[N_BODY_PARTS])
{
	Span		content;
	char	   *raw;
	const char *wrong = frame_measure(frame, &content.len);

	if (wrong != NULL)
		body_damaged(wrong);
	content.data = raw = palloc(content.len);
	wrong = frame_open(frame, raw, content.len);
	if (wrong == NULL)
		wrong = body_parts(content, parts);
	if (wrong == is_newer)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a body was written in format %d, this version reads format %d",
						(unsigned char) raw[0], BODY_VERSION),
				 errhint("Install the newer ogw_logs.")));
	if (wrong != NULL)
		body_damaged(wrong);
}

/*
 * Puts the pieces of a value together, given in their order with their numbers,
 * palloc'd.  Returns what is wrong where one is missing that others follow; the
 * frame tells where the last one is.
 */
const char *
pieces_join(const int32 *numbers, const Datum *pieces, int n, Span *joined)
{
	size_t		len = 0;
	char	   *p;

	for (int i = 0; i < n; i++)
	{
		if (numbers[i] != i)
			return "a piece of it is missing";
		len += VARSIZE_ANY_EXHDR(DatumGetPointer(pieces[i]));
	}
	p = MemoryContextAllocHuge(CurrentMemoryContext, Max(len, 1));
	*joined = (Span) {p, len};
	for (int i = 0; i < n; i++)
	{
		size_t		piece_len = VARSIZE_ANY_EXHDR(DatumGetPointer(pieces[i]));

		memcpy(p, VARDATA_ANY(DatumGetPointer(pieces[i])), piece_len);
		p += piece_len;
	}
	return NULL;
}

/* Raises the error for a value that this format cannot have. */
void
body_damaged(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a body is damaged: %s", what),
			 errhint("Restore the partition of ogw_logs.body from a backup.")));
	pg_unreachable();
}

/*
 * Gets the body of an entry as it came, put together of its rows, into palloc'd
 * parts; false where it has none.  Called as the owner, connected to SPI.
 */
bool
body_fetch(Datum timestamp, Datum team_id, Datum job_id, Span parts[N_BODY_PARTS])
{
	Oid			types[] = {TIMESTAMPTZOID, TEXTOID, TEXTOID};
	Datum		args[] = {timestamp, team_id, job_id};
	SPITupleTable *rows;
	int			n;
	int32	   *numbers;
	Datum	   *pieces;
	Span		frame;
	MemoryContext context = CurrentMemoryContext;

	if (SPI_execute_with_args("SELECT b.chunk, b.content FROM ogw_logs.body b"
							  " WHERE b.\"timestamp\" = $1 AND b.team_id = $2"
							  "   AND b.job_id = $3 ORDER BY b.chunk",
							  lengthof(types), types, args, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	MemoryContextSwitchTo(context);
	rows = SPI_tuptable;
	n = (int) SPI_processed;
	numbers = palloc(sizeof(int32) * n);
	pieces = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		bool		isnull;

		numbers[i] = DatumGetInt32(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull));
		pieces[i] = SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &isnull);
	}
	if (n > 0)
	{
		const char *wrong = pieces_join(numbers, pieces, n, &frame);

		if (wrong != NULL)
			body_damaged(wrong);
	}
	pfree(numbers);
	pfree(pieces);
	SPI_freetuptable(rows);
	if (n == 0)
		return false;
	body_open(frame, parts);
	pfree((char *) frame.data);
	return true;
}
