/*
 * batch_rows.c
 *		What the statements that write a batch read from: functions that return
 *		its rows, for one table each.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/row_type.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_rows.h"
#include "segment/body.h"

PG_FUNCTION_INFO_V1(ogw_batch_entries);
PG_FUNCTION_INFO_V1(ogw_batch_bodies);
PG_FUNCTION_INFO_V1(ogw_batch_rejections);

/*
 * The batch whose statements run now, for the functions they read from.  It goes past
 * the statement because a statement has no other way to be given rows that are in
 * memory, short of copying them into arrays of every column.  It is safe to: it is set
 * and put back by batch_flush() alone, whatever happens in between, and a call of these
 * functions from anywhere else finds NULL, or a batch that it has no way to change.
 */
static Batch *shown = NULL;

static void put_result_row(void *result, Datum *values, bool *nulls);

/*
 * Sets the batch whose statements run now, NULL for none, and returns the one before:
 * a statement can write into inbox in turn.
 */
Batch *
batch_rows_show(Batch *batch)
{
	Batch	   *before = shown;

	shown = batch;
	return before;
}

/* batch_entry_rows(): the rows of the batch being written that are new. */
Datum
ogw_batch_entries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const Batch *batch = shown;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; batch != NULL && i < batch->n_rows; i++)
		if (batch->rows[i].state == ROW_KEPT)
			tuplestore_puttuple(result->setResult, batch->rows[i].entry);
	return (Datum) 0;
}

/* batch_bodies(): the bodies of the batch being written that go with a stored row. */
Datum
ogw_batch_bodies(PG_FUNCTION_ARGS)
{
	const Batch *batch = shown;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; batch != NULL && i < batch->n_rows; i++)
		if (batch->rows[i].state == ROW_KEPT && batch->rows[i].body != NULL)
			body_each(&batch->rows[i], put_result_row, fcinfo->resultinfo);
	return (Datum) 0;
}

/* Returns the row type of ogw_logs.body, made once. */
TupleDesc
body_tupdesc(void)
{
	static RowType type = {log_body_columns, lengthof(log_body_columns)};

	return row_type(&type);
}

/* Gives the body of a row, piece by piece, in the columns of body_tupdesc(). */
void
body_each(const BatchRow *row, RowSink sink, void *arg)
{
	size_t		len = VARSIZE(row->body) - VARHDRSZ;
	bytea	   *piece = palloc(VARHDRSZ + BODY_CHUNK_BYTES);
	Datum		values[lengthof(log_body_columns)];
	bool		nulls[lengthof(log_body_columns)] = {false};

	values[0] = TimestampTzGetDatum(row->timestamp);
	values[1] = slice_to_text(row->team_id);
	values[2] = slice_to_text(row->job_id);
	values[4] = PointerGetDatum(piece);
	for (size_t at = 0; at < len; at += BODY_CHUNK_BYTES)
	{
		size_t		piece_len = Min(len - at, BODY_CHUNK_BYTES);

		values[3] = Int32GetDatum((int32) (at / BODY_CHUNK_BYTES));
		memcpy(VARDATA(piece), VARDATA(row->body) + at, piece_len);
		SET_VARSIZE(piece, VARHDRSZ + piece_len);
		sink(arg, values, nulls);
	}
	pfree(piece);
}

/* Puts a row into the result of a function, a ReturnSetInfo; a RowSink. */
static void
put_result_row(void *result, Datum *values, bool *nulls)
{
	ReturnSetInfo *info = result;

	tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
}

/*
 * batch_rejections(): what was refused in the batch being written, up to
 * MAX_LISTED_REJECTIONS of its call, and the first behind them as one that is not listed.
 */
Datum
ogw_batch_rejections(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const Batch *batch = shown;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; batch != NULL && i < batch->n_rejected && batch->n_listed + i <= MAX_LISTED_REJECTIONS; i++)
	{
		const RejectedRow *row = &batch->rejected[i];
		Datum		values[5] = {0};
		bool		nulls[5] = {false, true, true, true};

		values[0] = Int64GetDatum(row->position);
		if (batch->n_listed + i == MAX_LISTED_REJECTIONS)
		{
			values[4] = CStringGetTextDatum("not_listed");
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
			break;
		}
		if (!(nulls[1] = (row->team_id.data == NULL)))
			values[1] = slice_to_text(row->team_id);
		if (!(nulls[2] = (row->job_id.data == NULL)))
			values[2] = slice_to_text(row->job_id);
		if (!(nulls[3] = (row->why.field == FIELD_NONE)))
			values[3] = CStringGetTextDatum(entry_fields[row->why.field].name);
		values[4] = CStringGetTextDatum(reason_code(row->why.reason));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
