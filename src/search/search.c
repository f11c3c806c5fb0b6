/*
 * search.c
 *		Finding entries by the filters that are given.
 *
 * Here the arguments become a Search; search_partitions.c runs it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"

#include "core/log.h"
#include "core/owner.h"
#include "search/search_filters.h"
#include "search/search_page.h"
#include "search/search_run.h"
#include "search/search_state.h"

PG_FUNCTION_INFO_V1(ogw_search);

/* The arguments of search() behind the filters, in their order. */
enum
{
	ARG_MAX_ROWS = N_FILTER_ARGS, ARG_BEFORE
};

/* What max_rows is when it is NULL. */
#define DEFAULT_MAX_ROWS 50

/*
 * search(…) → SETOF entry_row: the entries that match every filter given, newest
 * first; no rows before there is a log.  With body_contains those whose bodies the
 * caller may read and have that text.  A NOTICE where there are more than max_rows.
 * Raises invalid_parameter_value for arguments that cannot be, insufficient_privilege for
 * bodies that the caller may not read.
 */
Datum
ogw_search(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		max_rows = PG_ARGISNULL(ARG_MAX_ROWS) ?
		DEFAULT_MAX_ROWS : PG_GETARG_INT32(ARG_MAX_ROWS);
	SearchCall	call = {.function = "search"};
	OwnerGuard	guard;
	Search		search = {.has_more = false};

	if (max_rows < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_rows must be at least 1")));
	page_check(&fcinfo->args[ARG_BEFORE]);
	InitMaterializedSRF(fcinfo, 0);
	owner_enter(&guard, fcinfo);
	filters_check(&call.filters, fcinfo->args);
	if (log_exists())
	{
		call.reader = guard.caller;
		search_call_begin(&call, &search, result->setDesc);
		search.store = result->setResult;
		/* the one behind the last tells that there are more */
		search.rows_left = (uint64) max_rows + 1;
		search.looks_ahead = true;
		page_begin(&search, &fcinfo->args[ARG_BEFORE], &call.rights);
		search_run(&call, &search);
	}
	owner_leave(&guard);
	if (search.has_more)
		ereport(NOTICE,
				(errmsg("there are more entries than max_rows"),
				 errhint("For the next page give the last row's timestamp, job_id and team_id as before_timestamp, before_job_id and before_team_id.")));
	return (Datum) 0;
}
