/*
 * pieces.h
 *		Putting a value together that is stored in pieces, a row each.
 */
#ifndef OGW_PIECES_H
#define OGW_PIECES_H

#include "postgres.h"

#include "core/slice.h"

/* A value while its pieces are added; pieces_begin() makes it. */
typedef struct Pieces
{
	MemoryContext context;		/* of data */
	char	   *data;			/* NULL: no piece was added yet */
	size_t		len;			/* bytes */
	size_t		capacity;		/* bytes; before the first piece as many as are expected */
	int32		n;				/* pieces */
	bool		is_broken;		/* one is missing, or out of its order */
} Pieces;

extern const char piece_is_missing[];

extern void pieces_begin(Pieces *pieces, MemoryContext context, size_t expected);
extern void pieces_add(Pieces *pieces, int32 number, Slice piece);
extern const char *pieces_joined(const Pieces *pieces, Slice *value);

#endif
