/*
 * search_run.c
 *		Running a search for a caller, in bodies too where that is asked for.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "core/settings.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/text_array.h"
#include "policy/access.h"
#include "policy/body_read.h"
#include "policy/mask.h"
#include "search/body_matches.h"
#include "search/search_partitions.h"
#include "search/search_run.h"
#include "search/search_state.h"

/* Bodies that are recorded in one statement. */
#define RECORDED_AT_ONCE 1000

static void search_bodies(SearchCall *call, Search *search);
static void mute_client_messages(void);
static void record_found(const SearchCall *call, TupleDesc desc);
static void emit_found(const SearchCall *call, const Search *search);

/* Returns the type ogw_logs.entry_row as a palloc'd description of rows. */
TupleDesc
entry_row_desc(void)
{
	Oid			schema = get_namespace_oid(OGW_SCHEMA, false);
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("entry_row"), ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no type ogw_logs.entry_row"),
				 errhint("CREATE EXTENSION makes it.")));
	return lookup_rowtype_tupdesc_copy(type, -1);
}

/*
 * Begins a search that has the filters of a call, for its reader, whose rows are of a type.
 * Called as the owner, with a log.
 */
void
search_call_begin(SearchCall *call, Search *search, TupleDesc desc)
{
	access_rights(call->reader, "read", &call->rights);
	search_begin(search, desc, &call->rights);
	filters_add(&call->filters, search);
}

/*
 * Runs a search that has the filters of a call, for its reader.  What was found in bodies
 * is kept in call->found: a second search for the same, as search->sink wants it, gets that.
 * Raises insufficient_privilege for bodies where the caller may read none.
 */
void
search_run(SearchCall *call, Search *search)
{
	if (call->filters.args[FILTER_BODY_CONTAINS].isnull)
	{
		search_partitions(search);
		return;
	}
	if (call->found == NULL)
		search_bodies(call, search);
	emit_found(call, search);
}

/*
 * Searches the entries whose bodies the caller may read, for those whose bodies have a
 * text.  What is found tells what is in them, so it is recorded before it is returned.
 * Raises insufficient_privilege where the caller may read no bodies at all.
 */
static void
search_bodies(SearchCall *call, Search *search)
{
	const NullableDatum *ignore_case = &call->filters.args[FILTER_IGNORE_CASE];
	Slice		text = text_to_slice(call->filters.args[FILTER_BODY_CONTAINS].value);
	Tuplestorestate *store = search->store;
	RowSink    *sink = search->sink;

	if (!call->rights.all_bodies)
		search->n_teams = text_array_values(call->rights.body_teams, &search->teams, NULL);
	if (search->n_teams == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the current role may read no bodies, and so not search in them"),
				 errhint("The owner of the log gives that right with ogw_logs.grant_reader(…, bodies => true).")));
	call->found = search->store = tuplestore_begin_heap(false, false, work_mem);
	search->sink = NULL;
	SPI_connect();
	/* a secret is stored masked, but of a team that wants it as it is */
	search->bodies = body_search_begin(text, mask_secrets(text, NULL),
									   !ignore_case->isnull && DatumGetBool(ignore_case->value));
	mute_client_messages();
	body_search_record(call->reader, call->function);
	search_partitions(search);
	record_found(call, search->desc);
	SPI_finish();
	search->bodies = NULL;
	search->store = store;
	search->sink = sink;
}

/*
 * Keeps the server from telling the caller, to the end of the call, how far it has come:
 * what a search finds that is stopped then is recorded nowhere.
 */
static void
mute_client_messages(void)
{
	if (client_min_messages < WARNING)
		(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
}

/* Records who learns what of the entries that were found.  Connected to SPI. */
static void
record_found(const SearchCall *call, TupleDesc desc)
{
	TupleTableSlot *row = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	AttrNumber	team_id = SPI_fnumber(desc, "team_id");
	AttrNumber	job_id = SPI_fnumber(desc, "job_id");
	char	   *how = psprintf("%s() found a text in a body", call->function);
	Datum		teams[RECORDED_AT_ONCE];
	Datum		jobs[RECORDED_AT_ONCE];
	int			n = 0;

	while (tuplestore_gettupleslot(call->found, true, false, row))
	{
		bool		isnull;

		teams[n] = datumCopy(slot_getattr(row, team_id, &isnull), false, -1);
		jobs[n++] = datumCopy(slot_getattr(row, job_id, &isnull), false, -1);
		if (n < RECORDED_AT_ONCE)
			continue;
		body_reads_record(call->reader, how, teams, jobs, n);
		for (; n > 0; n--)
		{
			pfree(DatumGetPointer(teams[n - 1]));
			pfree(DatumGetPointer(jobs[n - 1]));
		}
	}
	body_reads_record(call->reader, how, teams, jobs, n);
	ExecDropSingleTupleTableSlot(row);
}

/* Puts what was found into the result, or gives it to who takes it. */
static void
emit_found(const SearchCall *call, const Search *search)
{
	TupleTableSlot *row = MakeSingleTupleTableSlot(search->desc, &TTSOpsMinimalTuple);
	RowSink    *sink = search->sink;
	int			columns[MAX_SINK_COLUMNS];

	for (int i = 0; sink != NULL && i < sink->n_columns; i++)
		columns[i] = SPI_fnumber(search->desc, sink->columns[i]);
	tuplestore_rescan(call->found);
	while (tuplestore_gettupleslot(call->found, true, false, row))
	{
		Datum		values[MAX_SINK_COLUMNS];
		bool		nulls[MAX_SINK_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		if (sink == NULL)
		{
			tuplestore_puttupleslot(search->store, row);
			continue;
		}
		for (int i = 0; i < sink->n_columns; i++)
			values[i] = slot_getattr(row, columns[i], &nulls[i]);
		sink->add(sink, values, nulls);
	}
	ExecDropSingleTupleTableSlot(row);
}
