/*
 * filter_columns.h
 *		The columns of an entry that can be searched for, and whether an index is of
 *		these.
 */
#ifndef OGW_FILTER_COLUMNS_H
#define OGW_FILTER_COLUMNS_H

#include "postgres.h"

#include "utils/relcache.h"

/* The columns that have a hash in the GIN index, and a Bloom filter in the BRIN index. */
#define N_FILTER_COLUMNS 13

/* The column of the BRIN index, from 1, that has a range of times for each group of pages. */
#define FILTER_TIME_NUMBER (N_FILTER_COLUMNS + 1)

/* The bit of a column, by its number from 1, in a set of columns. */
#define FILTER_COLUMN_BIT(number) (UINT32_C(1) << (number))

/* The strategy by which a Bloom filter in BRIN finds equal values. */
#define BLOOM_EQUAL 1

extern void filter_columns_init(void);
extern int	filter_column_number(const char *name);
extern bool filter_columns_are_made(void);
extern int	filter_column_seed(const char *name);
extern Oid	filter_index_of(Oid partition, uint32 asked);
extern bool is_summary_index(Relation index);

#endif
