/*
 * row_scan.h
 *		Reading all rows of one table, by no index.
 */
#ifndef OGW_ROW_SCAN_H
#define OGW_ROW_SCAN_H

#include "postgres.h"

#include "access/relscan.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "core/slice.h"
#include "core/spi.h"

/* The most columns that are read of a table. */
#define MAX_SCAN_COLUMNS 10

/* A table whose rows are read. */
typedef struct RowScan
{
	Relation	table;
	TupleTableSlot *slot;		/* the row that was read last */
	TableScanDesc scan;			/* NULL: a foreign table, which a cursor reads */
	SpiCursor	cursor;
	int			n_columns;
	AttrNumber	columns[MAX_SCAN_COLUMNS];
	FmgrInfo	outputs[MAX_SCAN_COLUMNS];	/* fn_oid is InvalidOid for what is a text */
	MemoryContext context;		/* of what is read of a row, until the next */
} RowScan;

extern void row_scan_begin(RowScan *scan, Oid table, const char *const *columns, int n, Snapshot snapshot);
extern bool row_scan_next(RowScan *scan);
extern Datum row_scan_value(RowScan *scan, int column, bool *isnull);
extern Slice row_scan_text(RowScan *scan, int column);
extern bool row_scan_is_in(RowScan *scan, Snapshot snapshot);
extern void row_scan_end(RowScan *scan);

#endif
