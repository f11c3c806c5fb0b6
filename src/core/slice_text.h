/*
 * slice_text.h
 *		A value of PostgreSQL's text, or bytea, as a slice, and a slice as a text.
 */
#ifndef OGW_SLICE_TEXT_H
#define OGW_SLICE_TEXT_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "core/compat.h"
#include "core/slice.h"

/* Returns what stands in a text; it is the text's own, or palloc'd where that is toasted. */
static inline Slice
text_to_slice(Datum value)
{
	text	   *plain = DatumGetTextPP(value);

	return (Slice) {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

/* Tells whether two texts have the same bytes. */
static inline bool
text_equals(Datum a, Datum b)
{
	return slice_equals(text_to_slice(a), text_to_slice(b));
}

/* Returns a palloc'd text of what stands in a slice. */
static inline Datum
slice_to_text(Slice slice)
{
	return PointerGetDatum(cstring_to_text_with_len(slice.data, slice.len));
}

/*
 * Returns a palloc'd copy of a slice, zero bytes among its bytes included, with one
 * behind it; a slice that is not there stays so.
 */
static inline Slice
slice_copy(Slice slice)
{
	char	   *copy;

	if (slice.data == NULL)
		return slice;
	copy = palloc(slice.len + 1);
	memcpy(copy, slice.data, slice.len);
	copy[slice.len] = '\0';
	return (Slice) {copy, slice.len};
}

#endif
