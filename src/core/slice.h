/*
 * slice.h
 *		A piece of somebody else's text.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_SLICE_H
#define OGW_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* data is NULL for "not there"; it does not end in a zero byte. */
typedef struct Slice
{
	const char *data;
	size_t		len;			/* bytes */
} Slice;

/* Compares two slices byte by byte: below, at or above 0. */
static inline int
slice_compare(Slice a, Slice b)
{
	size_t		shorter = a.len < b.len ? a.len : b.len;
	int			order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Returns whether two slices have the same bytes. */
static inline bool
slice_equals(Slice a, Slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Returns whether a slice has the bytes of a string that ends in a zero byte. */
static inline bool
slice_is(Slice slice, const char *string)
{
	return slice_equals(slice, (Slice) {string, strlen(string)});
}

/* Returns whether a part stands in a text; one that is empty or not there does not. */
static inline bool
slice_contains(Slice text, Slice part)
{
	return part.data != NULL && part.len > 0 && text.data != NULL &&
		memmem(text.data, text.len, part.data, part.len) != NULL;
}

#endif
