/*
 * worker.c
 *		The background worker that runs maintain() in one database, and freezes
 *		what was sealed.
 *
 * It lives for one run, and less if its database is wanted: so it is not long in
 * the way of DROP DATABASE.  The launcher starts it, see launcher.c.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_database.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "commands/vacuum.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/pmsignal.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/background_worker.h"
#include "core/settings.h"
#include "core/spi.h"
#include "lifecycle/worker.h"

/*
 * A function that the worker calls: with its argument given, it is no other one of that
 * name.
 */
typedef struct Call
{
	const char *schema;
	const char *function;
	Oid			argument;
	const char *query;
} Call;

static const Call next_step = {OGW_SCHEMA, "maintain", BOOLOID,
"SELECT action, object, detail FROM ogw_logs.maintain(false)"};
static const Call blocked_steps = {OGW_INTERNAL_SCHEMA, "blocked_steps", INTERVALOID,
"SELECT action, object, detail FROM ogw_logs_internal.blocked_steps('1 second'::pg_catalog.interval)"};

PGDLLEXPORT void ogw_worker_main(Datum arg);

static void do_run(void);
static bool do_step(const Call *call, Oid *owner, List **sealed);
static bool database_is_wanted(void);
static void run_call(const Call *call, Oid owner, const char *database, List **done, List **sealed);
static void freeze(char *table, Oid owner);

/*
 * The worker of one database, whose OID it is given.  An error ends it, and what
 * was committed stays; the next round goes on from there.  The error is told at
 * LOG too, without its text: privacy_check() recommends to log no ERROR.
 */
void
ogw_worker_main(Datum arg)
{
	worker_begin();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, 0);
	worker_pin_settings();

	/*
	 * ExecVacuum() keeps in PortalContext what must outlive its transactions, and so does
	 * this file.  No portal runs in a background worker, so it is NULL until here, and
	 * whoever sets it (PortalRun) puts it back; autovacuum's workers set it as well.  It
	 * lives as long as the process, which ends with the first error.
	 */
	PortalContext = AllocSetContextCreate(TopMemoryContext, "ogw_logs step", ALLOCSET_DEFAULT_SIZES);
	PG_TRY();
	{
		do_run();
	}
	PG_CATCH();
	{
		int			code = geterrcode();

		MemoryContextSwitchTo(PortalContext);
		ereport(LOG,
				(errmsg("%s ends with an error, SQLSTATE %s",
						MyBgworkerEntry->bgw_name, unpack_sql_state(code))));
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/*
 * Calls maintain() until nothing is due or the slice of time is over, each time in a
 * transaction of its own, and freezes what it has sealed.  maintain() tells who blocks it
 * when it finds nothing else to do; so this asks where it never came to that.
 */
static void
do_run(void)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), WORKER_SLICE_S * 1000);
	bool		more = true;
	Oid			owner;

	while (more && GetCurrentTimestamp() < end)
	{
		List	   *sealed = NIL;
		ListCell   *cell;

		CHECK_FOR_INTERRUPTS();
		if (!PostmasterIsAlive())
			proc_exit(1);
		worker_reload();
		MemoryContextReset(PortalContext);
		more = do_step(&next_step, &owner, &sealed);
		foreach(cell, sealed)
			freeze(lfirst(cell), owner);
		(void) pgstat_report_stat(true);
	}
	if (more)
	{
		List	   *sealed = NIL;

		(void) do_step(&blocked_steps, &owner, &sealed);
	}
}

/*
 * Calls maintain() once, or what tells who blocks it, in a transaction, and logs what it
 * returned after that has committed.  Returns whether to go on: false when nothing is due,
 * and when this is not to run here (any more).  Sets the owner of the function, and the
 * names of the tables that it has sealed, in PortalContext.
 */
static bool
do_step(const Call *call, Oid *owner, List **sealed)
{
	List	   *done = NIL;
	ListCell   *cell;
	char	   *database;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	XactIsoLevel = XACT_READ_COMMITTED; /* maintain() asks for it */
	database = get_database_name(MyDatabaseId);
	*owner = InvalidOid;
	if (ogw_maintenance && database != NULL && is_listed(database, listed_databases()) &&
		!database_is_wanted())
		*owner = worker_function_owner(call->schema, call->function, call->argument);
	if (OidIsValid(*owner))
		run_call(call, *owner, database, &done, sealed);
	CommitTransactionCommand();
	pgstat_report_activity(STATE_IDLE, NULL);
	foreach(cell, done)
		ereport(LOG, (errmsg_internal("ogw_logs: %s", (char *) lfirst(cell))));
	return done != NIL;
}

/*
 * Returns whether somebody waits for all sessions to leave this database: to drop,
 * rename or copy it.  Before 19 they give up after 5 s.
 */
static bool
database_is_wanted(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, InvalidOid, DatabaseRelationId, MyDatabaseId, 0);
	if (LockAcquire(&tag, RowExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		return true;
	LockRelease(&tag, RowExclusiveLock, false);
	return false;
}

/*
 * Calls maintain(), or what tells who blocks it, as its owner: it can do what the owner
 * could, and leave nothing behind that would run later as the superuser that this process is.
 * Adds a line for each row to done, and its table to sealed if it sealed one;
 * both in PortalContext.
 */
static void
run_call(const Call *call, Oid owner, const char *database, List **done, List **sealed)
{
	MemoryContext spi_context;
	Oid			caller;
	int			sec_context;

	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, call->query);
	GetUserIdAndSecContext(&caller, &sec_context);
	SetUserIdAndSecContext(owner, sec_context | SECURITY_RESTRICTED_OPERATION);
	spi_call(call->query, 0, NULL, NULL);
	SetUserIdAndSecContext(caller, sec_context);
	spi_context = MemoryContextSwitchTo(PortalContext);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char	   *action = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		char	   *object = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2);
		char	   *detail = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 3);

		*done = lappend(*done, psprintf("%s: %s %s: %s", database, action, object, detail));
		if (action != NULL && strcmp(action, "seal") == 0 && object != NULL)
			*sealed = lappend(*sealed, object);
	}
	MemoryContextSwitchTo(spi_context);
	PopActiveSnapshot();
	SPI_finish();
}

/*
 * Freezes a table of the log that has been sealed, as its owner would: nothing
 * changes it any more.  VACUUM is a statement of its own, not part of maintain(),
 * since it begins and ends transactions.  One that somebody has locked is left to
 * autovacuum: as long as the worker waits, no database is maintained.
 */
static void
freeze(char *table, Oid owner)
{
	MemoryContext caller_context = MemoryContextSwitchTo(PortalContext);
	VacuumStmt *statement = makeNode(VacuumStmt);
	Oid			caller;
	int			sec_context;

	statement->options = list_make2(makeDefElem("freeze", NULL, -1), makeDefElem("skip_locked", NULL, -1));
	statement->rels = list_make1(makeVacuumRelation(makeRangeVar(OGW_SCHEMA, table, -1), InvalidOid, NIL));
	statement->is_vacuumcmd = true;
	pgstat_report_activity(STATE_RUNNING,
						   psprintf("VACUUM (FREEZE, SKIP_LOCKED) %s", quote_qualified_identifier(OGW_SCHEMA, table)));
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	MemoryContextSwitchTo(PortalContext);
	GetUserIdAndSecContext(&caller, &sec_context);
	SetUserIdAndSecContext(owner, sec_context);
	ExecVacuum(make_parsestate(NULL), statement, true);
	SetUserIdAndSecContext(caller, sec_context);
	CommitTransactionCommand();
	pgstat_report_activity(STATE_IDLE, NULL);
	MemoryContextSwitchTo(caller_context);
}
