/*
 * spi.c
 *		Running statements of SQL: the extension's own, by PostgreSQL's SPI.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/snapmgr.h"

#include "core/spi.h"

static void check_result(int result, int expected);

/* Runs a statement whose plan is kept, so that it is made once a session. */
void
spi_run_kept(SpiStatement *statement, Datum *args)
{
	MemoryContext context = CurrentMemoryContext;

	if (statement->plan == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare_cursor(statement->query, statement->n_args, statement->types,
											  statement->is_custom ? CURSOR_OPT_CUSTOM_PLAN : 0);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare a statement of ogw_logs: %s",
				 SPI_result_code_string(SPI_result));
		statement->plan = plan;
	}
	check_result(SPI_execute_plan(statement->plan, args, NULL,
								  statement->result == SPI_OK_SELECT, 0),
				 statement->result);
	MemoryContextSwitchTo(context);
}

/*
 * Runs a statement once, planned for these values; nulls is NULL, or has 'n' for each
 * value that is NULL.  One that is expected to select is read-only: it sees what the
 * active snapshot does.
 */
void
spi_run(const char *query, int result, int n_args, Oid *types, Datum *args, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;

	check_result(SPI_execute_with_args(query, n_args, types, args, nulls,
									   result == SPI_OK_SELECT, 0),
				 result);
	MemoryContextSwitchTo(context);
}

/* Runs a SELECT that calls a function which writes. */
void
spi_call(const char *query, int n_args, Oid *types, Datum *args)
{
	MemoryContext context = CurrentMemoryContext;

	check_result(SPI_execute_with_args(query, n_args, types, args, NULL, false, 0), SPI_OK_SELECT);
	MemoryContextSwitchTo(context);
}

/*
 * Returns a snapshot of now, whatever the transaction's is; to be pushed or registered.  A
 * leader in parallel mode may take none, and its statement's is fresh.
 */
Snapshot
fresh_snapshot(void)
{
	return IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot();
}

/* Runs a SELECT once, by a fresh snapshot. */
void
spi_read_latest(const char *query, int n_args, Oid *types, Datum *args)
{
	PushActiveSnapshot(fresh_snapshot());
	spi_run(query, SPI_OK_SELECT, n_args, types, args, NULL);
	PopActiveSnapshot();
}

/* Runs a statement once, with the latest snapshot whatever the transaction's is. */
void
spi_run_latest(const char *query, int result, int n_args, Oid *types, Datum *args)
{
	MemoryContext context = CurrentMemoryContext;
	SPIPlanPtr	plan = SPI_prepare(query, n_args, types);

	if (plan == NULL)
		elog(ERROR, "could not prepare a statement of ogw_logs: %s",
			 SPI_result_code_string(SPI_result));
	check_result(SPI_execute_snapshot(plan, args, NULL, GetLatestSnapshot(), InvalidSnapshot,
									  false, true, 0),
				 result);
	SPI_freeplan(plan);
	MemoryContextSwitchTo(context);
}

/* Begins to read the rows of a query, some at once, with the active snapshot. */
void
spi_cursor_open(SpiCursor *cursor, const char *query, int n_args, Oid *types, Datum *args,
				const char *nulls, long at_once)
{
	MemoryContext context = CurrentMemoryContext;

	*cursor = (SpiCursor) {.at_once = at_once};
	cursor->portal = SPI_cursor_open_with_args(NULL, query, n_args, types, args, nulls, true,
											   CURSOR_OPT_NO_SCROLL);
	if (cursor->portal == NULL)
		elog(ERROR, "could not open a cursor of ogw_logs: %s", SPI_result_code_string(SPI_result));
	MemoryContextSwitchTo(context);
}

/* Returns the next row, which is there until the next call; NULL behind the last. */
HeapTuple
spi_cursor_next(SpiCursor *cursor)
{
	MemoryContext context = CurrentMemoryContext;

	if (cursor->next == cursor->n)
	{
		if (cursor->rows != NULL)
			SPI_freetuptable(cursor->rows);
		SPI_cursor_fetch(cursor->portal, true, cursor->at_once);
		MemoryContextSwitchTo(context);
		cursor->rows = SPI_tuptable;
		cursor->n = SPI_processed;
		cursor->next = 0;
		if (cursor->n == 0)
			return NULL;
	}
	return cursor->rows->vals[cursor->next++];
}

/* Ends it, wherever it is. */
void
spi_cursor_close(SpiCursor *cursor)
{
	if (cursor->rows != NULL)
		SPI_freetuptable(cursor->rows);
	SPI_cursor_close(cursor->portal);
}

/*
 * Raises an error where a statement did not do what it is for: object_not_in_prerequisite_state
 * where it was rewritten, else internal_error.
 */
static void
check_result(int result, int expected)
{
	if (result != expected && result > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a rule on a table of ogw_logs does something else than the statement of ogw_logs"),
				 errdetail("It was to end with %s, and ended with %s.", SPI_result_code_string(expected),
						   SPI_result_code_string(result)),
				 errhint("Drop the rules ON INSERT, UPDATE and DELETE of the tables in schema ogw_logs.")));
	if (result != expected)
		elog(ERROR, "a statement of ogw_logs failed: %s", SPI_result_code_string(result));
}

/*
 * Raises the error that has been caught once more, but for a violated constraint without
 * its DETAIL: for a CHECK, a NOT NULL, a unique index or an exclusion that a DBA has put on
 * a table of the log PostgreSQL quotes the row there, as the owner may see it.  Called in
 * PG_CATCH(), in a memory context that is not the error's.
 */
void
rethrow_without_row(void)
{
	ErrorData  *error;

	if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		PG_RE_THROW();
	error = CopyErrorData();
	FlushErrorState();
	error->detail = pstrdup("The row is left out, since errors reach the server's log.");
	error->detail_log = NULL;
	ReThrowError(error);
}
