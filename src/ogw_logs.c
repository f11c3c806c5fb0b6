/*
 * ogw_logs.c
 *		The library's entry point.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "core/compat.h"
#include "core/partition.h"
#include "core/relation_changes.h"
#include "core/settings.h"
#include "core/settings_tables.h"
#include "lifecycle/worker.h"
#include "search/filter_columns.h"

OGW_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

/* Declares the settings, and begins to listen to changes of relations. */
void
_PG_init(void)
{
	settings_init();
	launcher_init();
	MarkGUCPrefixReserved("ogw_logs");
	relation_changes_init();
	settings_tables_init();
	partitions_init();
	filter_columns_init();
}
