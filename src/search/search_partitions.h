/*
 * search_partitions.h
 *		A search through the partitions, newest first.
 */
#ifndef OGW_SEARCH_PARTITIONS_H
#define OGW_SEARCH_PARTITIONS_H

#include "postgres.h"

#include "search/search_state.h"

extern void search_partitions(Search *search);

#endif
