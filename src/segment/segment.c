/*
 * segment.c
 *		Reads segments; segment.h has the format.
 *
 * Any bytes can be read: the result is a segment, or what is wrong with them.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "core/slice.h"
#include "segment/body.h"
#include "segment/segment.h"
#include "segment/zstd.h"

/* The least bytes that a body has in a directory. */
#define MIN_BODY_LEN (SEGMENT_JOB_LEN + 1 + N_BODY_PARTS)

/* A directory while it is read. */
typedef struct Reader
{
	const unsigned char *p;
	const unsigned char *end;
} Reader;

/* What segment_read() says of a format that it does not know. */
const char segment_is_newer[] = "it has a format that this version does not know";

static const char *read_directory(Slice content, Segment *segment);
static bool read_sessions(Reader *reader, Segment *segment, uint32 n_sessions);
static bool read_lengths(Reader *reader, Segment *segment);
static bool read_number(Reader *reader, int bytes, uint64 *number);
static bool read_varint(Reader *reader, uint64 *number);

/* Compares two bodies of a team in their order. */
int
compare_body_ids(const BodyId *a, const BodyId *b)
{
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	if (a->timestamp != b->timestamp)
		return a->timestamp < b->timestamp ? -1 : 1;
	return (a->job > b->job) - (a->job < b->job);
}

/*
 * Reads the directory of a segment, into the current context; its texts stay where
 * they are, unopened.  Returns what is wrong with it, if anything is: a phrase
 * that quotes nothing of it.
 */
const char *
segment_read(Slice value, Segment *segment)
{
	Reader		prefix = {(const unsigned char *) value.data + 1,
	(const unsigned char *) value.data + value.len};
	uint64		directory_len = 0;
	Slice		compressed;
	Slice		content;
	char	   *directory;
	const char *wrong;

	memset(segment, 0, sizeof(Segment));
	segment->value_len = value.len;
	if (value.len < SEGMENT_PREFIX_LEN)
		return "it has no beginning";
	if (value.data[0] != SEGMENT_VERSION)
		return segment_is_newer;
	read_number(&prefix, SEGMENT_PREFIX_LEN - 1, &directory_len);
	if (directory_len > value.len - SEGMENT_PREFIX_LEN)
		return "its directory is longer than the whole";
	compressed = (Slice) {value.data + SEGMENT_PREFIX_LEN, directory_len};
	segment->compressed = (Slice) {compressed.data + directory_len, value.len - SEGMENT_PREFIX_LEN - directory_len};
	wrong = zstd_content_len(compressed, &content.len);
	if (wrong == NULL)
		wrong = zstd_content_len(segment->compressed, &segment->text_len);
	if (wrong != NULL)
		return wrong;
	content.data = directory = palloc(content.len);
	wrong = zstd_decompress(compressed, directory, content.len);
	if (wrong == NULL)
		wrong = read_directory(content, segment);
	pfree(directory);
	return wrong;
}

/* Reads the content of a directory.  Returns what is wrong with it, if anything is. */
static const char *
read_directory(Slice content, Segment *segment)
{
	Reader		reader = {(const unsigned char *) content.data,
	(const unsigned char *) content.data + content.len};
	uint64		n_sessions,
				n;
	uint64		number;
	TimestampTz before = 0;

	if (!read_number(&reader, 4, &n_sessions) || !read_number(&reader, 4, &n) ||
		n > content.len / MIN_BODY_LEN || n > SEGMENT_BODIES || n_sessions > content.len / SEGMENT_SESSION_LEN)
		return "its directory is too short";
	segment->n = (int) n;
	segment->bodies = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SegmentBody) * Max(n, 1));
	if (!read_sessions(&reader, segment, (uint32) n_sessions))
		return "its directory's sessions are not its bodies'";
	for (int i = 0; i < segment->n; i++)
	{
		if (!read_number(&reader, SEGMENT_JOB_LEN, &number))
			return "its directory is too short";
		segment->bodies[i].key.job = (int64) number;
	}
	for (int i = 0; i < segment->n; i++)
	{
		if (!read_varint(&reader, &number))
			return "its directory is too short";
		number = number >> 1 ^ (0 - (number & 1));
		before = (TimestampTz) ((uint64) before + number);
		segment->bodies[i].key.timestamp = before;
		if (i > 0 && compare_body_ids(&segment->bodies[i - 1].key, &segment->bodies[i].key) > 0)
			return "its directory is not in order";
	}
	if (!read_lengths(&reader, segment) || reader.p != reader.end)
		return "its directory does not fit its texts";
	return NULL;
}

/* Reads the sessions; false where they do not make up the bodies. */
static bool
read_sessions(Reader *reader, Segment *segment, uint32 n_sessions)
{
	uint64		done = 0;

	for (uint32 i = 0; i < n_sessions; i++)
	{
		uint64		session,
					count;

		if (!read_number(reader, 8, &session) || !read_number(reader, 4, &count) ||
			count > segment->n - done)
			return false;
		while (count-- > 0)
			segment->bodies[done++].key.session = (int64) session;
	}
	return done == segment->n;
}

/* Reads the lengths; false where they do not make up the texts. */
static bool
read_lengths(Reader *reader, Segment *segment)
{
	size_t		at = 0;

	for (int i = 0; i < segment->n; i++)
	{
		for (int part = 0; part < N_BODY_PARTS; part++)
		{
			uint64		length;

			if (!read_varint(reader, &length) || length > (uint64) segment->text_len + 1)
				return false;
			segment->bodies[i].lengths[part] = (uint32) length;
		}
	}
	for (int part = 0; part < N_BODY_PARTS; part++)
	{
		for (int i = 0; i < segment->n; i++)
		{
			SegmentBody *body = &segment->bodies[i];

			body->at[part] = (uint32) at;
			if (body->lengths[part] > segment->text_len - at + 1)
				return false;
			at += body->lengths[part] > 0 ? body->lengths[part] - 1 : 0;
		}
	}
	return at == segment->text_len;
}

/* Reads a number of some bytes; returns false where there are not as many. */
static bool
read_number(Reader *reader, int bytes, uint64 *number)
{
	if (reader->end - reader->p < bytes)
		return false;
	*number = 0;
	for (int i = 0; i < bytes; i++)
		*number |= (uint64) *reader->p++ << 8 * i;
	return true;
}

/* Reads a varint; returns false where it does not end. */
static bool
read_varint(Reader *reader, uint64 *number)
{
	*number = 0;
	for (int shift = 0; shift < 64 && reader->p < reader->end; shift += 7)
	{
		unsigned char byte = *reader->p++;

		*number |= (uint64) (byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

/*
 * Opens the texts of a segment that was read, into a buffer of text_len bytes.  Returns
 * what is wrong with them, if anything is.
 */
const char *
segment_open(Segment *segment, char *buffer)
{
	const char *wrong = zstd_decompress(segment->compressed, buffer, segment->text_len);

	if (wrong == NULL)
		segment->text = buffer;
	return wrong;
}

/* Frees the compressed value, when the texts are open or not asked for. */
void
segment_forget_value(Segment *segment)
{
	if (segment->value != NULL)
		pfree(segment->value);
	segment->value = NULL;
	segment->compressed = (Slice) {NULL, 0};
}

/* Finds a body by its key; NULL where it is not in the segment. */
const SegmentBody *
segment_find(const Segment *segment, const BodyId *key)
{
	int			low = 0,
				high = segment->n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			order = compare_body_ids(&segment->bodies[middle].key, key);

		if (order == 0)
			return &segment->bodies[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Gives the texts of a body of a segment that is open, in the segment's own memory. */
void
segment_parts(const Segment *segment, const SegmentBody *body, Slice parts[N_BODY_PARTS])
{
	for (int i = 0; i < N_BODY_PARTS; i++)
		parts[i] = body->lengths[i] == 0 ? (Slice) {NULL, 0} :
			(Slice) {segment->text + body->at[i], body->lengths[i] - 1};
}
