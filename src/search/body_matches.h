/*
 * body_matches.h
 *		The text that a search looks for in bodies, and which of them have it.
 */
#ifndef OGW_BODY_MATCHES_H
#define OGW_BODY_MATCHES_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "core/buffer.h"
#include "core/slice.h"
#include "search/needle.h"

/* An entry that has the text: in its body, or in what is kept with it. */
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
	ReusableBuffer text;			/* of a segment */
	/* the times whose bodies were all searched, both included, and what was found */
	TimestampTz first;
	TimestampTz last;
	int			n;
	int			capacity;
	BodyMatch  *matches;		/* by time, the newest first */
	MemoryContext context;
	MemoryContextCallback freed;	/* wipes the buffers */
} BodySearch;

extern BodySearch *body_search_begin(Slice text, Slice masked, bool ignore_case);
extern void body_search_forget(BodySearch *bodies);
extern bool body_search_covers(const BodySearch *bodies, TimestampTz at);
extern bool body_search_has_text(BodySearch *bodies, const Slice *texts, int n_texts);
extern bool body_search_has_match(const BodySearch *bodies, TimestampTz timestamp,
								  Datum team_id, Datum job_id);
extern void body_search_match(BodySearch *bodies, TimestampTz timestamp, Datum team_id,
							  int64 job);
extern void body_search_sort(BodySearch *bodies);

#endif
