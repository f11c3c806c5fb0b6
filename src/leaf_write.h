/*
 * leaf_write.h
 *		Writing rows into a partition as COPY does, without a statement of SQL.
 */
#ifndef OGW_LEAF_WRITE_H
#define OGW_LEAF_WRITE_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "utils/relcache.h"

/* A column of the rows. */
typedef struct RowColumn
{
	const char *name;
	Oid			type;
} RowColumn;

typedef struct LeafWriter LeafWriter;

extern TupleDesc make_row_type(const RowColumn *columns, int n);

extern LeafWriter *leaf_writer_begin(Relation parent, Oid leaf, TupleDesc columns);
extern Relation leaf_writer_leaf(const LeafWriter *writer);
extern int	leaf_writer_keys(const LeafWriter *writer);
extern void leaf_writer_add(LeafWriter *writer, HeapTuple row);
extern bool leaf_writer_try(LeafWriter *writer, HeapTuple row);
extern void leaf_writer_end(LeafWriter *writer);

#endif
