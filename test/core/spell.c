/*
 * spell.c
 *		Encoders and decoders of the test's own, which share nothing with what it tests.
 */
#include "spell.h"

#include <stdio.h>
#include <string.h>

#include "properties.h"

/* Adds bytes to a text. */
void
put(Text *text, const char *data, size_t len)
{
	if (text->len + len > MAX_SPELLED)
		fail("a text too long for the test", data, len);
	memcpy(text->data + text->len, data, len);
	text->len += len;
}

/* Adds a string to a text. */
void
put_string(Text *text, const char *string)
{
	put(text, string, strlen(string));
}

/* Returns the code point at p, and how many bytes of UTF-8 it has. */
static uint32_t
code_point(const char *p, size_t *len)
{
	unsigned char c = (unsigned char) *p;
	uint32_t	value;

	*len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	value = *len == 1 ? c : c & (0xff >> (*len + 1));
	for (size_t i = 1; i < *len; i++)
		value = value << 6 | ((unsigned char) p[i] & 0x3f);
	return value;
}

/* Adds a code point as an escape of JSON, or as two where it is beyond 16 bits. */
static void
put_unit(Text *to, uint32_t c)
{
	char		out[32];
	bool		upper = below(2);

	if (c >= 0x10000)
	{
		sprintf(out, upper ? "\\u%04X" : "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
		put_string(to, out);
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	sprintf(out, upper ? "\\u%04X" : "\\u%04x", c);
	put_string(to, out);
}

/* Encodes a character as JSON does, where it must or where a dice says so. */
static void
encode_json(Text *to, const char *p, size_t len, uint32_t c, bool chosen)
{
	static const char plain[] = "\"\\/\b\f\n\r\t";
	static const char escaped[] = "\"\\/bfnrt";
	const char *found = c < 0x80 ? strchr(plain, (int) c) : NULL;
	char		out[2] = {'\\'};

	if (!chosen && c >= 0x20 && c != '"' && c != '\\')
		put(to, p, len);
	else if (found != NULL && below(3) > 0)
	{
		out[1] = escaped[found - plain];
		put(to, out, 2);
	}
	else
		put_unit(to, c);
}

/* Encodes a character as in a URL. */
static void
encode_percent(Text *to, const char *p, size_t len, bool chosen)
{
	char		out[4];

	for (size_t i = 0; i < len; i++)
	{
		if (!chosen && *p != '%')
			put(to, p + i, 1);
		else
		{
			sprintf(out, below(2) ? "%%%02X" : "%%%02x", (unsigned char) p[i]);
			put(to, out, 3);
		}
	}
}

/* Encodes a character as an entity of HTML. */
static void
encode_entity(Text *to, const char *p, size_t len, uint32_t c, bool chosen)
{
	static const char *const names[] = {"&&amp;", "<&lt;", ">&gt;", "\"&quot;", "'&apos;", "/&sol;", "+&plus;", "=&equals;"};
	static const char *const numbers[] = {"&#%u;", "&#x%x;", "&#x%X;", "&#X%x;", "&#0%u;", "&#x00%x;"};
	char		out[32];

	if (!chosen && c != '&')
	{
		put(to, p, len);
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((unsigned char) names[i][0] == c && below(2))
		{
			put_string(to, names[i] + 1);
			return;
		}
	sprintf(out, numbers[below(sizeof(numbers) / sizeof(numbers[0]))], c);
	put_string(to, out);
}

/* Encodes a text in one layer: one character in so many, and what must be. */
void
encode(Text *to, const Text *from, Layer layer, unsigned one_in)
{
	size_t		len;

	to->len = 0;
	for (size_t i = 0; i < from->len; i += len)
	{
		const char *p = from->data + i;
		uint32_t	c = code_point(p, &len);
		bool		chosen = below(one_in) == 0;

		if (layer == LAYER_JSON)
			encode_json(to, p, len, c, chosen);
		else if (layer == LAYER_PERCENT)
			encode_percent(to, p, len, chosen);
		else
			encode_entity(to, p, len, c, chosen);
	}
}

/* Adds a code point as UTF-8. */
static void
put_code_point(Text *to, uint32_t c)
{
	char		out[4];
	size_t		len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = len; i-- > 1; c >>= 6)
		out[i] = (char) (0x80 | (c & 0x3f));
	out[0] = (char) (len == 1 ? c : (0xf00 >> len & 0xff) | c);
	put(to, out, len);
}

/* Decodes the escape of JSON at p; returns its length, 0 for none. */
static size_t
decode_json(Text *to, const char *p, const char *end)
{
	static const char escaped[] = "\"\\/bfnrt";
	static const char plain[] = "\"\\/\b\f\n\r\t";
	unsigned	c;
	unsigned	low;
	int			n = 0;
	char		unit[13] = "";
	const char *found;

	if (*p != '\\' || end - p < 2)
		return 0;
	if ((found = strchr(escaped, p[1])) != NULL && p[1] != '\0')
	{
		put(to, plain + (found - escaped), 1);
		return 2;
	}
	memcpy(unit, p, end - p < 12 ? (size_t) (end - p) : 12);
	if (sscanf(unit, "\\u%4x%n", &c, &n) != 1 || n != 6)
		return 0;
	if (c >= 0xd800 && c < 0xdc00)
	{
		if (sscanf(unit + 6, "\\u%4x%n", &low, &n) != 1 || n != 6 || low < 0xdc00 || low > 0xdfff)
			return 0;
		put_code_point(to, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
		return 12;
	}
	put_code_point(to, c);
	return 6;
}

/* Decodes the two digits behind a percent sign at p; returns the length, 0 for none. */
static size_t
decode_percent(Text *to, const char *p, const char *end)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *high;
	const char *low;
	char		c;

	if (*p != '%' || end - p < 3 || p[1] == '\0' || p[2] == '\0' ||
		(high = strchr(digits, p[1])) == NULL || (low = strchr(digits, p[2])) == NULL)
		return 0;
	c = (char) ((high - digits) % 16 * 16 + (low - digits) % 16);
	put(to, &c, 1);
	return 3;
}

/* Decodes the entity at p; returns its length, 0 for none. */
static size_t
decode_entity(Text *to, const char *p, const char *end)
{
	static const char *const names[] = {"&&amp;", "<&lt;", ">&gt;", "\"&quot;", "'&apos;", "/&sol;", "+&plus;", "=&equals;"};
	char		entity[16] = "";
	unsigned	c;
	int			n = 0;

	if (*p != '&')
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((size_t) (end - p) >= strlen(names[i]) - 1 && memcmp(p, names[i] + 1, strlen(names[i]) - 1) == 0)
		{
			put(to, names[i], 1);
			return strlen(names[i]) - 1;
		}
	memcpy(entity, p, end - p < 15 ? (size_t) (end - p) : 15);
	if ((sscanf(entity, "&#%8u;%n", &c, &n) != 1 || n == 0) && (sscanf(entity, "&#%*1[xX]%8x;%n", &c, &n) != 1 || n == 0))
		return 0;
	if (c == 0 || c > 0x10ffff)
		return 0;
	put_code_point(to, c);
	return (size_t) n;
}

/* Decodes a text in one layer; tells whether anything was encoded. */
bool
decode(Text *to, const Text *from, Layer layer)
{
	const char *end = from->data + from->len;
	bool		any = false;
	size_t		len;

	to->len = 0;
	for (const char *p = from->data; p < end; p += len)
	{
		len = layer == LAYER_JSON ? decode_json(to, p, end) :
			layer == LAYER_PERCENT ? decode_percent(to, p, end) : decode_entity(to, p, end);
		any |= len > 0;
		if (len == 0)
			put(to, p, len = 1);
	}
	return any;
}

/* Adds the base64 of some bytes. */
void
put_base64(Text *to, const char *data, size_t len, bool url, bool padded)
{
	static const char std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char for_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *alphabet = url ? for_url : std;

	for (size_t i = 0; i < len; i += 3)
	{
		size_t		n = len - i < 3 ? len - i : 3;
		uint32_t	three = 0;

		for (size_t j = 0; j < 3; j++)
			three = three << 8 | (j < n ? (unsigned char) data[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			if (j <= n)
				put(to, &alphabet[three >> (18 - 6 * j) & 63], 1);
			else if (padded)
				put_string(to, "=");
	}
}

/* Tells whether some bytes stand in the base64 of a text, wherever that begins. */
bool
in_base64(const Text *text, const char *data, size_t len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
	static Text plain;

	for (int offset = 0; offset < 4; offset++)
	{
		uint32_t	bits = 0;
		int			n = 0;
		size_t		at = 0;

		plain.len = 0;
		for (size_t i = 0; i < text->len; i++)
		{
			const char *found = text->data[i] ? strchr(alphabet, text->data[i]) : NULL;
			size_t		digit = found ? (size_t) (found - alphabet) : 0;
			char		c;

			if (!found)
			{
				at = 0;
				n = 0;
				put(&plain, "\0", 1);
				continue;
			}
			if (at++ < (size_t) offset)
				continue;
			bits = bits << 6 | (uint32_t) (digit < 64 ? digit : digit - 2);
			n += 6;
			if (n >= 8)
			{
				n -= 8;
				c = (char) (bits >> n);
				put(&plain, &c, 1);
			}
		}
		if (memmem(plain.data, plain.len, data, len) != NULL)
			return true;
	}
	return false;
}
