/*
 * charset.c
 *		Which class each byte belongs to.
 */
#include "redact/charset.h"

const uint16_t charset_of[256] = {
	['0' ... '9'] = DIGIT,
	['a' ... 'f'] = LOWER | HEX_LOWER,
	['g' ... 'z'] = LOWER,
	['A' ... 'F'] = UPPER | HEX_UPPER,
	['G' ... 'Z'] = UPPER,
	['-'] = DASH,
	['_'] = UNDERSCORE,
	['.'] = DOT,
	['+'] = BASE64_EXTRA,['/'] = BASE64_EXTRA,
	['='] = EQUALS,
	['~'] = HEADER_EXTRA,['@'] = HEADER_EXTRA,
	[' '] = BLANK,['\t'] = BLANK,
	[':'] = COLON,
	['!'] = PUNCTUATION,['#'] = PUNCTUATION,['$'] = PUNCTUATION,['%'] = PUNCTUATION,
	['^'] = PUNCTUATION,['&'] = PUNCTUATION,['*'] = PUNCTUATION,['?'] = PUNCTUATION,
	['|'] = PUNCTUATION,
	['('] = BRACKET,[')'] = BRACKET,['['] = BRACKET,[']'] = BRACKET,['{'] = BRACKET,
	['}'] = BRACKET,['<'] = BRACKET,['>'] = BRACKET,[','] = BRACKET,[';'] = BRACKET,
	['"'] = QUOTE,['\''] = QUOTE,['`'] = QUOTE,
};
