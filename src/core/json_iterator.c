/*
 * json_iterator.c
 *		Goes through JSON text without copying, by its quotes and brackets alone.
 */
#include "core/json_iterator.h"

#include <string.h>

#include "core/json.h"
#include "core/json_pause.h"

static const char *skip_value(const char *p, const char *end);

/*
 * Returns where the element or member that starts at p ends: at the comma behind it, or the
 * bracket that closes the array or the object (']' or '}'); NULL where the text stops before.
 *
 * This looks at strings and brackets alone, so that one that is not JSON can be set aside
 * without losing its neighbours.
 */
const char *
json_loose_end(const char *p, const char *end, char closes)
{
	size_t		depth = 0;
	const char *paused_at = p;

	for (; p < end; p++)
	{
		switch (*p)
		{
			case '"':
				p = json_string_end(p, end);
				if (p == NULL)
					return NULL;
				json_pause(&paused_at, p--);
				break;
			case '{':
			case '[':
				depth++;
				break;
			case '}':
			case ']':
				if (depth > 0)
					depth--;
				else if (*p == closes)
					return p;
				break;
			case ',':
				if (depth == 0)
					return p;
				json_pause(&paused_at, p);
				break;
		}
	}
	return NULL;
}

/*
 * Returns the byte behind the object or array that starts at p, NULL where it does not end.
 * It looks at strings and brackets alone, and takes one bracket for the other.
 */
const char *
json_bracketed_end(const char *p, const char *end)
{
	return p < end && (*p == '{' || *p == '[') ? skip_value(p, end) : NULL;
}

/* Begins to go through the members or elements of a checked object or array. */
void
json_iterate(JsonIterator *iterator, Slice value)
{
	iterator->p = value.data + 1;
	iterator->paused_at = iterator->p;
	iterator->end = value.data + value.len - 1;
	iterator->in_object = (value.data[0] == '{');
}

/* Begins to go through members "name":value,… of a checked object that stand without its braces. */
void
json_iterate_members(JsonIterator *iterator, Slice members)
{
	*iterator = (JsonIterator) {members.data, members.data + members.len, members.data, true};
}

/*
 * Gives the next value and, in an object, its name as it is written
 * between the quotes; returns false behind the last one.
 */
bool
json_iterator_next(JsonIterator *iterator, Slice *name, Slice *value)
{
	const char *end = iterator->end;
	const char *p = json_skip_space(iterator->p, end);
	const char *after;

	if (p < end && *p == ',')
		p = json_skip_space(p + 1, end);
	if (p >= end)
		return false;
	json_pause(&iterator->paused_at, p);
	*name = (Slice) {NULL, 0};
	if (iterator->in_object)
	{
		after = json_string_end(p, end);
		if (after == NULL)
			return false;
		*name = (Slice) {p + 1, after - p - 2};
		p = json_skip_space(after, end);
		if (p < end)
			p = json_skip_space(p + 1, end);	/* behind the colon */
	}
	after = skip_value(p, end);
	if (after == NULL)
		return false;
	*value = (Slice) {p, after - p};
	iterator->p = after;
	return true;
}

/*
 * Returns the byte behind the string that starts at p, or NULL where it does not end.
 * Nothing of it is checked: a quote ends it that an even number of backslashes
 * stands before.
 */
const char *
json_string_end(const char *p, const char *end)
{
	const char *from = p + 1;
	const char *paused_at = p;

	while (from < end)
	{
		size_t		len = end - from > JSON_PAUSE_BYTES ? JSON_PAUSE_BYTES : end - from;
		const char *quote = memchr(from, '"', len);
		const char *q = quote;

		json_pause(&paused_at, from);
		if (quote == NULL)
		{
			from += len;
			continue;
		}
		while (q > p + 1 && q[-1] == '\\')
			q--;
		if ((quote - q) % 2 == 0)
			return quote + 1;
		from = quote + 1;
	}
	return NULL;
}

/*
 * Returns the byte behind the checked value that starts at p; NULL where it is none,
 * as what has been checked never is.
 */
static const char *
skip_value(const char *p, const char *end)
{
	const char *paused_at = p;
	const char *start = p;
	size_t		depth = 0;

	if (p < end && *p == '"')
		return json_string_end(p, end);
	if (p < end && *p != '{' && *p != '[')
	{
		while (p < end && memchr(",]} \t\n\r", *p, 7) == NULL)
			p++;
		return p > start ? p : NULL;
	}
	while (p < end)
	{
		char		c = *p++;

		if (c == '"')
		{
			p = json_string_end(p - 1, end);
			if (p == NULL)
				return NULL;
			json_pause(&paused_at, p);
		}
		else if (c == ',')
			json_pause(&paused_at, p);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return p;
	}
	return NULL;
}
