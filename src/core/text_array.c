/*
 * text_array.c
 *		A value of PostgreSQL's text[] as values of text, and the other way round.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "core/text_array.h"

/*
 * Gives the elements of a text[], palloc'd, and which of them are NULL; nulls is NULL
 * where none can be.  Returns how many they are.
 */
int
text_array_values(Datum array, Datum **values, bool **nulls)
{
	bool	   *unused;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT,
					  values, nulls != NULL ? nulls : &unused, &n);
	return n;
}

/* Returns a palloc'd text[] of n texts, none of them NULL. */
Datum
text_array_of(Datum *values, int n)
{
	return PointerGetDatum(construct_array(values, n, TEXTOID, -1, false, TYPALIGN_INT));
}
