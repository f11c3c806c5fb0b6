/*
 * ogw_logs.c
 *		The library's entry point.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "core/compat.h"
#include "core/json_pause.h"
#include "core/log_columns.h"
#include "core/partition.h"
#include "core/relation_changes.h"
#include "core/settings.h"
#include "core/settings_tables.h"
#include "entry/entry.h"
#include "ingest/copy_context.h"
#include "lifecycle/worker.h"
#include "search/filter_columns.h"
#include "search/search_columns.h"
#include "segment/segment_read.h"

OGW_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

static void check_for_interrupts(void);

/*
 * Declares the settings, begins to listen to changes of relations and to ends of
 * transactions, and lets long JSON be cancelled.
 */
void
_PG_init(void)
{
	json_set_pause(check_for_interrupts);
	settings_init();
	launcher_init();
	MarkGUCPrefixReserved("ogw_logs");
	relation_changes_init();
	settings_tables_init();
	partitions_init();
	log_columns_init();
	entry_init();
	filter_columns_init();
	search_columns_init();
	copy_context_init();
	segment_cache_init();
}

/* Raises query_canceled, or ends the session, where that is asked for. */
static void
check_for_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}
