/*
 * message_stream.c
 *		An answer that was logged as it was streamed, piece by piece, put together.
 *
 * A stream is the lines of text/event-stream, JSON one a line, or a list of JSON.  The
 * pieces of a part are remembered where they stand, and joined when the part is put.  A
 * line that cannot be read, as the last of a stream that broke off, is put as it stands.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_members.h"
#include "search/message_stream.h"

/* By what a part that comes in pieces is known. */
typedef struct PartKey
{
	int32		turn;
	int32		index;
	int32		kind;
} PartKey;

typedef struct PartEntry
{
	PartKey		key;
	StreamPart *part;
} PartEntry;

static void stream_begin(Stream *stream);
static bool stream_end(Stream *stream, MessageReader *reader, bool is_output);
static bool next_line(Slice *rest, Slice *line);
static bool is_field(Slice line, const char *name, Slice *value);
static StreamPart *new_part(Stream *stream, int32 turn, MessageKind kind);
static void put_turns(Stream *stream, MessageReader *reader);
static void put_turn(Stream *stream, MessageReader *reader, int32 turn);
static void put_stream_part(MessageReader *reader, const StreamPart *part);
static Slice join_pieces(const StreamPart *part);

/*
 * Reads a text that is no value of JSON as a stream; returns false, and puts nothing, where
 * it is none.
 */
bool
stream_read(MessageReader *reader, Slice body, bool is_output)
{
	Stream		stream;
	Slice		rest = body;
	Slice		line;
	bool		is_stream = true;
	bool		begun = false;

	stream_begin(&stream);
	while (is_stream && next_line(&rest, &line))
	{
		Slice		value;
		bool		is_data = is_field(line, "data", &value);

		CHECK_FOR_INTERRUPTS();
		if (line.len == 0 || line.data[0] == ':' || is_field(line, "event", &value) ||
			is_field(line, "id", &value) || is_field(line, "retry", &value))
			continue;
		if (!is_data)
			value = line;
		if (slice_is(value, "[DONE]"))
			continue;
		/* the first one tells whether this is a stream at all */
		if (json_check(value, &value) != JSON_OK)
			is_stream = begun;
		else if (chunk_read(&stream, value))
			line.len = 0;
		else
			is_stream = begun || is_data;
		if (is_stream && line.len > 0)
			stream_add_whole(&stream, 0, AS_LINE, line);
		begun = true;
	}
	return is_stream ? stream_end(&stream, reader, is_output) : stream_end(&stream, NULL, false);
}

/* Reads a list of JSON as a stream; returns false, and puts nothing, where it is none. */
bool
stream_read_array(MessageReader *reader, Slice array, bool is_output)
{
	Stream		stream;
	JsonIterator iterator;
	Slice		name,
				chunk;
	bool		is_stream = true;

	stream_begin(&stream);
	for (json_iterate(&iterator, array); is_stream && json_iterator_next(&iterator, &name, &chunk);)
		is_stream = chunk_read(&stream, chunk) || stream.n_chunks > 0;
	return is_stream ? stream_end(&stream, reader, is_output) : stream_end(&stream, NULL, false);
}

/* Begins a stream of which nothing has come. */
static void
stream_begin(Stream *stream)
{
	HASHCTL		control = {.keysize = sizeof(PartKey), .entrysize = sizeof(PartEntry)};

	memset(stream, 0, sizeof(Stream));
	stream->context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs stream", ALLOCSET_DEFAULT_SIZES);
	control.hcxt = stream->context;
	stream->index = hash_create("ogw_logs stream parts", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	stream->parts = MemoryContextAlloc(stream->context, sizeof(StreamPart *) * MAX_STREAM_PARTS);
}

/*
 * Puts the turns of a stream, where a reader is given, and frees it.  Returns whether it
 * was one, and had no more parts than are put together.
 */
static bool
stream_end(Stream *stream, MessageReader *reader, bool is_output)
{
	bool		is_stream = reader != NULL && stream->n_chunks > 0 && !stream->too_many;

	if (is_stream && !(stream->final.data != NULL && json_read_messages(reader, stream->final, is_output)))
		put_turns(stream, reader);
	MemoryContextDelete(stream->context);
	return is_stream;
}

/* Takes the next line off a text, without what ends it; returns false where there is none. */
static bool
next_line(Slice *rest, Slice *line)
{
	const char *newline;

	if (rest->len == 0)
		return false;
	newline = memchr(rest->data, '\n', rest->len);
	line->data = rest->data;
	line->len = newline != NULL ? newline - rest->data : rest->len;
	rest->data += line->len + (newline != NULL);
	rest->len -= line->len + (newline != NULL);
	if (line->len > 0 && line->data[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* Tells whether a line of text/event-stream is a field of a name; *value becomes what it says. */
static bool
is_field(Slice line, const char *name, Slice *value)
{
	size_t		len = strlen(name);

	if (line.len <= len || memcmp(line.data, name, len) != 0 || line.data[len] != ':')
		return false;
	len++;
	while (len < line.len && line.data[len] == ' ')
		len++;
	*value = (Slice) {line.data + len, line.len - len};
	return true;
}

/* Makes a part, behind all others; NULL where there are too many. */
static StreamPart *
new_part(Stream *stream, int32 turn, MessageKind kind)
{
	StreamPart *part;

	if (stream->n_parts == MAX_STREAM_PARTS || turn < 0 || turn >= MAX_STREAM_TURNS)
	{
		stream->too_many = true;
		return NULL;
	}
	part = MemoryContextAllocZero(stream->context, sizeof(StreamPart));
	part->turn = turn;
	part->kind = kind;
	stream->parts[stream->n_parts++] = part;
	return part;
}

/* Returns a part that comes in pieces, made where it is new; NULL where there are too many. */
StreamPart *
stream_part(Stream *stream, int32 turn, int32 index, MessageKind kind)
{
	PartKey		key = {.turn = turn, .index = index, .kind = kind};
	PartEntry  *entry;
	bool		found;

	if (stream->too_many)
		return NULL;
	entry = hash_search(stream->index, &key, HASH_ENTER, &found);
	if (!found)
		entry->part = new_part(stream, turn, kind);
	return entry->part;
}

/* Adds a piece (a string of JSON; nothing else is one) to a part. */
void
stream_add(Stream *stream, int32 turn, int32 index, MessageKind kind, Slice piece)
{
	Slice		content = string_content(piece);
	StreamPiece *added;
	StreamPart *part;

	/* a call begins without arguments, too */
	if (content.data == NULL || (content.len == 0 && kind != MESSAGE_TOOL_CALL) ||
		(part = stream_part(stream, turn, index, kind)) == NULL || content.len == 0)
		return;
	added = MemoryContextAlloc(stream->context, sizeof(StreamPiece));
	*added = (StreamPiece) {.content = content};
	if (part->last != NULL)
		part->last->next = added;
	else
		part->first = added;
	part->last = added;
	part->len += content.len;
}

/* Adds a part that came at once: a value of JSON, or a line that is none. */
void
stream_add_whole(Stream *stream, int32 turn, StreamHow how, Slice whole)
{
	StreamPart *part = new_part(stream, turn, MESSAGE_OTHER);

	if (part == NULL)
		return;
	part->how = how;
	part->whole = whole;
	stream->n_whole[turn]++;
}

/* Puts all answers, in the order in which they began. */
static void
put_turns(Stream *stream, MessageReader *reader)
{
	bool		is_put[MAX_STREAM_TURNS] = {0};

	for (int i = 0; i < stream->n_parts; i++)
	{
		int32		turn = stream->parts[i]->turn;

		if (is_put[turn])
			continue;
		is_put[turn] = true;
		put_turn(stream, reader, turn);
	}
	if (stream->n_parts == 0)
		put_turn(stream, reader, 0);
}

/* Puts one answer. */
static void
put_turn(Stream *stream, MessageReader *reader, int32 turn)
{
	do
	{
		int64		before = reader->n_parts;

		turn_begin(reader, role_named(stream->role, "assistant"));
		for (int i = 0; i < stream->n_parts; i++)
			if (stream->parts[i]->turn == turn)
				put_stream_part(reader, stream->parts[i]);
		if (reader->n_parts == before)
			part_put_text(reader, MESSAGE_TEXT, (Slice) {NULL, 0}, &(PartOf) {0});
	} while (turn_end(reader));
}

/* Puts one part of an answer, its pieces joined. */
static void
put_stream_part(MessageReader *reader, const StreamPart *part)
{
	MessagePart put = {.kind = part->kind, .name = part->name, .call_id = part->call_id};
	Slice		joined = {NULL, 0};

	if (part->how == AS_PART || part->how == AS_CALL)
	{
		(part->how == AS_CALL ? call_read : part_read) (reader, part->whole, &(PartOf) {0});
		return;
	}
	if (part->len > 0)
		joined = join_pieces(part);
	put.is_plain = part->how == AS_LINE;
	if (put.is_plain)
		put.text = part->whole;
	else if (part->kind == MESSAGE_TOOL_CALL)
		put.arguments = part->len > 0 ? joined : part->arguments;
	else
		put.text = joined;
	part_put(reader, &put);
	if (joined.data != NULL)
		pfree((char *) joined.data);
}

/* Returns a string of JSON of all pieces (palloc'd). */
static Slice
join_pieces(const StreamPart *part)
{
	char	   *joined = palloc(part->len + 2);
	char	   *p = joined;

	*p++ = '"';
	for (StreamPiece *piece = part->first; piece != NULL; piece = piece->next)
	{
		memcpy(p, piece->content.data, piece->content.len);
		p += piece->content.len;
	}
	*p++ = '"';
	return (Slice) {joined, p - joined};
}
