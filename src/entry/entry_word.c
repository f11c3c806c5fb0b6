/*
 * entry_word.c
 *		Codes and reasons: short words that say what happened, and are no text.
 *
 * Anything longer, or of several words, is likely an error's text that echoes a prompt.
 */
#include "postgres.h"

#include "core/compat.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "redact/charset.h"

/* A word's most bytes. */
#define MAX_WORD_BYTES 64

/* Tells whether a text is one word: 1 to 64 bytes of letters, digits and "_", ".", ":", "/", "-". */
bool
is_word(Slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!in_charset(text.data[i], TOKEN | COLON) && text.data[i] != '/')
			return false;
	return text.len > 0 && text.len <= MAX_WORD_BYTES;
}

/* Returns a text without the white space of ASCII round it. */
Slice
trim_blanks(Slice text)
{
	static const char blanks[] = " \t\n\v\f\r";

	while (text.len > 0 && memchr(blanks, text.data[0], sizeof(blanks) - 1) != NULL)
		text = (Slice) {text.data + 1, text.len - 1};
	while (text.len > 0 && memchr(blanks, text.data[text.len - 1], sizeof(blanks) - 1) != NULL)
		text.len--;
	return text;
}
