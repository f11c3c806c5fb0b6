/*
 * leaf.h
 *		A partition while it is searched.
 */
#ifndef OGW_LEAF_H
#define OGW_LEAF_H

#include "postgres.h"

#include "executor/tuptable.h"
#include "nodes/tidbitmap.h"
#include "utils/relcache.h"
#include "utils/tuplesort.h"

#include "search.h"

/*
 * What looking takes, in units of 40 ns: at an entry of an index, at one of the
 * table, and at all of a page.  Measured; only their ratios matter.
 */
#define COST_OF_STEP 1
#define COST_OF_ENTRY 8
#define COST_OF_PAGE 80

/* Entries of a page, as a guess. */
#define ENTRIES_OF_PAGE 40

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
	AttrNumber	session_id;
	AttrNumber	body_logged;
	Tuplesortstate *sort;		/* what was found, not given yet */
	uint64		found;
	MemoryContext row_context;
	bool		unread;			/* what is up to last was not looked at */
	bool		cut;			/* of what was found at last itself some may be missing */
} Leaf;

/* The pages, or the entries of them, that an index names. */
typedef struct Pages
{
	TIDBitmap  *bitmap;
	BlockNumber size;			/* of the partition */
	BlockNumber n;				/* pages named */
	uint64		entries;		/* named, as a guess where it is whole pages */
	int64		cost;			/* of looking at all of them */
	uint64	   *bits;			/* one for each page of the partition */
} Pages;

/* leaf_row.c */
extern void leaf_open(Leaf *leaf);
extern void leaf_close(Leaf *leaf);
extern int64 leaf_row_look(Leaf *leaf);
extern TimestampTz leaf_last_wanted(Leaf *leaf);
extern void leaf_give(Leaf *leaf);

/* leaf_pages.c */
extern Pages *pages_of(Leaf *leaf, TIDBitmap *bitmap);
extern void pages_free(Pages *pages);
extern bool pages_hold(const Pages *pages, BlockNumber block);
extern void pages_read(Leaf *leaf, const Pages *pages, BlockNumber before);
extern BlockNumber pages_read_back(Leaf *leaf, const Pages *pages);
extern void pages_read_whole(Leaf *leaf, BlockNumber from, BlockNumber to);

#endif
