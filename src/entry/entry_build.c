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
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/settings.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "entry/entry_body.h"
#include "policy/api_key.h"
#include "policy/mask.h"
#include "policy/stored_id.h"
#include "policy/team.h"

/*
 * What is taken first: the key, since it is masked in all the others, then who and when,
 * without which an entry has no place.
 */
static const Field first_fields[] = {FIELD_API_KEY, FIELD_TEAM_ID, FIELD_JOB_ID, FIELD_TIMESTAMP};

static Reason take_field(EntryBuild *build, Field field);
static void take_policy(EntryBuild *build);
static bool is_first_field(Field field);
static Reason take_identity(EntryBuild *build, Field field);
static Reason take_time(EntryBuild *build);
static Reason check_time(EntryBuild *build, TimestampTz at);
static Reason take_number(EntryBuild *build, Field field);
static Reason take_status(EntryBuild *build);
static Reason take_id(EntryBuild *build, Field field);
static Reason take_word(EntryBuild *build, Field field);
static Reason take_key(EntryBuild *build);
static Slice first_string(Slice value);

/*
 * Builds the entry; false where it is refused, and why.  Called as the owner, with
 * the log made.  now is what a missing timestamp becomes.
 */
bool
entry_build(GivenEntry *given, TimestampTz now, Entry *entry, Rejection *why)
{
	EntryBuild	build = {.given = given, .entry = entry, .now = now};
	Datum		defects;

	memset(entry, 0, sizeof(*entry));
	memset(entry->nulls, true, sizeof(entry->nulls));
	entry->defects = given->defects;
	take_policy(&build);
	for (int i = 0; i < lengthof(first_fields); i++)
	{
		Field		field = first_fields[i];
		Reason		reason = take_field(&build, field);

		if (reason != REASON_NONE && entry_fields[field].kind == KIND_IDENTITY)
		{
			*why = (Rejection) {field, reason};
			return false;
		}
		defect_add(&entry->defects, field, reason);
	}

	for (Field field = FIELD_JOB_ID; field < N_FIELDS; field++)
	{
		Reason		reason;

		if (given->field[field].as == GIVEN_NOT || is_first_field(field))
			continue;
		reason = take_field(&build, field);
		if (reason == REASON_NONE)
			continue;
		defect_add(&entry->defects, field, reason);
		build_keep_given(&build, field);
	}
	if (given->field[FIELD_TIMESTAMP].as != GIVEN_NOT && entry->defects.of[FIELD_TIMESTAMP] != 0)
		build_keep_given(&build, FIELD_TIMESTAMP);
	build_tags(&build);
	build_bound_json(&build);
	build_finish(&build);
	entry->body_dropped = build.dropped && !build.policy.body_logging;
	entry->n_masked = (int32) Min(build.n_masked, PG_INT32_MAX);
	if (entry->n_masked > 0)
		entry_set(entry, COLUMN_SECRETS_MASKED, Int32GetDatum(entry->n_masked));
	if ((defects = defects_array(&entry->defects)) != (Datum) 0)
		entry_set(entry, COLUMN_DEFECTS, defects);
	return true;
}

/*
 * Takes a field, by its kind.  A reason is why it is not stored as it was given: an entry
 * is refused for one of KIND_IDENTITY alone.
 */
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
		case KIND_MILLISECONDS:
		case KIND_COUNT:
		case KIND_COST:
			return take_number(build, field);
		case KIND_STATUS:
			return take_status(build);
		case KIND_WORD:
			return take_word(build, field);
		case KIND_BODY:
			return build_body(build, field);
		case KIND_JSON:
			return build_json(build, field);
		case KIND_ID:
			break;
	}
	return take_id(build, field);
}

/*
 * Looks up what may be stored, and with it, which the masking of ids needs, the formats of
 * keys; only the next team_policy() can empty its memory.  A team whose id is not stored
 * as it was given is looked up again once that is known.
 */
static void
take_policy(EntryBuild *build)
{
	GivenField *given = &build->given->field[FIELD_TEAM_ID];
	Slice		text = {NULL, 0};

	if (given->as != GIVEN_NOT)
		(void) given_text(given, &text);
	build->policy = *team_policy(pnstrdup(text.len <= MAX_ID_BYTES ? text.data : "", text.len <= MAX_ID_BYTES ? text.len : 0));
}

/* Tells whether a field is taken before the others. */
static bool
is_first_field(Field field)
{
	for (int i = 0; i < lengthof(first_fields); i++)
		if (first_fields[i] == field)
			return true;
	return false;
}

/*
 * Takes job_id or team_id, which every entry has.  One that is too long, or holds a secret,
 * is stored with a hash, so that two of them never become one.
 */
static Reason
take_identity(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	Slice		text,
				stored;
	Reason		reason;

	if (given->as == GIVEN_NOT)
		return REASON_MISSING;
	if ((reason = given_text(given, &text)) != REASON_NONE)
		return reason;
	if (text.len == 0)
		return REASON_MISSING;
	stored = build_id(build, field, text);
	if (field == FIELD_TEAM_ID)
	{
		build->entry->team_id = stored;
		if (stored.data != text.data)
			build->policy = *team_policy(pnstrdup(stored.data, stored.len));
	}
	else
		build->entry->job_id = stored;
	entry_set_text(build->entry, entry_fields[field].column, stored);
	return REASON_NONE;
}

/* Takes the time of the request: now where none was given, or it cannot be right. */
static Reason
take_time(EntryBuild *build)
{
	GivenField *given = &build->given->field[FIELD_TIMESTAMP];
	TimestampTz at = build->now;
	Slice		text;
	Reason		reason = REASON_NONE;

	if (given->as != GIVEN_NOT)
	{
		reason = given_text(given, &text);
		if (reason == REASON_NONE && trim_blanks(text).len == 0)
			given->as = GIVEN_NOT;
		else if (reason == REASON_NONE)
			reason = read_time(text, &at);
	}
	if (reason == REASON_NONE)
		reason = check_time(build, at);
	if (reason != REASON_NONE)
		at = build->now;
	build->entry->timestamp = at;
	entry_set(build->entry, COLUMN_TIMESTAMP, TimestampTzGetDatum(at));
	return reason;
}

/* Checks a time against the clock; infinity is a large number here, and no exception. */
static Reason
check_time(EntryBuild *build, TimestampTz at)
{
	if (at > build->now + ogw_max_clock_skew_s * USECS_PER_SEC)
		return REASON_TOO_FAR_AHEAD;
	if (at < build->now - ogw_max_age_s * USECS_PER_SEC)
		return REASON_TOO_OLD;
	return REASON_NONE;
}

/* Takes a number of milliseconds, of tokens or of USD. */
static Reason
take_number(EntryBuild *build, Field field)
{
	GivenField *given = &build->given->field[field];
	const FieldDefinition *definition = &entry_fields[field];
	Slice		text = {NULL, 0};
	Reason		reason;
	int64		count;
	Datum		value = (Datum) 0;

	if (given->as < GIVEN_FLOAT8)
	{
		if ((reason = given_text(given, &text)) != REASON_NONE)
			return reason;
		if (trim_blanks(text).len == 0)
			return REASON_NONE;
	}
	if (definition->kind == KIND_COST)
		reason = read_cost(given, text, &value);
	else
	{
		reason = read_count(given, text, &count);
		if (reason == REASON_NONE && definition->kind == KIND_MILLISECONDS)
		{
			if (count > PG_INT32_MAX)
				return REASON_OUT_OF_RANGE;
			value = Int32GetDatum((int32) count);
		}
		else
			value = Int64GetDatum(count);
	}
	if (reason == REASON_NONE)
		entry_set(build->entry, definition->column, value);
	return reason;
}

/*
 * Takes the status.  Where it is mapped, and tells more than what it becomes, it is the
 * error code too, unless the writer gave one.
 */
static Reason
take_status(EntryBuild *build)
{
	Entry	   *entry = build->entry;
	Slice		text;
	Reason		reason;
	const char *status;
	bool		says_more;

	if ((reason = given_text(&build->given->field[FIELD_STATUS], &text)) != REASON_NONE)
		return reason;
	text = trim_blanks(text);
	if (text.len == 0)
		return REASON_NONE;
	if ((reason = read_status(text, &status, &says_more)) != REASON_NONE)
		return reason;
	entry_set_text(entry, COLUMN_STATUS, (Slice) {status, strlen(status)});
	if (says_more && is_word(text) && build->given->field[FIELD_ERROR_CODE].as == GIVEN_NOT)
		entry_set_text(entry, COLUMN_ERROR_CODE, text);
	return REASON_NONE;
}

/*
 * Takes an id, or another short text.  In the ids that an entry is found by, a secret is
 * replaced so that they stay different; in the others it is masked.
 */
static Reason
take_id(EntryBuild *build, Field field)
{
	Slice		text,
				stored;
	Reason		reason;

	if ((reason = given_text(&build->given->field[field], &text)) != REASON_NONE)
		return reason;
	if (field == FIELD_USER_ID || field == FIELD_SESSION_ID)
		stored = build_id(build, field, text);
	else
	{
		stored = stored_text(text, &build->key, &build->n_masked);
		if (text.len > MAX_ID_BYTES)
			defect_add(&build->entry->defects, field, REASON_TOO_LONG);
	}
	entry_set_text(build->entry, entry_fields[field].column, stored);
	return REASON_NONE;
}

/* Takes a code: one short word without a secret in it. */
static Reason
take_word(EntryBuild *build, Field field)
{
	Slice		text;
	Reason		reason;
	int64		n_masked = 0;

	if ((reason = given_text(&build->given->field[field], &text)) != REASON_NONE)
		return reason;
	text = trim_blanks(text);
	if (text.len == 0)
		return REASON_NONE;
	if (!is_word(text))
		return REASON_NOT_A_WORD;
	if (mask_secrets(mask_api_key(text, &build->key, &n_masked), &n_masked).data != text.data)
	{
		build->n_masked += n_masked;
		return REASON_HOLDS_A_SECRET;
	}
	entry_set_text(build->entry, entry_fields[field].column, text);
	return REASON_NONE;
}

/*
 * Takes the key: of it the prefix and the fingerprint are stored.  One that
 * comes redacted has no fingerprint.  Of one that is too long its first bytes are looked
 * for in the other fields.
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
	reason = given_text(given, &key);
	if (reason != REASON_NONE)
		key = first_string(given->text);
	key = api_key_strip(key);
	if (key.len == 0)
		return reason;
	shown = api_key_redact(key);
	entry_set_text(entry, COLUMN_API_KEY, shown);
	if (shown.data == key.data)
		return reason;			/* it came as it is shown */
	build->key.key = (Slice) {key.data, Min(key.len, MAX_KEY_BYTES)};
	fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);
	SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
	api_key_fingerprint(key, (uint8 *) VARDATA(fingerprint));
	entry_set(entry, COLUMN_API_KEY_FINGERPRINT, PointerGetDatum(fingerprint));
	return key.len > MAX_KEY_BYTES ? REASON_TOO_LONG : reason;
}

/*
 * Returns the first string in what was given for a key and is none, unescaped: it is the
 * key then, and masked in the other fields.
 */
static Slice
first_string(Slice value)
{
	const char *end = value.data + value.len;
	const char *p = value.data;
	bool		is_name = false;

	while ((p = memchr(p, '"', end - p)) != NULL)
	{
		const char *after = json_string_end(p, end);
		GivenField	string = {.as = GIVEN_JSON_STRING};
		Slice		checked;
		Slice		text;

		if (after == NULL)
			break;
		is_name = json_skip_space(after, end) < end && *json_skip_space(after, end) == ':';
		if (!is_name && json_check((Slice) {p, after - p}, &checked) == JSON_OK)
		{
			string.text = json_string_content(checked);
			(void) given_text(&string, &text);
			return text;
		}
		p = after;
	}
	return (Slice) {NULL, 0};
}
