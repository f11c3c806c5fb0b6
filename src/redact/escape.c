/*
 * escape.c
 *		Reading a text character by character, through the escapes of JSON
 *		(RFC 8259, section 7), at any depth of strings in strings.
 */
#include "redact/escape.h"

#include <stdbool.h>
#include <string.h>

#include "core/json_escape.h"
#include "redact/charset.h"
#include "redact/spelling.h"

/* The work for what one character is spelled by, see spelling.h; real ones take a tenth. */
#define WORK_OF_A_CHARACTER 1000

static size_t skip_backslashes(const char *p, const char *end);
static bool hex_escape(const char *p, const char *end, char *c);

/*
 * Reads what begins with a backslash and returns its length in the text: an
 * escaped ASCII character, quote or slash is that character, an escaped blank
 * or control is a newline, anything else is a backslash.
 */
size_t
escape_read(const char *p, const char *end, char *c)
{
	size_t		n = skip_backslashes(p, end);
	const char *q = p + n;

	*c = '\\';
	if (q >= end)
		return n;
	switch (*q)
	{
		case '"':
		case '\'':
		case '/':
			*c = *q;
			return n + 1;
		case 'n':
		case 'r':
		case 't':
		case 'b':
		case 'f':
			*c = '\n';
			return n + 1;
		case 'u':
			if (hex_escape(q, end, c))
				return n + 5;
			return n;
		default:
			return n;
	}
}

/*
 * Reads one character and returns its length in the text, as read_char() does; one of
 * ASCII also through percent-encoding or entities, one in the other.
 */
size_t
read_spelled_char(const char *p, const char *end, char *c)
{
	SpelledText text = {end, WORK_OF_A_CHARACTER, WORK_OF_A_CHARACTER};
	Reading		readings[SPELLING_MAX_READINGS];
	size_t		len = 1;
	int			n;

	if (*p != '%' && *p != '&')
		return read_char(p, end, c);
	*c = *p;
	n = spelling_read(&text, p, SPELLING_DEPTH, readings);
	for (int i = 1; i < n; i++)
		if (readings[i].len > len && readings[i].n == 1 && readings[i].bytes[0] > 0)
		{
			*c = readings[i].bytes[0];
			len = readings[i].len;
		}
	return len;
}

/* Returns what comes behind a character, of one that is escaped all of it: \ud83d. */
const char *
skip_char(const char *p, const char *end)
{
	char		c;

	p += read_char(p, end, &c);
	if (c == '\\')
		for (int i = 0; i < 5 && p < end && in_charset(*p, ALNUM); i++)
			p++;
	return p;
}

/* Reads u00XX as the character XX; false where that does not stand at p. */
static bool
hex_escape(const char *p, const char *end, char *c)
{
	int			high;
	int			low;

	if (end - p < 5 || memcmp(p, "u00", 3) != 0)
		return false;
	high = hex_digit(p[3]);
	low = hex_digit(p[4]);
	if (high < 0 || low < 0)
		return false;
	*c = (char) (high << 4 | low);
	return true;
}

/* Returns how many backslashes stand at p, at most ESCAPE_MAX_BACKSLASHES. */
static size_t
skip_backslashes(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && q - p < ESCAPE_MAX_BACKSLASHES && *q == '\\')
		q++;
	return q - p;
}
