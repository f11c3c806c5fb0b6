/*
 * json.c
 *		Checks JSON text without recursion.
 *
 * The grammar is RFC 8259's.  Every function takes the end of the text and
 * reads nothing at or behind it.
 */
#include "core/json.h"

#include <stdint.h>
#include <string.h>

#include "core/json_escape.h"
#include "core/json_pause.h"

/* The bytes of \u and four digits. */
#define UNIT_LEN 6

static const char *scan_string(const char *p, const char *end);
static const char *scan_escape(const char *p, const char *end);
static const char *scan_number(const char *p, const char *end);
static const char *scan_scalar(const char *p, const char *end);

/* Returns the first byte at or behind p that is no JSON white space. */
const char *
json_skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/*
 * Checks the one value that starts at p (no white space before it) and sets
 * *after to the byte behind it.
 *
 * The stack is one bit a level: set for an object, clear for an array.
 */
JsonStatus
json_check_value(const char *p, const char *end, const char **after)
{
	uint64_t	is_object[JSON_MAX_DEPTH / 64];
	int			depth = 0;
	const char *paused_at = p;

#define TOP_IS_OBJECT() \
	((is_object[(depth - 1) / 64] >> ((depth - 1) % 64)) & 1)

	for (;;)
	{
		/* here a value must begin */
		if (p >= end)
			return JSON_INVALID;
		json_pause(&paused_at, p);
		if (*p == '{' || *p == '[')
		{
			bool		object = (*p == '{');

			if (depth == JSON_MAX_DEPTH)
				return JSON_TOO_DEEP;
			if (object)
				is_object[depth / 64] |= UINT64_C(1) << (depth % 64);
			else
				is_object[depth / 64] &= ~(UINT64_C(1) << (depth % 64));
			depth++;
			p = json_skip_space(p + 1, end);
			if (p < end && *p == (object ? '}' : ']'))
			{
				p++;
				depth--;
			}
			else
			{
				if (object)
					goto member;
				continue;
			}
		}
		else if ((p = scan_scalar(p, end)) == NULL)
			return JSON_INVALID;

		/* here a value has ended: close levels, or go to the next value */
		for (;;)
		{
			if (depth == 0)
			{
				*after = p;
				return JSON_OK;
			}
			p = json_skip_space(p, end);
			if (p >= end)
				return JSON_INVALID;
			if (*p == ',')
			{
				p = json_skip_space(p + 1, end);
				break;
			}
			if (*p != (TOP_IS_OBJECT() ? '}' : ']'))
				return JSON_INVALID;
			p++;
			depth--;
		}
		if (!TOP_IS_OBJECT())
			continue;

member:
		if (p >= end || *p != '"' || (p = scan_string(p, end)) == NULL)
			return JSON_INVALID;
		p = json_skip_space(p, end);
		if (p >= end || *p != ':')
			return JSON_INVALID;
		p = json_skip_space(p + 1, end);
	}
#undef TOP_IS_OBJECT
}

/*
 * Checks that text is exactly one value, with white space round it at the
 * most, and sets *value to that value.
 */
JsonStatus
json_check(Slice text, Slice *value)
{
	const char *end = text.data + text.len;
	const char *p = json_skip_space(text.data, end);
	const char *after;
	JsonStatus	status = json_check_value(p, end, &after);

	if (status != JSON_OK)
		return status;
	if (json_skip_space(after, end) != end)
		return JSON_INVALID;
	value->data = p;
	value->len = after - p;
	return JSON_OK;
}

/* Tells the kind of a checked value by its first byte. */
JsonKind
json_kind(Slice value)
{
	switch (value.data[0])
	{
		case '{':
			return JSON_KIND_OBJECT;
		case '[':
			return JSON_KIND_ARRAY;
		case '"':
			return JSON_KIND_STRING;
		case 'n':
			return JSON_KIND_NULL;
		case 't':
		case 'f':
			return JSON_KIND_BOOL;
		default:
			return JSON_KIND_NUMBER;
	}
}

/* Returns what stands between the quotes of a checked string, still escaped. */
Slice
json_string_content(Slice value)
{
	return (Slice) {value.data + 1, value.len - 2};
}

/*
 * Writes what the content of a checked string denotes to dst, which has room for len
 * bytes, and returns the number of bytes written; it never grows.
 *
 * U+0000, which PostgreSQL's text cannot hold, and a surrogate without its
 * partner, which UTF-8 cannot, stay the six characters of their escape.
 */
size_t
json_unescape(char *dst, const char *src, size_t len)
{
	const char *end = src + len;
	const char *paused_at = src;
	char	   *out = dst;

	while (src < end)
	{
		const char *escape = memchr(src, '\\', end - src);
		size_t		plain = (escape ? escape : end) - src;
		size_t		read;
		size_t		written;

		/* what is written never comes beyond what is read */
		memmove(out, src, plain);
		out += plain;
		src += plain;
		if (src == end)
			break;
		json_pause(&paused_at, src);
		read = json_read_escape(src, end, out, &written);
		if (read == 0)
		{
			read = written = UNIT_LEN;
			memmove(out, src, UNIT_LEN);
		}
		out += written;
		src += read;
	}
	return out - dst;
}

/* Returns the byte behind the string that starts at p, or NULL. */
static const char *
scan_string(const char *p, const char *end)
{
	const char *paused_at = p;

	for (p++; p < end;)
	{
		const char *stop = end - p > JSON_PAUSE_BYTES ? p + JSON_PAUSE_BYTES : end;

		while (p < stop && (unsigned char) *p >= 0x20 && *p != '"' && *p != '\\')
			p++;
		json_pause(&paused_at, p);
		if (p == stop)
			continue;
		if (*p == '"')
			return p + 1;
		if (*p != '\\' || (p = scan_escape(p, end)) == NULL)
			return NULL;
	}
	return NULL;
}

/* Returns the byte behind the escape whose backslash is at p, or NULL. */
static const char *
scan_escape(const char *p, const char *end)
{
	if (++p >= end)
		return NULL;
	if (*p != 'u')
		return *p != '\0' && strchr(JSON_SHORT_ESCAPES, *p) != NULL ? p + 1 : NULL;
	if (end - p < 5 || json_hex4(p + 1) < 0)
		return NULL;
	return p + 5;
}

/* Returns the byte behind the number that starts at p, or NULL. */
static const char *
scan_number(const char *p, const char *end)
{
#define DIGIT(p) ((p) < end && *(p) >= '0' && *(p) <= '9')
	if (p < end && *p == '-')
		p++;
	if (!DIGIT(p))
		return NULL;
	if (*p == '0')
		p++;
	else
		while (DIGIT(p))
			p++;
	if (p < end && *p == '.')
	{
		p++;
		if (!DIGIT(p))
			return NULL;
		while (DIGIT(p))
			p++;
	}
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (!DIGIT(p))
			return NULL;
		while (DIGIT(p))
			p++;
	}
	return p;
#undef DIGIT
}

/* Returns the byte behind the string, number or word that starts at p, or NULL. */
static const char *
scan_scalar(const char *p, const char *end)
{
	static const char *const words[] = {"true", "false", "null"};

	if (*p == '"')
		return scan_string(p, end);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		size_t		n = strlen(words[i]);

		if ((size_t) (end - p) >= n && memcmp(p, words[i], n) == 0)
			return p + n;
	}
	return scan_number(p, end);
}
