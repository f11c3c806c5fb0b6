/*
 * utf8.h
 *		Text that should be UTF-8 and may not be.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_UTF8_H
#define OGW_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

extern bool utf8_is_valid(Slice text);
extern size_t utf8_repair(char *dst, Slice text, Slice mark);

#endif
