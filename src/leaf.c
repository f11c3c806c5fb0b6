/*
 * leaf.c
 *		A search in one partition.
 *
 * What is common is found soonest by going back in time and looking at each
 * entry, what is rare by the pages that the partition's index names (terms.c).
 * Which of them a value is, is known only afterwards: so going back in time is
 * tried first, for no longer than a search may take in vain, and then again
 * through the pages named, for as long as reading all of these would take.
 *
 * A partition and its indexes are locked only while they are read, so a search
 * holds few locks at once however many partitions it comes through.  Until the
 * end of the transaction the parent is locked, and without it nobody can drop,
 * detach or replace a partition, or change its columns.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "leaf.h"
#include "search.h"
#include "terms.h"

/*
 * What looking takes, in units of 40 ns: at an entry of an index, at one of the
 * table, and at all of a page.  Measured; only their ratios matter.
 */
#define COST_OF_STEP 1
#define COST_OF_ENTRY 8
#define COST_OF_PAGE 80

/* Of a large partition so many pages' entries are tried before its index. */
#define TRIED_PART 32
#define LARGE_PAGES 1024

/* Entries of a page, as a guess. */
#define ENTRIES_OF_PAGE 40

/* A set of pages. */
typedef struct Pages
{
	BlockNumber size;			/* of the partition */
	BlockNumber n;
	uint64	   *bits;
} Pages;

static bool describe(Leaf *leaf);
static void look(Leaf *leaf);
static bool is_common(const Search *search, const Pages *pages, int in_group);
static bool go_back(Leaf *leaf, const Pages *pages, int64 budget);
static Relation open_time_index(Leaf *leaf);
static IndexScanDesc begin_going_back(Leaf *leaf, Relation index);
static Pages *pages_of(Leaf *leaf, TIDBitmap *bitmap);
static bool holds(const Pages *pages, BlockNumber block);
static void read_pages(Leaf *leaf, const Pages *pages);
static void read_range(Leaf *leaf, BlockNumber from, BlockNumber to);

/*
 * Finds what is looked for in a partition, from first to last (both included),
 * newest first.  The parent is locked.  Its memory is free again when it returns.
 */
void
leaf_search(Search *search, Oid relid, TimestampTz first, TimestampTz last)
{
	Leaf		leaf = {.search = search,.relid = relid,.first = first,.last = last};
	MemoryContext old = MemoryContextSwitchTo(search->scratch);

	CHECK_FOR_INTERRUPTS();
	LockRelationOid(relid, AccessShareLock);
	if (describe(&leaf))
		look(&leaf);
	else
		search_table(search, relid, first, last);
	leaf_close(&leaf);
	UnlockRelationOid(relid, AccessShareLock);
	MemoryContextSwitchTo(old);
	MemoryContextReset(search->scratch);
}

/* Reads what a partition is; false where it is no table with PostgreSQL's storage. */
static bool
describe(Leaf *leaf)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(leaf->relid));
	Form_pg_class form;
	bool		ordinary;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", leaf->relid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	ordinary = form->relkind == RELKIND_RELATION && form->relam == HEAP_TABLE_AM_OID;
	leaf->name = pstrdup(NameStr(form->relname));
	leaf->pages = form->relpages < 0 ? 0 : form->relpages;
	ReleaseSysCache(tuple);
	return ordinary;
}

/* Chooses how to look, and does. */
static void
look(Leaf *leaf)
{
	Search	   *search = leaf->search;
	int64		trial = search->trial;
	TIDBitmap  *bitmap;
	Pages	   *pages;
	int			in_group;

	if (leaf->pages >= LARGE_PAGES)
		trial = Max(trial, (int64) leaf->pages / TRIED_PART * COST_OF_PAGE);
	if (!search->has_terms || leaf->first == leaf->last)
		trial = PG_INT64_MAX;
	if (trial > 0 && go_back(leaf, NULL, trial))
		return;
	bitmap = terms_find(search, leaf->relid, leaf->name, &in_group);
	if (bitmap == NULL)
	{
		go_back(leaf, NULL, PG_INT64_MAX);
		return;
	}
	if (tbm_is_empty(bitmap))
		return;
	pages = pages_of(leaf, bitmap);
	if (!is_common(search, pages, in_group) ||
		!go_back(leaf, pages, (int64) pages->n * COST_OF_PAGE))
		read_pages(leaf, pages);
}

/*
 * Tells whether going back through the pages named may find all that is wanted
 * sooner than reading them all: each group of pages is taken to hold one entry.
 */
static bool
is_common(const Search *search, const Pages *pages, int in_group)
{
	double		matches = (double) pages->n / in_group;
	double		steps = search->rows_left / matches * pages->size * ENTRIES_OF_PAGE;
	double		entries = steps * pages->n / pages->size;

	return matches > search->rows_left &&
		steps * COST_OF_STEP + entries * COST_OF_ENTRY < (double) pages->n * COST_OF_PAGE;
}

/*
 * Goes back in time, through some pages or (NULL) all, until all is found that is
 * wanted, or the partition ends; then it returns true.  When the budget is used up
 * it returns false, at the end of a time: what is left is older than that.
 */
static bool
go_back(Leaf *leaf, const Pages *pages, int64 budget)
{
	Search	   *search = leaf->search;
	int64		given = budget;
	TimestampTz reached = leaf->last;
	bool		done = true;
	Relation	index;
	IndexScanDesc scan;
	ItemPointer tid;

	leaf_open(leaf);
	index = open_time_index(leaf);
	if (index == NULL)
	{
		read_pages(leaf, pages);
		return true;
	}
	scan = begin_going_back(leaf, index);
	while ((tid = index_getnext_tid(scan, BackwardScanDirection)) != NULL)
	{
		bool		isnull;
		TimestampTz at = DatumGetTimestampTz(index_getattr(scan->xs_itup, 1,
														   scan->xs_itupdesc, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (at < reached)
		{
			if (leaf->found >= search->rows_left)
				break;
			if (budget <= 0)
			{
				done = false;
				break;
			}
			leaf->last = reached = at;
		}
		budget -= COST_OF_STEP;
		if (pages != NULL && !holds(pages, ItemPointerGetBlockNumber(tid)))
			continue;
		budget -= COST_OF_ENTRY;
		if (index_fetch_heap(scan, leaf->slot))
			leaf_row_look(leaf);
	}
	if (!done)
		leaf->last = reached - 1;
	index_endscan(scan);
	index_close(index, AccessShareLock);
	if (pages == NULL)
		search->trial -= given - budget;
	leaf_give(leaf);
	return done;
}

/* Opens the index by time of a partition, or returns NULL. */
static Relation
open_time_index(Leaf *leaf)
{
	Oid			id = leaf_index(leaf->relid, leaf->name, TIME_SUFFIX, BTREE_AM_OID);
	Relation	index;

	if (!OidIsValid(id))
		return NULL;
	index = index_open(id, AccessShareLock);
	if (index_has_column(index, 0, "timestamp", TIMESTAMPTZOID, BTEqualStrategyNumber))
		return index;
	index_close(index, AccessShareLock);
	return NULL;
}

/* Begins to go back in time, from leaf->last to leaf->first. */
static IndexScanDesc
begin_going_back(Leaf *leaf, Relation index)
{
	IndexScanDesc scan = ogw_index_beginscan(leaf->heap, index, leaf->search->snapshot, 2);
	ScanKeyData keys[2];

	ScanKeyEntryInitialize(&keys[0], 0, 1, BTGreaterEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(leaf->first));
	ScanKeyEntryInitialize(&keys[1], 0, 1, BTLessEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(leaf->last));
	scan->xs_want_itup = true;	/* for its time, without the entry */
	index_rescan(scan, keys, 2, NULL, 0);
	return scan;
}

/* Returns the pages of a bitmap as a set. */
static Pages *
pages_of(Leaf *leaf, TIDBitmap *bitmap)
{
	Pages	   *pages = palloc0(sizeof(Pages));
	OgwBitmapIterator iterator;
	BlockNumber block;

	leaf_open(leaf);
	pages->size = RelationGetNumberOfBlocks(leaf->heap);
	pages->bits = MemoryContextAllocExtended(CurrentMemoryContext,
											 (pages->size / 64 + 1) * sizeof(uint64),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	iterator = ogw_bitmap_begin(bitmap);
	while (ogw_bitmap_next(iterator, &block))
	{
		if (block >= pages->size)
			continue;			/* a group of pages that is not full */
		pages->bits[block / 64] |= UINT64CONST(1) << (block % 64);
		pages->n++;
	}
	ogw_bitmap_end(iterator);
	tbm_free(bitmap);
	return pages;
}

/* Tells whether a page is in a set. */
static bool
holds(const Pages *pages, BlockNumber block)
{
	return block < pages->size &&
		(pages->bits[block / 64] & (UINT64CONST(1) << (block % 64))) != 0;
}

/* Looks at all entries of some pages, or (NULL) of all. */
static void
read_pages(Leaf *leaf, const Pages *pages)
{
	BlockNumber from = 0;

	leaf_open(leaf);
	if (pages == NULL)
		read_range(leaf, 0, MaxBlockNumber);
	else
		while (from < pages->size)
		{
			BlockNumber to = from;

			if (pages->bits[from / 64] == 0)
				from = (from / 64 + 1) * 64;
			else if (!holds(pages, from))
				from++;
			else
			{
				while (holds(pages, to + 1))
					to++;
				read_range(leaf, from, to);
				from = to + 1;
			}
		}
	leaf_give(leaf);
}

/* Looks at all entries of the pages from one to another. */
static void
read_range(Leaf *leaf, BlockNumber from, BlockNumber to)
{
	ItemPointerData first;
	ItemPointerData last;
	TableScanDesc scan;

	ItemPointerSet(&first, from, FirstOffsetNumber);
	ItemPointerSet(&last, to, MaxOffsetNumber);
	scan = ogw_table_beginscan_tidrange(leaf->heap, leaf->search->snapshot, &first, &last);
	while (table_scan_getnextslot_tidrange(scan, ForwardScanDirection, leaf->slot))
	{
		CHECK_FOR_INTERRUPTS();
		leaf_row_look(leaf);
	}
	table_endscan(scan);
}
