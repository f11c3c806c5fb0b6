/*
 * recount.c
 *		Counting again what an erasure was to remove, before it says that it has.
 *
 * The erasure finds by indexes, and removes by statements.  Here all rows of the team are
 * read, by no index: a damaged index, a trigger or a policy that kept a row out of it is
 * an error then, which takes the whole erasure back.  Sealed bodies are read segment by
 * segment, as their index has them; that it has all of them is counted in the table.
 *
 * Nothing that the erasure has locked can be unlocked for this: unsealed bodies that are
 * gone for this transaction alone would be sealed meanwhile.  Writers do not wait.  What
 * they commit after the erasure has waited for them is none of it: a row counts only if
 * the snapshot from then shows it too.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "storage/lockdefs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/log_table.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "erase/body_set.h"
#include "erase/recount.h"
#include "erase/recount_name.h"
#include "erase/row_scan.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

/* The columns that are read of each table, in the order of its enum. */
enum
{
	ENTRY_TEAM, ENTRY_USER, ENTRY_TIME, ENTRY_JOB, ENTRY_OWNER,
	ENTRY_SESSION, ENTRY_ERROR, ENTRY_FALLBACK, ENTRY_ATTEMPTS, ENTRY_METADATA
};
static const char *const entry_columns[] = {
	"team_id", "user_id", "timestamp", "job_id", "owner",
	"session_id", "error_code", "fallback_reason", "attempts", "metadata"
};

enum
{
	BODY_TEAM, BODY_TIME, BODY_JOB
};
static const char *const body_columns[] = {"team_id", "timestamp", "job_id"};

enum
{
	SEGMENT_TEAM, SEGMENT_CHUNK
};
static const char *const segment_columns[] = {"team_id", "chunk"};

/* What is counted again. */
typedef struct Recount
{
	Datum		team;
	Slice		team_id;
	Slice		user_id;		/* not there: all bodies before until are to be gone */
	Slice		pseudonym;
	TimestampTz until;
	Snapshot	before;			/* what was there when the erasure began, and what it did */
	Snapshot	latest;
	BodySet		bodies;			/* those of the user's entries */
} Recount;

static void recount_begin(Recount *recount, Datum team_id, Snapshot before);
static void recount_end(Recount *recount);
static List *tables_of(const char *parent);
static void recount_entries(Recount *recount, Oid table);
static bool names_user(const Recount *recount, RowScan *scan);
static void recount_stored_bodies(const Recount *recount);
static void recount_unsealed(const Recount *recount, Oid table);
static void recount_sealed(const Recount *recount, Oid table);
static int64 segments_stored(const Recount *recount, Oid table);
static bool is_to_be_gone(const Recount *recount, TimestampTz timestamp, int64 job);
pg_noreturn static void refuse(Oid table, int64 n, const char *what);

/*
 * Counts what is left of a user in a team: entries, their bodies, and what names the user in
 * the entries that have the pseudonym now, which are to be so many.  before is what was
 * there when the erasure began.  Called as the owner, connected to SPI, after an erasure
 * that holds its locks.  Raises object_not_in_prerequisite_state where anything is left,
 * and index_corrupted where an index lacks rows.
 */
void
recount_user(Datum team_id, Datum user_id, Datum pseudonym, int64 entries, Snapshot before)
{
	Recount		recount = {.user_id = text_to_slice(user_id),.pseudonym = text_to_slice(pseudonym)};
	List	   *tables = tables_of("entry");
	ListCell   *cell;

	recount_begin(&recount, team_id, before);
	foreach(cell, tables)
		recount_entries(&recount, lfirst_oid(cell));
	if (recount.bodies.n != entries)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing was erased, as not all entries that were changed have the pseudonym"),
				 errhint("A trigger on table ogw_logs.entry, or on its partitions, changes it: remove it, and erase again.")));
	if (recount.bodies.n > 0)
	{
		body_set_sort(&recount.bodies);
		recount_stored_bodies(&recount);
	}
	recount_end(&recount);
}

/* Counts the bodies of a team that are left from before until.  Called as recount_user() is. */
void
recount_bodies(Datum team_id, TimestampTz until, Snapshot before)
{
	Recount		recount = {.until = until};

	recount_begin(&recount, team_id, before);
	recount_stored_bodies(&recount);
	recount_end(&recount);
}

/* Begins to count, with the latest snapshot. */
static void
recount_begin(Recount *recount, Datum team_id, Snapshot before)
{
	CommandCounterIncrement();
	/* with what this transaction has done since */
	PushCopiedSnapshot(before);
	UpdateActiveSnapshotCommandId();
	recount->before = RegisterSnapshot(GetActiveSnapshot());
	PopActiveSnapshot();
	PushActiveSnapshot(GetLatestSnapshot());
	recount->latest = GetActiveSnapshot();
	recount->team = team_id;
	recount->team_id = text_to_slice(team_id);
}

/* Ends it. */
static void
recount_end(Recount *recount)
{
	PopActiveSnapshot();
	UnregisterSnapshot(recount->before);
	body_set_free(&recount->bodies);
}

/*
 * Returns the tables that have the rows of a table of the log: its partitions, and theirs.
 * Raises wrong_object_type where it is not partitioned, as a view with its name is not.
 */
static List *
tables_of(const char *parent)
{
	Relation	relation = log_table_open(parent, AccessShareLock, RELKIND_PARTITIONED_TABLE);
	List	   *all = find_all_inheritors(RelationGetRelid(relation), AccessShareLock, NULL);
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, all)
		if (get_rel_relkind(lfirst_oid(cell)) != RELKIND_PARTITIONED_TABLE)
			tables = lappend_oid(tables, lfirst_oid(cell));
	table_close(relation, NoLock);
	return tables;
}

/* Counts again in one table of entries, and takes down which are the pseudonym's. */
static void
recount_entries(Recount *recount, Oid table)
{
	RowScan		scan;
	int64		left = 0;

	row_scan_begin(&scan, table, entry_columns, lengthof(entry_columns), recount->latest);
	while (row_scan_next(&scan))
	{
		Slice		user_id;
		bool		isnull;

		if (!slice_equals(row_scan_text(&scan, ENTRY_TEAM), recount->team_id))
			continue;
		user_id = row_scan_text(&scan, ENTRY_USER);
		if (user_id.data == NULL)
			continue;
		if (slice_equals(user_id, recount->user_id))
			left += row_scan_is_in(&scan, recount->before);
		else if (slice_equals(user_id, recount->pseudonym))
		{
			MemoryContext old = MemoryContextSwitchTo(scan.context);

			left += names_user(recount, &scan);
			MemoryContextSwitchTo(old);
			body_set_add(&recount->bodies, DatumGetTimestampTz(row_scan_value(&scan, ENTRY_TIME, &isnull)),
						 id_hash(row_scan_text(&scan, ENTRY_JOB)));
		}
	}
	row_scan_end(&scan);
	if (left > 0)
		refuse(table, left, "entries that name the user");
}

/*
 * Tells whether an entry that was given the pseudonym names the user, or an owner, still.
 * Called in the memory context of the row.
 */
static bool
names_user(const Recount *recount, RowScan *scan)
{
	static const struct
	{
		int			column;
		bool		is_code;
	}			texts[] = {{ENTRY_SESSION, false}, {ENTRY_ERROR, true}, {ENTRY_FALLBACK, true}};
	Slice		owner = row_scan_text(scan, ENTRY_OWNER);
	Slice		attempts = row_scan_text(scan, ENTRY_ATTEMPTS);
	Slice		metadata = row_scan_text(scan, ENTRY_METADATA);
	bool		names = owner.data != NULL && !slice_equals(owner, recount->pseudonym);

	for (int i = 0; i < lengthof(texts); i++)
	{
		Slice		text = row_scan_text(scan, texts[i].column);

		names |= recount_text_names(text, recount->user_id, texts[i].is_code) && !slice_equals(text, recount->pseudonym);
	}
	names |= attempts.data != NULL && recount_json_names(attempts, "error_code", recount->user_id, recount->pseudonym);
	names |= metadata.data != NULL && recount_json_names(metadata, NULL, recount->user_id, recount->pseudonym);
	return names;
}

/* Counts the bodies that are left, unsealed and sealed. */
static void
recount_stored_bodies(const Recount *recount)
{
	List	   *tables = tables_of("body");
	ListCell   *cell;

	foreach(cell, tables)
		recount_unsealed(recount, lfirst_oid(cell));
	tables = tables_of("segment");
	foreach(cell, tables)
		recount_sealed(recount, lfirst_oid(cell));
}

/* Counts again in one table of unsealed bodies. */
static void
recount_unsealed(const Recount *recount, Oid table)
{
	RowScan		scan;
	int64		left = 0;

	row_scan_begin(&scan, table, body_columns, lengthof(body_columns), recount->latest);
	while (row_scan_next(&scan))
	{
		bool		isnull;

		if (slice_equals(row_scan_text(&scan, BODY_TEAM), recount->team_id) &&
			is_to_be_gone(recount, DatumGetTimestampTz(row_scan_value(&scan, BODY_TIME, &isnull)),
						  id_hash(row_scan_text(&scan, BODY_JOB))))
			left += row_scan_is_in(&scan, recount->before);
	}
	row_scan_end(&scan);
	if (left > 0)
		refuse(table, left, "rows of bodies");
}

/*
 * Counts again in one partition of segments.  One that cannot be read is passed over: where
 * it may have what is to be gone, the erasure has raised an error, or deleted it whole.
 */
static void
recount_sealed(const Recount *recount, Oid table)
{
	SegmentScan scan;
	int64		stored = segments_stored(recount, table);
	int64		left = 0;
	const char *wrong;

	segment_scan_open(&scan, table, recount->latest);
	segment_scan_set_team(&scan, recount->team);
	segment_scan_begin_range(&scan, PG_INT64_MIN, PG_INT64_MAX);
	while (segment_scan_next(&scan, &wrong))
	{
		const Segment *segment = &scan.current.segment;

		CHECK_FOR_INTERRUPTS();
		stored -= scan.row.chunk == 0;
		for (int i = 0; wrong == NULL && i < segment->n; i++)
			left += is_to_be_gone(recount, segment->bodies[i].key.timestamp, segment->bodies[i].key.job);
	}
	segment_scan_close(&scan);
	if (left > 0)
		refuse(table, left, "sealed bodies");
	if (stored > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("nothing was erased, as an index of table ogw_logs.%s lacks rows", get_rel_name(table)),
				 errhint("REINDEX TABLE ogw_logs.%s, and erase again.", get_rel_name(table))));
}

/* Counts the segments of the team in a partition by their first pieces. */
static int64
segments_stored(const Recount *recount, Oid table)
{
	RowScan		scan;
	int64		n = 0;

	row_scan_begin(&scan, table, segment_columns, lengthof(segment_columns), recount->latest);
	while (row_scan_next(&scan))
	{
		bool		isnull;

		n += DatumGetInt32(row_scan_value(&scan, SEGMENT_CHUNK, &isnull)) == 0 &&
			slice_equals(row_scan_text(&scan, SEGMENT_TEAM), recount->team_id);
	}
	row_scan_end(&scan);
	return n;
}

/* Tells whether a body of the team is one that is to be gone. */
static bool
is_to_be_gone(const Recount *recount, TimestampTz timestamp, int64 job)
{
	if (recount->user_id.data == NULL)
		return timestamp < recount->until;
	return body_set_has(&recount->bodies, timestamp, job);
}

/* Raises that so much is left in a table. */
static void
refuse(Oid table, int64 n, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("nothing was erased, as table ogw_logs.%s would still have " INT64_FORMAT " %s",
					get_rel_name(table), n, what),
			 errhint("Remove the trigger, rule or policy that keeps them there; where there is none,"
					 " REINDEX TABLE ogw_logs.%s; and erase again.", get_rel_name(table))));
}
