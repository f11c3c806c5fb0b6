/*
 * spi.h
 *		Running statements of SQL: the extension's own, by PostgreSQL's SPI.
 *
 * All of these but fresh_snapshot() are called connected to SPI, with settings pinned
 * or all names qualified.  The rows are in SPI_tuptable, and how many they are in
 * SPI_processed.  The current memory context stays what it is.
 */
#ifndef OGW_SPI_H
#define OGW_SPI_H

#include "postgres.h"

#include "executor/spi.h"
#include "utils/snapshot.h"

#include "core/compat.h"

/* The most parameters that a statement of these has. */
#define SPI_MAX_ARGS 8

/* A statement whose plan is made at first use and kept for the session's life. */
typedef struct SpiStatement
{
	const char *query;
	int			result;			/* SPI_OK_SELECT, SPI_OK_INSERT, … */
	int			n_args;
	Oid			types[SPI_MAX_ARGS];
	bool		is_custom;		/* always planned for the values: of many partitions one is read */
	SPIPlanPtr	plan;
} SpiStatement;

/* The rows of a query, some of which are fetched at once. */
typedef struct SpiCursor
{
	Portal		portal;
	long		at_once;
	SPITupleTable *rows;		/* of those at once; NULL before the first */
	uint64		n;
	uint64		next;
} SpiCursor;

extern void spi_run_kept(SpiStatement *statement, Datum *args);
extern void spi_run(const char *query, int result, int n_args, Oid *types, Datum *args,
					const char *nulls);
extern void spi_call(const char *query, int n_args, Oid *types, Datum *args);
extern Snapshot fresh_snapshot(void);
extern void spi_read_latest(const char *query, int n_args, Oid *types, Datum *args);
extern void spi_run_latest(const char *query, int result, int n_args, Oid *types, Datum *args);
extern void spi_cursor_open(SpiCursor *cursor, const char *query, int n_args, Oid *types,
							Datum *args, const char *nulls, long at_once);
extern HeapTuple spi_cursor_next(SpiCursor *cursor);
extern void spi_cursor_close(SpiCursor *cursor);

/* Returns a column, from 1, of the row that the cursor gave last. */
static inline Datum
spi_cursor_value(const SpiCursor *cursor, int column, bool *isnull)
{
	return SPI_getbinval(cursor->rows->vals[cursor->next - 1], cursor->rows->tupdesc, column, isnull);
}

pg_noreturn extern void rethrow_without_row(void);

#endif
