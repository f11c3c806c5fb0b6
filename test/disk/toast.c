/*
 * toast.c
 *		Puts values together again that were cut into chunks.
 *
 * A chunk of PostgreSQL's is a tuple (chunk_id oid, chunk_seq int4, chunk_data
 * bytea) of a TOAST table (access/heaptoast.h).  One of ogw_logs.body is
 * ("timestamp" timestamptz, team_id text, job_id text, chunk int4, content bytea),
 * without a compressed value.  On a page and in a record of the WAL
 * (xl_heap_header, access/heapam_xlog.h) alike these bytes stand before its
 * values: t_infomask2, t_infomask, t_hoff and one of padding.
 */
#include "disk_scan.h"

#include "access/htup_details.h"

#define TOAST_COLUMNS 3
#define BODY_COLUMNS 5

/* t_hoff of a tuple without NULLs. */
#define CHUNK_HOFF MAXALIGN(SizeofHeapTupleHeader)

/* What stands before t_hoff, and before chunk_data from there on. */
#define INFOMASKS_SIZE (2 * sizeof(uint16))
#define VALUES_AT (CHUNK_HOFF - offsetof(HeapTupleHeaderData, t_hoff))

typedef struct Chunk
{
	uint64		id;				/* of the value */
	int32		seq;
	size_t		order;			/* in which it was found */
	Place		place;			/* file and how are copies */
	unsigned char *data;
	size_t		len;
} Chunk;

static Chunk *chunks = NULL;
static size_t n_chunks = 0;
static size_t chunks_size = 0;

static bool look_toast(const unsigned char *p, const unsigned char *end, Chunk *chunk);
static bool look_body(const unsigned char *p, const unsigned char *end, Chunk *chunk);
static unsigned char *plain_value(const unsigned char *start, const unsigned char *p,
								  const unsigned char *end, size_t *len);
static int	compare_chunks(const void *a, const void *b);
static void scan_value(const Place *place, const Bytes *value);

/* Takes the chunk, if there is one whose t_hoff is at this offset. */
void
toast_look(const Place *place, const unsigned char *bytes, size_t len, size_t at)
{
	uint16		infomask2,
				infomask;
	Chunk		chunk = {0};
	bool		is_chunk;

	if (bytes[at] != CHUNK_HOFF || at < INFOMASKS_SIZE || len - at < VALUES_AT)
		return;
	memcpy(&infomask2, bytes + at - INFOMASKS_SIZE, sizeof(infomask2));
	memcpy(&infomask, bytes + at - sizeof(infomask), sizeof(infomask));
	if (!(infomask & HEAP_HASVARWIDTH) || (infomask & (HEAP_HASNULL | HEAP_HASEXTERNAL)) != 0)
		return;
	switch (infomask2 & HEAP_NATTS_MASK)
	{
		case TOAST_COLUMNS:
			is_chunk = look_toast(bytes + at + VALUES_AT, bytes + len, &chunk);
			break;
		case BODY_COLUMNS:
			is_chunk = look_body(bytes + at + VALUES_AT, bytes + len, &chunk);
			break;
		default:
			return;
	}
	if (!is_chunk)
		return;
	if (n_chunks == chunks_size)
	{
		chunks_size = Max(1024, chunks_size * 2);
		chunks = allocate(chunks, chunks_size * sizeof(Chunk));
	}
	chunk.order = n_chunks;
	chunk.place = (Place) {strdup(place->file), strdup(place->how), place->depth};
	chunk.data = memcpy(allocate(NULL, chunk.len), chunk.data, chunk.len);
	chunks[n_chunks++] = chunk;
}

/* Reads the values of a tuple of a TOAST table. */
static bool
look_toast(const unsigned char *p, const unsigned char *end, Chunk *chunk)
{
	uint32		id;

	if (end - p < (ptrdiff_t) (sizeof(id) + sizeof(chunk->seq)))
		return false;
	memcpy(&id, p, sizeof(id));
	chunk->id = id;
	p += sizeof(id);
	memcpy(&chunk->seq, p, sizeof(chunk->seq));
	chunk->data = plain_value(p, p + sizeof(chunk->seq), end, &chunk->len);
	return chunk->data != NULL && chunk->len > 0 && chunk->seq >= 0;
}

/* Reads the values of a tuple of ogw_logs.body; its id is a hash (FNV-1a). */
static bool
look_body(const unsigned char *p, const unsigned char *end, Chunk *chunk)
{
	const unsigned char *start = p;
	size_t		len;

	p += sizeof(int64);
	for (int i = 0; i < 2; i++)	/* team_id, job_id */
	{
		const unsigned char *id = plain_value(start, p, end, &len);

		if (id == NULL || len == 0)
			return false;
		p = id + len;
	}
	p = start + INTALIGN(p - start);
	if (end - p < (ptrdiff_t) sizeof(chunk->seq))
		return false;
	chunk->id = UINT64CONST(14695981039346656037);
	for (const unsigned char *q = start; q < p; q++)
		chunk->id = (chunk->id ^ *q) * UINT64CONST(1099511628211);
	memcpy(&chunk->seq, p, sizeof(chunk->seq));
	chunk->data = plain_value(start, p + sizeof(chunk->seq), end, &chunk->len);
	return chunk->data != NULL && chunk->len > 0 && chunk->seq >= 0;
}

/*
 * Returns where the content of the uncompressed value begins that stands at or
 * behind p, in a tuple's values from start on: with a header of one byte, or
 * with one of four that is aligned.  NULL for none.
 */
static unsigned char *
plain_value(const unsigned char *start, const unsigned char *p, const unsigned char *end, size_t *len)
{
	uint32		header[2];		/* and four bytes behind it, as the macros want */

	if (p < end && VARATT_IS_1B(p) && !VARATT_IS_1B_E(p))
	{
		*len = VARSIZE_1B(p) - VARHDRSZ_SHORT;
		return (size_t) (end - p) >= VARSIZE_1B(p) ? (unsigned char *) p + VARHDRSZ_SHORT : NULL;
	}
	p = start + INTALIGN(p - start);
	if (end - p < (ptrdiff_t) sizeof(header))
		return NULL;
	memcpy(header, p, sizeof(header));
	if (!VARATT_IS_4B_U(header) || VARSIZE_4B(header) < VARHDRSZ ||
		VARSIZE_4B(header) > Min(BLCKSZ, end - p))
		return NULL;
	*len = VARSIZE_4B(header) - VARHDRSZ;
	return (unsigned char *) p + VARHDRSZ;
}

/*
 * Looks into the values whose chunks were found in one relation, or in the
 * WAL, and forgets them.  Where a chunk is missing a value ends, and another
 * one begins behind it.
 */
void
toast_finish(void)
{
	Bytes		value = {0};
	size_t		first = 0;

	/* chunks come out of values, too: those of the next round */
	while (n_chunks > 0)
	{
		Chunk	   *mine = chunks;
		size_t		n = n_chunks;

		chunks = NULL;
		n_chunks = chunks_size = 0;
		qsort(mine, n, sizeof(Chunk), compare_chunks);
		for (size_t i = first = 0; i < n; i++)
		{
			bool		same = i > 0 && mine[i].id == mine[i - 1].id;

			if (same && mine[i].seq == mine[i - 1].seq)
				continue;		/* found before, in a page image or another version */
			if (!same || mine[i].seq != mine[i - 1].seq + 1)
			{
				scan_value(&mine[first].place, &value);
				value.len = 0;
				first = i;
			}
			bytes_append(&value, mine[i].data, mine[i].len);
		}
		scan_value(&mine[first].place, &value);
		value.len = 0;
		for (size_t i = 0; i < n; i++)
		{
			free(mine[i].data);
			free((void *) mine[i].place.file);
			free((void *) mine[i].place.how);
		}
		free(mine);
	}
	free(value.data);
}

/* qsort: by value, place in it, and the order they were found in. */
static int
compare_chunks(const void *a, const void *b)
{
	const Chunk *left = a;
	const Chunk *right = b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return left->order < right->order ? -1 : 1;
}

/* Looks into a value: as it is, and as a compressed one, that begins with tcinfo. */
static void
scan_value(const Place *place, const Bytes *value)
{
	uint32		tcinfo;
	size_t		size = strlen(place->how) + sizeof(" > chunks");
	char	   *how;
	Place		inside;

	if (value->len <= sizeof(tcinfo))
		return;
	how = allocate(NULL, size);
	snprintf(how, size, "%s%schunks", place->how, place->how[0] ? " > " : "");
	inside = (Place) {place->file, how, place->depth + 1};
	scan_bytes(&inside, value->data, value->len);
	memcpy(&tcinfo, value->data, sizeof(tcinfo));
	scan_compressed(&inside, tcinfo, value->data + sizeof(tcinfo), value->len - sizeof(tcinfo),
					false);
	free(how);
}
