/*
 * segment_build.c
 *		Makes segments; segment.h has the format.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "core/buffer.h"
#include "core/slice.h"
#include "segment/body.h"
#include "segment/segment.h"
#include "segment/zstd.h"

struct SegmentBuilder
{
	MemoryContext context;
	char	   *text;
	size_t		text_len;
	size_t		text_capacity;
	ReusableBuffer parted;		/* for the texts part by part */
	int			n;
	int			capacity;
	SegmentBody *bodies;
};

static const char *by_part(SegmentBuilder *builder);
static Slice directory(const SegmentBuilder *builder);
static void put_number(StringInfo out, uint64 number, int bytes);
static void put_varint(StringInfo out, uint64 number);

/* Begins a segment, in the current context. */
SegmentBuilder *
segment_begin(void)
{
	SegmentBuilder *builder = palloc0(sizeof(SegmentBuilder));

	builder->context = builder->parted.context = CurrentMemoryContext;
	builder->capacity = 256;
	builder->bodies = palloc(sizeof(SegmentBody) * builder->capacity);
	return builder;
}

/* Tells whether a body of so many bytes of text can still be added. */
bool
segment_has_space(const SegmentBuilder *builder, size_t text_len)
{
	return builder->n == 0 ||
		(builder->text_len + text_len <= SEGMENT_BYTES && builder->n < SEGMENT_BODIES);
}

/*
 * Gives memory behind the texts, where what will be added may be made: it is then
 * moved a little, and not copied.
 */
char *
segment_reserve(SegmentBuilder *builder, size_t len)
{
	size_t		needed = builder->text_len + len;

	if (needed > builder->text_capacity)
	{
		size_t		text_capacity = Max(needed, SEGMENT_BYTES + SEGMENT_BYTES / 8);
		char	   *text = MemoryContextAllocHuge(builder->context, text_capacity);

		if (builder->text != NULL)
		{
			memcpy(text, builder->text, builder->text_len);
			pfree(builder->text);
		}
		builder->text = text;
		builder->text_capacity = text_capacity;
	}
	return builder->text + builder->text_len;
}

/* Adds a body, which comes behind those added before. */
void
segment_add(SegmentBuilder *builder, const BodyId *key, const Slice parts[N_BODY_PARTS])
{
	SegmentBody *body;

	Assert(builder->n == 0 || compare_body_ids(&builder->bodies[builder->n - 1].key, key) <= 0);
	if (builder->n == builder->capacity)
	{
		builder->capacity *= 2;
		builder->bodies = repalloc_huge(builder->bodies, sizeof(SegmentBody) * builder->capacity);
	}
	segment_reserve(builder, body_text_len(parts));
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
const BodyId *
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
Slice
segment_finish(SegmentBuilder *builder)
{
	Slice		content = directory(builder);
	size_t		bound = zstd_bound(content.len);
	size_t		text_bound = zstd_bound(builder->text_len);
	char	   *value = MemoryContextAllocHuge(CurrentMemoryContext, SEGMENT_PREFIX_LEN + bound + text_bound);
	size_t		len = zstd_compress(COMPRESS_SEGMENT, content, value + SEGMENT_PREFIX_LEN, bound);

	value[0] = SEGMENT_VERSION;
	for (int i = 1; i < SEGMENT_PREFIX_LEN; i++)
		value[i] = (char) (len >> 8 * (i - 1));
	len += SEGMENT_PREFIX_LEN;
	len += zstd_compress(COMPRESS_SEGMENT, (Slice) {by_part(builder), builder->text_len},
					  value + len, text_bound);
	pfree((char *) content.data);
	builder->n = 0;
	builder->text_len = 0;
	if (builder->text_capacity > 2 * SEGMENT_BYTES)
	{
		pfree(builder->text);
		builder->text = NULL;
		builder->text_capacity = 0;
	}
	return (Slice) {value, len};
}

/*
 * Returns the texts part by part, there until the next call; those of a single body,
 * which may be large, as they are.
 */
static const char *
by_part(SegmentBuilder *builder)
{
	char	   *p;

	if (builder->n == 1)
		return builder->text ? builder->text : "";
	p = buffer_reserve(&builder->parted, Max(builder->text_len, SEGMENT_BYTES));
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
	return builder->parted.data;
}

/* Makes the content of a directory, palloc'd. */
static Slice
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
		put_number(&out, (uint64) bodies[i].key.job, SEGMENT_JOB_LEN);
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
	return (Slice) {out.data, out.len};
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
