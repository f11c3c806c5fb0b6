/*
 * redact_own.c
 *		Finding an entry's own key in a text: by what is denoted there, however it is
 *		spelled.
 *
 * Two searches go through the text.  One finds the patterns of the key as they are, and
 * steps over most bytes (Wu and Manber, 1994).  The other stops where a character is
 * spelled that the key has, next to what the key has next to it, and only then lets the
 * machine of own_spelled.c read.  So a text without such costs next to nothing.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memrchr */
#endif
#include "redact/redact_own.h"

#include <string.h>

#include "core/json_pause.h"
#include "core/json_escape.h"
#include "redact/charset.h"
#include "redact/own_token.h"
#include "redact/spelling.h"

/* A run of so many backslashes is longer than any spelling. */
#define LONG_RUN ((1 << SPELLING_DEPTH) + 1)

static const char leads[OWN_KEY_LEADS] = {'\\', '%', '&'};

static void find_plain(RedactKeySearch *search);
static void find_spelled(RedactKeySearch *search);
static size_t next_lead(RedactKeySearch *search, size_t at);
static size_t find_lead(const RedactKeySearch *search, int lead, size_t at);
static uint16_t patterns_at(RedactKeySearch *search, size_t at, size_t *next);
static uint16_t patterns_behind(const RedactKeySearch *search, size_t at, char c);
static bool read_spelled(RedactKeySearch *search, int pattern, size_t at, RedactHit *hit);
static bool set_hit(RedactKeySearch *search, const KeyPattern *pattern,
					size_t start, size_t end, RedactHit *hit);
static size_t escape_start(const RedactKeySearch *search, size_t at);
static size_t escape_end(const RedactKeySearch *search, size_t at);
static size_t backslashes_before(const RedactKeySearch *search, size_t at);

/*
 * Starts the search for the places where a key stands in a text: as it is; with some or
 * all of its characters spelled, up to SPELLING_DEPTH times; or in base64, which may be
 * spelled in turn.  Text and key stay where they are while the search lasts, and what
 * allocate gives as long.
 */
void
redact_key_search(RedactKeySearch *search, OwnKey *own, const char *text, size_t len,
				  OwnKeyAllocate allocate)
{
	memset(search, 0, sizeof(*search));
	search->own = own;
	search->text = text;
	search->len = len;
	search->allocate = allocate;
	search->spelled_text = (SpelledText) {text + len, SPELLING_WORK(len), SPELLING_WORK(len)};
	for (int i = 0; i < OWN_KEY_LEADS; i++)
		search->lead[i] = find_lead(search, i, 0);
	find_plain(search);
	find_spelled(search);
}

/*
 * Finds the next place, in the order of the text; places do not overlap, nor do they
 * begin or end inside an escape of JSON.  The hit spares the key's kept prefix where
 * that stands as it is.
 */
bool
redact_key_next(RedactKeySearch *search, RedactHit *hit)
{
	for (;;)
	{
		bool		spelled;

		/* what was found may lack what was not read: all that is left is a hit */
		if (redact_key_gave_up(search))
			search->plain = search->spelled = (RedactHit) {search->done, search->len};
		spelled = search->spelled.start < search->plain.start;
		*hit = spelled ? search->spelled : search->plain;
		if (hit->start >= search->len)
			return false;
		if (spelled)
			find_spelled(search);
		else
			find_plain(search);
		if (hit->end <= search->done)
			continue;
		if (hit->start < search->done)
			hit->start = search->done;
		search->done = hit->end;
		return true;
	}
}

/* Moves on to the next place where a pattern stands as it is. */
static void
find_plain(RedactKeySearch *search)
{
	const OwnKey *own = search->own;
	const char *text = search->text;
	const char *paused_at = text + search->plain_at;
	size_t		at = search->plain_at;

	while (at + own->window <= search->len)
	{
		size_t		last = at + own->window - 1;
		size_t		shift = own->shift[own_key_pair(text[last - 1], text[last])];

		json_pause(&paused_at, text + at);
		if (shift > 0)
		{
			at += shift;
			continue;
		}
		for (int i = 0; i < own->n_patterns; i++)
		{
			const KeyPattern *pattern = &own->pattern[i];

			if (pattern->len <= search->len - at && text[at] == pattern->bytes[0] &&
				memcmp(text + at, pattern->bytes, pattern->len) == 0 &&
				set_hit(search, pattern, at, at + pattern->len, &search->plain))
			{
				search->plain_at = at + pattern->len;
				return;
			}
		}
		at++;
	}
	search->plain = (RedactHit) {search->len, search->len};
	search->plain_at = search->len;
}

/* Moves on to the next place where a pattern stands of which something is spelled. */
static void
find_spelled(RedactKeySearch *search)
{
	size_t		at = search->spelled_at;
	const char *paused_at = search->text + at;

	while ((at = next_lead(search, at)) < search->len)
	{
		size_t		next;
		uint16_t	patterns = patterns_at(search, at, &next);
		RedactHit	found = {search->len, 0};

		json_pause(&paused_at, search->text + at);
		for (int i = 0; patterns >> i != 0; i++)
		{
			RedactHit	hit;

			if ((patterns >> i & 1) == 0 || !read_spelled(search, i, at, &hit))
				continue;
			if (hit.start < found.start)
				found.start = hit.start;
			if (hit.end > found.end)
				found.end = hit.end;
		}
		at = next;
		if (redact_key_gave_up(search))
			at = search->len;
		if (found.end > 0)
		{
			search->spelled = found;
			search->spelled_at = found.end > at ? found.end : at;
			return;
		}
	}
	search->spelled = (RedactHit) {search->len, search->len};
	search->spelled_at = search->len;
}

/* Returns where the next spelling may begin, at a place or behind it. */
static size_t
next_lead(RedactKeySearch *search, size_t at)
{
	size_t		next = search->len;

	for (int i = 0; i < OWN_KEY_LEADS; i++)
	{
		if (search->lead[i] < at)
			search->lead[i] = find_lead(search, i, at);
		if (search->lead[i] < next)
			next = search->lead[i];
	}
	return next;
}

/*
 * Returns where one of the leads stands at a place or behind it.  Backslashes with a
 * character behind them that the key has not are stepped over: most are such.
 */
static size_t
find_lead(const RedactKeySearch *search, int lead, size_t at)
{
	const uint16_t *in_patterns = search->own->in_patterns;
	const char *end = search->text + search->len;
	const char *p = search->text + at;

	while ((p = memchr(p, leads[lead], (size_t) (end - p))) != NULL)
	{
		const char *q = p + 1;

		if (lead > 0 || q == end || *q == 'u' || spelling_begins(*q) ||
			in_patterns[(unsigned char) spelling_short_escape(*q)] != 0)
			return (size_t) (p - search->text);
		p = q + 1;
		if (p >= end)
			break;
	}
	return search->len;
}

/*
 * Returns which patterns may hold a character that is spelled at a place, as its first
 * one that is; and where to look on.
 */
static uint16_t
patterns_at(RedactKeySearch *search, size_t at, size_t *next)
{
	const OwnKey *own = search->own;
	const char *p = search->text + at;
	const char *end = search->text + search->len;
	Reading		readings[SPELLING_MAX_READINGS];
	uint16_t	patterns = 0;
	int			n;

	*next = at + 1;
	if (*p == '\\')
	{
		bool		any = own->in_patterns['\\'] != 0;
		const char *most = any && end - p > LONG_RUN ? p + LONG_RUN : end;
		const char *q = p;

		while (q < most && *q == '\\')
			q++;
		if (q - p >= LONG_RUN)
		{
			/* nothing else is read at the beginning of so many */
			if (any)
				return patterns_behind(search, at, '\\');
			*next = (size_t) (q - search->text) - LONG_RUN + 1;
			return 0;
		}

		/* most often: one or more, and then a character that the key has not */
		if (q < end && *q != 'u' && !spelling_begins(*q) && (!any || q == p + 1))
		{
			char		c = spelling_short_escape(*q);

			if (own->in_patterns[(unsigned char) c] == 0 || q == p + 1)
				*next = (size_t) (q + 1 - search->text);
			if (own->in_patterns[(unsigned char) c] == 0)
				return 0;
			if (q == p + 1)
				return patterns_behind(search, at, c);
		}
	}
	n = spelling_read(&search->spelled_text, p, SPELLING_DEPTH, readings);
	for (int i = 1; i < n; i++)
	{
		uint16_t	holding = patterns_behind(search, at, readings[i].bytes[0]);

		for (int j = 1; j < readings[i].n; j++)
			holding &= own->in_patterns[(unsigned char) readings[i].bytes[j]];
		patterns |= holding;
	}
	return patterns;
}

/*
 * Returns which patterns may hold a byte that is spelled at a place: those that begin
 * with it, or where the byte before it, which stands there as it is, is next to it.
 */
static uint16_t
patterns_behind(const RedactKeySearch *search, size_t at, char c)
{
	const OwnKey *own = search->own;

	if (at > 0 && own_key_has_pair(own, search->text[at - 1], c))
		return own->in_patterns[(unsigned char) c];
	return own->begins[(unsigned char) c];
}

/*
 * Reads a pattern in which a character is spelled at a place; true where it stands
 * there as the key, and where.
 */
static bool
read_spelled(RedactKeySearch *search, int number, size_t at, RedactHit *hit)
{
	const OwnKey *own = search->own;
	const KeyPattern *pattern = &own->pattern[number];
	size_t		begin = at;
	size_t		end;

	if (search->covered[number] > at)
		return false;

	/* before the first character that is spelled, they stand as they are */
	while (begin > search->covered[number] && at - begin < pattern->len &&
		   (own->in_patterns[(unsigned char) search->text[begin - 1]] >> number & 1) != 0)
		begin--;
	if (search->machine == NULL)
		search->machine = key_machine_make(own, &search->spelled_text, search->allocate);
	key_machine_set(search->machine, pattern);
	for (;;)
	{
		size_t		start;
		bool		found = key_machine_forward(search->machine, search->text, search->len,
												begin, at, &end);

		search->covered[number] = end;
		if (!found)
			return false;
		start = key_machine_back(search->machine, search->text, begin, end);
		end = key_machine_end(search->machine, search->text, search->len, start, end);
		search->covered[number] = end;
		if (set_hit(search, pattern, start, end, hit))
			return true;
		if (end > at)
			return false;
		begin = end;
	}
}

/*
 * Takes [start, end), where a pattern stands, as a hit; false where that is no token of
 * its own, as a key must be that could be a word.
 */
static bool
set_hit(RedactKeySearch *search, const KeyPattern *pattern, size_t start, size_t end,
		RedactHit *hit)
{
	OwnKey	   *own = search->own;
	const char *text = search->text;
	size_t		keep = 0;

	if (pattern->base64)
	{
		/* characters that hold a part of the key's first or last byte */
		if (pattern->half_before && start > 0 && in_charset(text[start - 1], BASE64 | WORD_DASH))
			start--;
		if (pattern->half_after && end < search->len &&
			in_charset(text[end], BASE64 | WORD_DASH))
			end++;
	}
	else if (!own_key_is_telling(own) && !own_key_is_token(own, &search->spelled_text, text, start, end))
		return false;
	if (!pattern->base64)
		keep = own_key_keep(own);
	if (keep > 0 && end - start > keep && memcmp(text + start, own->key, keep) == 0)
	{
		*hit = (RedactHit) {start + keep, escape_end(search, end)};
		return true;
	}
	*hit = (RedactHit) {escape_start(search, start), escape_end(search, end)};
	return true;
}

/*
 * Returns where the escape of JSON begins inside which a place is, so that no half of
 * it is left (\nSecret…, \u00e9…); else the place.
 */
static size_t
escape_start(const RedactKeySearch *search, size_t at)
{
	const char *text = search->text;

	if (backslashes_before(search, at) % 2 == 1)
		return at - 1;
	for (size_t back = 1; back < 6 && back <= at - search->done; back++)
	{
		char		c = text[at - back];

		if (c == '\\')
			return back > 1 && text[at - back + 1] == 'u' &&
				backslashes_before(search, at - back) % 2 == 0 ? at - back : at;
		if (!in_charset(c, HEX) && c != 'u')
			return at;
	}
	return at;
}

/* Returns where the escape of JSON ends whose backslash is right before a place. */
static size_t
escape_end(const RedactKeySearch *search, size_t at)
{
	const char *text = search->text;

	if (at == search->len || backslashes_before(search, at) % 2 == 0)
		return at;
	if (text[at] == 'u' && search->len - at >= 5 && json_hex4(text + at + 1) >= 0)
		return at + 5;
	return (unsigned char) text[at] < 0x80 ? at + 1 : at;
}

/*
 * Returns how many backslashes stand right before a place, behind the last hit, which
 * does not end inside an escape.
 */
static size_t
backslashes_before(const RedactKeySearch *search, size_t at)
{
	size_t		n = 0;

	while (at - n > search->done && search->text[at - n - 1] == '\\')
		n++;
	return n;
}
