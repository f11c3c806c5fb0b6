/*
 * own_token.h
 *		Whether what was found of a key stands there as a token of its own.
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_OWN_TOKEN_H
#define OGW_OWN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "redact/own_key.h"
#include "redact/spelling.h"

extern bool own_key_is_token(const OwnKey *own, SpelledText *spelled, const char *text, size_t start, size_t end);

#endif
