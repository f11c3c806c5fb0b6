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
expand_pglz(const unsigned char *data, size_t len, size_t raw_len, bool whole)
{
	Bytes		raw = {calloc(raw_len, 1), raw_len, raw_len};

	if (raw.data == NULL)
		trouble("pglz", "out of memory");
	if (pglz_decompress((const char *) data, (int32) len, (char *) raw.data,
						(int32) raw_len, whole) != (int32) raw_len && whole)
		raw.len = 0;
	return raw;
}

/* The same for a block of LZ4, without a frame around it. */
Bytes
expand_lz4(const unsigned char *data, size_t len, size_t raw_len, bool whole)
{
	Bytes		raw = {calloc(raw_len, 1), raw_len, raw_len};

	if (raw.data == NULL)
		trouble("lz4", "out of memory");
	if (LZ4_decompress_safe((const char *) data, (char *) raw.data,
							(int) len, (int) raw_len) != (int) raw_len && whole)
		raw.len = 0;
	return raw;
}

/*
 * Looks into a compressed value, if it can be one.  tcinfo holds the size that
 * it had and the method (varatt.h, access/toast_compression.h).
 */
void
scan_compressed(const Place *place, uint32 tcinfo, const unsigned char *data, size_t len, bool whole)
{
	size_t		raw_len = tcinfo & VARLENA_EXTSIZE_MASK;
	bool		lz4 = tcinfo >> VARLENA_EXTSIZE_BITS == TOAST_LZ4_COMPRESSION_ID;
	Bytes		raw;

	/* it was smaller, or it would not have been compressed */
	if (raw_len <= len || raw_len / MAX_RATIO > len ||
		(!lz4 && tcinfo >> VARLENA_EXTSIZE_BITS != TOAST_PGLZ_COMPRESSION_ID))
		return;
	raw = lz4 ? expand_lz4(data, len, raw_len, whole) : expand_pglz(data, len, raw_len, whole);
	if (raw.len > 0)
		scan_inside(place, lz4 ? "lz4" : "pglz", raw.data, raw.len);
	free(raw.data);
}
