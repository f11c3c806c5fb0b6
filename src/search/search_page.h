/*
 * search_page.h
 *		Where a page of a result begins.
 */
#ifndef OGW_SEARCH_PAGE_H
#define OGW_SEARCH_PAGE_H

#include "postgres.h"

#include "policy/access.h"
#include "search/search_state.h"

/* The last row of the page before, as search() is given it: three arguments in this order. */
enum
{
	BEFORE_TIMESTAMP, BEFORE_JOB_ID, BEFORE_TEAM_ID, N_BEFORE_ARGS
};

extern void page_check(const NullableDatum *before);
extern void page_begin(Search *search, const NullableDatum *before, const AccessRights *rights);

#endif
