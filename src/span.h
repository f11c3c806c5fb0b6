/*
 * span.h
 *		A text of PostgreSQL's as a span, and a span as a text.
 */
#ifndef OGW_SPAN_H
#define OGW_SPAN_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "json.h"

/* Returns what stands in a text; it is the text's own, or palloc'd where that is toasted. */
static inline Span
text_span(Datum value)
{
	text	   *plain = DatumGetTextPP(value);

	return (Span) {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

/* Returns a palloc'd text of what stands in a span. */
static inline Datum
span_text(Span span)
{
	return PointerGetDatum(cstring_to_text_with_len(span.data, span.len));
}

#endif
