/*
 * batch.c
 *		Gathering a batch: entries are built one by one, whichever method they
 *		came by, and kept until there are enough to be written.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/dedup_key.h"
#include "core/log_table.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "ingest/batch.h"

static void note_defects(Batch *batch, const Defects *defects);
static void make_id(Batch *batch);

/*
 * Begins a batch that a role sends, in a memory context of its own below parent, for at
 * most capacity rows between two flushes.  Called as the owner, with the log made.
 *
 * It takes the lock on ogw_logs.entry that writing takes, to the end of the
 * transaction: an erasure waits for it, and so for the rows that are gathered here.
 */
Batch *
batch_begin(const char *method, int capacity, Oid caller, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "ogw_logs batch",
												  ALLOCSET_DEFAULT_SIZES);
	Batch	   *batch = MemoryContextAllocZero(context, sizeof(Batch));

	LockRelationOid(log_table_there("entry"), RowExclusiveLock);
	batch->context = context;
	batch->rows_context = AllocSetContextCreate(context, "ogw_logs batch rows",
												ALLOCSET_DEFAULT_SIZES);
	batch->entry_context = AllocSetContextCreate(context, "ogw_logs entry",
												 ALLOCSET_DEFAULT_SIZES);
	batch->method = method;
	batch->caller = caller;
	batch->capacity = capacity;
	batch->rows = MemoryContextAlloc(context, sizeof(BatchRow) * capacity);
	batch->rejected = MemoryContextAlloc(context, sizeof(RejectedRow) * capacity);
	return batch;
}

/*
 * Adds an entry; false where it is refused: it is noted as such, and why is set.
 * The batch must not be full.  Called as the owner.  The entry was given in the
 * batch's entry_context, which is emptied.
 */
bool
batch_add(Batch *batch, GivenEntry *given, Rejection *why)
{
	MemoryContext old = MemoryContextSwitchTo(batch->entry_context);
	Entry		entry;
	bool		accepted;

	AcceptInvalidationMessages();	/* the settings of now */
	accepted = entry_build(given, GetCurrentTimestamp(), &entry, why);
	MemoryContextSwitchTo(batch->rows_context);
	if (accepted)
	{
		BatchRow   *row = &batch->rows[batch->n_rows++];

		row->timestamp = entry.timestamp;
		row->team_id = slice_copy(entry.team_id);
		row->job_id = slice_copy(entry.job_id);
		dedup_key(row->job_id, row->team_id, &row->key);
		row->position = ++batch->counts.received;
		note_defects(batch, &entry.defects);
		row->entry = heap_form_tuple(entry_tupdesc(), entry.values, entry.nulls);
		row->body = NULL;
		row->body_dropped = entry.body_dropped;
		row->n_masked = entry.n_masked;
		row->defects = entry.defects;
		row->state = ROW_WAITING;
		batch->bytes += row->entry->t_len;
		if (entry.body != NULL)
		{
			MemoryContext context = GetMemoryChunkContext(entry.body);

			row->body = entry.body;
			if (context != batch->entry_context)
				MemoryContextSetParent(context, batch->rows_context);
			else
			{
				row->body = palloc(VARSIZE(entry.body));
				memcpy(row->body, entry.body, VARSIZE(entry.body));
			}
			batch->bytes += VARSIZE(entry.body);
		}
	}
	else
		batch_reject(batch, entry.team_id, entry.job_id, *why);
	MemoryContextSwitchTo(old);
	MemoryContextReset(batch->entry_context);
	return accepted;
}

/* Notes the defects of the entry that was added last. */
static void
note_defects(Batch *batch, const Defects *defects)
{
	BatchDetail detail = {.position = batch->counts.received};
	int			place = 0;

	while (defects_next(defects, &place, &detail.why.field, &detail.why.reason))
		batch_details_add(&batch->details, &detail, batch->context);
}

/* Notes an entry that is refused; an id that is not known has no data. */
void
batch_reject(Batch *batch, Slice team_id, Slice job_id, Rejection why)
{
	MemoryContext old = MemoryContextSwitchTo(batch->rows_context);
	RejectedRow *row = &batch->rejected[batch->n_rejected++];
	BatchDetail detail = {.position = batch->counts.received + 1, .rejected = true, .why = why};

	if (!batch->has_id)
		make_id(batch);
	batch_details_add(&batch->details, &detail, batch->context);

	row->position = ++batch->counts.received;
	row->team_id = slice_copy(team_id);
	row->job_id = slice_copy(job_id);
	row->why = why;
	batch->counts.rejected++;
	MemoryContextSwitchTo(old);
}

/* Gives the batch an id: a UUID of version 4. */
static void
make_id(Batch *batch)
{
	if (!pg_strong_random(batch->id.data, UUID_LEN))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	batch->id.data[6] = (batch->id.data[6] & 0x0f) | 0x40;
	batch->id.data[8] = (batch->id.data[8] & 0x3f) | 0x80;
	batch->has_id = true;
}

/* Tells whether the batch is to be flushed before anything is added. */
bool
batch_is_full(const Batch *batch)
{
	return batch->n_rows + batch->n_rejected >= batch->capacity ||
		batch->bytes >= BATCH_BYTES;
}

/* Ends a batch, written or not, and frees it. */
void
batch_end(Batch *batch)
{
	MemoryContextDelete(batch->context);
}

/*
 * Makes a value of ogw_logs.batch_counts, or with details one of ogw_logs.batch_details.
 * Raises object_not_in_prerequisite_state where that is not the type that it was made as.
 */
Datum
batch_counts_datum(FunctionCallInfo fcinfo, const BatchCounts *counts, bool with_details, NullableDatum details)
{
	TupleDesc	desc;
	int			n = with_details ? 5 : 4;
	Datum		values[5];
	bool		nulls[5] = {false};

	bool		is_ours = get_call_result_type(fcinfo, NULL, &desc) == TYPEFUNC_COMPOSITE &&
		desc->natts == n;

	for (int i = 0; is_ours && i < n; i++)
		is_ours = TupleDescAttr(desc, i)->atttypid == (i < 4 ? INT8OID : JSONOID);
	if (!is_ours)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("type ogw_logs.%s has been altered", with_details ? "batch_details" : "batch_counts"),
				 errhint("ALTER TYPE must leave it as CREATE EXTENSION made it.")));
	values[0] = Int64GetDatum(counts->received);
	values[1] = Int64GetDatum(counts->stored);
	values[2] = Int64GetDatum(counts->duplicate);
	values[3] = Int64GetDatum(counts->rejected);
	values[4] = details.value;
	nulls[4] = details.isnull;
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
