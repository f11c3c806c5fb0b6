/*
 * entry_build.c
 *		Builds the row and the body of an entry from what a writer gave.
 *
 * The order is the promise: check, look up the team's policy, drop or mask
 * what may not be stored, and only then form a value.  Everything is palloc'd
 * in the current context, which the caller resets from entry to entry.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/settings.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "entry/entry_body.h"
#include "policy/api_key.h"
#include "policy/mask.h"
#include "policy/team.h"

/*
 * What is taken before the policy is known: the key, since it is masked in all the
 * others, then who and when, without which an entry has no place.
 */
static const Field first_fields[] = {FIELD_API_KEY, FIELD_TEAM_ID, FIELD_JOB_ID, FIELD_TIMESTAMP};

static Reason take_field(EntryBuild *build, Field field);
static bool is_first_field(Field field);
static Reason take_identity(EntryBuild *build, Field field);
static Reason take_time(EntryBuild *build);
static Reason take_count(EntryBuild *build, Field field);
static Reason take_cost(EntryBuild *build, Field field);
static Reason take_word(EntryBuild *build, Field field);
static Reason take_key(EntryBuild *build);

/*
 * Builds the entry; false where it is refused, and why.  Called as the owner, with
 * the log made.  now is what a missing timestamp becomes.
 */
bool
entry_build(GivenEntry *given, TimestampTz now, Entry *entry, Rejection *why)
{
	EntryBuild		build = {.given = given, .entry = entry, .now = now};

	memset(entry, 0, sizeof(*entry));
	memset(entry->nulls, true, sizeof(entry->nulls));
	for (int i = 0; i < lengthof(first_fields); i++)
	{
		*why = (Rejection) {first_fields[i], take_field(&build, first_fields[i])};
		if (why->reason != REASON_NONE)
			return false;
	}

	/* what may be stored; only the next team_policy() can empty its memory */
	build.policy = *team_policy(pnstrdup(entry->team_id.data, entry->team_id.len));

	for (Field field = FIELD_JOB_ID; field < N_FIELDS; field++)
	{
		if (given->field[field].as == GIVEN_NOT || is_first_field(field))
			continue;
		*why = (Rejection) {field, take_field(&build, field)};
		if (why->reason != REASON_NONE)
			return false;
	}
	build_bound_json(&build);
	*why = (Rejection) {FIELD_METADATA, build_finish(&build)};
	if (why->reason != REASON_NONE)
		return false;
	entry->body_dropped = build.dropped && !build.policy.body_logging;
	entry->n_masked = (int32) Min(build.n_masked, PG_INT32_MAX);
	if (entry->n_masked > 0)
		entry_set(entry, COLUMN_SECRETS_MASKED, Int32GetDatum(entry->n_masked));
	return true;
}

/* Takes a field, by its kind. */
static Reason
take_field(EntryBuild *build, Field field)
{
	switch (entry_fields[field].kind)
	{
		case KIND_IDENTITY:
			return take_identity(build, field);
		case KIND_TIME:
			return take_time(build);
		case KIND_KEY:
			return take_key(build);
		case KIND_COUNT:
			return take_count(build, field);
		case KIND_COST:
			return take_cost(build, field);
		case KIND_BODY:
			return build_body(build, field);
		case KIND_JSON:
			return build_json(build, field);
		case KIND_ID:
		case KIND_STATUS:
			break;
	}
	return take_word(build, field);
}

/* Tells whether a field is taken before the policy is known. */
static bool
is_first_field(Field field)
{
	for (int i = 0; i < lengthof(first_fields); i++)
		if (first_fields[i] == field)
			return true;
	return false;
}

/*
 * Takes job_id or team_id, which every entry has.  Neither is masked: two ids that
 * hold two keys could become one.
 */
static Reason
take_identity(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	Slice		text;
	Reason		reason;

	if (given->as == GIVEN_NOT)
		return REASON_MISSING;
	if ((reason = given_text(given, &text)) != REASON_NONE)
		return reason;
	if (text.len == 0)
		return REASON_MISSING;
	if (text.len > MAX_ID_BYTES)
		return REASON_TOO_LONG;
	if (mask_api_key(text, &build->key, NULL).data != text.data)
		return REASON_HOLDS_A_KEY;
	if (field == FIELD_TEAM_ID)
		build->entry->team_id = text;
	else
		build->entry->job_id = text;
	entry_set_text(build->entry, entry_fields[field].column, text);
	return REASON_NONE;
}

/* Takes the time of the request, now where none was given, within the bounds. */
static Reason
take_time(EntryBuild *build)
{
	GivenField *given = &build->given->field[FIELD_TIMESTAMP];
	TimestampTz now = build->now;
	TimestampTz at = now;
	Slice		text;
	Reason		reason;

	if (given->as == GIVEN_TIMESTAMP)
		at = DatumGetTimestampTz(given->value);
	else if (given->as != GIVEN_NOT)
	{
		if (given->as == GIVEN_JSON_VALUE)
			return REASON_NOT_A_TIME;
		if ((reason = given_text(given, &text)) != REASON_NONE ||
			(reason = parse_time(text, &at)) != REASON_NONE)
			return reason;
	}
	/* infinity is a large number here, and no exception */
	if (at > now + ogw_max_clock_skew_s * USECS_PER_SEC)
		return REASON_TOO_FAR_AHEAD;
	if (at < now - ogw_max_age_s * USECS_PER_SEC)
		return REASON_TOO_OLD;
	build->entry->timestamp = at;
	entry_set(build->entry, COLUMN_TIMESTAMP, TimestampTzGetDatum(at));
	return REASON_NONE;
}

/* Takes a number of milliseconds or of tokens. */
static Reason
take_count(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	Slice		text;
	Reason		reason;
	int32		count;

	if (given->as == GIVEN_INTEGER)
	{
		count = DatumGetInt32(given->value);
		if (count < 0)
			return REASON_NEGATIVE;
	}
	else if ((reason = given_text(given, &text)) != REASON_NONE ||
			 (reason = parse_count(text, &count)) != REASON_NONE)
		return reason;
	entry_set(build->entry, entry_fields[field].column, Int32GetDatum(count));
	return REASON_NONE;
}

/* Takes the cost. */
static Reason
take_cost(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	Slice		text;
	Reason		reason;
	Datum		cost;

	if (given->as == GIVEN_NUMERIC)
		reason = cost_of_numeric(given->value, &cost);
	else if ((reason = given_text(given, &text)) == REASON_NONE)
		reason = parse_cost(text, &cost);
	if (reason == REASON_NONE)
		entry_set(build->entry, entry_fields[field].column, cost);
	return reason;
}

/* Takes an identifier or the status. */
static Reason
take_word(EntryBuild *build, Field field)
{
	Slice		text;
	Reason		reason;

	if ((reason = given_text(&build->given->field[field], &text)) != REASON_NONE)
		return reason;
	if (entry_fields[field].kind == KIND_STATUS)
	{
		if (!slice_is(text, "success") && !slice_is(text, "failure"))
			return REASON_NOT_A_STATUS;
	}
	else if (text.len > MAX_ID_BYTES)
		return REASON_TOO_LONG;
	entry_set_text(build->entry, entry_fields[field].column, build_mask(build, text));
	return REASON_NONE;
}

/*
 * Takes the key: of it the prefix and the fingerprint are stored.  One that
 * comes redacted has no fingerprint.
 */
static Reason
take_key(EntryBuild *build)
{
	GivenField *given = &build->given->field[FIELD_API_KEY];
	Entry	   *entry = build->entry;
	Slice		key,
				shown;
	Reason		reason;
	bytea	   *fingerprint;

	if (given->as == GIVEN_NOT)
		return REASON_NONE;
	if ((reason = given_text(given, &key)) != REASON_NONE)
		return reason;
	key = api_key_strip(key);
	if (key.len == 0)
		return REASON_NONE;
	if (key.len > MAX_KEY_BYTES)
		return REASON_TOO_LONG;
	shown = api_key_redact(key);
	entry_set_text(entry, COLUMN_API_KEY, shown);
	if (shown.data == key.data)
		return REASON_NONE;		/* it came as it is shown */
	build->key.key = key;
	fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);
	SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
	api_key_fingerprint(key, (uint8 *) VARDATA(fingerprint));
	entry_set(entry, COLUMN_API_KEY_FINGERPRINT, PointerGetDatum(fingerprint));
	return REASON_NONE;
}
