/*
 * json_python.h
 *		JSON as Python's programs write it: with NaN, Infinity, None, True and False.
 *		Knows nothing of PostgreSQL.
 */
#ifndef OGW_JSON_PYTHON_H
#define OGW_JSON_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

/* The bytes that json_of_python() needs for a text of so many. */
#define JSON_OF_PYTHON_BYTES(len) ((len) + (len) / 3 + 1)

extern size_t json_of_python(char *dst, Slice text, bool *no_number);

#endif
