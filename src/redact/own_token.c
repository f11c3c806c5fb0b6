/*
 * own_token.c
 *		Whether what was found of a key stands there as a token of its own.
 */
#include "redact/own_token.h"

#include <string.h>

#include "redact/charset.h"
#include "redact/spelling.h"

/* A spelling of what stands before a key is looked for so far. */
#define MAX_SPELLING_BEFORE 600

static bool is_in_fraction(const char *text, const char *text_end, size_t start, size_t end);

/*
 * Tells whether no letter or digit stands next to a place in a text, read as what is spelled
 * there: it is no part of a longer word, or number.
 */
bool
own_key_is_token(const OwnKey *own, SpelledText *spelled, const char *text, size_t start, size_t end)
{
	size_t		before = start;
	Reading		readings[SPELLING_MAX_READINGS];

	if (text + end < spelled->end && in_charset(text[end], ALNUM) &&
		in_charset(own->key[own->len - 1], ALNUM))
		return false;
	if (own->number && is_in_fraction(text, spelled->end, start, end))
		return false;
	if (start == 0 || !in_charset(text[start - 1], ALNUM) || !in_charset(own->key[0], ALNUM))
		return true;

	/* it may be the end of an escape: \n, %20, \u0022 */
	if (!in_charset(text[start - 1], HEX) && strchr("nrt", text[start - 1]) == NULL)
		return false;
	while (before > 0 && start - before < MAX_SPELLING_BEFORE)
	{
		char		c = text[--before];
		int			n;

		if (!in_charset(c, ALNUM) && c != '#' && c != ';' && !spelling_begins(c))
			break;
		if (!spelling_begins(c))
			continue;
		n = spelling_read(spelled, text + before, SPELLING_DEPTH, readings);
		for (int i = 1; i < n; i++)
			if (before + readings[i].len == start && !in_charset(readings[i].bytes[0], ALNUM))
				return true;
	}
	return false;
}

/*
 * Tells whether digits and a point stand next to a place: what is there is the fraction of
 * a number, or what stands before one.
 */
static bool
is_in_fraction(const char *text, const char *text_end, size_t start, size_t end)
{
	return (start > 1 && text[start - 1] == '.' && in_charset(text[start - 2], DIGIT)) ||
		(text_end - text > (ptrdiff_t) end + 1 && text[end] == '.' && in_charset(text[end + 1], DIGIT));
}
