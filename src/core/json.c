/*
 * json.c
 *		Checks JSON text without recursion, goes through it without copying.
 *
 * The grammar is RFC 8259's.  Every function takes the end of the text and
 * reads nothing at or behind it.
 */
#include "core/json.h"

#include <stdint.h>
#include <string.h>

#include "core/json_escape.h"

/* The bytes of \u and four digits. */
#define UNIT_LEN 6

static const char *scan_string(const char *p, const char *end);
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

#define TOP_IS_OBJECT() \
	((is_object[(depth - 1) / 64] >> ((depth - 1) % 64)) & 1)

	for (;;)
	{
		/* here a value must begin */
		if (p >= end)
			return JSON_INVALID;
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
 * Returns where the array element that starts at p ends: at the comma or the
 * bracket behind it, or NULL where the text stops before.
 *
 * This looks at strings and brackets alone, so that one element that is not
 * JSON can be set aside without losing its neighbours.
 */
const char *
json_element_end(const char *p, const char *end)
{
	size_t		depth = 0;

	for (; p < end; p++)
	{
		switch (*p)
		{
			case '"':
				for (p++; p < end && *p != '"'; p++)
				{
					if (*p == '\\')
						p++;
				}
				if (p >= end)
					return NULL;
				break;
			case '{':
			case '[':
				depth++;
				break;
			case '}':
				if (depth > 0)
					depth--;
				break;
			case ']':
				if (depth == 0)
					return p;
				depth--;
				break;
			case ',':
				if (depth == 0)
					return p;
				break;
		}
	}
	return NULL;
}

/* Begins to go through the members or elements of a checked object or array. */
void
json_iterate(JsonIterator *iterator, Slice value)
{
	iterator->p = value.data + 1;
	iterator->end = value.data + value.len - 1;
	iterator->in_object = (value.data[0] == '{');
}

/*
 * Gives the next value and, in an object, its name as it is written
 * between the quotes; returns false behind the last one.
 */
bool
json_iterator_next(JsonIterator *iterator, Slice *name, Slice *value)
{
	const char *p = json_skip_space(iterator->p, iterator->end);
	const char *after;

	if (p < iterator->end && *p == ',')
		p = json_skip_space(p + 1, iterator->end);
	if (p >= iterator->end)
		return false;
	*name = (Slice) {NULL, 0};
	if (iterator->in_object)
	{
		after = scan_string(p, iterator->end);
		if (after == NULL)
			return false;
		*name = (Slice) {p + 1, after - p - 2};
		p = json_skip_space(after, iterator->end);	/* at the colon */
		p = json_skip_space(p + 1, iterator->end);
	}
	if (json_check_value(p, iterator->end, &after) != JSON_OK)
		return false;
	*value = (Slice) {p, after - p};
	iterator->p = after;
	return true;
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
	/* bytes that may follow a backslash, besides u */
	static const bool is_escaped[256] = {
		['"'] = true, ['\\'] = true, ['/'] = true, ['b'] = true,
		['f'] = true, ['n'] = true, ['r'] = true, ['t'] = true
	};

	for (p++; p < end; p++)
	{
		if (*p == '"')
			return p + 1;
		if ((unsigned char) *p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		if (++p >= end)
			return NULL;
		if (*p == 'u')
		{
			if (end - p < 5 || json_hex4(p + 1) < 0)
				return NULL;
			p += 4;
		}
		else if (!is_escaped[(unsigned char) *p])
			return NULL;
	}
	return NULL;
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
