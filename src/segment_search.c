/*
 * segment_search.c
 *		Looking for a text in sealed bodies: each segment is opened once.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "log.h"
#include "partition.h"
#include "segment_read.h"
#include "segment_search.h"

/* What search_segment() is given. */
typedef struct SegmentSearch
{
	BodySearch *bodies;
	Datum		team_id;
} SegmentSearch;

static void search_team(BodySearch *bodies, Shelf *shelf, TimestampTz lower,
						TimestampTz since);
static TimestampTz first_span(TimestampTz lower, TimestampTz first);
static void search_segment(void *arg, const SegmentRow *row, Segment *segment,
						   const char *wrong);
static const char *next_place(const Needle *needle, const char *p, const char *end,
							  const char **found);
static int	text_at(const Segment *segment, size_t at, Span *text);

/* Searches the segments; of all teams, or of n. */
void
segment_search(BodySearch *bodies, TimestampTz lower, bool all, Datum *teams, int n)
{
	Relation	parent = table_open(log_table("segment"), AccessShareLock);
	TimestampTz since = first_span(lower, bodies->first);
	int			n_leaves;
	Oid		   *leaves = partitions_between(parent, lower, bodies->last, &n_leaves);

	for (int i = 0; i < n_leaves; i++)
	{
		Shelf		shelf;

		shelf_open(&shelf, leaves[i], 0, GetActiveSnapshot());
		for (int team = 0; all ? shelf_next_team(&shelf) : team < n; team++)
		{
			if (!all)
				shelf.team_id = teams[team];
			search_team(bodies, &shelf, lower, since);
		}
		shelf_close(&shelf);
	}
	table_close(parent, NoLock);
}

/*
 * Searches the segments of a team: those of the spans from since on, and those of the
 * partition's beginning, among which are what was merged.
 */
static void
search_team(BodySearch *bodies, Shelf *shelf, TimestampTz lower, TimestampTz since)
{
	SegmentSearch search = {.bodies = bodies,.team_id = shelf->team_id};

	shelf_each(shelf, since, bodies->last, search_segment, &search);
	if (since > lower)
		shelf_each(shelf, lower, lower, search_segment, &search);
}

/* Returns where the first span begins that may have a time. */
static TimestampTz
first_span(TimestampTz lower, TimestampTz first)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(lower), TimestampTzGetDatum(first)};
	bool		isnull;
	Datum		since;
	MemoryContext context = CurrentMemoryContext;

	if (SPI_execute_with_args("SELECT min(s.since) FROM ogw_logs.body_span s"
							  " WHERE s.since > $1 AND s.until > $2",
							  lengthof(types), types, args, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	MemoryContextSwitchTo(context);
	since = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	SPI_freetuptable(SPI_tuptable);
	/* a span without a row here, of a dump that was restored in part, is looked at too */
	return isnull ? lower : Min(DatumGetTimestampTz(since), first);
}

/* Searches a segment, opened only where it has bodies of the times wanted. */
static void
search_segment(void *arg, const SegmentRow *row, Segment *segment, const char *wrong)
{
	SegmentSearch *search = arg;
	BodySearch *bodies = search->bodies;
	const char *p;
	const char *end;
	const char *found = NULL;
	int			in_time = 0;
	bool	   *matched;

	for (int i = 0; wrong == NULL && i < segment->n; i++)
		in_time += segment->bodies[i].key.timestamp >= bodies->first &&
			segment->bodies[i].key.timestamp <= bodies->last;
	if (wrong == NULL && in_time == 0)
		return;
	if (wrong == NULL)
		wrong = segment_open(segment, needle_room(&bodies->text, segment->text_len));
	if (wrong != NULL)
	{
		segment_damaged(WARNING, wrong, row);
		return;
	}
	matched = palloc0(segment->n);
	p = segment->text;
	end = p + segment->text_len;
	while ((p = next_place(&bodies->needle, p, end, &found)) != NULL)
	{
		Span		text;
		int			i = text_at(segment, p - segment->text, &text);
		TimestampTz at = segment->bodies[i].key.timestamp;

		CHECK_FOR_INTERRUPTS();
		if (!matched[i] && at >= bodies->first && at <= bodies->last && needle_in(&bodies->needle, text))
		{
			matched[i] = true;
			body_search_match(bodies, at, search->team_id, segment->bodies[i].key.job);
		}
		p = text.data + text.len;
	}
	pfree(matched);
}

/*
 * Returns the next place in whose text the needle may be; NULL where it is in none.
 * *found, NULL at first, keeps where it stands next as it is.
 */
static const char *
next_place(const Needle *needle, const char *p, const char *end, const char **found)
{
	const char *place = NULL;

	if (needle->ignore_case)
		return p < end ? p : NULL;
	if (*found < p)
		*found = needle_find(needle, p, end);
	if (*found == NULL)
		*found = end;
	place = needle_escape(needle, p, *found);
	if (place == NULL)
		place = *found;
	return place == end ? NULL : place;
}

/* Finds the text of a segment's that has a byte; returns which body it is of. */
static int
text_at(const Segment *segment, size_t at, Span *text)
{
	const SegmentBody *bodies = segment->bodies;
	int			part = 0;
	int			low = 0;
	int			high = segment->n - 1;

	while (part + 1 < N_BODY_PARTS && bodies[0].at[part + 1] <= at)
		part++;
	/* the last one that does not begin behind it: what is empty before it begins there too */
	while (low < high)
	{
		int			middle = low + (high - low + 1) / 2;

		if (bodies[middle].at[part] <= at)
			low = middle;
		else
			high = middle - 1;
	}
	*text = (Span) {segment->text + bodies[low].at[part], bodies[low].lengths[part] - 1};
	return low;
}
