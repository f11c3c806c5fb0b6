/*
 * message_turn.c
 *		A message of a conversation, as any provider writes it: one turn.
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_members.h"

/* Objects around a message that are looked through for it. */
#define MAX_WRAPPERS 4

/* The longest role that is handed out as it stands, in bytes. */
#define MAX_ROLE_BYTES 64

/* The names of roles, and of classes that stand for one. */
static const struct
{
	const char *name;
	const char *role;
	bool		is_type;		/* it stands as a message's type, too */
}			roles[] = {
	{"user", "user", false}, {"assistant", "assistant", false}, {"system", "system", true},
	{"tool", "tool", true}, {"function", "tool", false}, {"developer", "developer", false},
	{"model", "assistant", false}, {"human", "user", true}, {"ai", "assistant", true},
	{"USER", "user", false}, {"CHATBOT", "assistant", false}, {"SYSTEM", "system", false}, {"TOOL", "tool", false},
	{"HumanMessage", "user", true}, {"AIMessage", "assistant", true}, {"AIMessageChunk", "assistant", true},
	{"SystemMessage", "system", true}, {"ToolMessage", "tool", true}, {"FunctionMessage", "tool", true},
};

static Slice role_of_type(Slice type);
static Slice class_named(Slice id);
static Slice unwrap(Slice value, Members *members, Slice *role);
static Slice role_of(const Members *members, Slice hint, const char *otherwise);
static bool is_message(const Members *members);
static void read_message(MessageReader *reader, const Members *members, const PartOf *of);
static void read_tools(MessageReader *reader, const Members *members, const PartOf *of);
static void read_each(MessageReader *reader, Slice list, const PartOf *of,
					  void (*read) (MessageReader *reader, Slice value, const PartOf *of));
static void read_image(MessageReader *reader, Slice value, const PartOf *of);

/* Begins a turn. */
void
turn_begin(MessageReader *reader, Slice role)
{
	reader->n_turns++;
	reader->begin_turn(reader, role);
}

/* Ends a turn; returns whether the reader wants it once more. */
bool
turn_end(MessageReader *reader)
{
	return reader->end_turn(reader);
}

/* Returns the role that a name (the content of a string) stands for: itself, where it is another. */
Slice
role_named(Slice name, const char *otherwise)
{
	for (int i = 0; name.data != NULL && i < lengthof(roles); i++)
		if (slice_is(name, roles[i].name))
			return (Slice) {roles[i].role, strlen(roles[i].role)};
	if (name.data == NULL || name.len == 0 || name.len > MAX_ROLE_BYTES || memchr(name.data, '\\', name.len) != NULL)
		return (Slice) {otherwise, strlen(otherwise)};
	return name;
}

/*
 * Reads a message, or a part that stands for one, as a turn; role is whose it is where it
 * does not say.  A turn in which there is nothing has one part without text.
 */
void
turn_read(MessageReader *reader, Slice value, const char *role)
{
	Members		members;
	Slice		hint = {NULL, 0};
	Slice		turn_role;
	PartOf		of = {0};

	value = unwrap(value, &members, &hint);
	turn_role = role_of(&members, hint, role);
	if (slice_is(turn_role, "tool") && is_message(&members))
	{
		of.is_result = true;
		of.name = member_value(&members, MEMBER_NAME);
		of.call_id = member_value(&members, MEMBER_CALL_ID);
	}
	do
	{
		int64		before = reader->n_parts;

		turn_begin(reader, turn_role);
		if (is_message(&members))
			read_message(reader, &members, &of);
		else
			part_read(reader, value, &of);
		if (reader->n_parts == before)
			part_put_text(reader, of.is_result ? MESSAGE_TOOL_RESULT : MESSAGE_TEXT, (Slice) {NULL, 0}, &of);
	} while (turn_end(reader));
}

/* Reads a content that stands alone (instructions, say) as a turn. */
void
turn_read_content(MessageReader *reader, Slice content, const char *role)
{
	do
	{
		turn_begin(reader, (Slice) {role, strlen(role)});
		content_read(reader, content, &(PartOf) {0});
	} while (turn_end(reader));
}

/* Puts a text that is no value of JSON as a turn. */
void
turn_put_text(MessageReader *reader, Slice plain, const char *role)
{
	MessagePart part = {.kind = MESSAGE_TEXT, .text = plain, .is_plain = true};

	do
	{
		turn_begin(reader, (Slice) {role, strlen(role)});
		part_put(reader, &part);
	} while (turn_end(reader));
}

/* Returns a type of a message where it is one that stands for a role; else nothing. */
static Slice
role_of_type(Slice type)
{
	for (int i = 0; type.data != NULL && i < lengthof(roles); i++)
		if (roles[i].is_type && slice_is(type, roles[i].name))
			return type;
	return (Slice) {NULL, 0};
}

/* Returns the class that LangChain's list of names ends in, where it stands for a role. */
static Slice
class_named(Slice id)
{
	JsonIterator iterator;
	Slice		name,
				value,
				last = {NULL, 0};

	if (!is_kind(id, JSON_KIND_ARRAY))
		return last;
	for (json_iterate(&iterator, id); json_iterator_next(&iterator, &name, &value);)
		last = value;
	return role_of_type(string_content(last));
}

/*
 * Returns the message in what is written around it (a choice, a candidate, LangChain's
 * objects), with its members; *role becomes what that tells of its role.
 */
static Slice
unwrap(Slice value, Members *members, Slice *role)
{
	(void) members_read(members, value);
	for (int i = 0; i < MAX_WRAPPERS && !member_is_there(members, MEMBER_ROLE); i++)
	{
		static const Member wrappers[] = {MEMBER_KWARGS, MEMBER_MESSAGE, MEMBER_DELTA, MEMBER_DATA, MEMBER_CONTENT};
		Slice		type = role_of_type(string_content(member_value(members, MEMBER_TYPE)));
		Slice		found = {NULL, 0};
		Members		inner;

		if (type.data == NULL)
			type = class_named(member_value(members, MEMBER_ID));
		if (type.data != NULL)
			*role = type;
		for (int w = 0; w < lengthof(wrappers) && found.data == NULL; w++)
		{
			found = member_of_kind(members, wrappers[w], JSON_KIND_OBJECT);
			if (found.data == NULL)
				continue;
			(void) members_read(&inner, found);
			/* a message's own content, and data of something else, are no wrappers */
			if ((wrappers[w] == MEMBER_CONTENT && !member_is_there(&inner, MEMBER_PARTS) &&
				 !member_is_there(&inner, MEMBER_ROLE)) ||
				(wrappers[w] == MEMBER_DATA && type.data == NULL))
				found = (Slice) {NULL, 0};
		}
		if (found.data == NULL)
			break;
		value = found;
		*members = inner;
	}
	return value;
}

/* Returns whose a message is: as it says, as its type tells, or as it is otherwise. */
static Slice
role_of(const Members *members, Slice hint, const char *otherwise)
{
	Slice		name = string_content(member_value(members, MEMBER_ROLE));
	Slice		type = string_content(member_value(members, MEMBER_TYPE));

	if (name.data == NULL)
		name = role_of_type(type);
	if (name.data == NULL)
		name = hint;
	if (name.data == NULL && type.data != NULL)
	{
		if (slice_ends(type, "_call_output"))
			otherwise = "tool";
		else if (slice_ends(type, "_call") || slice_is(type, "reasoning"))
			otherwise = "assistant";
	}
	return role_named(name, otherwise);
}

/* Tells whether an object is a message, and no part that stands for one. */
static bool
is_message(const Members *members)
{
	static const Member of_messages[] = {
		MEMBER_ROLE, MEMBER_PARTS, MEMBER_TOOL_CALLS, MEMBER_TOOL_RESULTS, MEMBER_TOOL_PLAN, MEMBER_MESSAGE
	};
	Slice		type = string_content(member_value(members, MEMBER_TYPE));

	for (int i = 0; i < lengthof(of_messages); i++)
		if (member_is_there(members, of_messages[i]))
			return true;
	return member_is_there(members, MEMBER_CONTENT) &&
		(type.data == NULL || slice_is(type, "message") || role_of_type(type).data != NULL);
}

/* Reads what a message has: its content, and what stands beside it. */
static void
read_message(MessageReader *reader, const Members *members, const PartOf *of)
{
	static const Member reasons[] = {MEMBER_REASONING, MEMBER_THINKING, MEMBER_TOOL_PLAN};
	static const Member contents[] = {MEMBER_CONTENT, MEMBER_PARTS, MEMBER_MESSAGE, MEMBER_TEXT};
	Slice		value;

	for (int i = 0; i < lengthof(reasons); i++)
	{
		value = member_of_kind(members, reasons[i], JSON_KIND_STRING);
		if (value.len > 2)
			part_put_text(reader, MESSAGE_REASONING, value, of);
	}
	for (int i = 0; i < lengthof(contents); i++)
	{
		value = member_value(members, contents[i]);
		if (value.data == NULL)
			continue;
		/* no text at all beside a call is no part */
		if (value.len > 2 || json_kind(value) != JSON_KIND_STRING ||
			!(member_is_there(members, MEMBER_TOOL_CALLS) || member_is_there(members, MEMBER_FUNCTION_CALL)))
			content_read(reader, value, of);
		break;
	}
	value = member_of_kind(members, MEMBER_REFUSAL, JSON_KIND_STRING);
	if (value.data != NULL)
		part_put_text(reader, MESSAGE_REFUSAL, value, of);
	read_each(reader, member_value(members, MEMBER_IMAGES), of, read_image);
	value = member_of_kind(members, MEMBER_AUDIO, JSON_KIND_OBJECT);
	if (value.data != NULL)
		media_read(reader, MESSAGE_AUDIO, value, of);
	read_tools(reader, members, of);
}

/* Reads the calls and results of tools that stand beside a message's content. */
static void
read_tools(MessageReader *reader, const Members *members, const PartOf *of)
{
	Slice		call = member_of_kind(members, MEMBER_FUNCTION_CALL, JSON_KIND_OBJECT);

	if (call.data != NULL)
		call_read(reader, call, of);
	read_each(reader, member_value(members, MEMBER_TOOL_CALLS), of, call_read);
	read_each(reader, member_value(members, MEMBER_TOOL_RESULTS), of, part_read);
}

/* Reads each value of a list, or the one that stands in its place. */
static void
read_each(MessageReader *reader, Slice list, const PartOf *of,
		  void (*read) (MessageReader *reader, Slice value, const PartOf *of))
{
	JsonIterator iterator;
	Slice		name,
				value;

	if (list.data == NULL)
		return;
	if (json_kind(list) != JSON_KIND_ARRAY)
	{
		read(reader, list, of);
		return;
	}
	for (json_iterate(&iterator, list); json_iterator_next(&iterator, &name, &value);)
		read(reader, value, of);
}

/* Reads an image that is a list's value. */
static void
read_image(MessageReader *reader, Slice value, const PartOf *of)
{
	media_read(reader, MESSAGE_IMAGE, value, of);
}
