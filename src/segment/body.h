/*
 * body.h
 *		The format of an unsealed body: what lives apart from its entry, in one value.
 *
 * A body is one zstd frame (RFC 8878) with its content size and its checksum,
 * cut into pieces of BODY_CHUNK_BYTES, the last one shorter: a row of
 * ogw_logs.body each, numbered from 0.  The frame's content:
 *
 *		byte 0			the format's version, 1
 *		bytes 1 to 24	six lengths in bytes, each a little-endian 32-bit
 *						number: input, output, error_message, attempts,
 *						tool_calls, metadata; 0xFFFFFFFF for NULL
 *		bytes 25 on		the six texts in this order, UTF-8, without a gap;
 *						nothing behind the last
 *
 * Sealing moves the texts into a segment; see segment.h.
 */
#ifndef OGW_BODY_H
#define OGW_BODY_H

#include "postgres.h"

#include "core/slice.h"

/*
 * A piece's bytes.  Bodies are cut here and not by TOAST, whose tables have no
 * row-level security.  Two rows with whole pieces fit a page of 8 kB, where
 * their team_id and job_id have up to 126 bytes together: a row has 24 bytes of
 * header, 8 of timestamp, 4 of chunk, and 4 before each of the three others.
 */
#define BODY_CHUNK_BYTES 3900

/* What stands before the texts. */
#define BODY_HEADER_LEN 25

typedef enum BodyPart
{
	BODY_NONE = -1,
	BODY_INPUT,
	BODY_OUTPUT,
	BODY_ERROR_MESSAGE,
	BODY_ATTEMPTS,
	BODY_TOOL_CALLS,
	BODY_METADATA,
	N_BODY_PARTS
} BodyPart;

extern const char body_is_newer[];

extern size_t body_text_len(const Slice parts[N_BODY_PARTS]);
extern bytea *body_pack(const Slice parts[N_BODY_PARTS]);
extern const char *body_parts(Slice content, Slice parts[N_BODY_PARTS]);
extern const char *body_open(Slice compressed, MemoryContext context, Slice *content, Slice parts[N_BODY_PARTS]);

#endif
