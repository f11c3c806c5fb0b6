/*
 * redact_fuzz.c
 *		libFuzzer's target for the scanner: its first byte chooses whether the rest
 *		is a text to scan, or a key and a text in which it is looked for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "redact/redact.h"
#include "redact/redact_own.h"
#include "sample.h"

static RedactIndex redact_index;

/*
 * Hits go forward, lie in the text and do not cut a character, and JSON stays
 * JSON.
 */
static void
scan(const char *text, size_t len)
{
	char	   *copy = exact(text, len);
	char	   *out = malloc(len * 2 + REDACT_MASK_LEN);
	size_t		out_len = mask_hits(&redact_index, copy, len, out);
	Slice		value;

	if (out_len == SIZE_MAX)
		abort();
	if (json_check((Slice) {copy, len}, &value) == JSON_OK &&
		json_check((Slice) {out, out_len}, &value) != JSON_OK)
		abort();
	free(out);
	free(copy);
}

static void *taken[8];
static int	n_taken;

/* Gives memory to a search. */
static void *
allocate(size_t bytes)
{
	return taken[n_taken++] = malloc(bytes);
}

/*
 * An entry's own key: hits go forward and lie in the text, and
 * a telling key is nowhere between them as it is.
 */
static void
search(const char *key, size_t key_len, const char *text, size_t len)
{
	RedactKeySearch search;
	char	   *copy = exact(text, len);
	char	   *bytes = exact(key, key_len);
	OwnKey	   *own = malloc(own_key_size(key_len));
	size_t		from = 0;
	RedactHit	hit;

	own_key_prepare(own, bytes, key_len);
	redact_key_search(&search, own, copy, len, allocate);
	while (redact_key_next(&search, &hit))
	{
		if (hit.start < from || hit.end <= hit.start || hit.end > len)
			abort();
		if (own_key_is_telling(own) && memmem(copy + from, hit.start - from, bytes, key_len) != NULL)
			abort();
		from = hit.end;
	}
	if (own_key_is_telling(own) && memmem(copy + from, len - from, bytes, key_len) != NULL)
		abort();
	while (n_taken > 0)
		free(taken[--n_taken]);
	free(own);
	free(bytes);
	free(copy);
}

/* What of a key may be shown, is shown of what is shown. */
static void
show(const char *key, size_t len)
{
	char	   *copy = exact(key, len);
	char		shown[64];
	size_t		kept = redact_key_prefix(copy, len);

	if (kept > 28 || (kept > 0 && len - kept < REDACT_MASK_LEN))
		abort();
	memcpy(shown, copy, kept);
	memcpy(shown + kept, REDACT_MASK, REDACT_MASK_LEN);
	if (!redact_is_redacted(shown, kept + REDACT_MASK_LEN))
		abort();
	free(copy);
}

/* Builds the index of formats, once. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void) argc;
	(void) argv;
	redact_index_build(&redact_index, &site_format, 1);
	return 0;
}

/* Scans one input, and aborts where what must hold does not. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data + 1;
	size_t		key_len;

	if (size < 1)
		return 0;
	key_len = OWN_KEY_MIN + data[0] % 32;
	if (data[0] < 192)
		scan(text, size - 1);
	else if (size - 1 > key_len)
		search(text, key_len, text + key_len, size - 1 - key_len);
	if (size > 1)
		show(text, size - 1);
	return 0;
}
