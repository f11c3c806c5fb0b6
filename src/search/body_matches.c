/*
 * body_matches.c
 *		The text that a search looks for in bodies, and which of them have it.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "core/buffer.h"
#include "core/identifier.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "search/body_matches.h"
#include "search/needle.h"

/* The most matches that are kept at once; where there are more, the newest half of them stays. */
#define MAX_MATCHES 65536

static void body_search_freed(void *arg);
static int	newer_first(const void *a, const void *b);

/*
 * Begins to look for a text, and for what is stored of it where secrets are masked, which
 * is the same Slice where it has none.  The memory is in the current context; the bodies
 * that were read into it are wiped before it is given back, after an error, too.
 */
BodySearch *
body_search_begin(Slice text, Slice masked, bool ignore_case)
{
	BodySearch *bodies = palloc0(sizeof(BodySearch));

	needle_make(&bodies->needles[bodies->n_needles++], text, ignore_case);
	if (masked.data != text.data && masked.len > 0)
		needle_make(&bodies->needles[bodies->n_needles++], masked, ignore_case);
	bodies->context = bodies->text.context = CurrentMemoryContext;
	body_search_forget(bodies);
	bodies->freed = (MemoryContextCallback) {.func = body_search_freed,.arg = bodies};
	MemoryContextRegisterResetCallback(bodies->context, &bodies->freed);
	return bodies;
}

/* Called before the memory of a search is freed, whoever does that: wipes what it read of bodies. */
static void
body_search_freed(void *arg)
{
	BodySearch *bodies = arg;

	buffer_wipe(&bodies->text);
	for (int i = 0; i < bodies->n_needles; i++)
	{
		buffer_wipe(&bodies->needles[i].unescaped);
		buffer_wipe(&bodies->needles[i].folded);
	}
}

/* Forgets what was found: bodies are opened one by one again. */
void
body_search_forget(BodySearch *bodies)
{
	bodies->n = 0;
	bodies->first = PG_INT64_MAX;
	bodies->last = PG_INT64_MIN;
}

/* Tells whether all bodies of a time were searched. */
bool
body_search_covers(const BodySearch *bodies, TimestampTz at)
{
	return at >= bodies->first && at <= bodies->last;
}

/* Tells whether one of n_texts texts has what is looked for; one without data has not. */
bool
body_search_has_text(BodySearch *bodies, const Slice *texts, int n_texts)
{
	for (int i = 0; i < n_texts; i++)
		for (int n = 0; texts[i].data != NULL && n < bodies->n_needles; n++)
			if (needle_in(&bodies->needles[n], texts[i]))
				return true;
	return false;
}

/*
 * Records an entry that has the text, by its team and the hash of its job_id.  Where there
 * are too many, the older half is forgotten: bodies->first is moved behind it, and what is
 * older is not recorded any more.
 */
void
body_search_match(BodySearch *bodies, TimestampTz timestamp, Datum team_id, int64 job)
{
	if (timestamp < bodies->first)
		return;
	if (bodies->n == bodies->capacity)
	{
		int			n = MAX_MATCHES / 2;

		if (bodies->n >= MAX_MATCHES)
		{
			qsort(bodies->matches, bodies->n, sizeof(BodyMatch), newer_first);
			/* times stay whole, the newest one at least */
			while (n > 0 && bodies->matches[n - 1].timestamp == bodies->matches[n].timestamp)
				n--;
			if (n == 0)
				while (n < bodies->n && bodies->matches[n].timestamp == bodies->matches[0].timestamp)
					n++;
			if (n < bodies->n)
			{
				bodies->first = bodies->matches[n].timestamp + 1;
				bodies->n = n;
				if (timestamp < bodies->first)
					return;
			}
		}
		if (bodies->n == bodies->capacity)
		{
			bodies->capacity = Max(64, bodies->capacity * 2);
			bodies->matches = bodies->matches == NULL ?
				MemoryContextAlloc(bodies->context, sizeof(BodyMatch) * bodies->capacity) :
				repalloc_huge(bodies->matches, sizeof(BodyMatch) * bodies->capacity);
		}
	}
	bodies->matches[bodies->n++] = (BodyMatch)
	{
		.timestamp = timestamp,.team = id_hash(text_to_slice(team_id)),.job = job
	};
}

/* Tells whether an entry is among those that have the text; they are sorted. */
bool
body_search_has_match(const BodySearch *bodies, TimestampTz timestamp, Datum team_id,
					  Datum job_id)
{
	BodyMatch	key = {
		.timestamp = timestamp,
		.team = id_hash(text_to_slice(team_id)),
		.job = id_hash(text_to_slice(job_id))
	};

	return bodies->n > 0 &&
		bsearch(&key, bodies->matches, bodies->n, sizeof(BodyMatch), newer_first) != NULL;
}

/* Sorts what was found by time, the newest first. */
void
body_search_sort(BodySearch *bodies)
{
	qsort(bodies->matches, bodies->n, sizeof(BodyMatch), newer_first);
}

/* Orders matches by time, the newest first. */
static int
newer_first(const void *a, const void *b)
{
	const BodyMatch *left = a;
	const BodyMatch *right = b;

	if (left->timestamp != right->timestamp)
		return left->timestamp > right->timestamp ? -1 : 1;
	if (left->team != right->team)
		return left->team < right->team ? -1 : 1;
	return (left->job > right->job) - (left->job < right->job);
}
