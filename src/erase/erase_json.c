/*
 * erase_json.c
 *		Replacing what names a user in a JSON value.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "entry/json_text.h"
#include "erase/erase_json.h"

/*
 * Bytes by which pseudonyms may lengthen one JSON value: its entry is to fit a
 * page still, see entry.h.  The next short scalars become null.
 */
#define MAX_GROWTH 400

/* What erase_scalars() replaces, and by what. */
typedef struct Replacement
{
	Slice		member;			/* of these members only; data NULL: of any */
	Slice		user_id;
	Slice		owner;			/* data NULL where there is none */
	const char *pseudonym;
	size_t		growth_left;	/* bytes that the value may still grow by */
} Replacement;

PG_FUNCTION_INFO_V1(ogw_erase_scalars);

static Slice erase_in(Slice text, Replacement *replacement);
static void put_erased(StringInfo out, Slice value, Slice name,
					   Replacement *replacement);
static bool is_member(Slice name, Slice wanted);
static bool names_user(Slice scalar, const Replacement *replacement);

/*
 * erase_scalars(value, member, user_id, owner, pseudonym) → json: the value with
 * each scalar replaced that holds the user's id or the owner, in the members of
 * that name or, where it is NULL, in all; all else stays.  Once the value has grown by
 * MAX_GROWTH bytes, null is put instead.  NULL stays NULL, and so does null; what is no
 * JSON becomes NULL.
 */
Datum
ogw_erase_scalars(PG_FUNCTION_ARGS)
{
	Replacement replacement = {0};
	Slice	   *given[] = {NULL, &replacement.member, &replacement.user_id, &replacement.owner};
	Slice		erased;

	for (int i = 1; i < lengthof(given); i++)
		if (!PG_ARGISNULL(i))
			*given[i] = text_to_slice(PG_GETARG_DATUM(i));
	if (PG_ARGISNULL(0) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	replacement.pseudonym = text_to_cstring(PG_GETARG_TEXT_PP(4));
	erased = erase_in(text_to_slice(PG_GETARG_DATUM(0)), &replacement);
	if (erased.data == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(slice_to_text(erased));
}

/*
 * Tells whether a JSON value, as erase_scalars() has left it with this pseudonym, still has
 * a scalar that holds the user's id, in the members of a name or (NULL) in all.
 */
bool
json_names_user(Slice text, const char *member, Slice user_id, const char *pseudonym)
{
	Replacement replacement = {.user_id = user_id,.pseudonym = pseudonym};
	Slice		value;
	Slice		erased;

	if (member != NULL)
		replacement.member = (Slice) {member, strlen(member)};
	if (json_check(text, &value) != JSON_OK)
		return slice_contains(text, user_id);
	/* a pseudonym that holds the id by chance is put for itself */
	erased = erase_in(value, &replacement);
	return !slice_equals(value, erased);
}

/* Returns the value with what it names replaced, palloc'd; not there where it is no JSON. */
static Slice
erase_in(Slice text, Replacement *replacement)
{
	StringInfoData out;
	Slice		value;

	replacement->growth_left = MAX_GROWTH;
	if (json_check(text, &value) != JSON_OK)
		return (Slice) {NULL, 0};
	initStringInfo(&out);
	put_erased(&out, value, (Slice) {NULL, 0}, replacement);
	return (Slice) {out.data, out.len};
}

/* Puts a checked value, with what names the user replaced; name is its member's. */
static void
put_erased(StringInfo out, Slice value, Slice name, Replacement *replacement)
{
	const char *done = value.data;
	JsonKind	kind = json_kind(value);
	JsonIterator members;
	Slice		member;
	Slice		inner;

	check_stack_depth();
	if (kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY)
	{
		for (json_iterate(&members, value); json_iterator_next(&members, &member, &inner);)
		{
			appendBinaryStringInfo(out, done, inner.data - done);
			put_erased(out, inner, kind == JSON_KIND_OBJECT ? member : name, replacement);
			done = inner.data + inner.len;
		}
	}
	else if (kind != JSON_KIND_NULL &&
			 (replacement->member.data == NULL || is_member(name, replacement->member)) &&
			 names_user(value, replacement))
	{
		int			at = out->len;
		size_t		more;

		escape_json(out, replacement->pseudonym);
		more = out->len - at;
		more -= Min(more, value.len);
		if (more > replacement->growth_left)
		{
			out->len = at;
			appendStringInfoString(out, "null");
		}
		else
			replacement->growth_left -= more;
		done = value.data + value.len;
	}
	appendBinaryStringInfo(out, done, value.data + value.len - done);
}

/* Tells whether the name of a member, as it stands in JSON, is a given one. */
static bool
is_member(Slice name, Slice wanted)
{
	Slice		plain = name.data ? json_name(name) : name;

	return plain.data != NULL && slice_equals(plain, wanted);
}

/* Tells whether what a scalar denotes holds the user's id or the owner. */
static bool
names_user(Slice scalar, const Replacement *replacement)
{
	if (json_kind(scalar) == JSON_KIND_STRING)
		scalar = json_name(json_string_content(scalar));
	return slice_contains(scalar, replacement->user_id) ||
		slice_contains(scalar, replacement->owner);
}
