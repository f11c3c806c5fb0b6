/*
 * segment_pass.c
 *		Which of many bodies a pass has, asked for in the order of segments.
 *
 * So each segment is read once, and its directory is all that is kept of it: for many
 * bodies this is quicker than finding one after the other, and needs the memory of a
 * segment a pass.
 */
#include "postgres.h"

#include "segment/segment.h"
#include "segment/segment_pass.h"
#include "segment/segment_read.h"
#include "segment/segment_scan.h"

/*
 * Returns the passes of a team over intervals that begin from first to last, both included,
 * the latest first; palloc'd, as is what is kept of them.
 */
List *
passes_between(SegmentScan *scan, TimestampTz first, TimestampTz last)
{
	List	   *passes = NIL;
	SegmentRow	group;

	for (bool more = segment_next_group(scan, last, &group, true); more && group.since >= first;
		 more = segment_next_group(scan, last, &group, false))
	{
		Pass	   *pass = palloc0(sizeof(Pass));

		pass->group = group;
		passes = lappend(passes, pass);
	}
	return passes;
}

/*
 * Tells whether a pass has a body: pass->kept.row leads to it then.  A segment that
 * cannot be read has none; of one that may have it *wrong and *damaged tell, which stay
 * as they are otherwise.  What is kept is in the current context.
 */
bool
pass_has(Pass *pass, SegmentScan *scan, const BodyId *key, const char **wrong,
		 SegmentRow *damaged)
{
	const Segment *segment = &pass->kept.segment;
	SegmentRow	at;
	bool		found;

	if (pass->kept.context != NULL && segment->n > 0 &&
		compare_body_ids(&segment->bodies[0].key, key) <= 0 &&
		compare_body_ids(&segment->bodies[segment->n - 1].key, key) >= 0)
		return segment_find(segment, key) != NULL;
	found = segment_find_in_pass(&pass->kept, scan, &pass->group, key, &at, wrong, damaged);
	if (pass->kept.context != NULL)
		segment_forget_value(&pass->kept.segment);
	return found;
}
