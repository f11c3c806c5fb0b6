/*
 * inbox.c
 *		Writing entries by INSERT and COPY: the triggers of the view ogw_logs.inbox.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/pinned_settings.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_details.h"
#include "ingest/batch_write.h"
#include "ingest/copy_context.h"
#include "ingest/last_batch.h"

PG_FUNCTION_INFO_V1(ogw_receive);

/* A statement into inbox that is running; it lives in its batch's memory context. */
typedef struct InboxStatement
{
	struct InboxStatement *outer;	/* the one round it */
	SubTransactionId subxact;	/* in which it began */
	Oid			owner;			/* whose rights it writes with */
	bool		has_row;		/* its first row has come */
	Batch	   *batch;
} InboxStatement;

/* The innermost of them; NULL for none. */
static InboxStatement *running = NULL;

/* Whether we are told of the ends of transactions. */
static bool registered = false;

static void receive_begin(FunctionCallInfo fcinfo);
static bool is_unchanged(TupleDesc columns);
pg_noreturn static void inbox_altered(void);
static HeapTuple receive_row(TriggerData *trigger);
static HeapTuple stored_row(TupleDesc inbox, const BatchRow *row);
static void receive_end(FunctionCallInfo fcinfo);
static void forget_on_xact_end(XactEvent event, void *arg);
static void forget_on_subxact_end(SubXactEvent event, SubTransactionId mine,
								  SubTransactionId parent, void *arg);

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
				 errmsg("ogw_logs_internal.receive() is the trigger function of ogw_logs.inbox")));
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		return PointerGetDatum(receive_row(trigger));
	if (TRIGGER_FIRED_BEFORE(trigger->tg_event))
		receive_begin(fcinfo);
	else
		receive_end(fcinfo);
	return PointerGetDatum(NULL);
}

/* Begins the batch of a statement into inbox. */
static void
receive_begin(FunctionCallInfo fcinfo)
{
	OwnerGuard	guard;
	InboxStatement *statement;
	Batch	   *batch;

	if (!registered)
	{
		RegisterXactCallback(forget_on_xact_end, NULL);
		RegisterSubXactCallback(forget_on_subxact_end, NULL);
		registered = true;
	}
	if (!is_unchanged(RelationGetDescr(((TriggerData *) fcinfo->context)->tg_relation)))
		inbox_altered();
	copy_context_begin(((TriggerData *) fcinfo->context)->tg_relation);
	last_batch_begin();
	owner_enter(&guard, fcinfo);
	log_ensure();
	batch = batch_begin("inbox", BATCH_ROWS, guard.caller, TopTransactionContext);
	statement = MemoryContextAlloc(batch->context, sizeof(InboxStatement));
	*statement = (InboxStatement) {
		.outer = running, .subxact = GetCurrentSubTransactionId(), .owner = GetUserId(), .batch = batch
	};
	running = statement;
	owner_leave(&guard);
}

/* Returns whether a view has the columns of inbox: each field as a text, in their order. */
static bool
is_unchanged(TupleDesc columns)
{
	if (columns->natts != N_FIELDS)
		return false;
	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
		if (TupleDescAttr(columns, f)->atttypid != TEXTOID ||
			strcmp(NameStr(TupleDescAttr(columns, f)->attname), entry_fields[f].name) != 0)
			return false;
	return true;
}

/* Raises object_not_in_prerequisite_state where rows do not come as the view hands them on. */
static void
inbox_altered(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("view ogw_logs.inbox has been altered"),
			 errhint("Its three triggers must be enabled and its columns unchanged.")));
}

/*
 * Takes one row of a statement into inbox, and writes the batch when it is full.  Returns
 * what RETURNING gets.
 */
static HeapTuple
receive_row(TriggerData *trigger)
{
	TupleTableSlot *slot = trigger->tg_trigslot;
	InboxStatement *statement = running;
	Batch	   *batch;
	GivenEntry	given = {0};
	Rejection	why;
	OwnerGuard	guard;
	MemoryContext old;
	bool		accepted;

	if (statement == NULL)
		copy_context_replace();
	else if (!statement->has_row)
	{
		copy_context_first_row();
		statement->has_row = true;
	}
	if (statement == NULL || slot->tts_tupleDescriptor->natts != N_FIELDS)
		inbox_altered();
	batch = statement->batch;
	owner_enter_row(&guard, statement->owner);
	if (batch_is_full(batch))
	{
		int			nest = settings_pin();

		batch_flush(batch, false);
		AtEOXact_GUC(false, nest);
	}
	old = MemoryContextSwitchTo(batch->entry_context);
	slot_getallattrs(slot);
	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
		if (!slot->tts_isnull[f])
			given_set_text(&given.field[f], slot->tts_values[f]);
	MemoryContextSwitchTo(old);
	accepted = batch_add(batch, &given, &why);
	owner_leave(&guard);
	/* nobody gets what COPY is handed back */
	return stored_row(slot->tts_tupleDescriptor,
					  accepted && !copy_context_is_copy() ? &batch->rows[batch->n_rows - 1] : NULL);
}

/*
 * Makes the row of inbox that is handed back of an entry: which one it is, and its time as
 * it is stored; all else is NULL.  Without one (NULL: it was refused) all of it is.
 *
 * PostgreSQL keeps what RETURNING gets to the end of the statement, on disk where it is
 * long: nothing is in it that may not be stored.  It frees the row that it made for us
 * only where another one comes back, so there is one for each entry.
 */
static HeapTuple
stored_row(TupleDesc inbox, const BatchRow *row)
{
	Datum		values[N_FIELDS] = {0};
	bool		nulls[N_FIELDS];

	memset(nulls, true, sizeof(nulls));
	if (row != NULL)
	{
		values[FIELD_JOB_ID] = slice_to_text(row->job_id);
		values[FIELD_TEAM_ID] = slice_to_text(row->team_id);
		/* the column is text: as the session would write the entry's */
		values[FIELD_TIMESTAMP] = CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(row->timestamp))));
		nulls[FIELD_JOB_ID] = nulls[FIELD_TEAM_ID] = nulls[FIELD_TIMESTAMP] = false;
	}
	return heap_form_tuple(inbox, values, nulls);
}

/* Writes what is left of a statement's batch, and says what became of it. */
static void
receive_end(FunctionCallInfo fcinfo)
{
	InboxStatement *statement = running;
	OwnerGuard	guard;
	Batch	   *batch;

	if (statement == NULL)
		return;
	batch = statement->batch;
	owner_enter(&guard, fcinfo);
	batch_flush(batch, true);
	owner_leave(&guard);
	if (!statement->has_row)
		copy_context_end();
	last_batch_add(batch);
	running = statement->outer;
	batch_details_warn(&batch->details, batch->counts.received,
					   "See ogw_logs.rejected, or call ogw_logs.last_batch(details => true) in the same transaction.");
	batch_end(batch);
}

/* Forgets the statements that ended with their transaction. */
static void
forget_on_xact_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PARALLEL_PRE_COMMIT ||
		event == XACT_EVENT_PRE_PREPARE)
		return;
	running = NULL;				/* their memory goes with the transaction */
	copy_context_reset();
}

/* Forgets the statements that ended with their subtransaction. */
static void
forget_on_subxact_end(SubXactEvent event, SubTransactionId mine,
					  SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (running != NULL && running->subxact >= mine)
	{
		Batch	   *batch = running->batch;

		running = running->outer;
		batch_end(batch);
	}
}
