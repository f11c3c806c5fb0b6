/*
 * entry.c
 *		The fields a writer may give, the columns they become, and reading them
 *		from a JSON object.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "core/json.h"
#include "core/row_type.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "segment/body.h"

const FieldDefinition entry_fields[N_FIELDS] = {
	[FIELD_JOB_ID] = {"job_id", KIND_ID, COLUMN_JOB_ID},
	[FIELD_TEAM_ID] = {"team_id", KIND_ID, COLUMN_TEAM_ID},
	[FIELD_TIMESTAMP] = {"timestamp", KIND_TIME, COLUMN_TIMESTAMP},
	[FIELD_OWNER] = {"owner", KIND_ID, COLUMN_OWNER},
	[FIELD_API_KEY] = {"api_key", KIND_KEY, COLUMN_API_KEY},
	[FIELD_REQUESTED_MODEL] = {"requested_model", KIND_ID, COLUMN_REQUESTED_MODEL},
	[FIELD_SERVED_MODEL] = {"served_model", KIND_ID, COLUMN_SERVED_MODEL},
	[FIELD_PROVIDER] = {"provider", KIND_ID, COLUMN_PROVIDER},
	[FIELD_FIRST_BYTE_MS] = {"first_byte_ms", KIND_COUNT, COLUMN_FIRST_BYTE_MS},
	[FIELD_LATENCY_MS] = {"latency_ms", KIND_COUNT, COLUMN_LATENCY_MS},
	[FIELD_STATUS] = {"status", KIND_STATUS, COLUMN_STATUS},
	[FIELD_ERROR_CODE] = {"error_code", KIND_ID, COLUMN_ERROR_CODE},
	[FIELD_ERROR_MESSAGE] = {"error_message", KIND_BODY, BODY_ERROR_MESSAGE},
	[FIELD_PROMPT_TOKENS] = {"prompt_tokens", KIND_COUNT, COLUMN_PROMPT_TOKENS},
	[FIELD_COMPLETION_TOKENS] = {"completion_tokens", KIND_COUNT, COLUMN_COMPLETION_TOKENS},
	[FIELD_CACHED_TOKENS] = {"cached_tokens", KIND_COUNT, COLUMN_CACHED_TOKENS},
	[FIELD_REASONING_TOKENS] = {"reasoning_tokens", KIND_COUNT, COLUMN_REASONING_TOKENS},
	[FIELD_COST_USD] = {"cost_usd", KIND_COST, COLUMN_COST_USD},
	[FIELD_USER_ID] = {"user_id", KIND_ID, COLUMN_USER_ID},
	[FIELD_SESSION_ID] = {"session_id", KIND_ID, COLUMN_SESSION_ID},
	[FIELD_FALLBACK_REASON] = {"fallback_reason", KIND_ID, COLUMN_FALLBACK_REASON},
	[FIELD_ATTEMPTS] = {"attempts", KIND_JSON, COLUMN_ATTEMPTS},
	[FIELD_TOOL_CALLS] = {"tool_calls", KIND_JSON, COLUMN_TOOL_CALLS},
	[FIELD_INPUT] = {"input", KIND_BODY, BODY_INPUT},
	[FIELD_OUTPUT] = {"output", KIND_BODY, BODY_OUTPUT},
	[FIELD_METADATA] = {"metadata", KIND_JSON, COLUMN_METADATA},
};

static Field field_by_name(Slice name);

static const RowColumn columns[N_COLUMNS] = {
	[COLUMN_TIMESTAMP] = {"timestamp", TIMESTAMPTZOID},
	[COLUMN_FIRST_BYTE_MS] = {"first_byte_ms", INT4OID},
	[COLUMN_LATENCY_MS] = {"latency_ms", INT4OID},
	[COLUMN_PROMPT_TOKENS] = {"prompt_tokens", INT4OID},
	[COLUMN_COMPLETION_TOKENS] = {"completion_tokens", INT4OID},
	[COLUMN_CACHED_TOKENS] = {"cached_tokens", INT4OID},
	[COLUMN_REASONING_TOKENS] = {"reasoning_tokens", INT4OID},
	[COLUMN_UNKNOWN_FIELDS] = {"unknown_fields", INT4OID},
	[COLUMN_BODY_LOGGED] = {"body_logged", BOOLOID},
	[COLUMN_TEAM_ID] = {"team_id", TEXTOID},
	[COLUMN_JOB_ID] = {"job_id", TEXTOID},
	[COLUMN_OWNER] = {"owner", TEXTOID},
	[COLUMN_API_KEY] = {"api_key", TEXTOID},
	[COLUMN_API_KEY_FINGERPRINT] = {"api_key_fingerprint", BYTEAOID},
	[COLUMN_REQUESTED_MODEL] = {"requested_model", TEXTOID},
	[COLUMN_SERVED_MODEL] = {"served_model", TEXTOID},
	[COLUMN_PROVIDER] = {"provider", TEXTOID},
	[COLUMN_STATUS] = {"status", TEXTOID},
	[COLUMN_ERROR_CODE] = {"error_code", TEXTOID},
	[COLUMN_COST_USD] = {"cost_usd", NUMERICOID},
	[COLUMN_USER_ID] = {"user_id", TEXTOID},
	[COLUMN_SESSION_ID] = {"session_id", TEXTOID},
	[COLUMN_FALLBACK_REASON] = {"fallback_reason", TEXTOID},
	[COLUMN_ATTEMPTS] = {"attempts", JSONOID},
	[COLUMN_TOOL_CALLS] = {"tool_calls", JSONOID},
	[COLUMN_METADATA] = {"metadata", JSONOID},
	[COLUMN_SECRETS_MASKED] = {"secrets_masked", INT4OID},
};

/*
 * Returns the field of a name as it stands between quotes in JSON, FIELD_NONE
 * for one that is not known.
 */
static Field
field_by_name(Slice name)
{
	name = json_name(name);
	for (int i = 0; i < N_FIELDS; i++)
		if (strlen(entry_fields[i].name) == name.len &&
			memcmp(entry_fields[i].name, name.data, name.len) == 0)
			return (Field) i;
	return FIELD_NONE;
}

/*
 * Takes the members of a checked JSON object as the fields of an entry; of
 * several members of one name the last counts.  Values stay slices of the
 * object's text.
 */
Reason
entry_given_json(GivenEntry *given, Slice object)
{
	JsonIterator	walk;
	Slice		name,
				value;
	StringInfoData unknown;

	if (json_kind(object) != JSON_KIND_OBJECT)
		return REASON_NOT_AN_OBJECT;
	unknown.data = NULL;
	for (json_iterate(&walk, object); json_iterator_next(&walk, &name, &value);)
	{
		Field		field = field_by_name(name);
		GivenField *to;

		if (field == FIELD_NONE)
		{
			if (unknown.data == NULL)
				initStringInfo(&unknown);
			else
				appendStringInfoChar(&unknown, ',');
			appendStringInfoChar(&unknown, '"');
			appendBinaryStringInfo(&unknown, name.data, name.len);
			appendStringInfoString(&unknown, "\":");
			appendBinaryStringInfo(&unknown, value.data, value.len);
			given->n_unknown++;
			continue;
		}
		to = &given->field[field];
		switch (json_kind(value))
		{
			case JSON_KIND_NULL:
				to->as = GIVEN_NOT;
				break;
			case JSON_KIND_STRING:
				to->as = GIVEN_JSON_STRING;
				to->text = json_string_content(value);
				break;
			default:
				to->as = GIVEN_JSON_VALUE;
				to->text = value;
		}
	}
	if (unknown.data != NULL)
		given->unknown = (Slice) {unknown.data, unknown.len};
	return REASON_NONE;
}

/* Returns the row type of batch_entry_rows(), made once. */
TupleDesc
entry_tupdesc(void)
{
	static TupleDesc desc = NULL;

	if (desc == NULL)
		desc = make_row_type(columns, N_COLUMNS);
	return desc;
}

/* Gives a field the text of a value. */
void
given_set_text(GivenField *field, Datum value)
{
	field->as = GIVEN_TEXT;
	field->text = text_to_slice(value);
}

/* Gets the text that a scalar field denotes; an object or array is none. */
Reason
given_text(GivenField *given, Slice *text)
{
	*text = given->text;
	if (given->as == GIVEN_JSON_VALUE &&
		(json_kind(given->text) == JSON_KIND_OBJECT ||
		 json_kind(given->text) == JSON_KIND_ARRAY))
		return REASON_NOT_A_SCALAR;
	if (given->as == GIVEN_JSON_STRING &&
		memchr(text->data, '\\', text->len) != NULL)
	{
		char	   *plain = palloc(text->len);

		text->len = json_unescape(plain, text->data, text->len);
		text->data = plain;
	}
	return REASON_NONE;
}

/* Gets the checked JSON value of a field, given as a value or as its text. */
Reason
given_json(GivenField *given, Slice *value)
{
	Slice		text;

	if (given->as == GIVEN_JSON_VALUE)
	{
		*value = given->text;
		return REASON_NONE;
	}
	(void) given_text(given, &text);
	switch (json_check(text, value))
	{
		case JSON_OK:
			return REASON_NONE;
		case JSON_TOO_DEEP:
			return REASON_TOO_DEEP;
		default:
			return REASON_INVALID_JSON;
	}
}
