/*
 * frame.h
 *		A zstd frame (RFC 8878), which has its content's size and its checksum.
 */
#ifndef OGW_FRAME_H
#define OGW_FRAME_H

#include "postgres.h"

#include "json.h"

/* Who is in a hurry: a writer is, sealing less. */
typedef enum FrameKind
{
	FRAME_OF_BODY,
	FRAME_OF_SEGMENT,
	N_FRAME_KINDS
} FrameKind;

extern size_t frame_bound(size_t content_len);
extern size_t frame_pack(FrameKind kind, Span content, char *to, size_t room);
extern const char *frame_measure(Span frame, size_t *content_len);
extern const char *frame_open(Span frame, char *to, size_t content_len);

#endif
