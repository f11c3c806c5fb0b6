/*
 * identifier.h
 *		The ids of entries, teams, users and sessions.
 */
#ifndef OGW_IDENTIFIER_H
#define OGW_IDENTIFIER_H

#include "postgres.h"

#include "fmgr.h"

#include "core/slice.h"

/* An identifier's most bytes: several of them fit one key of a B-tree. */
#define MAX_ID_BYTES 255

extern void sha256(Slice text, uint8 *digest);
extern int64 id_hash(Slice id);

#endif
