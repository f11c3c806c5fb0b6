/*
 * key.h
 *		Keys and secrets as PostgreSQL's values: shown, cut out, fingerprinted.
 */
#ifndef OGW_KEY_H
#define OGW_KEY_H

#include "postgres.h"

#include "json.h"

/* HMAC-SHA-256. */
#define KEY_FINGERPRINT_LEN 32

/* Places masked by key_cut() and secrets_cut() in this session. */
extern uint64 places_masked;

extern Span key_itself(Span key);
extern Span key_redact(Span key);
extern void key_fingerprint(Span key, uint8 *fingerprint);
extern Span key_cut(Span text, Span key);
extern Span secrets_cut(Span text);

#endif
