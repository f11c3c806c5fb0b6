/*
 * inbox.c
 *		Writing entries by INSERT and COPY: the triggers of the view ogw_logs.inbox.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "core/log.h"
#include "core/owner.h"
#include "core/pinned_settings.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_write.h"
#include "ingest/copy_context.h"

PG_FUNCTION_INFO_V1(ogw_receive);
PG_FUNCTION_INFO_V1(ogw_last_batch);

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

/* What became of the last such statement of this session, and in which subtransaction. */
static BatchCounts last_inbox_counts;
static SubTransactionId last_inbox_subxact;

/* Whether we are told of the ends of transactions. */
static bool registered = false;

static void receive_begin(FunctionCallInfo fcinfo);
static void receive_row(TriggerData *trigger);
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

/*
 * last_batch() → batch_counts of this session's last statement into inbox; zeros where it
 * failed, or was rolled back.
 */
Datum
ogw_last_batch(PG_FUNCTION_ARGS)
{
	return batch_counts_datum(fcinfo, &last_inbox_counts);
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
	copy_context_begin(((TriggerData *) fcinfo->context)->tg_relation);
	last_inbox_counts = (BatchCounts) {0};
	owner_enter(&guard, fcinfo);
	log_ensure();
	batch = batch_begin("inbox", BATCH_ROWS, TopTransactionContext);
	statement = MemoryContextAlloc(batch->context, sizeof(InboxStatement));
	*statement = (InboxStatement) {
		.outer = running, .subxact = GetCurrentSubTransactionId(), .owner = GetUserId(), .batch = batch
	};
	running = statement;
	owner_leave(&guard);
}

/* Takes one row of a statement into inbox, and writes the batch when it is full. */
static void
receive_row(TriggerData *trigger)
{
	TupleTableSlot *slot = trigger->tg_trigslot;
	InboxStatement *statement = running;
	Batch	   *batch;
	GivenEntry	given = {0};
	Rejection	why;
	OwnerGuard	guard;
	MemoryContext old;

	if (statement == NULL)
		copy_context_replace();
	else if (!statement->has_row)
	{
		copy_context_first_row();
		statement->has_row = true;
	}
	if (statement == NULL || slot->tts_tupleDescriptor->natts != N_FIELDS)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("view ogw_logs.inbox has been altered"),
				 errhint("Its three triggers must be enabled and its columns unchanged.")));
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
	(void) batch_add(batch, &given, &why);
	owner_leave(&guard);
}

/* Writes what is left of a statement's batch, and keeps its counts. */
static void
receive_end(FunctionCallInfo fcinfo)
{
	InboxStatement *statement = running;
	OwnerGuard	guard;

	if (statement == NULL)
		return;
	owner_enter(&guard, fcinfo);
	batch_flush(statement->batch, true);
	owner_leave(&guard);
	if (!statement->has_row)
		copy_context_end();
	last_inbox_counts = statement->batch->counts;
	last_inbox_subxact = GetCurrentSubTransactionId();
	running = statement->outer;
	batch_end(statement->batch);
}

/* Forgets the statements that ended with their transaction. */
static void
forget_on_xact_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PARALLEL_PRE_COMMIT ||
		event == XACT_EVENT_PRE_PREPARE)
		return;
	/* also one that failed before it came here */
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		last_inbox_counts = (BatchCounts) {0};
	last_inbox_subxact = InvalidSubTransactionId;
	running = NULL;				/* their memory goes with the transaction */
	copy_context_reset();
}

/* Forgets the statements that ended with their subtransaction. */
static void
forget_on_subxact_end(SubXactEvent event, SubTransactionId mine,
					  SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_COMMIT_SUB && last_inbox_subxact == mine)
		last_inbox_subxact = parent;
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	if (last_inbox_subxact >= mine)
		last_inbox_counts = (BatchCounts) {0};
	while (running != NULL && running->subxact >= mine)
	{
		Batch	   *batch = running->batch;

		running = running->outer;
		batch_end(batch);
	}
}
