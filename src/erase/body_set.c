/*
 * body_set.c
 *		Bodies of one team, each by its time and the hash of its job_id.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "erase/body_set.h"

/* The bodies for which there is memory at first. */
#define FIRST_CAPACITY 1024

static uint64 body_hash(TimestampTz timestamp, int64 job);
static int	in_order(const void *a, const void *b);

/* Adds a body; its memory is in the current context. */
void
body_set_add(BodySet *set, TimestampTz timestamp, int64 job)
{
	if (set->n == set->capacity)
	{
		set->capacity = Max(FIRST_CAPACITY, set->capacity * 2);
		set->hashes = set->hashes == NULL ? palloc(sizeof(uint64) * set->capacity) :
			repalloc_huge(set->hashes, sizeof(uint64) * set->capacity);
	}
	set->hashes[set->n++] = body_hash(timestamp, job);
}

/* Sorts what was added, before it is asked. */
void
body_set_sort(BodySet *set)
{
	if (set->n > 0)
		qsort(set->hashes, set->n, sizeof(uint64), in_order);
}

/* Tells whether a body is among them; they are sorted. */
bool
body_set_has(const BodySet *set, TimestampTz timestamp, int64 job)
{
	uint64		hash = body_hash(timestamp, job);

	return set->n > 0 && bsearch(&hash, set->hashes, set->n, sizeof(uint64), in_order) != NULL;
}

/* Frees it. */
void
body_set_free(BodySet *set)
{
	if (set->hashes != NULL)
		pfree(set->hashes);
	*set = (BodySet) {NULL};
}

/* Returns a hash of what a body of the team is known by. */
static uint64
body_hash(TimestampTz timestamp, int64 job)
{
	return hash_combine64((uint64) job, (uint64) timestamp);
}

/* Orders hashes, for qsort() and bsearch(). */
static int
in_order(const void *a, const void *b)
{
	uint64		left = *(const uint64 *) a;
	uint64		right = *(const uint64 *) b;

	return (left > right) - (left < right);
}
