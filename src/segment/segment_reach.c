/*
 * segment_reach.c
 *		The segments of a team that may have bodies of some times, whatever their sessions.
 *
 * Segments are in the order of sessions, so one body is found by its session, which sealing
 * read from its entry.  A DBA can have changed that since.  The team, the time and the
 * job_id are what an entry is; by these alone all segments of its time are looked through.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/log_table.h"
#include "core/partition.h"
#include "segment/sealed_interval.h"
#include "segment/segment.h"
#include "segment/segment_reach.h"
#include "segment/segment_scan.h"

static bool visit_range(SegmentScan *scan, TimestampTz first, TimestampTz last,
						SegmentVisitor visit, void *arg);
static bool find_in_segment(void *arg, SegmentScan *scan, const char *wrong);

/*
 * Finds which intervals may have times from first to last, in the partition of entries that
 * begins at lower.  Called as the owner, connected to SPI.
 */
SegmentReach
segment_reach(TimestampTz lower, TimestampTz first, TimestampTz last)
{
	SegmentReach reach = {.first = first,.last = last,.since = first_interval(lower, first, last)};

	reach.partitions = merged_partitions(lower, first, last, &reach.n);
	reach.oldest = reach.since;
	for (int i = 0; i < reach.n; i++)
		reach.oldest = Min(reach.oldest, reach.partitions[i]);
	return reach;
}

/*
 * Visits the segments of the scan's team: those of the intervals that may have the times, and
 * those of whole partitions, which have late bodies, and what was merged.  lower is where
 * the scan's partition begins.  Returns whether all were visited.
 */
bool
segment_reach_visit(const SegmentReach *reach, SegmentScan *scan, TimestampTz lower,
					SegmentVisitor visit, void *arg)
{
	if (!visit_range(scan, reach->since, reach->last, visit, arg))
		return false;
	if (lower < reach->since && !visit_range(scan, lower, lower, visit, arg))
		return false;
	for (int i = 0; i < reach->n; i++)
		if (reach->partitions[i] > lower && reach->partitions[i] < reach->since &&
			!visit_range(scan, reach->partitions[i], reach->partitions[i], visit, arg))
			return false;
	return true;
}

/* Visits the segments of the scan's team whose intervals begin from first to last. */
static bool
visit_range(SegmentScan *scan, TimestampTz first, TimestampTz last, SegmentVisitor visit, void *arg)
{
	const char *wrong;

	segment_scan_begin_range(scan, first, last);
	while (segment_scan_next(scan, &wrong))
		if (!visit(arg, scan, wrong))
			return false;
	return true;
}

/*
 * Finds the session under which a team's body is sealed, as the active snapshot sees it, and
 * sets it in key; false where none has the body.  It reads the directories of all segments
 * that may have its time; those that cannot be read have none.  Called as the owner, with
 * the log there, connected to SPI.
 */
bool
segment_find_session(Datum team_id, BodyId *key)
{
	Relation	entry = log_table_open("entry", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	Relation	parent = log_table_open("segment", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	TimestampTz lower = key->timestamp;
	TimestampTz upper;
	Oid			of_entries = partition_at(entry, key->timestamp);
	SegmentReach reach;
	int			n;
	Oid		   *partitions;
	bool		found = false;

	if (OidIsValid(of_entries))
		partition_bounds(entry, of_entries, &lower, &upper);
	reach = segment_reach(lower, key->timestamp, key->timestamp);
	partitions = partitions_between(parent, reach.oldest, key->timestamp, &n);
	for (int i = 0; i < n && !found; i++)
	{
		SegmentScan scan;

		partition_bounds(parent, partitions[i], &lower, &upper);
		segment_scan_open(&scan, partitions[i], GetActiveSnapshot());
		segment_scan_set_team(&scan, team_id);
		found = !segment_reach_visit(&reach, &scan, lower, find_in_segment, key);
		segment_scan_close(&scan);
	}
	pfree(partitions);
	table_close(parent, NoLock);
	table_close(entry, NoLock);
	return found;
}

/* Looks for a body in a segment: a SegmentVisitor, whose arg is its BodyId. */
static bool
find_in_segment(void *arg, SegmentScan *scan, const char *wrong)
{
	const Segment *segment = &scan->current.segment;
	BodyId	   *key = arg;

	for (int i = 0; wrong == NULL && i < segment->n; i++)
		if (segment->bodies[i].key.timestamp == key->timestamp && segment->bodies[i].key.job == key->job)
		{
			key->session = segment->bodies[i].key.session;
			return false;
		}
	return true;
}
