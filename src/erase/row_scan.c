/*
 * row_scan.c
 *		Reading all rows of one table, by no index.
 *
 * A table is read page by page, without the executor: no index, no policy, rule, view or
 * setting of the planner decides what is found.  A foreign table is read by a query.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "core/compat.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "erase/row_scan.h"

/* Rows of a foreign table that are fetched at once. */
#define ROWS_AT_ONCE 1000

static void open_columns(RowScan *scan, TupleDesc desc, const char *const *columns);
static char *query_of(Relation table, const char *const *columns, int n);

/*
 * Begins to read some columns of a table, of all rows that a snapshot shows.  It is the
 * active snapshot, and the caller is connected to SPI.  Raises undefined_column where the
 * table lacks one.
 */
void
row_scan_begin(RowScan *scan, Oid table, const char *const *columns, int n, Snapshot snapshot)
{
	memset(scan, 0, sizeof(RowScan));
	scan->context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs row", ALLOCSET_SMALL_SIZES);
	scan->table = table_open(table, AccessShareLock);
	scan->n_columns = n;
	if (scan->table->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
	{
		spi_cursor_open(&scan->cursor, query_of(scan->table, columns, n), 0, NULL, NULL, NULL, ROWS_AT_ONCE);
		scan->slot = MakeSingleTupleTableSlot(scan->cursor.portal->tupDesc, &TTSOpsHeapTuple);
	}
	else
	{
		scan->slot = table_slot_create(scan->table, NULL);
		scan->scan = ogw_table_beginscan(scan->table, snapshot);
	}
	open_columns(scan, scan->slot->tts_tupleDescriptor, columns);
}

/* Goes to the next row; false behind the last. */
bool
row_scan_next(RowScan *scan)
{
	HeapTuple	row;

	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(scan->context);
	if (scan->scan != NULL)
		return table_scan_getnextslot(scan->scan, ForwardScanDirection, scan->slot);
	row = spi_cursor_next(&scan->cursor);
	if (row != NULL)
		ExecStoreHeapTuple(row, scan->slot, false);
	return row != NULL;
}

/* Returns the value of a column, from 0, of the row that the scan is at. */
Datum
row_scan_value(RowScan *scan, int column, bool *isnull)
{
	return slot_getattr(scan->slot, scan->columns[column], isnull);
}

/*
 * Returns the value of a column as text, whatever its type is; not there where it is NULL.
 * It is there until the next row.
 */
Slice
row_scan_text(RowScan *scan, int column)
{
	MemoryContext old;
	bool		isnull;
	Datum		value = slot_getattr(scan->slot, scan->columns[column], &isnull);
	Slice		text = {NULL, 0};

	if (isnull)
		return text;
	old = MemoryContextSwitchTo(scan->context);
	if (!OidIsValid(scan->outputs[column].fn_oid))
		text = text_to_slice(value);
	else
	{
		text.data = OutputFunctionCall(&scan->outputs[column], value);
		text.len = strlen(text.data);
	}
	MemoryContextSwitchTo(old);
	return text;
}

/* Tells whether the row is one that a snapshot shows; of a foreign table all are. */
bool
row_scan_is_in(RowScan *scan, Snapshot snapshot)
{
	TupleTableSlot *slot;
	bool		is_in;

	if (scan->scan == NULL)
		return true;
	slot = table_slot_create(scan->table, NULL);
	is_in = table_tuple_fetch_row_version(scan->table, &scan->slot->tts_tid, snapshot, slot);
	ExecDropSingleTupleTableSlot(slot);
	return is_in;
}

/* Ends the scan; the lock on the table stays to the end of the transaction. */
void
row_scan_end(RowScan *scan)
{
	ExecDropSingleTupleTableSlot(scan->slot);
	if (scan->scan != NULL)
		table_endscan(scan->scan);
	else
		spi_cursor_close(&scan->cursor);
	table_close(scan->table, NoLock);
	MemoryContextDelete(scan->context);
}

/* Finds the columns in what is read, and how their values become text. */
static void
open_columns(RowScan *scan, TupleDesc desc, const char *const *columns)
{
	for (int i = 0; i < scan->n_columns; i++)
	{
		int			number = SPI_fnumber(desc, columns[i]);
		Oid			type;
		Oid			output;
		bool		is_varlena;

		if (number <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table %s lacks the column \"%s\"",
							quote_qualified_identifier(get_namespace_name(RelationGetNamespace(scan->table)),
													   RelationGetRelationName(scan->table)),
							columns[i]),
					 errhint("Restore it: what an erasure leaves cannot be told without.")));
		scan->columns[i] = number;
		type = TupleDescAttr(desc, number - 1)->atttypid;
		if (type == TEXTOID || type == VARCHAROID || type == JSONOID)
			continue;
		getTypeOutputInfo(type, &output, &is_varlena);
		fmgr_info(output, &scan->outputs[i]);
	}
}

/* Returns a query of all rows of a foreign table. */
static char *
query_of(Relation table, const char *const *columns, int n)
{
	StringInfoData query;

	initStringInfo(&query);
	for (int i = 0; i < n; i++)
		appendStringInfo(&query, "%s %s", i == 0 ? "SELECT" : ",", quote_identifier(columns[i]));
	appendStringInfo(&query, " FROM ONLY %s",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)),
												RelationGetRelationName(table)));
	return query.data;
}
