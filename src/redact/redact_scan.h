/*
 * redact_scan.h
 *		A search for secrets in one text, and what it goes by.
 *
 * Knows nothing of PostgreSQL, so that it can be fuzzed and timed alone.
 */
#ifndef OGW_REDACT_SCAN_H
#define OGW_REDACT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "redact/charset.h"
#include "redact/key_format.h"

/* Formats that a site can add to the published ones. */
#define REDACT_MAX_SITE_FORMATS 200

/*
 * A secret in a text: [start, end) goes, a mask is put in its place.  A part of it that may
 * be shown stands before.
 */
typedef struct RedactHit
{
	size_t		start;
	size_t		end;
} RedactHit;

/*
 * Three bytes by which something is found, and what that is: a format, or a
 * word of redact_context.c.
 */
typedef struct RedactAnchor
{
	uint32_t	trigram;
	uint16_t	next;			/* in the same bucket, from 1; 0 is none */
	uint16_t	what;			/* of its kind */
	uint8_t		kind;
	uint8_t		offset;			/* of the three bytes in it */
} RedactAnchor;

#define REDACT_BUCKETS 1024
#define REDACT_MAX_ANCHORS 1024
#define REDACT_GROUPS 16

/*
 * All that is looked for; the members are redact.c's.  The anchors are dealt out
 * to groups by their first byte, a bit each: where three bytes stand of which the first
 * two and the last two both occur in an anchor of one group, there may be one.
 */
typedef struct RedactIndex
{
	const KeyFormat *site_formats;
	size_t		n_site_formats;
	size_t		n_anchors;
	uint16_t	bucket[REDACT_BUCKETS];
	RedactAnchor anchor[REDACT_MAX_ANCHORS];
	uint16_t	first_two[1 << 16];
	uint16_t	last_two[1 << 16];
} RedactIndex;

/* A search for secrets in one text; the members are redact.c's. */
typedef struct RedactScan
{
	const RedactIndex *index;
	const char *text;
	const char *end;
	const char *at;				/* where the search goes on */
	const char *done;			/* the end of the last hit: none begins before */
	const char *pem_end;		/* of the private key that is being masked */
	bool		between_strings;	/* the search is between two lines of it */
	const char *next_pem_mark;	/* -----END that was found last; end: no more */
	const char *quoted;			/* the secret in quotes that ends at done; NULL: none */
	size_t		quoted_shown;	/* bytes of it that may be shown */
	bool		in_list;		/* it stands in a list */
} RedactScan;

/* What a step of a search comes to. */
typedef enum RedactStep
{
	REDACT_END,
	REDACT_FOUND,
	REDACT_PAUSE				/* call again: only to let others in meanwhile */
} RedactStep;

/* After so many bytes, or places where something might stand, there is a pause. */
#define REDACT_BYTES_A_STEP 65536
#define REDACT_TRIES_A_STEP 256

/*
 * Tells whether a word can start at p: not inside one, but right behind an
 * escape (\n, \u000a, %20) it can.
 */
static inline bool
redact_at_word_start(const char *text, const char *p)
{
	if (p == text || !in_charset(p[-1], WORD))
		return true;
	if (p - text >= 2 && p[-2] == '\\' && strchr("nrtbf", p[-1]))
		return true;
	if (p - text >= 3 && p[-3] == '%' && in_charset(p[-2], HEX) && in_charset(p[-1], HEX))
		return true;
	return p - text >= 6 && p[-6] == '\\' && p[-5] == 'u';
}

#endif
