/*
 * entry_build.c
 *		Builds the row and the body of an entry from what a writer gave.
 *
 * The order is the promise: check, look up the team's policy, drop or redact
 * what may not be stored, and only then form a value.  Everything is palloc'd
 * in the current context, which the caller resets from entry to entry.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/json.h"
#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "policy/api_key.h"
#include "policy/team.h"
#include "redact/key_format.h"
#include "segment/body.h"

/* What entry_build() hands from step to step. */
typedef struct Build
{
	GivenEntry *given;
	Entry	   *entry;
	TeamPolicy	policy;
	Slice		key;			/* the whole key, where one was given */
	Slice		parts[N_BODY_PARTS];	/* what is to live with the body */
	Slice		whole[N_BODY_PARTS];	/* and of the JSON, what was given */
	bool		dropped;		/* something was not stored */
} Build;

static Reason take_id(Build *build, Field field, Slice *id);
static Reason take_time(Build *build, TimestampTz now);
static Reason take_scalar(Build *build, Field field);
static Reason take_key(Build *build);
static Reason take_body(Build *build, Field field);
static Reason take_json(Build *build, Field field);
static Slice safe_json(Slice safe, Slice value);
static Slice safe_text(Build *build, Slice text);
static void set_column(Entry *entry, Column column, Slice text);
static void bound_json(Build *build);
static Reason finish_body(Build *build);

/*
 * Builds the entry, or says why it is refused.  Called as the owner, with the
 * log made.  now is what a missing timestamp becomes.
 */
bool
entry_build(GivenEntry *given, TimestampTz now, Entry *entry, Rejection *why)
{
	Build		build = {.given = given, .entry = entry};
	uint64		masked_before = places_masked;
	Reason		reason;

#define REFUSE_IF(f, call) \
	do { \
		if ((reason = (call)) != REASON_NONE) \
		{ \
			*why = (Rejection) {(f), reason}; \
			return false; \
		} \
	} while (0)

	memset(entry, 0, sizeof(*entry));
	memset(entry->nulls, true, sizeof(entry->nulls));

	/* the key first, since it is cut out of all the others */
	REFUSE_IF(FIELD_API_KEY, take_key(&build));

	/* who and when: without these an entry has no place */
	REFUSE_IF(FIELD_TEAM_ID, take_id(&build, FIELD_TEAM_ID, &entry->team_id));
	REFUSE_IF(FIELD_JOB_ID, take_id(&build, FIELD_JOB_ID, &entry->job_id));
	REFUSE_IF(FIELD_TIMESTAMP, take_time(&build, now));

	/* what may be stored; the policy stays valid, as no settings follow */
	build.policy = *team_policy(pnstrdup(entry->team_id.data, entry->team_id.len));

	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
	{
		if (f == FIELD_JOB_ID || f == FIELD_TEAM_ID || given->field[f].as == GIVEN_NOT)
			continue;
		switch (entry_fields[f].kind)
		{
			case KIND_TIME:
			case KIND_KEY:
				break;
			case KIND_BODY:
				REFUSE_IF(f, take_body(&build, f));
				break;
			case KIND_JSON:
				REFUSE_IF(f, take_json(&build, f));
				break;
			default:
				REFUSE_IF(f, take_scalar(&build, f));
		}
	}
	bound_json(&build);
	REFUSE_IF(FIELD_METADATA, finish_body(&build));
	entry->body_dropped = build.dropped && !build.policy.body_logging;
	entry->n_masked = Min(places_masked - masked_before, PG_INT32_MAX);
	if (entry->n_masked > 0)
	{
		entry->values[COLUMN_SECRETS_MASKED] = Int32GetDatum(entry->n_masked);
		entry->nulls[COLUMN_SECRETS_MASKED] = false;
	}
	return true;
#undef REFUSE_IF
}

/* Takes job_id or team_id, which every entry has. */
static Reason
take_id(Build *build, Field field, Slice *id)
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

	/* masked, two ids that hold two keys could become one */
	if (mask_api_key(text, build->key).data != text.data)
		return REASON_HOLDS_A_KEY;
	*id = text;
	set_column(build->entry, (Column) entry_fields[field].place, *id);
	return REASON_NONE;
}

/* Takes the time of the request, now where none was given, within the bounds. */
static Reason
take_time(Build *build, TimestampTz now)
{
	GivenField *given = &build->given->field[FIELD_TIMESTAMP];
	TimestampTz at = now;
	Slice		text;
	Reason		reason;

	if (build->given->has_timestamp)
		at = build->given->timestamp;
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
	build->entry->values[COLUMN_TIMESTAMP] = TimestampTzGetDatum(at);
	build->entry->nulls[COLUMN_TIMESTAMP] = false;
	return REASON_NONE;
}

/* Takes an identifier, a count, the cost or the status. */
static Reason
take_scalar(Build *build, Field field)
{
	Column		column = (Column) entry_fields[field].place;
	Entry	   *entry = build->entry;
	Slice		text;
	Reason		reason;
	int32		count;

	if ((reason = given_text(&build->given->field[field], &text)) != REASON_NONE)
		return reason;
	switch (entry_fields[field].kind)
	{
		case KIND_COUNT:
			if ((reason = parse_count(text, &count)) != REASON_NONE)
				return reason;
			entry->values[column] = Int32GetDatum(count);
			entry->nulls[column] = false;
			return REASON_NONE;
		case KIND_COST:
			if ((reason = parse_cost(text, &entry->values[column])) != REASON_NONE)
				return reason;
			entry->nulls[column] = false;
			return REASON_NONE;
		case KIND_STATUS:
			if (!(text.len == 7 && (memcmp(text.data, "success", 7) == 0 ||
									memcmp(text.data, "failure", 7) == 0)))
				return REASON_NOT_A_STATUS;
			break;
		default:
			if (text.len > MAX_ID_BYTES)
				return REASON_TOO_LONG;
	}
	set_column(entry, column, mask_secrets(mask_api_key(text, build->key)));
	return REASON_NONE;
}

/*
 * Takes the key: of it the prefix and the fingerprint are stored.  One that
 * comes redacted has no fingerprint.
 */
static Reason
take_key(Build *build)
{
	GivenField *given = &build->given->field[FIELD_API_KEY];
	Entry	   *entry = build->entry;
	Slice		key;
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
	set_column(entry, COLUMN_API_KEY, api_key_redact(key));
	if (redact_is_redacted(key.data, key.len))
		return REASON_NONE;
	build->key = key;
	fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);
	SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
	api_key_fingerprint(key, (uint8 *) VARDATA(fingerprint));
	entry->values[COLUMN_API_KEY_FINGERPRINT] = PointerGetDatum(fingerprint);
	entry->nulls[COLUMN_API_KEY_FINGERPRINT] = false;
	return REASON_NONE;
}

/* Takes a text that lives with the body, where the team wants it. */
static Reason
take_body(Build *build, Field field)
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
		return REASON_TOO_LONG;
	build->parts[entry_fields[field].place] = safe_text(build, text);
	return REASON_NONE;
}

/*
 * Takes attempts, tool_calls or metadata: what may stay with the entry, and
 * the whole for the body where that is more.
 */
static Reason
take_json(Build *build, Field field)
{
	GivenEntry *given = build->given;
	Entry	   *entry = build->entry;
	Slice		whole,
				part,
				safe,
				fallback = {NULL, 0};
	Reason		reason;
	BodyPart	body_part;

	if (build->policy.body_logging && given->field[field].text.len > ogw_max_body_bytes)
		return REASON_TOO_LONG;
	if ((reason = given_json(&given->field[field], &whole)) != REASON_NONE)
		return reason;
	if (json_kind(whole) == JSON_KIND_NULL)
		return REASON_NONE;
	switch (field)
	{
		case FIELD_ATTEMPTS:
			body_part = BODY_ATTEMPTS;
			part = reduce_attempts(whole, &fallback);
			if (fallback.data != NULL &&
				given->field[FIELD_FALLBACK_REASON].as == GIVEN_NOT)
			{
				GivenField	taken = {fallback, GIVEN_JSON_STRING};

				(void) given_text(&taken, &fallback);
				set_column(entry, COLUMN_FALLBACK_REASON,
						   mask_secrets(mask_api_key(fallback, build->key)));
			}
			break;
		case FIELD_TOOL_CALLS:
			body_part = BODY_TOOL_CALLS;
			part = reduce_tool_calls(whole);
			break;
		default:
			body_part = BODY_METADATA;
			part = reduce_metadata(whole, &build->policy);
	}
	build->whole[body_part] = whole;
	if (part.len != whole.len || memcmp(part.data, whole.data, part.len) != 0)
	{
		if (build->policy.body_logging)
			build->parts[body_part] = whole;
		else
			build->dropped = true;
	}
	safe = safe_json(mask_secrets(mask_api_key(part, build->key)), part);
	build->dropped |= part.data != NULL && safe.data == NULL;
	set_column(entry, (Column) entry_fields[field].place, safe);
	return REASON_NONE;
}

/* Cuts the entry's own key, and known secrets where the team wants that. */
static Slice
safe_text(Build *build, Slice text)
{
	text = mask_api_key(text, build->key);
	return build->policy.redact_bodies ? mask_secrets(text) : text;
}

/*
 * Returns JSON out of which something may have been cut: where a cut went
 * through its structure (a key made of digits, in a number) nothing of it.
 */
static Slice
safe_json(Slice safe, Slice value)
{
	Slice		checked;

	if (safe.data == value.data)
		return value;
	if (json_check(safe, &checked) != JSON_OK)
		return (Slice) {NULL, 0};
	return checked;
}

/* Sets a text or json column; a slice without data leaves it NULL. */
static void
set_column(Entry *entry, Column column, Slice text)
{
	if (text.data == NULL)
		return;
	entry->values[column] = slice_to_text(text);
	entry->nulls[column] = false;
}

/*
 * Partitions the longest of attempts, tool calls and metadata out of the entry, and
 * with the body where the team wants that, while they are too long together.
 */
static void
bound_json(Build *build)
{
	static const BodyPart part_of[] = {BODY_ATTEMPTS, BODY_TOOL_CALLS, BODY_METADATA};
	static const Column column_of[] = {COLUMN_ATTEMPTS, COLUMN_TOOL_CALLS, COLUMN_METADATA};
	Entry	   *entry = build->entry;

	for (;;)
	{
		size_t		total = 0;
		size_t		most = 0;
		int			longest = 0;

		for (int i = 0; i < lengthof(column_of); i++)
		{
			Datum		value = entry->values[column_of[i]];
			size_t		len = entry->nulls[column_of[i]] ? 0 :
				VARSIZE_ANY_EXHDR(DatumGetPointer(value));

			total += len;
			if (len > most)
			{
				most = len;
				longest = i;
			}
		}
		if (total <= MAX_ENTRY_JSON_BYTES)
			return;
		entry->nulls[column_of[longest]] = true;
		if (build->policy.body_logging)
			build->parts[part_of[longest]] = build->whole[part_of[longest]];
		else
			build->dropped = true;
	}
}

/* Adds fields of other names to the metadata, and packs the body. */
static Reason
finish_body(Build *build)
{
	GivenEntry *given = build->given;
	Entry	   *entry = build->entry;
	Slice		metadata = {NULL, 0};
	bool		any = false;

	if (given->n_unknown > 0)
	{
		entry->values[COLUMN_UNKNOWN_FIELDS] = Int32GetDatum(given->n_unknown);
		entry->nulls[COLUMN_UNKNOWN_FIELDS] = false;
		if (build->policy.body_logging)
		{
			if (given->field[FIELD_METADATA].as != GIVEN_NOT)
				(void) given_json(&given->field[FIELD_METADATA], &metadata);
			build->parts[BODY_METADATA] = merge_members(metadata, given->unknown);
			if (build->parts[BODY_METADATA].len > ogw_max_body_bytes)
				return REASON_TOO_LONG;
		}
		else
			build->dropped = true;
	}
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
	if (any || build->dropped)
	{
		entry->values[COLUMN_BODY_LOGGED] = BoolGetDatum(any);
		entry->nulls[COLUMN_BODY_LOGGED] = false;
	}
	return REASON_NONE;
}
