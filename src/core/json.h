/*
 * json.h
 *		A reader for hostile JSON text: checks it, and gives exact slices of it.
 *		json_check() and json_check_value() take any text; the others take a value
 *		that these have accepted, and check nothing again.
 *
 * PostgreSQL's own JSON parser refuses \u0000 and lone surrogates, recurses
 * with the nesting of its input, and quotes the input in its errors.  A log of
 * bodies can afford none of the three, so this reader keeps to RFC 8259 with
 * an explicit stack, never copies, and reports a failure as a position at the
 * most.  It knows nothing of PostgreSQL, so that it can be fuzzed alone.
 */
#ifndef OGW_JSON_H
#define OGW_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

/*
 * Nesting deeper than this is refused.  Real requests stay below 30 levels;
 * PostgreSQL's recursive readers of what we store manage several thousand in
 * the default max_stack_depth.
 */
#define JSON_MAX_DEPTH 512

typedef enum JsonKind
{
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_NUMBER,
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
} JsonKind;

typedef enum JsonStatus
{
	JSON_OK,
	JSON_INVALID,				/* not RFC 8259 */
	JSON_TOO_DEEP				/* more than JSON_MAX_DEPTH levels */
} JsonStatus;

extern const char *json_skip_space(const char *p, const char *end);
extern JsonStatus json_check_value(const char *p, const char *end,
								   const char **after);
extern JsonStatus json_check(Slice text, Slice *value);
extern JsonKind json_kind(Slice value);
extern Slice json_string_content(Slice value);
extern size_t json_unescape(char *dst, const char *src, size_t len);

#endif
