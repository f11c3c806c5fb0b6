/*
 * body_search.h
 *		Looking for a text in bodies.
 */
#ifndef OGW_BODY_SEARCH_H
#define OGW_BODY_SEARCH_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "core/slice.h"
#include "search/body_matches.h"
#include "search/found_body.h"
#include "search/search_state.h"

/*
 * Opening the body of one entry, in the units of partition_rows.h: half a millisecond, which a
 * segment takes.
 */
#define COST_OF_BODY 12500

/*
 * Looking through all segments of its time for one: more than may be spent in a partition,
 * whose bodies are better searched all at once then.
 */
#define COST_OF_ALL_SEGMENTS PG_INT32_MAX

/*
 * Bodies that do not have the text may be opened one by one before all of a partition
 * are searched: so many, and one more for each so many pages of segments, or of unsealed
 * bodies.  That is about a quarter of what it takes to search them.
 */
#define BODIES_TRIED 2
#define SEALED_PAGES_A_BODY 16
#define UNSEALED_PAGES_A_BODY 64

/* Where an index names no more entries than this, their bodies are opened one by one. */
#define FEW_BODIES 1000

/* The columns of an entry that have JSON, of which the body has the whole where that is more. */
#define KEPT_JSON {"attempts", "tool_calls", "metadata"}
#define N_KEPT_JSON 3

/* An entry in which a text is looked for. */
typedef struct SearchedEntry
{
	FoundEntry	found;
	Slice		kept[N_KEPT_JSON];	/* data NULL: none */
} SearchedEntry;

extern bool body_search_entry(BodySearch *bodies, const SearchedEntry *entry, int64 *cost);
extern int64 body_search_trial(TimestampTz first, TimestampTz last);
extern void body_search_all(Search *search, TimestampTz lower, TimestampTz first,
							TimestampTz last);

#endif
