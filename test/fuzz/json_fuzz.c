/*
 * json_fuzz.c
 *		libFuzzer's target for the JSON reader: what it accepts can be read to its
 *		end, member by member, and what it accepts is what a plain recursive reader
 *		of RFC 8259 accepts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/json_python.h"

static const char *reference(const char *p, const char *end, int depth);
static void read_as_python(Slice text);

/* Skips the characters of a set. */
static const char *
skip(const char *p, const char *end, const char *set)
{
	while (p < end && *p != '\0' && strchr(set, *p))
		p++;
	return p;
}

/* Reads a string by the letter of the grammar; NULL for none. */
static const char *
reference_string(const char *p, const char *end)
{
	if (p >= end || *p++ != '"')
		return NULL;
	for (; p < end && *p != '"'; p++)
	{
		if ((unsigned char) *p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		if (++p >= end || *p == '\0')
			return NULL;
		if (*p == 'u')
		{
			if (end - p < 5 || skip(p + 1, p + 5, "0123456789abcdefABCDEF") != p + 5)
				return NULL;
			p += 4;
		}
		else if (!strchr("\"\\/bfnrt", *p))
			return NULL;
	}
	return p < end ? p + 1 : NULL;
}

/* Reads a number by the letter of the grammar; NULL for none. */
static const char *
reference_number(const char *p, const char *end)
{
	static const char digits[] = "0123456789";
	const char *q;

	if (p < end && *p == '-')
		p++;
	q = skip(p, end, digits);
	if (q == p || (*p == '0' && q > p + 1))
		return NULL;
	p = q;
	if (p < end && *p == '.')
	{
		q = skip(p + 1, end, digits);
		if (q == p + 1)
			return NULL;
		p = q;
	}
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		q = skip(p, end, digits);
		if (q == p)
			return NULL;
		p = q;
	}
	return p;
}

/* Reads the members of an object or the elements of an array. */
static const char *
reference_members(const char *p, const char *end, int depth)
{
	char		close = *p == '{' ? '}' : ']';

	p = skip(p + 1, end, " \t\n\r");
	if (p < end && *p == close)
		return p + 1;
	for (;;)
	{
		if (close == '}')
		{
			p = reference_string(p, end);
			if (p == NULL)
				return NULL;
			p = skip(p, end, " \t\n\r");
			if (p >= end || *p++ != ':')
				return NULL;
			p = skip(p, end, " \t\n\r");
		}
		p = reference(p, end, depth + 1);
		if (p == NULL)
			return NULL;
		p = skip(p, end, " \t\n\r");
		if (p < end && *p == close)
			return p + 1;
		if (p >= end || *p++ != ',')
			return NULL;
		p = skip(p, end, " \t\n\r");
	}
}

/* Reads a value; returns what is behind it, NULL where there is none. */
static const char *
reference(const char *p, const char *end, int depth)
{
	static const char *const names[] = {"true", "false", "null"};

	if (p >= end || depth > JSON_MAX_DEPTH)
		return NULL;
	if (*p == '{' || *p == '[')
		return depth == JSON_MAX_DEPTH ? NULL : reference_members(p, end, depth);
	if (*p == '"')
		return reference_string(p, end);
	for (int i = 0; i < 3; i++)
	{
		size_t		len = strlen(names[i]);

		if ((size_t) (end - p) >= len && memcmp(p, names[i], len) == 0)
			return p + len;
	}
	return reference_number(p, end);
}

/* Goes through an accepted value; every member is a value again. */
static void
read_members(Slice value, int depth)
{
	JsonIterator members;
	Slice		name;
	Slice		member;

	if (json_kind(value) == JSON_KIND_STRING)
	{
		Slice		content = json_string_content(value);
		char	   *plain = malloc(content.len + 1);

		if (json_unescape(plain, content.data, content.len) > content.len)
			abort();
		free(plain);
	}
	if (json_kind(value) != JSON_KIND_OBJECT && json_kind(value) != JSON_KIND_ARRAY)
		return;
	for (json_iterate(&members, value); json_iterator_next(&members, &name, &member);)
	{
		if (json_check(member, &member) != JSON_OK)
			abort();
		if (depth < 3)
			read_members(member, depth + 1);
	}
}

/* Reads a text as Python's: no more is written than there is room for, and JSON stays what it is. */
static void
read_as_python(Slice text)
{
	char	   *json = malloc(JSON_OF_PYTHON_BYTES(text.len));
	bool		no_number = false;
	size_t		len = json_of_python(json, text, &no_number);
	Slice		value;

	if (len > JSON_OF_PYTHON_BYTES(text.len))
		abort();
	if (json_check(text, &value) == JSON_OK && (no_number || len != text.len || memcmp(json, text.data, len) != 0))
		abort();
	free(json);
}

/* Reads one input, and aborts where the reader and the reference disagree. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *copy = malloc(size ? size : 1);
	const char *end = copy + size;
	const char *start;
	const char *after;
	Slice		value;
	JsonStatus	status;

	memcpy(copy, data, size);
	(void) json_loose_end(copy, end, ']');
	(void) json_loose_end(copy, end, '}');
	read_as_python((Slice) {copy, size});
	/* what was not checked must not be gone through, but nobody reads outside of it */
	if (size >= 2)
	{
		JsonIterator members;
		Slice		name;

		for (json_iterate(&members, (Slice) {copy, size}); json_iterator_next(&members, &name, &value);)
			if (value.data < copy || value.len == 0 || value.data + value.len > end)
				abort();
	}
	start = skip(copy, end, " \t\n\r");
	after = reference(start, end, 0);
	status = json_check((Slice) {copy, size}, &value);
	if ((status == JSON_OK) != (after != NULL && skip(after, end, " \t\n\r") == end))
		abort();
	if (status == JSON_OK)
		read_members(value, 0);
	free(copy);
	return 0;
}
