/*
 * background_worker.c
 *		What the background workers of this extension have in common.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "core/background_worker.h"

/* Sets up the signals: SIGHUP reloads, SIGTERM ends the process at the next check. */
void
worker_begin(void)
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
}

/*
 * Sets what may not be as the server or the database has it; called when connected.  A
 * commit does not wait for a standby: the locks of the step would be held as long, and
 * what is lost with a server is only due again.
 */
void
worker_pin_settings(void)
{
	SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET, PGC_S_OVERRIDE);
	if (synchronous_commit > SYNCHRONOUS_COMMIT_LOCAL_FLUSH)
		SetConfigOption("synchronous_commit", "local", PGC_SUSET, PGC_S_OVERRIDE);
	/* from 17 on; a large index takes as long as it takes */
	if (GetConfigOption("transaction_timeout", true, false) != NULL)
		SetConfigOption("transaction_timeout", "0", PGC_SUSET, PGC_S_OVERRIDE);
}

/*
 * Returns the owner of a function of the extension with one argument, of a type, or
 * InvalidOid where there is nothing to call: without the extension, while it is being
 * dropped, and where what has this name is none of its members.  Nobody drops the
 * extension before the transaction ends.
 */
Oid
worker_function_owner(const char *schema_name, const char *function_name, Oid argument)
{
	Oid			extension = get_extension_oid("ogw_logs", true);
	Oid			schema = get_namespace_oid(schema_name, true);
	Oid			owner = InvalidOid;
	HeapTuple	tuple;

	if (!OidIsValid(extension) ||
		!ConditionalLockDatabaseObject(ExtensionRelationId, extension, 0, AccessShareLock))
		return InvalidOid;
	tuple = SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum(function_name),
							PointerGetDatum(buildoidvector(&argument, 1)),
							ObjectIdGetDatum(schema));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	if (getExtensionOfObject(ProcedureRelationId, ((Form_pg_proc) GETSTRUCT(tuple))->oid) == extension)
		owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}
