/*
 * segment_erase.c
 *		Taking bodies out of segments: those that hold some are written anew.
 *
 * An erasure keeps sealing from being done at the same time, and looks with the
 * latest snapshot, as it does at everything.  A segment that cannot be read raises
 * its error where it may hold what is to be erased, and is deleted where all that it
 * can hold is.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "log.h"
#include "partition.h"
#include "segment_erase.h"
#include "segment_write.h"
#include "terms.h"

/* Bodies of a user that are looked for at once. */
#define BODIES_AT_ONCE 10000

/* The bodies of a user's entries, in the order of segments. */
static const char user_query[] =
"SELECT e.\"timestamp\", ogw_logs.id_hash(coalesce(e.session_id, '')) AS session, ogw_logs.id_hash(e.job_id) AS job"
"  FROM ogw_logs.entry e"
" WHERE e.team_id = $1 AND e.user_id = $2 AND e.body_logged AND %s"
" ORDER BY session, e.\"timestamp\", job";

typedef struct Erasing
{
	Relation	bodies;			/* as they came */
	Datum		team_id;
	Shelf		shelf;
	TimestampTz until;			/* what is before goes */
	bool		all;			/* that is all of the partition */
	HTAB	   *keys;			/* or what is here; NULL: not asked for */
	ErasedBodies erased;
} Erasing;

static void erasing_begin(Erasing *erasing);
static void erasing_end(Erasing *erasing);
static void erase_of(void *arg, const SegmentRow *row, Segment *segment, const char *wrong);
static bool is_erased(const Erasing *erasing, const BodyKey *key);
static bool is_raw(const Erasing *erasing, const BodyKey *key);
static int64 write_rest(const Erasing *erasing, const SegmentRow *row, Segment *segment);
static void erase_keys(Erasing *erasing, Relation parent, const BodyKey *keys, int n);

/*
 * Takes out the bodies of a team that are dated before until.  Called as the owner,
 * connected to SPI, by an erasure.
 */
ErasedBodies
segments_purge(Datum team_id, TimestampTz until)
{
	Erasing		erasing = {.team_id = team_id,.until = until};
	Relation	parent = table_open(log_table("segment"), RowExclusiveLock);
	int			n;
	Oid		   *leaves;

	erasing_begin(&erasing);
	leaves = partitions_between(parent, PG_INT64_MIN, until, &n);
	for (int i = 0; i < n; i++)
	{
		TimestampTz first;
		TimestampTz last;

		partition_bounds(parent, leaves[i], &first, &last);
		erasing.all = last < until;
		if (!shelf_open(&erasing.shelf, leaves[i], team_id, GetActiveSnapshot()))
			continue;
		shelf_each(&erasing.shelf, PG_INT64_MIN, until, erase_of, &erasing);
		shelf_close(&erasing.shelf);
	}
	erasing_end(&erasing);
	table_close(parent, NoLock);
	return erasing.erased;
}

/* Takes out the bodies of a user's entries in a team.  Called like segments_purge(). */
ErasedBodies
segments_erase_user(Datum team_id, Datum user_id)
{
	Erasing		erasing = {.team_id = team_id,.until = PG_INT64_MIN};
	Relation	parent = table_open(log_table("segment"), RowExclusiveLock);
	Oid			types[] = {TEXTOID, TEXTOID};
	Datum		args[] = {team_id, user_id};
	BodyKey    *keys = palloc(sizeof(BodyKey) * BODIES_AT_ONCE);
	Portal		portal;
	uint64		n;

	erasing_begin(&erasing);
	portal = SPI_cursor_open_with_args(NULL, psprintf(user_query, terms_of_user("e.", "$1", "$2")),
									   lengthof(types), types, args, NULL, true, CURSOR_OPT_NO_SCROLL);
	do
	{
		SPI_cursor_fetch(portal, true, BODIES_AT_ONCE);
		n = SPI_processed;
		for (uint64 i = 0; i < n; i++)
		{
			HeapTuple	tuple = SPI_tuptable->vals[i];
			TupleDesc	desc = SPI_tuptable->tupdesc;
			bool		isnull;

			keys[i].timestamp = DatumGetTimestampTz(SPI_getbinval(tuple, desc, 1, &isnull));
			keys[i].session = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull));
			keys[i].job = DatumGetInt64(SPI_getbinval(tuple, desc, 3, &isnull));
		}
		SPI_freetuptable(SPI_tuptable);
		erase_keys(&erasing, parent, keys, (int) n);
	} while (n == BODIES_AT_ONCE);
	SPI_cursor_close(portal);
	erasing_end(&erasing);
	pfree(keys);
	table_close(parent, NoLock);
	return erasing.erased;
}

/* Begins: what is read until the end is read with the latest snapshot. */
static void
erasing_begin(Erasing *erasing)
{
	PushActiveSnapshot(GetLatestSnapshot());
	erasing->bodies = table_open(log_table("body"), AccessShareLock);
}

/* Ends. */
static void
erasing_end(Erasing *erasing)
{
	table_close(erasing->bodies, NoLock);
	PopActiveSnapshot();
}

/* Takes the bodies of these keys, which are in their order, out of their segments. */
static void
erase_keys(Erasing *erasing, Relation parent, const BodyKey *keys, int n)
{
	HASHCTL		control = {.keysize = sizeof(BodyKey),.entrysize = sizeof(BodyKey),.hcxt = CurrentMemoryContext};
	Datum		team_id = erasing->team_id;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs segment to erase from",
												  ALLOCSET_DEFAULT_SIZES);

	erasing->keys = hash_create("ogw_logs bodies to erase", Max(n, 1), &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < n; i++)
		hash_search(erasing->keys, &keys[i], HASH_ENTER, NULL);
	for (int i = 0; i < n; i++)
	{
		SegmentRow	row;

		if (hash_search(erasing->keys, &keys[i], HASH_FIND, NULL) == NULL ||
			!shelf_open(&erasing->shelf, partition_at(parent, keys[i].timestamp), team_id, GetActiveSnapshot()))
			continue;
		if (segment_locate(&erasing->shelf, &keys[i], ERROR, &row))
		{
			Segment		segment;
			MemoryContext old = MemoryContextSwitchTo(context);
			const char *wrong = shelf_load(&erasing->shelf, &row, &segment);

			MemoryContextSwitchTo(old);
			erase_of(erasing, &row, &segment, wrong);
			/* those that were in the same one are done */
			for (int j = 0; wrong == NULL && j < segment.n; j++)
				hash_search(erasing->keys, &segment.bodies[j].key, HASH_REMOVE, NULL);
			MemoryContextReset(context);
			/* what was just written is not seen before */
			PopActiveSnapshot();
			PushActiveSnapshot(GetLatestSnapshot());
		}
		shelf_close(&erasing->shelf);
	}
	hash_destroy(erasing->keys);
	erasing->keys = NULL;
	MemoryContextDelete(context);
}

/* Takes what is to be erased out of a segment, if it holds any. */
static void
erase_of(void *arg, const SegmentRow *row, Segment *segment, const char *wrong)
{
	Erasing    *erasing = arg;
	int			n_erased = 0;

	if (wrong != NULL && erasing->all)
	{
		/* nobody can say how many bodies it had */
		segment_delete(erasing->team_id, row);
		return;
	}
	if (wrong != NULL)
		segment_damaged(ERROR, wrong, row);
	for (int i = 0; i < segment->n; i++)
	{
		if (!is_erased(erasing, &segment->bodies[i].key))
			continue;
		n_erased++;
		erasing->erased.bodies += !is_raw(erasing, &segment->bodies[i].key);
	}
	if (n_erased == 0)
		return;
	segment_delete(erasing->team_id, row);
	erasing->erased.bytes += segment->value_len;
	if (n_erased < segment->n)
	{
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs rest of a segment",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(context);

		erasing->erased.bytes -= write_rest(erasing, row, segment);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(context);
	}
}

/* Tells whether a body is to be erased. */
static bool
is_erased(const Erasing *erasing, const BodyKey *key)
{
	return key->timestamp < erasing->until ||
		(erasing->keys != NULL && hash_search(erasing->keys, key, HASH_FIND, NULL) != NULL);
}

/* Tells whether a sealed body is there as it came, too: until that is dropped. */
static bool
is_raw(const Erasing *erasing, const BodyKey *key)
{
	Oid			types[] = {TIMESTAMPTZOID, TEXTOID, INT8OID};
	Datum		args[] = {TimestampTzGetDatum(key->timestamp), erasing->team_id, Int64GetDatum(key->job)};
	MemoryContext old = CurrentMemoryContext;
	bool		found;

	if (!OidIsValid(partition_at(erasing->bodies, key->timestamp)))
		return false;
	if (SPI_execute_with_args("SELECT FROM ogw_logs.body b WHERE b.\"timestamp\" = $1 AND b.team_id = $2"
							  " AND b.chunk = 0 AND ogw_logs.id_hash(b.job_id) = $3",
							  lengthof(types), types, args, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	found = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	MemoryContextSwitchTo(old);
	return found;
}

/*
 * Deletes the rows of a segment, those that the latest snapshot shows, and returns how
 * many they were.  Raises serialization_failure where somebody else was quicker.
 */
int64
segment_delete(Datum team_id, const SegmentRow *row)
{
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID, INT4OID, INT8OID, TIMESTAMPTZOID, INT4OID};
	Datum		args[] = {
		team_id, TimestampTzGetDatum(row->since), Int32GetDatum(row->pass), Int64GetDatum(row->first.session),
		TimestampTzGetDatum(row->first.timestamp), Int32GetDatum(row->number)
	};
	MemoryContext old = CurrentMemoryContext;
	int64		deleted;
	SPIPlanPtr	plan = SPI_prepare("DELETE FROM ogw_logs.segment s"
								   " WHERE s.team_id = $1 AND s.since = $2 AND s.pass = $3 AND s.first_session = $4"
								   "   AND s.first_timestamp = $5 AND s.number = $6", lengthof(types), types);

	if (plan == NULL ||
		SPI_execute_snapshot(plan, args, NULL, GetLatestSnapshot(), InvalidSnapshot, false, true, 0) != SPI_OK_DELETE)
		elog(ERROR, "a statement of ogw_logs failed");
	deleted = (int64) SPI_processed;
	if (deleted == 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("sealed bodies were removed at the same time"),
				 errhint("Try it again.")));
	SPI_freeplan(plan);
	MemoryContextSwitchTo(old);
	return deleted;
}

/* Writes what is left of a segment, and returns its bytes. */
static int64
write_rest(const Erasing *erasing, const SegmentRow *row, Segment *segment)
{
	SegmentBuilder *builder = segment_begin();
	SegmentRow	rest = *row;
	const char *wrong = segment_open(segment, NULL);

	if (wrong != NULL)
		segment_damaged(ERROR, wrong, row);
	for (int i = 0; i < segment->n; i++)
	{
		Span		parts[N_BODY_PARTS];

		if (is_erased(erasing, &segment->bodies[i].key))
			continue;
		segment_parts(segment, &segment->bodies[i], parts);
		segment_add(builder, &segment->bodies[i].key, parts);
	}
	rest.first = *segment_first(builder);
	return segment_write(erasing->team_id, &rest, segment_finish(builder));
}
