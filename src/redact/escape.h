/*
 * escape.h
 *		Reading a text character by character, through the escapes of JSON, and
 *		where it matters through percent-encoding and entities.
 *
 * A body is often JSON with JSON in its strings: a quote then stands there as
 * \" or \\\", a dash perhaps as \\u002d.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_ESCAPE_H
#define OGW_ESCAPE_H

#include <stddef.h>

/*
 * Each level of strings in strings doubles the backslashes and adds one.  The number is
 * even, so that what is read on from there does not begin inside an escape.
 */
#define ESCAPE_MAX_BACKSLASHES 32

extern size_t escape_read(const char *p, const char *end, char *c);
extern size_t read_spelled_char(const char *p, const char *end, char *c);
extern const char *skip_char(const char *p, const char *end);

/* Reads one character; see escape_read(), of which this is the quick part. */
static inline size_t
read_char(const char *p, const char *end, char *c)
{
	if (*p != '\\')
	{
		*c = *p;
		return 1;
	}
	return escape_read(p, end, c);
}

#endif
