/*
 * batch_text.c
 *		Reading the entries of a batch from JSON: from an array, from JSON Lines, or from
 *		objects behind each other, one of them or many.
 *
 * A text that begins with a bracket is an array.  Any other is read line by line: a line
 * has one object or several, and an object may go over several lines.  So is what stands
 * behind the end of an array.
 *
 * The text is read where it is.  Of bytes that may be no UTF-8 each element is looked at
 * alone, and copied where it has to be repaired.  Where an element ends is told by bytes
 * of ASCII, which are in no other character of UTF-8 and in no repair.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_iterator.h"
#include "core/json_python.h"
#include "core/slice.h"
#include "core/utf8.h"
#include "entry/entry.h"
#include "ingest/batch.h"
#include "ingest/batch_text.h"
#include "ingest/batch_write.h"

/*
 * The bytes that may be looked at in vain for the end of what does not end in its line;
 * so many times the text where that is more.  Then nothing goes over a line any more: a
 * text of lines that all begin a bracket would be read again for each of them.
 */
#define SEARCH_BYTES (256 * 1024 * 1024)
#define SEARCH_TIMES 4

/* What stands for a byte that is not text: U+FFFD. */
#define REPLACEMENT_CHARACTER "\xEF\xBF\xBD"

/* A text of entries that is being read. */
typedef struct BatchText
{
	Batch	   *batch;
	const char *end;
	const char *line_end;		/* of the line that was read last: a newline or the end */
	bool		may_be_invalid;	/* it may be no UTF-8, or have zero bytes */
	size_t		search_bytes;	/* that are left to look for what goes over a line */
} BatchText;

static const char *skip_blank(const char *p, const char *end);
static const char *add_array(BatchText *text, const char *p, const char *end);
static const char *add_value(BatchText *text, const char *p);
static const char *value_end(BatchText *text, const char *p, JsonStatus *status);
static const char *repaired_end(BatchText *text, const char *p, JsonStatus *status);
static bool is_json_of_python(Slice text);
static void add_part(BatchText *text, const char *p, const char *end, JsonStatus status);
static void add_unchecked(BatchText *text, Slice part);
static Slice repaired(const BatchText *text, Slice part);
static void add_element(Batch *batch, Slice element, JsonStatus status, bool is_repaired);
static void reject(Batch *batch, Reason reason);

/*
 * Adds the entries of a text; of one that may be invalid, as bytes may be, what is no UTF-8
 * and each zero byte becomes U+FFFD.  What is no entry is refused alone.
 */
void
batch_add_text(Batch *batch, Slice entries, bool may_be_invalid)
{
	BatchText	text = {
		.batch = batch, .end = entries.data + entries.len, .line_end = entries.data, .may_be_invalid = may_be_invalid,
		.search_bytes = Max(SEARCH_BYTES, entries.len * SEARCH_TIMES)
	};
	const char *p = skip_blank(entries.data, text.end);

	if (p < text.end && *p == '[')
		p = skip_blank(add_array(&text, p, text.end), text.end);
	while (p < text.end)
	{
		CHECK_FOR_INTERRUPTS();
		p = skip_blank(add_value(&text, p), text.end);
	}
}

/* Adds the elements of an array, or another value as an entry. */
void
batch_add_jsonb(Batch *batch, Jsonb *value)
{
	JsonbIterator *iterator;
	JsonbValue	element;
	JsonbIteratorToken token;

	if (JB_ROOT_IS_OBJECT(value))
	{
		char	   *object = JsonbToCString(NULL, &value->root, VARSIZE(value));

		batch_add_text(batch, (Slice) {object, strlen(object)}, false);
		return;
	}
	iterator = JsonbIteratorInit(&value->root);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token != WJB_ELEM)
			continue;
		if (element.type == jbvBinary)
		{
			BatchText	text = {.batch = batch};
			char	   *json = JsonbToCString(NULL, element.val.binary.data, element.val.binary.len);

			add_unchecked(&text, (Slice) {json, strlen(json)});
			pfree(json);
		}
		else
			reject(batch, REASON_NOT_AN_OBJECT);
	}
}

/*
 * Returns the first byte at or behind p that is no white space, no byte order mark and no
 * zero byte, which a program can have at the end of its strings.
 */
static const char *
skip_blank(const char *p, const char *end)
{
	for (;;)
	{
		p = json_skip_space(p, end);
		if (p < end && *p == '\0')
			p++;
		else if (end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
			p += 3;
		else
			return p;
	}
}

/*
 * Adds the elements of the array whose bracket is at p, and returns the byte behind it.
 * Where it does not end, what is left counts as one element that is no JSON, also where
 * nothing is.
 */
static const char *
add_array(BatchText *text, const char *p, const char *end)
{
	bool		more;

	p = json_skip_space(p + 1, end);
	more = (p >= end || *p != ']');
	while (more)
	{
		const char *after;
		const char *stop = end;
		JsonStatus	status = json_check_value(p, end, &after);

		CHECK_FOR_INTERRUPTS();
		if (status == JSON_OK)
			stop = json_skip_space(after, end);
		if (status == JSON_OK && (stop == end || *stop == ',' || *stop == ']'))
		{
			add_part(text, p, after, status);
			if (stop == end)
				reject(text->batch, REASON_INVALID_JSON);
		}
		else
		{
			/* not valid, or not all of the element: look where it ends */
			stop = json_loose_end(p, end, ']');
			if (stop == NULL)
				stop = end;
			add_unchecked(text, (Slice) {p, stop - p});
		}
		if (stop == end)
			return end;
		more = (*stop == ',');
		p = more ? json_skip_space(stop + 1, end) : stop;
	}
	return p + 1;
}

/*
 * Adds the value that starts at p, outside of an array, and returns the byte behind it and
 * behind a comma there.  Where it does not end, or is none, that is what is left of its
 * line, which is refused.  Of an array its elements are added.
 */
static const char *
add_value(BatchText *text, const char *p)
{
	const char *after;
	JsonStatus	status;

	if (p >= text->line_end)
	{
		const char *newline = memchr(p, '\n', text->end - p);

		text->line_end = newline != NULL ? newline : text->end;
	}
	after = value_end(text, p, &status);
	if (after == NULL)
	{
		add_unchecked(text, (Slice) {p, text->line_end - p});
		return text->line_end;
	}
	if (*p == '[')
		(void) add_array(text, p, after);
	else
		add_part(text, p, after, status);
	after = json_skip_space(after, text->end);
	return after < text->end && *after == ',' ? after + 1 : after;
}

/*
 * Returns the byte behind the value that starts at p, and in *status whether it has been
 * found to be JSON, or NULL.  First it is looked for in its line; what is no JSON there
 * ends with its bracket, so that it is refused alone.  Then it may go over lines, but only
 * as JSON: an object that breaks off must not take those behind it along.
 */
static const char *
value_end(BatchText *text, const char *p, JsonStatus *status)
{
	const char *line_end = text->line_end;
	const char *after;

	*status = json_check_value(p, line_end, &after);
	if (*status == JSON_OK)
		return after;
	after = json_bracketed_end(p, line_end);
	if (after != NULL || line_end == text->end || (*p != '{' && *p != '['))
		return after;
	if (text->search_bytes < text->end - p)
		return NULL;
	*status = json_check_value(p, text->end, &after);
	if (*status == JSON_OK)
		return after;
	text->search_bytes -= text->end - p;
	return repaired_end(text, p, status);
}

/*
 * Does the same for a value that goes over lines and is no JSON as it is: where it is nested
 * too deep, or becomes JSON by a repair, or as what a program in Python wrote.
 */
static const char *
repaired_end(BatchText *text, const char *p, JsonStatus *status)
{
	const char *after = json_bracketed_end(p, text->end);
	Slice		element;
	Slice		copy;
	bool		is_json;

	if (after == NULL || *status == JSON_TOO_DEEP)
		return after;
	copy = repaired(text, (Slice) {p, after - p});
	is_json = json_check(copy, &element) == JSON_OK || is_json_of_python(copy);
	if (copy.data != p)
		pfree((char *) copy.data);
	return is_json ? after : NULL;
}

/* Tells whether a text becomes JSON where Python's words in it become JSON's. */
static bool
is_json_of_python(Slice text)
{
	char	   *json = palloc_extended(JSON_OF_PYTHON_BYTES(text.len), MCXT_ALLOC_HUGE);
	bool		no_number = false;
	Slice		value = {json, json_of_python(json, text, &no_number)};
	bool		is_json = json_check(value, &value) == JSON_OK;

	pfree(json);
	return is_json;
}

/* Adds a part of the text of which json_check_value() has said what it is. */
static void
add_part(BatchText *text, const char *p, const char *end, JsonStatus status)
{
	Slice		part = {p, end - p};

	if (status == JSON_OK && (!text->may_be_invalid || utf8_is_valid(part)))
		add_element(text->batch, part, status, false);
	else
		add_unchecked(text, part);
}

/* Adds a part of the text that may be anything, repaired where it is no text. */
static void
add_unchecked(BatchText *text, Slice part)
{
	MemoryContext old = MemoryContextSwitchTo(text->batch->entry_context);
	Slice		element = repaired(text, part);
	bool		is_repaired = element.data != part.data;
	JsonStatus	status = json_check(element, &element);

	MemoryContextSwitchTo(old);
	add_element(text->batch, element, status, is_repaired);
}

/*
 * Returns a part of the text as it is where it is UTF-8, else a palloc'd copy that is
 * repaired.  Where U+FFFD would make that longer than PostgreSQL's values can be, a
 * question mark stands for it.
 */
static Slice
repaired(const BatchText *text, Slice part)
{
	Slice		mark = {REPLACEMENT_CHARACTER, strlen(REPLACEMENT_CHARACTER)};
	size_t		len;
	char	   *copy;

	if (!text->may_be_invalid || utf8_is_valid(part))
		return part;
	len = utf8_repair(NULL, part, mark);
	if (len > MaxAllocSize)
	{
		mark = (Slice) {"?", 1};
		len = utf8_repair(NULL, part, mark);
	}
	copy = palloc_extended(len, MCXT_ALLOC_HUGE);
	utf8_repair(copy, part, mark);
	return (Slice) {copy, len};
}

/*
 * Adds an element that has been checked, and of which we know whether it had to be repaired.
 * It may be in the batch's entry_context, which is emptied.
 */
static void
add_element(Batch *batch, Slice element, JsonStatus status, bool is_repaired)
{
	MemoryContext old = CurrentMemoryContext;
	GivenEntry	given = {0};
	Rejection	why = {FIELD_NONE, REASON_NONE};

	if (batch_is_full(batch))
		batch_flush(batch, false);
	MemoryContextSwitchTo(batch->entry_context);
	why.reason = status == JSON_OK ? entry_given_json(&given, element) : entry_given_broken(&given, element);
	if (is_repaired)
		defect_add(&given.defects, FIELD_NONE, REASON_INVALID_UTF8);
	MemoryContextSwitchTo(old);
	if (why.reason == REASON_NONE)
		(void) batch_add(batch, &given, &why);
	else
		reject(batch, why.reason);
}

/* Notes an element that is refused as a whole, and empties the batch's entry_context. */
static void
reject(Batch *batch, Reason reason)
{
	Slice		nobody = {NULL, 0};

	if (batch_is_full(batch))
		batch_flush(batch, false);
	batch_reject(batch, nobody, nobody, (Rejection) {FIELD_NONE, reason});
	MemoryContextReset(batch->entry_context);
}
