/*
 * json_escape.c
 *		What one escape in a JSON string stands for (RFC 8259, section 7).
 */
#include "core/json_escape.h"

#include <string.h>

/* Reads \u and four hexadecimal digits; false where that does not stand at p. */
bool
json_read_unit(const char *p, const char *end, uint32_t *unit)
{
	int			value;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u' || (value = json_hex4(p + 2)) < 0)
		return false;
	*unit = (uint32_t) value;
	return true;
}

/*
 * Reads the escape at a backslash into at most four bytes of UTF-8, and returns its
 * length; 0 where it is none, and where it stands for what a text of PostgreSQL's
 * cannot hold: U+0000, or a surrogate without its partner.
 */
size_t
json_read_escape(const char *p, const char *end, char *out, size_t *out_len)
{
	const char *plain;
	uint32_t	c;
	uint32_t	low;
	size_t		len = 6;

	if (end - p < 2)
		return 0;
	plain = p[1] == '\0' ? NULL : strchr(JSON_SHORT_ESCAPES, p[1]);
	if (plain != NULL)
	{
		*out = JSON_SHORT_ESCAPED[plain - JSON_SHORT_ESCAPES];
		*out_len = 1;
		return 2;
	}
	if (!json_read_unit(p, end, &c) || c == 0)
		return 0;
	if (c >= FIRST_SURROGATE && c <= LAST_SURROGATE)
	{
		if (c >= FIRST_LOW_SURROGATE || !json_read_unit(p + 6, end, &low) ||
			low < FIRST_LOW_SURROGATE || low > LAST_SURROGATE)
			return 0;
		c = surrogates_join(c, low);
		len = 12;
	}
	*out_len = utf8_put(out, c);
	return len;
}

/* Writes a code point (not 0, no surrogate) as UTF-8; returns its length. */
size_t
utf8_put(char *out, uint32_t c)
{
	if (c < 0x80)
	{
		out[0] = (char) c;
		return 1;
	}
	if (c < 0x800)
	{
		out[0] = (char) (0xC0 | (c >> 6));
		out[1] = (char) (0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000)
	{
		out[0] = (char) (0xE0 | (c >> 12));
		out[1] = (char) (0x80 | ((c >> 6) & 0x3F));
		out[2] = (char) (0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | (c >> 18));
	out[1] = (char) (0x80 | ((c >> 12) & 0x3F));
	out[2] = (char) (0x80 | ((c >> 6) & 0x3F));
	out[3] = (char) (0x80 | (c & 0x3F));
	return 4;
}
