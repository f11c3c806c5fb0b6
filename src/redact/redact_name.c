/*
 * redact_name.c
 *		From a word such as "token" to the value of the name in which it stands:
 *		in JSON, YAML, environments, command lines, XML and code.
 */
#include "redact/redact_name.h"

#include <string.h>
#include <strings.h>

#include "redact/escape.h"

/* Bytes of a name before the word, behind it, and between name and value. */
#define MAX_NAME 40
#define MAX_REST 20
#define MAX_SEPARATORS 24

/* An AWS secret access key has this length; AWS's key ids have a prefix. */
#define AWS_SECRET_LEN 40

/* So much of a value is read before it is known to be a secret. */
#define MAX_VALUE 256

/* Of an element of XML so many words are looked at, and a secret is at least so long. */
#define MAX_ELEMENT_WORDS 6
#define MIN_IN_ELEMENT 11

/* A value that stands in its name (gitter-secret-0123…) is at least so long. */
#define MIN_VALUE_IN_NAME 20

static bool value_in_name(const char *rest, const char *end, Value *value);
static bool fits_name(const char *name, const char *end, const Value *value);
static size_t denoted_len(const Value *value, size_t most);
static bool goes_on(const char *rest, const char *rest_end);
static bool is_operator(const char *p, const char *end, char c);
static bool is_value_of_pair(const char *p, const char *end);
static bool is_dash(const char *p, const char *end, char c);
static void read_element(Value *value, const char *end);
static bool is_one_of(const char *p, size_t len, const char *const *list);
static void value_read(Value *value, const char *end);
static const char *part_start(const char *name, const char *end);

/* Last parts of names that tell that the value is no secret: token_type. */
static const char *const harmless_last[] = {
	"id", "ids", "name", "names", "url", "uri", "path", "file", "filename", "type",
	"size", "length", "len", "count", "counts", "limit", "version", "host", "endpoint",
	"label", "field", "column", "index", "format", "selector", "hint", "policy",
	"expiry", "expires", "expiration", "ttl", "usage", "pair", "code", "event", "error",
	"date", "time", "prefix", "suffix", "algorithm", "store", "strength", "mode",
	"class", "schema", "provider", "number", "server", "check", "st", "arn", "address", NULL
};

/* Parts before the word that tell the same: public_key, csrf_token. */
static const char *const harmless_before[] = {
	"public", "pub", "csrf", "xsrf", "primary", "foreign", "sort", "partition", "cache",
	"publishable", "idempotency", "next", "page", "continuation", "sync", "dedup", "max", "min", "total", NULL
};

/*
 * Finds the value that belongs to the name in which a word stands; false where
 * there is none that could be a secret.
 */
bool
name_value(const RedactScan *scan, const char *word, size_t word_len, Value *value)
{
	const char *end = scan->end;
	const char *name = word;
	const char *rest = word + word_len;
	const char *p = rest;
	const char *name_end;
	const char *part;
	bool		named;

	while (p < end && p - rest <= MAX_REST && in_charset(*p, WORD_DASH | DOT))
		p++;
	if (p - rest > MAX_REST)
		return (word_len > 3 || (name > scan->text && in_charset(name[-1], LETTER))) &&
			value_in_name(rest, end, value);
	part = part_start(rest, p);
	if (p > rest && (goes_on(rest, p) || is_one_of(part, p - part, harmless_last)))
		return false;
	while (name > scan->text && word - name < MAX_NAME && in_charset(name[-1], WORD_DASH | DOT))
		name--;
	while (word > name && in_charset(word[-1], UNDERSCORE | DASH | DOT))
		word--;
	part = part_start(name, word);
	if (is_one_of(part, word - part, harmless_before))
		return false;

	/* "key" alone is the key of anything */
	*value = (Value) {.vague = name == word && p == rest && (*word | 0x20) == 'k'};
	name_end = p;
	named = name_skip_separators(&p, end, value);
	if (p >= end || p == name_end || (!named && name_end > rest))
		return false;

	/* what follows in a list, or is an argument, is code, if it is no string */
	if (!value->quote && value->separator && strchr(",([", value->separator))
		return false;
	value->loose |= !named;
	value->in_pairs = value->separator == '=' && !value->spelled && name > scan->text && name[-1] == ';' &&
		!(name - scan->text >= 5 && memcmp(name - 5, "&amp;", 5) == 0);
	value->start = p;
	value_read(value, end);
	if (!value->quote && *name_end == '>' && name_end[-1] != '-')
		read_element(value, end);
	if (!fits_name(name, name_end, value))
		return false;
	return value->end - value->start >= REDACT_MASK_LEN;
}

/*
 * Moves p over what stands between a name and its value, and tells whether that
 * is more than blanks; notes in the value which quote stands right before it.
 */
bool
name_skip_separators(const char **p, const char *end, Value *value)
{
	const char *q = *p;
	bool		named = false;
	bool		newline = false;

	for (int i = 0; i < MAX_SEPARATORS && q < end; i++)
	{
		char		c;
		size_t		len = read_spelled_char(q, end, &c);
		bool		spelled = len > 1 && *q != '\\';

		if (in_charset(c, QUOTE))
		{
			value->quote = c;
			value->behind_quotes = true;
		}
		else if (in_charset(c, BLANK) || c == '\n' || c == '\r')
		{
			value->quote = 0;
			newline |= !in_charset(c, BLANK);
		}
		else if (is_dash(q, end, c) && q > *p && in_charset(q[-1], BLANK))
		{
			value->loose = true;
			named = true;
		}
		else if (is_operator(q, end, c))
		{
			value->quote = 0;
			value->separator = c;
			named = true;
		}
		else if (!named && q > *p && end - q > 7 && strncasecmp(q, "string", 6) == 0 &&
				 in_charset(q[6], BLANK))
			len = 6;			/* token string = "…" */
		else if (q > *p && is_value_of_pair(q, end))
		{
			len = 5;
			named = newline = false;
		}
		else
			break;
		value->spelled |= spelled;
		q += len;
	}
	if (!named && newline)
		return false;
	*p = q;
	return named;
}

/*
 * Reads a value from its start to its end, or as far as is looked at; see
 * value_read_on().
 */
static void
value_read(Value *value, const char *end)
{
	value->end = value->start;
	value_read_on(value, end - value->start > MAX_VALUE ? value->start + MAX_VALUE : end);
}

/* Reads on to the end of a value. */
void
value_read_on(Value *value, const char *end)
{
	const char *p = value->end;
	uint16_t	stops = QUOTE | (value->quote ? 0 : BRACKET);
	char		c = 0;

	while (p < end)
	{
		size_t		len = value->spelled ? read_spelled_char(p, end, &c) : read_char(p, end, &c);

		if ((unsigned char) c <= ' ' || c == '\\' || in_charset(c, stops) ||
			(value->quote ? c == '<' && p > value->start : c == '&' && !value->in_pairs))
			break;
		p += len;
	}
	value->next = p < end ? c : 0;
	if (value->quote && in_charset(value->next, BLANK))
	{
		const char *q = p;

		while (q < end && in_charset(*q, BLANK))
			q++;
		if (q < end && *q == value->quote)
			value->next = *q;	/* 'secret ' */
	}
	while (!value->quote && p > value->start && (p[-1] == '.' || p[-1] == ':'))
		p--;
	value->end = p;
}

/*
 * Takes of what an element of XML holds the first word that looks drawn:
 * <secret>{service … 0a1b…}</secret>.  The value stays where its first word is the value.
 */
static void
read_element(Value *value, const char *end)
{
	const char *most = end - value->start > MAX_VALUE ? value->start + MAX_VALUE : end;
	Value		word = *value;

	if (word.start < most && word.end > word.start && *word.end == '<')
		return;
	for (int i = 0; i < MAX_ELEMENT_WORDS && word.start < most; i++)
	{
		while (word.start < most && in_charset(*word.start, BLANK | BRACKET) && *word.start != '<')
			word.start++;
		word.end = word.start;
		value_read_on(&word, most);
		if (word.end == word.start || *word.start == '<')
			return;
		if (word.end - word.start >= MIN_IN_ELEMENT && value_is_random(&word))
		{
			*value = word;
			return;
		}
		word.start = word.end;
	}
}

/* Takes what a name goes on with as the value, where that looks drawn. */
static bool
value_in_name(const char *rest, const char *end, Value *value)
{
	if (!in_charset(*rest, UNDERSCORE | DASH))
		return false;
	*value = (Value) {.start = rest + 1,.loose = true};
	value_read(value, end);
	return value->end - value->start >= MIN_VALUE_IN_NAME;
}

/*
 * Tells whether a value can be what it is called: a secret access key has 40
 * characters at AWS, and no fewer at others who took the name over.
 */
static bool
fits_name(const char *name, const char *end, const Value *value)
{
	static const char access_key[] = "secret_access_key";
	ptrdiff_t	len = sizeof(access_key) - 1;

	if (end - name >= 6 && strncasecmp(name, "aws", 3) == 0 && strncasecmp(end - 3, "key", 3) == 0)
		return denoted_len(value, AWS_SECRET_LEN + 1) == AWS_SECRET_LEN;
	return end - name < len || strncasecmp(end - len, access_key, len) != 0 ||
		denoted_len(value, AWS_SECRET_LEN) >= AWS_SECRET_LEN;
}

/* Returns how many characters a value has, of which some may be spelled; at most so many. */
static size_t
denoted_len(const Value *value, size_t most)
{
	size_t		n = 0;
	char		c;

	for (const char *p = value->start; p < value->end && n < most; n++)
		p += read_spelled_char(p, value->end, &c);
	return n;
}

/* Tells whether the word goes on in small letters and is another one: keyboard. */
static bool
goes_on(const char *rest, const char *rest_end)
{
	size_t		letters = 0;

	while (rest + letters < rest_end && in_charset(rest[letters], LOWER))
		letters++;
	if (letters == 0 || !in_charset(rest[-1], LETTER))
		return false;
	return !(letters == 1 && (*rest == 's' || *rest == 'e')) &&
		!(letters == 4 && memcmp(rest, "word", 4) == 0);
}

/* Tells whether a character stands between names and values. */
static bool
is_operator(const char *p, const char *end, char c)
{
	static const char before_equals[] = "?|.+~!";

	if (strchr(":=>,([", c) != NULL)
		return c != 0;
	return c != 0 && strchr(before_equals, c) != NULL && end - p > 1 &&
		(p[1] == '=' || p[1] == '|' || p[1] == ':');
}

/*
 * Tells whether the word value stands at a place, and what it is stands behind it:
 * name="…" value="…", "name":"…","value":"…".
 */
static bool
is_value_of_pair(const char *p, const char *end)
{
	const char *q = p + 5;

	if (end - p < 8 || strncasecmp(p, "value", 5) != 0)
		return false;
	while (q < end && (in_charset(*q, BLANK | QUOTE) || *q == '\\'))
		q++;
	return q < end && (*q == '=' || *q == ':');
}

/* Tells whether a dash or bar stands alone, and a quote behind it: token - "…". */
static bool
is_dash(const char *p, const char *end, char c)
{
	const char *q = p + 1;

	if ((c != '-' && c != '|') || q >= end || !in_charset(*q, BLANK))
		return false;
	while (q < end && (in_charset(*q, BLANK) || *q == '\\'))
		q++;
	return q < end && in_charset(*q, QUOTE);
}

/* Returns where the last part of a name begins: parts, a-part, aPart. */
static const char *
part_start(const char *name, const char *end)
{
	const char *p = end;

	while (p > name && !in_charset(p[-1], UNDERSCORE | DASH | DOT) &&
		   !(p < end && in_charset(*p, UPPER) && in_charset(p[-1], LOWER)))
		p--;
	return p;
}

/* Tells whether a word is in a list, in any case. */
static bool
is_one_of(const char *p, size_t len, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == len && strncasecmp(p, *list, len) == 0)
			return true;
	return false;
}
