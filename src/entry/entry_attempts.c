/*
 * entry_attempts.c
 *		What of an entry's attempts stays with it: of each the model, the provider, the status,
 *		the error code and the latency; and for which reason the first fallback was.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice_text.h"
#include "entry/attempt.h"
#include "entry/entry.h"
#include "entry/json_text.h"
#include "entry/reduced_json.h"

static int64 count_elements(Slice array);
static void put_attempt(StringInfo out, const Attempt *attempt);
static void put_text_member(StringInfo out, const char *name, Slice text);

/*
 * Returns what of attempts stays with the entry: an array of the last MAX_KEPT_ELEMENTS, each
 * as an object.  One object is read as an array of one, a string as the JSON in it.  Where
 * one failed and another followed, *fallback_reason becomes the first such one's code, else
 * its status (palloc'd).
 */
ReducedJson
reduce_attempts(Slice attempts, Slice *fallback_reason)
{
	ReducedJson reduced = {.part = {NULL, 0}};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs attempts", ALLOCSET_SMALL_SIZES);
	MemoryContext old_context;
	Attempt    *attempt = palloc(sizeof(Attempt));
	StringInfoData out;
	JsonIterator iterator;
	Slice		name,
				element = attempts;
	bool		is_array = json_kind(attempts) == JSON_KIND_ARRAY;
	int64		n_given = is_array ? count_elements(attempts) : 1;
	int64		at = 0;

	*fallback_reason = (Slice) {NULL, 0};
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	old_context = MemoryContextSwitchTo(context);
	if (is_array)
		json_iterate(&iterator, attempts);
	for (; is_array ? json_iterator_next(&iterator, &name, &element) : at == 0; at++)
	{
		bool		is_kept = n_given - at <= MAX_KEPT_ELEMENTS;

		/* those before are read for their reason alone */
		if (!is_kept && fallback_reason->data != NULL)
			continue;
		attempt_read(element, attempt);
		if (fallback_reason->data == NULL && at < n_given - 1 && attempt->failed_with.data != NULL)
		{
			MemoryContextSwitchTo(old_context);
			*fallback_reason = slice_copy(attempt->failed_with);
			MemoryContextSwitchTo(context);
		}
		reduced.left_out |= attempt->left_out || !is_kept;
		reduced.rewritten |= attempt->rewritten;
		reduced.is_cut |= !is_kept;
		reduced.wrong_shape |= !attempt->is_known && attempt->left_out;
		reduced.reasons |= attempt->reasons;
		if (is_kept)
			put_attempt(&out, attempt);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(context);
	pfree(attempt);
	appendStringInfoChar(&out, ']');
	if (is_array || (!json_is_empty(attempts) && !reduced.wrong_shape))
		reduced.part = (Slice) {out.data, out.len};
	reduced.rewritten |= !is_array && !json_is_empty(attempts);
	return reduced;
}

/* Returns how many elements an array has. */
static int64
count_elements(Slice array)
{
	JsonIterator iterator;
	Slice		name,
				element;
	int64		n = 0;

	for (json_iterate(&iterator, array); json_iterator_next(&iterator, &name, &element);)
		n++;
	return n;
}

/* Puts an attempt into an array that has been opened. */
static void
put_attempt(StringInfo out, const Attempt *attempt)
{
	appendStringInfoString(out, out->len > 1 ? ",{" : "{");
	put_text_member(out, "model", attempt->model);
	put_text_member(out, "provider", attempt->provider);
	if (attempt->status != NULL)
		put_text_member(out, "status", (Slice) {attempt->status, strlen(attempt->status)});
	put_text_member(out, "error_code", attempt->error_code);
	if (attempt->latency_ms >= 0)
	{
		if (out->data[out->len - 1] != '{')
			appendStringInfoChar(out, ',');
		appendStringInfo(out, "\"latency_ms\":" INT64_FORMAT, attempt->latency_ms);
	}
	appendStringInfoChar(out, '}');
}

/* Puts a member of an object that has been opened, where the text is there. */
static void
put_text_member(StringInfo out, const char *name, Slice text)
{
	if (text.data == NULL)
		return;
	if (out->data[out->len - 1] != '{')
		appendStringInfoChar(out, ',');
	appendStringInfo(out, "\"%s\":", name);
	json_put_text(out, text);
}
