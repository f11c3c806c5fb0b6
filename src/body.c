/*
 * body.c
 *		Packs and opens what lives apart from its entry; body.h has the format.
 *
 * libzstd does the compression: its fastest level is several times quicker than
 * TOAST's pglz, and smaller.
 */
#include "postgres.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/memutils.h"

#include "body.h"
#include "compat.h"

#define BODY_VERSION 1
#define BODY_NULL PG_UINT32_MAX
#define BODY_HEADER_LEN (1 + 4 * N_BODY_PARTS)

/* Bodies are compressed on the writer's time; sealing can do better later. */
#define BODY_ZSTD_LEVEL 1

pg_noreturn static void damaged(const char *what);
static void check_memory(size_t result);
static ZSTD_CCtx *compressor(void);
static bytea *join(const int32 *numbers, const Datum *pieces, int n);

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
	bound = ZSTD_compressBound(raw_len);
	content = MemoryContextAllocHuge(CurrentMemoryContext, VARHDRSZ + bound);
	written = ZSTD_compress2(compressor(), VARDATA(content), bound, raw, raw_len);
	check_memory(written);
	pfree(raw);
	if (ZSTD_isError(written) || !AllocSizeIsValid(VARHDRSZ + written))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compress a body")));
	SET_VARSIZE(content, VARHDRSZ + written);
	return content;
}

/*
 * Opens a packed value into palloc'd parts.  Whatever its bytes are, it ends
 * in parts or in an error that quotes nothing of them.
 */
void
body_unpack(const bytea *content, Span parts[N_BODY_PARTS])
{
	const char *frame = VARDATA_ANY(content);
	size_t		frame_len = VARSIZE_ANY_EXHDR(content);
	unsigned long long raw_len = ZSTD_getFrameContentSize(frame, frame_len);
	unsigned char *raw;
	size_t		opened;
	const char *p;
	size_t		left;

	/* a frame says where it ends, an error is no length */
	if (ZSTD_findFrameCompressedSize(frame, frame_len) != frame_len)
		damaged("its pieces make no whole frame");
	if (raw_len == ZSTD_CONTENTSIZE_UNKNOWN || raw_len == ZSTD_CONTENTSIZE_ERROR ||
		raw_len < BODY_HEADER_LEN || !AllocSizeIsValid(raw_len))
		damaged("its size cannot be read");
	raw = palloc(raw_len);
	opened = ZSTD_decompress(raw, raw_len, frame, frame_len);
	check_memory(opened);
	if (opened != raw_len)
		damaged("its frame does not decompress");
	if (raw[0] != BODY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a body was written in format %d, this version reads format %d",
						raw[0], BODY_VERSION),
				 errhint("Install the newer ogw_logs.")));
	p = (const char *) raw + BODY_HEADER_LEN;
	left = raw_len - BODY_HEADER_LEN;
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		const unsigned char *field = raw + 1 + 4 * i;
		uint32		len = field[0] | field[1] << 8 | field[2] << 16 |
			(uint32) field[3] << 24;

		parts[i] = (Span) {NULL, 0};
		if (len == BODY_NULL)
			continue;
		if (len > left)
			damaged("a part is longer than the whole");
		parts[i] = (Span) {p, len};
		p += len;
		left -= len;
	}
	if (left > 0)
		damaged("it is longer than its parts");
}

/*
 * Puts the pieces of a body together, given in their order with their numbers,
 * into a palloc'd value.  Raises data_corrupted where one is missing that
 * others follow; body_unpack() notices where the last one is.
 */
static bytea *
join(const int32 *numbers, const Datum *pieces, int n)
{
	size_t		len = 0;
	bytea	   *content;
	char	   *p;

	for (int i = 0; i < n; i++)
	{
		if (numbers[i] != i)
			damaged("a piece of it is missing");
		len += VARSIZE_ANY_EXHDR(DatumGetPointer(pieces[i]));
	}
	if (!AllocSizeIsValid(VARHDRSZ + len))
		damaged("it is longer than a value can be");
	content = palloc(VARHDRSZ + len);
	SET_VARSIZE(content, VARHDRSZ + len);
	p = VARDATA(content);
	for (int i = 0; i < n; i++)
	{
		size_t		piece_len = VARSIZE_ANY_EXHDR(DatumGetPointer(pieces[i]));

		memcpy(p, VARDATA_ANY(DatumGetPointer(pieces[i])), piece_len);
		p += piece_len;
	}
	return content;
}

/* Raises the error for a value that this format cannot have. */
static void
damaged(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a body is damaged: %s", what),
			 errhint("Restore the partition of ogw_logs.body from a backup.")));
	pg_unreachable();
}

/* Raises out_of_memory where that is why libzstd, which has its own, failed. */
static void
check_memory(size_t result)
{
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory for compressing or opening a body")));
}

/* Returns this backend's compressor, made at first use and kept. */
static ZSTD_CCtx *
compressor(void)
{
	static ZSTD_CCtx *context = NULL;

	if (context == NULL)
	{
		context = ZSTD_createCCtx();
		if (context == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory for compressing or opening a body")));
		ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, BODY_ZSTD_LEVEL);
		ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	}
	return context;
}

/*
 * Gets the stored body of an entry, put together of its rows; NULL where it has
 * none.  Called as the owner, connected to SPI.
 */
bytea *
body_fetch(Datum timestamp, Datum team_id, Datum job_id)
{
	Oid			types[] = {TIMESTAMPTZOID, TEXTOID, TEXTOID};
	Datum		args[] = {timestamp, team_id, job_id};
	SPITupleTable *rows;
	int			n;
	int32	   *numbers;
	Datum	   *pieces;
	bytea	   *content = NULL;

	if (SPI_execute_with_args("SELECT b.chunk, b.content FROM ogw_logs.body b"
							  " WHERE b.\"timestamp\" = $1 AND b.team_id = $2"
							  "   AND b.job_id = $3 ORDER BY b.chunk",
							  lengthof(args), types, args, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
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
		content = join(numbers, pieces, n);
	pfree(numbers);
	pfree(pieces);
	SPI_freetuptable(rows);
	return content;
}
