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

extern size_t zstd_bound(size_t content_len);
extern size_t zstd_compress(CompressionUse use, Slice content, char *to, size_t capacity);
extern const char *zstd_content_len(Slice compressed, size_t *content_len);
extern const char *zstd_decompress(Slice compressed, char *to, size_t content_len);
extern void zstd_forget_read(void);
extern void zstd_forget(void);

#endif
