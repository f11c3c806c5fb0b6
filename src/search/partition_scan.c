/*
 * partition_scan.c
 *		A search in one partition.
 *
 * Entries with a common value are found soonest by a scan backward in time, those with
 * a rare one by the partition's index (filter_index.c).  Which of the two a value is, is
 * known only afterwards.  So:
 *
 *		1. A scan backward reads every entry, until its cost is search->trial.
 *		2. The index is asked.  In a sealed partition it names entries: where they are
 *		   many, a second scan backward reads those, for as long as reading all of them
 *		   would take; else they are all read.  In an open one it names pages, which are
 *		   read from the last one on, until enough is found.
 *
 * Where a text is looked for, a scan backward opens bodies one by one.  Then the remaining
 * bodies of the partition are searched, by body_search.c, and the JSON that is kept with its
 * entries, by mark_partition(), unless the index names few entries.
 *
 * A partition and its indexes are locked only while they are read, so a search holds few
 * locks at once, however many partitions it reads; the lock on the parent stays to the end
 * of the transaction.  That one alone keeps others from dropping, detaching or replacing
 * a partition, or changing its columns.  It does not keep them from TRUNCATE or VACUUM FULL
 * of a partition, when this search has left it.  Nothing is kept of a partition that
 * these could make wrong: the rows found are copies, and no row's address is used after
 * the lock is given back (a cached segment is checked against its row, file and all).
 * A later read in the same transaction finds a truncated partition empty, also under
 * REPEATABLE READ.  So does PostgreSQL's own query of a table that it has not locked yet:
 * TRUNCATE is not MVCC-safe, as its documentation says.  The alternative, as a plain
 * query has it, is a lock on each of thousands of partitions and their indexes, which
 * fills the server's lock table.
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

#include "core/compat.h"
#include "core/partition_index.h"
#include "search/body_matches.h"
#include "search/body_search.h"
#include "search/filter_index.h"
#include "search/partition_pages.h"
#include "search/partition_rows.h"
#include "search/partition_scan.h"
#include "search/search_query.h"
#include "search/search_state.h"

/* Of a large open partition one page in so many is read before its index is asked. */
#define TRIED_PART 32
#define LARGE_PAGES 1024

/* Where a range of time has no more entries than this, they are read without asking for filters. */
#define FEW_ENTRIES_OF_TIME 1000

static TIDBitmap *entries_of_time(PartitionScan *partition, int64 *n);
static void time_keys(const PartitionScan *partition, ScanKeyData keys[2]);
static bool read_class(PartitionScan *partition);
static void search_rows(PartitionScan *partition);
static void read_unordered(PartitionScan *partition);
static TIDBitmap *entries_unordered(PartitionScan *partition);
static bool is_common(const Search *search, const Pages *pages);
static void read_pages_backward(PartitionScan *partition, const Pages *pages);
static bool scan_backward(PartitionScan *partition, const Pages *pages, int64 budget);
static Relation open_time_index(PartitionScan *partition);
static IndexScanDesc begin_scan_backward(PartitionScan *partition, Relation index);

/*
 * Finds what is looked for in a partition, from first to last (both included),
 * newest first.  The parent is locked.  Its memory is free again when it returns.
 * Returns the last time whose entries it has not read, because too many bodies would be
 * opened one by one; a time before first where it has read all.
 */
TimestampTz
search_partition(Search *search, Oid relid, TimestampTz first, TimestampTz last)
{
	PartitionScan partition = {.search = search,.relid = relid,.first = first,.last = last};
	MemoryContext old = MemoryContextSwitchTo(search->scratch);

	CHECK_FOR_INTERRUPTS();
	LockRelationOid(relid, AccessShareLock);
	if (search->reads_rows && read_class(&partition))
		search_rows(&partition);
	else
		search_table(search, relid, first, last);
	partition_scan_close(&partition);
	UnlockRelationOid(relid, AccessShareLock);
	MemoryContextSwitchTo(old);
	MemoryContextReset(search->scratch);
	return partition.unread ? partition.last : PG_INT64_MIN;
}

/*
 * Records in search->bodies the entries of a partition from first to last (both included)
 * that match the search and have its text in the JSON that is kept with them.  whole says
 * that these are most of the partition.  Called as search_partition() is, of a partition
 * where that has left some unread.
 */
void
mark_partition(Search *search, Oid relid, TimestampTz first, TimestampTz last, bool whole)
{
	PartitionScan partition = {.search = search,.relid = relid,.first = first,.last = last,.marks = true};
	MemoryContext old = MemoryContextSwitchTo(search->scratch);
	TIDBitmap  *bitmap;
	bool		exact;
	int64		n;

	LockRelationOid(relid, AccessShareLock);
	partition_scan_open(&partition);
	if (!whole)
		bitmap = entries_of_time(&partition, &n);
	else
		bitmap = search->has_filter ? filter_index_find(&partition, &exact) : NULL;
	if (bitmap != NULL)
	{
		Pages	   *pages = pages_of_bitmap(&partition, bitmap);

		pages_read(&partition, pages, pages->size);
		pages_free(pages);
	}
	else
		pages_read_whole(&partition, 0, MaxBlockNumber);
	partition_scan_close(&partition);
	UnlockRelationOid(relid, AccessShareLock);
	MemoryContextSwitchTo(old);
	MemoryContextReset(search->scratch);
}

/*
 * Returns the entries from partition->first to partition->last, and how many they are, or
 * NULL where no index tells.
 */
static TIDBitmap *
entries_of_time(PartitionScan *partition, int64 *n)
{
	Relation	index = open_time_index(partition);
	IndexScanDesc scan;
	ScanKeyData keys[2];
	TIDBitmap  *bitmap;

	if (index == NULL)
		return NULL;
	time_keys(partition, keys);
	scan = ogw_index_beginscan_bitmap(index, partition->search->snapshot, lengthof(keys));
	index_rescan(scan, keys, lengthof(keys), NULL, 0);
	bitmap = tbm_create(work_mem * (Size) 1024, NULL);
	*n = index_getbitmap(scan, bitmap);
	index_endscan(scan);
	index_close(index, AccessShareLock);
	return bitmap;
}

/* Reads a partition's row of pg_class; false where it is no table of the heap access method. */
static bool
read_class(PartitionScan *partition)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(partition->relid));
	Form_pg_class form;
	bool		ordinary;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", partition->relid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	ordinary = form->relkind == RELKIND_RELATION && form->relam == HEAP_TABLE_AM_OID;
	partition->pages = form->relpages < 0 ? 0 : form->relpages;
	ReleaseSysCache(tuple);
	return ordinary;
}

/* Chooses how to search the partition, and does. */
static void
search_rows(PartitionScan *partition)
{
	Search	   *search = partition->search;
	int64		trial = search->trial;
	TIDBitmap  *bitmap;
	Pages	   *pages;
	bool		exact;
	/* of one session the bodies lie together, and are opened one by one */
	bool		all_bodies = search->bodies != NULL && !search->of_session;

	if (search->sink != NULL && search->rows_left == ALL_ROWS)
	{
		read_unordered(partition);
		return;
	}
	if (partition->pages >= LARGE_PAGES && !filter_index_is_exact(partition))
		trial = Max(trial, (int64) partition->pages / TRIED_PART * COST_OF_PAGE);
	if ((!search->has_filter && !all_bodies) ||
		(partition->first == partition->last &&
		 (!all_bodies || search->of_job || body_search_covers(search->bodies, partition->first))))
		trial = PG_INT64_MAX;
	if (trial > 0 && scan_backward(partition, NULL, trial))
		return;
	if (search->sink != NULL)
	{
		read_unordered(partition);
		return;
	}
	bitmap = search->has_filter ? filter_index_find(partition, &exact) : NULL;
	if (bitmap == NULL)
	{
		partition->unread = all_bodies;
		if (!all_bodies)
			scan_backward(partition, NULL, PG_INT64_MAX);
		return;
	}
	if (tbm_is_empty(bitmap))
		return;
	pages = pages_of_bitmap(partition, bitmap);
	if (all_bodies && (!exact || pages->entries > FEW_BODIES))
		partition->unread = true;
	else if (!exact)
		read_pages_backward(partition, pages);
	else if (!is_common(search, pages) || !scan_backward(partition, pages, pages->cost))
		pages_read(partition, pages, pages->size);
	emit_rows(partition);
	pages_free(pages);
}

/* Reads what may be looked for from partition->first to partition->last, in any order. */
static void
read_unordered(PartitionScan *partition)
{
	TIDBitmap  *bitmap = entries_unordered(partition);

	partition_scan_open(partition);
	if (bitmap == NULL)
		pages_read_whole(partition, 0, MaxBlockNumber);
	else
	{
		Pages	   *pages = pages_of_bitmap(partition, bitmap);

		pages_read(partition, pages, pages->size);
		pages_free(pages);
	}
	emit_rows(partition);
}

/*
 * Returns the entries that the indexes name: by their time, unless that is all of the
 * partition, and by the filters, unless they are few by then.  NULL where none tells.
 */
static TIDBitmap *
entries_unordered(PartitionScan *partition)
{
	Search	   *search = partition->search;
	int64		n = 0;
	TIDBitmap  *of_time = search->is_whole ? NULL : entries_of_time(partition, &n);
	TIDBitmap  *filtered = NULL;
	bool		exact;

	if (search->has_filter && (of_time == NULL || n > FEW_ENTRIES_OF_TIME))
		filtered = filter_index_find(partition, &exact);
	if (of_time == NULL || filtered == NULL)
		return of_time == NULL ? filtered : of_time;
	tbm_intersect(of_time, filtered);
	tbm_free(filtered);
	return of_time;
}

/*
 * Tells whether a scan backward through the pages named may find all that is wanted
 * sooner than reading all that is named.
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
 * Reads the pages named of an open partition from the last one on, until all is found
 * that is wanted: entries are roughly in the order of time.  Of the pages before, reads
 * those that have times, by the index, newer than the oldest entry found.
 */
static void
read_pages_backward(PartitionScan *partition, const Pages *pages)
{
	BlockNumber reached = pages_read_backward(partition, pages);
	TIDBitmap  *bitmap;
	bool		exact;

	if (reached == 0)
		return;
	partition->first = Max(partition->first, last_wanted_time(partition));
	bitmap = filter_index_find(partition, &exact);
	if (bitmap == NULL)
		pages_read(partition, pages, reached);
	else
	{
		Pages	   *newer = pages_of_bitmap(partition, bitmap);

		pages_read(partition, newer, reached);
		pages_free(newer);
	}
}

/*
 * Scans backward in time, through some pages or (NULL) all, until all is found that is
 * wanted, or the partition ends; then it returns true.  When the budget is used up it
 * returns false, and partition->last is the last time that was not read.  Where bodies are
 * opened that may be in the middle of a time, all of which is read again then.
 */
static bool
scan_backward(PartitionScan *partition, const Pages *pages, int64 budget)
{
	Search	   *search = partition->search;
	int64		before = budget;
	TimestampTz reached = partition->last;
	bool		done = true;
	Relation	index;
	IndexScanDesc scan;
	ItemPointer tid;

	partition_scan_open(partition);
	index = open_time_index(partition);
	if (index == NULL)
	{
		if (pages == NULL)
			pages_read_whole(partition, 0, MaxBlockNumber);
		else
			pages_read(partition, pages, pages->size);
		emit_rows(partition);
		return true;
	}
	scan = begin_scan_backward(partition, index);
	while ((tid = index_getnext_tid(scan, BackwardScanDirection)) != NULL)
	{
		bool		isnull;
		TimestampTz at = DatumGetTimestampTz(index_getattr(scan->xs_itup, 1,
														   scan->xs_itupdesc, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (at < reached && partition->found >= search->rows_left)
			break;
		if (budget <= 0 && (at < reached || search->bodies != NULL))
		{
			done = false;
			partition->cut = at == reached;
			break;
		}
		partition->last = reached = at;
		budget -= COST_OF_STEP;
		if (pages != NULL && !pages_has(pages, ItemPointerGetBlockNumber(tid)))
			continue;
		budget -= COST_OF_ENTRY;
		if (index_fetch_heap(scan, partition->slot))
			budget -= check_row(partition);
	}
	if (!done && !partition->cut)
		partition->last = reached - 1;
	index_endscan(scan);
	index_close(index, AccessShareLock);
	if (pages == NULL)
		search->trial -= before - budget;
	emit_rows(partition);
	return done;
}

/* Opens the index by time of a partition, or returns NULL. */
static Relation
open_time_index(PartitionScan *partition)
{
	static const IndexColumn column = {"timestamp", TIMESTAMPTZOID, BTEqualStrategyNumber};

	return partition_index_open(partition->relid, TIME_SUFFIX, BTREE_AM_OID, &column, 1);
}

/* Begins a scan of the index by time, from partition->last back to partition->first. */
static IndexScanDesc
begin_scan_backward(PartitionScan *partition, Relation index)
{
	IndexScanDesc scan = ogw_index_beginscan(partition->heap, index, partition->search->snapshot, 2);
	ScanKeyData keys[2];

	time_keys(partition, keys);
	scan->xs_want_itup = true;	/* for its time, without the entry */
	index_rescan(scan, keys, 2, NULL, 0);
	return scan;
}

/* Makes the conditions for the times from partition->first to partition->last. */
static void
time_keys(const PartitionScan *partition, ScanKeyData keys[2])
{
	ScanKeyEntryInitialize(&keys[0], 0, 1, BTGreaterEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(partition->first));
	ScanKeyEntryInitialize(&keys[1], 0, 1, BTLessEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(partition->last));
}
