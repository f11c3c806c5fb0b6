/*
 * zstd.c
 *		Compresses texts into zstd frames (RFC 8878), and decompresses them.
 *
 * libzstd does the compression: its fastest level is several times quicker than
 * TOAST's pglz, and smaller.
 *
 * What libzstd works in holds pieces of texts: literals of the last blocks, and of a long
 * one the whole.  What was opened, or packed into segments, may be anybody's: of that
 * nothing is left when the transaction is over, see zstd_forget_read().  A compressor of
 * bodies stays as it is: making one anew and wiping it costs a transaction of one entry 9 %
 * of its time, and it holds what this session itself has written.  The statement that it
 * came in leaves as much in the backend's memory.
 *
 * ZSTD_createCCtx_advanced() and ZSTD_createDCtx_advanced() take functions for memory.  They
 * are not of libzstd's stable interface, but as they were in its version 1.0, and its shared
 * library exports them; with one that did not, this library could not be loaded.
 */
#include "postgres.h"

#define ZSTD_STATIC_LINKING_ONLY	/* for the functions that take some for memory */
#include <zstd.h>
#include <zstd_errors.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "core/slice.h"
#include "segment/zstd.h"

/*
 * The level of each use, and whether matches are looked for beyond what the level
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

/* The bytes of a step, where a long content is gone through in steps. */
#define STEP (1024 * 1024)

/* What libzstd has for a content that is gone through in steps. */
typedef struct Stepper
{
	MemoryContext context;
	ZSTD_CCtx  *compressor;		/* NULL: none */
	ZSTD_DCtx  *decompressor;	/* NULL: none */
	MemoryContextCallback callback;
} Stepper;

/* What stands before a block of libzstd's memory, of a length that keeps malloc()'s alignment. */
typedef union BlockHeader
{
	size_t		len;			/* bytes of the block, without this */
	char		aligned[16];
} BlockHeader;

static void *take_block(void *opaque, size_t len);
static void free_block(void *opaque, void *block);

/* Memory that is wiped when libzstd frees it. */
static const ZSTD_customMem wiped_memory = {take_block, free_block, NULL};

/* Made when they are first needed; NULL: not yet. */
static ZSTD_CCtx *compressors[N_COMPRESSION_USES];

/* The decompressor, and what its memory held when it was new. */
static ZSTD_DCtx *kept_decompressor;
static char *new_memory;
static size_t new_memory_len;
static bool decompressor_is_used;

static size_t compress_stepwise(CompressionUse use, const Slice *pieces, int n, char *to, size_t capacity);
static size_t checked_len(size_t len);
static size_t decompress_stepwise(Slice compressed, char *to, size_t content_len);
static Stepper *begin_steps(void);
static void end_steps(Stepper *stepper);
static void free_stepper(void *arg);
static ZSTD_CCtx *compressor(CompressionUse use);
static ZSTD_CCtx *new_compressor(CompressionUse use);
static ZSTD_DCtx *decompressor(void);
static ZSTD_DCtx *new_decompressor(void);
static void check_memory(size_t result);
pg_noreturn static void out_of_memory(void);

/* Returns the most bytes that the frame of a content of this length has. */
size_t
zstd_bound(size_t content_len)
{
	return ZSTD_compressBound(content_len);
}

/*
 * Compresses a content into a frame, for which there are zstd_bound() bytes; returns the
 * frame's length.  Can be cancelled where it is long.
 */
size_t
zstd_compress(CompressionUse use, Slice content, char *to, size_t capacity)
{
	if (content.len > ZSTD_LONG_CONTENT)
		return zstd_compress_long(use, &content, 1, to, capacity);
	return checked_len(ZSTD_compress2(compressor(use), to, capacity, content.data, content.len));
}

/*
 * The same of a long content that stands in several pieces, without putting them together:
 * that would be as many bytes once more.
 */
size_t
zstd_compress_long(CompressionUse use, const Slice *pieces, int n, char *to, size_t capacity)
{
	return checked_len(compress_stepwise(use, pieces, n, to, capacity));
}

/* Returns a frame's length; raises an error where it is libzstd's. */
static size_t
checked_len(size_t len)
{
	check_memory(len);
	if (ZSTD_isError(len))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compress a body")));
	return len;
}

/*
 * Compresses pieces a step at a time, with a compressor of its own: a kept one would keep the
 * window, which is as long as the content, up to 128 MB.  Returns the frame's length, or
 * libzstd's error.
 */
static size_t
compress_stepwise(CompressionUse use, const Slice *pieces, int n, char *to, size_t capacity)
{
	Stepper    *stepper = begin_steps();
	ZSTD_outBuffer out = {to, capacity, 0};
	size_t		content_len = 0;
	size_t		done = 0;
	size_t		left;

	for (int i = 0; i < n; i++)
		content_len += pieces[i].len;
	left = ZSTD_CCtx_setPledgedSrcSize(stepper->compressor = new_compressor(use), content_len);
	for (int i = 0; i < n; i++)
	{
		ZSTD_inBuffer in = {pieces[i].data, 0, 0};

		while (!ZSTD_isError(left) && in.pos < pieces[i].len && out.pos < out.size)
		{
			CHECK_FOR_INTERRUPTS();
			in.size = Min(in.pos + STEP, pieces[i].len);
			left = ZSTD_compressStream2(stepper->compressor, &out, &in, ZSTD_e_continue);
		}
		done += in.pos;
	}
	/* what it has not written yet; that it has no space for it the bound excludes */
	if (!ZSTD_isError(left))
		left = done < content_len ? 1 :
			ZSTD_compressStream2(stepper->compressor, &out, &(ZSTD_inBuffer) {NULL, 0, 0}, ZSTD_e_end);
	end_steps(stepper);
	if (ZSTD_isError(left))
		return left;
	return left == 0 ? out.pos : (size_t) -ZSTD_error_dstSize_tooSmall;
}

/*
 * Gives the length of a frame's content.  Returns what is wrong with it, if
 * anything is: a phrase that quotes nothing of it.
 */
const char *
zstd_content_len(Slice compressed, size_t *content_len)
{
	unsigned long long len = ZSTD_getFrameContentSize(compressed.data, compressed.len);

	/* a frame says where it ends, an error is no length */
	if (ZSTD_findFrameCompressedSize(compressed.data, compressed.len) != compressed.len)
		return "its pieces make no whole frame";
	if (len == ZSTD_CONTENTSIZE_UNKNOWN || len == ZSTD_CONTENTSIZE_ERROR ||
		!AllocSizeIsValid(len))
		return "its size cannot be read";
	*content_len = len;
	return NULL;
}

/*
 * Decompresses a frame whose content has this length.  Returns what is wrong with it, if
 * anything is.  Can be cancelled where it is long.
 */
const char *
zstd_decompress(Slice compressed, char *to, size_t content_len)
{
	size_t		len = content_len > ZSTD_LONG_CONTENT ? decompress_stepwise(compressed, to, content_len) :
		ZSTD_decompressDCtx(decompressor(), to, content_len, compressed.data, compressed.len);

	check_memory(len);
	return len == content_len ? NULL : "its frame does not decompress";
}

/*
 * The same a step at a time, with a decompressor of its own.  Returns the content's length,
 * or libzstd's error, or another length where the frame is not whole.
 */
static size_t
decompress_stepwise(Slice compressed, char *to, size_t content_len)
{
	Stepper    *stepper = begin_steps();
	ZSTD_outBuffer out = {to, 0, 0};
	ZSTD_inBuffer in = {compressed.data, compressed.len, 0};
	size_t		left = 1;

	stepper->decompressor = new_decompressor();
	while (!ZSTD_isError(left) && left > 0)
	{
		size_t		before = out.pos + in.pos;

		CHECK_FOR_INTERRUPTS();
		out.size = Min(out.pos + STEP, content_len);
		left = ZSTD_decompressStream(stepper->decompressor, &out, &in);
		if (out.pos + in.pos == before)
			break;				/* it says that there is more, and there is not */
	}
	end_steps(stepper);
	return ZSTD_isError(left) ? left : left == 0 && in.pos == compressed.len ? out.pos : 0;
}

/* Begins with a long content: what libzstd needs for it is free again after an error. */
static Stepper *
begin_steps(void)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs zstd", ALLOCSET_SMALL_SIZES);
	Stepper    *stepper = MemoryContextAllocZero(context, sizeof(Stepper));

	stepper->context = context;
	stepper->callback = (MemoryContextCallback) {.func = free_stepper,.arg = stepper};
	MemoryContextRegisterResetCallback(context, &stepper->callback);
	return stepper;
}

/* Ends it. */
static void
end_steps(Stepper *stepper)
{
	MemoryContextDelete(stepper->context);
}

/* Called before the memory of a stepper is freed: frees what is libzstd's. */
static void
free_stepper(void *arg)
{
	Stepper    *stepper = arg;

	/* either takes NULL */
	ZSTD_freeCCtx(stepper->compressor);
	ZSTD_freeDCtx(stepper->decompressor);
}

/* Returns the compressor for a use, made when it is first needed. */
static ZSTD_CCtx *
compressor(CompressionUse use)
{
	if (compressors[use] == NULL)
		compressors[use] = new_compressor(use);
	return compressors[use];
}

/* Makes a compressor for a use. */
static ZSTD_CCtx *
new_compressor(CompressionUse use)
{
	ZSTD_CCtx  *made = ZSTD_createCCtx_advanced(wiped_memory);

	if (made == NULL)
		out_of_memory();
	ZSTD_CCtx_setParameter(made, ZSTD_c_compressionLevel, how[use].level);
	ZSTD_CCtx_setParameter(made, ZSTD_c_enableLongDistanceMatching, how[use].long_distance);
	ZSTD_CCtx_setParameter(made, ZSTD_c_checksumFlag, 1);
	return made;
}

/* Returns the decompressor, made when it is first needed. */
static ZSTD_DCtx *
decompressor(void)
{
	if (kept_decompressor == NULL)
	{
		ZSTD_DCtx  *made = new_decompressor();

		new_memory_len = ZSTD_sizeof_DCtx(made);
		new_memory = malloc(new_memory_len);
		if (new_memory == NULL)
		{
			ZSTD_freeDCtx(made);
			out_of_memory();
		}
		memcpy(new_memory, made, new_memory_len);
		kept_decompressor = made;
	}
	decompressor_is_used = true;
	return kept_decompressor;
}

/* Makes a decompressor. */
static ZSTD_DCtx *
new_decompressor(void)
{
	ZSTD_DCtx  *made = ZSTD_createDCtx_advanced(wiped_memory);

	if (made == NULL)
		out_of_memory();
	return made;
}

/*
 * Wipes what is left of the texts that were opened, and of those that were packed into
 * segments.  The decompressor becomes what it was when it was new, byte for byte: its memory
 * is one block then, and stays that, as nothing goes through it in steps.  Making one anew
 * would take several times as long, as libzstd asks the processor then what it can do.
 */
void
zstd_forget_read(void)
{
	/* either takes NULL */
	ZSTD_freeCCtx(compressors[COMPRESS_SEGMENT]);
	compressors[COMPRESS_SEGMENT] = NULL;
	if (!decompressor_is_used)
		return;
	decompressor_is_used = false;
	if (ZSTD_sizeof_DCtx(kept_decompressor) == new_memory_len)
	{
		memcpy(kept_decompressor, new_memory, new_memory_len);
		return;
	}
	ZSTD_freeDCtx(kept_decompressor);
	kept_decompressor = NULL;
	free(new_memory);
}

/* Wipes that, and what is left of the bodies that this session has written. */
void
zstd_forget(void)
{
	zstd_forget_read();
	ZSTD_freeCCtx(compressors[COMPRESS_BODY]);
	compressors[COMPRESS_BODY] = NULL;
}

/* Takes a block for libzstd, in which no error may be raised; NULL: there is no memory. */
static void *
take_block(void *opaque, size_t len)
{
	/* zeros, as what was there before would be kept with what is new */
	BlockHeader *header = calloc(1, sizeof(BlockHeader) + len);

	if (header == NULL)
		return NULL;
	header->len = len;
	return header + 1;
}

/* Wipes a block and frees it; NULL is none. */
static void
free_block(void *opaque, void *block)
{
	BlockHeader *header = block == NULL ? NULL : (BlockHeader *) block - 1;

	if (header == NULL)
		return;
	explicit_bzero(block, header->len);
	free(header);
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
}
