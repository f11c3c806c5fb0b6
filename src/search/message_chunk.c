/*
 * message_chunk.c
 *		One piece of a streamed answer, in each provider's shape.
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_members.h"
#include "search/message_stream.h"

/* What the name of an event of OpenAI's Responses ends in, and the text that it adds to. */
static const struct
{
	const char *end;
	MessageKind kind;
}			events[] = {
	{"output_text.delta", MESSAGE_TEXT},
	{"refusal.delta", MESSAGE_REFUSAL},
	{"reasoning_text.delta", MESSAGE_REASONING}, {"reasoning_summary_text.delta", MESSAGE_REASONING},
	{"arguments.delta", MESSAGE_TOOL_CALL}, {"_call_input.delta", MESSAGE_TOOL_CALL},
};

/* How the types of chunks begin that say nothing of their own, or of which a part is read. */
static const char *const type_begins[] = {
	"message_", "content_block_", "response.", "message-", "content-", "tool-", "citation-", "ping"
};

static bool is_chunk(const Members *members);
static void read_choices(Stream *stream, Slice choices);
static void read_candidates(Stream *stream, Slice candidates);
static void read_delta(Stream *stream, int32 turn, int32 index, const Members *delta);
static void read_block_text(Stream *stream, int32 turn, int32 index, Slice value);
static void read_calls(Stream *stream, int32 turn, int32 index, Slice calls);
static void read_call(Stream *stream, int32 turn, int32 index, Slice call);
static void begin_call(Stream *stream, int32 turn, int32 index, const Members *call);
static void read_event(Stream *stream, Slice type, const Members *chunk);
static void read_block(Stream *stream, const Members *chunk);
static void set_role(Stream *stream, Slice message);

/* Adds what a chunk (a checked value) has; returns false where it is no known one. */
bool
chunk_read(Stream *stream, Slice chunk)
{
	Members		members;
	Members		inner;
	Slice		type;

	if (!members_read(&members, chunk) || !is_chunk(&members))
		return false;
	stream->n_chunks++;
	type = string_content(member_value(&members, MEMBER_TYPE));
	if (member_is_there(&members, MEMBER_ERROR))
		stream_add_whole(stream, 0, AS_LINE, chunk);
	read_choices(stream, member_value(&members, MEMBER_CHOICES));
	read_candidates(stream, member_value(&members, MEMBER_CANDIDATES));
	if (type.data != NULL)
		read_event(stream, type, &members);
	else if (member_is_there(&members, MEMBER_EVENT_TYPE))
	{
		if (!member_is_there(&members, MEMBER_RESPONSE))
			stream_add(stream, 0, 0, MESSAGE_TEXT, member_value(&members, MEMBER_TEXT));
		read_calls(stream, 0, 0, member_value(&members, MEMBER_TOOL_CALLS));
	}
	else if (member_is_there(&members, MEMBER_DONE))
	{
		stream_add(stream, 0, 0, MESSAGE_TEXT, member_value(&members, MEMBER_RESPONSE));
		if (members_read(&inner, member_value(&members, MEMBER_MESSAGE)))
			read_delta(stream, 0, 0, &inner);
	}
	read_block(stream, &members);
	set_role(stream, member_value(&members, MEMBER_MESSAGE_START));
	return true;
}

/* Tells whether an object is a chunk of a stream that is known. */
static bool
is_chunk(const Members *members)
{
	static const Member of_chunks[] = {
		MEMBER_CANDIDATES, MEMBER_EVENT_TYPE, MEMBER_DONE, MEMBER_MESSAGE_START,
		MEMBER_CONTENT_BLOCK_START, MEMBER_CONTENT_BLOCK_DELTA
	};
	Slice		type = string_content(member_value(members, MEMBER_TYPE));
	Slice		choices = member_of_kind(members, MEMBER_CHOICES, JSON_KIND_ARRAY);

	/* answers that are whole have a message; a stream's last chunk can have no choice */
	if (choices.data != NULL)
		return true;
	for (int i = 0; i < lengthof(of_chunks); i++)
		if (member_is_there(members, of_chunks[i]))
			return true;
	/* a message or a tool's call has a role or an id, and some types that begin as these do */
	if (member_is_there(members, MEMBER_ROLE) || member_is_there(members, MEMBER_CALL_ID))
		return false;
	for (int i = 0; type.data != NULL && i < lengthof(type_begins); i++)
		if (type.len >= strlen(type_begins[i]) && memcmp(type.data, type_begins[i], strlen(type_begins[i])) == 0)
			return true;
	return false;
}

/* Adds the pieces of OpenAI's choices, of chats and of completions. */
static void
read_choices(Stream *stream, Slice choices)
{
	JsonIterator iterator;
	Members		members;
	Members		delta;
	Slice		name,
				choice;

	if (!is_kind(choices, JSON_KIND_ARRAY))
		return;
	for (json_iterate(&iterator, choices); json_iterator_next(&iterator, &name, &choice);)
	{
		int32		turn;

		if (!members_read(&members, choice))
			continue;
		turn = member_index(&members, MEMBER_INDEX);
		stream_add(stream, turn, 0, MESSAGE_TEXT, member_value(&members, MEMBER_TEXT));
		if (members_read(&delta, member_value(&members, MEMBER_DELTA)) ||
			members_read(&delta, member_value(&members, MEMBER_MESSAGE)))
			read_delta(stream, turn, 0, &delta);
	}
}

/* Adds the parts of Gemini's candidates; text is in pieces, all else comes at once. */
static void
read_candidates(Stream *stream, Slice candidates)
{
	JsonIterator iterator;
	Members		members;
	Members		content;
	Slice		name,
				value;

	if (!is_kind(candidates, JSON_KIND_ARRAY))
		return;
	for (json_iterate(&iterator, candidates); json_iterator_next(&iterator, &name, &value);)
	{
		JsonIterator parts;
		int32		turn;

		if (!members_read(&members, value) || !members_read(&content, member_value(&members, MEMBER_CONTENT)) ||
			!is_kind(member_value(&content, MEMBER_PARTS), JSON_KIND_ARRAY))
			continue;
		turn = member_index(&members, MEMBER_INDEX);
		for (json_iterate(&parts, member_value(&content, MEMBER_PARTS)); json_iterator_next(&parts, &name, &value);)
		{
			Members		part;
			bool		is_thought;

			if (members_read(&part, value) && is_kind(member_value(&part, MEMBER_TEXT), JSON_KIND_STRING))
			{
				is_thought = member_is_there(&part, MEMBER_THOUGHT) &&
					slice_is(member_value(&part, MEMBER_THOUGHT), "true");
				/* what follows a call is another text */
				stream_add(stream, turn, stream->n_whole[turn < MAX_STREAM_TURNS ? turn : 0],
						   is_thought ? MESSAGE_REASONING : MESSAGE_TEXT, member_value(&part, MEMBER_TEXT));
			}
			else
				stream_add_whole(stream, turn, AS_PART, value);
		}
	}
}

/* Adds a delta of a message: its text, reasoning, refusal and calls. */
static void
read_delta(Stream *stream, int32 turn, int32 index, const Members *delta)
{
	static const struct
	{
		Member		member;
		MessageKind kind;
	}			texts[] = {
		{MEMBER_REASONING, MESSAGE_REASONING}, {MEMBER_THINKING, MESSAGE_REASONING},
		{MEMBER_TOOL_PLAN, MESSAGE_REASONING},
		{MEMBER_CONTENT, MESSAGE_TEXT}, {MEMBER_TEXT, MESSAGE_TEXT}, {MEMBER_REFUSAL, MESSAGE_REFUSAL},
		{MEMBER_PARTIAL_JSON, MESSAGE_TOOL_CALL}
	};
	Slice		content = member_value(delta, MEMBER_CONTENT);
	JsonIterator iterator;
	Slice		name,
				part;

	if (stream->role.data == NULL)
		stream->role = string_content(member_value(delta, MEMBER_ROLE));
	for (int i = 0; i < lengthof(texts); i++)
		stream_add(stream, turn, index, texts[i].kind, member_value(delta, texts[i].member));
	/* a content that is an object, or a list of them */
	read_block_text(stream, turn, index, content);
	if (is_kind(content, JSON_KIND_ARRAY))
		for (json_iterate(&iterator, content); json_iterator_next(&iterator, &name, &part);)
			read_block_text(stream, turn, index, part);
	read_calls(stream, turn, index, member_value(delta, MEMBER_TOOL_CALLS));
	if (is_kind(member_value(delta, MEMBER_FUNCTION_CALL), JSON_KIND_OBJECT))
		read_call(stream, turn, index, member_value(delta, MEMBER_FUNCTION_CALL));
}

/* Adds the text or the reasoning of a value that is an object. */
static void
read_block_text(Stream *stream, int32 turn, int32 index, Slice value)
{
	Members		members;

	if (!members_read(&members, value))
		return;
	stream_add(stream, turn, index, MESSAGE_REASONING, member_value(&members, MEMBER_THINKING));
	stream_add(stream, turn, index, MESSAGE_TEXT, member_value(&members, MEMBER_TEXT));
}

/* Adds to the calls of a list, or to the one in its place, which is the part of an index. */
static void
read_calls(Stream *stream, int32 turn, int32 index, Slice calls)
{
	JsonIterator iterator;
	Members		members;
	Slice		name,
				call;

	if (is_kind(calls, JSON_KIND_OBJECT))
		read_call(stream, turn, index, calls);
	if (!is_kind(calls, JSON_KIND_ARRAY))
		return;
	for (json_iterate(&iterator, calls); json_iterator_next(&iterator, &name, &call);)
	{
		if (!members_read(&members, call))
			continue;
		if (member_is_there(&members, MEMBER_INDEX))
			read_call(stream, turn, member_index(&members, MEMBER_INDEX), call);
		else
			/* not in pieces */
			stream_add_whole(stream, turn, AS_CALL, call);
	}
}

/* Adds a piece of a call: at first its name and id, then of its arguments. */
static void
read_call(Stream *stream, int32 turn, int32 index, Slice call)
{
	Members		members;
	Members		function;
	bool		is_inside;

	if (!members_read(&members, call))
		return;
	is_inside = members_read(&function, member_value(&members, MEMBER_FUNCTION));
	begin_call(stream, turn, index, &members);
	if (is_inside)
		begin_call(stream, turn, index, &function);
	stream_add(stream, turn, index, MESSAGE_TOOL_CALL,
			   member_value(is_inside ? &function : &members, MEMBER_ARGUMENTS));
}

/* Takes what the members of a call tell, where it was not told before. */
static void
begin_call(Stream *stream, int32 turn, int32 index, const Members *call)
{
	StreamPart *part = stream_part(stream, turn, index, MESSAGE_TOOL_CALL);

	if (part == NULL)
		return;
	if (string_content(part->name).len == 0)
		part->name = member_value(call, MEMBER_NAME);
	if (part->call_id.data == NULL)
		part->call_id = member_value(call, MEMBER_CALL_ID);
	if (part->call_id.data == NULL)
		part->call_id = member_value(call, MEMBER_ID);
	if (part->arguments.data == NULL)
		part->arguments = member_value(call, MEMBER_INPUT);
	if (part->arguments.data == NULL && !is_kind(member_value(call, MEMBER_ARGUMENTS), JSON_KIND_STRING))
		part->arguments = member_value(call, MEMBER_ARGUMENTS);
}

/* Adds what an event has that says its type: of Anthropic, Cohere, or OpenAI's Responses. */
static void
read_event(Stream *stream, Slice type, const Members *chunk)
{
	int32		index = member_index(chunk, MEMBER_INDEX);
	Members		inner;
	Members		deeper;

	if (members_read(&inner, member_value(chunk, MEMBER_DELTA)))
	{
		read_delta(stream, 0, index, &inner);
		if (members_read(&deeper, member_value(&inner, MEMBER_MESSAGE)))
			read_delta(stream, 0, index, &deeper);
	}
	set_role(stream, member_value(chunk, MEMBER_MESSAGE));
	if (members_read(&inner, member_value(chunk, MEMBER_CONTENT_BLOCK)))
	{
		Slice		block = string_content(member_value(&inner, MEMBER_TYPE));

		if (block.data != NULL && slice_ends(block, "tool_use"))
			begin_call(stream, 0, index, &inner);
		else if (block.data != NULL && (slice_is(block, "text") || slice_is(block, "thinking")))
			read_delta(stream, 0, index, &inner);
		else
			stream_add_whole(stream, 0, AS_PART, member_value(chunk, MEMBER_CONTENT_BLOCK));
	}
	index = member_index(chunk, MEMBER_OUTPUT_INDEX);
	for (int i = 0; i < lengthof(events); i++)
		if (slice_ends(type, events[i].end))
			stream_add(stream, 0, index, events[i].kind, member_value(chunk, MEMBER_DELTA));
	if (slice_is(type, "response.output_item.added") && members_read(&inner, member_value(chunk, MEMBER_ITEM)) &&
		string_content(member_value(&inner, MEMBER_TYPE)).data != NULL &&
		slice_ends(string_content(member_value(&inner, MEMBER_TYPE)), "_call"))
		begin_call(stream, 0, index, &inner);
	/* the whole answer, at the end; not as it was at the beginning */
	if (members_read(&inner, member_value(chunk, MEMBER_RESPONSE)) &&
		is_kind(member_value(&inner, MEMBER_OUTPUT), JSON_KIND_ARRAY) &&
		member_value(&inner, MEMBER_OUTPUT).len > 2)
		stream->final = member_value(chunk, MEMBER_RESPONSE);
}

/* Adds to a block of Bedrock's stream. */
static void
read_block(Stream *stream, const Members *chunk)
{
	Members		block;
	Members		delta;
	Members		inner;
	int32		index;

	if (members_read(&block, member_value(chunk, MEMBER_CONTENT_BLOCK_START)) &&
		members_read(&delta, member_value(&block, MEMBER_START)) &&
		members_read(&inner, member_value(&delta, MEMBER_TOOL_USE)))
		begin_call(stream, 0, member_index(&block, MEMBER_INDEX), &inner);
	if (!members_read(&block, member_value(chunk, MEMBER_CONTENT_BLOCK_DELTA)) ||
		!members_read(&delta, member_value(&block, MEMBER_DELTA)))
		return;
	index = member_index(&block, MEMBER_INDEX);
	stream_add(stream, 0, index, MESSAGE_TEXT, member_value(&delta, MEMBER_TEXT));
	if (members_read(&inner, member_value(&delta, MEMBER_TOOL_USE)))
		stream_add(stream, 0, index, MESSAGE_TOOL_CALL, member_value(&inner, MEMBER_INPUT));
	if (members_read(&inner, member_value(&delta, MEMBER_REASONING_CONTENT)))
		stream_add(stream, 0, index, MESSAGE_REASONING, member_value(&inner, MEMBER_TEXT));
}

/* Takes the role of a message that begins. */
static void
set_role(Stream *stream, Slice message)
{
	Members		members;

	if (stream->role.data == NULL && members_read(&members, message))
		stream->role = string_content(member_value(&members, MEMBER_ROLE));
}
