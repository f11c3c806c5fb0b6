/*
 * redact.c
 *		Finding keys in a text: those of a listed format, and one that is known.
 *
 * Everything is linear in the length of the text: of the formats, at each place
 * at most one run of bounded length is looked at, and those without a bound
 * take all that they looked at.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memmem */
#endif
#include "redact.h"

#include <stdint.h>
#include <string.h>

#include "key_format.h"

/* Each level of strings in strings doubles the backslashes and adds one. */
#define MAX_BACKSLASHES 15

static bool at_word_start(const char *text, size_t at);
static bool has_quotable(const char *key, size_t len);
static void find_plain(RedactKeySearch *search);
static bool take_hit(RedactKeySearch *search, size_t start, size_t end,
					 RedactHit *hit);
static size_t unescaped_char(const char *p, const char *end, char *c);
static int	hex_value(char c);

/*
 * Finds the next key of a listed format at or behind from; hit->start is
 * behind the prefix that stays.
 */
bool
redact_find(const char *text, size_t len, size_t from, RedactHit *hit)
{
	const char *end = text + len;

	for (size_t at = from; at < len; at++)
	{
		const KeyFormat *format;
		const char *run_end;

		if (!key_format_begins((unsigned char) text[at]) ||
			!at_word_start(text, at))
			continue;
		format = key_format_match(text + at, end, true, &run_end);
		if (format == NULL)
			continue;
		hit->start = at + format->keep;
		hit->end = run_end - text;
		return true;
	}
	return false;
}

/*
 * Starts the search for the places where this very key stands in a text, as it
 * is or with some of its characters escaped as JSON may (\u002d, \/), in a
 * string inside a string too (\\u002d).  The key has 1 to REDACT_OWN_KEY_MAX
 * bytes; text and key stay where they are while the search lasts.
 */
void
redact_key_search(RedactKeySearch *search, const char *text, size_t len,
				  const char *key, size_t key_len)
{
	size_t		k = 0;

	search->text = text;
	search->len = len;
	search->key = key;
	search->key_len = key_len;
	search->keep = redact_key_prefix(key, key_len);
	search->at = 0;
	search->escaped = memchr(key, '\\', key_len) == NULL &&
		(memmem(text, len, "\\u00", 4) != NULL ||
		 (has_quotable(key, key_len) && memchr(text, '\\', len) != NULL));
	if (!search->escaped)
		return;

	/* Knuth, Morris, Pratt: how much of the key is matched still after a miss */
	search->plain = 0;
	find_plain(search);
	search->matched = 0;
	search->n_starts = 0;
	search->fallback[0] = 0;
	for (size_t i = 1; i < key_len; i++)
	{
		while (k > 0 && key[i] != key[k])
			k = search->fallback[k - 1];
		if (key[i] == key[k])
			k++;
		search->fallback[i] = (uint16_t) k;
	}
}

/*
 * Finds the next place; the hit spares the key's kept prefix where that is
 * written without escapes.  Linear over all calls of one search.
 */
bool
redact_key_next(RedactKeySearch *search, RedactHit *hit)
{
	const char *end = search->text + search->len;

	if (!search->escaped)
	{
		search->plain = search->at;
		find_plain(search);
		return take_hit(search, search->plain, search->plain + search->key_len, hit);
	}
	while (search->at < search->len)
	{
		size_t		start = search->at;
		char		c;

		/* what stands there as it is may begin inside an escape */
		if (search->plain < start)
		{
			search->plain = start;
			find_plain(search);
		}
		search->at += unescaped_char(search->text + start, end, &c);
		if (search->plain < search->at)
			return take_hit(search, search->plain, search->plain + search->key_len, hit);
		while (search->matched > 0 && search->key[search->matched] != c)
			search->matched = search->fallback[search->matched - 1];
		if (search->key[search->matched] != c)
			continue;

		/* a ring of where the last key_len characters began */
		search->starts[search->n_starts++ % search->key_len] = start;
		if (++search->matched == search->key_len)
			return take_hit(search, search->starts[search->n_starts % search->key_len],
							search->at, hit);
	}
	return false;
}

/* Moves plain to the next place at or behind it where the key stands as it is. */
static void
find_plain(RedactKeySearch *search)
{
	const char *found = memmem(search->text + search->plain, search->len - search->plain,
							   search->key, search->key_len);

	search->plain = found ? (size_t) (found - search->text) : search->len;
}

/* Reports the key at [start, end), and goes on behind it; false at the end. */
static bool
take_hit(RedactKeySearch *search, size_t start, size_t end, RedactHit *hit)
{
	if (start >= search->len)
		return false;
	if (memcmp(search->text + start, search->key, search->keep) == 0)
		start += search->keep;
	*hit = (RedactHit) {start, end};
	search->at = end;
	search->matched = 0;
	return true;
}

/*
 * Tells whether a word can start at this place: not inside one, but right
 * behind an escape (\n, \u000a) it can.
 */
static bool
at_word_start(const char *text, size_t at)
{
	if (at == 0 || !key_format_is_word((unsigned char) text[at - 1]))
		return true;
	if (at >= 2 && text[at - 2] == '\\' && strchr("nrtbf", text[at - 1]))
		return true;
	return at >= 6 && text[at - 6] == '\\' && text[at - 5] == 'u';
}

/* Tells whether JSON writes some character of the key with a backslash. */
static bool
has_quotable(const char *key, size_t len)
{
	return memchr(key, '/', len) || memchr(key, '"', len) ||
		memchr(key, '\\', len);
}

/*
 * Reads one character and returns its length in the text: a character with up
 * to MAX_BACKSLASHES backslashes before it (a string in a string in a string in
 * a string) stands for itself, u00XX behind them for the character XX.
 */
static size_t
unescaped_char(const char *p, const char *end, char *c)
{
	const char *q = p;

	while (q < end && q - p < MAX_BACKSLASHES && *q == '\\')
		q++;
	if (q == end)
		q--;
	*c = *q;
	if (q > p && end - q >= 5 && memcmp(q, "u00", 3) == 0)
	{
		int			high = hex_value(q[3]);
		int			low = hex_value(q[4]);

		if (high >= 0 && low >= 0)
		{
			*c = (char) (high << 4 | low);
			return q + 5 - p;
		}
	}
	return q + 1 - p;
}

/* Returns the value of a hexadecimal digit, -1 for another character. */
static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
