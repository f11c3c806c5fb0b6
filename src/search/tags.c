/*
 * tags.c
 *		The members that the metadata kept with an entry must have.
 *
 * They are compared as JSON, as jsonb does: numbers by their value (1 is 1.0), and a
 * string is no number.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice_text.h"
#include "policy/mask.h"
#include "search/tags.h"

/* A longer number, or one with a greater exponent, may be no numeric, and is compared as text. */
#define MAX_NUMBER_BYTES 200
#define MAX_EXPONENT_DIGITS 4

pg_noreturn static void tags_error(const char *hint);
static void parse_values(Tag *tag, Slice value);
static TagValue parse_scalar(Slice value);
static bool value_equals(const TagValue *a, const TagValue *b);
static TagValue read_scalar(Slice value);
static Slice unescaped(Slice text);
static Datum number_of(Slice text);

/*
 * Reads the argument tags, a JSON object: of each member one scalar, or an array of them.
 * Gives how many there are; palloc'd, strings masked as those that are stored.  Raises
 * invalid_parameter_value for anything else, without quoting it.
 */
const Tag *
tags_parse(Slice json, int *n)
{
	Tag		   *tags = palloc(sizeof(Tag) * MAX_TAGS);
	JsonIterator iterator;
	Slice		object;
	Slice		name;
	Slice		value;

	*n = 0;
	if (json_check(json, &object) != JSON_OK || json_kind(object) != JSON_KIND_OBJECT)
		tags_error("Give a JSON object: {\"env\": \"prod\", \"feature\": [\"a\", \"b\"]}.");
	for (json_iterate(&iterator, object); json_iterator_next(&iterator, &name, &value);)
	{
		if (*n == MAX_TAGS)
			tags_error(psprintf("It can have %d names at the most.", MAX_TAGS));
		tags[*n].name = unescaped(name);
		parse_values(&tags[(*n)++], value);
	}
	return tags;
}

/* Raises the error of an argument tags that cannot be. */
static void
tags_error(const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("tags must be an object of scalars, or of arrays of scalars"),
			 errhint("%s", hint)));
}

/* Reads the scalar, or the scalars of an array, that a member must be. */
static void
parse_values(Tag *tag, Slice value)
{
	JsonIterator iterator;
	Slice		name;
	Slice		element;

	tag->n_values = 0;
	tag->values = palloc(sizeof(TagValue) * MAX_TAG_VALUES);
	if (json_kind(value) != JSON_KIND_ARRAY)
	{
		tag->values[tag->n_values++] = parse_scalar(value);
		return;
	}
	for (json_iterate(&iterator, value); json_iterator_next(&iterator, &name, &element);)
	{
		if (tag->n_values == MAX_TAG_VALUES)
			tags_error(psprintf("An array can have %d values at the most.", MAX_TAG_VALUES));
		tag->values[tag->n_values++] = parse_scalar(element);
	}
	if (tag->n_values == 0)
		tags_error("An empty array has no value that an entry could have.");
}

/* Reads a scalar that is looked for; a secret in a string is masked, as it is where it is stored. */
static TagValue
parse_scalar(Slice value)
{
	TagValue	scalar;

	if (json_kind(value) == JSON_KIND_OBJECT || json_kind(value) == JSON_KIND_ARRAY)
		tags_error("Objects, and arrays in arrays, are not kept with an entry.");
	scalar = read_scalar(value);
	if (scalar.kind == JSON_KIND_STRING)
		scalar.text = mask_secrets(scalar.text, NULL);
	return scalar;
}

/*
 * Tells whether metadata (data NULL: there is none) has one of the values of each tag.  A null
 * is the value of a member that is not there, too.
 */
bool
tags_match(const Tag *tags, int n, Slice metadata)
{
	for (int i = 0; i < n; i++)
	{
		TagValue	own = {.kind = JSON_KIND_NULL};
		bool		is_one = false;

		if (metadata.data == NULL || !tag_find(metadata, tags[i].name, &own))
			own.kind = JSON_KIND_NULL;
		for (int j = 0; j < tags[i].n_values && !is_one; j++)
			is_one = value_equals(&own, &tags[i].values[j]);
		if (!is_one)
			return false;
	}
	return true;
}

/*
 * Finds a member of the metadata of an entry that is a scalar; false where there is none.
 * Of several of one name the last counts, as in jsonb.
 */
bool
tag_find(Slice metadata, Slice name, TagValue *value)
{
	JsonIterator iterator;
	Slice		object;
	Slice		member;
	Slice		content;
	bool		found = false;

	/* a DBA may have put anything there */
	if (json_check(metadata, &object) != JSON_OK || json_kind(object) != JSON_KIND_OBJECT)
		return false;
	for (json_iterate(&iterator, object); json_iterator_next(&iterator, &member, &content);)
		if (slice_equals(unescaped(member), name))
		{
			found = json_kind(content) != JSON_KIND_OBJECT && json_kind(content) != JSON_KIND_ARRAY;
			if (found)
				*value = read_scalar(content);
		}
	return found;
}

/* Tells whether two scalars are equal. */
static bool
value_equals(const TagValue *a, const TagValue *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == JSON_KIND_NULL)
		return true;
	if (a->kind == JSON_KIND_NUMBER && a->number != 0 && b->number != 0)
		return DatumGetBool(DirectFunctionCall2(numeric_eq, a->number, b->number));
	return slice_equals(a->text, b->text);
}

/* Reads a JSON scalar; palloc'd where it has escapes or is a number. */
static TagValue
read_scalar(Slice value)
{
	TagValue	scalar = {.kind = json_kind(value), .text = value};

	if (scalar.kind == JSON_KIND_STRING)
		scalar.text = unescaped(json_string_content(value));
	else if (scalar.kind == JSON_KIND_NUMBER)
		scalar.number = number_of(value);
	return scalar;
}

/* Returns what stands between the quotes of a JSON string without its escapes. */
static Slice
unescaped(Slice text)
{
	char	   *plain;

	if (text.len == 0 || memchr(text.data, '\\', text.len) == NULL)
		return text;
	plain = palloc(text.len);
	return (Slice) {plain, json_unescape(plain, text.data, text.len)};
}

/* Returns a JSON number as a numeric; 0 where it may be none. */
static Datum
number_of(Slice text)
{
	const char *end = text.data + text.len;
	const char *exponent = text.data;

	while (exponent < end && *exponent != 'e' && *exponent != 'E')
		exponent++;
	if (text.len > MAX_NUMBER_BYTES || end - exponent > MAX_EXPONENT_DIGITS + 2)
		return 0;
	return DirectFunctionCall3(numeric_in, CStringGetDatum(pnstrdup(text.data, text.len)),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}
