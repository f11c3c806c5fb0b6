/*
 * properties.c
 *		Random texts through the parts that know nothing of PostgreSQL, under the
 *		compiler's sanitizers: what must hold for every text.
 *
 * Usage: properties [ROUNDS [SEED]]; prints what failed, with the seed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/json_escape.h"
#include "core/json_iterator.h"
#include "core/json_mend.h"
#include "core/json_pause.h"
#include "redact/redact.h"
#include "properties.h"
#include "sample.h"

/* A round of the slowest property, which decodes in every way, among so many. */
#define OWN_KEY_ONE_IN 100

static uint64_t state;
static RedactIndex redact_index;

/* Ends the program with what did not hold. */
void
fail(const char *what, const char *text, size_t len)
{
	printf("%s: %.*s\n", what, (int) len, text);
	exit(1);
}

/* Returns a random number below n (xorshift64). */
unsigned
below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned) (state % n);
}

static int	pauses;

/* What the JSON reader calls between the parts of a long text. */
static void
count_pause(void)
{
	pauses++;
}

/* A long text, of one string or of many values, can be left at each of its parts. */
static void
check_pauses(void)
{
	static char text[8 * JSON_PAUSE_BYTES + 2];
	Slice		value;
	Slice		name;
	JsonIterator members;

	json_set_pause(count_pause);
	for (int kind = 0; kind < 2; kind++)
	{
		for (size_t i = 1; i < sizeof(text) - 1; i++)
			text[i] = kind == 0 ? 'x' : i % 2 == 1 ? '1' : ',';
		text[0] = kind == 0 ? '"' : '[';
		text[sizeof(text) - 2] = kind == 0 ? 'x' : '1';
		text[sizeof(text) - 3] = kind == 0 ? 'x' : ' ';
		text[sizeof(text) - 1] = kind == 0 ? '"' : ']';
		pauses = 0;
		if (json_check((Slice) {text, sizeof(text)}, &value) != JSON_OK || pauses < 7)
			fail("a check that does not pause", text, 1);
		pauses = 0;
		(void) json_loose_end(text + kind, text + sizeof(text), kind % 2 ? 93 : 125);
		if (kind == 0 && pauses < 7)
			fail("a look for the end that does not pause", text, 1);
		if (kind == 0)
			continue;
		for (json_iterate(&members, value); json_iterator_next(&members, &name, &value);)
			;
		if (pauses < 7)
			fail("an iterator that does not pause", text, 1);
	}
	json_set_pause(NULL);
}

/* Puts random characters of an alphabet behind a text. */
size_t
put_noise(char *text, size_t len, const char *alphabet, unsigned n)
{
	while (n-- > 0)
		text[len++] = alphabet[below((unsigned) strlen(alphabet))];
	return len;
}

/* Puts a key behind a text, some of its characters escaped as JSON may. */
static size_t
put_key(char *text, size_t len, const char *key, size_t key_len)
{
	for (size_t i = 0; i < key_len; i++)
	{
		if (below(8) == 0)
			len += (size_t) sprintf(text + len, "%.*su00%02x", 1 + (int) below(3), "\\\\\\",
									(unsigned char) key[i]);
		else
		{
			if ((key[i] == '/' || key[i] == '"') && below(2))
				text[len++] = '\\';
			text[len++] = key[i];
		}
	}
	return len;
}

/* Masks the secrets of a text; fails where the hits are not as they must be. */
static size_t
cut_secrets(const char *text, size_t len, char *out)
{
	size_t		out_len = mask_hits(&redact_index, text, len, out);

	if (out_len == SIZE_MAX)
		fail("a hit out of order", text, len);
	return out_len;
}

/*
 * Secrets: hits go forward, a key's kept prefix hides enough, and JSON stays
 * JSON, at whatever depth of strings in strings the secret stands.
 */
static void
check_secrets(void)
{
	static const char *const starts[] = {
		"sk-proj-", "hf_", "AKIA", "xapp-1-", "eyJ", "SG.", "-----BEGIN RSA PRIVATE KEY-----\\n",
		"-----END RSA PRIVATE KEY-----", "sk-", "\\\"password\\\": \\\"", "api_key=", "token ", "Bearer ",
		"https://user:", "@host", ".eyJ", "mistral ", "site_", "\\u002d", "s\\u006b-", "%22", "&quot;", "%3D", "%5C", "&#58;", "password%22%3A%22", "Bearer%20", "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\n", ""
	};
	char		text[4 * MAX_TEXT];
	char		out[8 * MAX_TEXT];
	size_t		len = 0;
	size_t		out_len;
	size_t		kept;
	char	   *copy;
	Slice		value;

	text[len++] = '"';
	for (unsigned n = 1 + below(6); n > 0; n--)
	{
		const char *start = starts[below(sizeof(starts) / sizeof(starts[0]))];

		len += (size_t) sprintf(text + len, "%s", start);
		len = put_noise(text, len, "aA0-_. /bQ7+=:", below(90));
		if (below(3) == 0)
			len += (size_t) sprintf(text + len, "\\n");
	}
	text[len++] = '"';
	copy = exact(text, len);
	out_len = cut_secrets(copy, len, out);
	if (json_check((Slice) {copy, len}, &value) == JSON_OK &&
		json_check((Slice) {out, out_len}, &value) != JSON_OK)
		fail("JSON that a mask broke", text, len);
	kept = redact_key_prefix(copy + 1, len - 1);
	if (kept + REDACT_MASK_LEN > 32 || (kept > 0 && len - 1 - kept < REDACT_MASK_LEN))
		fail("a prefix that shows too much", text, len);
	free(copy);
}

/* A key of a format is found wherever a word can stand, escaped or not. */
static void
check_found(void)
{
	static const char *const before[] = {"", " ", "\"", "\\\"", "\\n", "\\\\n", "=", "%3D", "\\u0022", "("};
	char		key[64] = "sk-proj-";
	char		text[MAX_TEXT];
	char		out[2 * MAX_TEXT];
	size_t		key_len = put_noise(key, 8, "abcXYZ0189", 40);
	size_t		len = put_noise(text, 0, "ab c.,", below(50));
	size_t		out_len;
	char	   *copy;

	len += (size_t) sprintf(text + len, " %s", before[below(sizeof(before) / sizeof(before[0]))]);
	if (below(2))
		len = put_key(text, len, key, key_len);
	else
		len += (size_t) sprintf(text + len, "%.*s", (int) key_len, key);
	len += (size_t) sprintf(text + len, "\" and so on");
	copy = exact(text, len);
	out_len = cut_secrets(copy, len, out);
	if (memmem(out, out_len, " and so on", 10) == NULL)
		fail("more than the key is gone", text, len);
	for (size_t i = 8; i + 8 <= key_len; i++)
		if (memmem(out, out_len, key + i, 8) != NULL)
			fail("a piece of a key is left", text, len);
	free(copy);
}

/* JSON: what is accepted can be read to its end, and unescaping never grows. */
static void
check_json(void)
{
	char		text[MAX_TEXT];
	char		plain[MAX_TEXT];
	size_t		len = put_noise(text, 0, "[]{}:,\"\"\\un0e1-. tfals", 1 + below(40));
	char	   *copy = exact(text, len);
	Slice		value;
	Slice		name;
	Slice		member;
	JsonIterator iterator;

	(void) json_loose_end(copy, copy + len, ']');
	(void) json_loose_end(copy, copy + len, '}');
	if (json_check((Slice) {copy, len}, &value) == JSON_OK)
	{
		if (json_kind(value) == JSON_KIND_OBJECT || json_kind(value) == JSON_KIND_ARRAY)
		{
			for (json_iterate(&iterator, value); json_iterator_next(&iterator, &name, &member);)
				if (json_check(member, &member) != JSON_OK)
					fail("a member that is not JSON", text, len);
			if (json_skip_space(iterator.p, iterator.end) != iterator.end)
				fail("an iteration that stops early", text, len);
		}
		else if (json_kind(value) == JSON_KIND_STRING)
		{
			Slice		content = json_string_content(value);

			if (json_unescape(plain, content.data, content.len) > content.len)
				fail("a string that grew", text, len);
		}
	}
	free(copy);
}

/* JSON as PostgreSQL reads it: JSON again, as long as was told, and nothing more to mend in it. */
static void
check_mend(void)
{
	static const char *const pieces[] = {"\\u0000", "\\ud83d", "\\uDE00", "\\n", "\\\\", "\\\"", "u0000", "a", "1e99999"};
	static const char *const numbers[] = {"0", "-1.5e3", "1e131000", "1E+131001", "-0.1e-99999", "1e-16383", "1e-16384"};
	char		text[MAX_TEXT];
	char		mended[MAX_TEXT];
	size_t		len;
	size_t		mended_len;
	char	   *copy;
	Slice		value;
	bool		changed;
	bool		again;

	len = (size_t) sprintf(text, "[");
	for (unsigned i = below(4); i > 0; i--)
	{
		len += (size_t) sprintf(text + len, "\"");
		for (unsigned j = below(8); j > 0; j--)
			len += (size_t) sprintf(text + len, "%s", pieces[below(sizeof(pieces) / sizeof(pieces[0]))]);
		len += (size_t) sprintf(text + len, "\", ");
	}
	len += (size_t) sprintf(text + len, "%s]", numbers[below(sizeof(numbers) / sizeof(numbers[0]))]);
	copy = exact(text, len);
	if (json_check((Slice) {copy, len}, &value) != JSON_OK)
		fail("a text that was to be JSON", text, len);
	mended_len = json_mend(NULL, value, &changed);
	if (json_mend(mended, value, &again) != mended_len || again != changed)
		fail("another length than was told", text, len);
	if (!changed && (mended_len != len || memcmp(mended, copy, len) != 0))
		fail("a change that is not told", text, len);
	if (json_check((Slice) {mended, mended_len}, &value) != JSON_OK)
		fail("mended JSON that is none", text, len);
	(void) json_mend(NULL, value, &again);
	if (again)
		fail("something left to mend", text, len);
	for (size_t i = 0; i < mended_len; i++)
	{
		char		denoted[4];
		size_t		denoted_len;
		size_t		read = mended[i] == '\\' ? json_read_escape(mended + i, mended + mended_len, denoted, &denoted_len) : 1;

		if (read == 0)
			fail("an escape that no text holds", text, len);
		i += read - 1;
	}
	free(copy);
}

/* As many formats as a site may have find room beside the published ones. */
static void
check_formats_fit(void)
{
	KeyFormat	most[REDACT_MAX_SITE_FORMATS];

	for (int i = 0; i < REDACT_MAX_SITE_FORMATS; i++)
		most[i] = site_format;
	redact_index_build(&redact_index, most, REDACT_MAX_SITE_FORMATS);
	if (redact_index.n_anchors >= REDACT_MAX_ANCHORS)
		fail("no room for all formats", "", 0);
}

/* Checks all properties for so many random texts; the same seed gives the same. */
int
main(int argc, char **argv)
{
	long		rounds = argc > 1 ? atol(argv[1]) : 100000;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 88172645463325252ULL;
	check_formats_fit();
	redact_index_build(&redact_index, &site_format, 1);
	check_pauses();
	for (long i = 0; i < rounds; i++)
	{
		if (i % OWN_KEY_ONE_IN == 0)
		{
			check_own_key();
			check_token_key();
			check_weak_key();
		}
		check_secrets();
		check_found();
		check_json();
		check_mend();
	}
	printf("%ld rounds held\n", rounds);
	return 0;
}
