/*
 * filter_index.h
 *		The index of a partition that tells which of its pages may hold what is
 *		looked for.
 */
#ifndef OGW_FILTER_INDEX_H
#define OGW_FILTER_INDEX_H

#include "postgres.h"

#include "nodes/tidbitmap.h"

#include "search/partition_rows.h"
#include "search/search_state.h"

extern void filter_index_prepare(Search *search);
extern TIDBitmap *filter_index_find(const PartitionScan *partition, bool *exact);
extern bool filter_index_is_exact(const PartitionScan *partition);
extern char *filter_of_user(const char *alias, const char *team_id, const char *user_id);

#endif
