/*
 * partition_index.h
 *		The indexes of a partition, known by their names and by what they are.
 */
#ifndef OGW_PARTITION_INDEX_H
#define OGW_PARTITION_INDEX_H

#include "postgres.h"

#include "access/stratnum.h"
#include "utils/relcache.h"

/* What the names of the indexes end in: of a sealed partition, of an open one, of both. */
#define FILTER_SUFFIX "_filter"
#define SUMMARY_SUFFIX "_summary"
#define TIME_SUFFIX "_timestamp"

extern Oid	partition_index(Oid partition, const char *partition_name, const char *suffix, Oid am);
extern bool index_has_column(Relation index, int i, const char *name, Oid type,
							 StrategyNumber equal);

#endif
