/*
 * key_format.h
 *		The published key formats, and what of a key may be shown.
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_KEY_FORMAT_H
#define OGW_KEY_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/charset.h"

/* What stands for the part of a key that is not kept. */
#define REDACT_MASK "****"
#define REDACT_MASK_LEN 4

/*
 * A key of unknown form keeps a leading word of at most this many characters, of fewer
 * where it has digits, and only with at least so many hidden ones behind it.
 */
#define REDACT_UNKNOWN_WORD_MAX 12
#define REDACT_UNKNOWN_DIGITS_MAX 4
#define REDACT_UNKNOWN_HIDDEN_MIN 16

/*
 * A prefix and a run of characters of a set behind it.  In a published prefix
 * '#' stands for a digit, '?' for a character of the set, a space for a tab
 * too.  A site's own prefix is literal, and its set any of 256 characters.
 */
typedef struct KeyFormat
{
	const char *prefix;
	uint8_t		keep;			/* bytes of the prefix that may be shown */
	bool		in_text;		/* telling enough to be cut out of any text */
	uint16_t	charset;		/* of the run behind the prefix */
	uint16_t	min;			/* its length */
	uint16_t	max;			/* 0: no bound */
	const char *end;			/* of the run; NULL for any */
	const bool *site_charset;	/* instead of charset; NULL for a published one */
} KeyFormat;

extern const KeyFormat key_formats[];
extern const size_t key_format_count;

extern const char *key_format_match(const KeyFormat *format, const char *p,
									const char *end, const char **kept_end);
extern size_t redact_key_prefix(const char *key, size_t len);
extern bool redact_is_redacted(const char *key, size_t len);

#endif
