/*
 * entry_body.c
 *		What of an entry lives with its body: texts, and the whole of JSON that does not all
 *		stay with the entry.
 */
#include "postgres.h"

#include "utils/json.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/json.h"
#include "core/settings.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "entry/entry_body.h"
#include "entry/reduced_json.h"
#include "policy/mask.h"
#include "policy/stored_id.h"
#include "segment/body.h"

static Slice safe_text(EntryBuild *build, Slice text);
static void add_members(EntryBuild *build, Slice *members);

/* Takes a text that lives with the body, where the team wants it. */
Reason
build_body(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	Slice		text = given->text;

	if (!build->policy.body_logging)
	{
		build->dropped = true;
		return REASON_NONE;
	}
	if (given->as == GIVEN_JSON_STRING)
		(void) given_text(given, &text);
	if (text.len > ogw_max_body_bytes)
	{
		build->too_long = true;
		return REASON_TOO_LONG;
	}
	build->parts[entry_fields[field].part] = safe_text(build, text);
	/* it can be as long as a body may be */
	if (text.data != given->text.data && build->parts[entry_fields[field].part].data != text.data)
		pfree((char *) text.data);
	return REASON_NONE;
}

/*
 * Keeps a field as it was given among the members of the body's metadata, where its column
 * cannot hold it: a reason of three lines, a time that nobody can read.
 */
void
build_keep_given(EntryBuild *build, Field field)
{
	const GivenField *given = &build->given->field[field];
	const FieldDefinition *definition = &entry_fields[field];
	StringInfo	kept = &build->kept;

	/* what is no text, or was too long to be stored at all */
	if (given->as >= GIVEN_FLOAT8 || definition->kind == KIND_KEY || definition->part != BODY_NONE)
		return;
	if (!build->policy.body_logging)
	{
		build->dropped |= definition->kind == KIND_WORD || definition->kind == KIND_ID || definition->kind == KIND_STATUS;
		return;
	}
	if (given->text.len > ogw_max_body_bytes)
	{
		build->too_long = true;
		return;
	}
	if (kept->data == NULL)
		initStringInfo(kept);
	else
		appendStringInfoChar(kept, ',');
	appendStringInfo(kept, "\"%s\":", definition->name);
	if (given->as == GIVEN_JSON_VALUE)
		appendBinaryStringInfo(kept, given->text.data, given->text.len);
	else if (given->as == GIVEN_JSON_STRING)
	{
		appendStringInfoChar(kept, '"');
		appendBinaryStringInfo(kept, given->text.data, given->text.len);
		appendStringInfoChar(kept, '"');
	}
	else
		escape_json(kept, pnstrdup(given->text.data, given->text.len));
}

/* Adds fields of other names to the metadata, masks what lives with the body, and packs it. */
void
build_finish(EntryBuild *build)
{
	Entry	   *entry = build->entry;
	bool		any = false;
	const char *state;

	if (build->given->n_unknown > 0)
		entry_set(entry, COLUMN_UNKNOWN_FIELDS, Int32GetDatum(build->given->n_unknown));
	if (!build->all_taken)
		add_members(build, &build->given->unknown);
	if (build->kept.data != NULL)
		add_members(build, &(Slice) {build->kept.data, build->kept.len});
	for (BodyPart part = BODY_INPUT; part < N_BODY_PARTS; part++)
	{
		Slice		given_part = build->parts[part];

		if (part >= BODY_ATTEMPTS)
			build->parts[part] = safe_json(safe_text(build, given_part), given_part);
		any |= build->parts[part].data != NULL;
		build->dropped |= given_part.data != NULL && build->parts[part].data == NULL;
	}
	if (any)
		entry->body = body_pack(build->parts);
	if (!build->policy.body_logging)
		state = build->dropped ? BODY_STATE_OFF : BODY_STATE_NONE;
	else if (build->too_long || build->dropped)
		state = any ? BODY_STATE_PARTIAL : BODY_STATE_TOO_LONG;
	else
		state = any ? BODY_STATE_STORED : BODY_STATE_NONE;
	entry_set_text(entry, COLUMN_BODY_STATE, (Slice) {state, strlen(state)});
}

/*
 * Adds members to the body's metadata, where the team wants it and that is not too long
 * then; frees them.
 */
static void
add_members(EntryBuild *build, Slice *members)
{
	Slice	   *whole = &build->whole[BODY_METADATA];

	if (members->data == NULL)
		return;
	if (!build->policy.body_logging)
		build->dropped = true;
	else if (whole->len + members->len > ogw_max_body_bytes)
	{
		defect_add(&build->entry->defects, FIELD_METADATA, REASON_TOO_LONG);
		build->too_long = true;
	}
	else
		build->parts[BODY_METADATA] = *whole = merge_members(*whole, *members);
	pfree((char *) members->data);
	*members = (Slice) {NULL, 0};
}

/* Returns what an id of the entry is stored as, and notes where that is not what was given. */
Slice
build_id(EntryBuild *build, Field field, Slice text)
{
	int64		n_masked = 0;
	Slice		stored = stored_id(text, &build->key, &n_masked);

	if (n_masked > 0)
		defect_add(&build->entry->defects, field, REASON_HOLDS_A_SECRET);
	if (text.len > MAX_ID_BYTES)
		defect_add(&build->entry->defects, field, REASON_TOO_LONG);
	build->n_masked += n_masked;
	return stored;
}

/* Returns a text of the entry with its own key and all secrets masked. */
Slice
build_mask(EntryBuild *build, Slice text)
{
	return mask_secrets(mask_api_key(text, &build->key, &build->n_masked), &build->n_masked);
}

/*
 * Returns a text of the body with the entry's own key masked, and all secrets where
 * the team wants that.
 */
static Slice
safe_text(EntryBuild *build, Slice text)
{
	Slice		without_key = mask_api_key(text, &build->key, &build->n_masked);
	Slice		safe = without_key;

	if (build->policy.redact_bodies)
		safe = mask_secrets(without_key, &build->n_masked);
	if (without_key.data != text.data && safe.data != without_key.data)
		pfree((char *) without_key.data);
	return safe;
}

/*
 * Returns JSON in which something may have been masked: nothing of it where that is no
 * JSON any more, or a mask stands for the whole.
 */
Slice
safe_json(Slice safe, Slice value)
{
	Slice		checked;

	if (safe.data == value.data)
		return value;
	if (json_check(safe, &checked) != JSON_OK || json_kind(checked) != json_kind(value))
		return (Slice) {NULL, 0};
	return checked;
}
