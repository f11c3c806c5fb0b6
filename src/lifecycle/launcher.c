/*
 * launcher.c
 *		The launcher of the background workers that run maintain(), and what it
 *		has in common with them.
 *
 * It is there only if the library is in shared_preload_libraries.  It is
 * connected to no database, so that it is not in the way of DROP DATABASE.
 */
#include "postgres.h"

#include <limits.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "core/background_worker.h"
#include "core/compat.h"
#include "lifecycle/worker.h"

/* The longest interval that a process can wait for, in milliseconds of an int. */
#define MAX_INTERVAL_S (INT_MAX / 1000)

/* After an error the postmaster starts the launcher again, in seconds. */
#define LAUNCHER_RESTART_S 10

#define MS_A_SECOND 1000

/* A worker that was at it for so long, and its last step, may have more to do. */
#define SLICE_MS (WORKER_SLICE_S * MS_A_SECOND)

PGDLLEXPORT void ogw_launcher_main(Datum arg);

char	   *ogw_databases;
bool		ogw_maintenance;
int			ogw_maintenance_interval_s;

static void define_settings(void);
static bool check_databases(char **newval, void **extra, GucSource source);
static bool do_round(void);
static Oid	find_database(const char *name);
static bool run_worker(Oid database, const char *name);
static long ms_since(instr_time began);

/*
 * Declares what the background workers go by, and registers the launcher, if the
 * library is being preloaded.  Under pg_upgrade there is none: it copies what must not
 * change meanwhile.
 */
void
launcher_init(void)
{
	BackgroundWorker launcher = {0};

	define_settings();
	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	strlcpy(launcher.bgw_name, "ogw_logs launcher", BGW_MAXLEN);
	strlcpy(launcher.bgw_type, "ogw_logs launcher", BGW_MAXLEN);
	strlcpy(launcher.bgw_library_name, "ogw_logs", BGW_MAXLEN);
	strlcpy(launcher.bgw_function_name, "ogw_launcher_main", BGW_MAXLEN);
	launcher.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	launcher.bgw_start_time = BgWorkerStart_RecoveryFinished;
	launcher.bgw_restart_time = LAUNCHER_RESTART_S;
	RegisterBackgroundWorker(&launcher);
}

/* Declares what the background worker goes by: the whole server's. */
static void
define_settings(void)
{
	DefineCustomStringVariable("ogw_logs.databases",
							   "The databases in which a background worker runs maintain().",
							   "Names with commas between them. There is a worker only if "
							   "ogw_logs is in shared_preload_libraries.",
							   &ogw_databases,
							   "",
							   PGC_SIGHUP, GUC_LIST_INPUT, check_databases, NULL, NULL);
	DefineCustomBoolVariable("ogw_logs.maintenance",
							 "Whether the background worker runs maintain().",
							 NULL,
							 &ogw_maintenance,
							 true,
							 PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.maintenance_interval",
							"How often the background worker looks for what is due.",
							NULL,
							&ogw_maintenance_interval_s,
							60, 1, MAX_INTERVAL_S,
							PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
}

/* Check hook of ogw_logs.databases: refuses what is not a list of names. */
static bool
check_databases(char **newval, void **extra, GucSource source)
{
	char	   *copy = pstrdup(*newval);
	List	   *names;
	bool		good = SplitIdentifierString(copy, ',', &names);

	if (!good)
		GUC_check_errdetail("It is a list of database names, with commas between them; "
							"names that are not of small letters, digits and underscores "
							"stand in double quotes.");
	list_free(names);
	pfree(copy);
	return good;
}

/*
 * The launcher.  Does a round at once and then in each interval, counted from
 * the beginning of the one before; and at once where a database has used up its slice
 * of time, so that databases take turns until none of them has more to do.  An error
 * ends the process, and the postmaster starts another one after LAUNCHER_RESTART_S.
 */
void
ogw_launcher_main(Datum arg)
{
	MemoryContext round_context;
	instr_time	began;
	bool		more = true;

	worker_begin();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	round_context = AllocSetContextCreate(TopMemoryContext, "ogw_logs round", ALLOCSET_DEFAULT_SIZES);
	INSTR_TIME_SET_ZERO(began);
	for (;;)
	{
		long		rest;

		CHECK_FOR_INTERRUPTS();
		worker_reload();
		rest = more ? 0 : (long) ogw_maintenance_interval_s * MS_A_SECOND - ms_since(began);
		if (ogw_maintenance && rest <= 0)
		{
			INSTR_TIME_SET_CURRENT(began);
			MemoryContextSwitchTo(round_context);
			more = do_round();
			MemoryContextReset(round_context);
			continue;
		}
		(void) WaitLatch(MyLatch,
						 WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (ogw_maintenance ? WL_TIMEOUT : 0),
						 rest, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
}

/* Reads the configuration again after SIGHUP. */
void
worker_reload(void)
{
	if (!ConfigReloadPending)
		return;
	ConfigReloadPending = false;
	ProcessConfigFile(PGC_SIGHUP);
}

/* Returns the names in ogw_logs.databases, in the current memory context. */
List *
listed_databases(void)
{
	List	   *names;

	/* the check hook has let it pass */
	if (!SplitIdentifierString(pstrdup(ogw_databases), ',', &names))
		elog(ERROR, "ogw_logs.databases is no list of names");
	return names;
}

/* Returns whether a name is in a list of names. */
bool
is_listed(const char *name, const List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

/*
 * Runs a worker in each listed database, one after the other, and returns whether one of
 * them used up its slice of time.  A name that cannot be used is logged when it was not so
 * in the round before.
 */
static bool
do_round(void)
{
	static List *missing = NIL;
	List	   *still_missing = NIL;
	bool		more = false;
	ListCell   *cell;

	foreach(cell, listed_databases())
	{
		char	   *name = lfirst(cell);
		Oid			database = find_database(name);
		MemoryContext round_context;

		if (OidIsValid(database))
		{
			more |= run_worker(database, name);
			continue;
		}
		if (!is_listed(name, missing) && !is_listed(name, still_missing))
			ereport(LOG,
					(errcode(ERRCODE_UNDEFINED_DATABASE),
					 errmsg("ogw_logs: database \"%s\" does not exist, or allows no connections", name),
					 errhint("It is named in ogw_logs.databases.")));
		round_context = MemoryContextSwitchTo(TopMemoryContext);
		still_missing = lappend(still_missing, pstrdup(name));
		MemoryContextSwitchTo(round_context);
	}
	list_free_deep(missing);
	missing = still_missing;
	return more;
}

/*
 * Returns the OID of a database that allows connections, or InvalidOid.  Reads
 * pg_database without an index, of which a process without a database may know
 * nothing.
 */
static Oid
find_database(const char *name)
{
	MemoryContext caller_context = CurrentMemoryContext;
	Oid			database = InvalidOid;
	Relation	catalog;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	catalog = table_open(DatabaseRelationId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_database_datname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum(name));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_database row = (Form_pg_database) GETSTRUCT(tuple);

		/* below -1 (no limit) stands what an interrupted DROP DATABASE left */
		if (row->datallowconn && row->datconnlimit >= -1)
			database = row->oid;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	CommitTransactionCommand();
	MemoryContextSwitchTo(caller_context);
	return database;
}

/* Starts the worker of a database, and waits for its end; returns whether it used up its slice. */
static bool
run_worker(Oid database, const char *name)
{
	BackgroundWorker worker = {0};
	BackgroundWorkerHandle *handle;
	instr_time	began;

	snprintf(worker.bgw_name, BGW_MAXLEN, "ogw_logs maintenance of %s", name);
	strlcpy(worker.bgw_type, "ogw_logs maintenance", BGW_MAXLEN);
	strlcpy(worker.bgw_library_name, "ogw_logs", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "ogw_worker_main", BGW_MAXLEN);
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION |
		OGW_BGWORKER_INTERRUPTIBLE;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = ObjectIdGetDatum(database);
	worker.bgw_notify_pid = MyProcPid;
	if (!RegisterDynamicBackgroundWorker(&worker, &handle))
	{
		ereport(LOG,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("ogw_logs: %s: no background worker is free", name),
				 errhint("Raise max_worker_processes.")));
		return false;
	}
	INSTR_TIME_SET_CURRENT(began);
	pgstat_report_activity(STATE_RUNNING, worker.bgw_name);
	if (WaitForBackgroundWorkerShutdown(handle) == BGWH_POSTMASTER_DIED)
		proc_exit(1);
	pgstat_report_activity(STATE_IDLE, NULL);
	return ms_since(began) >= SLICE_MS;
}

/* Returns how many milliseconds have passed since a time. */
static long
ms_since(instr_time began)
{
	instr_time	passed;

	INSTR_TIME_SET_CURRENT(passed);
	INSTR_TIME_SUBTRACT(passed, began);
	return (long) INSTR_TIME_GET_MILLISEC(passed);
}
