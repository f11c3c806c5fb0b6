/*
 * json_escape.h
 *		What one escape in a JSON string stands for (RFC 8259, section 7).
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_JSON_ESCAPE_H
#define OGW_JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The characters that may follow a backslash, besides u, and what each then is. */
#define JSON_SHORT_ESCAPES "\"\\/bfnrt"
#define JSON_SHORT_ESCAPED "\"\\/\b\f\n\r\t"

/* Returns the value of a hexadecimal digit, -1 for another character. */
static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads four hexadecimal digits, which are there to read; -1 where they are not. */
static inline int
json_hex4(const char *p)
{
	int			value = 0;

	for (int i = 0; i < 4; i++)
	{
		int			digit = hex_digit(p[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* The bounds of UTF-16's surrogates. */
#define FIRST_SURROGATE 0xD800
#define FIRST_LOW_SURROGATE 0xDC00
#define LAST_SURROGATE 0xDFFF

/* Returns the code point of a surrogate and its low partner. */
static inline uint32_t
surrogates_join(uint32_t high, uint32_t low)
{
	return 0x10000 + ((high - FIRST_SURROGATE) << 10) + (low - FIRST_LOW_SURROGATE);
}

extern size_t utf8_put(char *out, uint32_t c);
extern bool json_read_unit(const char *p, const char *end, uint32_t *unit);
extern size_t json_read_escape(const char *p, const char *end, char *out, size_t *out_len);

#endif
