/*
 * zstd.h
 *		A zstd frame (RFC 8878), which has its content's size and its checksum.
 */
#ifndef OGW_ZSTD_H
#define OGW_ZSTD_H

#include "postgres.h"

#include "core/slice.h"

/* Who is in a hurry: a writer is, sealing less. */
typedef enum CompressionUse
{
	COMPRESS_BODY,
	COMPRESS_SEGMENT,
	N_COMPRESSION_USES
} CompressionUse;

extern size_t zstd_bound(size_t content_len);
extern size_t zstd_compress(CompressionUse use, Slice content, char *to, size_t capacity);
extern const char *zstd_content_len(Slice frame, size_t *content_len);
extern const char *zstd_decompress(Slice frame, char *to, size_t content_len);

#endif
