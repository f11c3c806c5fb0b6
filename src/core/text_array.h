/*
 * text_array.h
 *		A value of PostgreSQL's text[] as values of text, and the other way round.
 */
#ifndef OGW_TEXT_ARRAY_H
#define OGW_TEXT_ARRAY_H

#include "postgres.h"

extern int	text_array_values(Datum array, Datum **values, bool **nulls);
extern Datum text_array_of(Datum *values, int n);

#endif
