/*
 * wal.c
 *		Looks into segments of the write-ahead log.
 *
 * The segments become one stream, out of which the page headers are taken
 * (access/xlog_internal.h), so that nothing is interrupted by them; it is all
 * in memory at once.  Tuples and chunks of TOASTed values stand in it as they
 * are; images of pages are looked for record by record (access/xlogrecord.h),
 * since they can be compressed.
 */
#include "disk_scan.h"

#include <ctype.h>

#include "access/xlog_internal.h"
#include "access/xlogrecord.h"
#include "port/pg_crc32c.h"

#define SEGMENT_NAME_LEN 24

/* A page of the WAL, in the stream. */
typedef struct WalPage
{
	size_t		at;				/* where its content begins */
	XLogRecPtr	addr;			/* its own, 0 if it has no header */
	size_t		rest;			/* so much of it belongs to an earlier record */
	const char *file;
} WalPage;

static Bytes stream = {0};
static WalPage *pages = NULL;
static size_t n_pages = 0;

static void scan_run(size_t first, size_t last);
static bool is_record(const unsigned char *bytes, size_t len);
static void scan_record(const Place *place, const unsigned char *record, size_t len);
static const unsigned char *scan_image(const Place *place, const XLogRecordBlockImageHeader *header,
									   size_t hole, const unsigned char *image);

/* Tells whether a file's name is that of a segment, whole or partial. */
bool
wal_is_segment(const char *name)
{
	return strspn(name, "0123456789ABCDEF") == SEGMENT_NAME_LEN &&
		(name[SEGMENT_NAME_LEN] == '\0' || strcmp(name + SEGMENT_NAME_LEN, ".partial") == 0);
}

/* Adds a segment to the stream; they come in the order of their names. */
void
wal_add(const char *file, const unsigned char *bytes, size_t len)
{
	const char *name = strdup(file);	/* kept to the end */

	pages = allocate(pages, (n_pages + len / XLOG_BLCKSZ + 1) * sizeof(WalPage));
	bytes_reserve(&stream, len);
	for (size_t at = 0; at < len; at += XLOG_BLCKSZ)
	{
		size_t		size = Min(XLOG_BLCKSZ, len - at);
		size_t		skip = 0;
		WalPage    *page = &pages[n_pages++];
		XLogPageHeaderData header;

		*page = (WalPage) {stream.len, 0, 0, name};
		if (size >= SizeOfXLogLongPHD)
		{
			memcpy(&header, bytes + at, sizeof(header));
			if (header.xlp_magic == XLOG_PAGE_MAGIC)
			{
				skip = XLogPageHeaderSize(&header);
				page->addr = header.xlp_pageaddr;
				page->rest = header.xlp_rem_len;
			}
		}
		bytes_append(&stream, bytes + at + skip, size - skip);
	}
}

/* Looks into all segments that were added. */
void
wal_finish(void)
{
	size_t		first = 0;

	/* pages whose addresses follow each other belong together */
	for (size_t i = 1; i <= n_pages; i++)
		if (i == n_pages || pages[i].addr == 0 || pages[i].addr != pages[i - 1].addr + XLOG_BLCKSZ)
		{
			scan_run(first, i);
			first = i;
		}
	toast_finish();
}

/* Looks into pages that follow each other, the last not included. */
static void
scan_run(size_t first, size_t last)
{
	size_t		end = last < n_pages ? pages[last].at : stream.len;
	size_t		at = pages[first].at + MAXALIGN(pages[first].rest);
	size_t		page = first;
	Place		place = {pages[first].file, "WAL", 1};

	scan_bytes(&place, stream.data + pages[first].at, end - pages[first].at);
	while (pages[first].addr != 0 && at < end)
	{
		while (page + 1 < last && pages[page + 1].at <= at)
			page++;
		place.file = pages[page].file;
		if (is_record(stream.data + at, end - at))
		{
			XLogRecord	record;

			memcpy(&record, stream.data + at, sizeof(record));
			scan_record(&place, stream.data + at, record.xl_tot_len);
			at += MAXALIGN(record.xl_tot_len);
		}
		else if (++page < last)
			at = pages[page].at + MAXALIGN(pages[page].rest);
		else
			break;
	}
}

/* Tells whether a whole record begins here, by its checksum. */
static bool
is_record(const unsigned char *bytes, size_t len)
{
	XLogRecord	record;
	pg_crc32c	crc;

	if (len < SizeOfXLogRecord)
		return false;
	memcpy(&record, bytes, sizeof(record));
	if (record.xl_tot_len < SizeOfXLogRecord || record.xl_tot_len > len)
		return false;
	INIT_CRC32C(crc);
	COMP_CRC32C(crc, bytes + SizeOfXLogRecord, record.xl_tot_len - SizeOfXLogRecord);
	COMP_CRC32C(crc, bytes, offsetof(XLogRecord, xl_crc));
	FIN_CRC32C(crc);
	return EQ_CRC32C(crc, record.xl_crc);
}

/*
 * Looks into the page images of a record: headers of all blocks and of the main
 * data, then the data of each block, its image first.
 */
static void
scan_record(const Place *place, const unsigned char *record, size_t len)
{
	const unsigned char *p = record + SizeOfXLogRecord;
	const unsigned char *end = record + len;
	size_t		data_len = 0;
	struct
	{
		XLogRecordBlockImageHeader header;
		size_t		hole;
		size_t		data_len;
	}			block[XLR_MAX_BLOCK_ID + 1];
	int			n = 0;

	while ((size_t) (end - p) > data_len)
	{
		XLogRecordBlockHeader header;
		uint32		main_len;

		if (*p == XLR_BLOCK_ID_DATA_SHORT || *p == XLR_BLOCK_ID_DATA_LONG)
			break;				/* always the last */
		if (*p == XLR_BLOCK_ID_ORIGIN || *p == XLR_BLOCK_ID_TOPLEVEL_XID)
		{
			p += 1 + (*p == XLR_BLOCK_ID_ORIGIN ? sizeof(uint16) : sizeof(main_len));
			continue;
		}
		if (n > XLR_MAX_BLOCK_ID || (size_t) (end - p) < SizeOfXLogRecordBlockHeader + SizeOfXLogRecordBlockImageHeader)
			return;
		memcpy(&header, p, SizeOfXLogRecordBlockHeader);
		p += SizeOfXLogRecordBlockHeader;
		memset(&block[n], 0, sizeof(block[n]));
		block[n].data_len = header.data_length;
		if (header.fork_flags & BKPBLOCK_HAS_IMAGE)
		{
			XLogRecordBlockImageHeader *image = &block[n].header;
			uint16		hole;

			memcpy(image, p, SizeOfXLogRecordBlockImageHeader);
			p += SizeOfXLogRecordBlockImageHeader;
			if (BKPIMAGE_COMPRESSED(image->bimg_info) && (image->bimg_info & BKPIMAGE_HAS_HOLE))
			{
				memcpy(&hole, p, sizeof(hole));
				p += SizeOfXLogRecordBlockCompressHeader;
				block[n].hole = hole;
			}
		}
		data_len += block[n].header.length + block[n].data_len;
		n++;
		if (!(header.fork_flags & BKPBLOCK_SAME_REL))
			p += 3 * sizeof(Oid);	/* tablespace, database, file */
		p += sizeof(BlockNumber);
	}
	if (p < end && *p == XLR_BLOCK_ID_DATA_SHORT)
		p += SizeOfXLogRecordDataHeaderShort;
	else if (p < end && *p == XLR_BLOCK_ID_DATA_LONG)
		p += SizeOfXLogRecordDataHeaderLong;
	if (p > end || data_len > (size_t) (end - p))
		return;
	for (int i = 0; i < n; i++)
		p = scan_image(place, &block[i].header, block[i].hole, p) + block[i].data_len;
}

/* Looks into a page image if it is compressed; returns where it ends. */
static const unsigned char *
scan_image(const Place *place, const XLogRecordBlockImageHeader *header, size_t hole,
		   const unsigned char *image)
{
	size_t		plain_len = hole < BLCKSZ ? BLCKSZ - hole : 0;
	const char *step = NULL;
	Bytes		plain = {0};

	if (header->bimg_info & BKPIMAGE_COMPRESS_PGLZ)
	{
		step = "page image pglz";
		plain = expand_pglz(image, header->length, plain_len, false);
	}
	else if (header->bimg_info & BKPIMAGE_COMPRESS_LZ4)
	{
		step = "page image lz4";
		plain = expand_lz4(image, header->length, plain_len, false);
	}
	else if (header->bimg_info & BKPIMAGE_COMPRESS_ZSTD)
	{
		step = "page image zstd";
		plain = expand_zstd(image, header->length);
	}
	if (step != NULL)
		scan_inside(place, step, plain.data, plain.len);
	free(plain.data);
	return image + header->length;
}
