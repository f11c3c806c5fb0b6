/*
 * own_spelled.h
 *		Finding a pattern in a text some of whose characters are spelled.
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_OWN_SPELLED_H
#define OGW_OWN_SPELLED_H

#include <stdbool.h>
#include <stddef.h>

#include "redact/own_key.h"
#include "redact/spelling.h"

/* Gives so many bytes, of any contents; it need not come back. */
typedef void *(*OwnKeyAllocate) (size_t bytes);

/*
 * A machine that goes through all readings of a text at once.  A set of lengths, as
 * bits, says for a place how much of the pattern has been read up to it.
 */
typedef struct KeyMachine
{
	SpelledText *spelled;		/* the text that is read, and the work that is left */
	const KeyPattern *pattern;	/* NULL: none yet */
	size_t		most_words;		/* for which there is memory */
	size_t		words;			/* of a set */
	uint64_t   *rows;			/* for each byte of the pattern, where it stands in it */
	uint64_t   *sets;			/* a ring of the places around the one reached */
	bool	   *live;			/* whether such a set has anything in it */
	uint8_t		row_of[256];	/* 0, which is empty, for a byte not in the pattern */
} KeyMachine;

extern KeyMachine *key_machine_make(const OwnKey *own, SpelledText *spelled, OwnKeyAllocate allocate);
extern void key_machine_set(KeyMachine *machine, const KeyPattern *pattern);
extern bool key_machine_forward(KeyMachine *machine, const char *text, size_t len,
								size_t begin, size_t trigger, size_t *end);
extern size_t key_machine_end(KeyMachine *machine, const char *text, size_t len,
							  size_t begin, size_t end);
extern size_t key_machine_back(KeyMachine *machine, const char *text, size_t begin, size_t end);

#endif
