/*
 * ingest_count.c
 *		What became of the entries of a call: counted in memory, written once.
 *
 * The counts become rows of ogw_logs.ingest_count in the transaction of the entries
 * themselves: both are there, or neither is.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "core/identifier.h"
#include "core/log_columns.h"
#include "core/row_type.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_rows.h"
#include "ingest/ingest_count.h"

/* Counts are written when a call has so many: the teams of a COPY may be many. */
#define MAX_INGEST_COUNTS 1000

/* What is counted together. All of it is compared, so it has no padding. */
typedef struct IngestCountKey
{
	int32		reason;			/* why refused, or of the defects; REASON_NONE: neither */
	char		team_id[MAX_ID_BYTES + 1];	/* "" where it is not known */
} IngestCountKey;

typedef struct IngestCount
{
	IngestCountKey key;
	int64		stored;
	int64		duplicate;
	int64		rejected;
	int64		bodies_dropped;
	int64		secrets_masked;
	int64		defects;
} IngestCount;

static void count_defects(Batch *batch, const BatchRow *row);
static IngestCount *ingest_count_of(Batch *batch, Slice team_id, Reason reason);

/* Counts what became of the rows that the batch has just written. */
void
ingest_count_batch(Batch *batch)
{
	for (int i = 0; i < batch->n_rows; i++)
	{
		const BatchRow *row = &batch->rows[i];
		IngestCount *count = ingest_count_of(batch, row->team_id, REASON_NONE);

		if (row->state != ROW_KEPT)
		{
			count->duplicate++;
			continue;
		}
		count->stored++;
		count->bodies_dropped += row->body_dropped;
		count->secrets_masked += row->n_masked;
		count_defects(batch, row);
	}
	for (int i = 0; i < batch->n_rejected; i++)
	{
		const RejectedRow *row = &batch->rejected[i];

		ingest_count_of(batch, row->team_id, row->why.reason)->rejected++;
	}
}

/* Counts the defects of an entry that was stored, by their reasons. */
static void
count_defects(Batch *batch, const BatchRow *row)
{
	int			place = 0;
	Field		field;
	Reason		reason;

	while (defects_next(&row->defects, &place, &field, &reason))
		ingest_count_of(batch, row->team_id, reason)->defects++;
}

/* Tells whether the counts should be written before the call goes on. */
bool
ingest_count_is_full(const Batch *batch)
{
	return batch->ingest_counts != NULL &&
		hash_get_num_entries(batch->ingest_counts) >= MAX_INGEST_COUNTS;
}

/* Forgets the counts, which have been written. */
void
ingest_count_reset(Batch *batch)
{
	if (batch->ingest_counts != NULL)
		hash_destroy(batch->ingest_counts);
	batch->ingest_counts = NULL;
}

/* Returns the row type of ogw_logs.ingest_count, made once. */
TupleDesc
ingest_count_tupdesc(void)
{
	static RowType type = {log_ingest_count_columns, lengthof(log_ingest_count_columns)};

	return row_type(&type);
}

/* Gives the counts, row for row, in the columns of ingest_count_tupdesc(). */
void
ingest_count_each(const Batch *batch, RowSink sink, void *arg)
{
	HASH_SEQ_STATUS scan;
	IngestCount *count;

	if (batch->ingest_counts == NULL)
		return;
	hash_seq_init(&scan, batch->ingest_counts);
	while ((count = hash_seq_search(&scan)) != NULL)
	{
		Datum		values[lengthof(log_ingest_count_columns)] = {0};
		bool		nulls[lengthof(log_ingest_count_columns)] = {false};

		if (!(nulls[0] = (count->key.team_id[0] == '\0')))
			values[0] = CStringGetTextDatum(count->key.team_id);
		values[1] = CStringGetTextDatum(batch->method);
		if (!(nulls[2] = (count->key.reason == REASON_NONE)))
			values[2] = CStringGetTextDatum(reason_code((Reason) count->key.reason));
		values[3] = Int64GetDatum(count->stored + count->duplicate + count->rejected);
		values[4] = Int64GetDatum(count->stored);
		values[5] = Int64GetDatum(count->duplicate);
		values[6] = Int64GetDatum(count->rejected);
		values[7] = Int64GetDatum(count->bodies_dropped);
		values[8] = Int64GetDatum(count->secrets_masked);
		values[9] = Int64GetDatum(count->defects);
		sink(arg, values, nulls);
	}
}

/* Returns the counts of a team, or of what was refused of it, or is a defect, for one reason. */
static IngestCount *
ingest_count_of(Batch *batch, Slice team_id, Reason reason)
{
	IngestCountKey key = {.reason = reason};
	IngestCount *count;
	bool		found;

	if (batch->ingest_counts == NULL)
	{
		HASHCTL		ctl;

		ctl.keysize = sizeof(IngestCountKey);
		ctl.entrysize = sizeof(IngestCount);
		ctl.hcxt = batch->context;
		batch->ingest_counts = hash_create("ogw_logs ingest counts", 16, &ctl,
										   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	if (team_id.data != NULL)
		memcpy(key.team_id, team_id.data, team_id.len);
	count = hash_search(batch->ingest_counts, &key, HASH_ENTER, &found);
	if (!found)
		memset(&count->stored, 0, sizeof(IngestCount) - offsetof(IngestCount, stored));
	return count;
}
