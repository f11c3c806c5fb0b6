/*
 * entry_tool_calls.c
 *		What of an entry's tool calls stays with it: of each call the id, the type and the
 *		function's name, in one shape whatever the provider's.
 *
 * The fragments of a call that was streamed are one call.  Of the memory that is used
 * nothing grows with the number of elements; strings with JSON in them are unescaped one
 * inside the other, so that all of them together are as long as the field at the most.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/identifier.h"
#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "entry/json_text.h"
#include "entry/reduced_json.h"
#include "entry/tool_call.h"

/* A function's name has at most so many bytes; providers allow 64, MCP's servers put theirs before it. */
#define MAX_NAME_BYTES 128

/* Calls stand in so many levels of arrays, objects and strings at the most. */
#define MAX_LEVELS 10

static const Slice no_id = {NULL, 0};

/* A call that stays: texts, palloc'd; no data: there is none. */
typedef struct KeptCall
{
	Slice		id;
	Slice		type;
	Slice		name;
	Slice		index;
} KeptCall;

typedef struct KeptCalls
{
	int			n;
	bool		is_full;		/* what follows is not looked at */
	ReducedJson *reduced;
	KeptCall	call[MAX_KEPT_ELEMENTS];
} KeptCalls;

static void read_calls(KeptCalls *calls, Slice value, Slice outer_id, bool is_strict, int level);
static void read_text(KeptCalls *calls, Slice string, bool is_strict, int level);
static void read_container(KeptCalls *calls, Slice object, const ToolCall *container, int level);
static void read_call(KeptCalls *calls, const ToolCall *given);
static bool is_fragment(KeptCalls *calls, const KeptCall *call, bool has_text_id);
static bool get_id(ReducedJson *reduced, Slice value, char *buffer, Slice *id);
static bool get_name(ReducedJson *reduced, Slice value, char *buffer, Slice *name);
static bool is_tool_name(Slice text);
static void put_calls(StringInfo out, KeptCalls *calls);

/*
 * Returns what of tool calls stays with the entry: an array of
 * {"id":…,"type":…,"function":{"name":…}}, each of them where it was given.  One call, or
 * what it is wrapped in, is read as an array of one; a string as the JSON in it.
 */
ReducedJson
reduce_tool_calls(Slice tool_calls)
{
	ReducedJson reduced = {.part = {NULL, 0}};
	KeptCalls  *calls = palloc(sizeof(KeptCalls));
	StringInfoData out;

	calls->n = 0;
	calls->is_full = false;
	calls->reduced = &reduced;
	read_calls(calls, tool_calls, no_id, false, 0);
	if (json_is_empty(tool_calls))
		reduced.rewritten = false;
	if (json_kind(tool_calls) == JSON_KIND_ARRAY || calls->n > 0)
	{
		initStringInfo(&out);
		put_calls(&out, calls);
		reduced.part = (Slice) {out.data, out.len};
	}
	pfree(calls);
	return reduced;
}

/* Reads the calls in a value; outer_id is that of one call, which stands beside it. */
static void
read_calls(KeptCalls *calls, Slice value, Slice outer_id, bool is_strict, int level)
{
	ReducedJson *reduced = calls->reduced;
	JsonIterator elements;
	Slice		name,
				element;
	ToolCall	call;

	if (calls->is_full)
		return;
	/* as it comes out it is an array of objects */
	reduced->rewritten |= level > 1 || json_kind(value) != (level == 0 ? JSON_KIND_ARRAY : JSON_KIND_OBJECT);
	if (json_kind(value) == JSON_KIND_NULL)
		return;
	if (level == MAX_LEVELS)
	{
		reduced->left_out = reduced->wrong_shape = true;
		return;
	}
	switch (json_kind(value))
	{
		case JSON_KIND_ARRAY:
			for (json_iterate(&elements, value);
				 !calls->is_full && json_iterator_next(&elements, &name, &element);)
				read_calls(calls, element, no_id, is_strict, level + 1);
			return;
		case JSON_KIND_STRING:
			read_text(calls, value, is_strict, level);
			return;
		case JSON_KIND_OBJECT:
			break;
		default:
			reduced->left_out = reduced->wrong_shape = true;
			return;
	}
	switch (tool_call_read(value, is_strict, &call))
	{
		case TOOL_OBJECT_CALL:
			if (call.id.data == NULL)
				call.id = outer_id;
			read_call(calls, &call);
			break;
		case TOOL_OBJECT_CONTAINER:
			read_container(calls, value, &call, level);
			break;
		case TOOL_OBJECT_OTHER:
			reduced->left_out = true;
			break;
		case TOOL_OBJECT_UNKNOWN:
			reduced->left_out |= call.left_out;
			reduced->wrong_shape |= call.left_out;
	}
}

/* Reads the calls in a string: in the array or the object that stands in it as JSON. */
static void
read_text(KeptCalls *calls, Slice string, bool is_strict, int level)
{
	Slice		content = json_string_content(string);
	char	   *text;
	Slice		value;

	if (content.len == 0)
		return;
	text = palloc(content.len);
	if (json_check((Slice) {text, json_unescape(text, content.data, content.len)}, &value) == JSON_OK)
		read_calls(calls, value, no_id, is_strict, level + 1);
	else
		calls->reduced->left_out = calls->reduced->wrong_shape = true;
	pfree(text);
}

/* Reads the calls in the members of an object. */
static void
read_container(KeptCalls *calls, Slice object, const ToolCall *container, int level)
{
	JsonIterator members;
	Slice		name,
				value;
	bool		is_strict;

	calls->reduced->rewritten = true;
	for (json_iterate(&members, object); !calls->is_full && json_iterator_next(&members, &name, &value);)
	{
		if (tool_call_container(container, name, value, &is_strict))
			read_calls(calls, value, is_strict ? no_id : container->id, is_strict, level + 1);
		else if (json_kind(value) != JSON_KIND_NULL)
			calls->reduced->left_out = true;
	}
}

/* Keeps one call, unless it is a fragment of one that is there. */
static void
read_call(KeptCalls *calls, const ToolCall *given)
{
	ReducedJson *reduced = calls->reduced;
	char		id_buffer[MAX_ID_BYTES * JSON_BYTES_PER_BYTE];
	char		index_buffer[MAX_ID_BYTES * JSON_BYTES_PER_BYTE];
	char		name_buffer[MAX_NAME_BYTES * JSON_BYTES_PER_BYTE];
	char		type_buffer[MAX_NAME_BYTES * JSON_BYTES_PER_BYTE];
	bool		has_text_id = given->id.data != NULL && json_kind(given->id) == JSON_KIND_STRING;
	bool		has_name;
	KeptCall	call = {{NULL, 0}};

	reduced->left_out |= given->left_out;
	reduced->rewritten |= given->rewritten;
	has_name = given->name.data != NULL || given->implied_name.data != NULL;
	if (given->implied_name.data != NULL && is_tool_name(given->implied_name))
		call.name = given->implied_name;
	else if (given->name.data != NULL)
		reduced->left_out |= !get_name(reduced, given->name, name_buffer, &call.name);
	if (given->id.data != NULL)
	{
		reduced->left_out |= !get_id(reduced, given->id, id_buffer, &call.id);
		reduced->rewritten |= !has_text_id;
	}
	if (given->index.data != NULL && json_kind(given->index) == JSON_KIND_NUMBER)
		(void) json_short_text(given->index, MAX_ID_BYTES, index_buffer, &call.index);
	if (!has_name && call.id.data == NULL)
	{
		reduced->rewritten = true;	/* nothing but more of the arguments */
		return;
	}
	if (is_fragment(calls, &call, has_text_id))
		return;
	if (calls->n == MAX_KEPT_ELEMENTS)
	{
		calls->is_full = reduced->is_cut = reduced->left_out = true;
		return;
	}
	if (given->type.data != NULL)
		reduced->left_out |= !get_name(reduced, given->type, type_buffer, &call.type);
	if (call.type.data == NULL && has_name)
	{
		call.type = (Slice) SLICE_OF("function");
		reduced->rewritten = true;
	}
	calls->call[calls->n++] = (KeptCall) {
		slice_copy(call.id), slice_copy(call.type), slice_copy(call.name), slice_copy(call.index)
	};
}

/*
 * Tells whether a call is a fragment of one that is kept, whose name or id it completes:
 * one of the same place in a stream, or of the same id, that says nothing else.
 */
static bool
is_fragment(KeptCalls *calls, const KeptCall *call, bool has_text_id)
{
	for (int i = calls->n - 1; i >= 0; i--)
	{
		KeptCall   *kept = &calls->call[i];
		bool		same_index = call->index.data != NULL && slice_equals(kept->index, call->index);
		bool		same_id = has_text_id && call->id.data != NULL && slice_equals(kept->id, call->id);

		if (!same_id && !(same_index && (call->id.data == NULL || kept->id.data == NULL)))
			continue;
		if (kept->name.data != NULL && call->name.data != NULL && !slice_equals(kept->name, call->name))
			continue;
		if (kept->name.data == NULL)
			kept->name = slice_copy(call->name);
		if (kept->id.data == NULL)
			kept->id = slice_copy(call->id);
		calls->reduced->rewritten = true;
		return true;
	}
	return false;
}

/* Gets an id: at most MAX_ID_BYTES without white space; false for none. */
static bool
get_id(ReducedJson *reduced, Slice value, char *buffer, Slice *id)
{
	Slice		text;

	if (json_short_text(value, MAX_ID_BYTES, buffer, &text) != SHORT_TEXT)
	{
		reduced->not_a_name = true;
		return false;
	}
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char) text.data[i] <= ' ' || text.data[i] == 0x7F)
		{
			reduced->not_a_name = true;
			return false;
		}
	*id = text;
	return true;
}

/* Gets the name of a function or of a type; false for what is none. */
static bool
get_name(ReducedJson *reduced, Slice value, char *buffer, Slice *name)
{
	Slice		text;

	if (json_kind(value) != JSON_KIND_STRING ||
		json_short_text(value, MAX_NAME_BYTES, buffer, &text) != SHORT_TEXT ||
		!is_tool_name(text))
	{
		reduced->not_a_name = true;
		return false;
	}
	*name = text;
	return true;
}

/* Tells whether a text can be a name of a function, and is not rather what somebody said. */
static bool
is_tool_name(Slice text)
{
	for (size_t i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			  memchr("_.:/-", c, 5) != NULL))
			return false;
	}
	return text.len > 0 && text.len <= MAX_NAME_BYTES;
}

/* Puts the calls that are kept, the first ones where they are too long together. */
static void
put_calls(StringInfo out, KeptCalls *calls)
{
	ReducedJson *reduced = calls->reduced;

	appendStringInfoChar(out, '[');
	for (int i = 0; i < calls->n; i++)
	{
		KeptCall   *call = &calls->call[i];
		int			end = out->len;

		appendStringInfoString(out, i > 0 ? ",{" : "{");
		if (call->id.data != NULL)
		{
			appendStringInfoString(out, "\"id\":");
			json_put_text(out, call->id);
		}
		if (call->type.data != NULL)
		{
			appendStringInfoString(out, call->id.data != NULL ? ",\"type\":" : "\"type\":");
			json_put_text(out, call->type);
		}
		if (call->name.data != NULL)
		{
			appendStringInfoString(out, call->id.data != NULL || call->type.data != NULL ?
								   ",\"function\":{\"name\":" : "\"function\":{\"name\":");
			json_put_text(out, call->name);
			appendStringInfoChar(out, '}');
		}
		appendStringInfoChar(out, '}');
		if (out->len >= MAX_ENTRY_JSON_BYTES)
		{
			out->len = end;
			reduced->is_cut = reduced->left_out = true;
			break;
		}
	}
	appendStringInfoChar(out, ']');
}
