/*
 * leaf.c
 *		A search in one partition.
 *
 * What is common is found soonest by going back in time and looking at each
 * entry, what is rare by what the partition's index names (terms.c).  Which of
 * them a value is, is known only afterwards: so going back in time is tried first,
 * for no longer than a search may take in vain.  In a sealed partition it is tried
 * again through the pages named, for as long as reading what is named would take;
 * an open one's pages are read from the last one on, till enough is found.
 *
 * Where bodies are searched too, going back opens them one by one; what is left of the
 * partition then is searched by its bodies first (body_search.c), unless the index
 * names few entries.
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

#include "body_search.h"
#include "compat.h"
#include "leaf.h"
#include "search.h"
#include "terms.h"

/* Of a large open partition so many pages' entries are tried before its index. */
#define TRIED_PART 32
#define LARGE_PAGES 1024

static bool describe(Leaf *leaf);
static void look(Leaf *leaf);
static bool is_common(const Search *search, const Pages *pages);
static void read_back(Leaf *leaf, const Pages *pages);
static bool go_back(Leaf *leaf, const Pages *pages, int64 budget);
static Relation open_time_index(Leaf *leaf);
static IndexScanDesc begin_going_back(Leaf *leaf, Relation index);

/*
 * Finds what is looked for in a partition, from first to last (both included),
 * newest first.  The parent is locked.  Its memory is free again when it returns.
 * Returns the last time whose entries it has not looked at, because too many bodies
 * would be opened one by one; all is looked at where that is before first.
 */
TimestampTz
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
	return leaf.unread ? leaf.last : PG_INT64_MIN;
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
	bool		exact;
	/* of one session the bodies lie together, and are opened one by one */
	bool		all_bodies = search->bodies != NULL && !search->of_session;

	if (leaf->pages >= LARGE_PAGES && !terms_are_exact(leaf))
		trial = Max(trial, (int64) leaf->pages / TRIED_PART * COST_OF_PAGE);
	if ((!search->has_terms && !all_bodies) ||
		(leaf->first == leaf->last &&
		 (!all_bodies || search->of_job || body_search_covers(search->bodies, leaf->first))))
		trial = PG_INT64_MAX;
	if (trial > 0 && go_back(leaf, NULL, trial))
		return;
	bitmap = search->has_terms ? terms_find(leaf, &exact) : NULL;
	if (bitmap == NULL)
	{
		leaf->unread = all_bodies;
		if (!all_bodies)
			go_back(leaf, NULL, PG_INT64_MAX);
		return;
	}
	if (tbm_is_empty(bitmap))
		return;
	pages = pages_of(leaf, bitmap);
	if (all_bodies && (!exact || pages->entries > FEW_BODIES))
		leaf->unread = true;
	else if (!exact)
		read_back(leaf, pages);
	else if (!is_common(search, pages) || !go_back(leaf, pages, pages->cost))
		pages_read(leaf, pages, pages->size);
	leaf_give(leaf);
	pages_free(pages);
}

/*
 * Tells whether going back through the pages named may find all that is wanted
 * sooner than looking at all that is named.
 */
static bool
is_common(const Search *search, const Pages *pages)
{
	double		steps = (double) search->rows_left / pages->entries * pages->size * ENTRIES_OF_PAGE;
	double		entries = steps * pages->n / pages->size;

	return pages->entries > search->rows_left &&
		steps * COST_OF_STEP + entries * COST_OF_ENTRY < pages->cost;
}

/*
 * Reads the pages named of an open partition, where they stand about in the order
 * of time, from the last one on, until all is found that is wanted; and of what
 * stands before, what its index takes to be newer than the oldest of that.
 */
static void
read_back(Leaf *leaf, const Pages *pages)
{
	BlockNumber reached = pages_read_back(leaf, pages);
	TIDBitmap  *bitmap;
	bool		exact;

	if (reached == 0)
		return;
	leaf->first = Max(leaf->first, leaf_last_wanted(leaf));
	bitmap = terms_find(leaf, &exact);
	if (bitmap == NULL)
		pages_read(leaf, pages, reached);
	else
	{
		Pages	   *newer = pages_of(leaf, bitmap);

		pages_read(leaf, newer, reached);
		pages_free(newer);
	}
}

/*
 * Goes back in time, through some pages or (NULL) all, until all is found that is
 * wanted, or the partition ends; then it returns true.  When the budget is used up
 * it returns false, at the end of a time: what is left is older than that.  Where bodies
 * are opened it may be in the middle of one, which is left as a whole then.
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
		if (pages == NULL)
			pages_read_whole(leaf, 0, MaxBlockNumber);
		else
			pages_read(leaf, pages, pages->size);
		leaf_give(leaf);
		return true;
	}
	scan = begin_going_back(leaf, index);
	while ((tid = index_getnext_tid(scan, BackwardScanDirection)) != NULL)
	{
		bool		isnull;
		TimestampTz at = DatumGetTimestampTz(index_getattr(scan->xs_itup, 1,
														   scan->xs_itupdesc, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (at < reached && leaf->found >= search->rows_left)
			break;
		if (budget <= 0 && (at < reached || search->bodies != NULL))
		{
			done = false;
			leaf->cut = at == reached;
			break;
		}
		leaf->last = reached = at;
		budget -= COST_OF_STEP;
		if (pages != NULL && !pages_hold(pages, ItemPointerGetBlockNumber(tid)))
			continue;
		budget -= COST_OF_ENTRY;
		if (index_fetch_heap(scan, leaf->slot))
			budget -= leaf_row_look(leaf);
	}
	if (!done && !leaf->cut)
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
