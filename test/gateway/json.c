/*
 * json.c
 *		A strict JSON reader that only finds where a value ends, and turns a
 *		value into text.
 *
 * What it reads is zero-terminated and no zero byte is valid in JSON, so it
 * needs no bounds checks: it stops at the zero byte at the latest.
 */
#include <string.h>

#include "gateway.h"

/* Values that nest deeper than this count as malformed. */
#define MAX_DEPTH 1000

/* Skips white space. */
const char *
json_skip_space(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return p;
}

/* Skips at least one digit; NULL if there is none. */
static const char *
skip_digits(const char *p)
{
	if (*p < '0' || *p > '9')
		return NULL;
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Skips a number; NULL if it is malformed. */
static const char *
skip_number(const char *p)
{
	if (*p == '-')
		p++;
	p = *p == '0' ? p + 1 : skip_digits(p);
	if (p != NULL && *p == '.')
		p = skip_digits(p + 1);
	if (p != NULL && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (*p == '+' || *p == '-')
			p++;
		p = skip_digits(p);
	}
	return p;
}

/* Skips one character of two to four bytes; NULL if it is not valid UTF-8. */
static const char *
skip_utf8(const char *p)
{
	const unsigned char *u = (const unsigned char *) p;
	int			len;

	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		len = 2;
	else if (u[0] >= 0xe0 && u[0] <= 0xef)
		len = 3;
	else if (u[0] >= 0xf0 && u[0] <= 0xf4)
		len = 4;
	else
		return NULL;

	/* too long a form, a surrogate, or beyond U+10FFFF */
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
		(u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
		return NULL;
	for (int i = 1; i < len; i++)
	{
		if ((u[i] & 0xc0) != 0x80)
			return NULL;
	}
	return p + len;
}

/* Reads four hexadecimal digits; -1 if they are not. */
static int
hex4(const char *p)
{
	int			code = 0;

	for (int i = 0; i < 4; i++)
	{
		char		c = p[i];

		if (c >= '0' && c <= '9')
			code = code * 16 + c - '0';
		else if (c >= 'a' && c <= 'f')
			code = code * 16 + c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			code = code * 16 + c - 'A' + 10;
		else
			return -1;
	}
	return code;
}

/* Skips a string, its quotes included; NULL if it is malformed. */
const char *
json_skip_string(const char *p)
{
	if (*p != '"')
		return NULL;
	p++;
	for (;;)
	{
		unsigned char c = (unsigned char) *p;

		if (c == '"')
			return p + 1;
		else if (c < 0x20)
			return NULL;
		else if (c >= 0x80)
		{
			p = skip_utf8(p);
			if (p == NULL)
				return NULL;
		}
		else if (c != '\\')
			p++;
		else if (p[1] == 'u')
		{
			if (hex4(p + 2) < 0)
				return NULL;
			p += 6;
		}
		else if (p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL)
			p += 2;
		else
			return NULL;
	}
}

/* Skips an object or an array, whose end is close; NULL if malformed. */
static const char *
skip_nested(const char *p, char close, int depth)
{
	p = json_skip_space(p + 1);
	if (*p == close)
		return p + 1;
	for (;;)
	{
		if (close == '}')
		{
			p = json_skip_string(p);
			if (p == NULL)
				return NULL;
			p = json_skip_space(p);
			if (*p != ':')
				return NULL;
			p = json_skip_space(p + 1);
		}
		p = json_skip_value(p, depth);
		if (p == NULL)
			return NULL;
		p = json_skip_space(p);
		if (*p == close)
			return p + 1;
		if (*p != ',')
			return NULL;
		p = json_skip_space(p + 1);
	}
}

/* Skips any value; NULL if it is malformed. */
const char *
json_skip_value(const char *p, int depth)
{
	static const char *const words[] = {"true", "false", "null"};

	if (*p == '"')
		return json_skip_string(p);
	if (*p == '{' || *p == '[')
		return depth == MAX_DEPTH ? NULL :
			skip_nested(p, *p == '{' ? '}' : ']', depth + 1);
	for (int i = 0; i < 3; i++)
	{
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	}
	return skip_number(p);
}

/* Appends a character's UTF-8. */
static void
append_utf8(struct buffer *buf, int code)
{
	char		utf8[4];
	size_t		len = 0;

	if (code < 0x80)
		utf8[len++] = (char) code;
	else if (code < 0x800)
		utf8[len++] = (char) (0xc0 | code >> 6);
	else
	{
		if (code < 0x10000)
			utf8[len++] = (char) (0xe0 | code >> 12);
		else
		{
			utf8[len++] = (char) (0xf0 | code >> 18);
			utf8[len++] = (char) (0x80 | (code >> 12 & 0x3f));
		}
		utf8[len++] = (char) (0x80 | (code >> 6 & 0x3f));
	}
	if (code >= 0x80)
		utf8[len++] = (char) (0x80 | (code & 0x3f));
	buffer_append(buf, utf8, len);
}

/*
 * Appends the character that an escape stands for, and returns where the
 * escape ends. What text cannot hold, \u0000 and half a surrogate pair, is
 * kept as the escape.
 */
static const char *
append_escape(struct buffer *buf, const char *p)
{
	static const char letters[] = "bfnrt";
	static const char controls[] = "\b\f\n\r\t";
	const char *letter = strchr(letters, p[1]);
	int			code;

	if (p[1] != 'u')
	{
		buffer_append(buf, letter ? &controls[letter - letters] : p + 1, 1);
		return p + 2;
	}
	code = hex4(p + 2);
	if (code >= 0xd800 && code <= 0xdbff && p[6] == '\\' && p[7] == 'u')
	{
		int			low = hex4(p + 8);

		if (low >= 0xdc00 && low <= 0xdfff)
		{
			append_utf8(buf, 0x10000 + ((code - 0xd800) << 10) + low - 0xdc00);
			return p + 12;
		}
	}
	if (code == 0 || (code >= 0xd800 && code <= 0xdfff))
		buffer_append(buf, p, 6);
	else
		append_utf8(buf, code);
	return p + 6;
}

/* Appends a value as text: a string's characters, anything else as it is. */
void
json_append_text(struct buffer *buf, struct slice value)
{
	const char *p = value.start + 1;
	const char *end = value.start + value.len - 1;

	if (*value.start != '"')
	{
		buffer_append(buf, value.start, value.len);
		return;
	}
	do
	{
		const char *escape = memchr(p, '\\', (size_t) (end - p));

		buffer_append(buf, p, (size_t) ((escape ? escape : end) - p));
		p = escape ? append_escape(buf, escape) : end;
	} while (p < end);
}

