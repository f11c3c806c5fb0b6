/*
 * search_state.c
 *		A search: what is looked for, and where the rows go.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "core/slice_text.h"
#include "core/text_array.h"
#include "policy/access.h"
#include "policy/stored_id.h"
#include "search/search_state.h"

/* Begins a search for all entries that the caller may read, whose rows are of a type. */
void
search_begin(Search *search, TupleDesc desc, const AccessRights *rights)
{
	memset(search, 0, sizeof(Search));
	search->first = PG_INT64_MIN;
	search->last = PG_INT64_MAX;
	search->rows_left = ALL_ROWS;
	search->desc = desc;
	search->n_teams = -1;
	if (!rights->all_teams)
		search->n_teams = text_array_values(rights->teams, &search->teams, NULL);
}

/* Adds a condition on a column, and returns it. */
Condition *
search_condition(Search *search, ConditionKind kind, const char *column)
{
	Condition  *condition = &search->conditions[search->n_conditions++];

	Assert(search->n_conditions <= MAX_CONDITIONS);
	*condition = (Condition)
	{
		.kind = kind,.column = column
	};
	return condition;
}

/* Adds the condition that a column of text has a value, and returns it. */
Condition *
search_value(Search *search, const char *column, Datum value)
{
	Condition  *condition = search_condition(search, CONDITION_ANY_OF, column);

	condition->n_values = 1;
	condition->values = palloc(sizeof(Datum));
	condition->values[0] = value;
	return condition;
}

/* Adds the filter on a job_id: only the times of its entries are read. */
void
search_job(Search *search, Datum job_id)
{
	search_value(search, "job_id", sought_value("job_id", job_id));
	search->of_job = true;
}

/* Returns what a value of a column that somebody looks for was stored as. */
Datum
sought_value(const char *column, Datum value)
{
	static const char *const ids[] = {"job_id", "team_id", "user_id", "session_id"};
	static const char *const texts[] = {"owner", "requested_model", "served_model"};
	Slice		given = text_to_slice(value);
	Slice		sought = given;

	for (int i = 0; i < lengthof(ids); i++)
		if (strcmp(column, ids[i]) == 0)
			sought = sought_id(given);
	for (int i = 0; i < lengthof(texts); i++)
		if (strcmp(column, texts[i]) == 0)
			sought = sought_text(given);
	return sought.data == given.data ? value : slice_to_text(sought);
}

/* Leaves out what is not before a time. */
void
search_until(Search *search, TimestampTz until)
{
	if (until == PG_INT64_MIN)
	{
		/* nothing is before that */
		search->first = PG_INT64_MAX;
		search->last = PG_INT64_MIN;
	}
	else
		search->last = Min(search->last, until - 1);
}

/*
 * Takes note of one more row that was found, the newest of those that are left; returns
 * whether it is one of the result.
 */
bool
search_takes_row(Search *search)
{
	if (search->rows_left != ALL_ROWS)
		search->rows_left--;
	if (search->rows_left > 0 || !search->looks_ahead)
		return true;
	search->has_more = true;
	return false;
}
