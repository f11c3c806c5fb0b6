/*
 * row_type.c
 *		The type of the rows that a table gets.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "core/compat.h"
#include "core/row_type.h"

/* Returns a row type, made at first use and kept for the life of the session. */
TupleDesc
row_type(RowType *type)
{
	if (type->desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
		TupleDesc	made = CreateTemplateTupleDesc(type->n);

		for (int i = 0; i < type->n; i++)
			TupleDescInitEntry(made, i + 1, type->columns[i].name, type->columns[i].type, -1, 0);
		ogw_finish_tupdesc(made);
		MemoryContextSwitchTo(old);
		type->desc = made;
	}
	return type->desc;
}
