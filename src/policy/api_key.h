/*
 * api_key.h
 *		Keys and secrets as PostgreSQL's values: shown, cut out, fingerprinted.
 */
#ifndef OGW_API_KEY_H
#define OGW_API_KEY_H

#include "postgres.h"

#include "core/slice.h"

/* HMAC-SHA-256. */
#define KEY_FINGERPRINT_LEN 32

/* Places masked by mask_api_key() and mask_secrets() in this session. */
extern uint64 places_masked;

extern Slice api_key_strip(Slice key);
extern Slice api_key_redact(Slice key);
extern void api_key_fingerprint(Slice key, uint8 *fingerprint);
extern Slice mask_api_key(Slice text, Slice key);
extern Slice mask_secrets(Slice text);

#endif
