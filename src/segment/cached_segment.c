/*
 * cached_segment.c
 *		A segment that was read and stays in memory.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "segment/cached_segment.h"
#include "segment/segment.h"

/*
 * The texts of a cached segment, in its own memory: after an error the CachedSegment itself,
 * on a stack, is gone before that memory is.
 */
typedef struct CachedTexts
{
	char	   *text;			/* NULL: they are not open, or elsewhere */
	size_t		len;			/* bytes */
	CachedSegment *cached;		/* NULL: it is not static */
	MemoryContextCallback callback;
} CachedTexts;

static void cached_segment_freed(void *arg);

/* Tells whether two rows are pieces of one segment of a team's. */
bool
same_segment(const SegmentRow *a, const SegmentRow *b)
{
	return a->since == b->since && a->pass == b->pass &&
		compare_body_ids(&a->first, &b->first) == 0;
}

/* Begins with a segment that was read into a context; its memory is freed with that. */
void
cached_segment_begin(CachedSegment *cached, MemoryContext context)
{
	CachedTexts *texts = MemoryContextAllocZero(context, sizeof(CachedTexts));

	texts->cached = cached->is_static ? cached : NULL;
	texts->callback = (MemoryContextCallback) {.func = cached_segment_freed,.arg = texts};
	MemoryContextRegisterResetCallback(context, &texts->callback);
	cached->context = context;
	cached->texts = texts;
}

/*
 * Opens the texts of a segment that was read, in its own memory, and gives back what they
 * are opened from.  Returns what is wrong with them, if anything is.
 */
const char *
cached_segment_open(CachedSegment *cached)
{
	CachedTexts *texts = cached->texts;
	const char *wrong;

	/* before they are opened, as what breaks off half way is to be wiped, too */
	if (texts->text == NULL)
	{
		texts->len = cached->segment.text_len;
		texts->text = MemoryContextAlloc(cached->context, Max(texts->len, 1));
	}
	wrong = segment_open(&cached->segment, texts->text);
	if (wrong != NULL)
		return wrong;
	segment_forget_value(&cached->segment);
	return NULL;
}

/* Frees what was read, if anything was. */
void
cached_segment_forget(CachedSegment *cached)
{
	if (cached->context != NULL)
		MemoryContextDelete(cached->context);
	cached->context = NULL;
}

/* Called before the memory of a segment is freed, whoever does that: wipes its texts. */
static void
cached_segment_freed(void *arg)
{
	CachedTexts *texts = arg;

	if (texts->text != NULL)
		explicit_bzero(texts->text, texts->len);
	if (texts->cached != NULL)
		texts->cached->context = NULL;
}
