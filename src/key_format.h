/*
 * key_format.h
 *		The published key formats.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_KEY_FORMAT_H
#define OGW_KEY_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct KeyFormat
{
	const char *prefix;			/* '#', '?' and ' ' are classes */
	uint8_t		keep;			/* bytes of the prefix that are published */
	bool		in_text;		/* telling enough to be cut out of any text */
	uint16_t	charset;		/* of the run behind the prefix */
	uint16_t	min;			/* its length */
	uint16_t	max;			/* 0: no bound */
} KeyFormat;

extern const KeyFormat *key_format_match(const char *p, const char *end,
										 bool text_only, const char **run_end);
extern bool key_format_begins(unsigned char c);
extern bool key_format_is_word(unsigned char c);

#endif
