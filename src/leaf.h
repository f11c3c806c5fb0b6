/*
 * leaf.h
 *		A partition while it is searched.
 */
#ifndef OGW_LEAF_H
#define OGW_LEAF_H

#include "postgres.h"

#include "executor/tuptable.h"
#include "utils/relcache.h"
#include "utils/tuplesort.h"

#include "search.h"

typedef struct Leaf
{
	Search	   *search;
	Oid			relid;
	char	   *name;
	BlockNumber pages;			/* as of its last VACUUM, ANALYZE or CREATE INDEX */
	TimestampTz first;			/* of the times that are left, both included */
	TimestampTz last;
	Relation	heap;
	TupleTableSlot *slot;		/* an entry */
	TupleTableSlot *row;		/* a row of the result */
	AttrNumber *output;			/* for each of its columns the entry's, 0: NULL */
	AttrNumber	condition[MAX_CONDITIONS][2];
	AttrNumber	timestamp;
	AttrNumber	job_id;
	AttrNumber	team_id;
	Tuplesortstate *sort;		/* what was found, not given yet */
	uint64		found;
	MemoryContext row_context;
} Leaf;

extern void leaf_open(Leaf *leaf);
extern void leaf_close(Leaf *leaf);
extern void leaf_row_look(Leaf *leaf);
extern void leaf_give(Leaf *leaf);

#endif
