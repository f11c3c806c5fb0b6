/*
 * room.h
 *		Memory for one thing after the other: where it is given back and taken anew
 *		each time, touching it again can take longer than what is done in it.
 */
#ifndef OGW_ROOM_H
#define OGW_ROOM_H

#include "postgres.h"

#include "utils/memutils.h"

typedef struct Room
{
	MemoryContext context;
	char	   *data;			/* NULL: none yet */
	size_t		size;
} Room;

/*
 * Returns room of a size in bytes, or more; where there is enough, what is in it stays,
 * else it is lost.  Raises out_of_memory.
 */
static inline char *
room_for(Room *room, size_t size)
{
	if (room->data == NULL || size > room->size)
	{
		if (room->data != NULL)
			pfree(room->data);
		room->data = NULL;
		room->data = MemoryContextAllocHuge(room->context, Max(size, 1024));
		room->size = Max(size, 1024);
	}
	return room->data;
}

#endif
