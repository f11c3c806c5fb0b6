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

/* A column that an index is to have. */
typedef struct IndexColumn
{
	const char *name;
	Oid			type;
	StrategyNumber equal;		/* by which it finds equal values */
} IndexColumn;

extern Oid	partition_index(Oid partition, const char *suffix, Oid am);
extern Oid	partition_index_valid(Oid partition, const char *suffix, Oid am);
extern Oid	relation_beside(Oid table, const char *suffix);
extern bool index_has_columns(Relation index, const IndexColumn *columns, int n);
extern Relation partition_index_open(Oid partition, const char *suffix, Oid am,
									 const IndexColumn *columns, int n);
extern bool partition_index_is_there(Oid partition, const char *suffix, Oid am,
									 const IndexColumn *columns, int n, bool is_all);

#endif
