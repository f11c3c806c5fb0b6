/*
 * search_query.h
 *		A search as one SQL query over one table.
 */
#ifndef OGW_SEARCH_QUERY_H
#define OGW_SEARCH_QUERY_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "search/search_state.h"

extern void search_table(Search *search, Oid table, TimestampTz first, TimestampTz last);

#endif
