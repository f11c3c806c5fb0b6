/*
 * spelling.h
 *		What a place of a text can be read as: the byte that stands there, or the
 *		character that is spelled there with an escape of JSON, percent-encoding or
 *		an entity of HTML, whose own characters may be spelled so in turn.
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_SPELLING_H
#define OGW_SPELLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many layers of spelling are read through: three, in a string of JSON. */
#define SPELLING_DEPTH 4

/* A longer spelling of one character is not read. */
#define SPELLING_MAX_LEN 2000

/*
 * The most readings of one place.  A run of backslashes has the most: each from one
 * to sixteen of them can be one backslash.
 */
#define SPELLING_MAX_READINGS 40

/* One reading: bytes that are read, and how many bytes of the text spell them. */
typedef struct Reading
{
	char		bytes[4];
	uint16_t	n;
	uint16_t	len;
} Reading;

/*
 * A text in which spellings are read.  What a place can be read as takes a time that grows
 * with how its escapes lie in each other.  So all that is read of a text is counted: when
 * work_left is below 0, nothing is read any more but the bytes that stand there.
 */
typedef struct SpelledText
{
	const char *end;
	int64_t		work_left;
	int64_t		paused_at;		/* the work that was left when json_pause.h was asked last */
} SpelledText;

/*
 * The work for a text of so many bytes: some microseconds a byte.  Escapes of programs,
 * three deep, take a fraction of it.
 */
#define SPELLING_WORK(len) (INT64_C(1000000) + INT64_C(24) * (int64_t) (len))

/* Tells whether a spelling can begin with a byte. */
static inline bool
spelling_begins(char c)
{
	return c == '\\' || c == '%' || c == '&';
}

extern int spelling_read(SpelledText *text, const char *p, int depth, Reading *readings);
extern char spelling_short_escape(char c);

#endif
