/*
 * mask.h
 *		Masking what is secret in a text: one key, or all that redact.c finds.
 */
#ifndef OGW_MASK_H
#define OGW_MASK_H

#include "postgres.h"

#include "core/slice.h"
#include "redact/own_key.h"

/* An entry's own key, as it is masked in the entry's other fields. */
typedef struct EntryKey
{
	Slice		key;			/* no data: none was given, or it is no secret */
	OwnKey	   *own;			/* NULL: not needed yet */
} EntryKey;

extern Slice mask_api_key(Slice text, EntryKey *key, int64 *n_masked);
extern Slice mask_secrets(Slice text, int64 *n_masked);

#endif
