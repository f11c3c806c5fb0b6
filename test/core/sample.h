/*
 * sample.h
 *		What the programs share that attack the scanner.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"

/* A site's own format. */
static const bool site_charset[256] = {['a' ... 'z'] = true,['0' ... '9'] = true};
static const KeyFormat site_format = {
	.prefix = "site_",.keep = 5,.in_text = true,.min = 10,.max = 40,.site_charset = site_charset
};

/* Copies a text to a piece of memory of its own, so that reading on is seen. */
static inline char *
exact(const char *text, size_t len)
{
	char	   *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

/* Tells whether a place is inside a character of UTF-8. */
static inline bool
inside_character(const char *text, size_t len, size_t at)
{
	return at > 0 && at < len && ((unsigned char) text[at] & 0xc0) == 0x80 &&
		(unsigned char) text[at - 1] >= 0x80;
}

/*
 * Puts a text with a mask instead of each secret into out, which holds twice the text
 * and a mask more. Returns how long that is, or SIZE_MAX where a hit goes back, is
 * empty, ends behind the text or cuts a character.
 */
static inline size_t
mask_hits(const RedactIndex *index, const char *text, size_t len, char *out)
{
	RedactScan	scan;
	RedactStep	step;
	RedactHit	hit;
	size_t		from = 0;
	size_t		out_len = 0;

	redact_scan(&scan, index, text, len);
	while ((step = redact_scan_next(&scan, &hit)) != REDACT_END)
	{
		if (step == REDACT_PAUSE)
			continue;
		if (hit.start < from || hit.end <= hit.start || hit.end > len ||
			inside_character(text, len, hit.start) || inside_character(text, len, hit.end))
			return SIZE_MAX;
		memcpy(out + out_len, text + from, hit.start - from);
		out_len += hit.start - from;
		memcpy(out + out_len, REDACT_MASK, REDACT_MASK_LEN);
		out_len += REDACT_MASK_LEN;
		from = hit.end;
	}
	memcpy(out + out_len, text + from, len - from);
	return out_len + len - from;
}

#endif
