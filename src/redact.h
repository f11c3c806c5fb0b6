/*
 * redact.h
 *		What of a key may be shown, and where secrets stand in a text.
 *
 * Knows nothing of PostgreSQL, so that it can be fuzzed and timed alone.
 */
#ifndef OGW_REDACT_H
#define OGW_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key_format.h"

/* What stands for the part of a key that is not kept. */
#define REDACT_MASK "****"
#define REDACT_MASK_LEN 4

/*
 * A key of unknown form keeps a leading word of at most this many characters,
 * and only with at least so many hidden ones behind it.
 */
#define REDACT_UNKNOWN_WORD_MAX 12
#define REDACT_UNKNOWN_HIDDEN_MIN 16

/* Formats that a site can add to the published ones. */
#define REDACT_MAX_SITE_FORMATS 200

/* A secret in a text: [start, end) goes, a mask is put in its place. */
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
 * to groups, a bit each: where three bytes stand of which the first two
 * and the last two both occur in an anchor of one group, there may be one.
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

/* redact.c */
extern void redact_index_build(RedactIndex *index, const KeyFormat *site_formats, size_t n);
extern void redact_scan(RedactScan *scan, const RedactIndex *index,
						const char *text, size_t len);
extern RedactStep redact_scan_next(RedactScan *scan, RedactHit *hit);
extern bool redact_at_word_start(const char *text, const char *p);

/* key_format.c */
extern size_t redact_key_prefix(const char *key, size_t len);
extern bool redact_is_redacted(const char *key, size_t len);

#endif
