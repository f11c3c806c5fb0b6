/*
 * json_python.c
 *		JSON as Python's programs write it: with NaN, Infinity, None, True and False.
 *
 * json.dumps() writes the first two by default, and what prints a dict the others.
 */
#include "core/json_python.h"

#include <string.h>

#include "core/json_iterator.h"
#include "core/json_pause.h"

static const struct
{
	const char *word;
	const char *json;
	bool		no_number;		/* it stands for a number that JSON does not have */
}			words[] = {
	{"NaN", "null", true},
	{"nan", "null", true},
	{"-Infinity", "null", true},
	{"Infinity", "null", true},
	{"-inf", "null", true},
	{"inf", "null", true},
	{"None", "null", false},
	{"True", "true", false},
	{"False", "false", false},
	{"undefined", "null", false},
};

static bool is_letter(char c);

/*
 * Writes text to dst, which has room for JSON_OF_PYTHON_BYTES(), with Python's words outside
 * of strings as JSON's, and returns the bytes written.  *no_number is set where one stood for
 * a number.  Whether the result is JSON is json_check()'s to say.
 */
size_t
json_of_python(char *dst, Slice text, bool *no_number)
{
	const char *p = text.data;
	const char *end = p + text.len;
	const char *paused_at = p;
	char	   *out = dst;

	while (p < end)
	{
		size_t		n = sizeof(words) / sizeof(words[0]);
		size_t		i = is_letter(*p) || *p == '-' ? 0 : n;

		json_pause(&paused_at, p);
		if (*p == '"')
		{
			const char *after = json_string_end(p, end);

			if (after == NULL)
				after = end;
			memcpy(out, p, after - p);
			out += after - p;
			p = after;
			continue;
		}
		for (; i < n; i++)
		{
			size_t		len = strlen(words[i].word);

			if ((size_t) (end - p) >= len && memcmp(p, words[i].word, len) == 0 &&
				(p == text.data || !is_letter(p[-1])) &&
				((size_t) (end - p) == len || !is_letter(p[len])))
				break;
		}
		if (i == n)
			*out++ = *p++;
		else
		{
			memcpy(out, words[i].json, strlen(words[i].json));
			out += strlen(words[i].json);
			p += strlen(words[i].word);
			*no_number |= words[i].no_number;
		}
	}
	return out - dst;
}

/* Tells whether a byte can be a part of a word. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
