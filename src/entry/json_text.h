/*
 * json_text.h
 *		Names and short texts in checked JSON, read and written without keeping memory.
 */
#ifndef OGW_JSON_TEXT_H
#define OGW_JSON_TEXT_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/slice.h"

/* The most bytes that a short text can have in JSON for each that it denotes: \u0041. */
#define JSON_BYTES_PER_BYTE 6

/* A name in a table of names; a literal's bytes without the zero at its end. */
#define SLICE_OF(literal) {literal, sizeof(literal) - 1}

typedef enum ShortText
{
	SHORT_TEXT,
	SHORT_TEXT_NONE,			/* null, or empty */
	SHORT_TEXT_TOO_LONG,
	SHORT_TEXT_NOT_A_SCALAR
} ShortText;

extern Slice json_name(Slice name);
extern Slice json_name_in(Slice name, char *buffer, size_t size);
extern ShortText json_short_text(Slice value, size_t most, char *buffer, Slice *text);
extern bool json_is_empty(Slice value);
extern void json_put_text(StringInfo out, Slice text);

#endif
