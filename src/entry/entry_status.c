/*
 * entry_status.c
 *		Reading a status: the words and codes that gateways and providers write.
 *
 * The codes are HTTP's; 499 is nginx's for a client that went away.  The words are those
 * of gateways' logs, of the batch and response APIs of providers, of OpenTelemetry, and
 * gRPC's status codes.
 */
#include "postgres.h"

#include "core/compat.h"
#include "core/slice.h"
#include "entry/entry.h"

/* The longest word of the list, and more. */
#define MAX_STATUS_WORD 40

static const char success[] = "success";
static const char failure[] = "failure";
static const char cancelled[] = "cancelled";

/*
 * In small letters, with "_" for what stands between their parts.  says_more: the word
 * tells more than what it is mapped to.
 */
static const struct
{
	const char *word;
	const char *status;
	bool		says_more;
}			words[] = {
	{"success", success}, {"succeeded", success}, {"successful", success}, {"succeed", success},
	{"ok", success}, {"okay", success}, {"complete", success}, {"completed", success}, {"done", success},
	{"finished", success}, {"ended", success}, {"true", success}, {"pass", success}, {"passed", success},
	{"incomplete", success},

	{"failure", failure}, {"failed", failure}, {"fail", failure}, {"error", failure}, {"errored", failure},
	{"err", failure}, {"false", failure}, {"unsuccessful", failure}, {"ko", failure},
	{"exception", failure, true}, {"timeout", failure, true}, {"timed_out", failure, true}, {"timedout", failure, true},
	{"time_out", failure, true}, {"expired", failure, true}, {"rejected", failure, true}, {"refused", failure, true},
	{"denied", failure, true}, {"blocked", failure, true}, {"forbidden", failure, true}, {"unauthorized", failure, true},
	{"throttled", failure, true}, {"rate_limit", failure, true}, {"rate_limited", failure, true},
	{"ratelimited", failure, true}, {"rate_limit_exceeded", failure, true}, {"too_many_requests", failure, true},
	{"overloaded", failure, true}, {"unavailable", failure, true}, {"service_unavailable", failure, true},
	{"bad_request", failure, true}, {"bad_gateway", failure, true}, {"gateway_timeout", failure, true},
	{"internal_error", failure, true}, {"internal_server_error", failure, true}, {"server_error", failure, true},
	{"invalid", failure, true}, {"crashed", failure, true}, {"content_filter", failure, true},
	{"context_length_exceeded", failure, true}, {"insufficient_quota", failure, true},
	{"invalid_argument", failure, true}, {"deadline_exceeded", failure, true}, {"not_found", failure, true},
	{"already_exists", failure, true}, {"permission_denied", failure, true}, {"resource_exhausted", failure, true},
	{"failed_precondition", failure, true}, {"out_of_range", failure, true}, {"unimplemented", failure, true},
	{"internal", failure, true}, {"data_loss", failure, true}, {"unauthenticated", failure, true},

	{"cancelled", cancelled}, {"canceled", cancelled}, {"cancel", cancelled},
	{"aborted", cancelled, true}, {"abort", cancelled, true}, {"interrupted", cancelled, true},
	{"disconnected", cancelled, true}, {"disconnect", cancelled, true}, {"client_closed", cancelled, true},
	{"client_closed_request", cancelled, true}, {"client_disconnected", cancelled, true},
	{"client_disconnect", cancelled, true}, {"client_abort", cancelled, true}, {"client_aborted", cancelled, true},
	{"client_cancelled", cancelled, true}, {"client_canceled", cancelled, true}, {"stream_cancelled", cancelled, true},
	{"user_cancelled", cancelled, true}, {"user_canceled", cancelled, true}, {"cancelled_by_client", cancelled, true},
	{"canceled_by_client", cancelled, true}, {"cancelled_by_user", cancelled, true}, {"stopped", cancelled, true},
};

static const char *status_of_code(Slice text);
static int	leading_code(Slice text);
static size_t plain_word(Slice text, char *word);

/*
 * Reads a status: sets *status to success, failure or cancelled.  *says_more is whether the
 * text tells more than that, as a code does for what failed.  not_a_status for what is
 * neither a code of HTTP nor a word of the list.
 */
Reason
read_status(Slice text, const char **status, bool *says_more)
{
	char		word[MAX_STATUS_WORD];
	size_t		len;

	text = trim_blanks(text);
	*status = status_of_code(text);
	*says_more = *status != NULL && *status != success;
	if (*status != NULL)
		return REASON_NONE;
	len = plain_word(text, word);
	for (int i = 0; i < lengthof(words); i++)
		if (slice_is((Slice) {word, len}, words[i].word))
		{
			*status = words[i].status;
			*says_more = words[i].says_more;
			return REASON_NONE;
		}
	return REASON_NOT_A_STATUS;
}

/* Returns what a code of HTTP stands for, with its words behind it perhaps; NULL for what is none. */
static const char *
status_of_code(Slice text)
{
	int			code = leading_code(text);

	if (code == 499)
		return cancelled;
	if (code >= 200 && code < 300)
		return success;
	return code >= 400 && code < 600 ? failure : NULL;
}

/* Returns the code in "429", "429.0", "HTTP 429", "HTTP/1.1 429 Too Many Requests"; 0 for none. */
static int
leading_code(Slice text)
{
	static const char scheme[] = "http";
	const char *p = text.data;
	const char *end = p + text.len;
	int			code = 0;

	if (text.len > strlen(scheme) && pg_strncasecmp(p, scheme, strlen(scheme)) == 0)
	{
		p += strlen(scheme);
		if (*p == '/' && (p = memchr(p, ' ', end - p)) == NULL)
			return 0;
		if (strchr(" _-:", *p) != NULL && *p != '\0')
			p++;
	}
	if (end - p < 3)
		return 0;
	for (int i = 0; i < 3; i++)
	{
		if (p[i] < '0' || p[i] > '9')
			return 0;
		code = code * 10 + (p[i] - '0');
	}
	return end - p == 3 || p[3] == ' ' || (end - p == 5 && p[3] == '.' && p[4] == '0') ? code : 0;
}

/*
 * Writes a word in small letters, with "_" for a blank, a dash or a dot in it and before a
 * capital behind a small letter (timedOut), without what names its list: "STATUS_CODE_OK",
 * "status.ok".  Returns its length; 0 where it is too long.
 */
static size_t
plain_word(Slice text, char *word)
{
	static const char *const lists[] = {"status_code_", "status_", "stop_"};
	size_t		len = 0;

	for (size_t i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if (len + 2 > MAX_STATUS_WORD)
			return 0;
		if (c >= 'A' && c <= 'Z' && i > 0 && text.data[i - 1] >= 'a' && text.data[i - 1] <= 'z')
			word[len++] = '_';
		word[len++] = c == ' ' || c == '-' || c == '.' ? '_' : pg_ascii_tolower((unsigned char) c);
	}
	for (int i = 0; i < lengthof(lists); i++)
	{
		size_t		n = strlen(lists[i]);

		if (len > n && memcmp(word, lists[i], n) == 0)
		{
			memmove(word, word + n, len - n);
			return len - n;
		}
	}
	return len;
}
