/*
 * body.c
 *		Packs and reads what lives apart from its entry; body.h has the format.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "core/compat.h"
#include "core/slice.h"
#include "segment/body.h"
#include "segment/zstd.h"

#define BODY_VERSION 1
#define BODY_NULL PG_UINT32_MAX

static void put_header(char *to, const Slice parts[N_BODY_PARTS]);
static size_t pack_long(const Slice parts[N_BODY_PARTS], size_t content_len, char *to, size_t capacity);

StaticAssertDecl(BODY_HEADER_LEN == 1 + 4 * N_BODY_PARTS, "a length for each part");

/* What body_parts() says of a format that it does not know. */
const char body_is_newer[] = "it has a format that this version does not know";

/* Returns how many bytes all parts have. */
size_t
body_text_len(const Slice parts[N_BODY_PARTS])
{
	size_t		len = 0;

	for (int i = 0; i < N_BODY_PARTS; i++)
		len += parts[i].data ? parts[i].len : 0;
	return len;
}

/*
 * Packs the parts (data NULL for one that is not there) into a palloc'd value.  A long
 * one is in a memory context of its own, so that it need not be copied into another:
 * MemoryContextSetParent(GetMemoryChunkContext()) gives it to that.  Needs, for a while,
 * their size once more, and that again where they do not get smaller.
 */
bytea *
body_pack(const Slice parts[N_BODY_PARTS])
{
	size_t		content_len = BODY_HEADER_LEN + body_text_len(parts);
	bool		is_long = content_len > ZSTD_LONG_CONTENT;
	size_t		bound;
	size_t		written;
	bytea	   *content;

	if (!AllocSizeIsValid(content_len))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the bodies of one entry exceed 1 GB")));
	bound = zstd_bound(content_len);
	content = MemoryContextAllocHuge(!is_long ? CurrentMemoryContext :
									 AllocSetContextCreate(CurrentMemoryContext, "ogw_logs long body", ALLOCSET_SMALL_SIZES),
									 VARHDRSZ + bound);
	if (is_long)
	{
		written = pack_long(parts, content_len, VARDATA(content), bound);
		content = repalloc_huge(content, VARHDRSZ + written);
	}
	else
	{
		char	   *text = palloc(content_len);
		char	   *p = text + BODY_HEADER_LEN;

		put_header(text, parts);
		for (int i = 0; i < N_BODY_PARTS; i++)
		{
			if (parts[i].data == NULL)
				continue;
			memcpy(p, parts[i].data, parts[i].len);
			p += parts[i].len;
		}
		written = zstd_compress(COMPRESS_BODY, (Slice) {text, content_len}, VARDATA(content), bound);
		pfree(text);
	}
	if (!AllocSizeIsValid(VARHDRSZ + written))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the bodies of one entry exceed 1 GB")));
	SET_VARSIZE(content, VARHDRSZ + written);
	return content;
}

/* Writes what stands before the texts. */
static void
put_header(char *to, const Slice parts[N_BODY_PARTS])
{
	*to++ = BODY_VERSION;
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		uint32		len = parts[i].data ? (uint32) parts[i].len : BODY_NULL;

		for (int shift = 0; shift < 32; shift += 8)
			*to++ = (char) (len >> shift);
	}
}

/* Compresses the header and the texts, each where it stands; returns the frame's length. */
static size_t
pack_long(const Slice parts[N_BODY_PARTS], size_t content_len, char *to, size_t capacity)
{
	char		header[BODY_HEADER_LEN];
	Slice		pieces[1 + N_BODY_PARTS] = {{header, BODY_HEADER_LEN}};
	int			n = 1;

	put_header(header, parts);
	for (int i = 0; i < N_BODY_PARTS; i++)
		if (parts[i].data != NULL)
			pieces[n++] = parts[i];
	return zstd_compress_long(COMPRESS_BODY, pieces, n, to, capacity);
}

/*
 * Finds the parts in a decompressed body; data is NULL of one that is not there.
 * Returns what is wrong with it, if anything is: a phrase that quotes nothing of it.
 */
const char *
body_parts(Slice content, Slice parts[N_BODY_PARTS])
{
	const unsigned char *header = (const unsigned char *) content.data;
	const char *p = content.data + BODY_HEADER_LEN;
	size_t		left = content.len - BODY_HEADER_LEN;

	if (content.len < BODY_HEADER_LEN)
		return "its size cannot be read";
	if (header[0] != BODY_VERSION)
		return body_is_newer;
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		const unsigned char *field = header + 1 + 4 * i;
		uint32		len = field[0] | field[1] << 8 | field[2] << 16 |
			(uint32) field[3] << 24;

		parts[i] = (Slice) {NULL, 0};
		if (len == BODY_NULL)
			continue;
		if (len > left)
			return "a part is longer than the whole";
		parts[i] = (Slice) {p, len};
		p += len;
		left -= len;
	}
	return left == 0 ? NULL : "it is longer than its parts";
}

/*
 * Decompresses a body into a content, palloc'd in a context, and the parts that are in it.
 * Whatever its bytes are, it ends in parts or in what is wrong with them, a phrase that quotes
 * nothing; then nothing is left of it.
 */
const char *
body_open(Slice compressed, MemoryContext context, Slice *content, Slice parts[N_BODY_PARTS])
{
	char	   *text;
	const char *wrong = zstd_content_len(compressed, &content->len);

	if (wrong != NULL)
		return wrong;
	content->data = text = MemoryContextAlloc(context, Max(content->len, 1));
	wrong = zstd_decompress(compressed, text, content->len);
	if (wrong == NULL)
		wrong = body_parts(*content, parts);
	if (wrong != NULL)
	{
		explicit_bzero(text, content->len);
		pfree(text);
	}
	return wrong;
}
