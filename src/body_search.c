/*
 * body_search.c
 *		Looking for a text in bodies.
 *
 * A text that is common is found soonest in the newest bodies, opened one by one; a
 * rare one by reading all of a span of time once, as they lie, each segment as a whole.
 * There is no index of words: it would be as large as what it indexes.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "body_find.h"
#include "body_search.h"
#include "compat.h"
#include "log.h"
#include "partition.h"
#include "segment_read.h"
#include "span.h"

/* Matches kept of one look; where there are more, the newest half of them. */
#define MAX_MATCHES 65536

/* Rows of bodies as they came that are fetched at once. */
#define ROWS_AT_ONCE 500

/* A body as it came, while its pieces are gathered. */
typedef struct Pieces
{
	MemoryContext context;		/* of all below; emptied after each body */
	Datum		timestamp;
	Datum		team_id;		/* 0: no body */
	Datum		job_id;
	int			n;
	int			capacity;
	int32	   *numbers;
	Datum	   *contents;
} Pieces;

/* What search_segment() is given. */
typedef struct SegmentSearch
{
	BodySearch *bodies;
	Datum		team_id;
} SegmentSearch;

static int64 pages_between(const char *table, TimestampTz first, TimestampTz last);
static bool is_among(const Datum *texts, int n, Datum text);
static bool wanted_teams(const Search *search, Datum **teams, int *n);
static void search_raw(BodySearch *bodies, bool all, Datum *teams, int n);
static void add_piece(BodySearch *bodies, Pieces *body, HeapTuple row, TupleDesc desc);
static void finish_pieces(BodySearch *bodies, Pieces *body);
static void search_segments(BodySearch *bodies, TimestampTz lower, bool all,
							Datum *teams, int n);
static void search_team(BodySearch *bodies, Shelf *shelf, TimestampTz lower,
						TimestampTz since);
static TimestampTz first_span(TimestampTz lower, TimestampTz first);
static void search_segment(void *arg, const SegmentRow *row, Segment *segment,
						   const char *wrong);
static const char *next_place(const Needle *needle, const char *p, const char *end,
							  const char **found);
static int	text_at(const Segment *segment, size_t at, Span *text);
static bool parts_have(BodySearch *bodies, const Span parts[N_BODY_PARTS]);
static void add_match(BodySearch *bodies, TimestampTz timestamp, Datum team_id, int64 job);
static int	newer_first(const void *a, const void *b);

/* Begins to look for a text; the memory is in the current context. */
BodySearch *
body_search_begin(Span text, bool ignore_case)
{
	BodySearch *bodies = palloc0(sizeof(BodySearch));

	needle_make(&bodies->needle, text, ignore_case);
	bodies->context = bodies->text.context = CurrentMemoryContext;
	body_search_forget(bodies);
	return bodies;
}

/* Forgets what was found: bodies are opened one by one again. */
void
body_search_forget(BodySearch *bodies)
{
	bodies->n = 0;
	bodies->first = PG_INT64_MAX;
	bodies->last = PG_INT64_MIN;
}

/*
 * Tells whether the body of an entry that has one, whose session_id is 0 where it has
 * none, has the text; *opened tells whether it was opened for that.  One that cannot be
 * read has not, with a warning.  Called as body_find() is.
 */
bool
body_search_one(BodySearch *bodies, Datum timestamp, Datum team_id, Datum job_id,
				Datum session_id, bool *opened)
{
	BodyMatch	key = {.timestamp = DatumGetTimestampTz(timestamp)};
	Span		parts[N_BODY_PARTS];

	*opened = key.timestamp < bodies->first || key.timestamp > bodies->last;
	if (*opened)
		return body_find(timestamp, team_id, job_id, session_id, WARNING, parts) &&
			parts_have(bodies, parts);
	key.team = hash_of_id(text_span(team_id));
	key.job = hash_of_id(text_span(job_id));
	return bodies->n > 0 &&
		bsearch(&key, bodies->matches, bodies->n, sizeof(BodyMatch), newer_first) != NULL;
}

/*
 * Returns what may be spent on opening bodies one by one in the partition of entries
 * that holds the times from first to last.
 */
int64
body_search_trial(TimestampTz first, TimestampTz last)
{
	return (BODIES_TRIED + pages_between("segment", first, last) / SEALED_PAGES_A_BODY +
			pages_between("body", first, last) / RAW_PAGES_A_BODY) * COST_OF_BODY;
}

/* Returns the pages of a table's partitions that hold times from first to last. */
static int64
pages_between(const char *table, TimestampTz first, TimestampTz last)
{
	Relation	parent = table_open(log_table(table), AccessShareLock);
	int			n;
	Oid		   *leaves = partitions_between(parent, first, last, &n);
	int64		pages = 0;

	for (int i = 0; i < n; i++)
		if (get_rel_relkind(leaves[i]) == RELKIND_RELATION)
		{
			Relation	leaf = table_open(leaves[i], AccessShareLock);

			pages += RelationGetNumberOfBlocks(leaf);
			table_close(leaf, AccessShareLock);
		}
	pfree(leaves);
	table_close(parent, NoLock);
	return pages;
}

/*
 * Searches all bodies from first to last, both included, in a partition that begins at
 * lower; where it finds too many, only the newest of them.  search->bodies has then the
 * times that were searched.  With the latest snapshot: those as they came first, so that
 * one which is sealed meanwhile is found in its segment.
 */
void
body_search_all(Search *search, TimestampTz lower, TimestampTz first, TimestampTz last)
{
	BodySearch *bodies = search->bodies;
	Datum	   *teams;
	int			n;
	bool		all = wanted_teams(search, &teams, &n);

	bodies->n = 0;
	bodies->first = first;
	bodies->last = last;
	if (!all && n == 0)
		return;
	PushActiveSnapshot(GetLatestSnapshot());
	search_raw(bodies, all, teams, n);
	PopActiveSnapshot();
	PushActiveSnapshot(GetLatestSnapshot());
	search_segments(bodies, lower, all, teams, n);
	PopActiveSnapshot();
	qsort(bodies->matches, bodies->n, sizeof(BodyMatch), newer_first);
}

/* Gives the teams whose bodies are searched; returns true for all. */
static bool
wanted_teams(const Search *search, Datum **teams, int *n)
{
	*teams = search->teams;
	*n = search->n_teams;
	for (int i = 0; i < search->n_conditions; i++)
		if (strcmp(search->conditions[i].column, "team_id") == 0)
		{
			*teams = palloc(sizeof(Datum));
			(*teams)[0] = search->conditions[i].value;
			*n = search->n_teams < 0 || is_among(search->teams, search->n_teams, (*teams)[0]) ? 1 : 0;
		}
	return *n < 0;
}

/* Tells whether a text is one of n. */
static bool
is_among(const Datum *texts, int n, Datum text)
{
	for (int i = 0; i < n; i++)
		if (datum_image_eq(texts[i], text, false, -1))
			return true;
	return false;
}

/* Searches the bodies as they came; of all teams, or of n. */
static void
search_raw(BodySearch *bodies, bool all, Datum *teams, int n)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTARRAYOID};
	Datum		args[] = {
		TimestampTzGetDatum(bodies->first), TimestampTzGetDatum(bodies->last),
		all ? 0 : PointerGetDatum(construct_array(teams, n, TEXTOID, -1, false, TYPALIGN_INT))
	};
	Pieces		body = {
		.context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs raw body", ALLOCSET_DEFAULT_SIZES)
	};
	int			nest = NewGUCNestLevel();
	MemoryContext context = CurrentMemoryContext;
	Portal		portal;

	/* in the order of the index, and never all of them in a sort */
	(void) set_config_option("enable_sort", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	portal = SPI_cursor_open_with_args(NULL,
									   "SELECT b.\"timestamp\", b.team_id, b.job_id, b.chunk, b.content"
									   "  FROM ogw_logs.body b"
									   " WHERE b.\"timestamp\" >= $1 AND b.\"timestamp\" <= $2"
									   "   AND ($3 IS NULL OR b.team_id = ANY ($3))"
									   " ORDER BY b.\"timestamp\", b.job_id, b.team_id, b.chunk",
									   lengthof(types), types, args, all ? "  n" : "   ", true,
									   CURSOR_OPT_NO_SCROLL);
	AtEOXact_GUC(false, nest);
	for (;;)
	{
		SPITupleTable *rows;
		uint64		found;

		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		MemoryContextSwitchTo(context);
		rows = SPI_tuptable;
		found = SPI_processed;
		for (uint64 i = 0; i < found; i++)
			add_piece(bodies, &body, rows->vals[i], rows->tupdesc);
		SPI_freetuptable(rows);
		if (found == 0)
			break;
	}
	finish_pieces(bodies, &body);
	SPI_cursor_close(portal);
	MemoryContextDelete(body.context);
}

/* Takes the next piece; where another body begins, the one before is searched. */
static void
add_piece(BodySearch *bodies, Pieces *body, HeapTuple row, TupleDesc desc)
{
	bool		isnull;
	Datum		timestamp = SPI_getbinval(row, desc, 1, &isnull);
	Datum		team_id = SPI_getbinval(row, desc, 2, &isnull);
	Datum		job_id = SPI_getbinval(row, desc, 3, &isnull);
	MemoryContext old;

	if (body->team_id != 0 &&
		(DatumGetTimestampTz(timestamp) != DatumGetTimestampTz(body->timestamp) ||
		 !is_among(&body->team_id, 1, team_id) || !is_among(&body->job_id, 1, job_id)))
		finish_pieces(bodies, body);
	old = MemoryContextSwitchTo(body->context);
	if (body->team_id == 0)
	{
		body->timestamp = timestamp;
		body->team_id = span_text(text_span(team_id));
		body->job_id = span_text(text_span(job_id));
		body->n = 0;
		body->capacity = 16;
		body->numbers = palloc(sizeof(int32) * body->capacity);
		body->contents = palloc(sizeof(Datum) * body->capacity);
	}
	else if (body->n == body->capacity)
	{
		body->capacity *= 2;
		body->numbers = repalloc(body->numbers, sizeof(int32) * body->capacity);
		body->contents = repalloc(body->contents, sizeof(Datum) * body->capacity);
	}
	body->numbers[body->n] = DatumGetInt32(SPI_getbinval(row, desc, 4, &isnull));
	body->contents[body->n++] = PointerGetDatum(DatumGetByteaPCopy(SPI_getbinval(row, desc, 5, &isnull)));
	MemoryContextSwitchTo(old);
}

/* Searches the body whose pieces are all there, if there is one. */
static void
finish_pieces(BodySearch *bodies, Pieces *body)
{
	MemoryContext old;
	Span		frame;
	Span		parts[N_BODY_PARTS];
	const char *wrong;

	if (body->team_id == 0)
		return;
	CHECK_FOR_INTERRUPTS();
	old = MemoryContextSwitchTo(body->context);
	wrong = pieces_join(body->numbers, body->contents, body->n, &frame);
	if (wrong == NULL)
		wrong = body_open(frame, parts);
	if (wrong != NULL)
		body_damaged(WARNING, wrong);
	else if (parts_have(bodies, parts))
		add_match(bodies, DatumGetTimestampTz(body->timestamp), body->team_id,
				  hash_of_id(text_span(body->job_id)));
	MemoryContextSwitchTo(old);
	MemoryContextReset(body->context);
	body->team_id = 0;
}

/* Searches the segments; of all teams, or of n. */
static void
search_segments(BodySearch *bodies, TimestampTz lower, bool all, Datum *teams, int n)
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
			add_match(bodies, at, search->team_id, segment->bodies[i].key.job);
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

/* Tells whether one of the parts of a body has the text. */
static bool
parts_have(BodySearch *bodies, const Span parts[N_BODY_PARTS])
{
	for (int i = 0; i < N_BODY_PARTS; i++)
		if (parts[i].data != NULL && needle_in(&bodies->needle, parts[i]))
			return true;
	return false;
}

/*
 * Takes note of a body that has the text.  Where there are too many, the older half is
 * forgotten, and of that no body is taken again: bodies->first says from where on.
 */
static void
add_match(BodySearch *bodies, TimestampTz timestamp, Datum team_id, int64 job)
{
	if (timestamp < bodies->first)
		return;
	if (bodies->n == bodies->room)
	{
		int			kept = MAX_MATCHES / 2;

		if (bodies->n >= MAX_MATCHES)
		{
			qsort(bodies->matches, bodies->n, sizeof(BodyMatch), newer_first);
			/* times stay whole */
			while (kept > 0 && bodies->matches[kept - 1].timestamp == bodies->matches[kept].timestamp)
				kept--;
			if (kept > 0)
			{
				bodies->first = bodies->matches[kept].timestamp + 1;
				bodies->n = kept;
				if (timestamp < bodies->first)
					return;
			}
		}
		if (bodies->n == bodies->room)
		{
			bodies->room = Max(64, bodies->room * 2);
			bodies->matches = bodies->matches == NULL ?
				MemoryContextAlloc(bodies->context, sizeof(BodyMatch) * bodies->room) :
				repalloc_huge(bodies->matches, sizeof(BodyMatch) * bodies->room);
		}
	}
	bodies->matches[bodies->n++] = (BodyMatch)
	{
		.timestamp = timestamp,.team = hash_of_id(text_span(team_id)),.job = job
	};
}

/* Orders matches by time, the newest first. */
static int
newer_first(const void *a, const void *b)
{
	const BodyMatch *left = a;
	const BodyMatch *right = b;

	if (left->timestamp != right->timestamp)
		return left->timestamp > right->timestamp ? -1 : 1;
	if (left->team != right->team)
		return left->team < right->team ? -1 : 1;
	return (left->job > right->job) - (left->job < right->job);
}
