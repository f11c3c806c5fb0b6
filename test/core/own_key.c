/*
 * own_key.c
 *		An entry's own key, from the key's side: random keys, spelled in random ways,
 *		are nowhere in what is left, for a reader that decodes it in every way.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "properties.h"
#include "redact/redact_own.h"
#include "sample.h"
#include "spell.h"

/* Fails where some bytes can be read in a text, through so many more layers. */
static void
check_gone(const Text *text, const char *data, size_t len, int layers, const Text *given)
{
	static Text decoded[MAX_LAYERS];

	if (memmem(text->data, text->len, data, len) != NULL || in_base64(text, data, len))
	{
		printf("key: %.*s\nleft: %.*s\n", (int) len, data, (int) text->len, text->data);
		fail("a key is left", given->data, given->len);
	}
	for (Layer layer = 0; layers > 0 && layer < N_LAYERS; layer++)
		if (decode(&decoded[layers - 1], text, layer))
			check_gone(&decoded[layers - 1], data, len, layers - 1, given);
}

/* Makes a key ready in memory of its own. */
static OwnKey *
prepare(const char *key, size_t len)
{
	OwnKey	   *own = malloc(own_key_size(len));

	memset(own, (int) below(256), own_key_size(len));
	own_key_prepare(own, key, len);
	return own;
}

static void *taken[8];
static int	n_taken;

/* Gives memory to a search. */
static void *
allocate(size_t bytes)
{
	void	   *memory = malloc(bytes);

	memset(memory, (int) below(256), bytes);
	return taken[n_taken++] = memory;
}

/* Cuts a key out of a text; checks each hit on the way, and returns how many. */
static int
cut_key(const Text *text, const char *key, size_t key_len, Text *out)
{
	RedactKeySearch search;
	RedactHit	hit;
	OwnKey	   *own = prepare(key, key_len);
	char	   *copy = exact(text->data, text->len);
	size_t		from = 0;
	int			n = 0;

	out->len = 0;
	memset(&search, (int) below(256), sizeof(search));
	redact_key_search(&search, own, copy, text->len, allocate);
	while (redact_key_next(&search, &hit))
	{
		if (hit.start < from || hit.end <= hit.start || hit.end > text->len ||
			inside_character(copy, text->len, hit.start) || inside_character(copy, text->len, hit.end))
			fail("a hit out of order", text->data, text->len);
		put(out, copy + from, hit.start - from);
		put_string(out, "****");
		from = hit.end;
		n++;
	}
	put(out, copy + from, text->len - from);
	if (redact_key_gave_up(&search))
		fail("more work than a text may take", text->data, text->len);
	while (n_taken > 0)
		free(taken[--n_taken]);
	free(own);
	free(copy);
	return n;
}

/* Makes a random key of at least 16 bytes. */
static size_t
random_key(char *key)
{
	static const char *const others[] = {"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\\n", "%41", "&amp;", "\\\"", "\\u0041"};
	static const char *const alphabets[] = {
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=",
		"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \n\tabcd0123",
		"ab0u\\/\"61d2-_%&;#x", "0123456789abcdef", "aab"
	};
	const char *alphabet = alphabets[below(6)];
	size_t		least = 16 + below(20);
	size_t		len = below(4) ? 0 : (size_t) sprintf(key, "sk-proj-");

	while (len < least)
		if (below(12) == 0 && alphabet[0] != '0')
			len += (size_t) sprintf(key + len, "%s", others[below(8)]);
		else
			len = put_noise(key, len, alphabet, 1);
	return len;
}

/* Puts a key into a text, as it is or in base64, with what may stand around it. */
static void
put_around(Text *text, const char *key, size_t key_len)
{
	static const char *const around[] = {" ", "\"", "=", "\n", ": ", "(", "'", ",", "\xc3\xbc "};
	const char *edge = around[below(9)];

	text->len = 0;
	put_string(text, edge);
	if (below(3) == 0)
	{
		char		plain[256];
		size_t		len = put_noise(plain, 0, "ab:/{\xc3", below(7));

		memcpy(plain + len, key, key_len);
		len = put_noise(plain, len + key_len, "ab:/}\xc3", below(5));
		put_base64(text, plain, len, below(2), below(2));
	}
	else
		put(text, key, key_len);
	put_string(text, edge);
}

/*
 * An entry's own key is nowhere in what is left of a text, in which it stood with up to
 * three layers of spelling, each of which spells what it must, and more or less of the
 * rest, and in a string of a document; JSON stays JSON, and a second cut finds nothing.
 */
void
check_own_key(void)
{
	static Text text[2];
	static Text given;
	static Text out;
	static Text again;
	char		key[128];
	size_t		key_len = random_key(key);
	size_t		keep = redact_key_prefix(key, key_len);
	int			now = 0;
	bool		json = false;
	Slice		value;

	put_around(&text[0], key, key_len);
	for (unsigned layers = below(MAX_LAYERS); layers > 0; layers--, now ^= 1)
	{
		Layer		layer = below(N_LAYERS);

		json = layer == LAYER_JSON;
		encode(&text[now ^ 1], &text[now], layer, below(4) ? 2 + below(12) : 1);
	}
	given.len = 0;
	if (below(3) == 0)
	{
		/* in a string of a document */
		encode(&text[now ^ 1], &text[now], LAYER_JSON, 1000);
		now ^= 1;
		json = true;
	}
	if (json)
		put_string(&given, "{\"a\":\"line\\n");
	else
		given.len = put_noise(given.data, 0, "ab0u /\"61d2-_", below(60));
	put(&given, text[now].data, text[now].len);
	put_string(&given, json ? "\\u00e9\",\"b\":[1]}" : " and so on");
	if (cut_key(&given, key, key_len, &out) == 0)
	{
		printf("key: %.*s\n", (int) key_len, key);
		fail("a key was not found", given.data, given.len);
	}
	check_gone(&out, key + keep, key_len - keep, MAX_LAYERS, &given);
	if (json && (json_check((Slice) {given.data, given.len}, &value) != JSON_OK ||
				 json_check((Slice) {out.data, out.len}, &value) != JSON_OK))
		fail("JSON that a mask broke", given.data, given.len);
	if (!json && memmem(out.data, out.len, "and so on", 9) == NULL)
		fail("more than the key is gone", given.data, given.len);
	if (keep == 0 && cut_key(&out, key, key_len, &again) != 0)
		fail("a second cut finds a key", given.data, given.len);
}

/*
 * A key of words, and one that is a number, is cut where it is a token of its own, and
 * nowhere inside a longer word or number, not even where it is long.
 */
void
check_token_key(void)
{
	static const char *const keys[] = {
		"internal-service", "the-internal-service-of-the-batch-jobs", "12345678901234567", "98765432109876543210987654321098765432109"
	};
	static const char *const borders[] = {"", " ", "\n", "\"", "/", "=", ":", "-", "_", "\xc3\xbc", ". ", ".x"};
	static const char *const more[] = {"a", "Z", "7", "xn", "7."};
	const char *key = keys[below(4)];
	bool		number = *key <= '9';
	int			inside = (int) below(3);	/* 0: it stands alone; 1: more before it; 2: more behind it */
	const char *word = more[below(number ? 5 : 4)];
	static Text given;
	static Text out;

	given.len = 0;
	put_string(&given, inside == 1 ? word : borders[below(10)]);
	put_string(&given, key);
	if (inside == 2 && strcmp(word, "7.") == 0)
		word = ".7";
	put_string(&given, inside == 2 ? word : borders[below(12)]);
	if (cut_key(&given, key, strlen(key), &out) != (inside == 0))
		fail(inside ? "a part of a word or number is gone" : "a token is left", given.data, given.len);
}

/* A key that could be a word is none, and what is not a key's is left as it is. */
void
check_weak_key(void)
{
	static const char *const words[] = {
		"lm-studio", "not-needed", "anonymous", "token-abc123", "dummy", "00000000", "1234567890", "EMPTY", "none", "sk-12345678",
		"sk-no-key-required", "your-api-key-here", "no_api_key_needed", "sk-1234", "abc12345", "xxxxxxxxxxxxxxxxxxxx", "<your api key>",
		"llamafile-no-auth", "test-key-123", "SK-DUMMY-1", "ollama12345"
	};
	static Text given;
	static Text out;
	const char *word = words[below(sizeof(words) / sizeof(words[0]))];
	char		key[128];

	if (own_key_is_strong(word, strlen(word)))
		fail("a word that is taken for a key", word, strlen(word));
	given.len = put_noise(given.data, 0, "ab0u\\/\"61d2-_%&;#x", below(400));
	if (cut_key(&given, key, random_key(key), &out) != 0 &&
		memmem(given.data, given.len, key, 1) == NULL)
		fail("something else is gone", given.data, given.len);
}
