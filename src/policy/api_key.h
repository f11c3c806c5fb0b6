/*
 * api_key.h
 *		An API key: the key itself of what was given as one, what of it is shown,
 *		and its fingerprint.
 */
#ifndef OGW_API_KEY_H
#define OGW_API_KEY_H

#include "postgres.h"

#include "core/slice.h"

/* HMAC-SHA-256. */
#define KEY_FINGERPRINT_LEN 32

extern Slice api_key_strip(Slice key);
extern Slice api_key_redact(Slice key);
extern void api_key_fingerprint(Slice key, uint8 *fingerprint);

#endif
