/*
 * row_type.c
 *		The type of the rows that a table gets.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "core/compat.h"
#include "core/row_type.h"

/* Makes a row type, to be kept for the life of the session. */
TupleDesc
make_row_type(const RowColumn *columns, int n)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	TupleDesc	made = CreateTemplateTupleDesc(n);

	for (int i = 0; i < n; i++)
		TupleDescInitEntry(made, i + 1, columns[i].name, columns[i].type, -1, 0);
	ogw_finish_tupdesc(made);
	MemoryContextSwitchTo(old);
	return made;
}
