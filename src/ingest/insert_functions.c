/*
 * insert_functions.c
 *		Writing entries by a call: of one, or of JSON that has many.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "core/compat.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_details.h"
#include "ingest/batch_text.h"
#include "ingest/batch_write.h"
#include "ingest/given_value.h"

PG_FUNCTION_INFO_V1(ogw_insert_log);
PG_FUNCTION_INFO_V1(ogw_insert_logs);
PG_FUNCTION_INFO_V1(ogw_insert_logs_bytea);
PG_FUNCTION_INFO_V1(ogw_insert_logs_jsonb);

static void set_argument(GivenEntry *given, Field f, Datum argument);
static Datum insert_entries(FunctionCallInfo fcinfo, void (*add) (Batch *batch, Datum entries));
static void add_text(Batch *batch, Datum entries);
static void add_bytes(Batch *batch, Datum entries);
static void add_jsonb(Batch *batch, Datum entries);

/*
 * insert_log(…) → text: 'stored' or 'duplicate'.  Without job_id or team_id it is
 * an error with the SQLSTATE of its reason.
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
	batch = batch_begin("insert_log", 1, guard.caller, CurrentMemoryContext);
	old = MemoryContextSwitchTo(batch->entry_context);
	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
		if (!PG_ARGISNULL(f))
			set_argument(&given, f, PG_GETARG_DATUM(f));
	MemoryContextSwitchTo(old);
	if (!batch_add(batch, &given, &why))
		rejection_error(&why);
	batch_flush(batch, true);
	stored = batch->counts.stored == 1;
	batch_end(batch);
	owner_leave(&guard);
	PG_RETURN_TEXT_P(cstring_to_text(stored ? "stored" : "duplicate"));
}

/* insert_logs(entries text or json, details boolean). */
Datum
ogw_insert_logs(PG_FUNCTION_ARGS)
{
	return insert_entries(fcinfo, add_text);
}

/* insert_logs(entries bytea, details boolean). */
Datum
ogw_insert_logs_bytea(PG_FUNCTION_ARGS)
{
	return insert_entries(fcinfo, add_bytes);
}

/* insert_logs(entries jsonb, details boolean). */
Datum
ogw_insert_logs_jsonb(PG_FUNCTION_ARGS)
{
	return insert_entries(fcinfo, add_jsonb);
}

/*
 * insert_logs(entries, details) → batch_details, or batch_counts where the function has no
 * second argument; NULL is an empty batch.  The details are NULL where they were not asked
 * for.  Warns where something was refused.
 */
static Datum
insert_entries(FunctionCallInfo fcinfo, void (*add) (Batch *batch, Datum entries))
{
	bool		with_details = PG_NARGS() == 2;
	bool		is_asked = with_details && !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	NullableDatum details = {0, !is_asked};
	BatchCounts counts = {0};
	BatchDetails nothing = {0};
	OwnerGuard	guard;
	Batch	   *batch;

	if (PG_ARGISNULL(0))
	{
		if (is_asked)
			details.value = batch_details_json(&nothing, NULL);
		return batch_counts_datum(fcinfo, &counts, with_details, details);
	}
	owner_enter(&guard, fcinfo);
	log_ensure();
	batch = batch_begin("insert_logs", BATCH_ROWS, guard.caller, CurrentMemoryContext);
	add(batch, PG_GETARG_DATUM(0));
	batch_flush(batch, true);
	owner_leave(&guard);
	counts = batch->counts;
	if (is_asked)
		details.value = batch_details_json(&batch->details, batch->has_id ? &batch->id : NULL);
	batch_details_warn(&batch->details, counts.received,
					   is_asked ? "See the details, or ogw_logs.rejected." :
					   "See ogw_logs.rejected, or call ogw_logs.insert_logs() with details => true.");
	batch_end(batch);
	return batch_counts_datum(fcinfo, &counts, with_details, details);
}

/* Adds the entries of a text, or a json, which is stored alike. */
static void
add_text(Batch *batch, Datum entries)
{
	batch_add_text(batch, text_to_slice(entries), false);
}

/* Adds the entries of bytes that may be no UTF-8. */
static void
add_bytes(Batch *batch, Datum entries)
{
	batch_add_text(batch, text_to_slice(entries), true);
}

/* Adds the entries of a jsonb. */
static void
add_jsonb(Batch *batch, Datum entries)
{
	batch_add_jsonb(batch, DatumGetJsonbP(entries));
}

/*
 * Gives an entry an argument of insert_log(), whose type goes by the kind of the field: a
 * double, a numeric, or what is text inside.
 */
static void
set_argument(GivenEntry *given, Field f, Datum argument)
{
	GivenField *field = &given->field[f];
	Slice		bytes;

	switch (entry_fields[f].kind)
	{
		case KIND_MILLISECONDS:
		case KIND_COUNT:
			given_set_value(field, GIVEN_FLOAT8, argument);
			break;
		case KIND_COST:
			given_set_value(field, GIVEN_NUMERIC, argument);
			break;
		case KIND_JSON:
			if (read_hex_bytes(text_to_slice(argument), &bytes))
				argument = PointerGetDatum(text_of_bytes(bytes));
			/* FALLTHROUGH */
		default:
			given_set_text(field, argument);
	}
}
