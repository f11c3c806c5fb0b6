/*
 * key_format.c
 *		What stands in a text as a key of a format, and what of a key may be shown.
 */
#include "redact/key_format.h"

#include <string.h>

#include "redact/escape.h"

/* Hexadecimal digits before the first dash of a UUID (RFC 9562). */
#define UUID_FIRST_LEN 8

static size_t read_taken(const KeyFormat *format, char want, const char *p, const char *end,
						 char *c);
static bool takes(const KeyFormat *format, char c);
static bool ends_in(const char *p, const char *string);
static bool matches(const KeyFormat *format, char want, char c);
static const KeyFormat *key_format_of(const char *key, size_t len);
static size_t leading_word(const char *key, size_t len);

/*
 * Returns where the key ends that stands at p in a text, and in *kept_end where
 * the part begins that is masked; NULL where no key of this format stands there.
 * Characters may be escaped as JSON does.  A run that is too long is something
 * else.
 */
const char *
key_format_match(const KeyFormat *format, const char *p, const char *end,
				 const char **kept_end)
{
	size_t		n = 0;
	char		c;

	*kept_end = p;
	for (const char *want = format->prefix; *want; want++)
	{
		if (p >= end)
			return NULL;
		p += read_taken(format, *want, p, end, &c);
		if (!matches(format, *want, c))
			return NULL;
		if (want - format->prefix < format->keep)
			*kept_end = p;
	}
	while (p < end)
	{
		size_t		len = read_taken(format, 0, p, end, &c);

		if (!takes(format, c))
			break;
		if (++n > format->max && format->max > 0)
			return NULL;
		p += len;
	}
	if (n < format->min || (format->end != NULL && !ends_in(p, format->end)))
		return NULL;
	return p;
}

/*
 * Reads one character and returns its length; through percent-encoding or entities
 * where it is not taken as it stands, in the place of a byte of the prefix, or of the
 * run behind it (0).
 */
static size_t
read_taken(const KeyFormat *format, char want, const char *p, const char *end, char *c)
{
	size_t		len = read_char(p, end, c);

	if ((*c == '%' || *c == '&') && len == 1 &&
		!(want ? matches(format, want, *c) : takes(format, *c)))
		len = read_spelled_char(p, end, c);
	return len;
}

/* Returns the first format that a key has, however long it is; NULL for none. */
static const KeyFormat *
key_format_of(const char *key, size_t len)
{
	for (size_t i = 0; i < key_format_count; i++)
	{
		const KeyFormat *f = &key_formats[i];
		size_t		n = 0;
		size_t		run = 0;

		while (f->prefix[n] && n < len && matches(f, f->prefix[n], key[n]))
			n++;
		if (f->prefix[n])
			continue;
		while (n < len && run < f->min && in_charset(key[n], f->charset))
			n++, run++;
		if (run == f->min)
			return f;
	}
	return NULL;
}

/*
 * Returns how many leading bytes of a key may be shown: the published prefix
 * of its format, else a leading word under the limits of key_format.h, else 0.
 */
size_t
redact_key_prefix(const char *key, size_t len)
{
	const KeyFormat *format = key_format_of(key, len);
	size_t		word;

	/* a mask never makes a text longer */
	if (format)
		return len - format->keep >= REDACT_MASK_LEN ? format->keep : 0;
	word = leading_word(key, len);

	/* of a URL with a password in it nothing is shown */
	for (size_t i = word; word > 0 && i + 3 <= len; i++)
		if (memcmp(key + i, "://", 3) == 0)
			return 0;
	return len - word >= REDACT_UNKNOWN_HIDDEN_MIN ? word : 0;
}

/*
 * Tells whether a key is what redacting leaves: a prefix that may be kept, and
 * the mask.
 */
bool
redact_is_redacted(const char *key, size_t len)
{
	size_t		shown;

	if (len < REDACT_MASK_LEN ||
		memcmp(key + len - REDACT_MASK_LEN, REDACT_MASK, REDACT_MASK_LEN) != 0)
		return false;
	shown = len - REDACT_MASK_LEN;
	if (shown == leading_word(key, shown))
		return true;			/* nothing, or one word */
	for (size_t i = 0; i < key_format_count; i++)
	{
		const KeyFormat *f = &key_formats[i];
		size_t		n = 0;

		if (f->keep != shown)
			continue;
		while (n < shown && matches(f, f->prefix[n], key[n]))
			n++;
		if (n == shown)
			return true;
	}
	return false;
}

/* Tells whether a character can be in the run of a format. */
static bool
takes(const KeyFormat *format, char c)
{
	return format->site_charset != NULL ? format->site_charset[(unsigned char) c] :
		in_charset(c, format->charset);
}

/* Tells whether what ends at p ends in a string, which is not longer. */
static bool
ends_in(const char *p, const char *string)
{
	size_t		len = strlen(string);

	return memcmp(p - len, string, len) == 0;
}

/* Tells whether a byte is what a byte of a format's prefix asks for. */
static bool
matches(const KeyFormat *format, char want, char c)
{
	if (format->site_charset == NULL)
		switch (want)
		{
			case '#':
				return in_charset(c, DIGIT);
			case '?':
				return in_charset(c, format->charset);
			case ' ':
				return in_charset(c, BLANK);
		}
	return c == want;
}

/*
 * Returns the length of a leading word with the '-' or '_' that ends it, 0
 * where there is none of at most REDACT_UNKNOWN_WORD_MAX bytes.  What has digits is a word
 * only where it is short, and eight hexadecimal digits are no word: a UUID begins so.
 */
static size_t
leading_word(const char *key, size_t len)
{
	bool		digits = false;
	bool		hex = true;

	for (size_t i = 0; i < len && i < REDACT_UNKNOWN_WORD_MAX; i++)
	{
		if (i > 0 && in_charset(key[i], DASH | UNDERSCORE))
			return (digits && i > REDACT_UNKNOWN_DIGITS_MAX) || (hex && i == UUID_FIRST_LEN) ? 0 : i + 1;
		digits |= in_charset(key[i], DIGIT);
		hex &= in_charset(key[i], HEX);
		if (!in_charset(key[i], i == 0 ? LETTER : ALNUM))
			return 0;
	}
	return 0;
}
