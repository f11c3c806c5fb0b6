/*
 * message_hash.c
 *		Which turns of a request were in the request before it, or in its answer.
 *
 * Clients send the conversation so far with each request.  A turn is compared by what
 * messages() tells of it, so it is the same in an answer and where it is sent again, in a
 * string or in parts.  Reasoning is left out, for clients do not send all of it again.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "core/json.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_hash.h"

/* Turns that are known at the most; those behind them pass for new where they come again. */
#define MAX_KNOWN_TURNS (1024 * 1024)

static uint64 hash_text(uint64 hash, Slice text);
static uint64 hash_without_space(uint64 hash, Slice text);
static int	compare_turns(const void *a, const void *b);

/* Returns the hash of a turn that has no part yet. */
uint64
turn_hash_begin(Slice role)
{
	return hash_text(0, role);
}

/* Adds a part to the hash of a turn. */
uint64
turn_hash_part(uint64 hash, const MessagePart *part)
{
	Slice		values[] = {part->name, part->call_id};
	Slice		text;

	if (part->kind == MESSAGE_REASONING)
		return hash;
	hash = hash_combine64(hash, part->kind);
	text = part_text(part->text, part->is_plain);
	hash = hash_text(hash, text);
	if (text.data != NULL && text.data != part->text.data)
		pfree((char *) text.data);
	for (int i = 0; i < lengthof(values); i++)
		if (values[i].data != NULL)
			hash = hash_text(hash, values[i]);
	if (part->arguments.data != NULL)
	{
		text = part_text(part->arguments, false);
		hash = hash_without_space(hash, text);
		if (text.data != part->arguments.data)
			pfree((char *) text.data);
	}
	return part->media.data != NULL ? hash_text(hash, part->media) : hash;
}

/*
 * Returns what a value of JSON stands for: what a string denotes (palloc'd), and the text
 * of anything else, or one that is plain, as it is.
 */
Slice
part_text(Slice value, bool is_plain)
{
	Slice		content;
	char	   *text;

	if (value.data == NULL || is_plain || json_kind(value) != JSON_KIND_STRING)
		return value;
	content = json_string_content(value);
	text = palloc(content.len + 1);
	return (Slice) {text, json_unescape(text, content.data, content.len)};
}

/* Adds the hash of a turn to those that are known. */
void
known_turns_add(KnownTurns *known, uint64 hash)
{
	if (known->n == MAX_KNOWN_TURNS)
		return;
	if (known->n == known->capacity)
	{
		known->capacity = Max(64, known->capacity * 2);
		known->turns = known->turns == NULL ? palloc(sizeof(KnownTurn) * known->capacity) :
			repalloc(known->turns, sizeof(KnownTurn) * known->capacity);
	}
	known->turns[known->n++] = (KnownTurn) {.hash = hash, .n = 1};
}

/* Puts what is known in order; after that nothing is added. */
void
known_turns_sort(KnownTurns *known)
{
	int64		n = 0;

	if (known->n == 0)
		return;
	qsort(known->turns, known->n, sizeof(KnownTurn), compare_turns);
	for (int64 i = 1; i < known->n; i++)
		if (known->turns[i].hash == known->turns[n].hash)
			known->turns[n].n++;
		else
			known->turns[++n] = known->turns[i];
	known->n = n + 1;
}

/* Tells whether a turn is known, and was not met as often as it was there. */
bool
known_turns_meet(KnownTurns *known, uint64 hash)
{
	KnownTurn	sought = {.hash = hash};
	KnownTurn  *found;

	if (known->n == 0)
		return false;
	found = bsearch(&sought, known->turns, known->n, sizeof(KnownTurn), compare_turns);
	return found != NULL && found->n-- > 0;
}

/* Adds a text to a hash. */
static uint64
hash_text(uint64 hash, Slice text)
{
	return hash_combine64(hash, hash_bytes_extended((const unsigned char *) text.data, (int) text.len, 0));
}

/* The same, leaving out what arguments differ in that are written anew. */
static uint64
hash_without_space(uint64 hash, Slice text)
{
	char		dense[1024];
	size_t		n = 0;

	for (size_t i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			continue;
		dense[n++] = c;
		if (n < sizeof(dense))
			continue;
		hash = hash_text(hash, (Slice) {dense, n});
		n = 0;
	}
	return hash_text(hash, (Slice) {dense, n});
}

/* Compares two turns by their hashes. */
static int
compare_turns(const void *a, const void *b)
{
	uint64		left = ((const KnownTurn *) a)->hash;
	uint64		right = ((const KnownTurn *) b)->hash;

	return (left > right) - (left < right);
}
