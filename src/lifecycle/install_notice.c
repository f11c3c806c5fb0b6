/*
 * install_notice.c
 *		What CREATE EXTENSION says at its end.
 *
 * PostgreSQL hides the notices of an install script, whatever the session wants to be told.
 * So this one waits for the end of the transaction, when the session's own setting counts
 * again: a restore, which asks for warnings alone, is told nothing.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "utils/lsyscache.h"

#include "core/settings.h"

PG_FUNCTION_INFO_V1(ogw_notice_at_commit);

static bool is_pending = false;

static void transaction_ends(XactEvent event, void *arg);

/* notice_at_commit(): has the transaction tell, when it commits, how the log is made. */
Datum
ogw_notice_at_commit(PG_FUNCTION_ARGS)
{
	static bool is_registered = false;

	if (!is_registered)
		RegisterXactCallback(transaction_ends, NULL);
	is_registered = true;
	is_pending = true;
	PG_RETURN_VOID();
}

/* Tells it, unless the extension was rolled back to a savepoint, or a log is there. */
static void
transaction_ends(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT && is_pending)
	{
		Oid			schema = get_namespace_oid(OGW_SCHEMA, true);

		is_pending = false;
		if (OidIsValid(get_extension_oid("ogw_logs", true)) && OidIsValid(schema) &&
			!OidIsValid(get_relname_relid("entry", schema)))
			ereport(NOTICE,
					(errmsg("ogw_logs has no tables and views yet: SELECT ogw_logs.create_log() makes them"),
					 errhint("So does the first write. ogw_logs.create_log('1 hour') chooses another interval of a partition than a day.")));
	}
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		is_pending = false;
}
