/*
 * partition_scan.h
 *		A search in one partition.
 */
#ifndef OGW_PARTITION_SCAN_H
#define OGW_PARTITION_SCAN_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "search/search_state.h"

extern TimestampTz search_partition(Search *search, Oid relid, TimestampTz first,
									TimestampTz last);
extern void mark_partition(Search *search, Oid relid, TimestampTz first, TimestampTz last,
						   bool whole);

#endif
