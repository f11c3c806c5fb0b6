/*
 * entry.c
 *		The fields a writer may give, the columns they become, and reading them
 *		from a JSON object.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/json.h"
#include "utils/memutils.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/json_python.h"
#include "core/log_columns.h"
#include "core/row_type.h"
#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "entry/entry_columns.h"
#include "entry/json_text.h"

const FieldDefinition entry_fields[N_FIELDS] = {
#define FIELD_DEFINITION(id, name, kind, column, part) [FIELD_##id] = {#name, sizeof(#name) - 1, kind, column, part},
	ENTRY_FIELDS(FIELD_DEFINITION)
#undef FIELD_DEFINITION
};

static Field field_by_name(Slice name);
static void take_member(GivenEntry *given, StringInfo unknown, Slice name, Slice value);
static void take_broken_member(GivenEntry *given, StringInfo unknown, Slice name, Slice value);
static bool check_as_python(Slice text, Slice *value, bool *no_number);

static const RowColumn columns[N_COLUMNS] = {
#define COLUMN_DEFINITION(id, name, type) [COLUMN_##id] = {#name, type},
	ENTRY_COLUMNS(COLUMN_DEFINITION, COLUMN_DEFINITION)
#undef COLUMN_DEFINITION
};

/* Tells what columns ogw_logs.entry is made with; called when the library is loaded. */
void
entry_init(void)
{
	log_columns_of_entry(columns, lengthof(columns));
}

/*
 * Returns the field of a name as it stands between quotes in JSON, FIELD_NONE
 * for one that is not known.
 */
static Field
field_by_name(Slice name)
{
	name = json_name(name);
	for (int i = 0; i < N_FIELDS; i++)
		if (slice_equals(name, (Slice) {entry_fields[i].name, entry_fields[i].name_len}))
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
	JsonIterator members;
	Slice		name,
				value;
	StringInfoData unknown = {NULL};

	if (json_kind(object) != JSON_KIND_OBJECT)
		return REASON_NOT_AN_OBJECT;
	for (json_iterate(&members, object); json_iterator_next(&members, &name, &value);)
		take_member(given, &unknown, name, value);
	if (unknown.data != NULL)
		given->unknown = (Slice) {unknown.data, unknown.len};
	return REASON_NONE;
}

/*
 * Does the same for text that json_check() has refused: each member that can be told from
 * the others is taken, and one that is no JSON, or too deep, is a defect of its own.
 * invalid_json where the object does not end, or has no members as JSON has them.
 */
Reason
entry_given_broken(GivenEntry *given, Slice text)
{
	const char *end = text.data + text.len;
	const char *p = json_skip_space(text.data, end);
	StringInfoData unknown = {NULL};

	if (p == end || *p != '{')
		return REASON_INVALID_JSON;
	do
	{
		const char *name = json_skip_space(p + 1, end);
		const char *colon;
		Slice		checked;

		if (name < end && *name == '}' && *p == '{')
		{
			p = name;
			break;
		}
		if (name == end || *name != '"' || (p = json_string_end(name, end)) == NULL)
			return REASON_INVALID_JSON;
		colon = json_skip_space(p, end);
		if (colon == end || *colon != ':' || (p = json_loose_end(colon + 1, end, '}')) == NULL ||
			json_check((Slice) {name, colon - name}, &checked) != JSON_OK)
			return REASON_INVALID_JSON;
		take_broken_member(given, &unknown, json_string_content(checked), trim_blanks((Slice) {colon + 1, p - colon - 1}));
	} while (*p == ',');
	if (json_skip_space(p + 1, end) != end)
		return REASON_INVALID_JSON;
	if (unknown.data != NULL)
		given->unknown = (Slice) {unknown.data, unknown.len};
	return REASON_NONE;
}

/* Takes a member of an object of JSON as a field, or as one that is not known. */
static void
take_member(GivenEntry *given, StringInfo unknown, Slice name, Slice value)
{
	Field		field = field_by_name(name);
	GivenField *to;

	if (field == FIELD_NONE)
	{
		if (unknown->data == NULL)
			initStringInfo(unknown);
		else
			appendStringInfoChar(unknown, ',');
		appendStringInfoChar(unknown, '"');
		appendBinaryStringInfo(unknown, name.data, name.len);
		appendStringInfoString(unknown, "\":");
		appendBinaryStringInfo(unknown, value.data, value.len);
		given->n_unknown++;
		return;
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

/* Takes a member whose value may be anything: as what it was meant to be, as far as that is known. */
static void
take_broken_member(GivenEntry *given, StringInfo unknown, Slice name, Slice value)
{
	Field		field = field_by_name(name);
	GivenField *to = &given->field[field];
	Slice		checked;
	bool		no_number = false;

	if (json_check(value, &checked) == JSON_OK)
		take_member(given, unknown, name, checked);
	else if (field != FIELD_NONE && entry_fields[field].kind == KIND_BODY)
	{
		/* as it was given, JSON or not */
		to->as = GIVEN_TEXT;
		to->text = value;
	}
	else if (check_as_python(value, &checked, &no_number))
	{
		take_member(given, unknown, name, checked);
		if (no_number && field != FIELD_NONE)
			defect_add(&given->defects, field, REASON_NOT_A_NUMBER);
	}
	else if (field == FIELD_NONE)
	{
		StringInfoData string;

		initStringInfo(&string);
		escape_json(&string, value.len <= ogw_max_body_bytes ? pnstrdup(value.data, value.len) : "");
		take_member(given, unknown, name, (Slice) {string.data, string.len});
	}
	else
	{
		to->as = GIVEN_BROKEN;
		to->text = value;
	}
}

/* Checks text as JSON that a program in Python wrote: *value is palloc'd. */
static bool
check_as_python(Slice text, Slice *value, bool *no_number)
{
	char	   *json = MemoryContextAllocHuge(CurrentMemoryContext, JSON_OF_PYTHON_BYTES(text.len));
	size_t		len = json_of_python(json, text, no_number);

	if (json_check((Slice) {json, len}, value) == JSON_OK)
		return true;
	pfree(json);
	return false;
}

/* Returns the row type of batch_entry_rows(), made once. */
TupleDesc
entry_tupdesc(void)
{
	static RowType type = {columns, N_COLUMNS};

	return row_type(&type);
}

/* Gives a field a text; it stays the caller's, as long as the entry is built. */
void
given_set_text(GivenField *field, Datum value)
{
	field->as = GIVEN_TEXT;
	field->text = text_to_slice(value);
}

/* Gives a field a value that is no text; as says what of. */
void
given_set_value(GivenField *field, GivenAs as, Datum value)
{
	field->as = as;
	field->value = value;
}

/*
 * Gets the text that a scalar field denotes, unescaped; an object or array is none.
 * The field was given as a text.
 */
Reason
given_text(GivenField *given, Slice *text)
{
	*text = given->text;
	if ((given->as == GIVEN_JSON_VALUE || given->as == GIVEN_BROKEN) &&
		(text->data[0] == '{' || text->data[0] == '['))
		return REASON_NOT_A_SCALAR;
	if (given->as == GIVEN_BROKEN)
		return REASON_INVALID_JSON;
	if (given->as == GIVEN_JSON_STRING &&
		memchr(text->data, '\\', text->len) != NULL)
	{
		char	   *plain = palloc(text->len);

		text->len = json_unescape(plain, text->data, text->len);
		text->data = plain;
	}
	return REASON_NONE;
}

/*
 * Gets the JSON value of a field: as it is where it was checked with what it stood
 * in, else its text, which is checked here.  *no_number is set where Python's NaN or
 * Infinity stood in it, and null stands there now.
 */
Reason
given_json(GivenField *given, Slice *value, bool *no_number)
{
	Slice		text = given->text;

	if (given->as == GIVEN_JSON_VALUE)
	{
		*value = given->text;
		return REASON_NONE;
	}
	if (given->as != GIVEN_BROKEN)
		(void) given_text(given, &text);
	switch (json_check(text, value))
	{
		case JSON_OK:
			return REASON_NONE;
		case JSON_TOO_DEEP:
			return REASON_TOO_DEEP;
		default:
			return check_as_python(text, value, no_number) ? REASON_NONE : REASON_INVALID_JSON;
	}
}

/* Tells by an entry's body_state whether it has a body; 0 stands for NULL, and has none. */
bool
body_is_stored(Datum body_state)
{
	Slice		state = {NULL, 0};

	if (body_state != (Datum) 0)
		state = text_to_slice(body_state);
	return slice_is(state, BODY_STATE_STORED) || slice_is(state, BODY_STATE_PARTIAL);
}
