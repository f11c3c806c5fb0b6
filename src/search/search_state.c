/*
 * search_state.c
 *		A search: what is looked for, and where the rows go.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "core/slice_text.h"
#include "core/text_array.h"
#include "policy/access.h"
#include "policy/mask.h"
#include "search/search_state.h"

/* Begins a search for all entries that the caller may read. */
void
search_begin(Search *search, ReturnSetInfo *result, const AccessRights *rights)
{
	memset(search, 0, sizeof(Search));
	search->first = PG_INT64_MIN;
	search->last = PG_INT64_MAX;
	search->rows_left = ALL_ROWS;
	search->desc = result->setDesc;
	search->store = result->setResult;
	search->n_teams = -1;
	if (!rights->all_teams)
		search->n_teams = text_array_values(rights->teams, &search->teams, NULL);
}

/* Adds the condition that a column of text has a value. */
void
search_condition(Search *search, const char *column, Datum value)
{
	Assert(search->n_conditions < MAX_CONDITIONS);
	search->conditions[search->n_conditions++] = (Condition)
	{
		.column = column,.value = value
	};
}

/* Adds the filter on a job_id: only the times of its entries are read. */
void
search_job(Search *search, Datum job_id)
{
	search_condition(search, "job_id", job_id);
	search->of_job = true;
}

/* Returns a text as it is stored: with its secrets masked. */
Datum
mask_text(Datum value)
{
	return slice_to_text(mask_secrets(text_to_slice(value), NULL));
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
