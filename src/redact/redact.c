/*
 * redact.c
 *		Finding secrets in a text: keys of a listed format, and what stands in a
 *		telling context.
 *
 * Every format and every word that is looked for has three bytes in it by which
 * it is noticed, its anchor.  The text is read once; at each place two tables
 * tell whether an anchor may stand there, and only then is anything compared.
 * What an anchor leads to looks at a bounded number of bytes, or at what it then
 * masks, so that the whole is linear in the length of the text.
 */
#include "redact/redact.h"

#include <string.h>
#include <strings.h>

#include "redact/escape.h"
#include "redact/redact_context.h"
#include "redact/redact_pem.h"

enum
{
	ANCHOR_FORMAT,				/* what: of key_formats */
	ANCHOR_SITE_FORMAT,			/* what: of the site's formats */
	ANCHOR_WORD,				/* what: of context_words */
	ANCHOR_ESCAPE				/* u00XX */
};

/* What makes three bytes rank behind all that are not avoided. */
#define AVOIDED 10000

/* A format's prefix that holds an escape begins at most so many bytes before it. */
#define MAX_PREFIX_BEFORE_ESCAPE 24

static void add_anchor(RedactIndex *index, const char *three, int kind, size_t what, size_t offset);
static void add_format(RedactIndex *index, const KeyFormat *format, int kind, size_t what);
static size_t rarest_three(const char *string, size_t len);
static inline uint16_t two_at(const char *p);
static inline uint32_t trigram_at(const char *p);
static inline size_t bucket_of(uint32_t trigram);
static bool try_anchors(RedactScan *scan, RedactHit *hit);
static bool try_format(RedactScan *scan, const KeyFormat *format, const char *p, RedactHit *hit);
static bool try_escape(RedactScan *scan, RedactHit *hit);

/*
 * Makes an index of all that is looked for: the published formats, the words of
 * redact_context.c, and the site's own formats, of which at most
 * REDACT_MAX_SITE_FORMATS count and which stay where they are.
 */
void
redact_index_build(RedactIndex *index, const KeyFormat *site_formats, size_t n)
{
	memset(index, 0, sizeof(*index));
	index->site_formats = site_formats;
	index->n_site_formats = n < REDACT_MAX_SITE_FORMATS ? n : REDACT_MAX_SITE_FORMATS;
	for (size_t i = 0; i < key_format_count; i++)
		if (key_formats[i].in_text)
			add_format(index, &key_formats[i], ANCHOR_FORMAT, i);
	for (size_t i = 0; i < index->n_site_formats; i++)
		add_format(index, &site_formats[i], ANCHOR_SITE_FORMAT, i);
	for (size_t i = 0; i < context_word_count; i++)
	{
		const char *word = context_words[i].word;
		size_t		at = rarest_three(word, strlen(word));

		add_anchor(index, word + at, ANCHOR_WORD, i, at);
	}
	add_anchor(index, "u00", ANCHOR_ESCAPE, 0, 0);
}

/* Begins a search; index and text stay where they are while it lasts. */
void
redact_scan(RedactScan *scan, const RedactIndex *index, const char *text, size_t len)
{
	*scan = (RedactScan) {
		.index = index,.text = text,.end = text + len,.at = text,.done = text,
	};
}

/*
 * Finds the next secret, in the order of the text; hits do not overlap.  A hit
 * spares the prefix that may be shown.
 */
RedactStep
redact_scan_next(RedactScan *scan, RedactHit *hit)
{
	const RedactIndex *index = scan->index;
	const char *p;
	const char *pause;
	int			tries = REDACT_TRIES_A_STEP;

	if (scan->pem_end && pem_next(scan, hit))
		return REDACT_FOUND;
	if (scan->quoted && context_next_quoted(scan, hit))
		return REDACT_FOUND;
	pause = scan->end - scan->at > REDACT_BYTES_A_STEP ? scan->at + REDACT_BYTES_A_STEP : scan->end;

	/* four places at a time: hardly ever is there anything */
	for (p = scan->at; scan->end - p >= 6; p += 4)
	{
		uint16_t	maybe[4];

		if (p >= pause || tries <= 0)
		{
			scan->at = p;
			return REDACT_PAUSE;
		}
		for (int i = 0; i < 4; i++)
			maybe[i] = index->first_two[two_at(p + i)] & index->last_two[two_at(p + i + 1)];
		if ((maybe[0] | maybe[1] | maybe[2] | maybe[3]) == 0)
			continue;
		for (int i = 0; i < 4; i++)
		{
			if (!maybe[i])
				continue;
			tries--;
			scan->at = p + i;
			if (try_anchors(scan, hit))
				return REDACT_FOUND;
		}
	}
	for (; scan->end - p >= 3; p++)
	{
		scan->at = p;
		if (try_anchors(scan, hit))
			return REDACT_FOUND;
	}
	scan->at = scan->end;
	return REDACT_END;
}

/* Adds what is noticed by three bytes, in upper or lower case. */
static void
add_anchor(RedactIndex *index, const char *three, int kind, size_t what, size_t offset)
{
	uint32_t	trigram = trigram_at(three);
	uint16_t   *bucket = &index->bucket[bucket_of(trigram)];
	uint16_t	group = (uint16_t) (1 << (three[0] & ~0x20) % REDACT_GROUPS);

	if (index->n_anchors == REDACT_MAX_ANCHORS)
		return;
	index->anchor[index->n_anchors] = (RedactAnchor) {
		.trigram = trigram,.next = *bucket,.what = (uint16_t) what,
		.kind = (uint8_t) kind,.offset = (uint8_t) offset
	};
	*bucket = (uint16_t) ++index->n_anchors;
	for (int i = 0; i < 8; i++)
	{
		char		variant[3];

		for (int j = 0; j < 3; j++)
			variant[j] = (char) (i >> j & 1 ? three[j] | 0x20 : three[j] & ~0x20);
		index->first_two[two_at(variant)] |= group;
		index->last_two[two_at(variant + 1)] |= group;
	}
}

/*
 * Adds a format by the rarest three bytes of its prefix; where the prefix is
 * shorter, by it and each character that can follow.
 */
static void
add_format(RedactIndex *index, const KeyFormat *format, int kind, size_t what)
{
	size_t		len = format->site_charset != NULL ? strlen(format->prefix) :
		strcspn(format->prefix, "#? ");
	size_t		slash = strcspn(format->prefix, "/");

	/* from a slash on it may be spelled: \/, %2F */
	if (slash >= 3 && slash < len)
		len = slash;
	if (len >= 3)
	{
		size_t		at = rarest_three(format->prefix, len);

		add_anchor(index, format->prefix + at, kind, what, at);
		return;
	}
	for (int c = 1; len == 2 && c < 128; c++)
	{
		char		three[3] = {format->prefix[0], format->prefix[1], (char) c};

		if (in_charset((char) c, format->charset) && !in_charset((char) c, UPPER))
			add_anchor(index, three, kind, what, 0);
	}
}

/* Returns where in a string of at least three bytes the rarest three stand. */
static size_t
rarest_three(const char *string, size_t len)
{
	/* by frequency in English, and then what stands in code */
	static const char frequent[] = "zqjx_@$:-kvbywgpfmucdlhrsnioate/.,\" ";

	/* more frequent than their letters are */
	static const char *const avoided[] = {
		"com", "las", "bas", "asi", "abi", "abl", "cre", "ken", "mak", "app", "pen", "bac", "pro", "act", "cha", "cou", "hoo", "ook", "the", "ver", NULL
	};
	size_t		best = 0;
	size_t		least = SIZE_MAX;

	for (size_t at = 0; at + 3 <= len; at++)
	{
		size_t		sum = 0;

		for (size_t i = at; i < at + 3; i++)
		{
			char		c = in_charset(string[i], UPPER) ? string[i] | 0x20 : string[i];
			const char *found = strchr(frequent, c);

			sum += found ? (size_t) (found - frequent) * (found - frequent) : 100;
		}
		for (const char *const *three = avoided; *three; three++)
			if (strncasecmp(string + at, *three, 3) == 0)
				sum += AVOIDED;
		if (sum < least)
		{
			least = sum;
			best = at;
		}
	}
	return best;
}

/* Reads the two bytes at p. */
static inline uint16_t
two_at(const char *p)
{
	uint16_t	two;

	memcpy(&two, p, sizeof(two));
	return two;
}

/* Reads the three bytes at p, as if in lower case. */
static inline uint32_t
trigram_at(const char *p)
{
	return ((uint32_t) (unsigned char) p[0] << 16 | (uint32_t) (unsigned char) p[1] << 8 |
			(unsigned char) p[2]) | 0x202020;
}

/* Spreads three bytes over the buckets (Knuth's multiplication). */
static inline size_t
bucket_of(uint32_t trigram)
{
	return (trigram * 2654435769u >> 16) % REDACT_BUCKETS;
}

/* Tries all that is noticed by the three bytes at the place reached. */
static bool
try_anchors(RedactScan *scan, RedactHit *hit)
{
	const RedactIndex *index = scan->index;
	const char *here = scan->at;
	uint32_t	trigram = trigram_at(here);

	for (size_t i = index->bucket[bucket_of(trigram)]; i > 0;
		 i = index->anchor[i - 1].next)
	{
		const RedactAnchor *anchor = &index->anchor[i - 1];
		bool		found = false;

		if (anchor->trigram != trigram || here - scan->done < anchor->offset)
			continue;
		switch (anchor->kind)
		{
			case ANCHOR_FORMAT:
				found = try_format(scan, &key_formats[anchor->what], here - anchor->offset, hit);
				break;
			case ANCHOR_SITE_FORMAT:
				found = try_format(scan, &index->site_formats[anchor->what], here - anchor->offset, hit);
				break;
			case ANCHOR_WORD:
				found = context_find(scan, &context_words[anchor->what], here - anchor->offset, hit);
				break;
			case ANCHOR_ESCAPE:
				found = try_escape(scan, hit);
				break;
		}
		if (found)
		{
			scan->at = scan->done = scan->text + hit->end;
			return true;
		}
	}
	return false;
}

/* Tells whether a key of a format stands at p. */
static bool
try_format(RedactScan *scan, const KeyFormat *format, const char *p, RedactHit *hit)
{
	const char *kept_end;
	const char *key_end;

	if (!redact_at_word_start(scan->text, p))
		return false;
	key_end = key_format_match(format, p, scan->end, &kept_end);
	if (key_end == NULL || key_end - kept_end < REDACT_MASK_LEN ||
		(key_end < scan->end && *key_end == '#' && format->max > 0))
		return false;			/* xoxb-123-#### only shows the form */
	*hit = (RedactHit) {kept_end - scan->text, key_end - scan->text};
	return true;
}

/*
 * Tries the formats from the beginning of a word in which an escaped character
 * stands (sk\u002dproj\u002d…): their anchors are not in the text.
 */
static bool
try_escape(RedactScan *scan, RedactHit *hit)
{
	const char *p = scan->at;
	char		c;

	while (p > scan->done && p[-1] == '\\')
		p--;
	if (p == scan->at || escape_read(p, scan->end, &c) < 6 || !in_charset(c, HEADER))
		return false;
	while (p > scan->done && scan->at - p < MAX_PREFIX_BEFORE_ESCAPE &&
		   in_charset(p[-1], WORD_DASH | DOT) &&
		   !(redact_at_word_start(scan->text, p) && in_charset(p[-1], WORD)))
		p--;
	(void) read_char(p, scan->end, &c);
	for (size_t i = 0; i < key_format_count; i++)
		if (key_formats[i].in_text && key_formats[i].prefix[0] == c &&
			try_format(scan, &key_formats[i], p, hit))
			return true;
	for (size_t i = 0; i < scan->index->n_site_formats; i++)
		if (scan->index->site_formats[i].prefix[0] == c &&
			try_format(scan, &scan->index->site_formats[i], p, hit))
			return true;
	return false;
}
