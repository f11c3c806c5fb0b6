/*
 * condition.c
 *		Whether an entry's columns are what a search wants them to be.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/fmgrprotos.h"

#include "core/slice_text.h"
#include "search/condition.h"
#include "search/tags.h"

static bool has_value(const Condition *condition, TupleTableSlot *entry, AttrNumber column);
static bool is_in_range(const Condition *condition, TupleTableSlot *entry, const AttrNumber columns[2]);
static bool add_count(TupleTableSlot *entry, AttrNumber column, int64 *sum);
static bool is_in_cost_range(const Condition *condition, Datum cost);

/*
 * Tells whether an entry fulfils a condition.  columns are the numbers of its two columns
 * in the entry; of one that is not there, 0, the value is NULL.
 */
bool
condition_matches(const Condition *condition, TupleTableSlot *entry, const AttrNumber columns[2])
{
	bool		isnull = true;
	Datum		value;

	switch (condition->kind)
	{
		case CONDITION_ANY_OF:
			return has_value(condition, entry, columns[0]) || has_value(condition, entry, columns[1]);
		case CONDITION_NONE_OF:
			return !has_value(condition, entry, columns[0]) && !has_value(condition, entry, columns[1]);
		case CONDITION_SET:
			return columns[0] != 0 && !slot_attisnull(entry, columns[0]);
		case CONDITION_NOT_SET:
			return columns[0] == 0 || slot_attisnull(entry, columns[0]);
		case CONDITION_COUNT:
			return is_in_range(condition, entry, columns);
		case CONDITION_COST:
			value = columns[0] == 0 ? 0 : slot_getattr(entry, columns[0], &isnull);
			return !isnull && is_in_cost_range(condition, value);
		case CONDITION_TAGS:
			value = columns[0] == 0 ? 0 : slot_getattr(entry, columns[0], &isnull);
			return tags_match(condition->tags, condition->n_tags,
							  isnull ? (Slice) {NULL, 0} : text_to_slice(value));
	}
	pg_unreachable();
}

/* Tells whether a column, of text or bytea, has the bytes of one of the condition's values. */
static bool
has_value(const Condition *condition, TupleTableSlot *entry, AttrNumber column)
{
	bool		isnull;
	Datum		own;

	if (column == 0)
		return false;
	own = slot_getattr(entry, column, &isnull);
	for (int i = 0; i < condition->n_values && !isnull; i++)
		if (text_equals(own, condition->values[i]))
			return true;
	return false;
}

/*
 * Tells whether a count, or the sum of two, is in the condition's range.  Of two the one that
 * is not known counts as 0; where none is known the sum is not known, and in no range.
 */
static bool
is_in_range(const Condition *condition, TupleTableSlot *entry, const AttrNumber columns[2])
{
	int64		sum = 0;
	bool		is_known = add_count(entry, columns[0], &sum);

	is_known |= add_count(entry, columns[1], &sum);
	return is_known && sum >= condition->least && sum <= condition->most;
}

/* Adds a count, of integer or bigint, to a sum, which stays at its greatest; false where it is NULL. */
static bool
add_count(TupleTableSlot *entry, AttrNumber column, int64 *sum)
{
	bool		isnull;
	Datum		value;
	int64		count;

	if (column == 0)
		return false;
	value = slot_getattr(entry, column, &isnull);
	if (isnull)
		return false;
	count = TupleDescAttr(entry->tts_tupleDescriptor, column - 1)->atttypid == INT4OID ?
		DatumGetInt32(value) : DatumGetInt64(value);
	if (pg_add_s64_overflow(*sum, count, sum))
		*sum = PG_INT64_MAX;
	return true;
}

/* Tells whether a cost is in the condition's range. */
static bool
is_in_cost_range(const Condition *condition, Datum cost)
{
	return (condition->least_cost == 0 ||
			DatumGetBool(DirectFunctionCall2(numeric_ge, cost, condition->least_cost))) &&
		(condition->most_cost == 0 ||
		 DatumGetBool(DirectFunctionCall2(numeric_le, cost, condition->most_cost)));
}
