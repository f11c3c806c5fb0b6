/*
 * charset.h
 *		Sets of characters, as bits of a byte's class.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_CHARSET_H
#define OGW_CHARSET_H

#include <stdbool.h>
#include <stdint.h>

enum
{
	DIGIT = 1 << 0,
	HEX_LOWER = 1 << 1,			/* a-f */
	HEX_UPPER = 1 << 2,			/* A-F */
	LOWER = 1 << 3,
	UPPER = 1 << 4,
	DASH = 1 << 5,
	UNDERSCORE = 1 << 6,
	DOT = 1 << 7,
	BASE64_EXTRA = 1 << 8,		/* + and / */
	EQUALS = 1 << 9,
	HEADER_EXTRA = 1 << 10,		/* ~ and @ */
	BLANK = 1 << 11,			/* space and tab */
	COLON = 1 << 12,
	PUNCTUATION = 1 << 13,		/* ! # $ % ^ & * ? | */
	BRACKET = 1 << 14,			/* ( ) [ ] { } < > , ; */
	QUOTE = 1 << 15,			/* " ' and ` */

	HEX = DIGIT | HEX_LOWER | HEX_UPPER,
	LOWER_HEX = DIGIT | HEX_LOWER,
	LOWER_ALNUM = DIGIT | LOWER,
	UPPER_ALNUM = DIGIT | UPPER,
	LETTER = LOWER | UPPER,
	ALNUM = DIGIT | LETTER,
	WORD = ALNUM | UNDERSCORE,
	WORD_DASH = WORD | DASH,
	ALNUM_DASH = ALNUM | DASH,
	TOKEN = WORD_DASH | DOT,
	BASE64 = ALNUM | BASE64_EXTRA | EQUALS,
	HEADER = TOKEN | BASE64_EXTRA | EQUALS | HEADER_EXTRA
};

/* The class bits of each byte; 0 for controls, the backslash and what is not ASCII. */
extern const uint16_t charset_of[256];

/* Tells whether a byte is of a set. */
static inline bool
in_charset(char c, uint16_t charset)
{
	return (charset_of[(unsigned char) c] & charset) != 0;
}

#endif
