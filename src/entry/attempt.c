/*
 * attempt.c
 *		One attempt at a request, as a gateway tells it: read by the rules of the entry's own
 *		fields, under the names that gateways use.
 *
 * Reading one keeps no memory, but for what PostgreSQL's arithmetic leaves of a latency that
 * is not a plain integer.
 */
#include "postgres.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "entry/attempt.h"
#include "entry/entry.h"

/* The longest known name of a member, in JSON with each character escaped. */
#define NAME_BUFFER (24 * JSON_BYTES_PER_BYTE)

typedef enum AttemptMember
{
	ATTEMPT_OTHER,				/* what is not in the list */
	ATTEMPT_MODEL,
	ATTEMPT_PROVIDER,
	ATTEMPT_STATUS,
	ATTEMPT_HTTP_STATUS,
	ATTEMPT_SUCCESS,			/* true where it was one */
	ATTEMPT_FAILED,				/* true where it was none */
	ATTEMPT_ERROR_CODE,
	ATTEMPT_ERROR_TYPE,			/* the code where there is no other */
	ATTEMPT_ERROR,				/* an object with the code, or the code */
	ATTEMPT_LATENCY_MS,
	ATTEMPT_LATENCY,			/* in milliseconds where it is a whole number: it does not say */
	ATTEMPT_LATENCY_S,			/* in seconds */
	N_ATTEMPT_MEMBERS
} AttemptMember;

/* docs/gateway.md has the same list; of several names of a member the last that is there counts. */
static const struct
{
	Slice		name;
	AttemptMember member;
	bool		is_own;			/* the name that it has in the entry */
}			members[] = {
	{SLICE_OF("model"), ATTEMPT_MODEL, true},
	{SLICE_OF("model_name"), ATTEMPT_MODEL},
	{SLICE_OF("modelName"), ATTEMPT_MODEL},
	{SLICE_OF("model_id"), ATTEMPT_MODEL},
	{SLICE_OF("modelId"), ATTEMPT_MODEL},
	{SLICE_OF("served_model"), ATTEMPT_MODEL},
	{SLICE_OF("requested_model"), ATTEMPT_MODEL},
	{SLICE_OF("deployment"), ATTEMPT_MODEL},
	{SLICE_OF("deployment_name"), ATTEMPT_MODEL},
	{SLICE_OF("deployment_id"), ATTEMPT_MODEL},
	{SLICE_OF("provider"), ATTEMPT_PROVIDER, true},
	{SLICE_OF("provider_name"), ATTEMPT_PROVIDER},
	{SLICE_OF("providerName"), ATTEMPT_PROVIDER},
	{SLICE_OF("provider_id"), ATTEMPT_PROVIDER},
	{SLICE_OF("custom_llm_provider"), ATTEMPT_PROVIDER},
	{SLICE_OF("vendor"), ATTEMPT_PROVIDER},
	{SLICE_OF("backend"), ATTEMPT_PROVIDER},
	{SLICE_OF("upstream"), ATTEMPT_PROVIDER},
	{SLICE_OF("status"), ATTEMPT_STATUS, true},
	{SLICE_OF("state"), ATTEMPT_STATUS},
	{SLICE_OF("outcome"), ATTEMPT_STATUS},
	{SLICE_OF("result"), ATTEMPT_STATUS},
	{SLICE_OF("status_code"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("statusCode"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("http_status"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("httpStatus"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("http_status_code"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("http_code"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("response_code"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("response_status"), ATTEMPT_HTTP_STATUS},
	{SLICE_OF("success"), ATTEMPT_SUCCESS},
	{SLICE_OF("succeeded"), ATTEMPT_SUCCESS},
	{SLICE_OF("is_success"), ATTEMPT_SUCCESS},
	{SLICE_OF("ok"), ATTEMPT_SUCCESS},
	{SLICE_OF("failed"), ATTEMPT_FAILED},
	{SLICE_OF("failure"), ATTEMPT_FAILED},
	{SLICE_OF("is_error"), ATTEMPT_FAILED},
	{SLICE_OF("error_code"), ATTEMPT_ERROR_CODE, true},
	{SLICE_OF("errorCode"), ATTEMPT_ERROR_CODE},
	{SLICE_OF("code"), ATTEMPT_ERROR_CODE},
	{SLICE_OF("error_type"), ATTEMPT_ERROR_TYPE},
	{SLICE_OF("errorType"), ATTEMPT_ERROR_TYPE},
	{SLICE_OF("error_class"), ATTEMPT_ERROR_TYPE},
	{SLICE_OF("error_name"), ATTEMPT_ERROR_TYPE},
	{SLICE_OF("exception_type"), ATTEMPT_ERROR_TYPE},
	{SLICE_OF("reason"), ATTEMPT_ERROR_TYPE},
	{SLICE_OF("error"), ATTEMPT_ERROR},
	{SLICE_OF("exception"), ATTEMPT_ERROR},
	{SLICE_OF("latency_ms"), ATTEMPT_LATENCY_MS, true},
	{SLICE_OF("latencyMs"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("duration_ms"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("durationMs"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("elapsed_ms"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("response_time_ms"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("response_ms"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("took_ms"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("time_ms"), ATTEMPT_LATENCY_MS},
	{SLICE_OF("latency"), ATTEMPT_LATENCY},
	{SLICE_OF("duration"), ATTEMPT_LATENCY},
	{SLICE_OF("elapsed"), ATTEMPT_LATENCY},
	{SLICE_OF("response_time"), ATTEMPT_LATENCY},
	{SLICE_OF("latency_s"), ATTEMPT_LATENCY_S},
	{SLICE_OF("latency_seconds"), ATTEMPT_LATENCY_S},
	{SLICE_OF("duration_s"), ATTEMPT_LATENCY_S},
	{SLICE_OF("duration_seconds"), ATTEMPT_LATENCY_S},
	{SLICE_OF("elapsed_s"), ATTEMPT_LATENCY_S},
	{SLICE_OF("elapsed_seconds"), ATTEMPT_LATENCY_S},
};

static int	member_of(Slice name);
static void read_members(Slice object, Attempt *attempt, Slice of[N_ATTEMPT_MEMBERS]);
static void leave_out(Attempt *attempt, Reason reason);
static bool read_short(Attempt *attempt, Slice value, size_t most, char *buffer, Slice *text);
static bool read_word(Attempt *attempt, Slice value, char *buffer, Slice *word);
static void read_outcome(Attempt *attempt, Slice of[N_ATTEMPT_MEMBERS]);
static void read_status_of(Attempt *attempt, Slice value, Slice *said);
static void read_flag(Attempt *attempt, Slice value, bool is_success);
static void read_error(Attempt *attempt, Slice error);
static void read_latency(Attempt *attempt, Slice of[N_ATTEMPT_MEMBERS]);

/*
 * Reads an attempt: an object, or the status alone.  Its texts are parts of the value, or of
 * the attempt.
 */
void
attempt_read(Slice value, Attempt *attempt)
{
	Slice		of[N_ATTEMPT_MEMBERS] = {{NULL, 0}};
	Slice		text;

	/* all but the buffers */
	memset(attempt, 0, offsetof(Attempt, model_buffer));
	attempt->latency_ms = -1;
	switch (json_kind(value))
	{
		case JSON_KIND_OBJECT:
			read_members(value, attempt, of);
			break;
		case JSON_KIND_NUMBER:
		case JSON_KIND_STRING:
			of[ATTEMPT_STATUS] = value;
			attempt->rewritten = true;
			break;
		default:
			attempt->rewritten = true;
			attempt->left_out = json_kind(value) != JSON_KIND_NULL;
			return;
	}
	if (of[ATTEMPT_MODEL].data != NULL &&
		read_short(attempt, of[ATTEMPT_MODEL], MAX_ID_BYTES, attempt->model_buffer, &text))
		attempt->model = text;
	if (of[ATTEMPT_PROVIDER].data != NULL &&
		read_word(attempt, of[ATTEMPT_PROVIDER], attempt->provider_buffer, &text))
		attempt->provider = text;
	read_outcome(attempt, of);
	read_latency(attempt, of);
	if (json_kind(value) != JSON_KIND_OBJECT)
		attempt->is_known = attempt->status != NULL;
}

/* Returns the place of a member's name in the list, -1 where it is not in it. */
static int
member_of(Slice name)
{
	char		buffer[NAME_BUFFER];

	name = json_name_in(name, buffer, sizeof(buffer));
	for (int i = 0; i < lengthof(members); i++)
		if (slice_equals(name, members[i].name))
			return i;
	return -1;
}

/* Gets the members of an attempt; null, and an empty text, is none. */
static void
read_members(Slice object, Attempt *attempt, Slice of[N_ATTEMPT_MEMBERS])
{
	JsonIterator iterator;
	Slice		name,
				value;

	for (json_iterate(&iterator, object); json_iterator_next(&iterator, &name, &value);)
	{
		int			i = member_of(name);

		if (i >= 0)
			attempt->is_known = true;
		if (json_is_empty(value))
		{
			attempt->rewritten = true;
			continue;
		}
		if (i < 0 || of[members[i].member].data != NULL)
			attempt->left_out = true;
		if (i < 0)
			continue;
		attempt->rewritten |= !members[i].is_own;
		of[members[i].member] = value;
	}
}

/* Notes that a member is left out, and why. */
static void
leave_out(Attempt *attempt, Reason reason)
{
	attempt->left_out = true;
	if (reason != REASON_NONE)
		attempt->reasons |= UINT32_C(1) << reason;
}

/* Gets a text without blanks round it; false where it is none, or too long. */
static bool
read_short(Attempt *attempt, Slice value, size_t most, char *buffer, Slice *text)
{
	ShortText	is = json_short_text(value, most, buffer, text);

	if (is == SHORT_TEXT_TOO_LONG || is == SHORT_TEXT_NOT_A_SCALAR)
		leave_out(attempt, is == SHORT_TEXT_TOO_LONG ? REASON_TOO_LONG : REASON_NOT_A_SCALAR);
	if (is != SHORT_TEXT)
		return false;
	attempt->rewritten |= json_kind(value) != JSON_KIND_STRING;
	*text = trim_blanks(*text);
	return text->len > 0;
}

/* Gets a word, such as a code; false for what is none. */
static bool
read_word(Attempt *attempt, Slice value, char *buffer, Slice *word)
{
	ShortText	is = json_short_text(value, MAX_CODE_BYTES, buffer, word);

	if (is == SHORT_TEXT)
		*word = trim_blanks(*word);
	if (is == SHORT_TEXT && is_word(*word))
	{
		attempt->rewritten |= json_kind(value) != JSON_KIND_STRING;
		return true;
	}
	if (is != SHORT_TEXT_NONE)
		leave_out(attempt, is == SHORT_TEXT_NOT_A_SCALAR ? REASON_NOT_A_SCALAR : REASON_NOT_A_WORD);
	return false;
}

/*
 * Reads what became of the attempt.  The code of one that failed is that of the error, else
 * its type, else what the status says more than that.
 */
static void
read_outcome(Attempt *attempt, Slice of[N_ATTEMPT_MEMBERS])
{
	Slice		said = {NULL, 0};
	Slice		word;

	if (of[ATTEMPT_ERROR_CODE].data != NULL &&
		read_word(attempt, of[ATTEMPT_ERROR_CODE], attempt->code_buffer, &word))
		attempt->error_code = word;
	if (of[ATTEMPT_ERROR].data != NULL)
		read_error(attempt, of[ATTEMPT_ERROR]);
	if (of[ATTEMPT_ERROR_TYPE].data != NULL)
	{
		if (attempt->error_code.data != NULL)
			attempt->left_out = true;
		else if (read_word(attempt, of[ATTEMPT_ERROR_TYPE], attempt->code_buffer, &word))
			attempt->error_code = word;
	}
	if (of[ATTEMPT_STATUS].data != NULL)
		read_status_of(attempt, of[ATTEMPT_STATUS], &said);
	if (of[ATTEMPT_HTTP_STATUS].data != NULL)
		read_status_of(attempt, of[ATTEMPT_HTTP_STATUS], &said);
	if (of[ATTEMPT_SUCCESS].data != NULL)
		read_flag(attempt, of[ATTEMPT_SUCCESS], true);
	if (of[ATTEMPT_FAILED].data != NULL)
		read_flag(attempt, of[ATTEMPT_FAILED], false);
	if (attempt->status != NULL ? strcmp(attempt->status, "success") == 0 : attempt->error_code.data == NULL)
		return;
	attempt->failed_with = attempt->error_code;
	if (attempt->failed_with.data == NULL)
		attempt->failed_with = said;
	if (attempt->failed_with.data == NULL)
		attempt->failed_with = (Slice) {attempt->status, strlen(attempt->status)};
}

/*
 * Reads a status, of which the first one counts; *said becomes its word.  One that tells more
 * than whether it failed is the code of what has no other.
 */
static void
read_status_of(Attempt *attempt, Slice value, Slice *said)
{
	char		buffer[MAX_CODE_BYTES * JSON_BYTES_PER_BYTE];
	const char *status;
	Slice		text;
	bool		says_more;

	if (json_short_text(value, MAX_CODE_BYTES, buffer, &text) != SHORT_TEXT ||
		read_status(text, &status, &says_more) != REASON_NONE)
	{
		leave_out(attempt, REASON_NOT_A_STATUS);
		return;
	}
	text = trim_blanks(text);
	attempt->rewritten |= !slice_is(text, status) || json_kind(value) != JSON_KIND_STRING;
	attempt->left_out |= attempt->status != NULL && strcmp(attempt->status, status) != 0;
	if (attempt->status == NULL)
		attempt->status = status;
	if (!is_word(text) || (said->data != NULL && text.data >= buffer && text.data < buffer + sizeof(buffer)))
	{
		attempt->left_out |= says_more;
		return;
	}
	if (text.data >= buffer && text.data < buffer + sizeof(buffer))
		text = (Slice) {memcpy(attempt->status_buffer, text.data, text.len), text.len};
	if (says_more && attempt->error_code.data != NULL)
		attempt->left_out |= !slice_equals(attempt->error_code, text);
	else if (says_more && strcmp(attempt->status, "success") != 0)
		attempt->error_code = text;
	if (said->data == NULL)
		*said = text;
}

/* Reads whether it was a success, or (is_success false) whether it failed. */
static void
read_flag(Attempt *attempt, Slice value, bool is_success)
{
	char		buffer[MAX_CODE_BYTES * JSON_BYTES_PER_BYTE];
	Slice		text;
	bool		is_true;

	if (json_short_text(value, MAX_CODE_BYTES, buffer, &text) != SHORT_TEXT)
	{
		leave_out(attempt, REASON_NOT_A_STATUS);
		return;
	}
	is_true = slice_is(text, "1") || (text.len == 4 && pg_strncasecmp(text.data, "true", 4) == 0);
	if (!is_true && !slice_is(text, "0") && (text.len != 5 || pg_strncasecmp(text.data, "false", 5) != 0))
		leave_out(attempt, REASON_NOT_A_STATUS);
	else if (attempt->status == NULL)
		attempt->status = is_true == is_success ? "success" : "failure";
}

/* Reads the code of an error: a word, or in an object its code, its type or its status; or that it is one. */
static void
read_error(Attempt *attempt, Slice error)
{
	static const char *const names[] = {"code", "type", "status"};
	Slice		found[lengthof(names)] = {{NULL, 0}};
	JsonIterator iterator;
	Slice		name,
				value,
				word;
	bool		is_object = json_kind(error) == JSON_KIND_OBJECT;

	if (json_kind(error) == JSON_KIND_BOOL)
	{
		read_flag(attempt, error, false);
		return;
	}
	if (is_object)
	{
		for (json_iterate(&iterator, error); json_iterator_next(&iterator, &name, &value);)
			for (int i = 0; i < lengthof(names); i++)
				if (slice_is(name, names[i]) && !json_is_empty(value))
					found[i] = value;
		attempt->left_out = true;
	}
	else
		found[0] = error;
	for (int i = 0; i < lengthof(found); i++)
	{
		if (found[i].data == NULL)
			continue;
		if (attempt->error_code.data != NULL)
			attempt->left_out = true;
		else if (read_word(attempt, found[i], attempt->code_buffer, &word))
			attempt->error_code = word;
	}
	if (attempt->error_code.data == NULL && attempt->status == NULL)
		attempt->status = "failure";
}

/* Reads how long it took, in milliseconds. */
static void
read_latency(Attempt *attempt, Slice of[N_ATTEMPT_MEMBERS])
{
	static const AttemptMember latencies[] = {ATTEMPT_LATENCY_MS, ATTEMPT_LATENCY, ATTEMPT_LATENCY_S};
	char		buffer[(MAX_CODE_BYTES + 2) * JSON_BYTES_PER_BYTE];
	Slice		text;

	for (int i = 0; i < lengthof(latencies); i++)
	{
		Slice		value = of[latencies[i]];
		Reason		reason = REASON_NOT_A_NUMBER;
		int64		ms;

		if (value.data == NULL)
			continue;
		if (attempt->latency_ms >= 0)
		{
			attempt->left_out = true;
			continue;
		}
		if (json_short_text(value, MAX_CODE_BYTES, buffer, &text) == SHORT_TEXT)
		{
			text = trim_blanks(text);
			attempt->rewritten |= json_kind(value) != JSON_KIND_NUMBER;
			attempt->rewritten |= memchr(text.data, '.', text.len) != NULL || memchr(text.data, 'e', text.len) != NULL ||
				memchr(text.data, 'E', text.len) != NULL;
			if (latencies[i] == ATTEMPT_LATENCY && memchr(text.data, '.', text.len) != NULL)
				text.len = 0;	/* it may be in seconds */
			else if (latencies[i] == ATTEMPT_LATENCY_S)
			{
				/* a number with an exponent has two then, and is none */
				memmove(buffer, text.data, text.len);
				memcpy(buffer + text.len, "e3", 2);
				text = (Slice) {buffer, text.len + 2};
			}
			reason = read_count(&(GivenField) {.as = GIVEN_TEXT}, text, &ms);
			if (reason == REASON_NONE && ms > PG_INT32_MAX)
				reason = REASON_OUT_OF_RANGE;
		}
		if (reason == REASON_NONE)
			attempt->latency_ms = ms;
		else
			leave_out(attempt, reason);
	}
}
