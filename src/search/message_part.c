/*
 * message_part.c
 *		The parts of a turn: text, a tool's call or result, an image and so on.
 *
 * A part is known by its "type", or, of providers that write none, by the member that
 * holds it.  Both are tables: one reader of each form serves all providers.
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_members.h"

typedef enum PartForm
{
	FORM_NONE,
	FORM_TEXT,
	FORM_REASONING,
	FORM_REFUSAL,
	FORM_IMAGE,
	FORM_AUDIO,
	FORM_VIDEO,
	FORM_FILE,
	FORM_CALL,
	FORM_RESULT,
	FORM_CONTENT				/* a message within another */
} PartForm;

/* The types that say what a part is. */
static const struct
{
	const char *type;
	PartForm	form;
}			types[] = {
	{"text", FORM_TEXT}, {"input_text", FORM_TEXT}, {"output_text", FORM_TEXT},
	{"thinking", FORM_REASONING}, {"redacted_thinking", FORM_REASONING}, {"reasoning", FORM_REASONING},
	{"reasoning_text", FORM_REASONING}, {"summary_text", FORM_REASONING},
	{"refusal", FORM_REFUSAL},
	{"image", FORM_IMAGE}, {"image_url", FORM_IMAGE}, {"input_image", FORM_IMAGE},
	{"image_generation_call", FORM_IMAGE},
	{"audio", FORM_AUDIO}, {"input_audio", FORM_AUDIO}, {"output_audio", FORM_AUDIO}, {"audio_url", FORM_AUDIO},
	{"video", FORM_VIDEO}, {"video_url", FORM_VIDEO}, {"input_video", FORM_VIDEO},
	{"file", FORM_FILE}, {"input_file", FORM_FILE}, {"document", FORM_FILE},
	{"function", FORM_CALL}, {"tool-call", FORM_CALL},
	{"tool-result", FORM_RESULT},
	{"message", FORM_CONTENT},
};

/* How the types end that are written for each tool that a provider has itself. */
static const struct
{
	const char *end;
	PartForm	form;
}			type_ends[] = {
	{"tool_use", FORM_CALL}, {"_call", FORM_CALL},
	{"tool_result", FORM_RESULT}, {"_call_output", FORM_RESULT},
};

/* The members that hold a part which has no type; inside: what the part is stands in the member. */
static const struct
{
	Member		member;
	PartForm	form;
	bool		inside;
}			holders[] = {
	{MEMBER_FUNCTION_CALL, FORM_CALL, true}, {MEMBER_FUNCTION_RESPONSE, FORM_RESULT, true},
	{MEMBER_TOOL_USE, FORM_CALL, true}, {MEMBER_TOOL_RESULT, FORM_RESULT, true},
	{MEMBER_CODE, FORM_CALL, true}, {MEMBER_CODE_RESULT, FORM_RESULT, true}, {MEMBER_CALL, FORM_RESULT, false},
	{MEMBER_REASONING_CONTENT, FORM_REASONING, true},
	{MEMBER_INLINE_DATA, FORM_FILE, false}, {MEMBER_FILE_DATA, FORM_FILE, false},
	{MEMBER_IMAGE_URL, FORM_IMAGE, false}, {MEMBER_IMAGE, FORM_IMAGE, false}, {MEMBER_DOCUMENT, FORM_FILE, false},
	{MEMBER_BYTES, FORM_IMAGE, false}, {MEMBER_VIDEO, FORM_VIDEO, false}, {MEMBER_AUDIO, FORM_AUDIO, false},
	{MEMBER_TEXT, FORM_TEXT, false}, {MEMBER_JSON, FORM_TEXT, false},
};

static PartForm form_of_type(Slice type);
static void read_form(MessageReader *reader, PartForm form, Slice value, const Members *members, const PartOf *of);
static void read_text(MessageReader *reader, Slice value, const Members *members, const PartOf *of);
static void read_reasoning(MessageReader *reader, const Members *members, const PartOf *of);
static void put_reasoning(MessageReader *reader, Slice list, const PartOf *of);
static void read_call(MessageReader *reader, Slice value, const Members *members, const PartOf *of);
static void read_result(MessageReader *reader, const Members *members, const PartOf *of);

/* Puts a part where the reader wants it. */
void
part_put(MessageReader *reader, const MessagePart *part)
{
	reader->n_parts++;
	reader->put_part(reader, part);
}

/* Puts a part that is a text alone: a value of JSON, or nothing. */
void
part_put_text(MessageReader *reader, MessageKind kind, Slice text, const PartOf *of)
{
	MessagePart part = {.kind = kind, .text = text, .name = of->name, .call_id = of->call_id};

	part_put(reader, &part);
}

/* Reads the content of a message or of a tool's result: a text, parts, or one part. */
void
content_read(MessageReader *reader, Slice value, const PartOf *of)
{
	PartOf		inner = *of;
	JsonIterator iterator;
	Members		members;
	Slice		name,
				part;

	inner.depth++;
	if (inner.depth > MAX_CONTENT_DEPTH)
		part_put_text(reader, of->is_result ? MESSAGE_TOOL_RESULT : MESSAGE_OTHER, value, of);
	else if (json_kind(value) == JSON_KIND_ARRAY)
	{
		for (json_iterate(&iterator, value); json_iterator_next(&iterator, &name, &part);)
			part_read(reader, part, &inner);
	}
	else if (members_read(&members, value) && is_kind(member_value(&members, MEMBER_PARTS), JSON_KIND_ARRAY))
		content_read(reader, member_value(&members, MEMBER_PARTS), &inner);
	else
		part_read(reader, value, &inner);
}

/* Reads one part. */
void
part_read(MessageReader *reader, Slice value, const PartOf *of)
{
	Members		members;
	Members		held;
	PartForm	form;

	if (!members_read(&members, value))
	{
		part_put_text(reader, of->is_result ? MESSAGE_TOOL_RESULT :
					  json_kind(value) == JSON_KIND_STRING ? MESSAGE_TEXT : MESSAGE_OTHER, value, of);
		return;
	}
	form = form_of_type(string_content(member_value(&members, MEMBER_TYPE)));
	for (int i = 0; form == FORM_NONE && i < lengthof(holders); i++)
	{
		Slice		holder = member_value(&members, holders[i].member);

		if (holder.data == NULL || (holders[i].inside && !members_read(&held, holder)))
			continue;
		read_form(reader, holders[i].form, holders[i].inside ? holder : value,
				  holders[i].inside ? &held : &members, of);
		return;
	}
	read_form(reader, form, value, &members, of);
}

/* Reads a tool's call, whatever provider wrote it. */
void
call_read(MessageReader *reader, Slice value, const PartOf *of)
{
	Members		members;

	if (members_read(&members, value))
		read_call(reader, value, &members, of);
	else
		part_put_text(reader, MESSAGE_OTHER, value, of);
}

/* Returns the form that a type (the content of a string) stands for; FORM_NONE for none. */
static PartForm
form_of_type(Slice type)
{
	if (type.data == NULL)
		return FORM_NONE;
	for (int i = 0; i < lengthof(types); i++)
		if (slice_is(type, types[i].type))
			return types[i].form;
	for (int i = 0; i < lengthof(type_ends); i++)
		if (slice_ends(type, type_ends[i].end))
			return type_ends[i].form;
	return FORM_NONE;
}

/* Reads a part of a known form, or, where it is none, puts its JSON. */
static void
read_form(MessageReader *reader, PartForm form, Slice value, const Members *members, const PartOf *of)
{
	Slice		refusal;

	switch (form)
	{
		case FORM_NONE:
			part_put_text(reader, of->is_result ? MESSAGE_TOOL_RESULT : MESSAGE_OTHER, value, of);
			break;
		case FORM_TEXT:
			read_text(reader, value, members, of);
			break;
		case FORM_REASONING:
			read_reasoning(reader, members, of);
			break;
		case FORM_REFUSAL:
			refusal = member_value(members, MEMBER_REFUSAL);
			if (refusal.data == NULL)
				refusal = member_value(members, MEMBER_TEXT);
			part_put_text(reader, MESSAGE_REFUSAL, refusal, of);
			break;
		case FORM_IMAGE:
			media_read(reader, MESSAGE_IMAGE, value, of);
			break;
		case FORM_AUDIO:
			media_read(reader, MESSAGE_AUDIO, value, of);
			break;
		case FORM_VIDEO:
			media_read(reader, MESSAGE_VIDEO, value, of);
			break;
		case FORM_FILE:
			media_read(reader, MESSAGE_FILE, value, of);
			break;
		case FORM_CALL:
			read_call(reader, value, members, of);
			break;
		case FORM_RESULT:
			read_result(reader, members, of);
			break;
		case FORM_CONTENT:
			if (member_is_there(members, MEMBER_CONTENT))
				content_read(reader, member_value(members, MEMBER_CONTENT), of);
			else
				part_put_text(reader, MESSAGE_OTHER, value, of);
			break;
	}
}

/* Reads a part that is text; one that is a thought says so beside it. */
static void
read_text(MessageReader *reader, Slice value, const Members *members, const PartOf *of)
{
	MessageKind kind = of->is_result ? MESSAGE_TOOL_RESULT : MESSAGE_TEXT;
	Slice		text = member_value(members, MEMBER_TEXT);
	Members		inner;

	if (is_kind(member_value(members, MEMBER_THOUGHT), JSON_KIND_BOOL) &&
		slice_is(member_value(members, MEMBER_THOUGHT), "true"))
		kind = MESSAGE_REASONING;
	if (text.data == NULL)
		text = member_value(members, MEMBER_VALUE);
	else if (members_read(&inner, text))
		text = member_value(&inner, MEMBER_VALUE);
	if (text.data == NULL)
		text = member_value(members, MEMBER_JSON);
	if (text.data == NULL)
	{
		text = value;
		kind = of->is_result ? MESSAGE_TOOL_RESULT : MESSAGE_OTHER;
	}
	part_put_text(reader, kind, text, of);
}

/* Reads reasoning: a text, or a list of them; what is encrypted has no text. */
static void
read_reasoning(MessageReader *reader, const Members *members, const PartOf *of)
{
	static const Member texts[] = {MEMBER_THINKING, MEMBER_TEXT, MEMBER_REASONING_TEXT, MEMBER_REASONING};
	int64		before = reader->n_parts;

	for (int i = 0; i < lengthof(texts) && reader->n_parts == before; i++)
	{
		Slice		text = member_value(members, texts[i]);
		Members		inner;

		if (members_read(&inner, text))
			text = member_value(&inner, MEMBER_TEXT);
		if (is_kind(text, JSON_KIND_STRING))
			part_put_text(reader, MESSAGE_REASONING, text, of);
	}
	if (reader->n_parts == before)
	{
		put_reasoning(reader, member_value(members, MEMBER_SUMMARY), of);
		put_reasoning(reader, member_value(members, MEMBER_CONTENT), of);
	}
	if (reader->n_parts == before)
		part_put_text(reader, MESSAGE_REASONING, (Slice) {NULL, 0}, of);
}

/* Puts the texts of a list of reasoning, or one that stands alone. */
static void
put_reasoning(MessageReader *reader, Slice list, const PartOf *of)
{
	JsonIterator iterator;
	Members		members;
	Slice		name,
				part;

	if (is_kind(list, JSON_KIND_STRING))
		part_put_text(reader, MESSAGE_REASONING, list, of);
	if (!is_kind(list, JSON_KIND_ARRAY))
		return;
	for (json_iterate(&iterator, list); json_iterator_next(&iterator, &name, &part);)
	{
		if (members_read(&members, part))
			part = member_value(&members, MEMBER_TEXT);
		if (is_kind(part, JSON_KIND_STRING))
			part_put_text(reader, MESSAGE_REASONING, part, of);
	}
}

/*
 * Reads a tool's call.  Of a tool that the provider has itself the type is the name, and
 * all that was written of the call its arguments; some have their result beside them.
 */
static void
read_call(MessageReader *reader, Slice value, const Members *members, const PartOf *of)
{
	static const Member arguments[] = {MEMBER_ARGUMENTS, MEMBER_INPUT, MEMBER_ACTION};
	MessagePart part = {.kind = MESSAGE_TOOL_CALL};
	Slice		type = member_of_kind(members, MEMBER_TYPE, JSON_KIND_STRING);
	Members		function;
	bool		is_inside = members_read(&function, member_value(members, MEMBER_FUNCTION));

	part.name = member_value(is_inside ? &function : members, MEMBER_NAME);
	part.call_id = member_value(members, MEMBER_CALL_ID);
	if (part.call_id.data == NULL)
		part.call_id = member_value(members, MEMBER_ID);
	for (int i = 0; i < lengthof(arguments) && part.arguments.data == NULL; i++)
		part.arguments = member_value(is_inside ? &function : members, arguments[i]);
	if (part.name.data == NULL && !is_inside)
	{
		part.name = type;
		if (part.arguments.data == NULL)
			part.arguments = value;
	}
	part_put(reader, &part);
	if (member_is_there(members, MEMBER_OUTPUT))
	{
		PartOf		result = {.is_result = true, .name = part.name, .call_id = part.call_id, .depth = of->depth};

		content_read(reader, member_value(members, MEMBER_OUTPUT), &result);
	}
}

/* Reads a tool's result; one that has no content is a part, too. */
static void
read_result(MessageReader *reader, const Members *members, const PartOf *of)
{
	static const Member contents[] = {MEMBER_CONTENT, MEMBER_OUTPUT, MEMBER_RESULT, MEMBER_OUTPUTS};
	PartOf		result = {.is_result = true, .depth = of->depth};
	int64		before = reader->n_parts;
	Members		call;
	const Members *says = members_read(&call, member_value(members, MEMBER_CALL)) ? &call : members;

	result.name = member_value(says, MEMBER_NAME);
	result.call_id = member_value(says, MEMBER_CALL_ID);
	if (result.call_id.data == NULL)
		result.call_id = member_value(says, MEMBER_ID);
	if (member_is_there(members, MEMBER_RESPONSE))
		part_put_text(reader, MESSAGE_TOOL_RESULT, member_value(members, MEMBER_RESPONSE), &result);
	for (int i = 0; i < lengthof(contents) && reader->n_parts == before; i++)
		if (member_is_there(members, contents[i]))
			content_read(reader, member_value(members, contents[i]), &result);
	if (reader->n_parts == before)
		part_put_text(reader, MESSAGE_TOOL_RESULT, (Slice) {NULL, 0}, &result);
}
