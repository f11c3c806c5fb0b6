/*
 * search_filters.h
 *		The filters that search(), count_logs(), histogram() and facet() are given.
 */
#ifndef OGW_SEARCH_FILTERS_H
#define OGW_SEARCH_FILTERS_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "search/search_state.h"
#include "search/tags.h"

/* The arguments that they have in common, in their order. */
enum
{
	FILTER_JOB_ID, FILTER_STATUS, FILTER_PROVIDER, FILTER_OWNER, FILTER_MODEL, FILTER_API_KEY,
	FILTER_USER_ID, FILTER_SESSION_ID, FILTER_SINCE, FILTER_UNTIL, FILTER_TEAM_ID,
	FILTER_ERROR_CODE, FILTER_FALLBACK_REASON, FILTER_FELL_BACK, FILTER_OPERATION,
	FILTER_NOT_STATUS, FILTER_NOT_PROVIDER, FILTER_NOT_MODEL, FILTER_NOT_ERROR_CODE,
	FILTER_MIN_LATENCY_MS, FILTER_MAX_LATENCY_MS, FILTER_MIN_TOKENS, FILTER_MAX_TOKENS,
	FILTER_MIN_COST_USD, FILTER_MAX_COST_USD, FILTER_TAGS, FILTER_BODY_CONTAINS, FILTER_IGNORE_CASE,
	N_FILTER_ARGS
};

/* The filters after they were checked. */
typedef struct Filters
{
	const NullableDatum *args;	/* N_FILTER_ARGS */
	int			n_values[N_FILTER_ARGS];	/* of an argument of values; 0: not given */
	Datum	   *values[N_FILTER_ARGS];
	int			n_tags;
	const Tag  *tags;
} Filters;

extern void filters_check(Filters *filters, const NullableDatum *args);
extern void filters_add(const Filters *filters, Search *search);
extern void check_range_of_time(const NullableDatum *since, const NullableDatum *until);

#endif
