/*
 * zstd.c
 *		Packs texts into zstd frames, and opens them.
 *
 * libzstd does the compression: its fastest level is several times quicker than
 * TOAST's pglz, and smaller.
 */
#include "postgres.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "utils/memutils.h"

#include "core/compat.h"
#include "core/slice.h"
#include "segment/zstd.h"

/*
 * The level of each kind, and whether matches are looked for beyond what the level
 * remembers.  In segments of 1 MiB of three logs level 3 with that took 0.93 to 0.98
 * of the bytes that it took without, at 0.35 to 0.53 of the speed; level 6 again 0.92
 * to 0.94, at 0.54 to 0.65, which would be below 200 MB/s with all else that sealing
 * does; level 9 0.97 to 0.99 of level 6.
 */
static const struct
{
	int			level;
	bool		long_distance;
}			how[N_COMPRESSION_USES] = {
	[COMPRESS_BODY] = {1, false},
	[COMPRESS_SEGMENT] = {3, true},
};

static ZSTD_CCtx *compressor(CompressionUse kind);
static ZSTD_DCtx *decompressor(void);
static void check_memory(size_t result);
pg_noreturn static void out_of_memory(void);

/* Returns the bytes that the frame of a content of some length needs at most. */
size_t
zstd_bound(size_t content_len)
{
	return ZSTD_compressBound(content_len);
}

/* Packs a content; returns the frame's length.  There must be room for zstd_bound() bytes. */
size_t
zstd_compress(CompressionUse kind, Slice content, char *to, size_t capacity)
{
	size_t		len = ZSTD_compress2(compressor(kind), to, capacity, content.data, content.len);

	check_memory(len);
	if (ZSTD_isError(len))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compress a body")));
	return len;
}

/*
 * Gives the length of a frame's content.  Returns what is wrong with it, if
 * anything is: a phrase that quotes nothing of it.
 */
const char *
zstd_content_len(Slice frame, size_t *content_len)
{
	unsigned long long len = ZSTD_getFrameContentSize(frame.data, frame.len);

	/* a frame says where it ends, an error is no length */
	if (ZSTD_findFrameCompressedSize(frame.data, frame.len) != frame.len)
		return "its pieces make no whole frame";
	if (len == ZSTD_CONTENTSIZE_UNKNOWN || len == ZSTD_CONTENTSIZE_ERROR ||
		!AllocSizeIsValid(len))
		return "its size cannot be read";
	*content_len = len;
	return NULL;
}

/*
 * Opens a frame whose content has this length.  Returns what is wrong with it, if
 * anything is.
 */
const char *
zstd_decompress(Slice frame, char *to, size_t content_len)
{
	size_t		opened = ZSTD_decompressDCtx(decompressor(), to, content_len,
											 frame.data, frame.len);

	check_memory(opened);
	return opened == content_len ? NULL : "its frame does not decompress";
}

/* Returns this backend's compressor of a kind, made at first use and kept. */
static ZSTD_CCtx *
compressor(CompressionUse kind)
{
	static ZSTD_CCtx *contexts[N_COMPRESSION_USES];

	if (contexts[kind] == NULL)
	{
		ZSTD_CCtx  *context = ZSTD_createCCtx();

		if (context == NULL)
			out_of_memory();
		ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, how[kind].level);
		ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, how[kind].long_distance);
		ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
		contexts[kind] = context;
	}
	return contexts[kind];
}

/* Returns this backend's decompressor, made at first use and kept. */
static ZSTD_DCtx *
decompressor(void)
{
	static ZSTD_DCtx *context = NULL;

	if (context == NULL && (context = ZSTD_createDCtx()) == NULL)
		out_of_memory();
	return context;
}

/* Raises out_of_memory where that is why libzstd, which has its own, failed. */
static void
check_memory(size_t result)
{
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		out_of_memory();
}

/* Raises out_of_memory. */
static void
out_of_memory(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory for compressing or opening a body")));
	pg_unreachable();
}
