/*
 * entry_json.c
 *		Attempts, tool calls and metadata: what of them stays with the entry, and what
 *		lives with its body.
 *
 * What stays is written anew.  Where that is the same value as was given, whatever blanks
 * stood in it, nothing lives with the body.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/settings.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "entry/entry_body.h"
#include "entry/json_text.h"
#include "entry/reduced_json.h"

/* The longest text that can be written as a JSON string, however many escapes that takes. */
#define MAX_KEPT_TEXT (MaxAllocSize / JSON_BYTES_PER_BYTE - 2)

static void keep_as_text(EntryBuild *build, Field field);
static Slice json_in_text(Slice value);
static void set_reduced(EntryBuild *build, Field field, const ReducedJson *reduced);
static void put_whole(EntryBuild *build, Field field);
static ReducedJson reduce(EntryBuild *build, Field field, Slice whole);
static void set_fallback_reason(EntryBuild *build, Slice reason);
static Slice shorten(Slice value, size_t most, bool keep_last);

/*
 * Takes attempts, tool_calls or metadata: what may stay with the entry, and
 * the whole for the body where that is more.  Of metadata the whole alone, see build_tags().
 * What is no JSON lives with the body as a text.
 */
Reason
build_json(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	Slice		whole;
	Reason		reason;
	ReducedJson reduced;
	bool		no_number = false;

	if ((reason = given_json(given, &whole, &no_number)) != REASON_NONE)
	{
		keep_as_text(build, field);
		return reason;
	}
	if (no_number)
		defect_add(&build->entry->defects, field, REASON_NOT_A_NUMBER);
	if (json_kind(whole) == JSON_KIND_NULL)
		return REASON_NONE;
	build->whole[entry_fields[field].part] = whole;
	if (field == FIELD_METADATA)
		return REASON_NONE;
	reduced = reduce(build, field, whole);
	set_reduced(build, field, &reduced);
	return REASON_NONE;
}

/*
 * Takes the tags: scalars of the metadata, and of the fields of other names, that the team
 * declared.  The latter are no unknown fields then.
 */
void
build_tags(EntryBuild *build)
{
	GivenEntry *given = build->given;
	Slice		whole = build->whole[BODY_METADATA];
	Slice		inner = {NULL, 0};
	ReducedJson reduced;
	int			n_taken;

	/* what was no JSON has been kept as it is */
	if (build->parts[BODY_METADATA].data != NULL)
		whole = (Slice) {NULL, 0};
	if (whole.data == NULL && given->unknown.data == NULL)
		return;
	if (whole.data != NULL)
		inner = json_in_text(whole);
	reduced = reduce_metadata(inner.data != NULL ? inner : whole, given->unknown, &build->policy, &n_taken);
	reduced.rewritten |= inner.data != NULL;
	set_reduced(build, FIELD_METADATA, &reduced);
	given->n_unknown -= n_taken;
	/* where the body has metadata of its own, it has these too */
	build->all_taken = given->n_unknown == 0 && build->parts[BODY_METADATA].data == NULL &&
		build->kept.data == NULL;
}

/*
 * While attempts, tool calls, metadata and defects are too long together, shortens the
 * longest of the three, and leaves it whole with the body where the team wants that.
 */
void
build_bound_json(EntryBuild *build)
{
	static const Field json_fields[] = {FIELD_ATTEMPTS, FIELD_TOOL_CALLS, FIELD_METADATA};
	Entry	   *entry = build->entry;

	for (;;)
	{
		size_t		total = defects_bytes(&entry->defects);
		size_t		most = 0;
		size_t		rest;
		Field		longest = FIELD_NONE;
		const FieldDefinition *definition;
		Slice		value;

		for (int i = 0; i < lengthof(json_fields); i++)
		{
			Column		column = entry_fields[json_fields[i]].column;
			size_t		len = entry->nulls[column] ? 0 :
				VARSIZE_ANY_EXHDR(DatumGetPointer(entry->values[column]));

			total += len;
			if (len > most)
			{
				most = len;
				longest = json_fields[i];
			}
		}
		if (total <= MAX_ENTRY_JSON_BYTES || longest == FIELD_NONE)
			return;
		/* what fits beside the others, or a part like theirs; and less each time */
		rest = Min(total - most, MAX_ENTRY_JSON_BYTES);
		rest = Max(MAX_ENTRY_JSON_BYTES - rest, MAX_ENTRY_JSON_BYTES / (lengthof(json_fields) + 1));
		definition = &entry_fields[longest];
		value = text_to_slice(entry->values[definition->column]);
		entry->nulls[definition->column] = true;
		entry_set_text(entry, definition->column,
					   shorten(value, Min(rest, most - 1), longest == FIELD_ATTEMPTS));
		defect_add(&entry->defects, longest, REASON_TOO_LONG);
		build->all_taken &= longest != FIELD_METADATA;
		if (build->policy.body_logging)
			put_whole(build, longest);
		else
			build->dropped = true;
	}
}

/* Gives the body what is no JSON, or too deep, as a JSON string. */
static void
keep_as_text(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	BodyPart	part = entry_fields[field].part;
	StringInfoData out;
	Slice		text = given->text;

	if (given->as == GIVEN_JSON_STRING)
		(void) given_text(given, &text);
	if (text.len == 0)
		return;
	if (!build->policy.body_logging)
		build->dropped = true;
	else if (text.len > Min(MAX_KEPT_TEXT, (size_t) ogw_max_body_bytes))
	{
		build->too_long = true;
		defect_add(&build->entry->defects, field, REASON_TOO_LONG);
	}
	else
	{
		initStringInfo(&out);
		json_put_text(&out, text);
		build->whole[part] = build->parts[part] = (Slice) {out.data, out.len};
	}
}

/* Returns the array or object that stands as JSON in a string (palloc'd); nothing for any other value. */
static Slice
json_in_text(Slice value)
{
	Slice		content,
				inner;
	char	   *text;

	if (json_kind(value) != JSON_KIND_STRING || value.len == 2)
		return (Slice) {NULL, 0};
	content = json_string_content(value);
	text = palloc(content.len);
	if (json_check((Slice) {text, json_unescape(text, content.data, content.len)}, &inner) == JSON_OK &&
		(json_kind(inner) == JSON_KIND_ARRAY || json_kind(inner) == JSON_KIND_OBJECT))
		return inner;
	pfree(text);
	return (Slice) {NULL, 0};
}

/*
 * Sets the column to what stays with the entry, and gives the body the whole where that is
 * more, or another value.
 */
static void
set_reduced(EntryBuild *build, Field field, const ReducedJson *reduced)
{
	const FieldDefinition *definition = &entry_fields[field];
	Defects    *defects = &build->entry->defects;
	Slice		safe = safe_json(build_mask(build, reduced->part), reduced->part);
	bool		is_lost = reduced->left_out || (reduced->part.data != NULL && safe.data == NULL);

	entry_set_text(build->entry, definition->column, safe);
	defect_add(defects, field, reduced->is_cut ? REASON_TOO_LONG : REASON_NONE);
	defect_add(defects, field, reduced->wrong_shape ? REASON_WRONG_SHAPE : REASON_NONE);
	defect_add(defects, field, reduced->not_a_name ? REASON_NOT_A_NAME : REASON_NONE);
	for (Reason reason = REASON_NONE + 1; reason < N_REASONS; reason++)
		if (reduced->reasons & (UINT32_C(1) << reason))
			defect_add(defects, field, reason);
	if (!build->policy.body_logging)
		build->dropped |= is_lost;
	else if ((is_lost || reduced->rewritten) && build->parts[definition->part].data == NULL)
		put_whole(build, field);
}

/* Puts the whole of a field into the body, where it is not too long for that. */
static void
put_whole(EntryBuild *build, Field field)
{
	BodyPart	part = entry_fields[field].part;

	if (build->whole[part].len <= ogw_max_body_bytes)
		build->parts[part] = build->whole[part];
	else
	{
		build->too_long = true;
		defect_add(&build->entry->defects, field, REASON_TOO_LONG);
	}
}

/* Returns what of attempts or tool_calls may stay with the entry; attempts give the fallback reason, too. */
static ReducedJson
reduce(EntryBuild *build, Field field, Slice whole)
{
	Slice		inner,
				reason;
	ReducedJson reduced;

	if (field == FIELD_TOOL_CALLS)
		return reduce_tool_calls(whole);
	inner = json_in_text(whole);
	reduced = reduce_attempts(inner.data != NULL ? inner : whole, &reason);
	reduced.rewritten |= inner.data != NULL;
	if (reason.data != NULL)
		set_fallback_reason(build, reason);
	return reduced;
}

/* Sets the fallback reason, where the writer gave none, to a word of an attempt that holds no secret. */
static void
set_fallback_reason(EntryBuild *build, Slice reason)
{
	if (build->given->field[FIELD_FALLBACK_REASON].as != GIVEN_NOT)
		return;
	if (build_mask(build, reason).data != reason.data)
		defect_add(&build->entry->defects, FIELD_FALLBACK_REASON, REASON_HOLDS_A_SECRET);
	else
		entry_set_text(build->entry, COLUMN_FALLBACK_REASON, reason);
}

/*
 * Returns as many elements of an array, or members of an object, as have so many bytes: the
 * first ones, or the last (palloc'd).  Nothing where that is none.
 */
static Slice
shorten(Slice value, size_t most, bool keep_last)
{
	JsonIterator iterator;
	Slice		name,
				element;
	const char *from = value.data + 1;
	const char *end = value.data + value.len - 1;
	const char *to = from;
	char	   *kept;

	if (keep_last)
		from = to = end;
	for (json_iterate(&iterator, value); json_iterator_next(&iterator, &name, &element);)
	{
		/* what stays begins at this element, or ends behind it */
		if (keep_last && end - element.data + 2 <= most)
		{
			from = element.data;
			break;
		}
		if (!keep_last && element.data + element.len - from + 2 <= most)
			to = element.data + element.len;
	}
	if (from == to)
		return (Slice) {NULL, 0};
	kept = palloc(to - from + 2);
	kept[0] = value.data[0];
	memcpy(kept + 1, from, to - from);
	kept[to - from + 1] = value.data[value.len - 1];
	return (Slice) {kept, to - from + 2};
}
