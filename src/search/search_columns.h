/*
 * search_columns.h
 *		Whether entries have the columns that a search takes them to have.
 */
#ifndef OGW_SEARCH_COLUMNS_H
#define OGW_SEARCH_COLUMNS_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "utils/relcache.h"

#include "search/search_state.h"

/* The one column that the result has in another type: the bytes as hexadecimal text. */
#define FINGERPRINT_COLUMN "api_key_fingerprint"

extern void search_columns_init(void);
extern bool search_columns_check(const Search *search, Relation entry);
extern AttrNumber result_column(TupleDesc desc, const char *name, Oid type);

#endif
