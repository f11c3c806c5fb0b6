/*
 * redact_own.h
 *		Finding one known key in a text.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_REDACT_OWN_H
#define OGW_REDACT_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/redact_scan.h"

/*
 * An entry's own key is cut out of its other fields when it has at least this
 * many bytes: "a" as a key would else punch holes into every text.
 */
#define REDACT_OWN_KEY_MIN 8
#define REDACT_OWN_KEY_MAX 4096

/* A search for one key in one text; the members are redact_own.c's. */
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

extern void redact_key_search(RedactKeySearch *search, const char *text, size_t len,
							  const char *key, size_t key_len);
extern bool redact_key_next(RedactKeySearch *search, RedactHit *hit);

#endif
