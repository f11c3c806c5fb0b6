/*
 * body_search.h
 *		Which bodies have a text that a search asks for.
 */
#ifndef OGW_BODY_SEARCH_H
#define OGW_BODY_SEARCH_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "needle.h"
#include "search.h"

/*
 * Opening the body of one entry, in the units of leaf.h: half a millisecond, which a
 * segment takes.
 */
#define COST_OF_BODY 12500

/*
 * Bodies that do not have the text may be opened one by one before all of a partition
 * are searched: so many, and one more for each so many pages of segments, or of bodies
 * as they came.  That is about a quarter of what it takes to search them.
 */
#define BODIES_TRIED 2
#define SEALED_PAGES_A_BODY 16
#define RAW_PAGES_A_BODY 64

/* Where an index names no more entries than this, their bodies are opened one by one. */
#define FEW_BODIES 1000

/* A body that has the text. */
typedef struct BodyMatch
{
	TimestampTz timestamp;
	int64		team;			/* hashes of its entry's */
	int64		job;
} BodyMatch;

typedef struct BodySearch
{
	int			n_needles;
	Needle		needles[2];		/* as given, and as it is stored where that is masked */
	Room		text;			/* of a segment */
	/* the times whose bodies were all searched, both included, and what was found */
	TimestampTz first;
	TimestampTz last;
	int			n;
	int			room;
	BodyMatch  *matches;		/* by time, the newest first */
	MemoryContext context;
} BodySearch;

extern BodySearch *body_search_begin(Span text, Span masked, bool ignore_case);
extern bool body_search_covers(const BodySearch *bodies, TimestampTz at);
extern bool body_search_one(BodySearch *bodies, Datum timestamp, Datum team_id,
							Datum job_id, Datum session_id, bool *opened);
extern int64 body_search_trial(TimestampTz first, TimestampTz last);
extern void body_search_all(Search *search, TimestampTz lower, TimestampTz first,
							TimestampTz last);
extern void body_search_forget(BodySearch *bodies);
extern void body_search_match(BodySearch *bodies, TimestampTz timestamp, Datum team_id,
							  int64 job);

#endif
