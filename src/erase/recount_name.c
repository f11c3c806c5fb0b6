/*
 * recount_name.c
 *		What still names a user, as an erasure counts again.
 *
 * The rule is that of docs/privacy.md, which user_name.c and erase_json.c follow.  It is
 * written here once more, by other means, so that a fault there is seen.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "entry/json_text.h"
#include "erase/recount_name.h"

/* Bytes from which an id is compared less strictly. */
#define LONG_ID 4

static bool stands_alone(Slice text, size_t at, Slice id, bool number);
static bool is_digit(Slice text, size_t at);
static bool is_wordlike(Slice text, size_t at);
static bool scalars_name(Slice value, Slice name, const char *member, Slice id, Slice pseudonym);

/* Tells whether a text, of a code where is_code says so, names the user with an id. */
bool
recount_text_names(Slice text, Slice id, bool is_code)
{
	static const char number_bytes[] = "0123456789+-. \t";
	static const char word_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:/";
	size_t		numbers = 0;
	size_t		words = 0;
	bool		anywhere = false;
	bool		alone = false;

	if (text.data == NULL || id.data == NULL || id.len == 0)
		return false;
	while (numbers < id.len && memchr(number_bytes, id.data[numbers], sizeof(number_bytes) - 1))
		numbers++;
	while (words < id.len && memchr(word_bytes, id.data[words], sizeof(word_bytes) - 1))
		words++;
	for (size_t at = 0; at + id.len <= text.len; at++)
		if (memcmp(text.data + at, id.data, id.len) == 0)
		{
			anywhere = true;
			alone |= stands_alone(text, at, id, numbers == id.len);
		}
	if (numbers == id.len)
		return !is_code && (id.len < LONG_ID ? slice_equals(text, id) : alone);
	if (id.len < LONG_ID)
		return !is_code && alone;
	if (!is_code)
		return anywhere;
	return words == id.len ? slice_equals(text, id) : alone;
}

/* Tells whether an id that stands at a place of a text is a token, and as a number whole. */
static bool
stands_alone(Slice text, size_t at, Slice id, bool number)
{
	size_t		end = at + id.len;

	/* \u0000 is no text, and can stand in the text of a JSON string as it is */
	bool		behind_escape = at > 5 && memcmp(text.data + at - 6, "\\u", 2) == 0;

	if (at > 0 && is_wordlike(text, at - 1) && is_wordlike(id, 0) && !behind_escape)
		return false;
	if (end < text.len && is_wordlike(text, end) && is_wordlike(id, id.len - 1))
		return false;
	if (number && at > 1 && text.data[at - 1] == '.' && is_digit(text, at - 2))
		return false;
	return !(number && end + 1 < text.len && text.data[end] == '.' && is_digit(text, end + 1));
}

/* Tells whether a digit is at a place. */
static bool
is_digit(Slice text, size_t at)
{
	return text.data[at] >= '0' && text.data[at] <= '9';
}

/* Tells whether a letter or digit is at a place, or a byte of a character that is not ASCII. */
static bool
is_wordlike(Slice text, size_t at)
{
	unsigned char c = (unsigned char) text.data[at];

	return is_digit(text, at) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/*
 * Tells whether a JSON value has a scalar that names the user and is not the pseudonym: in
 * members of a name, which hold codes, or (NULL) anywhere.  What is no JSON is taken as a text.
 */
bool
recount_json_names(Slice json, const char *member, Slice id, Slice pseudonym)
{
	Slice		value;

	if (json_check(json, &value) != JSON_OK)
		return recount_text_names(json, id, member != NULL);
	return scalars_name(value, (Slice) {NULL, 0}, member, id, pseudonym);
}

/* Does so for a checked value, the value of a member of that name. */
static bool
scalars_name(Slice value, Slice name, const char *member, Slice id, Slice pseudonym)
{
	JsonKind	kind = json_kind(value);
	JsonIterator inner;
	Slice		inner_name;
	Slice		inner_value;

	check_stack_depth();
	if (kind == JSON_KIND_NULL)
		return false;
	if (kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY)
	{
		for (json_iterate(&inner, value); json_iterator_next(&inner, &inner_name, &inner_value);)
			if (scalars_name(inner_value, kind == JSON_KIND_ARRAY ? name : inner_name, member, id, pseudonym))
				return true;
		return false;
	}
	if (member != NULL && (name.data == NULL || !slice_is(json_name(name), member)))
		return false;
	if (kind == JSON_KIND_STRING)
		value = json_name(json_string_content(value));
	return !slice_equals(value, pseudonym) && recount_text_names(value, id, member != NULL);
}
