/*
 * message_hash.h
 *		Which turns of a request were in the request before it, or in its answer.
 */
#ifndef OGW_MESSAGE_HASH_H
#define OGW_MESSAGE_HASH_H

#include "postgres.h"

#include "core/slice.h"
#include "search/message.h"

typedef struct KnownTurn
{
	uint64		hash;
	int64		n;				/* how often it was there, and has not been met since */
} KnownTurn;

/* The turns of an earlier request and its answer. */
typedef struct KnownTurns
{
	int64		n;
	int64		capacity;
	KnownTurn  *turns;			/* in the order of their hashes, once that is done */
} KnownTurns;

extern uint64 turn_hash_begin(Slice role);
extern uint64 turn_hash_part(uint64 hash, const MessagePart *part);
extern Slice part_text(Slice value, bool is_plain);
extern void known_turns_add(KnownTurns *known, uint64 hash);
extern void known_turns_sort(KnownTurns *known);
extern bool known_turns_meet(KnownTurns *known, uint64 hash);

#endif
