/*
 * partition_pages.h
 *		The pages of a partition that its index names, and what is read of them.
 */
#ifndef OGW_PARTITION_PAGES_H
#define OGW_PARTITION_PAGES_H

#include "postgres.h"

#include "nodes/tidbitmap.h"

#include "search/partition_rows.h"

/* The pages, or the entries of them, that an index names. */
typedef struct Pages
{
	TIDBitmap  *bitmap;
	BlockNumber size;			/* of the partition */
	BlockNumber n;				/* pages named */
	uint64		entries;		/* named, as a guess where it is whole pages */
	int64		cost;			/* of reading all of them */
	uint64	   *bits;			/* one for each page of the partition */
} Pages;

extern Pages *pages_of_bitmap(PartitionScan *partition, TIDBitmap *bitmap);
extern void pages_free(Pages *pages);
extern bool pages_has(const Pages *pages, BlockNumber block);
extern void pages_read(PartitionScan *partition, const Pages *pages, BlockNumber before);
extern BlockNumber pages_read_backward(PartitionScan *partition, const Pages *pages);
extern void pages_read_whole(PartitionScan *partition, BlockNumber from, BlockNumber to);

#endif
