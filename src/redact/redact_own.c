/*
 * redact_own.c
 *		Finding one known key in a text: an entry's own, in its other fields.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memmem */
#endif
#include "redact/redact_own.h"

#include <string.h>

#include "redact/escape.h"
#include "redact/key_format.h"

static size_t escape_start(const char *text, size_t at);
static bool has_quotable(const char *key, size_t len);
static void find_plain(RedactKeySearch *search);
static bool take_hit(RedactKeySearch *search, size_t start, size_t end,
					 RedactHit *hit);

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
		search->at += escape_read_plain(search->text + start, end, &c);
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
	if (search->keep > 0 && memcmp(search->text + start, search->key, search->keep) == 0)
		start += search->keep;
	else if (memchr(search->key, '\\', search->key_len) == NULL)
		start = escape_start(search->text, start);
	*hit = (RedactHit) {start, end};
	search->at = end;
	search->matched = 0;
	return true;
}

/*
 * Returns where the escape begins in which a key does that stands as it is, so
 * that no half of it is left (\nSecret…, \u00e9…); else at.
 */
static size_t
escape_start(const char *text, size_t at)
{
	size_t		back = 1;
	size_t		n = 0;

	if (at == 0 || text[at] == '\\')
		return at;
	while (back < 5 && back < at && text[at - back] != '\\')
		back++;
	if (text[at - back] != '\\' || (back > 1 && text[at - back + 1] != 'u'))
		return at;
	while (n < at - back && text[at - back - n - 1] == '\\')
		n++;
	return n % 2 == 0 ? at - back : at;
}

/* Tells whether JSON writes some character of the key with a backslash. */
static bool
has_quotable(const char *key, size_t len)
{
	return memchr(key, '/', len) || memchr(key, '"', len) ||
		memchr(key, '\\', len);
}
