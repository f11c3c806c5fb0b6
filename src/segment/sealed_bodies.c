/*
 * sealed_bodies.c
 *		Which bodies of a team are sealed, whatever their sessions.
 *
 * 16 bytes a body, in the current context.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "segment/sealed_bodies.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

PG_FUNCTION_INFO_V1(ogw_sealed_bodies);

static int	in_order(const void *a, const void *b);

/*
 * Adds the bodies of the scan's team in the segments whose intervals begin from first to
 * last, both included.  Of a segment that cannot be read there are none.
 */
void
sealed_bodies_add(SealedBodies *sealed, SegmentScan *scan, TimestampTz first, TimestampTz last)
{
	const char *wrong;

	segment_scan_begin_range(scan, first, last);
	while (segment_scan_next(scan, &wrong))
	{
		const Segment *segment = &scan->current.segment;

		if (wrong != NULL)
			continue;
		if (sealed->n + segment->n > sealed->capacity)
		{
			sealed->capacity = Max(sealed->capacity * 2, sealed->n + segment->n);
			sealed->bodies = sealed->bodies == NULL ?
				MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SealedBody) * sealed->capacity) :
				repalloc_huge(sealed->bodies, sizeof(SealedBody) * sealed->capacity);
		}
		for (int i = 0; i < segment->n; i++)
			sealed->bodies[sealed->n++] = (SealedBody)
		{
			.timestamp = segment->bodies[i].key.timestamp,.job = segment->bodies[i].key.job
		};
	}
}

/* Sorts what was added, before it is asked. */
void
sealed_bodies_sort(SealedBodies *sealed)
{
	if (sealed->n > 0)
		qsort(sealed->bodies, sealed->n, sizeof(SealedBody), in_order);
}

/* Tells whether a body is among them, under any session. */
bool
sealed_bodies_have(const SealedBodies *sealed, const BodyId *key)
{
	SealedBody	body = {.timestamp = key->timestamp,.job = key->job};

	return sealed->n > 0 &&
		bsearch(&body, sealed->bodies, sealed->n, sizeof(SealedBody), in_order) != NULL;
}

/* Orders bodies by time. */
static int
in_order(const void *a, const void *b)
{
	const SealedBody *left = a;
	const SealedBody *right = b;

	if (left->timestamp != right->timestamp)
		return left->timestamp < right->timestamp ? -1 : 1;
	return (left->job > right->job) - (left->job < right->job);
}

/*
 * sealed_bodies(partition) → SETOF (team_id, "timestamp", job): the bodies of all segments of a
 * partition of ogw_logs.segment, by their hashes; a segment that cannot be read is a row of
 * its team alone.  Part of verify(); STRICT.
 */
Datum
ogw_sealed_bodies(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			partition = PG_GETARG_OID(0);
	SegmentScan scan;
	const char *wrong;

	InitMaterializedSRF(fcinfo, 0);
	if (get_rel_relkind(partition) != RELKIND_RELATION)
		return (Datum) 0;
	segment_scan_open(&scan, partition, GetActiveSnapshot());
	while (segment_scan_next_team(&scan))
	{
		segment_scan_begin_range(&scan, PG_INT64_MIN, PG_INT64_MAX);
		while (segment_scan_next(&scan, &wrong))
		{
			const Segment *segment = &scan.current.segment;
			Datum		values[3] = {scan.team_id, 0, 0};
			bool		nulls[3] = {false, true, true};

			if (wrong != NULL)
				tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
			nulls[1] = nulls[2] = false;
			for (int i = 0; wrong == NULL && i < segment->n; i++)
			{
				values[1] = TimestampTzGetDatum(segment->bodies[i].key.timestamp);
				values[2] = Int64GetDatum(segment->bodies[i].key.job);
				tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
			}
		}
	}
	segment_scan_close(&scan);
	return (Datum) 0;
}
