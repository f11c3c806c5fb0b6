/*
 * message_body.c
 *		A body as turns of a conversation: which of its members have them.
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_members.h"

/* Objects around a request or an answer (a batch's line, say) that are looked into. */
#define MAX_ENVELOPES 3

/* What a member of a body has. */
typedef enum Has
{
	HAS_TURNS,					/* a list of messages, one, or a text that is one */
	HAS_CONTENT					/* the content of one turn */
} Has;

/* The members of bodies that have turns, in the order in which these are put. */
static const struct
{
	Member		member;
	Has			has;
	const char *role;
	bool		in_input;
	bool		in_output;
}			shapes[] = {
	{MEMBER_SYSTEM, HAS_CONTENT, "system", true, false},
	{MEMBER_SYSTEM_INSTRUCTION, HAS_CONTENT, "system", true, false},
	{MEMBER_INSTRUCTIONS, HAS_CONTENT, "system", true, false},
	{MEMBER_PREAMBLE, HAS_CONTENT, "system", true, false},
	{MEMBER_CHAT_HISTORY, HAS_TURNS, "user", true, false},
	{MEMBER_MESSAGES, HAS_TURNS, NULL, true, true},
	{MEMBER_CONTENTS, HAS_TURNS, "user", true, false},
	{MEMBER_PROMPT, HAS_TURNS, "user", true, false},
	{MEMBER_INPUT, HAS_TURNS, "user", true, false},
	{MEMBER_INPUTS, HAS_TURNS, "user", true, false},
	{MEMBER_MESSAGE, HAS_TURNS, NULL, true, true},
	{MEMBER_TOOL_RESULTS, HAS_TURNS, "tool", true, false},
	{MEMBER_CHOICES, HAS_TURNS, "assistant", false, true},
	{MEMBER_CANDIDATES, HAS_TURNS, "assistant", false, true},
	{MEMBER_OUTPUT, HAS_TURNS, "assistant", false, true},
	{MEMBER_OUTPUTS, HAS_TURNS, "assistant", false, true},
	{MEMBER_RESULTS, HAS_TURNS, "assistant", false, true},
	{MEMBER_GENERATIONS, HAS_TURNS, "assistant", false, true},
};

static bool read_object(MessageReader *reader, Slice value, bool is_output, int depth);
static bool is_turn(const Members *members);
static void read_turns(MessageReader *reader, Slice value, const char *role, bool looks_inside);
static bool has_turns(Slice array);
static bool has_images(Slice array);

/*
 * Reads the turns of a body, whatever its shape: JSON, a stream as it was sent (text/event-stream,
 * or JSON one a line), or any other text, which is one turn.
 */
void
body_read_messages(MessageReader *reader, Slice body, bool is_output)
{
	Slice		value;

	if (json_check(body, &value) == JSON_OK ? json_read_messages(reader, value, is_output) :
		stream_read(reader, body, is_output))
		return;
	turn_put_text(reader, body, is_output ? "assistant" : "user");
}

/* Reads the turns of a body that is a checked value; returns false where it has none that are known. */
bool
json_read_messages(MessageReader *reader, Slice value, bool is_output)
{
	if (json_kind(value) == JSON_KIND_OBJECT)
		return read_object(reader, value, is_output, 0);
	if (json_kind(value) != JSON_KIND_ARRAY)
		return false;
	if (stream_read_array(reader, value, is_output))
		return true;
	if (!has_turns(value))
		return false;
	read_turns(reader, value, is_output ? "assistant" : "user", true);
	return true;
}

/* Does the work of json_read_messages() for an object that stands in depth others. */
static bool
read_object(MessageReader *reader, Slice value, bool is_output, int depth)
{
	static const Member envelopes[] = {MEMBER_BODY, MEMBER_RESPONSE};
	const char *role = is_output ? "assistant" : "user";
	int64		before = reader->n_turns;
	Members		members;

	(void) members_read(&members, value);
	if (is_turn(&members))
	{
		/* one message alone; instructions to it can stand beside it */
		if (!is_output && member_is_there(&members, MEMBER_SYSTEM))
			turn_read_content(reader, member_value(&members, MEMBER_SYSTEM), "system");
		turn_read(reader, value, role);
		return true;
	}
	for (int i = 0; i < lengthof(shapes); i++)
	{
		Slice		turns = member_value(&members, shapes[i].member);

		if (turns.data == NULL || !(is_output ? shapes[i].in_output : shapes[i].in_input))
			continue;
		if (shapes[i].has == HAS_CONTENT)
			turn_read_content(reader, turns, shapes[i].role);
		else
			read_turns(reader, turns, shapes[i].role != NULL ? shapes[i].role : role, true);
	}
	if (is_output && has_images(member_value(&members, MEMBER_DATA)))
		read_turns(reader, member_value(&members, MEMBER_DATA), role, false);
	if (reader->n_turns > before)
		return true;
	/* a text that stands alone, with the calls that belong to it */
	if (is_kind(member_value(&members, MEMBER_TEXT), JSON_KIND_STRING))
		turn_read(reader, value, role);
	else if (is_kind(member_value(&members, MEMBER_RESPONSE), JSON_KIND_STRING))
		turn_read(reader, member_value(&members, MEMBER_RESPONSE), role);
	for (int i = 0; depth < MAX_ENVELOPES && reader->n_turns == before && i < lengthof(envelopes); i++)
	{
		Slice		inner = member_of_kind(&members, envelopes[i], JSON_KIND_OBJECT);

		if (inner.data != NULL)
			(void) read_object(reader, inner, is_output, depth + 1);
	}
	return reader->n_turns > before;
}

/* Tells whether a body is one message itself. */
static bool
is_turn(const Members *members)
{
	return (member_is_there(members, MEMBER_ROLE) || member_is_there(members, MEMBER_CONTENT) ||
			member_is_there(members, MEMBER_PARTS) || member_is_there(members, MEMBER_KWARGS)) &&
		!member_is_there(members, MEMBER_MESSAGES) && !member_is_there(members, MEMBER_CHOICES);
}

/* Reads a list of messages, one message, or a text; lists in a list too where looks_inside. */
static void
read_turns(MessageReader *reader, Slice value, const char *role, bool looks_inside)
{
	JsonIterator iterator;
	Slice		name,
				turn;

	if (json_kind(value) != JSON_KIND_ARRAY)
	{
		turn_read(reader, value, role);
		return;
	}
	/* a list of numbers is one text */
	if (!has_turns(value))
	{
		json_iterate(&iterator, value);
		if (json_iterator_next(&iterator, &name, &turn))
			turn_put_text(reader, value, role);
		return;
	}
	for (json_iterate(&iterator, value); json_iterator_next(&iterator, &name, &turn);)
		if (looks_inside && json_kind(turn) == JSON_KIND_ARRAY)
			read_turns(reader, turn, role, false);
		else
			turn_read(reader, turn, role);
}

/* Tells by its first value whether a list may have turns: objects, texts or lists of them. */
static bool
has_turns(Slice array)
{
	JsonIterator iterator;
	Slice		name,
				first;

	json_iterate(&iterator, array);
	if (!json_iterator_next(&iterator, &name, &first))
		return false;
	switch (json_kind(first))
	{
		case JSON_KIND_OBJECT:
		case JSON_KIND_STRING:
			return true;
		case JSON_KIND_ARRAY:
			/* texts as numbers */
			return !(first.len > 1 && (first.data[1] == '-' || (first.data[1] >= '0' && first.data[1] <= '9')));
		default:
			return false;
	}
}

/* Tells by its first value whether a list has images that were made, each in base64. */
static bool
has_images(Slice array)
{
	JsonIterator iterator;
	Members		members;
	Slice		name,
				first;

	if (!is_kind(array, JSON_KIND_ARRAY))
		return false;
	json_iterate(&iterator, array);
	return json_iterator_next(&iterator, &name, &first) && members_read(&members, first) &&
		member_is_there(&members, MEMBER_BYTES);
}
