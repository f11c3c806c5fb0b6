/*
 * pieces.c
 *		Putting a value together that is stored in pieces, a row each.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "core/slice.h"
#include "segment/pieces.h"

/* What is said of a value, a body's or a segment's, whose pieces are not all there. */
const char piece_is_missing[] = "a piece of it is missing";

/* Begins a value of about so many bytes, whose memory will be in a context. */
void
pieces_begin(Pieces *pieces, MemoryContext context, size_t expected)
{
	*pieces = (Pieces) {.context = context,.capacity = expected};
}

/* Adds the next piece, which is copied; numbers count from 0.  Raises out_of_memory. */
void
pieces_add(Pieces *pieces, int32 number, Slice piece)
{
	if (number != pieces->n++)
		pieces->is_broken = true;
	if (pieces->data == NULL)
	{
		pieces->capacity = Max(pieces->capacity, piece.len);
		pieces->data = MemoryContextAllocHuge(pieces->context, Max(pieces->capacity, 1));
	}
	else if (piece.len > pieces->capacity - pieces->len)
	{
		pieces->capacity = Max(2 * pieces->capacity, pieces->len + piece.len);
		pieces->data = repalloc_huge(pieces->data, pieces->capacity);
	}
	if (piece.len > 0)
		memcpy(pieces->data + pieces->len, piece.data, piece.len);
	pieces->len += piece.len;
}

/*
 * Gives the value, in the pieces' own memory.  Returns what is wrong where one is
 * missing that others follow; where the last one is missing, the value itself tells.
 */
const char *
pieces_joined(const Pieces *pieces, Slice *value)
{
	*value = (Slice) {pieces->data != NULL ? pieces->data : "", pieces->len};
	return pieces->is_broken ? piece_is_missing : NULL;
}
