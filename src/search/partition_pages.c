/*
 * partition_pages.c
 *		The pages of a partition that its index names, and what is read of them.
 */
#include "postgres.h"

#include "access/relscan.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "search/partition_pages.h"
#include "search/partition_rows.h"

/* After so many pages a search checks whether it has found enough. */
#define PAGES_AT_ONCE 16

/* Where more entries of a page are named, all of it is read: that is sooner done. */
#define FEW_ENTRIES (COST_OF_PAGE / COST_OF_ENTRY)

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
	while (ogw_bitmap_next(iterator, &block, &n, offsets) && block < before)
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

/* Reads all entries of the pages from one to before another. */
void
pages_read_whole(PartitionScan *partition, BlockNumber from, BlockNumber to)
{
	ItemPointerData first;
	ItemPointerData last;
	TableScanDesc scan;

	if (from >= to)
		return;
	ItemPointerSet(&first, from, FirstOffsetNumber);
	ItemPointerSet(&last, to - 1, MaxOffsetNumber);
	scan = ogw_table_beginscan_tidrange(partition->heap, partition->search->snapshot, &first, &last);
	while (table_scan_getnextslot_tidrange(scan, ForwardScanDirection, partition->slot))
	{
		CHECK_FOR_INTERRUPTS();
		check_row(partition);
	}
	table_endscan(scan);
}
