/*
 * segment.h
 *		Sealed bodies: many of one team, packed together.
 *
 * A segment is a value of bytes, cut into rows of ogw_logs.segment.  It has the
 * bodies of one team in one interval of time, in the order of their sessions (by their
 * hashes), times and entries (by theirs), about SEGMENT_BYTES of text, or one body
 * that has more alone.  Numbers of several bytes are little-endian; a varint is
 * LEB128: seven bits a byte, the lowest first, the highest bit set in all but the
 * last.  Its bytes:
 *
 *		byte 0			the format's version, 1
 *		bytes 1 to 4	the length of the directory
 *		bytes 5 on		the directory, one zstd frame (RFC 8878) with its
 *						content's size and its checksum
 *		then			the texts, another such frame, up to the end
 *
 * The content of the directory:
 *
 *		4 bytes			how many sessions there are
 *		4 bytes			how many bodies
 *		12 bytes each	for each session its hash, 8 bytes, and how many of the
 *						bodies are its, 4 bytes
 *		8 bytes each	for each body the hash of its entry
 *		varints			for each body its time less that of the one before (of the
 *						first: less 0), in microseconds since 2000-01-01 00:00 UTC,
 *						zigzag: twice a difference d that is not negative, else -2d-1
 *		varints			for each body the lengths in bytes of its six texts, as
 *						body.h has them, and one more; 0 for NULL
 *
 * The content of the texts, UTF-8, without a gap: the inputs of all bodies in their
 * order, then the outputs of all, and so on; nothing behind the last.  What is alike
 * stands together like this, which saves 4 % of short dialogues.
 *
 * The hash of a session is the first eight bytes of the SHA-256 of its session_id,
 * or of nothing where it has none, read as a big-endian signed number; that of an
 * entry is the first eight of its job_id's SHA-256, in the same way.  A test has a
 * segment byte for byte: sql/24_segment.sql.
 */
#ifndef OGW_SEGMENT_H
#define OGW_SEGMENT_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "core/slice.h"
#include "segment/body.h"

#define SEGMENT_VERSION 1

/* Bytes before the directory; of a session in it, and of an entry's hash. */
#define SEGMENT_PREFIX_LEN 5
#define SEGMENT_SESSION_LEN 12
#define SEGMENT_JOB_LEN 8

/*
 * Text of a segment, in bytes.  More compresses better, and takes longer to open: of
 * three logs 1 MiB took 1.14, 1.13 and 1.04 times the bytes of 2 MiB, and opening one
 * half of its 0.5 ms.
 */
#define SEGMENT_BYTES (2 * 1024 * 1024)

/*
 * Bodies that a segment has at most, which is a part of the format: of short ones
 * more would make its directory large.
 */
#define SEGMENT_BODIES 10000

/* What a body is found by in its team, in their order. */
typedef struct BodyId
{
	int64		session;		/* its hash */
	TimestampTz timestamp;
	int64		job;			/* its hash */
} BodyId;

/* A body in a segment. */
typedef struct SegmentBody
{
	BodyId		key;
	uint32		at[N_BODY_PARTS];	/* where its texts begin */
	uint32		lengths[N_BODY_PARTS];	/* and one more; 0 for NULL */
} SegmentBody;

/* A segment while it is made. */
typedef struct SegmentBuilder SegmentBuilder;

/* A segment while it is read. */
typedef struct Segment
{
	int			n;
	SegmentBody *bodies;
	size_t		value_len;		/* all of its bytes */
	size_t		text_len;
	Slice		compressed;		/* its texts, still compressed */
	char	   *value;			/* the palloc'd value that these are in; NULL: not palloc'd, or freed */
	char	   *text;			/* NULL: not opened */
} Segment;

extern const char segment_is_newer[];

extern int	compare_body_ids(const BodyId *a, const BodyId *b);

extern SegmentBuilder *segment_begin(void);
extern bool segment_has_space(const SegmentBuilder *builder, size_t text_len);
extern char *segment_reserve(SegmentBuilder *builder, size_t len);
extern void segment_add(SegmentBuilder *builder, const BodyId *key,
						const Slice parts[N_BODY_PARTS]);
extern int	segment_count(const SegmentBuilder *builder);
extern const BodyId *segment_first(const SegmentBuilder *builder);
extern size_t segment_text_len(const SegmentBuilder *builder);
extern Slice segment_finish(SegmentBuilder *builder);

extern const char *segment_read(Slice value, Segment *segment);
extern const char *segment_open(Segment *segment, char *buffer);
extern void segment_forget_value(Segment *segment);
extern const SegmentBody *segment_find(const Segment *segment, const BodyId *key);
extern void segment_parts(const Segment *segment, const SegmentBody *body,
						  Slice parts[N_BODY_PARTS]);

#endif
