/*
 * partition_pages.c
 *		The pages of a partition that its index names, and what is read of them.
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "core/compat.h"
#include "search/body_matches.h"
#include "search/body_search.h"
#include "search/needle_probe.h"
#include "search/partition_pages.h"
#include "search/partition_rows.h"

/* After so many pages a search checks whether it has found enough. */
#define PAGES_AT_ONCE 16

/* The toast_tuple_target of a partition of entries, in bytes, as partition.sql sets it. */
#define WHOLE_ROW_TARGET 8160

/* Where more entries of a page are named, all of it is read: that is sooner done. */
#define FEW_ENTRIES (COST_OF_PAGE / COST_OF_ENTRY)

static bool is_kept_plain(PartitionScan *partition);
static bool page_may_match(PartitionScan *partition, BlockNumber block, BufferAccessStrategy strategy);
static void read_range(PartitionScan *partition, BlockNumber from, BlockNumber to);
static void read_entries(PartitionScan *partition, IndexFetchTableData *fetch, BlockNumber block,
						 const OffsetNumber *offsets, int n);

/* Returns the pages that a bitmap names; the bitmap is freed with them. */
Pages *
pages_of_bitmap(PartitionScan *partition, TIDBitmap *bitmap)
{
	Pages	   *pages = palloc0(sizeof(Pages));
	OffsetNumber offsets[MaxHeapTuplesPerPage];
	OgwBitmapIterator iterator;
	BlockNumber block;
	int			n;

	partition_scan_open(partition);
	pages->bitmap = bitmap;
	pages->size = RelationGetNumberOfBlocks(partition->heap);
	pages->bits = MemoryContextAllocExtended(CurrentMemoryContext,
											 (pages->size / 64 + 1) * sizeof(uint64),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	iterator = ogw_bitmap_begin(bitmap);
	while (ogw_bitmap_next(iterator, &block, &n, offsets))
	{
		if (block >= pages->size)
			continue;			/* a group of pages that is not full */
		pages->bits[block / 64] |= UINT64CONST(1) << (block % 64);
		pages->n++;
		pages->entries += n < 0 ? ENTRIES_OF_PAGE : n;
		pages->cost += n < 0 || n > FEW_ENTRIES ? COST_OF_PAGE : n * COST_OF_ENTRY;
	}
	ogw_bitmap_end(iterator);
	return pages;
}

/* Frees the pages. */
void
pages_free(Pages *pages)
{
	tbm_free(pages->bitmap);
	pfree(pages->bits);
	pfree(pages);
}

/* Tells whether a page is named. */
bool
pages_has(const Pages *pages, BlockNumber block)
{
	return block < pages->size &&
		(pages->bits[block / 64] & (UINT64CONST(1) << (block % 64))) != 0;
}

/* Reads the entries named, of the pages before one. */
void
pages_read(PartitionScan *partition, const Pages *pages, BlockNumber before)
{
	OffsetNumber offsets[MaxHeapTuplesPerPage];
	OgwBitmapIterator iterator = ogw_bitmap_begin(pages->bitmap);
	IndexFetchTableData *fetch = ogw_table_index_fetch_begin(partition->heap);
	BlockNumber block;
	BlockNumber from = 0;		/* of whole pages that are to be read */
	BlockNumber to = 0;
	int			n;

	before = Min(before, pages->size);
	while (!has_enough(partition) && ogw_bitmap_next(iterator, &block, &n, offsets) && block < before)
	{
		if (n >= 0 && n <= FEW_ENTRIES)
			read_entries(partition, fetch, block, offsets, n);
		else if (block == to && from < to)
			to++;
		else
		{
			pages_read_whole(partition, from, to);
			from = block;
			to = block + 1;
		}
	}
	pages_read_whole(partition, from, to);
	table_index_fetch_end(fetch);
	ogw_bitmap_end(iterator);
}

/*
 * Reads the entries of the pages named, from the last page on, until as many are found as
 * are wanted; returns the first page that was read.
 */
BlockNumber
pages_read_backward(PartitionScan *partition, const Pages *pages)
{
	BlockNumber to = pages->size;

	while (to > 0 && partition->found < partition->search->rows_left)
	{
		BlockNumber from = to;

		while (from > 0 && to - from < PAGES_AT_ONCE && pages_has(pages, from - 1))
			from--;
		pages_read_whole(partition, from, to);
		if (from < to)
			to = from;
		else if (to % 64 == 0 && pages->bits[to / 64 - 1] == 0)
			to -= 64;
		else
			to--;
	}
	return to;
}

/* Reads some entries of a page. */
static void
read_entries(PartitionScan *partition, IndexFetchTableData *fetch, BlockNumber block,
			 const OffsetNumber *offsets, int n)
{
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < n; i++)
	{
		ItemPointerData tid;
		bool		again = false;

		ItemPointerSet(&tid, block, offsets[i]);
		if (table_index_fetch_tuple(fetch, &tid, partition->search->snapshot, partition->slot, &again, NULL))
			check_row(partition);
	}
}

/*
 * Reads all entries of the pages from one to before another; where the scan marks, only those
 * of pages that may have the text.
 */
void
pages_read_whole(PartitionScan *partition, BlockNumber from, BlockNumber to)
{
	BufferAccessStrategy strategy;

	if (!partition->marks || !is_kept_plain(partition))
	{
		read_range(partition, from, to);
		return;
	}
	to = Min(to, RelationGetNumberOfBlocks(partition->heap));
	/* as PostgreSQL reads a large table */
	strategy = to > NBuffers / 4 ? GetAccessStrategy(BAS_BULKREAD) : NULL;
	for (BlockNumber block = from; block < to; block++)
	{
		CHECK_FOR_INTERRUPTS();
		if (page_may_match(partition, block, strategy))
			continue;
		read_range(partition, from, block);
		from = block + 1;
	}
	read_range(partition, from, to);
	if (strategy != NULL)
		FreeAccessStrategy(strategy);
}

/*
 * Tells whether attempts, tool calls and metadata stand in the partition's pages as they are:
 * no row that fits a page is compressed, or these columns never are.
 */
static bool
is_kept_plain(PartitionScan *partition)
{
	if (RelationGetToastTupleTarget(partition->heap, TOAST_TUPLE_TARGET) >= WHOLE_ROW_TARGET)
		return true;
	for (int i = 0; i < N_KEPT_JSON; i++)
		if (partition->kept_json[i] != 0 &&
			TupleDescAttr(RelationGetDescr(partition->heap), partition->kept_json[i] - 1)->attstorage != TYPSTORAGE_PLAIN)
			return false;
	return true;
}

/*
 * Tells whether the text that is looked for may stand in a page: as bytes, whatever they
 * belong to.  That takes a tenth of what reading its entries does.
 */
static bool
page_may_match(PartitionScan *partition, BlockNumber block, BufferAccessStrategy strategy)
{
	BodySearch *bodies = partition->search->bodies;
	Buffer		buffer = ReadBufferExtended(partition->heap, MAIN_FORKNUM, block, RBM_NORMAL, strategy);
	Page		page = BufferGetPage(buffer);
	bool		may_match = false;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	for (int i = 0; !PageIsNew(page) && i < bodies->n_needles && !may_match; i++)
		may_match = needle_may_be_in(&bodies->needles[i], (char *) page + ((PageHeader) page)->pd_upper,
									 (char *) page + BLCKSZ);
	UnlockReleaseBuffer(buffer);
	return may_match;
}

/* Reads all entries of the pages from one to before another. */
static void
read_range(PartitionScan *partition, BlockNumber from, BlockNumber to)
{
	ItemPointerData first;
	ItemPointerData last;
	TableScanDesc scan;

	if (from >= to)
		return;
	ItemPointerSet(&first, from, FirstOffsetNumber);
	ItemPointerSet(&last, to - 1, MaxOffsetNumber);
	scan = ogw_table_beginscan_tidrange(partition->heap, partition->search->snapshot, &first, &last);
	while (!has_enough(partition) && table_scan_getnextslot_tidrange(scan, ForwardScanDirection, partition->slot))
	{
		CHECK_FOR_INTERRUPTS();
		check_row(partition);
	}
	table_endscan(scan);
}
