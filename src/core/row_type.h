/*
 * row_type.h
 *		The type of the rows that a table gets.
 */
#ifndef OGW_ROW_TYPE_H
#define OGW_ROW_TYPE_H

#include "postgres.h"

#include "access/tupdesc.h"

/* A column of the rows. */
typedef struct RowColumn
{
	const char *name;
	Oid			type;
} RowColumn;

/* A row type; static, {columns, lengthof(columns)}. */
typedef struct RowType
{
	const RowColumn *columns;
	int			n;
	TupleDesc	desc;			/* NULL before the first use */
} RowType;

extern TupleDesc row_type(RowType *type);

#endif
