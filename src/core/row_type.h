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

extern TupleDesc make_row_type(const RowColumn *columns, int n);

#endif
