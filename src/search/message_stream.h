/*
 * message_stream.h
 *		An answer that was logged as it was streamed, piece by piece, put together.
 */
#ifndef OGW_MESSAGE_STREAM_H
#define OGW_MESSAGE_STREAM_H

#include "postgres.h"

#include "core/slice.h"
#include "search/message.h"

/* Parts that one stream has at the most, and answers beside each other. */
#define MAX_STREAM_PARTS 16384
#define MAX_STREAM_TURNS 128

/* A piece of a text: the content of a string of JSON. */
typedef struct StreamPiece
{
	struct StreamPiece *next;
	Slice		content;
} StreamPiece;

/* How a part came. */
typedef enum StreamHow
{
	IN_PIECES,
	AS_PART,					/* at once, a value that is a part */
	AS_CALL,					/* the same, a tool's call */
	AS_LINE						/* a text that was not understood */
} StreamHow;

/* A part of an answer, as far as it has come. */
typedef struct StreamPart
{
	int32		turn;			/* which answer of several */
	int32		index;			/* the provider's number of the part */
	MessageKind kind;
	StreamHow	how;
	Slice		whole;			/* what came at once */
	Slice		name;
	Slice		call_id;
	Slice		arguments;		/* what the call began with; pieces come in its place */
	StreamPiece *first;
	StreamPiece *last;
	size_t		len;			/* of all pieces */
} StreamPart;

/* What has come of a stream. */
typedef struct Stream
{
	MemoryContext context;
	struct HTAB *index;			/* of the parts that come in pieces */
	int			n_parts;
	StreamPart **parts;			/* in the order in which they began */
	int32		n_whole[MAX_STREAM_TURNS];	/* parts of each answer that came at once */
	int64		n_chunks;		/* that were understood */
	Slice		role;
	Slice		final;			/* the whole answer, which ends the stream of some providers */
	bool		too_many;		/* parts or answers */
} Stream;

/* message_stream.c */
extern StreamPart *stream_part(Stream *stream, int32 turn, int32 index, MessageKind kind);
extern void stream_add(Stream *stream, int32 turn, int32 index, MessageKind kind, Slice piece);
extern void stream_add_whole(Stream *stream, int32 turn, StreamHow how, Slice whole);

/* message_chunk.c */
extern bool chunk_read(Stream *stream, Slice chunk);

#endif
