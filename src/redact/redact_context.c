/*
 * redact_context.c
 *		Secrets without a form of their own, by what stands beside them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memmem */
#endif
#include "redact/redact_context.h"

#include <string.h>
#include <strings.h>

#include "redact/escape.h"
#include "redact/redact_name.h"
#include "redact/redact_pem.h"

const ContextWord context_words[] = {
	{"password", CONTEXT_PASSWORD},
	{"passwd", CONTEXT_PASSWORD},
	{"passphrase", CONTEXT_PASSWORD},
	{"pwd", CONTEXT_PASSWORD},
	{"_pass", CONTEXT_PASSWORD},
	{"secret", CONTEXT_SECRET},
	{"token", CONTEXT_SECRET},
	{"key", CONTEXT_SECRET},
	{"credential", CONTEXT_SECRET},
	{"private", CONTEXT_SECRET},
	{"sig=", CONTEXT_SIGNATURE},
	{"signature=", CONTEXT_SIGNATURE},
	{"_auth", CONTEXT_SECRET},
	{"_api", CONTEXT_SECRET},
	{"authorization", CONTEXT_HEADER},
	{"bearer", CONTEXT_BEARER},
	{"basic", CONTEXT_BASIC},
	{"://", CONTEXT_URL},
	{":\\/", CONTEXT_URL},		/* as :\/\/ */
	{":\\\\", CONTEXT_URL},
	{".ey", CONTEXT_JWT},
	{"-----begin ", CONTEXT_PEM},
	{"mistral", CONTEXT_PROVIDER, ALNUM, 32},
	{"cohere", CONTEXT_PROVIDER, ALNUM, 40},
	{"deepgram", CONTEXT_PROVIDER, LOWER_ALNUM, 40},
	{"assemblyai", CONTEXT_PROVIDER, LOWER_ALNUM, 32},
	{"wandb", CONTEXT_PROVIDER, LOWER_HEX, 40},
	{"openai", CONTEXT_PROVIDER, LOWER_HEX, 32},
	{"aws", CONTEXT_PROVIDER, ALNUM | BASE64_EXTRA, 40},
};
const size_t context_word_count = sizeof(context_words) / sizeof(context_words[0]);

/* A credential in a header: the shortest, and how much is read to know one. */
#define MIN_CREDENTIAL 8
#define MAX_CREDENTIAL 256
#define MAX_SCHEME_WORD 16

/*
 * Between a secret in quotes and the next one there is so much at most; that one has so many
 * bytes at least, where it is another one.
 */
#define MAX_BETWEEN_QUOTED 12
#define MIN_NEXT 16

/* A signature is at least so long. */
#define MIN_SIGNATURE 24

/* How far behind a provider's name its key may stand. */
#define MAX_NEAR 40

/* The longest parts of a URL's user:password@, as in the published rules. */
#define MAX_USER 64
#define MAX_PASSWORD 88

/* Of a JSON Web Token: the shortest parts, and the longest header. */
#define MIN_JWT_HEADER 10
#define MIN_JWT_PAYLOAD 10
#define MAX_JWT_HEADER 4096

static bool find_value(RedactScan *scan, const ContextWord *word, const char *p, RedactHit *hit);
static bool find_credential(RedactScan *scan, const char *p, const ContextWord *word, RedactHit *hit);
static bool is_blank(const char *p, const char *end, bool spelled);
static void credential_read_on(Value *value, const char *end);
static bool find_signature(RedactScan *scan, const char *word, const char *p, RedactHit *hit);
static bool find_near(RedactScan *scan, const ContextWord *word, const char *p, RedactHit *hit);
static bool is_hash(const char *p, const char *end);
static bool find_url(RedactScan *scan, const char *p, RedactHit *hit);
static bool find_jwt(RedactScan *scan, const char *p, RedactHit *hit);
static bool set_hit(RedactScan *scan, const char *start, const char *end, RedactHit *hit);

/* Looks for the secret that a word at p points to. */
bool
context_find(RedactScan *scan, const ContextWord *word, const char *p, RedactHit *hit)
{
	size_t		len = strlen(word->word);

	if ((size_t) (scan->end - p) <= len || strncasecmp(p, word->word, len) != 0)
		return false;
	switch (word->kind)
	{
		case CONTEXT_PASSWORD:
		case CONTEXT_SECRET:
			return find_value(scan, word, p, hit);
		case CONTEXT_HEADER:
		case CONTEXT_BEARER:
		case CONTEXT_BASIC:
			return find_credential(scan, p + len, word, hit);
		case CONTEXT_SIGNATURE:
			return find_signature(scan, p, p + len, hit);
		case CONTEXT_PROVIDER:
			return find_near(scan, word, p + len, hit);
		case CONTEXT_URL:
			return find_url(scan, p, hit);
		case CONTEXT_JWT:
			return find_jwt(scan, p, hit);
		case CONTEXT_PEM:
			return pem_begin(scan, p, hit);
	}
	return false;
}

/* Takes [start, end) as a secret, where a mask does not make it longer. */
static bool
set_hit(RedactScan *scan, const char *start, const char *end, RedactHit *hit)
{
	if (start < scan->done)
		start = scan->done;
	if (end - start < REDACT_MASK_LEN)
		return false;
	*hit = (RedactHit) {start - scan->text, end - scan->text};
	return true;
}

/* Looks for the value of a name in which a word stands: api_key = "…". */
static bool
find_value(RedactScan *scan, const ContextWord *word, const char *p, RedactHit *hit)
{
	Value		value;
	const char *begin;

	if (!name_value(scan, p, strlen(word->word), &value))
		return false;
	begin = value.start;
	value.password = word->kind == CONTEXT_PASSWORD;
	if (!value_is_secret(&value))
		return false;
	for (size_t i = 0; i < key_format_count; i++)
	{
		const char *kept_end;

		if (!key_formats[i].in_text)
			continue;
		if (key_format_match(&key_formats[i], value.start, value.end, &kept_end) != NULL)
		{
			value.start = kept_end;
			break;
		}
	}
	value_read_on(&value, scan->end);
	if (!set_hit(scan, value.start, value.end, hit))
		return false;
	if (value.quote)
	{
		scan->quoted = begin;
		scan->quoted_shown = value.start - begin;
		scan->in_list = value.separator == '[';
	}
	return true;
}

/*
 * Looks for what stands in quotes right behind a secret in quotes: the same one again, and
 * in a list of secrets the next one.
 */
bool
context_next_quoted(RedactScan *scan, RedactHit *hit)
{
	const char *quoted = scan->quoted;
	size_t		len = scan->done - quoted;
	const char *p = scan->done;
	char		between[MAX_BETWEEN_QUOTED + 1];
	int			n = 0;
	Value		value;

	scan->quoted = NULL;
	for (; p < scan->end && n < MAX_BETWEEN_QUOTED; n++)
	{
		char		c;
		size_t		char_len = read_char(p, scan->end, &c);

		if (!in_charset(c, QUOTE | BLANK) && strchr("|,;>/=:\r\n", c) == NULL)
			break;
		between[n] = c;
		p += char_len;
	}
	between[n] = '\0';
	/* a quote ends the first, and another one begins the next */
	if (n < 3 || !in_charset(between[0], QUOTE) || between[n - 1] != between[0])
		return false;
	value = (Value) {.start = p,.end = p,.quote = between[0]};
	if ((size_t) (scan->end - p) > len && memcmp(p, quoted, len) == 0)
		value.end = p + len;
	else
	{
		if (!scan->in_list || strchr(between, ':') != NULL || strchr(between, '=') != NULL)
			return false;
		value_read_on(&value, scan->end - p > MAX_CREDENTIAL ? p + MAX_CREDENTIAL : scan->end);
		if (value.end - p < MIN_NEXT || !value_is_random(&value) || !value_is_secret(&value))
			return false;
		value_read_on(&value, scan->end);
		scan->quoted_shown = 0;
	}
	if (!set_hit(scan, p + scan->quoted_shown, value.end, hit))
		return false;
	scan->quoted = p;
	scan->at = scan->done = value.end;
	return true;
}

/*
 * Looks for a credential behind Authorization:, with a scheme or without, or
 * behind the scheme alone.
 */
static bool
find_credential(RedactScan *scan, const char *p, const ContextWord *word, RedactHit *hit)
{
	Value		value = {0};
	const char *start;
	bool		blank = false;

	if (word->kind == CONTEXT_HEADER)
	{
		if (!name_skip_separators(&p, scan->end, &value))
			return false;

		/* a scheme is a word of letters, and a blank */
		start = p;
		while (p < scan->end && p - start < MAX_SCHEME_WORD && in_charset(*p, LETTER | DASH))
			p++;
		if (p == start || p >= scan->end || !is_blank(p, scan->end, value.spelled))
			p = start;
		else
			blank = true;
	}
	while (p < scan->end)
	{
		char		c;
		size_t		len = read_spelled_char(p, scan->end, &c);

		if (!in_charset(c, BLANK))
			break;
		value.spelled |= len > 1 && *p != '\\';
		p += len;
		blank = true;
	}
	if (word->kind != CONTEXT_HEADER && !blank)
		return false;
	value.start = value.end = p;
	credential_read_on(&value, scan->end - p > MAX_CREDENTIAL ? p + MAX_CREDENTIAL : scan->end);
	if (value.end - value.start < MIN_CREDENTIAL ||
		(word->kind == CONTEXT_BASIC ? !value_is_random(&value) :
		 !value_is_credential(&value, word->kind == CONTEXT_HEADER && blank)))
		return false;
	credential_read_on(&value, scan->end);
	return set_hit(scan, value.start, value.end, hit);
}

/* Tells whether a blank stands at a place that ends a scheme, perhaps spelled. */
static bool
is_blank(const char *p, const char *end, bool spelled)
{
	char		c = *p;

	if (spelled)
		(void) read_spelled_char(p, end, &c);
	return c == ' ';
}

/* Reads on to the end of a credential. */
static void
credential_read_on(Value *value, const char *end)
{
	while (value->end < end)
	{
		char		c;
		size_t		len = value->spelled ? read_spelled_char(value->end, end, &c) :
			read_char(value->end, end, &c);

		if (!in_charset(c, HEADER | COLON))
			break;
		value->end += len;
	}
}

/* Looks for the signature of a URL: ?sig=…, &sig=… or X-Amz-Signature=…, perhaps escaped. */
static bool
find_signature(RedactScan *scan, const char *word, const char *p, RedactHit *hit)
{
	Value		value = {.start = p,.end = p,.spelled = true};

	/* & is &amp; in HTML, and \u0026 in JSON */
	if (word == scan->text || strchr("?&;-6", word[-1]) == NULL)
		return false;
	credential_read_on(&value, scan->end - p > MAX_CREDENTIAL ? p + MAX_CREDENTIAL : scan->end);
	return value.end - p >= MIN_SIGNATURE && value_is_random(&value) && set_hit(scan, p, value.end, hit);
}

/* Looks for a key of a provider's length, somewhere near the provider's name. */
static bool
find_near(RedactScan *scan, const ContextWord *word, const char *p, RedactHit *hit)
{
	const char *stop = scan->end - p > MAX_NEAR ? p + MAX_NEAR : scan->end;

	while (p < stop)
	{
		const char *start = p;
		int			n = 0;
		Value		value;

		if (!in_charset(*p, word->charset) || !redact_at_word_start(scan->text, p))
		{
			p = skip_char(p, scan->end);
			continue;
		}
		while (p < scan->end && n <= word->len)
		{
			char		c;
			size_t		len = read_spelled_char(p, scan->end, &c);

			if (!in_charset(c, word->charset))
				break;
			p += len;
			n++;
		}
		value = (Value) {.start = start,.end = p};
		if (n == word->len && (p == scan->end || !in_charset(*p, WORD)) &&
			value_is_random(&value) && !(word->charset & ~LOWER_HEX && is_hash(start, p)))
			return set_hit(scan, start, p, hit);
		while (p < stop && in_charset(*p, WORD))
			p++;
	}
	return false;
}

/* Tells whether a text may be a hash: of a commit, a file. */
static bool
is_hash(const char *p, const char *end)
{
	while (p < end && in_charset(*p, LOWER_HEX))
		p++;
	return p == end;
}

/* Looks for the password of scheme://user:password@, at its ://. */
static bool
find_url(RedactScan *scan, const char *p, RedactHit *hit)
{
	const char *user = p + 1;
	const char *end;
	Value		password = {.password = true};
	char		c;

	if (p == scan->text || !in_charset(p[-1], LOWER_ALNUM))
		return false;
	for (int i = 0; i < 2; i++)
	{
		if (user >= scan->end)
			return false;
		user += read_char(user, scan->end, &c);
		if (c != '/')
			return false;
	}
	end = user;
	while (end < scan->end && end - user <= MAX_USER && *end != ':' &&
		   in_charset(*end, WORD_DASH | DOT | PUNCTUATION | EQUALS))
		end++;
	if (end >= scan->end || *end != ':')
		return false;

	/* to the last @: a password may hold one */
	password.start = end + 1;
	for (p = password.start; p < scan->end && p - password.start <= MAX_PASSWORD;)
	{
		size_t		len = read_char(p, scan->end, &c);

		if (c == '@')
			password.end = p;
		if (c == '/' || c == '\\' || (unsigned char) c <= ' ' || in_charset(c, QUOTE | BRACKET))
			break;
		p += len;
	}
	if (password.end == NULL || password.end - password.start < 3 ||
		value_is_placeholder(&password) || value_is_example(&password, user, end))
		return false;

	/* a user whose name is drawn is half of the secret */
	if (end - user >= MIN_CREDENTIAL && value_is_credential(&(Value) {.start = user,.end = end}, true))
		password.start = user;
	*hit = (RedactHit) {password.start - scan->text, password.end - scan->text};
	return true;
}

/* Looks for a JSON Web Token, at the beginning of its payload. */
static bool
find_jwt(RedactScan *scan, const char *p, RedactHit *hit)
{
	const char *payload = p + 1;
	const char *header = p;

	while (header > scan->done && p - header < MAX_JWT_HEADER && in_charset(header[-1], WORD_DASH))
		header--;

	/* behind an escape, or inside another token's word: \neyJ…, ghs_12345_eyJ… */
	while (p - header >= MIN_JWT_HEADER &&
		   !(header[0] == 'e' && header[1] == 'y' &&
			 (redact_at_word_start(scan->text, header) || header[-1] == '_')))
		header++;
	if (p - header < MIN_JWT_HEADER)
		return false;
	for (p = payload; p < scan->end && in_charset(*p, BASE64 | WORD_DASH | DOT);)
		p++;
	return p - payload >= MIN_JWT_PAYLOAD && set_hit(scan, header + 3, p, hit);
}
