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

/* A secret in a text: [start, end) goes, a mask is put in its place. */
typedef struct RedactHit
{
	size_t		start;
	size_t		end;
} RedactHit;

extern size_t redact_key_prefix(const char *key, size_t len);
extern bool redact_is_redacted(const char *key, size_t len);
extern bool redact_find(const char *text, size_t len, size_t from,
						RedactHit *hit);
extern bool redact_find_key(const char *text, size_t len, size_t from,
							const char *key, size_t key_len, RedactHit *hit);

#endif
