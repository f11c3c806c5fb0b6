/*
 * insert_functions.c
 *		Writing entries by a call: of one, or of a JSON array.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_write.h"

PG_FUNCTION_INFO_V1(ogw_insert_log);
PG_FUNCTION_INFO_V1(ogw_insert_logs);

static void set_argument(GivenField *field, FieldKind kind, Datum argument);
static void add_elements(Batch *batch, const char *p, const char *end);
static void add_text(Batch *batch, Slice text);
static void add_element(Batch *batch, Slice element, JsonStatus status);

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
	batch = batch_begin("insert_log", 1, CurrentMemoryContext);
	old = MemoryContextSwitchTo(batch->entry_context);
	for (Field f = FIELD_JOB_ID; f < N_FIELDS; f++)
		if (!PG_ARGISNULL(f))
			set_argument(&given.field[f], entry_fields[f].kind, PG_GETARG_DATUM(f));
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
	return batch_counts_datum(fcinfo, &counts);
}

/* Gives a field an argument of insert_log(), whose type goes by the kind of the field. */
static void
set_argument(GivenField *field, FieldKind kind, Datum argument)
{
	switch (kind)
	{
		case KIND_TIME:
			given_set_value(field, GIVEN_TIMESTAMP, argument);
			break;
		case KIND_MILLISECONDS:
		case KIND_COUNT:
			given_set_value(field, GIVEN_INT8, argument);
			break;
		case KIND_COST:
			given_set_value(field, GIVEN_NUMERIC, argument);
			break;
		default:
			given_set_text(field, argument);
	}
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
			add_element(batch, (Slice) {p, after - p}, status);
		else
		{
			/* not valid, or not all of the element: look where it ends */
			stop = json_loose_end(p, end, ']');
			add_text(batch, (Slice) {p, (stop ? stop : end) - p});
		}
		if (stop == NULL)
			return;
		more = (*stop == ',');
		p = more ? json_skip_space(stop + 1, end) : stop;
	}
	p = json_skip_space(p + 1, end);
	if (p < end)
		add_text(batch, (Slice) {p, end - p});
}

/* Adds an element of an array that may be anything. */
static void
add_text(Batch *batch, Slice text)
{
	Slice		element = text;
	JsonStatus	status = json_check(text, &element);

	add_element(batch, element, status);
}

/* Adds an element of an array that has been checked. */
static void
add_element(Batch *batch, Slice element, JsonStatus status)
{
	MemoryContext old = CurrentMemoryContext;
	GivenEntry	given = {0};
	Slice		nobody = {NULL, 0};
	Rejection	why = {FIELD_NONE, REASON_NONE};

	if (batch_is_full(batch))
		batch_flush(batch, false);
	MemoryContextSwitchTo(batch->entry_context);
	why.reason = status == JSON_OK ? entry_given_json(&given, element) : entry_given_broken(&given, element);
	MemoryContextSwitchTo(old);
	if (why.reason == REASON_NONE)
		(void) batch_add(batch, &given, &why);
	else
		batch_reject(batch, nobody, nobody, why);
}
