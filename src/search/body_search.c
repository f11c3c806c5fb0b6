/*
 * body_search.c
 *		Looking for a text in bodies.
 *
 * A text that is common is found soonest in the newest bodies, opened one by one; a
 * rare one by reading all of a range of time once, as they lie, each segment as a whole.
 * There is no index of words: it would be as large as what it indexes.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/identifier.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "core/text_array.h"
#include "search/body_matches.h"
#include "search/body_search.h"
#include "search/found_body.h"
#include "search/search_state.h"
#include "search/segment_search.h"
#include "segment/body.h"
#include "segment/unsealed_body.h"

/* Rows of unsealed bodies that are fetched at once. */
#define ROWS_AT_ONCE 500

/* An unsealed body while its pieces are read. */
typedef struct ReadBody
{
	MemoryContext context;		/* of all below; emptied after each body */
	Datum		timestamp;
	Datum		team_id;		/* 0: no body */
	Datum		job_id;
	UnsealedBody body;
} ReadBody;

static int64 pages_between(const char *table, TimestampTz first, TimestampTz last);
static bool is_among(const Datum *texts, int n, Datum text);
static bool wanted_teams(const Search *search, Datum **teams, int *n);
static void search_unsealed(BodySearch *bodies, bool all, Datum *teams, int n);
static void add_piece(BodySearch *bodies, ReadBody *read, SpiCursor *cursor);
static void search_read_body(BodySearch *bodies, ReadBody *read);

/*
 * Tells whether an entry has the text: in its body, or in what of attempts, tool calls and
 * metadata is kept with it, whose whole a body may lack.  *cost is that of opening its
 * body, if that was necessary, as COST_OF_... has it.  A body that cannot be read has not,
 * with a warning.  Called as body_find() is.
 */
bool
body_search_entry(BodySearch *bodies, const SearchedEntry *entry, int64 *cost)
{
	const FoundEntry *found = &entry->found;
	Slice		parts[N_BODY_PARTS];
	bool		has_body;
	bool		looked_elsewhere;

	*cost = 0;
	if (body_search_covers(bodies, DatumGetTimestampTz(found->timestamp)))
		return body_search_has_match(bodies, DatumGetTimestampTz(found->timestamp), found->team_id, found->job_id);
	if (body_search_has_text(bodies, entry->kept, N_KEPT_JSON))
		return true;
	if (!found->has_body)
		return false;
	has_body = found_body(found, WARNING, parts, &looked_elsewhere);
	*cost = looked_elsewhere ? COST_OF_ALL_SEGMENTS : COST_OF_BODY;
	return has_body && body_search_has_text(bodies, parts, N_BODY_PARTS);
}

/*
 * Returns what may be spent on opening bodies one by one in the partition of entries
 * that holds the times from first to last.
 */
int64
body_search_trial(TimestampTz first, TimestampTz last)
{
	return (BODIES_TRIED + pages_between("segment", first, last) / SEALED_PAGES_A_BODY +
			pages_between("body", first, last) / UNSEALED_PAGES_A_BODY) * COST_OF_BODY;
}

/* Returns the pages of a table's partitions that hold times from first to last. */
static int64
pages_between(const char *table, TimestampTz first, TimestampTz last)
{
	Relation	parent = log_table_open(table, AccessShareLock, RELKIND_PARTITIONED_TABLE);
	int			n;
	Oid		   *partitions = partitions_between(parent, first, last, &n);
	int64		pages = 0;

	for (int i = 0; i < n; i++)
		if (get_rel_relkind(partitions[i]) == RELKIND_RELATION)
		{
			Relation	partition = table_open(partitions[i], AccessShareLock);

			pages += RelationGetNumberOfBlocks(partition);
			table_close(partition, AccessShareLock);
		}
	pfree(partitions);
	table_close(parent, NoLock);
	return pages;
}

/*
 * Searches all bodies from first to last, both included, in a partition that begins at
 * lower; where it finds too many, only the newest of them.  search->bodies has then the
 * times that were searched, and what was found, not sorted.  With the latest snapshot, and
 * the unsealed ones first: so one that is sealed meanwhile is found in its segment.
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
	search_unsealed(bodies, all, teams, n);
	PopActiveSnapshot();
	PushActiveSnapshot(GetLatestSnapshot());
	segment_search(bodies, lower, all, teams, n);
	PopActiveSnapshot();
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
			*teams = search->conditions[i].values;
			*n = search->n_teams < 0 || is_among(search->teams, search->n_teams, (*teams)[0]) ? 1 : 0;
		}
	return *n < 0;
}

/* Tells whether a text is one of n. */
static bool
is_among(const Datum *texts, int n, Datum text)
{
	for (int i = 0; i < n; i++)
		if (text_equals(texts[i], text))
			return true;
	return false;
}

/* Searches the unsealed bodies, of all teams or of n. */
static void
search_unsealed(BodySearch *bodies, bool all, Datum *teams, int n)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTARRAYOID};
	Datum		args[] = {
		TimestampTzGetDatum(bodies->first), TimestampTzGetDatum(bodies->last),
		all ? 0 : text_array_of(teams, n)
	};
	ReadBody	read = {
		.context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs unsealed body", ALLOCSET_DEFAULT_SIZES)
	};
	int			nest;
	SpiCursor	cursor;

	log_columns_check("body");
	nest = NewGUCNestLevel();

	/*
	 * In the order of the index, and never all of them in a sort; what that seems to
	 * cost is no reason to compile it, which takes longer than reading a partition.
	 */
	(void) set_config_option("enable_sort", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	spi_cursor_open(&cursor,
					"SELECT b.\"timestamp\", b.team_id::text, b.job_id::text, b.chunk::int4, b.content::bytea"
					"  FROM ogw_logs.body b"
					" WHERE b.\"timestamp\" >= $1 AND b.\"timestamp\" <= $2"
					"   AND ($3 IS NULL OR b.team_id COLLATE \"C\" = ANY ($3))"
					" ORDER BY b.\"timestamp\", b.job_id COLLATE \"C\", b.team_id COLLATE \"C\", b.chunk",
					lengthof(types), types, args, all ? "  n" : NULL, ROWS_AT_ONCE);
	AtEOXact_GUC(false, nest);
	while (spi_cursor_next(&cursor) != NULL)
		add_piece(bodies, &read, &cursor);
	search_read_body(bodies, &read);
	spi_cursor_close(&cursor);
	MemoryContextDelete(read.context);
}

/* Adds the piece that the cursor is at; where another body begins, the one before is searched. */
static void
add_piece(BodySearch *bodies, ReadBody *read, SpiCursor *cursor)
{
	bool		no_team;
	bool		no_job;
	bool		no_content;
	bool		isnull;
	Datum		timestamp = spi_cursor_value(cursor, 1, &isnull);
	Datum		team_id = spi_cursor_value(cursor, 2, &no_team);
	Datum		job_id = spi_cursor_value(cursor, 3, &no_job);
	int32		number = DatumGetInt32(spi_cursor_value(cursor, 4, &isnull));
	Datum		content = spi_cursor_value(cursor, 5, &no_content);

	/* of no entry: a DBA has let it in */
	if (no_team || no_job)
		return;
	if (read->team_id != 0 &&
		(DatumGetTimestampTz(timestamp) != DatumGetTimestampTz(read->timestamp) ||
		 !text_equals(read->team_id, team_id) || !text_equals(read->job_id, job_id)))
		search_read_body(bodies, read);
	if (read->team_id == 0)
	{
		MemoryContext old = MemoryContextSwitchTo(read->context);

		read->timestamp = timestamp;
		read->team_id = slice_to_text(text_to_slice(team_id));
		read->job_id = slice_to_text(text_to_slice(job_id));
		unsealed_body_begin(&read->body, read->context, 1);
		MemoryContextSwitchTo(old);
	}
	unsealed_body_add(&read->body, number, no_content ? 0 : content);
}

/* Searches the body whose pieces are all read, if there is one. */
static void
search_read_body(BodySearch *bodies, ReadBody *read)
{
	MemoryContext old;
	Slice		content;
	Slice		parts[N_BODY_PARTS];
	const char *wrong;

	if (read->team_id == 0)
		return;
	CHECK_FOR_INTERRUPTS();
	old = MemoryContextSwitchTo(read->context);
	wrong = unsealed_body_open(&read->body, &content, parts);
	if (wrong != NULL)
		unsealed_body_damaged(WARNING, wrong);
	else
	{
		bool		has_text = body_search_has_text(bodies, parts, N_BODY_PARTS);

		explicit_bzero((char *) content.data, content.len);
		if (has_text)
			body_search_match(bodies, DatumGetTimestampTz(read->timestamp), read->team_id,
							  id_hash(text_to_slice(read->job_id)));
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(read->context);
	read->team_id = 0;
}
