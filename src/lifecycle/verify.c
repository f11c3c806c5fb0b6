/*
 * verify.c
 *		Checking that stored bodies can be read.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "core/compat.h"
#include "core/slice.h"
#include "segment/body.h"
#include "segment/segment.h"

PG_FUNCTION_INFO_V1(ogw_body_problem);
PG_FUNCTION_INFO_V1(ogw_segment_problem);

static void wipe(char *text, size_t len);
static Datum problem_of(const char *wrong, FunctionCallInfo fcinfo);

/*
 * body_problem(content) → text: what is wrong with an unsealed body, its chunks put
 * together; NULL where it can be read.  STRICT.
 */
Datum
ogw_body_problem(PG_FUNCTION_ARGS)
{
	bytea	   *given = PG_GETARG_BYTEA_PP(0);
	Slice		frame = {VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)};
	Slice		content;
	Slice		parts[N_BODY_PARTS];
	const char *wrong = body_open(frame, CurrentMemoryContext, &content, parts);

	if (wrong == NULL)
		wipe((char *) content.data, content.len);
	return problem_of(wrong, fcinfo);
}

/* segment_problem(content) → text: the same of a segment.  STRICT. */
Datum
ogw_segment_problem(PG_FUNCTION_ARGS)
{
	bytea	   *given = PG_GETARG_BYTEA_PP(0);
	Segment		segment;
	const char *wrong = segment_read((Slice) {VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)}, &segment);

	if (wrong == NULL)
	{
		char	   *text = palloc(Max(segment.text_len, 1));

		wrong = segment_open(&segment, text);
		wipe(text, segment.text_len);
	}
	return problem_of(wrong, fcinfo);
}

/* Frees a text that was opened, and leaves nothing of it. */
static void
wipe(char *text, size_t len)
{
	explicit_bzero(text, len);
	pfree(text);
}

/* Returns what is wrong as a text; NULL where nothing is. */
static Datum
problem_of(const char *wrong, FunctionCallInfo fcinfo)
{
	if (wrong == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(wrong));
}
