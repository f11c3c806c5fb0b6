/*
 * entry.c
 *		The fields a writer may give, the columns they become, and reading them
 *		from a JSON object.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/log_columns.h"
#include "core/row_type.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "entry/entry_columns.h"

const FieldDefinition entry_fields[N_FIELDS] = {
#define FIELD_DEFINITION(id, name, kind, column, part) [FIELD_##id] = {#name, kind, column, part},
	ENTRY_FIELDS(FIELD_DEFINITION)
#undef FIELD_DEFINITION
};

static Field field_by_name(Slice name);

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
		if (slice_is(name, entry_fields[i].name))
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
	StringInfoData unknown;

	if (json_kind(object) != JSON_KIND_OBJECT)
		return REASON_NOT_AN_OBJECT;
	unknown.data = NULL;
	for (json_iterate(&members, object); json_iterator_next(&members, &name, &value);)
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

/*
 * Gets the JSON value of a field: as it is where it was checked with what it stood
 * in, else its text, which is checked here.
 */
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
