/*
 * toast.c
 *		Puts values together again that PostgreSQL cut into chunks.
 *
 * A chunk is a tuple (chunk_id oid, chunk_seq int4, chunk_data bytea) of a
 * TOAST table (access/heaptoast.h).  On a page and in a record of the WAL
 * (xl_heap_header, access/heapam_xlog.h) alike these bytes stand before its
 * values: t_infomask2, t_infomask, t_hoff and one of padding.
 */
#include "disk_scan.h"

#include "access/htup_details.h"

#define CHUNK_COLUMNS 3

/* t_hoff of a tuple without NULLs. */
#define CHUNK_HOFF MAXALIGN(SizeofHeapTupleHeader)

/* What stands before t_hoff, and before chunk_data from there on. */
#define INFOMASKS_SIZE (2 * sizeof(uint16))
#define VALUES_AT (CHUNK_HOFF - offsetof(HeapTupleHeaderData, t_hoff))

typedef struct Chunk
{
	Oid			id;
	int32		seq;
	size_t		order;			/* in which it was found */
	Place		place;			/* file and how are copies */
	unsigned char *data;
	size_t		len;
} Chunk;

static Chunk *chunks = NULL;
static size_t n_chunks = 0;
static size_t chunks_size = 0;

static int	compare_chunks(const void *a, const void *b);
static void scan_value(const Place *place, const Bytes *value);

/* Takes the chunk, if there is one whose t_hoff is at this offset. */
void
toast_look(const Place *place, const unsigned char *bytes, size_t len, size_t at)
{
	uint16		infomask2,
				infomask;
	uint32		values[2];		/* chunk_id, chunk_seq */
	uint32		header[2];		/* of chunk_data, and four bytes of it */
	const unsigned char *data;
	Chunk	   *chunk;

	if (bytes[at] != CHUNK_HOFF || at < INFOMASKS_SIZE || len - at < VALUES_AT + sizeof(values) + sizeof(header))
		return;
	memcpy(&infomask2, bytes + at - INFOMASKS_SIZE, sizeof(infomask2));
	memcpy(&infomask, bytes + at - sizeof(infomask), sizeof(infomask));
	if ((infomask2 & HEAP_NATTS_MASK) != CHUNK_COLUMNS || !(infomask & HEAP_HASVARWIDTH) ||
		(infomask & (HEAP_HASNULL | HEAP_HASEXTERNAL)) != 0)
		return;
	memcpy(values, bytes + at + VALUES_AT, sizeof(values));
	data = bytes + at + VALUES_AT + sizeof(values);
	memcpy(header, data, sizeof(header));
	if (!VARATT_IS_4B_U(header) || VARSIZE_4B(header) <= VARHDRSZ ||
		VARSIZE_4B(header) > Min(BLCKSZ, bytes + len - data) || (int32) values[1] < 0)
		return;

	if (n_chunks == chunks_size)
	{
		chunks_size = Max(1024, chunks_size * 2);
		chunks = allocate(chunks, chunks_size * sizeof(Chunk));
	}
	chunk = &chunks[n_chunks];
	chunk->id = values[0];
	chunk->seq = (int32) values[1];
	chunk->order = n_chunks++;
	chunk->place = (Place) {strdup(place->file), strdup(place->how), place->depth};
	chunk->len = VARSIZE_4B(header) - VARHDRSZ;
	chunk->data = allocate(NULL, chunk->len);
	memcpy(chunk->data, data + VARHDRSZ, chunk->len);
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
	size_t		size = strlen(place->how) + sizeof(" > toast");
	char	   *how;
	Place		inside;

	if (value->len <= sizeof(tcinfo))
		return;
	how = allocate(NULL, size);
	snprintf(how, size, "%s%stoast", place->how, place->how[0] ? " > " : "");
	inside = (Place) {place->file, how, place->depth + 1};
	scan_bytes(&inside, value->data, value->len);
	memcpy(&tcinfo, value->data, sizeof(tcinfo));
	scan_compressed(&inside, tcinfo, value->data + sizeof(tcinfo), value->len - sizeof(tcinfo),
					false);
	free(how);
}
