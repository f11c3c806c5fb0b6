/*
 * autonomous.c
 *		Making a log or a partition in a transaction of its own, while the caller's goes on.
 *
 * ATTACH PARTITION locks the parent to the end of its transaction, and so does
 * create_log() what it makes.  In a writer's transaction that would keep every other
 * writer waiting who needs a partition: until the commit, which a client sends when it
 * likes.  So a background worker makes it, which commits at once, and the caller waits
 * for that.
 *
 * PostgreSQL's deadlock detector does not see that wait.  So the worker waits for no lock
 * longer than WORKER_LOCK_TIMEOUT_MS, or the caller's lock_timeout, and who called waits
 * for nobody else's worker longer than MAX_WAIT_MS.  Where that is over, no worker is to
 * be had, or the caller's own transaction is in the way, the caller makes it itself, and
 * waits for locks as any statement does.
 *
 * One session of a database at a time asks for a worker, so that a partition that a
 * thousand writers lack takes one of max_worker_processes, once.  To start one takes
 * longer than to make a partition, so it is told of several; it makes each in a
 * transaction of its own.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/autonomous.h"
#include "core/background_worker.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/pinned_settings.h"
#include "core/settings.h"
#include "core/spi.h"

/* The fourth field of an advisory lock's tag; see policy/body_lock.c for another one. */
#define WORKER_LOCK_CLASS 0x6f68

/* How long the worker waits for a lock, and a caller for the worker of another session. */
#define WORKER_LOCK_TIMEOUT_MS 1000
#define MAX_WAIT_MS 5000
#define MS_BETWEEN_TRIES 5

/* What the worker is told: by shared memory, of BGW_EXTRALEN bytes. */
typedef struct Request
{
	char		version[8];		/* of the library that asks: the worker loads what is installed */
	int			seal_interval_min;	/* as the caller has them */
	int			duplicate_window_s;
	int			lock_timeout_ms;
	TimestampTz at[MAX_PARTITION_NEEDS];
	uint8		task[MAX_PARTITION_NEEDS];
	uint8		n;
} Request;

StaticAssertDecl(sizeof(Request) <= BGW_EXTRALEN, "a request fits what a worker is given");
StaticAssertDecl(sizeof(OGW_VERSION) <= sizeof(((Request *) 0)->version), "a version fits a request");

/* What makes it: one function of one argument. */
static const struct
{
	const char *schema;
	const char *function;
	Oid			argument;
	const char *query;
}			tasks[] = {
	[MAKE_LOG] = {OGW_SCHEMA, "create_log", INTERVALOID,
	"SELECT ogw_logs.create_log(NULL::pg_catalog.interval)"},
	[MAKE_PARTITION] = {OGW_INTERNAL_SCHEMA, "make_partition", TIMESTAMPTZOID,
	"SELECT ogw_logs_internal.make_partition($1)"},
	[MAKE_BODY_PARTITION] = {OGW_INTERNAL_SCHEMA, "make_body_partition", TIMESTAMPTZOID,
	"SELECT ogw_logs_internal.make_body_partition($1)"},
	[MAKE_SEGMENT_PARTITION] = {OGW_INTERNAL_SCHEMA, "make_segment_partition", TIMESTAMPTZOID,
	"SELECT ogw_logs_internal.make_segment_partition($1)"},
};

PGDLLEXPORT void ogw_autonomous_main(Datum arg);

static bool has_partition(const char *parent, TimestampTz at);
static bool make(const PartitionNeed *needs, int n, bool (*is_made) (void));
static bool all_made(const PartitionNeed *needs, int n, bool (*is_made) (void));
static bool is_possible(const PartitionNeed *needs, int n);
static bool holds_lock(const char *table, LOCKMODE mode);
static void run_worker(const PartitionNeed *needs, int n);
static void do_task(AutonomousTask task, TimestampTz at);

/* Returns the statement that makes it; of a partition $1 is a time that it holds. */
const char *
autonomous_query(AutonomousTask task)
{
	return tasks[task].query;
}

/* Returns whether all partitions of a need are there.  Called as the owner, with the log made. */
bool
partition_is_made(const PartitionNeed *need)
{
	if (need->task == MAKE_SEGMENT_PARTITION)
		return has_partition("segment", need->at);
	return has_partition("entry", need->at) && has_partition("entry_key", need->at) &&
		(need->task != MAKE_BODY_PARTITION || has_partition("body", need->at));
}

/* Returns whether a table of the log has a partition for a time. */
static bool
has_partition(const char *parent, TimestampTz at)
{
	Relation	relation = log_table_open(parent, AccessShareLock, RELKIND_PARTITIONED_TABLE);
	bool		has = OidIsValid(partition_at(relation, at));

	table_close(relation, NoLock);
	return has;
}

/*
 * Makes the log, or brings it up to date, in a transaction of its own; returns false where
 * that cannot be, and the caller is to do it.  is_made tells whether it is there.  Called
 * as the owner.  Waits for some seconds at the most, and can be cancelled.
 */
bool
autonomous_make_log(bool (*is_made) (void))
{
	PartitionNeed need = {MAKE_LOG, 0};

	return make(&need, 1, is_made);
}

/*
 * Makes partitions, at most MAX_PARTITION_NEEDS, in transactions of their own, where that
 * can be; else it is left to the caller.  Called as the owner, with the log made.  Waits
 * as autonomous_make_log() does.
 */
void
autonomous_make_partitions(const PartitionNeed *needs, int n)
{
	(void) make(needs, n, NULL);
}

/* Has a worker make what is needed; returns whether all of it is there. */
static bool
make(const PartitionNeed *needs, int n, bool (*is_made) (void))
{
	TimestampTz give_up = GetCurrentTimestamp() + MAX_WAIT_MS * INT64CONST(1000);
	LOCKTAG		tag;

	if (!is_possible(needs, n))
		return false;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, WORKER_LOCK_CLASS);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		AcceptInvalidationMessages();
		if (all_made(needs, n, is_made))
			return true;
		if (LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL)
		{
			/* another session's worker may have made it in this moment */
			AcceptInvalidationMessages();
			if (!all_made(needs, n, is_made))
				run_worker(needs, n);
			(void) LockRelease(&tag, ExclusiveLock, false);
			AcceptInvalidationMessages();
			return all_made(needs, n, is_made);
		}
		if (GetCurrentTimestamp() >= give_up)
			return false;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 MS_BETWEEN_TRIES, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
}

/* Returns whether what is needed is there: partitions, or what is_made says. */
static bool
all_made(const PartitionNeed *needs, int n, bool (*is_made) (void))
{
	if (is_made != NULL)
		return is_made();
	for (int i = 0; i < n; i++)
		if (!partition_is_made(&needs[i]))
			return false;
	return true;
}

/*
 * Returns whether another process may do it: not where this transaction may write
 * nothing, and not where it has locked what the worker needs, as whoever made the log in
 * it has.
 */
static bool
is_possible(const PartitionNeed *needs, int n)
{
	if (!IsUnderPostmaster || IsBinaryUpgrade || XactReadOnly || RecoveryInProgress())
		return false;
	if (needs[0].task == MAKE_LOG)
		return !holds_lock("access", RowExclusiveLock);
	return !holds_lock("entry", ShareUpdateExclusiveLock) &&
		!(needs[0].task == MAKE_SEGMENT_PARTITION && holds_lock("segment", ShareUpdateExclusiveLock));
}

/* Returns whether this transaction has locked a table of the log, in a mode or a stronger one. */
static bool
holds_lock(const char *table, LOCKMODE mode)
{
	Oid			oid = log_table(table);
	Relation	relation = OidIsValid(oid) ? RelationIdGetRelation(oid) : NULL;
	bool		is_held;

	if (relation == NULL)
		return false;
	is_held = CheckRelationLockedByMe(relation, mode, true);
	RelationClose(relation);
	return is_held;
}

/* Starts a worker for what is needed, and waits for its end. */
static void
run_worker(const PartitionNeed *needs, int n)
{
	const char *function = tasks[needs[0].task].function;
	BackgroundWorker worker = {0};
	BackgroundWorkerHandle *handle;
	Request		request = {
		.seal_interval_min = ogw_seal_interval_min,
		.duplicate_window_s = ogw_duplicate_window_s,
		.lock_timeout_ms = LockTimeout > 0 ? Min(LockTimeout, WORKER_LOCK_TIMEOUT_MS) : WORKER_LOCK_TIMEOUT_MS,
		.n = n
	};

	strlcpy(request.version, OGW_VERSION, sizeof(request.version));
	for (int i = 0; i < n; i++)
	{
		request.task[i] = needs[i].task;
		request.at[i] = needs[i].at;
	}
	snprintf(worker.bgw_name, BGW_MAXLEN, "ogw_logs %s for process %d", function, MyProcPid);
	strlcpy(worker.bgw_type, "ogw_logs partition", BGW_MAXLEN);
	strlcpy(worker.bgw_library_name, "ogw_logs", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "ogw_autonomous_main", BGW_MAXLEN);
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = ObjectIdGetDatum(MyDatabaseId);
	worker.bgw_notify_pid = MyProcPid;
	memcpy(worker.bgw_extra, &request, sizeof(request));
	if (!RegisterDynamicBackgroundWorker(&worker, &handle))
	{
		ereport(LOG,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("ogw_logs: no background worker is free for %s()", function),
				 errdetail("The writer's own transaction does it: others who need the same wait for its end."),
				 errhint("Raise max_worker_processes.")));
		return;
	}
	if (WaitForBackgroundWorkerShutdown(handle) == BGWH_POSTMASTER_DIED)
		proc_exit(1);
	pfree(handle);
}

/*
 * The worker: does what its request says in the database whose OID it is given.  An error
 * is told at LOG, since the caller tries it too, and gets the error where it is one.
 */
void
ogw_autonomous_main(Datum arg)
{
	Request		request;

	memcpy(&request, MyBgworkerEntry->bgw_extra, sizeof(request));
	worker_begin();
	if (strncmp(request.version, OGW_VERSION, sizeof(request.version)) != 0)
		return;
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
	worker_pin_settings();
	SetConfigOption("lock_timeout", psprintf("%d", request.lock_timeout_ms), PGC_SUSET, PGC_S_OVERRIDE);
	/* the caller's transaction is not read-only */
	SetConfigOption("default_transaction_read_only", "off", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("ogw_logs.seal_interval", psprintf("%d", request.seal_interval_min), PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("ogw_logs.duplicate_window", psprintf("%d", request.duplicate_window_s), PGC_SUSET, PGC_S_OVERRIDE);
	PG_TRY();
	{
		for (int i = 0; i < request.n; i++)
			do_task(request.task[i], request.at[i]);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(TopMemoryContext);
		error = CopyErrorData();
		FlushErrorState();
		AbortCurrentTransaction();
		ereport(LOG,
				(errcode(error->sqlerrcode),
				 errmsg("%s: %s", MyBgworkerEntry->bgw_name, error->message),
				 errdetail("The process that asked for it does it itself: others who need the same wait for its transaction.")));
	}
	PG_END_TRY();
}

/* Does a task in a transaction, as the owner of the function that it calls. */
static void
do_task(AutonomousTask task, TimestampTz at)
{
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(at)};
	Oid			owner;
	Oid			caller;
	int			sec_context;
	int			guc_nest;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	XactIsoLevel = XACT_READ_COMMITTED;
	owner = worker_function_owner(tasks[task].schema, tasks[task].function, tasks[task].argument);
	if (OidIsValid(owner))
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		pgstat_report_activity(STATE_RUNNING, tasks[task].query);
		GetUserIdAndSecContext(&caller, &sec_context);
		SetUserIdAndSecContext(owner, sec_context | SECURITY_RESTRICTED_OPERATION);
		guc_nest = settings_pin();
		if (task == MAKE_LOG || !partition_is_made(&(PartitionNeed) {task, at}))
		{
			SPI_connect();
			spi_call(tasks[task].query, task == MAKE_LOG ? 0 : 1, types, args);
			SPI_finish();
		}
		AtEOXact_GUC(false, guc_nest);
		SetUserIdAndSecContext(caller, sec_context);
		PopActiveSnapshot();
	}
	CommitTransactionCommand();
	pgstat_report_activity(STATE_IDLE, NULL);
}
