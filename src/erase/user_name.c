/*
 * user_name.c
 *		Whether a text names a user.
 *
 * An id that is short, or a number, stands in many a text that has nothing to do with the
 * user, and its letters in many a code.  docs/privacy.md has the rule as a table;
 * recount_name.c has it in other words.
 */
#include "postgres.h"

#include "erase/user_name.h"
#include "redact/charset.h"

/* A shorter id is compared more strictly. */
#define MIN_ID 4

/* What an id may be mistaken for. */
typedef enum IdKind
{
	ID_NUMBER,					/* an amount, a code */
	ID_WORD,					/* a part of a code: letters, and what joins them */
	ID_MIXED					/* nothing */
} IdKind;

static IdKind kind_of(Slice id);
static bool has_token(Slice text, Slice id, bool is_number);
static bool is_escape(const char *text, const char *p);
static bool is_in_word(char c);

/*
 * Tells whether a text names the user with an id, or the owner that is called so.  is_code:
 * the text is a short word such as an error code, which stays itself where it holds the id by
 * chance.  An id or text that is not there, or empty, names nobody.
 */
bool
text_names(Slice text, Slice id, bool is_code)
{
	IdKind		kind;

	/* most often it does not stand there at all */
	if (!slice_contains(text, id))
		return false;
	kind = kind_of(id);
	if (is_code)
		return id.len >= MIN_ID && kind != ID_NUMBER &&
			(kind == ID_WORD ? text.len == id.len : has_token(text, id, false));
	if (kind == ID_NUMBER)
		return id.len < MIN_ID ? text.len == id.len : has_token(text, id, true);
	return id.len >= MIN_ID || has_token(text, id, false);
}

/* Returns what an id may be mistaken for. */
static IdKind
kind_of(Slice id)
{
	bool		number = true;
	bool		word = true;

	for (size_t i = 0; i < id.len; i++)
	{
		number &= in_charset(id.data[i], DIGIT | DASH | DOT | BLANK) || id.data[i] == '+';
		word &= in_charset(id.data[i], LETTER | DASH | UNDERSCORE | DOT | COLON) || id.data[i] == '/';
	}
	return number ? ID_NUMBER : word ? ID_WORD : ID_MIXED;
}

/*
 * Tells whether an id stands in a text as a token of its own: no letter or digit of the
 * text is next to a letter or digit of its, and where it is a number, no fraction.
 */
static bool
has_token(Slice text, Slice id, bool is_number)
{
	const char *end = text.data + text.len;
	const char *p = text.data;

	while ((p = memmem(p, end - p, id.data, id.len)) != NULL)
	{
		const char *behind = p + id.len;
		bool		joined = (p > text.data && is_in_word(p[-1]) && is_in_word(id.data[0]) && !is_escape(text.data, p)) ||
			(behind < end && is_in_word(*behind) && is_in_word(behind[-1]));

		if (is_number)
			joined |= (p - text.data > 1 && p[-1] == '.' && in_charset(p[-2], DIGIT)) ||
				(end - behind > 1 && *behind == '.' && in_charset(behind[1], DIGIT));
		if (!joined)
			return true;
		p++;
	}
	return false;
}

/* Tells whether an escape of JSON that denotes no text, such as \u0000, ends at a place. */
static bool
is_escape(const char *text, const char *p)
{
	return p - text >= 6 && p[-6] == '\\' && p[-5] == 'u';
}

/* Tells whether a byte is a letter, a digit or a part of a character that is not ASCII. */
static bool
is_in_word(char c)
{
	return in_charset(c, ALNUM) || (unsigned char) c >= 0x80;
}
