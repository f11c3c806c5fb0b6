/*
 * segment.c
 *		Makes and reads segments; segment.h has the format.
 *
 * What reads takes any bytes for a segment: it ends in one, or says what is wrong.
 */
#include "postgres.h"

#include "common/sha2.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "compat.h"
#include "frame.h"
#include "job_key.h"
#include "segment.h"

#define SEGMENT_VERSION 1

/* What stands before the directory, and in it before the sessions. */
#define PREFIX_LEN 5
#define COUNTS_LEN 8

#define SESSION_LEN 12
#define JOB_LEN 8

/* A body takes so many bytes of a directory at least. */
#define MIN_BODY_LEN (JOB_LEN + 1 + N_BODY_PARTS)

struct SegmentBuilder
{
	MemoryContext context;
	char	   *text;
	size_t		text_len;
	size_t		room;
	int			n;
	int			capacity;
	SegmentBody *bodies;
};

/* A directory while it is read. */
typedef struct Reader
{
	const unsigned char *p;
	const unsigned char *end;
} Reader;

/* What segment_read() says of a format that it does not know. */
const char segment_is_newer[] = "it has a format that this version does not know";

static char *by_part(const SegmentBuilder *builder);
static Span directory(const SegmentBuilder *builder);
static void put_number(StringInfo out, uint64 number, int bytes);
static void put_varint(StringInfo out, uint64 number);
static const char *read_directory(Span content, Segment *segment);
static bool read_sessions(Reader *reader, Segment *segment, uint32 n_sessions);
static bool read_lengths(Reader *reader, Segment *segment);
static bool get_number(Reader *reader, int bytes, uint64 *number);
static bool get_varint(Reader *reader, uint64 *number);

/* Returns the hash by which a segment knows a session or an entry. */
int64
hash_of_id(Span id)
{
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	uint64		hash = 0;

	sha256_of(id, digest);
	for (int i = 0; i < 8; i++)
		hash = hash << 8 | digest[i];
	return (int64) hash;
}

/* Compares two bodies of a team in their order. */
int
compare_body_keys(const BodyKey *a, const BodyKey *b)
{
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	if (a->timestamp != b->timestamp)
		return a->timestamp < b->timestamp ? -1 : 1;
	return (a->job > b->job) - (a->job < b->job);
}

/* Begins a segment, in the current context. */
SegmentBuilder *
segment_begin(void)
{
	SegmentBuilder *builder = palloc0(sizeof(SegmentBuilder));

	builder->context = CurrentMemoryContext;
	builder->capacity = 256;
	builder->bodies = palloc(sizeof(SegmentBody) * builder->capacity);
	return builder;
}

/* Tells whether a body with so much text belongs into this segment still. */
bool
segment_has_room(const SegmentBuilder *builder, size_t text_len)
{
	return builder->n == 0 ||
		(builder->text_len + text_len <= SEGMENT_BYTES && builder->n < SEGMENT_BODIES);
}

/*
 * Gives room behind the texts, where what will be added may be made: it is then
 * moved a little, and not copied.
 */
char *
segment_reserve(SegmentBuilder *builder, size_t len)
{
	size_t		needed = builder->text_len + len;

	if (needed > builder->room)
	{
		size_t		room = Max(needed, SEGMENT_BYTES + SEGMENT_BYTES / 8);
		char	   *text = MemoryContextAllocHuge(builder->context, room);

		if (builder->text != NULL)
		{
			memcpy(text, builder->text, builder->text_len);
			pfree(builder->text);
		}
		builder->text = text;
		builder->room = room;
	}
	return builder->text + builder->text_len;
}

/* Adds a body, which comes behind those added before. */
void
segment_add(SegmentBuilder *builder, const BodyKey *key, const Span parts[N_BODY_PARTS])
{
	SegmentBody *body;
	size_t		len = 0;

	Assert(builder->n == 0 || compare_body_keys(&builder->bodies[builder->n - 1].key, key) <= 0);
	if (builder->n == builder->capacity)
	{
		builder->capacity *= 2;
		builder->bodies = repalloc_huge(builder->bodies, sizeof(SegmentBody) * builder->capacity);
	}
	for (int i = 0; i < N_BODY_PARTS; i++)
		len += parts[i].data ? parts[i].len : 0;
	segment_reserve(builder, len);
	body = &builder->bodies[builder->n++];
	body->key = *key;
	for (int i = 0; i < N_BODY_PARTS; i++)
	{
		body->at[i] = (uint32) builder->text_len;
		body->lengths[i] = parts[i].data ? (uint32) parts[i].len + 1 : 0;
		if (parts[i].data == NULL)
			continue;
		memmove(builder->text + builder->text_len, parts[i].data, parts[i].len);
		builder->text_len += parts[i].len;
	}
}

/* Returns how many bodies were added. */
int
segment_count(const SegmentBuilder *builder)
{
	return builder->n;
}

/* Returns the key of the first body. */
const BodyKey *
segment_first(const SegmentBuilder *builder)
{
	return &builder->bodies[0].key;
}

/* Returns how much text was added, in bytes. */
size_t
segment_text_len(const SegmentBuilder *builder)
{
	return builder->text_len;
}

/*
 * Returns what was added as a segment, palloc'd in the current context, and begins
 * the next one: it is empty, and what a large body needed is free again.
 */
Span
segment_finish(SegmentBuilder *builder)
{
	Span		content = directory(builder);
	size_t		bound = frame_bound(content.len);
	size_t		text_bound = frame_bound(builder->text_len);
	char	   *value = MemoryContextAllocHuge(CurrentMemoryContext, PREFIX_LEN + bound + text_bound);
	size_t		len = frame_pack(FRAME_OF_SEGMENT, content, value + PREFIX_LEN, bound);
	char	   *text = by_part(builder);

	value[0] = SEGMENT_VERSION;
	for (int i = 1; i < PREFIX_LEN; i++)
		value[i] = (char) (len >> 8 * (i - 1));
	len += PREFIX_LEN;
	len += frame_pack(FRAME_OF_SEGMENT, (Span) {text ? text : "", builder->text_len},
					  value + len, text_bound);
	if (text != builder->text)
		pfree(text);
	pfree((char *) content.data);
	builder->n = 0;
	builder->text_len = 0;
	if (builder->room > 2 * SEGMENT_BYTES)
	{
		pfree(builder->text);
		builder->text = NULL;
		builder->room = 0;
	}
	return (Span) {value, len};
}

/*
 * Returns the texts part by part, palloc'd; those of a single body, which may be
 * large, as they are.
 */
static char *
by_part(const SegmentBuilder *builder)
{
	char	   *text;
	char	   *p;

	if (builder->n == 1)
		return builder->text;
	p = text = palloc(Max(builder->text_len, 1));
	for (int part = 0; part < N_BODY_PARTS; part++)
	{
		for (int i = 0; i < builder->n; i++)
		{
			const SegmentBody *body = &builder->bodies[i];

			if (body->lengths[part] <= 1)
				continue;
			memcpy(p, builder->text + body->at[part], body->lengths[part] - 1);
			p += body->lengths[part] - 1;
		}
	}
	return text;
}

/* Makes the content of a directory, palloc'd. */
static Span
directory(const SegmentBuilder *builder)
{
	const SegmentBody *bodies = builder->bodies;
	int			n = builder->n;
	int			n_sessions = 0;
	TimestampTz before = 0;
	StringInfoData out;

	for (int i = 0; i < n; i++)
		n_sessions += i == 0 || bodies[i].key.session != bodies[i - 1].key.session;
	initStringInfo(&out);
	put_number(&out, n_sessions, 4);
	put_number(&out, n, 4);
	for (int i = 0, next; i < n; i = next)
	{
		for (next = i; next < n && bodies[next].key.session == bodies[i].key.session;)
			next++;
		put_number(&out, (uint64) bodies[i].key.session, 8);
		put_number(&out, next - i, 4);
	}
	for (int i = 0; i < n; i++)
		put_number(&out, (uint64) bodies[i].key.job, JOB_LEN);
	for (int i = 0; i < n; i++)
	{
		/* as unsigned numbers, which may overflow */
		uint64		difference = (uint64) bodies[i].key.timestamp - (uint64) before;

		put_varint(&out, difference << 1 ^ (uint64) ((int64) difference >> 63));
		before = bodies[i].key.timestamp;
	}
	for (int i = 0; i < n; i++)
		for (int part = 0; part < N_BODY_PARTS; part++)
			put_varint(&out, bodies[i].lengths[part]);
	return (Span) {out.data, out.len};
}

/* Puts the lower bytes of a number. */
static void
put_number(StringInfo out, uint64 number, int bytes)
{
	for (int i = 0; i < bytes; i++)
		appendStringInfoCharMacro(out, (char) (number >> 8 * i));
}

/* Puts a varint. */
static void
put_varint(StringInfo out, uint64 number)
{
	for (; number > 0x7f; number >>= 7)
		appendStringInfoCharMacro(out, (char) (number | 0x80));
	appendStringInfoCharMacro(out, (char) number);
}

/*
 * Reads the directory of a segment, into the current context; its texts stay where
 * they are, unopened.  Returns what is wrong with it, if anything is: a phrase
 * that quotes nothing of it.
 */
const char *
segment_read(Span value, Segment *segment)
{
	Reader		prefix = {(const unsigned char *) value.data + 1,
	(const unsigned char *) value.data + value.len};
	uint64		directory_len = 0;
	Span		frame;
	Span		content;
	char	   *raw;
	const char *wrong;

	memset(segment, 0, sizeof(Segment));
	segment->value_len = value.len;
	if (value.len < PREFIX_LEN)
		return "it has no beginning";
	if (value.data[0] != SEGMENT_VERSION)
		return segment_is_newer;
	get_number(&prefix, PREFIX_LEN - 1, &directory_len);
	if (directory_len > value.len - PREFIX_LEN)
		return "its directory is longer than the whole";
	frame = (Span) {value.data + PREFIX_LEN, directory_len};
	segment->frame = (Span) {frame.data + frame.len, value.len - PREFIX_LEN - frame.len};
	wrong = frame_measure(frame, &content.len);
	if (wrong == NULL)
		wrong = frame_measure(segment->frame, &segment->text_len);
	if (wrong != NULL)
		return wrong;
	content.data = raw = palloc(content.len);
	wrong = frame_open(frame, raw, content.len);
	if (wrong == NULL)
		wrong = read_directory(content, segment);
	pfree(raw);
	return wrong;
}

/* Reads the content of a directory.  Returns what is wrong with it, if anything is. */
static const char *
read_directory(Span content, Segment *segment)
{
	Reader		reader = {(const unsigned char *) content.data,
	(const unsigned char *) content.data + content.len};
	uint64		n_sessions,
				n;
	uint64		number;
	TimestampTz before = 0;

	if (!get_number(&reader, 4, &n_sessions) || !get_number(&reader, 4, &n) ||
		n > content.len / MIN_BODY_LEN || n_sessions > content.len / SESSION_LEN)
		return "its directory is too short";
	segment->n = (int) n;
	segment->bodies = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SegmentBody) * Max(n, 1));
	if (!read_sessions(&reader, segment, (uint32) n_sessions))
		return "its directory's sessions are not its bodies'";
	for (int i = 0; i < segment->n; i++)
	{
		if (!get_number(&reader, JOB_LEN, &number))
			return "its directory is too short";
		segment->bodies[i].key.job = (int64) number;
	}
	for (int i = 0; i < segment->n; i++)
	{
		if (!get_varint(&reader, &number))
			return "its directory is too short";
		number = number >> 1 ^ (0 - (number & 1));
		before = (TimestampTz) ((uint64) before + number);
		segment->bodies[i].key.timestamp = before;
		if (i > 0 && compare_body_keys(&segment->bodies[i - 1].key, &segment->bodies[i].key) > 0)
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

		if (!get_number(reader, 8, &session) || !get_number(reader, 4, &count) ||
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

			if (!get_varint(reader, &length) || length > (uint64) segment->text_len + 1)
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

/* Gets a number of some bytes; false where there are not as many. */
static bool
get_number(Reader *reader, int bytes, uint64 *number)
{
	if (reader->end - reader->p < bytes)
		return false;
	*number = 0;
	for (int i = 0; i < bytes; i++)
		*number |= (uint64) *reader->p++ << 8 * i;
	return true;
}

/* Gets a varint; false where it does not end. */
static bool
get_varint(Reader *reader, uint64 *number)
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
 * Opens the texts of a segment that was read, into room for text_len bytes, or (NULL)
 * into the current context.  Returns what is wrong with them, if anything is.
 */
const char *
segment_open(Segment *segment, char *room)
{
	char	   *text = room != NULL ? room : palloc(Max(segment->text_len, 1));
	const char *wrong = frame_open(segment->frame, text, segment->text_len);

	if (wrong == NULL)
		segment->text = text;
	else if (room == NULL)
		pfree(text);
	return wrong;
}

/* Finds a body by its key; NULL where it is not in the segment. */
const SegmentBody *
segment_find(const Segment *segment, const BodyKey *key)
{
	int			low = 0,
				high = segment->n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			order = compare_body_keys(&segment->bodies[middle].key, key);

		if (order == 0)
			return &segment->bodies[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Gives the texts of a body, in the segment's own memory; it was opened. */
void
segment_parts(const Segment *segment, const SegmentBody *body, Span parts[N_BODY_PARTS])
{
	for (int i = 0; i < N_BODY_PARTS; i++)
		parts[i] = body->lengths[i] == 0 ? (Span) {NULL, 0} :
			(Span) {segment->text + body->at[i], body->lengths[i] - 1};
}
