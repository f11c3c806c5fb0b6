/*
 * sealed_bodies.c
 *		Which bodies of a team are sealed, whatever their sessions.
 *
 * 16 bytes a body, in the current context.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "segment/sealed_bodies.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

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
