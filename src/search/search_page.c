/*
 * search_page.c
 *		Where a page of a result begins.
 *
 * A row of the page before is known by its time, job_id and team.  Of the time a client
 * may have kept the milliseconds alone, as JavaScript's Date does.  So the entry is looked
 * up by its job_id, and its own time counts; the time that was given only where the entry
 * is no more there.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "policy/access.h"
#include "search/search_page.h"
#include "search/search_partitions.h"
#include "search/search_state.h"

/* An entry is looked for so near the time that was given before it is everywhere, in microseconds. */
#define NEAR (2 * USECS_PER_SEC)

/* Of the times of a job_id's entries the nearest to the one that was given. */
typedef struct NearestTime
{
	RowSink		sink;
	TimestampTz given;
	bool		found;
	TimestampTz at;
} NearestTime;

static TimestampTz own_time(const Search *search, const NullableDatum *before, const AccessRights *rights);
static void look_between(NearestTime *nearest, const Search *search, const NullableDatum *before,
						 const AccessRights *rights, TimestampTz first, TimestampTz last);
static void keep_nearest(RowSink *sink, const Datum *values, const bool *nulls);
static uint64 distance(TimestampTz a, TimestampTz b);

/* Raises invalid_parameter_value for a row of the page before that lacks a part. */
void
page_check(const NullableDatum *before)
{
	if (before[BEFORE_TIMESTAMP].isnull ?
		!before[BEFORE_JOB_ID].isnull || !before[BEFORE_TEAM_ID].isnull :
		before[BEFORE_JOB_ID].isnull && !before[BEFORE_TEAM_ID].isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("before_job_id needs before_timestamp, before_team_id needs both"),
				 errhint("Give all three, from the last row of the page before.")));
}

/*
 * Has a search begin behind the last row of the page before, in the order of the result;
 * with a time alone, before that.  Called as the owner, with a log.
 */
void
page_begin(Search *search, const NullableDatum *before, const AccessRights *rights)
{
	if (before[BEFORE_TIMESTAMP].isnull)
		return;
	if (before[BEFORE_JOB_ID].isnull)
	{
		search_until(search, DatumGetTimestampTz(before[BEFORE_TIMESTAMP].value));
		return;
	}
	search->has_before_job = true;
	search->before_at = own_time(search, before, rights);
	search->before_job_id = before[BEFORE_JOB_ID].value;
	search->last = Min(search->last, search->before_at);
	search->has_before_team = !before[BEFORE_TEAM_ID].isnull;
	if (search->has_before_team)
		search->before_team_id = before[BEFORE_TEAM_ID].value;
}

/*
 * Returns the time of the last row of the page before.  Only entries that the caller may read
 * are looked at: of another team's nothing can be told from the page.
 */
static TimestampTz
own_time(const Search *search, const NullableDatum *before, const AccessRights *rights)
{
	NearestTime nearest = {
		.sink = {.n_columns = 1,.columns = {"timestamp"},.add = keep_nearest},
		.given = DatumGetTimestampTz(before[BEFORE_TIMESTAMP].value)
	};

	if (!TIMESTAMP_NOT_FINITE(nearest.given) && nearest.given > MIN_TIMESTAMP + NEAR && nearest.given < END_TIMESTAMP - NEAR)
		look_between(&nearest, search, before, rights, nearest.given - NEAR, nearest.given + NEAR);
	if (!nearest.found)
		look_between(&nearest, search, before, rights, PG_INT64_MIN, PG_INT64_MAX);
	return nearest.found ? nearest.at : nearest.given;
}

/* Looks for the entry from first to last, both included. */
static void
look_between(NearestTime *nearest, const Search *search, const NullableDatum *before,
			 const AccessRights *rights, TimestampTz first, TimestampTz last)
{
	Search		entry;

	search_begin(&entry, search->desc, rights);
	entry.sink = &nearest->sink;
	entry.first = first;
	entry.last = last;
	search_job(&entry, before[BEFORE_JOB_ID].value);
	if (!before[BEFORE_TEAM_ID].isnull)
		search_value(&entry, "team_id", sought_value("team_id", before[BEFORE_TEAM_ID].value));
	search_partitions(&entry);
}

/* Keeps the time of an entry that was found, if it is the nearest: a RowSink's add(). */
static void
keep_nearest(RowSink *sink, const Datum *values, const bool *nulls)
{
	NearestTime *nearest = (NearestTime *) sink;
	TimestampTz at = DatumGetTimestampTz(values[0]);

	if (nulls[0] || (nearest->found && distance(at, nearest->given) >= distance(nearest->at, nearest->given)))
		return;
	nearest->found = true;
	nearest->at = at;
}

/* Returns how far two times are from each other, in microseconds. */
static uint64
distance(TimestampTz a, TimestampTz b)
{
	return a > b ? (uint64) a - (uint64) b : (uint64) b - (uint64) a;
}
