/*
 * redact_own.h
 *		Finding an entry's own key in a text.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_REDACT_OWN_H
#define OGW_REDACT_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/own_key.h"
#include "redact/own_spelled.h"
#include "redact/redact_scan.h"
#include "redact/spelling.h"

/* The bytes with which a spelling can begin: of JSON, percent-encoding, HTML. */
#define OWN_KEY_LEADS 3

/* A search for one key in one text; the members are redact_own.c's. */
typedef struct RedactKeySearch
{
	OwnKey	   *own;
	const char *text;
	size_t		len;
	OwnKeyAllocate allocate;
	KeyMachine *machine;		/* NULL: not needed yet */
	SpelledText spelled_text;
	size_t		done;			/* the end of the last hit */
	size_t		plain_at;		/* where the search for what stands as it is goes on, */
	RedactHit	plain;			/* and what it found; at len: no more */
	size_t		spelled_at;		/* the same of what is spelled */
	RedactHit	spelled;
	size_t		lead[OWN_KEY_LEADS];	/* where each stands next */
	size_t		covered[OWN_KEY_MAX_PATTERNS];	/* how far the machine went */
} RedactKeySearch;

/*
 * Tells whether spellings lie in each other in a way that nobody reads in a sensible time:
 * the last hit is then all of the text behind the one before.
 */
static inline bool
redact_key_gave_up(const RedactKeySearch *search)
{
	return search->spelled_text.work_left < 0;
}

extern void redact_key_search(RedactKeySearch *search, OwnKey *own,
							  const char *text, size_t len, OwnKeyAllocate allocate);
extern bool redact_key_next(RedactKeySearch *search, RedactHit *hit);

#endif
