/*
 * mask.h
 *		Masking what is secret in a text: one key, or all that redact.c finds.
 */
#ifndef OGW_MASK_H
#define OGW_MASK_H

#include "postgres.h"

#include "core/slice.h"

extern Slice mask_api_key(Slice text, Slice key, int64 *n_masked);
extern Slice mask_secrets(Slice text, int64 *n_masked);

#endif
