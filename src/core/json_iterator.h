/*
 * json_iterator.h
 *		Goes through JSON text without copying, by its quotes and brackets alone.
 *
 * json_loose_end(), json_string_end() and json_bracketed_end() take any text.  json_iterate()
 * takes what json_check() has accepted, whole or a part that is a value, and checks nothing again.  Given
 * anything else it reads nothing outside of it, but what it gives may be no JSON.
 *
 * Knows nothing of PostgreSQL, so that it can be fuzzed alone.
 */
#ifndef OGW_JSON_ITERATOR_H
#define OGW_JSON_ITERATOR_H

#include <stdbool.h>

#include "core/slice.h"

/* The members of a checked object or the elements of an array, one after the other. */
typedef struct JsonIterator
{
	const char *p;
	const char *end;
	const char *paused_at;		/* see json_pause.h */
	bool		in_object;
} JsonIterator;

extern const char *json_loose_end(const char *p, const char *end, char closes);
extern const char *json_string_end(const char *p, const char *end);
extern const char *json_bracketed_end(const char *p, const char *end);
extern void json_iterate(JsonIterator *iterator, Slice value);
extern void json_iterate_members(JsonIterator *iterator, Slice members);
extern bool json_iterator_next(JsonIterator *iterator, Slice *name, Slice *value);

#endif
