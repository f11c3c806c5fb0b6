/*
 * stored_id.h
 *		What an id is stored as: as it was given, unless it is too long or holds a secret.
 */
#ifndef OGW_STORED_ID_H
#define OGW_STORED_ID_H

#include "postgres.h"

#include "fmgr.h"

#include "core/slice.h"
#include "policy/mask.h"

extern Slice stored_id(Slice id, EntryKey *key, int64 *n_masked);
extern Slice id_with_hash(Slice shown, Slice id);
extern Slice sought_id(Slice id);
extern Slice stored_text(Slice text, EntryKey *key, int64 *n_masked);
extern Slice sought_text(Slice text);
extern void sought_id_argument(FunctionCallInfo fcinfo, int arg, const char *name);

#endif
