/*
 * last_batch.c
 *		last_batch(): what became of all that the current transaction of this session has
 *		sent into ogw_logs.inbox, or else the last one that sent something.
 *
 * It is added up over the statements of the transaction.  What a subtransaction sent goes
 * when that is rolled back, and all of it when the transaction is.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "ingest/batch.h"
#include "ingest/batch_details.h"
#include "ingest/last_batch.h"

PG_FUNCTION_INFO_V1(ogw_last_batch);

/* What a transaction sent. */
typedef struct Sent
{
	BatchCounts counts;
	int			n_statements;	/* that have come to their end */
	BatchDetails details;		/* in TopMemoryContext */
} Sent;

/* What had been sent when a subtransaction first sent something. */
typedef struct SentBefore
{
	struct SentBefore *outer;	/* of the subtransaction round it; NULL: of none */
	SubTransactionId subxact;
	Sent		sent;			/* its list is that of now, which has only grown */
} SentBefore;

static Sent sent;

/* Whether the transaction that sent it has come to its end. */
static bool ended = false;

/* Of the subtransactions that run, the innermost first; in TopTransactionContext. */
static SentBefore *before = NULL;

static void sent_reset(void);
static void sent_on_xact_end(XactEvent event, void *arg);
static void sent_on_subxact_end(SubXactEvent event, SubTransactionId mine,
								SubTransactionId parent, void *arg);

/*
 * last_batch(details boolean) → batch_details, or batch_counts without an argument.  Zeros
 * before the first statement, and where the transaction or the statement failed; the details
 * are NULL where they were not asked for.
 */
Datum
ogw_last_batch(PG_FUNCTION_ARGS)
{
	bool		with_details = PG_NARGS() == 1;
	NullableDatum details = {0, true};

	if (with_details && !PG_ARGISNULL(0) && PG_GETARG_BOOL(0))
		details = (NullableDatum) {batch_details_json(&sent.details, NULL), false};
	return batch_counts_datum(fcinfo, &sent.counts, with_details, details);
}

/* Notes that a statement into inbox begins. */
void
last_batch_begin(void)
{
	static bool registered = false;

	if (!registered)
	{
		RegisterXactCallback(sent_on_xact_end, NULL);
		RegisterSubXactCallback(sent_on_subxact_end, NULL);
		registered = true;
	}
	if (ended)
		sent_reset();
}

/* Adds what became of a statement into inbox that comes to its end. */
void
last_batch_add(const Batch *batch)
{
	SubTransactionId subxact = GetCurrentSubTransactionId();

	if (subxact != TopSubTransactionId && (before == NULL || before->subxact != subxact))
	{
		SentBefore *now = MemoryContextAlloc(TopTransactionContext, sizeof(SentBefore));

		*now = (SentBefore) {before, subxact, sent};
		before = now;
	}
	sent.counts.received += batch->counts.received;
	sent.counts.stored += batch->counts.stored;
	sent.counts.duplicate += batch->counts.duplicate;
	sent.counts.rejected += batch->counts.rejected;
	sent.n_statements++;
	for (int i = 0; i < batch->details.n; i++)
	{
		BatchDetail detail = batch->details.listed[i];

		detail.statement = sent.n_statements;
		batch_details_add(&sent.details, &detail, TopMemoryContext);
	}
	sent.details.not_listed += batch->details.not_listed;
}

/* Forgets what was sent. */
static void
sent_reset(void)
{
	if (sent.details.listed != NULL)
		pfree(sent.details.listed);
	memset(&sent, 0, sizeof(sent));
	ended = false;
}

/* Keeps what a transaction sent that commits, or forgets it. */
static void
sent_on_xact_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PREPARE:
			ended = true;
			break;
		case XACT_EVENT_ABORT:
			/* also one that failed before it sent anything: its statement may have been one into inbox */
			sent_reset();
			break;
		default:
			return;
	}
	before = NULL;				/* its memory goes with the transaction */
}

/* Hands what a subtransaction sent to the one round it, or takes it back. */
static void
sent_on_subxact_end(SubXactEvent event, SubTransactionId mine,
					SubTransactionId parent, void *arg)
{
	SentBefore *undone = NULL;

	if (event == SUBXACT_EVENT_COMMIT_SUB && before != NULL && before->subxact == mine)
	{
		SentBefore *own = before;

		if (parent != TopSubTransactionId && (own->outer == NULL || own->outer->subxact != parent))
			own->subxact = parent;
		else
		{
			before = own->outer;
			pfree(own);
		}
	}
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	for (; before != NULL && before->subxact >= mine; before = before->outer)
		undone = before;
	if (undone != NULL)
	{
		BatchDetails list = sent.details;

		sent = undone->sent;
		sent.details.listed = list.listed;
		sent.details.capacity = list.capacity;
	}
}
