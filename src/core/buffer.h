/*
 * buffer.h
 *		Memory for one thing after the other: where it is given back and taken anew
 *		each time, touching it again can take longer than what is done in it.
 */
#ifndef OGW_BUFFER_H
#define OGW_BUFFER_H

#include "postgres.h"

#include "utils/memutils.h"

typedef struct ReusableBuffer
{
	MemoryContext context;
	char	   *data;			/* NULL: none yet */
	size_t		capacity;		/* bytes */
} ReusableBuffer;

/* The least bytes that are taken. */
#define BUFFER_MIN_BYTES 1024

/* Gives the memory back, and leaves nothing of what was in it behind. */
static inline void
buffer_wipe(ReusableBuffer *buffer)
{
	if (buffer->data == NULL)
		return;
	explicit_bzero(buffer->data, buffer->capacity);
	pfree(buffer->data);
	buffer->data = NULL;
	buffer->capacity = 0;
}

/*
 * Returns a buffer of at least so many bytes; where there is enough, what is in it
 * stays, else it is lost.  Raises out_of_memory.
 */
static inline char *
buffer_reserve(ReusableBuffer *buffer, size_t bytes)
{
	if (buffer->data == NULL || bytes > buffer->capacity)
	{
		buffer_wipe(buffer);
		buffer->data = MemoryContextAllocHuge(buffer->context, Max(bytes, BUFFER_MIN_BYTES));
		buffer->capacity = Max(bytes, BUFFER_MIN_BYTES);
	}
	return buffer->data;
}

#endif
