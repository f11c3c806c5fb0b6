/*
 * zstd.h
 *		Compressing texts into zstd frames (RFC 8878) with their content's size and a
 *		checksum.
 */
#ifndef OGW_ZSTD_H
#define OGW_ZSTD_H

#include "postgres.h"

#include "core/slice.h"

/* What is compressed: a writer waits for a body, nobody for a segment. */
typedef enum CompressionUse
{
	COMPRESS_BODY,
	COMPRESS_SEGMENT,
	N_COMPRESSION_USES
} CompressionUse;

/*
 * A content of more bytes than this is gone through in steps, between which an interrupt is
 * looked for: a step takes some milliseconds, the longest content seconds.  A shorter one
 * is done at once, in a tenth of a second at most: in steps libzstd copies it through a
 * window of its own, which takes 1.1 to 1.6 times as long.
 */
#define ZSTD_LONG_CONTENT (32 * 1024 * 1024)

extern size_t zstd_bound(size_t content_len);
extern size_t zstd_compress(CompressionUse use, Slice content, char *to, size_t capacity);
extern size_t zstd_compress_long(CompressionUse use, const Slice *pieces, int n, char *to, size_t capacity);
extern const char *zstd_content_len(Slice compressed, size_t *content_len);
extern const char *zstd_decompress(Slice compressed, char *to, size_t content_len);
extern void zstd_forget_read(void);
extern void zstd_forget(void);

#endif
