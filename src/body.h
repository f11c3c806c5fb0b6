/*
 * body.h
 *		What lives apart from its entry, packed into one value.
 *
 * ogw_logs.body.content is one zstd frame (RFC 8878) with its content size and
 * its checksum.  The content of the frame:
 *
 *		byte 0			the format's version, 1
 *		bytes 1 to 24	six lengths in bytes, each a little-endian 32-bit
 *						number: input, output, error_message, attempts,
 *						tool_calls, metadata; 0xFFFFFFFF for NULL
 *		bytes 25 on		the six texts in this order, UTF-8, without a gap;
 *						nothing behind the last
 */
#ifndef OGW_BODY_H
#define OGW_BODY_H

#include "postgres.h"

#include "json.h"

typedef enum BodyPart
{
	BODY_INPUT,
	BODY_OUTPUT,
	BODY_ERROR_MESSAGE,
	BODY_ATTEMPTS,
	BODY_TOOL_CALLS,
	BODY_METADATA,
	N_BODY_PARTS
} BodyPart;

extern bytea *body_pack(const Span parts[N_BODY_PARTS]);
extern void body_unpack(const bytea *content, Span parts[N_BODY_PARTS]);

#endif
