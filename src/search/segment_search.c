/*
 * segment_search.c
 *		Looking for a text in sealed bodies: each segment is opened once.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/buffer.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/slice.h"
#include "search/body_matches.h"
#include "search/needle.h"
#include "search/segment_search.h"
#include "segment/body.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_reach.h"
#include "segment/segment_scan.h"

/* A team whose segments are searched. */
typedef struct TeamSearch
{
	BodySearch *bodies;
	Datum		team_id;
} TeamSearch;

static bool visit_segment(void *arg, SegmentScan *scan, const char *wrong);
static const char *search_segment(BodySearch *bodies, Datum team_id, Segment *segment);
static void search_needle(BodySearch *bodies, Datum team_id, const Segment *segment, Needle *needle,
						  bool *matched);
static const char *next_place(const Needle *needle, const char *p, const char *end,
							  const char **found);
static int	text_at(const Segment *segment, size_t at, Slice *text);

/* Searches the segments; of all teams, or of n. */
void
segment_search(BodySearch *bodies, TimestampTz lower, bool all, Datum *teams, int n)
{
	Relation	parent = log_table_open("segment", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	SegmentReach reach = segment_reach(lower, bodies->first, bodies->last);
	int			n_partitions;
	Oid		   *partitions = partitions_between(parent, reach.oldest, bodies->last, &n_partitions);

	for (int i = 0; i < n_partitions; i++)
	{
		TimestampTz upper;
		SegmentScan scan;

		partition_bounds(parent, partitions[i], &lower, &upper);
		segment_scan_open(&scan, partitions[i], GetActiveSnapshot());
		for (int team = 0; all ? segment_scan_next_team(&scan) : team < n; team++)
		{
			TeamSearch	search = {.bodies = bodies};

			if (!all)
				segment_scan_set_team(&scan, teams[team]);
			search.team_id = scan.team_id;
			(void) segment_reach_visit(&reach, &scan, lower, visit_segment, &search);
		}
		segment_scan_close(&scan);
	}
	table_close(parent, NoLock);
}

/* Searches a segment, and warns of one that cannot be read: a SegmentVisitor. */
static bool
visit_segment(void *arg, SegmentScan *scan, const char *wrong)
{
	TeamSearch *search = arg;

	if (wrong == NULL)
		wrong = search_segment(search->bodies, search->team_id, &scan->current.segment);
	if (wrong != NULL)
		segment_damaged(WARNING, wrong, &scan->row);
	return true;
}

/*
 * Searches a segment, opened only where it has bodies of the times wanted.  Returns what is
 * wrong with it, if anything is.
 */
static const char *
search_segment(BodySearch *bodies, Datum team_id, Segment *segment)
{
	int			in_time = 0;
	bool	   *matched;
	const char *wrong;

	for (int i = 0; i < segment->n; i++)
		in_time += segment->bodies[i].key.timestamp >= bodies->first &&
			segment->bodies[i].key.timestamp <= bodies->last;
	if (in_time == 0)
		return NULL;
	/* large enough for most of the others, too */
	wrong = segment_open(segment, buffer_reserve(&bodies->text, Max(segment->text_len, SEGMENT_BYTES)));
	if (wrong != NULL)
		return wrong;
	matched = palloc0(segment->n);
	for (int i = 0; i < bodies->n_needles; i++)
		search_needle(bodies, team_id, segment, &bodies->needles[i], matched);
	pfree(matched);
	return NULL;
}

/* Searches the texts of an open segment for a needle; matched says which bodies have one. */
static void
search_needle(BodySearch *bodies, Datum team_id, const Segment *segment, Needle *needle, bool *matched)
{
	const char *p = segment->text;
	const char *end = p + segment->text_len;
	const char *found = NULL;

	while ((p = next_place(needle, p, end, &found)) != NULL)
	{
		Slice		text;
		int			i = text_at(segment, p - segment->text, &text);
		TimestampTz at = segment->bodies[i].key.timestamp;

		CHECK_FOR_INTERRUPTS();
		if (!matched[i] && at >= bodies->first && at <= bodies->last && needle_in(needle, text))
		{
			matched[i] = true;
			body_search_match(bodies, at, team_id, segment->bodies[i].key.job);
		}
		p = text.data + text.len;
	}
}

/*
 * Returns the next place in whose text the needle may be; NULL where it is in none.
 * *found, NULL at first, is where it stands next literally, for the next call.
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
text_at(const Segment *segment, size_t at, Slice *text)
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
	*text = (Slice) {segment->text + bodies[low].at[part], bodies[low].lengths[part] - 1};
	return low;
}
