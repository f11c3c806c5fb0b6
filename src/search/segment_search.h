/*
 * segment_search.h
 *		Looking for a text in sealed bodies.
 */
#ifndef OGW_SEGMENT_SEARCH_H
#define OGW_SEGMENT_SEARCH_H

#include "postgres.h"

#include "search/body_matches.h"

extern void segment_search(BodySearch *bodies, TimestampTz lower, bool all,
						   Datum *teams, int n);

#endif
