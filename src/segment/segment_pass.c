/*
 * segment_pass.c
 *		The passes of sealing over an interval, and finding a body in one.
 *
 * No row says in which segment a body is.  The segments of a pass are in order, so it can
 * only be in the last one that does not begin behind it.  Where many bodies are
 * looked for in that order, each segment is read once, and its directory is all that is
 * kept of it: this is quicker than finding one after the other, and needs the memory of
 * one directory a pass.
 */
#include "postgres.h"

#include "utils/fmgroids.h"
#include "utils/timestamp.h"

#include "segment/cached_segment.h"
#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_scan.h"

static bool last_not_behind(SegmentScan *scan, const SegmentRow *pass, const BodyId *key,
							SegmentRow *row);

/*
 * Goes to the last pass of the last interval of the team that does not begin behind a time;
 * false where there is none.
 */
bool
segment_pass_at(SegmentScan *scan, TimestampTz at, SegmentRow *pass)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = segment_scan_keys(scan, keys);

	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
					 TimestampTzGetDatum(at));
	return segment_scan_edge_row(scan, keys, n, BackwardScanDirection, pass);
}

/* Goes to the pass before, of the same interval or an earlier one; false before the first. */
bool
segment_pass_before(SegmentScan *scan, SegmentRow *pass)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			of_team = segment_scan_keys(scan, keys);
	int			n = of_team;

	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ,
					 TimestampTzGetDatum(pass->since));
	segment_scan_key(keys, &n, SEGMENT_ATTR_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(pass->pass));
	if (segment_scan_edge_row(scan, keys, n, BackwardScanDirection, pass))
		return true;
	n = of_team;
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTLessStrategyNumber, F_TIMESTAMPTZ_LT,
					 TimestampTzGetDatum(pass->since));
	return segment_scan_edge_row(scan, keys, n, BackwardScanDirection, pass);
}

/* Goes to the last pass of what was merged in this partition; false where nothing was. */
bool
segment_pass_merged(SegmentScan *scan, SegmentRow *pass)
{
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			n = segment_scan_keys(scan, keys);

	/* the first row of all is of the first interval, and there of the lowest pass */
	if (!segment_scan_edge_row(scan, keys, n, ForwardScanDirection, pass) || pass->pass >= 0)
		return false;
	segment_scan_key(keys, &n, SEGMENT_ATTR_SINCE, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, TimestampTzGetDatum(pass->since));
	segment_scan_key(keys, &n, SEGMENT_ATTR_PASS, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(0));
	return segment_scan_edge_row(scan, keys, n, BackwardScanDirection, pass);
}

/*
 * Finds the segment of a pass that has a body: it is in cached then, and found without the
 * index where this scan has seen it there.  Returns false where none has.  A segment that
 * may have it and cannot be read is left out, and *problem says which; else that stays
 * as it is.
 */
bool
segment_pass_find(SegmentScan *scan, const SegmentRow *pass, const BodyId *key,
				  CachedSegment *cached, SegmentProblem *problem)
{
	const Segment *segment = &cached->segment;
	SegmentRow	row;
	const char *wrong;

	if (cached->context != NULL && cached->scan == scan->number &&
		cached->row.since == pass->since && cached->row.pass == pass->pass && segment->n > 0 &&
		compare_body_ids(&segment->bodies[0].key, key) <= 0 &&
		compare_body_ids(&segment->bodies[segment->n - 1].key, key) >= 0)
		return segment_find(segment, key) != NULL;
	if (!last_not_behind(scan, pass, key, &row))
		return false;
	wrong = segment_scan_load_found(scan, &row, cached);
	if (wrong == NULL)
		return segment_find(segment, key) != NULL;
	*problem = (SegmentProblem) {.what = wrong,.row = row};
	return false;
}

/* Finds the last segment of a pass that does not begin behind a body. */
static bool
last_not_behind(SegmentScan *scan, const SegmentRow *pass, const BodyId *key, SegmentRow *row)
{
	Datum		session = Int64GetDatum(key->session);
	Datum		timestamp = TimestampTzGetDatum(key->timestamp);
	ScanKeyData keys[N_SEGMENT_INDEX_COLUMNS];
	int			of_pass = segment_scan_pass_keys(scan, pass, keys);
	int			n = of_pass;

	/* with its session and time; with its session; with one before */
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ, session);
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_TIMESTAMP, BTEqualStrategyNumber, F_TIMESTAMPTZ_EQ, timestamp);
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_JOB, BTLessEqualStrategyNumber, F_INT8LE, Int64GetDatum(key->job));
	if (segment_scan_edge_row(scan, keys, n, BackwardScanDirection, row))
		return true;
	n = of_pass;
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTEqualStrategyNumber, F_INT8EQ, session);
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_TIMESTAMP, BTLessStrategyNumber, F_TIMESTAMPTZ_LT, timestamp);
	if (segment_scan_edge_row(scan, keys, n, BackwardScanDirection, row))
		return true;
	n = of_pass;
	segment_scan_key(keys, &n, SEGMENT_ATTR_FIRST_SESSION, BTLessStrategyNumber, F_INT8LT, session);
	return segment_scan_edge_row(scan, keys, n, BackwardScanDirection, row);
}

/*
 * Returns the passes of the team over intervals that begin from first to last, both
 * included, the latest first; palloc'd.
 */
List *
segment_passes(SegmentScan *scan, TimestampTz first, TimestampTz last)
{
	List	   *passes = NIL;
	SegmentRow	row;

	for (bool more = segment_pass_at(scan, last, &row); more && row.since >= first;
		 more = segment_pass_before(scan, &row))
	{
		SegmentPass *pass = palloc0(sizeof(SegmentPass));

		pass->row = row;
		passes = lappend(passes, pass);
	}
	return passes;
}

/*
 * Tells whether a pass has a body: pass->cached is the segment then.  A segment that cannot
 * be read has none; *problem tells of it as segment_pass_find() does.
 */
bool
segment_pass_has(SegmentScan *scan, SegmentPass *pass, const BodyId *key, SegmentProblem *problem)
{
	bool		found = segment_pass_find(scan, &pass->row, key, &pass->cached, problem);

	if (pass->cached.context != NULL)
		segment_forget_value(&pass->cached.segment);
	return found;
}

/* Reports a segment that cannot be read; it quotes nothing of it. */
void
segment_damaged(int elevel, const char *what, const SegmentRow *row)
{
	/* it returns the same memory each time */
	char	   *since = pstrdup(timestamptz_to_str(row->since));

	ereport(elevel,
			(errcode(what == segment_is_newer ? ERRCODE_FEATURE_NOT_SUPPORTED : ERRCODE_DATA_CORRUPTED),
			 errmsg("a segment of sealed bodies cannot be read: %s", what),
			 errdetail("Segment of interval %s, pass %d, first body at %s.",
					   since, row->pass, timestamptz_to_str(row->first.timestamp)),
			 what == segment_is_newer ? errhint("Install the newer ogw_logs.") :
			 errhint("Restore the partition of ogw_logs.segment from a backup; all other bodies can be read.")));
}
