/*
 * json_text.c
 *		Names and short texts in checked JSON, read and written without keeping memory.
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "entry/json_text.h"

/*
 * Returns what a name denotes that stands between quotes in JSON: the argument
 * itself, or palloc'd.
 */
Slice
json_name(Slice name)
{
	char	   *text;

	if (memchr(name.data, '\\', name.len) == NULL)
		return name;
	text = palloc(name.len);
	return (Slice) {text, json_unescape(text, name.data, name.len)};
}

/*
 * Does the same for a name that is to be compared with known ones: in the buffer.  One
 * with escapes that does not fit there stays as it is written, which is no known name.
 */
Slice
json_name_in(Slice name, char *buffer, size_t size)
{
	if (memchr(name.data, '\\', name.len) == NULL || name.len > size)
		return name;
	return (Slice) {buffer, json_unescape(buffer, name.data, name.len)};
}

/*
 * Gets the text that a scalar denotes, of at most so many bytes.  It is a part of the
 * value, or stands in the buffer, which has JSON_BYTES_PER_BYTE times as many.
 */
ShortText
json_short_text(Slice value, size_t most, char *buffer, Slice *text)
{
	switch (json_kind(value))
	{
		case JSON_KIND_NULL:
			return SHORT_TEXT_NONE;
		case JSON_KIND_ARRAY:
		case JSON_KIND_OBJECT:
			return SHORT_TEXT_NOT_A_SCALAR;
		case JSON_KIND_STRING:
			*text = json_string_content(value);
			break;
		default:
			*text = value;
	}
	if (text->len > most * JSON_BYTES_PER_BYTE)
		return SHORT_TEXT_TOO_LONG;
	if (text->len > 0 && memchr(text->data, '\\', text->len) != NULL)
		*text = (Slice) {buffer, json_unescape(buffer, text->data, text->len)};
	if (text->len > most)
		return SHORT_TEXT_TOO_LONG;
	return text->len == 0 ? SHORT_TEXT_NONE : SHORT_TEXT;
}

/* Tells whether a value is null, or an empty string, array or object. */
bool
json_is_empty(Slice value)
{
	JsonIterator iterator;
	Slice		name,
				first;

	switch (json_kind(value))
	{
		case JSON_KIND_NULL:
			return true;
		case JSON_KIND_STRING:
			return value.len == 2;
		case JSON_KIND_ARRAY:
		case JSON_KIND_OBJECT:
			json_iterate(&iterator, value);
			return !json_iterator_next(&iterator, &name, &first);
		default:
			return false;
	}
}

/*
 * Appends a text as a JSON string, between quotes, as escape_json() does for one that
 * ends in a zero byte.
 */
void
json_put_text(StringInfo out, Slice text)
{
	static const char short_escapes[] = "\b\f\n\r\t\"\\";
	static const char short_escaped[] = "bfnrt\"\\";
	const char *plain = text.data;
	const char *end = text.data + text.len;

	appendStringInfoChar(out, '"');
	for (const char *p = plain; p < end; p++)
	{
		const char *found;

		if ((unsigned char) *p >= 0x20 && *p != '"' && *p != '\\')
			continue;
		appendBinaryStringInfo(out, plain, p - plain);
		plain = p + 1;
		found = memchr(short_escapes, *p, sizeof(short_escapes) - 1);
		if (found != NULL)
		{
			appendStringInfoChar(out, '\\');
			appendStringInfoChar(out, short_escaped[found - short_escapes]);
		}
		else
			appendStringInfo(out, "\\u%04x", (unsigned char) *p);
	}
	appendBinaryStringInfo(out, plain, end - plain);
	appendStringInfoChar(out, '"');
}
