/*
 * segment_erase_orphans.c
 *		Erasing sealed bodies that are named one by one: those whose entries are not there.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/log_table.h"
#include "core/partition.h"
#include "erase/segment_erase.h"
#include "segment/sealed_bodies.h"
#include "segment/segment.h"
#include "segment/segment_reach.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"

PG_FUNCTION_INFO_V1(ogw_erase_sealed_bodies);

typedef struct OrphanErasing
{
	Erasing		erasing;
	SealedBodies orphans;
} OrphanErasing;

static void read_orphans(SealedBodies *orphans, ArrayType *timestamps, ArrayType *jobs);
static bool erase_in_segment(void *arg, SegmentScan *scan, const char *wrong);
static bool erase_orphan(Erasing *erasing, const BodyId *key);

/*
 * erase_sealed_bodies(team_id, timestamps, jobs) → bigint: erases the sealed bodies of a team
 * that have these times and hashes of job_ids, wherever they are, and returns how many
 * they were.  Segments that cannot be read stay.  Part of remove_orphans(); STRICT.
 */
Datum
ogw_erase_sealed_bodies(PG_FUNCTION_ARGS)
{
	OrphanErasing orphan = {.erasing = {.team_id = PG_GETARG_DATUM(0),.is_erased = erase_orphan}};
	SealedBodies *orphans = &orphan.orphans;
	Relation	parent;
	SegmentReach reach;
	int			n;
	Oid		   *partitions;

	read_orphans(orphans, PG_GETARG_ARRAYTYPE_P(1), PG_GETARG_ARRAYTYPE_P(2));
	if (orphans->n == 0)
		PG_RETURN_INT64(0);
	parent = log_table_open("segment", RowExclusiveLock, RELKIND_PARTITIONED_TABLE);
	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	reach = segment_reach(orphans->bodies[0].timestamp, orphans->bodies[0].timestamp, orphans->bodies[orphans->n - 1].timestamp);
	partitions = partitions_between(parent, reach.oldest, reach.last, &n);
	for (int i = 0; i < n; i++)
	{
		TimestampTz lower;
		TimestampTz upper;

		partition_bounds(parent, partitions[i], &lower, &upper);
		segment_scan_open(&orphan.erasing.scan, partitions[i], GetActiveSnapshot());
		segment_scan_set_team(&orphan.erasing.scan, orphan.erasing.team_id);
		(void) segment_reach_visit(&reach, &orphan.erasing.scan, lower, erase_in_segment, &orphan);
		segment_scan_close(&orphan.erasing.scan);
	}
	PopActiveSnapshot();
	SPI_finish();
	table_close(parent, NoLock);
	segment_cache_wipe();
	PG_RETURN_INT64(orphan.erasing.erased.bodies);
}

/* Reads the bodies that two arrays name, and sorts them.  Raises internal_error where these do not fit. */
static void
read_orphans(SealedBodies *orphans, ArrayType *timestamps, ArrayType *jobs)
{
	Datum	   *times;
	Datum	   *hashes;
	int			n_times;
	int			n_hashes;

	deconstruct_array(timestamps, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &times, NULL, &n_times);
	deconstruct_array(jobs, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &hashes, NULL, &n_hashes);
	if (n_times != n_hashes)
		elog(ERROR, "as many times as jobs are wanted");
	orphans->n = n_times;
	orphans->bodies = palloc(sizeof(SealedBody) * Max(n_times, 1));
	for (int i = 0; i < n_times; i++)
		orphans->bodies[i] = (SealedBody)
	{
		.timestamp = DatumGetTimestampTz(times[i]),.job = DatumGetInt64(hashes[i])
	};
	sealed_bodies_sort(orphans);
}

/* Erases those that a segment has: a SegmentVisitor. */
static bool
erase_in_segment(void *arg, SegmentScan *scan, const char *wrong)
{
	OrphanErasing *orphan = arg;

	if (wrong == NULL)
		segment_erase(&orphan->erasing, &scan->row, &scan->current, NULL);
	return true;
}

/* Tells whether a body is one of them, and counts it. */
static bool
erase_orphan(Erasing *erasing, const BodyId *key)
{
	if (!sealed_bodies_have(&((OrphanErasing *) erasing)->orphans, key))
		return false;
	erasing->erased.bodies++;
	return true;
}
