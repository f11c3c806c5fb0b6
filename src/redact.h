/*
 * redact.h
 *		What of a key may be shown, and where keys stand in a text.
 *
 * Knows nothing of PostgreSQL, so that it can be fuzzed and timed alone.
 */
#ifndef OGW_REDACT_H
#define OGW_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for the part of a key that is not kept. */
#define REDACT_MASK "****"
#define REDACT_MASK_LEN 4

/*
 * A key of unknown form keeps a leading word of at most this many characters,
 * and only with at least so many hidden ones behind it.
 */
#define REDACT_UNKNOWN_WORD_MAX 12
#define REDACT_UNKNOWN_HIDDEN_MIN 16

/*
 * An entry's own key is cut out of its other fields when it has at least this
 * many bytes: "a" as a key would else punch holes into every text.
 */
#define REDACT_OWN_KEY_MIN 8
#define REDACT_OWN_KEY_MAX 4096

/* A secret in a text: [start, end) goes, a mask is put in its place. */
typedef struct RedactHit
{
	size_t		start;
	size_t		end;
} RedactHit;

/* A search for one key in one text; the members are redact.c's. */
typedef struct RedactKeySearch
{
	const char *text;
	size_t		len;
	const char *key;
	size_t		key_len;
	size_t		keep;			/* of the key's bytes, shown */
	size_t		at;				/* where the search goes on */
	size_t		plain;			/* where the key stands next as it is */
	bool		escaped;		/* the text may hold the key escaped */
	size_t		matched;		/* characters of the key, up to here */
	size_t		n_starts;
	uint16_t	fallback[REDACT_OWN_KEY_MAX];
	size_t		starts[REDACT_OWN_KEY_MAX];
} RedactKeySearch;

extern size_t redact_key_prefix(const char *key, size_t len);
extern bool redact_is_redacted(const char *key, size_t len);
extern bool redact_find(const char *text, size_t len, size_t from,
						RedactHit *hit);
extern void redact_key_search(RedactKeySearch *search, const char *text, size_t len,
							  const char *key, size_t key_len);
extern bool redact_key_next(RedactKeySearch *search, RedactHit *hit);

#endif
