/*
 * search_run.h
 *		Running a search for a caller, in bodies too where that is asked for.
 */
#ifndef OGW_SEARCH_RUN_H
#define OGW_SEARCH_RUN_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "utils/tuplestore.h"

#include "policy/access.h"
#include "search/search_filters.h"
#include "search/search_state.h"

/* A call of a function that searches. */
typedef struct SearchCall
{
	const char *function;		/* its name, for the record of what it found in bodies */
	Oid			reader;
	AccessRights rights;
	Filters		filters;
	Tuplestorestate *found;		/* what a search in bodies has found; NULL: there was none yet */
} SearchCall;

extern TupleDesc entry_row_desc(void);
extern void search_call_begin(SearchCall *call, Search *search, TupleDesc desc);
extern void search_run(SearchCall *call, Search *search);

#endif
