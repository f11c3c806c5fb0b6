/*
 * erase_json.c
 *		Replacing what names a user: in a JSON value, and in a text.
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
#include "erase/user_name.h"

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
PG_FUNCTION_INFO_V1(ogw_erase_text);

static Slice erase_in(Slice text, Replacement *replacement);
static void put_erased(StringInfo out, Slice value, Slice name,
					   Replacement *replacement);
static bool is_member(Slice name, Slice wanted);
static bool names_user(Slice scalar, const Replacement *replacement);

/*
 * erase_scalars(value, member, user_id, owner, pseudonym) → json: the value with
 * each scalar replaced that names the user or the owner: in the members of that name,
 * which hold codes, or, where it is NULL, in all; all else stays.  Once the value has grown by
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
 * erase_text(value, is_code, user_id, owner, pseudonym) → text: the pseudonym where the value
 * names the user or the owner, else the value.  NULL stays NULL.
 */
Datum
ogw_erase_text(PG_FUNCTION_ARGS)
{
	Slice		value;
	Slice		names[2] = {{NULL, 0}, {NULL, 0}};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	value = text_to_slice(PG_GETARG_DATUM(0));
	for (int i = 0; i < lengthof(names); i++)
	{
		if (!PG_ARGISNULL(2 + i))
			names[i] = text_to_slice(PG_GETARG_DATUM(2 + i));
		if (text_names(value, names[i], PG_GETARG_BOOL(1)))
			PG_RETURN_DATUM(PG_GETARG_DATUM(4));
	}
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
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

/* Tells whether what a scalar denotes names the user or the owner. */
static bool
names_user(Slice scalar, const Replacement *replacement)
{
	bool		is_code = replacement->member.data != NULL;

	if (json_kind(scalar) == JSON_KIND_STRING)
		scalar = json_name(json_string_content(scalar));
	return text_names(scalar, replacement->user_id, is_code) ||
		text_names(scalar, replacement->owner, is_code);
}
