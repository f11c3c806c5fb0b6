/*
 * entry_json.c
 *		What of attempts, tool calls and metadata may stay with the entry.
 *
 * Each function keeps named scalars of a known meaning and drops the rest.
 * What is kept is written as it stood, so that a value of which all is kept
 * comes out byte for byte; only \u escapes are written anew, since
 * PostgreSQL's operators on json refuse some of them.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "core/identifier.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/log_columns.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "policy/team.h"

/* Attempts and tool calls that stay with the entry at the most. */
#define MAX_KEPT_ELEMENTS 128

/* The attempts' members that stay with the entry, and their kinds. */
static const struct
{
	const char *name;
	bool		is_number;
}			attempt_members[] = {
	{"model", false},
	{"provider", false},
	{"status", false},
	{"error_code", false},
	{"latency_ms", true},
};

static void put_separator(StringInfo out, char open);
static void put_string(StringInfo out, Slice string);
static bool is_short_scalar(Slice value);
static bool put_member(StringInfo out, Slice name, Slice value);
static void reduce_attempt(StringInfo out, Slice attempt);
static void reduce_tool_call(StringInfo out, Slice call);
static Slice failed_code(Slice attempt);

/*
 * Returns the attempts with model, provider, status, error_code and latency_ms
 * alone (palloc'd), or nothing where they are no array.  Where one
 * failed and another followed, *fallback_reason becomes the first such one's
 * error code, else its status: the content of a JSON string, escaped.
 */
Slice
reduce_attempts(Slice attempts, Slice *fallback_reason)
{
	StringInfoData out;
	JsonIterator iterator;
	Slice		name,
				attempt,
				failed = {NULL, 0};
	int			n = 0;

	*fallback_reason = (Slice) {NULL, 0};
	if (attempts.data == NULL || json_kind(attempts) != JSON_KIND_ARRAY)
		return (Slice) {NULL, 0};
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	for (json_iterate(&iterator, attempts); json_iterator_next(&iterator, &name, &attempt); n++)
	{
		if (fallback_reason->data == NULL)
			*fallback_reason = failed;
		if (n == MAX_KEPT_ELEMENTS)
			break;
		if (n > 0)
			appendStringInfoChar(&out, ',');
		if (json_kind(attempt) != JSON_KIND_OBJECT)
			appendStringInfoString(&out, "{}");
		else
		{
			if (failed.data == NULL)
				failed = failed_code(attempt);
			reduce_attempt(&out, attempt);
		}
	}
	appendStringInfoChar(&out, ']');
	return (Slice) {out.data, out.len};
}

/*
 * Returns the tool calls with id, type and function name alone (palloc'd), or
 * nothing where they are no array.
 */
Slice
reduce_tool_calls(Slice tool_calls)
{
	StringInfoData out;
	JsonIterator iterator;
	Slice		name,
				call;
	int			n = 0;

	if (tool_calls.data == NULL || json_kind(tool_calls) != JSON_KIND_ARRAY)
		return (Slice) {NULL, 0};
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	for (json_iterate(&iterator, tool_calls);
		 n < MAX_KEPT_ELEMENTS && json_iterator_next(&iterator, &name, &call); n++)
	{
		if (n > 0)
			appendStringInfoChar(&out, ',');
		reduce_tool_call(&out, call);
	}
	appendStringInfoChar(&out, ']');
	return (Slice) {out.data, out.len};
}

/*
 * Returns the scalars of metadata under MAX_METADATA_SCALAR_BYTES whose names
 * the team declared, each once (palloc'd); nothing where there are none.
 */
Slice
reduce_metadata(Slice metadata, const TeamPolicy *policy)
{
	StringInfoData out;
	JsonIterator iterator;
	Slice		name,
				value;
	Slice	   *found;

	if (metadata.data == NULL || json_kind(metadata) != JSON_KIND_OBJECT ||
		policy->n_metadata_keys == 0)
		return (Slice) {NULL, 0};
	found = palloc0(sizeof(Slice) * policy->n_metadata_keys);
	for (json_iterate(&iterator, metadata); json_iterator_next(&iterator, &name, &value);)
	{
		Slice		text = json_name(name);

		/* of several members of one name the last counts, as in jsonb */
		for (int i = 0; i < policy->n_metadata_keys; i++)
			if (slice_equals(text, policy->metadata_keys[i]))
				found[i] = value;
	}
	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int i = 0; i < policy->n_metadata_keys; i++)
	{
		Slice		key = policy->metadata_keys[i];

		if (found[i].data == NULL || found[i].len >= MAX_METADATA_SCALAR_BYTES ||
			json_kind(found[i]) == JSON_KIND_OBJECT ||
			json_kind(found[i]) == JSON_KIND_ARRAY)
			continue;
		put_separator(&out, '{');
		escape_json(&out, key.data);
		appendStringInfoChar(&out, ':');
		if (json_kind(found[i]) == JSON_KIND_STRING)
			put_string(&out, found[i]);
		else
			appendBinaryStringInfo(&out, found[i].data, found[i].len);
	}
	appendStringInfoChar(&out, '}');
	if (out.len == 2)
		return (Slice) {NULL, 0};
	return (Slice) {out.data, out.len};
}

/*
 * Returns metadata with further members ("name":value,…) behind its own;
 * metadata that is no object becomes a member of that name (palloc'd).
 */
Slice
merge_members(Slice metadata, Slice members)
{
	StringInfoData out;

	initStringInfo(&out);
	if (metadata.data == NULL)
		appendStringInfoChar(&out, '{');
	else if (json_kind(metadata) == JSON_KIND_OBJECT)
	{
		JsonIterator iterator;
		Slice		name,
					value;

		appendBinaryStringInfo(&out, metadata.data, metadata.len - 1);
		json_iterate(&iterator, metadata);
		if (json_iterator_next(&iterator, &name, &value))
			appendStringInfoChar(&out, ',');
	}
	else
	{
		appendStringInfoString(&out, "{\"metadata\":");
		appendBinaryStringInfo(&out, metadata.data, metadata.len);
		appendStringInfoChar(&out, ',');
	}
	appendBinaryStringInfo(&out, members.data, members.len);
	appendStringInfoChar(&out, '}');
	return (Slice) {out.data, out.len};
}

/* Puts a comma, unless an object or an array has just been opened. */
static void
put_separator(StringInfo out, char open)
{
	if (out->data[out->len - 1] != open)
		appendStringInfoChar(out, ',');
}

/* Puts a checked string as it stands, or anew where it has a \u in it. */
static void
put_string(StringInfo out, Slice string)
{
	Slice		content = json_string_content(string);
	char	   *text;

	for (const char *p = content.data;
		 (p = memchr(p, '\\', content.data + content.len - p)) != NULL; p += 2)
	{
		if (p[1] != 'u')
			continue;
		text = palloc(content.len + 1);
		text[json_unescape(text, content.data, content.len)] = '\0';
		escape_json(out, text);
		return;
	}
	appendBinaryStringInfo(out, string.data, string.len);
}

/* Tells whether a value is null or a string that can be an identifier. */
static bool
is_short_scalar(Slice value)
{
	if (json_kind(value) == JSON_KIND_NULL)
		return true;
	return json_kind(value) == JSON_KIND_STRING && value.len <= MAX_ID_BYTES + 2;
}

/* Puts "name":value for a short string or null; returns whether it did. */
static bool
put_member(StringInfo out, Slice name, Slice value)
{
	if (!is_short_scalar(value))
		return false;
	put_separator(out, '{');
	appendStringInfo(out, "\"%.*s\":", (int) name.len, name.data);
	if (json_kind(value) == JSON_KIND_STRING)
		put_string(out, value);
	else
		appendBinaryStringInfo(out, value.data, value.len);
	return true;
}

/* Puts one attempt with its known members, each once. */
static void
reduce_attempt(StringInfo out, Slice attempt)
{
	JsonIterator iterator;
	Slice		name,
				value;
	unsigned	seen = 0;

	appendStringInfoChar(out, '{');
	for (json_iterate(&iterator, attempt); json_iterator_next(&iterator, &name, &value);)
	{
		for (int i = 0; i < lengthof(attempt_members); i++)
		{
			if (!slice_is(name, attempt_members[i].name) || (seen & (1U << i)))
				continue;
			if (!attempt_members[i].is_number ||
				json_kind(value) == JSON_KIND_NULL)
			{
				if (put_member(out, name, value))
					seen |= 1U << i;
			}
			else if (json_kind(value) == JSON_KIND_NUMBER &&
					 read_count(&(GivenField) {.as = GIVEN_JSON_VALUE}, value, &(int64) {0}) == REASON_NONE)
			{
				put_separator(out, '{');
				appendStringInfo(out, "\"%s\":", attempt_members[i].name);
				appendBinaryStringInfo(out, value.data, value.len);
				seen |= 1U << i;
			}
		}
	}
	appendStringInfoChar(out, '}');
}

/*
 * Puts one tool call: id and type, and the function's name where the field's
 * writers have it: in "function", or beside them.
 */
static void
reduce_tool_call(StringInfo out, Slice call)
{
	JsonIterator iterator;
	Slice		name,
				value;
	bool		has_id = false,
				has_type = false,
				has_name = false;

	appendStringInfoChar(out, '{');
	if (json_kind(call) == JSON_KIND_OBJECT)
	{
		for (json_iterate(&iterator, call); json_iterator_next(&iterator, &name, &value);)
		{
			if (slice_is(name, "id") && !has_id)
				has_id = put_member(out, name, value);
			else if (slice_is(name, "type") && !has_type)
				has_type = put_member(out, name, value);
			else if (slice_is(name, "name") && !has_name)
				has_name = put_member(out, name, value);
			else if (slice_is(name, "function") && !has_name &&
					 json_kind(value) == JSON_KIND_OBJECT)
			{
				JsonIterator inner;
				Slice		inner_name,
							inner_value;

				put_separator(out, '{');
				appendStringInfoString(out, "\"function\":{");
				for (json_iterate(&inner, value);
					 !has_name && json_iterator_next(&inner, &inner_name, &inner_value);)
				{
					if (slice_is(inner_name, "name"))
						has_name = put_member(out, inner_name, inner_value);
				}
				appendStringInfoChar(out, '}');
				has_name = true;
			}
		}
	}
	appendStringInfoChar(out, '}');
}

/*
 * Returns the error code of an attempt that failed, else its status, as the
 * content of a JSON string; nothing where it did not fail or does not say.
 */
static Slice
failed_code(Slice attempt)
{
	JsonIterator iterator;
	Slice		name,
				value,
				status = {NULL, 0},
				code = {NULL, 0};

	for (json_iterate(&iterator, attempt); json_iterator_next(&iterator, &name, &value);)
	{
		if (json_kind(value) != JSON_KIND_STRING || !is_short_scalar(value))
			continue;
		if (slice_is(name, "status"))
			status = json_string_content(value);
		else if (slice_is(name, "error_code"))
			code = json_string_content(value);
	}
	if (status.data != NULL && slice_is(status, "success"))
		return (Slice) {NULL, 0};
	return code.data != NULL ? code : status;
}

/*
 * Returns what a name denotes that stands between quotes in JSON: the argument
 * itself, or palloc'd.
 */
Slice
json_name(Slice name)
{
	char	   *text;

	if (memchr(name.data, '\\', name.len) == NULL)
		return name;
	text = palloc(name.len);
	return (Slice) {text, json_unescape(text, name.data, name.len)};
}
