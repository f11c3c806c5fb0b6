/*
 * compat.h
 *		What differs between PostgreSQL 15 and 19: here, and nowhere else.
 */
#ifndef OGW_COMPAT_H
#define OGW_COMPAT_H

#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "nodes/tidbitmap.h"

#if PG_VERSION_NUM < 150000
#error "ogw_logs needs PostgreSQL 15 or newer"
#endif

/* 16 moved the macros for varlena values out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 writes it in front of a declaration, as C23 does. */
#ifndef pg_noreturn
#define pg_noreturn __attribute__((noreturn))
#endif

/* 18 lets an index scan count what it does, 19 take flags: none are needed. */
#if PG_VERSION_NUM >= 190000
#define ogw_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan((heap), (index), (snapshot), NULL, (nkeys), 0, 0)
#elif PG_VERSION_NUM >= 180000
#define ogw_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan((heap), (index), (snapshot), NULL, (nkeys), 0)
#else
#define ogw_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan((heap), (index), (snapshot), (nkeys), 0)
#endif
#if PG_VERSION_NUM >= 180000
#define ogw_index_beginscan_bitmap(index, snapshot, nkeys) \
	index_beginscan_bitmap((index), (snapshot), NULL, (nkeys))
#else
#define ogw_index_beginscan_bitmap(index, snapshot, nkeys) \
	index_beginscan_bitmap((index), (snapshot), (nkeys))
#endif
#if PG_VERSION_NUM >= 190000
#define ogw_table_beginscan(heap, snapshot) table_beginscan((heap), (snapshot), 0, NULL, 0)
#define ogw_table_beginscan_tidrange(heap, snapshot, first, last) \
	table_beginscan_tidrange((heap), (snapshot), (first), (last), 0)
#else
#define ogw_table_beginscan(heap, snapshot) table_beginscan((heap), (snapshot), 0, NULL)
#define ogw_table_beginscan_tidrange(heap, snapshot, first, last) \
	table_beginscan_tidrange((heap), (snapshot), (first), (last))
#endif

/* 17 looks at a BRIN index without a snapshot. */
#if PG_VERSION_NUM >= 170000
#define ogw_brin_open(index, pages_per_range) \
	brinRevmapInitialize((index), (pages_per_range))
#define ogw_brin_range(revmap, block, buffer, offset) \
	brinGetTupleForHeapBlock((revmap), (block), (buffer), (offset), NULL, BUFFER_LOCK_SHARE)
#else
#define ogw_brin_open(index, pages_per_range) \
	brinRevmapInitialize((index), (pages_per_range), NULL)
#define ogw_brin_range(revmap, block, buffer, offset) \
	brinGetTupleForHeapBlock((revmap), (block), (buffer), (offset), NULL, BUFFER_LOCK_SHARE, NULL)
#endif

#if PG_VERSION_NUM >= 190000
#define ogw_table_index_fetch_begin(heap) table_index_fetch_begin((heap), 0)
#else
#define ogw_table_index_fetch_begin(heap) table_index_fetch_begin(heap)
#endif

/*
 * 18 gives the pages of a bitmap in a place of the caller's, and their entries
 * when asked.  Returns false at the end; n is -1 where all of a page is named.
 */
#if PG_VERSION_NUM >= 180000
typedef TBMPrivateIterator *OgwBitmapIterator;
#define ogw_bitmap_begin(bitmap) tbm_begin_private_iterate(bitmap)
#define ogw_bitmap_end(iterator) tbm_end_private_iterate(iterator)
static inline bool
ogw_bitmap_next(OgwBitmapIterator iterator, BlockNumber *block, int *n,
				OffsetNumber offsets[MaxHeapTuplesPerPage])
{
	TBMIterateResult page;

	if (!tbm_private_iterate(iterator, &page))
		return false;
	*block = page.blockno;
	*n = page.lossy ? -1 : tbm_extract_page_tuple(&page, offsets, MaxHeapTuplesPerPage);
	return true;
}
#else
typedef TBMIterator *OgwBitmapIterator;
#define ogw_bitmap_begin(bitmap) tbm_begin_iterate(bitmap)
#define ogw_bitmap_end(iterator) tbm_end_iterate(iterator)
static inline bool
ogw_bitmap_next(OgwBitmapIterator iterator, BlockNumber *block, int *n,
				OffsetNumber offsets[MaxHeapTuplesPerPage])
{
	TBMIterateResult *page = tbm_iterate(iterator);

	if (page == NULL)
		return false;
	*block = page->blockno;
	*n = page->ntuples;
	if (*n > 0)
		memcpy(offsets, page->offsets, sizeof(OffsetNumber) * *n);
	return true;
}
#endif

/* 16 added an argument, 19 made flags of them; no_error: a key that is there is reported. */
#if PG_VERSION_NUM >= 190000
#define ogw_insert_index_tuples(info, slot, estate, no_error, conflict) \
	ExecInsertIndexTuples((info), (estate), (no_error) ? EIIT_NO_DUPE_ERROR : 0, (slot), NIL, (conflict))
#elif PG_VERSION_NUM >= 160000
#define ogw_insert_index_tuples(info, slot, estate, no_error, conflict) \
	ExecInsertIndexTuples((info), (slot), (estate), false, (no_error), (conflict), NIL, false)
#else
#define ogw_insert_index_tuples(info, slot, estate, no_error, conflict) \
	ExecInsertIndexTuples((info), (slot), (estate), false, (no_error), (conflict), NIL)
#endif

/* In 19 a backslash in a literal is always one. */
#if PG_VERSION_NUM >= 190000
#define ogw_standard_conforming_strings true
#else
#define ogw_standard_conforming_strings standard_conforming_strings
#endif

/* 19 ends a worker whose database is dropped, renamed or copied, where it may. */
#if PG_VERSION_NUM >= 190000
#define OGW_BGWORKER_INTERRUPTIBLE BGWORKER_INTERRUPTIBLE
#else
#define OGW_BGWORKER_INTERRUPTIBLE 0
#endif

/* 19 wants to be told when a row type has all of its columns. */
#if PG_VERSION_NUM >= 190000
#define ogw_finish_tupdesc(desc) TupleDescFinalize(desc)
#else
#define ogw_finish_tupdesc(desc) ((void) (desc))
#endif

/* 17 maps letters as Unicode does, one character to one. */
#if PG_VERSION_NUM >= 170000
#include "common/unicode_case.h"
#define OGW_HAS_UNICODE_CASE true
#define ogw_unicode_fold(c) unicode_lowercase_simple(unicode_uppercase_simple(c))
#else
#define OGW_HAS_UNICODE_CASE false
#define ogw_unicode_fold(c) (c)
#endif

/* 18 can name the library in pg_get_loaded_modules(). */
#if PG_VERSION_NUM >= 180000
#define OGW_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "ogw_logs", .version = OGW_VERSION)
#else
#define OGW_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif
