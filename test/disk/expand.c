/*
 * expand.c
 *		Opens what was compressed.
 *
 * Bytes that break off or are damaged are opened as far as it goes.
 */
#include "disk_scan.h"

#include <lz4.h>
#include <zstd.h>

#include "access/toast_compression.h"
#include "common/pg_lzcompress.h"

/* Neither method can make a value larger by more than this. */
#define MAX_RATIO 256

/* Opens the zstd frame that begins here. */
Bytes
expand_zstd(const unsigned char *frame, size_t len)
{
	static ZSTD_DCtx *context = NULL;
	ZSTD_inBuffer in = {frame, len, 0};
	Bytes		content = {0};
	size_t		left;

	if (context == NULL)
	{
		context = ZSTD_createDCtx();
		if (context == NULL)
			trouble("zstd", "out of memory");
		ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax,
							   ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
	}
	ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
	for (;;)
	{
		/* by small steps: in one step, an error would lose what came before */
		ZSTD_outBuffer out = {NULL, ZSTD_DStreamOutSize(), 0};

		bytes_reserve(&content, out.size);
		out.dst = content.data + content.len;
		left = ZSTD_decompressStream(context, &out, &in);
		content.len += out.pos;
		if (left == 0 || ZSTD_isError(left) || (in.pos == in.size && out.pos < out.size))
			return content;
	}
}

/*
 * Opens what pglz_compress() made (common/pg_lzcompress.c); where it must be
 * whole and is not, nothing comes of it.
 */
Bytes
expand_pglz(const unsigned char *data, size_t len, size_t plain_len, bool whole)
{
	Bytes		plain = {calloc(plain_len, 1), plain_len, plain_len};

	if (plain.data == NULL)
		trouble("pglz", "out of memory");
	if (pglz_decompress((const char *) data, (int32) len, (char *) plain.data,
						(int32) plain_len, whole) != (int32) plain_len && whole)
		plain.len = 0;
	return plain;
}

/* The same for a block of LZ4, without a frame around it. */
Bytes
expand_lz4(const unsigned char *data, size_t len, size_t plain_len, bool whole)
{
	Bytes		plain = {calloc(plain_len, 1), plain_len, plain_len};

	if (plain.data == NULL)
		trouble("lz4", "out of memory");
	if (LZ4_decompress_safe((const char *) data, (char *) plain.data,
							(int) len, (int) plain_len) != (int) plain_len && whole)
		plain.len = 0;
	return plain;
}

/*
 * Looks into a compressed value, if it can be one.  tcinfo holds the size that
 * it had and the method (varatt.h, access/toast_compression.h).
 */
void
scan_compressed(const Place *place, uint32 tcinfo, const unsigned char *data, size_t len, bool whole)
{
	size_t		plain_len = tcinfo & VARLENA_EXTSIZE_MASK;
	bool		lz4 = tcinfo >> VARLENA_EXTSIZE_BITS == TOAST_LZ4_COMPRESSION_ID;
	Bytes		plain;

	/* it was smaller, or it would not have been compressed */
	if (plain_len <= len || plain_len / MAX_RATIO > len ||
		(!lz4 && tcinfo >> VARLENA_EXTSIZE_BITS != TOAST_PGLZ_COMPRESSION_ID))
		return;
	plain = lz4 ? expand_lz4(data, len, plain_len, whole) : expand_pglz(data, len, plain_len, whole);
	if (plain.len > 0)
		scan_inside(place, lz4 ? "lz4" : "pglz", plain.data, plain.len);
	free(plain.data);
}
