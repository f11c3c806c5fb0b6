/*
 * doors.c
 *		The three doors: a function for one entry, a function for a JSON array,
 *		and the trigger of the view that INSERT and COPY write into.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "commands/copy.h"
#include "commands/copyfrom_internal.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "access.h"
#include "compat.h"
#include "ingest.h"
#include "log.h"
#include "span.h"

PG_FUNCTION_INFO_V1(ogw_insert_log);
PG_FUNCTION_INFO_V1(ogw_insert_logs);
PG_FUNCTION_INFO_V1(ogw_receive);
PG_FUNCTION_INFO_V1(ogw_last_batch);

/* The batches of the statements into inbox that are running, innermost first. */
static Batch *inbox_batches = NULL;

/* What became of the last such statement of this session. */
static BatchCounts last_inbox_counts;

static char *cost_text(Datum cost);
static void give_text(GivenField *field, Datum value);
static void add_elements(Batch *batch, const char *p, const char *end);
static void add_text(Batch *batch, Span text);
static void add_element(Batch *batch, Span element, JsonStatus status);
static void receive_begin(FunctionCallInfo fcinfo);
static void receive_row(TriggerData *trigger);
static void receive_end(FunctionCallInfo fcinfo);
static void copy_line_number(void *arg);
static void forget_on_xact_end(XactEvent event, void *arg);
static void forget_on_subxact_end(SubXactEvent event, SubTransactionId mine,
								  SubTransactionId parent, void *arg);
static Datum counts_datum(FunctionCallInfo fcinfo, const BatchCounts *counts);

/*
 * insert_log(…) → text: 'stored' or 'duplicate'.  A bad value is an error with
 * the SQLSTATE of its reason.
 */
Datum
ogw_insert_log(PG_FUNCTION_ARGS)
{
	GivenEntry	given = {0};
	Rejection	why;
	OwnerGuard	guard;
	Batch	   *batch;
	bool		stored;
	MemoryContext old;

	owner_enter(&guard, fcinfo);
	log_ensure();
	batch = batch_begin("insert_log", 1, CurrentMemoryContext);
	old = MemoryContextSwitchTo(batch->entry_context);
	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
	{
		if (PG_ARGISNULL(f))
			continue;
		switch (f)
		{
			case FIELD_TIMESTAMP:
				given.has_timestamp = true;
				given.timestamp = PG_GETARG_TIMESTAMPTZ(f);
				break;
			case FIELD_FIRST_BYTE_MS:
			case FIELD_LATENCY_MS:
			case FIELD_PROMPT_TOKENS:
			case FIELD_COMPLETION_TOKENS:
			case FIELD_CACHED_TOKENS:
			case FIELD_REASONING_TOKENS:
				give_text(&given.field[f],
						  CStringGetTextDatum(psprintf("%d", PG_GETARG_INT32(f))));
				break;
			case FIELD_COST_USD:
				give_text(&given.field[f],
						  CStringGetTextDatum(cost_text(PG_GETARG_DATUM(f))));
				break;
			default:
				give_text(&given.field[f], PG_GETARG_DATUM(f));
		}
	}
	MemoryContextSwitchTo(old);
	if (!batch_add(batch, &given, &why))
		rejection_error(&why);
	batch_flush(batch, true);
	stored = batch->counts.stored == 1;
	batch_end(batch);
	owner_leave(&guard);
	PG_RETURN_TEXT_P(cstring_to_text(stored ? "stored" : "duplicate"));
}

/*
 * insert_logs(text or json) → batch_counts; NULL is an empty batch.  Raises an
 * error where the text does not begin as an array does.
 */
Datum
ogw_insert_logs(PG_FUNCTION_ARGS)
{
	OwnerGuard	guard;
	Batch	   *batch;
	BatchCounts counts = {0};

	if (!PG_ARGISNULL(0))
	{
		text	   *entries = PG_GETARG_TEXT_PP(0);
		const char *p = VARDATA_ANY(entries);
		const char *end = p + VARSIZE_ANY_EXHDR(entries);

		p = json_skip_space(p, end);
		if (p >= end || *p != '[')
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_JSON_TEXT),
					 errmsg("entries is not a JSON array"),
					 errhint("Give the entries as [{…}, {…}].")));
		owner_enter(&guard, fcinfo);
		log_ensure();
		batch = batch_begin("insert_logs", BATCH_ROWS, CurrentMemoryContext);
		add_elements(batch, p + 1, end);
		batch_flush(batch, true);
		counts = batch->counts;
		batch_end(batch);
		owner_leave(&guard);
	}
	return counts_datum(fcinfo, &counts);
}

/*
 * receive(): the three triggers of ogw_logs.inbox.  A row is never an error:
 * what is wrong with it is counted and noted in ogw_logs.rejected.
 */
Datum
ogw_receive(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ogw_logs.receive() is the trigger function of ogw_logs.inbox")));
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
	{
		receive_row(trigger);

		/*
		 * PostgreSQL frees the row it made for us only where another comes
		 * back: else each would stay to the end of the statement.
		 */
		return PointerGetDatum(heap_copytuple(trigger->tg_trigtuple));
	}
	if (TRIGGER_FIRED_BEFORE(trigger->tg_event))
		receive_begin(fcinfo);
	else
		receive_end(fcinfo);
	return PointerGetDatum(NULL);
}

/* last_batch() → batch_counts of this session's last statement into inbox. */
Datum
ogw_last_batch(PG_FUNCTION_ARGS)
{
	return counts_datum(fcinfo, &last_inbox_counts);
}

/* Returns the digits of a numeric, without zeros that its scale adds. */
static char *
cost_text(Datum cost)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out,
											   DirectFunctionCall1(numeric_trim_scale, cost)));
}

/* Gives a field the text of a value. */
static void
give_text(GivenField *field, Datum value)
{
	field->as = GIVEN_TEXT;
	field->text = text_span(value);
}

/*
 * Adds what stands behind the opening bracket of an array.  What is left where
 * the array does not end, and what follows behind its end, counts as one
 * element that is no JSON.
 */
static void
add_elements(Batch *batch, const char *p, const char *end)
{
	bool		more;

	p = json_skip_space(p, end);
	more = (p >= end || *p != ']');
	while (more)
	{
		const char *after;
		const char *stop = NULL;
		JsonStatus	status = json_check_value(p, end, &after);

		CHECK_FOR_INTERRUPTS();
		if (status == JSON_OK)
			stop = json_skip_space(after, end);
		if (stop != NULL && stop < end && (*stop == ',' || *stop == ']'))
			add_element(batch, (Span) {p, after - p}, status);
		else
		{
			/* not valid, or not all of the element: look where it ends */
			stop = json_element_end(p, end);
			add_text(batch, (Span) {p, (stop ? stop : end) - p});
		}
		if (stop == NULL)
			return;
		more = (*stop == ',');
		p = more ? json_skip_space(stop + 1, end) : stop;
	}
	p = json_skip_space(p + 1, end);
	if (p < end)
		add_text(batch, (Span) {p, end - p});
}

/* Adds an element of an array that may be anything. */
static void
add_text(Batch *batch, Span text)
{
	Span		element = text;
	JsonStatus	status = json_check(text, &element);

	add_element(batch, element, status);
}

/* Adds an element of an array that has been checked. */
static void
add_element(Batch *batch, Span element, JsonStatus status)
{
	MemoryContext old = CurrentMemoryContext;
	GivenEntry	given = {0};
	Span		nobody = {NULL, 0};
	Rejection	why = {FIELD_NONE, REASON_NONE};

	if (batch_is_full(batch))
		batch_flush(batch, false);
	MemoryContextSwitchTo(batch->entry_context);
	switch (status)
	{
		case JSON_OK:
			why.reason = entry_given_json(&given, element);
			break;
		case JSON_TOO_DEEP:
			why.reason = REASON_TOO_DEEP;
			break;
		case JSON_INVALID:
			why.reason = REASON_INVALID_JSON;
			break;
	}
	MemoryContextSwitchTo(old);
	if (why.reason == REASON_NONE)
		(void) batch_add(batch, &given, &why);
	else
		batch_reject(batch, nobody, nobody, why);
}

/* Begins the batch of a statement into inbox. */
static void
receive_begin(FunctionCallInfo fcinfo)
{
	static bool registered = false;
	OwnerGuard	guard;
	Batch	   *batch;

	if (!registered)
	{
		RegisterXactCallback(forget_on_xact_end, NULL);
		RegisterSubXactCallback(forget_on_subxact_end, NULL);
		registered = true;
	}
	owner_enter(&guard, fcinfo);
	log_ensure();
	batch = batch_begin("inbox", BATCH_ROWS, TopTransactionContext);
	batch->owner = GetUserId();
	batch->outer = inbox_batches;
	inbox_batches = batch;
	owner_leave(&guard);
}

/*
 * Takes one row of a statement into inbox, and writes the batch when it is
 * full.
 *
 * COPY adds the whole line to every error raised while it runs, its own and
 * others': from the first row on, its callback is replaced for as long as this
 * COPY runs.
 */
static void
receive_row(TriggerData *trigger)
{
	TupleTableSlot *slot = trigger->tg_trigslot;
	Batch	   *batch = inbox_batches;
	GivenEntry	given = {0};
	Rejection	why;
	OwnerGuard	guard;
	MemoryContext old;

	if (error_context_stack != NULL &&
		error_context_stack->callback == CopyFromErrorCallback)
		error_context_stack->callback = copy_line_number;
	if (batch == NULL || slot->tts_tupleDescriptor->natts != N_FIELDS)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ogw_logs.inbox is not as CREATE EXTENSION made it"),
				 errhint("Its three triggers must be enabled and its columns unchanged.")));
	owner_enter_row(&guard, batch->owner);
	if (batch_is_full(batch))
	{
		int			nest = search_path_pin();

		batch_flush(batch, false);
		AtEOXact_GUC(false, nest);
	}
	old = MemoryContextSwitchTo(batch->entry_context);
	slot_getallattrs(slot);
	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
		if (!slot->tts_isnull[f])
			give_text(&given.field[f], slot->tts_values[f]);
	MemoryContextSwitchTo(old);
	(void) batch_add(batch, &given, &why);
	owner_leave(&guard);
}

/* Error context callback: where COPY is, without what stands there. */
static void
copy_line_number(void *arg)
{
	CopyFromState copy = (CopyFromState) arg;

	errcontext("COPY %s, line %llu", copy->cur_relname,
			   (unsigned long long) copy->cur_lineno);
}

/* Writes what is left of a statement's batch, and keeps its counts. */
static void
receive_end(FunctionCallInfo fcinfo)
{
	Batch	   *batch = inbox_batches;
	OwnerGuard	guard;

	if (batch == NULL)
		return;
	owner_enter(&guard, fcinfo);
	batch_flush(batch, true);
	owner_leave(&guard);
	last_inbox_counts = batch->counts;
	inbox_batches = batch->outer;
	batch_end(batch);
}

/* Forgets the batches of statements that ended with their transaction. */
static void
forget_on_xact_end(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PARALLEL_PRE_COMMIT &&
		event != XACT_EVENT_PRE_PREPARE)
		inbox_batches = NULL;	/* their memory goes with the transaction */
}

/* Forgets the batches of statements that ended with their subtransaction. */
static void
forget_on_subxact_end(SubXactEvent event, SubTransactionId mine,
					  SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (inbox_batches != NULL && inbox_batches->subxact >= mine)
	{
		Batch	   *batch = inbox_batches;

		inbox_batches = batch->outer;
		batch_end(batch);
	}
}

/* Makes a value of ogw_logs.batch_counts. */
static Datum
counts_datum(FunctionCallInfo fcinfo, const BatchCounts *counts)
{
	TupleDesc	desc;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE ||
		desc->natts != lengthof(values))
		elog(ERROR, "ogw_logs.batch_counts is not as CREATE EXTENSION made it");
	values[0] = Int64GetDatum(counts->received);
	values[1] = Int64GetDatum(counts->stored);
	values[2] = Int64GetDatum(counts->duplicate);
	values[3] = Int64GetDatum(counts->rejected);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
