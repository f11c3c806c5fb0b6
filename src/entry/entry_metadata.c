/*
 * entry_metadata.c
 *		What of an entry's metadata stays with it: the scalars whose names the team declared,
 *		in the metadata, or beside the entry's own fields.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/json_mend.h"
#include "entry/entry.h"
#include "entry/json_text.h"
#include "entry/reduced_json.h"
#include "policy/content_name.h"
#include "policy/team.h"

/* A name's most bytes as a team can declare it, see team_set.c, as written in JSON. */
#define NAME_BUFFER (255 * JSON_BYTES_PER_BYTE)

static int	find_declared(Slice *found, Slice members, const TeamPolicy *policy, bool is_top_level);
static int	declared_key(Slice name, const TeamPolicy *policy);
static bool is_tag(Slice value);
static void put_tag(StringInfo out, Slice key, Slice value);

/*
 * Returns what of metadata stays with the entry: each declared name once, with a scalar of
 * less than MAX_METADATA_SCALAR_BYTES, in the order in which the team declared them.  What
 * stands in the metadata counts before what stands beside it in unknown, members without
 * braces; either may be without data.  An empty array is an empty object, as PHP writes it.
 * *n_taken becomes the number of members of unknown that stay.
 */
ReducedJson
reduce_metadata(Slice metadata, Slice unknown, const TeamPolicy *policy, int *n_taken)
{
	ReducedJson reduced = {.part = {NULL, 0}};
	bool		is_object = metadata.data != NULL && json_kind(metadata) == JSON_KIND_OBJECT;
	bool		is_other = metadata.data != NULL && !is_object && !json_is_empty(metadata);
	Slice	   *inside = palloc0(sizeof(Slice) * (policy->n_metadata_keys + 1));
	Slice	   *beside = palloc0(sizeof(Slice) * (policy->n_metadata_keys + 1));
	int			n_members = 0;
	int			n_kept = 0;
	StringInfoData out;

	*n_taken = 0;
	if (is_object)
		n_members = find_declared(inside, (Slice) {metadata.data + 1, metadata.len - 2}, policy, false);
	if (unknown.data != NULL)
		(void) find_declared(beside, unknown, policy, true);
	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int i = 0; i < policy->n_metadata_keys; i++)
	{
		bool		from_inside = inside[i].data != NULL && is_tag(inside[i]);

		if (!from_inside && (beside[i].data == NULL || !is_tag(beside[i]) || inside[i].data != NULL))
			continue;
		if (from_inside)
			n_kept++;
		else
			(*n_taken)++;
		put_tag(&out, policy->metadata_keys[i], from_inside ? inside[i] : beside[i]);
	}
	appendStringInfoChar(&out, '}');
	reduced.left_out = is_other || n_kept < n_members;
	reduced.wrong_shape = is_other;
	if (out.len > 2 || (is_object && n_members == 0))
		reduced.part = (Slice) {out.data, out.len};
	return reduced;
}

/*
 * Returns metadata with further members ("name":value,…) behind its own;
 * metadata that is no object becomes a member of that name (palloc'd).
 */
Slice
merge_members(Slice metadata, Slice unknown)
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
	appendBinaryStringInfo(&out, unknown.data, unknown.len);
	appendStringInfoChar(&out, '}');
	return (Slice) {out.data, out.len};
}

/*
 * Finds the members, which stand without braces, whose names the team declared; of several
 * of one name the last counts, as in jsonb.  Returns how many members there are.  At the
 * entry's top level a name of content is none that counts.
 */
static int
find_declared(Slice *found, Slice unknown, const TeamPolicy *policy, bool is_top_level)
{
	JsonIterator iterator;
	char		buffer[NAME_BUFFER];
	Slice		name,
				value;
	int			n = 0;

	for (json_iterate_members(&iterator, unknown); json_iterator_next(&iterator, &name, &value); n++)
	{
		int			key;

		name = json_name_in(name, buffer, sizeof(buffer));
		key = declared_key(name, policy);
		if (key >= 0 && !(is_top_level && is_content_name(name)))
			found[key] = value;
	}
	return n;
}

/* Returns the place of a name among those that the team declared, -1 where it is none. */
static int
declared_key(Slice name, const TeamPolicy *policy)
{
	for (int i = 0; i < policy->n_metadata_keys; i++)
		if (slice_equals(name, policy->metadata_keys[i]))
			return i;
	return -1;
}

/* Tells whether a value is a scalar of less than MAX_METADATA_SCALAR_BYTES. */
static bool
is_tag(Slice value)
{
	char		buffer[MAX_METADATA_SCALAR_BYTES * JSON_BYTES_PER_BYTE];
	Slice		text;
	ShortText	is = json_short_text(value, MAX_METADATA_SCALAR_BYTES - 1, buffer, &text);

	return is == SHORT_TEXT || is == SHORT_TEXT_NONE;
}

/* Puts one member of an object that has been opened. */
static void
put_tag(StringInfo out, Slice key, Slice value)
{
	char		buffer[MAX_METADATA_SCALAR_BYTES * JSON_BYTES_PER_BYTE];
	Slice		text;

	if (out->len > 1)
		appendStringInfoChar(out, ',');
	json_put_text(out, key);
	appendStringInfoChar(out, ':');
	if (json_kind(value) == JSON_KIND_STRING)
	{
		text = json_string_content(value);
		(void) json_short_text(value, MAX_METADATA_SCALAR_BYTES - 1, buffer, &text);
		json_put_text(out, text);
	}
	else if (json_kind(value) == JSON_KIND_NUMBER && !json_number_fits(value))
		json_put_text(out, value);	/* as a number it would make a cast to jsonb fail */
	else
		appendBinaryStringInfo(out, value.data, value.len);
}
