/*
 * own_key.c
 *		An entry's own key, made ready to be looked for.
 *
 * What stands for the key are a few patterns of bytes: the key as it was given; one of
 * hexadecimal digits in the other case too; and its base64 in the three alignments
 * that a text before it can give it.  Of that, a pattern has the characters that the
 * key alone determines.
 */
#include "redact/own_key.h"

#include <string.h>
#include <strings.h>

#include "redact/charset.h"
#include "redact/key_format.h"
#include "redact/redact_value.h"

/*
 * What stands where a program asks for a key and none is needed: whole words of letters,
 * of which such a value consists.
 */
static const char *const stand_in_words[] = {
	"a", "abc", "abcd", "access", "admin", "anon", "anonymous", "any", "anything", "api", "apikey", "auth", "authentication",
	"bar", "bearer", "blank", "change", "changeme", "cpp", "default", "demo", "disabled", "dummy", "empty", "example", "fake",
	"foo", "for", "free", "guest", "here", "ignore", "ignored", "insert", "is", "key", "keys", "kobold", "litellm", "llama",
	"llamacpp", "llamafile", "llm", "lm", "lmstudio", "local", "localai", "localhost", "me", "mock", "model", "my", "na",
	"necessary", "need", "needed", "nil", "no", "none", "nokey", "not", "null", "ollama", "oobabooga", "openai", "optional",
	"pass", "password", "placeholder", "private", "proj", "public", "replace", "required", "sample", "secret", "server", "sk",
	"studio", "tabby", "test", "testing", "text", "the", "this", "todo", "token", "tokens", "undefined", "unneeded",
	"unset", "unused", "use", "used", "user", "vllm", "webui", "without", "xinference", "your", NULL
};

/* A longer key of hexadecimal digits is looked for as it was given alone. */
#define MAX_HEX_KEY 128

/* The bytes that three patterns of base64 take for each three of the key, and more. */
#define BASE64_BYTES(len) ((len) * 4 / 3 + 4)

static bool is_stand_in(const char *key, size_t len);
static bool is_stand_in_part(const char *part, size_t len, bool is_short);
static bool is_number(const char *key, size_t len);
static char *add_case(OwnKey *own, char *storage, uint16_t from);
static bool is_hex_key(const char *key, size_t len);
static char *add_base64(OwnKey *own, char *storage, int alignment);
static void add_url_base64(OwnKey *own, char **storage, const KeyPattern *plain);
static void add_pairs(OwnKey *own, const KeyPattern *pattern);

/*
 * Tells whether a key is looked for in other fields: not a word such as "anonymous",
 * which would be masked where it means something else.
 */
bool
own_key_is_strong(const char *key, size_t len)
{
	return (len >= OWN_KEY_LONG ||
			(len >= OWN_KEY_MIN && value_is_drawn(&(Value) {.start = key,.end = key + len}))) &&
		!is_stand_in(key, len);
}

/*
 * Tells whether a value is given in the place of a key: words of stand_in_words alone
 * ("sk-no-key-required"), or x again and again; in a short one also what nobody draws
 * ("token-abc123").
 */
static bool
is_stand_in(const char *key, size_t len)
{
	bool		is_short = len < OWN_KEY_LONG;
	size_t		end;

	for (size_t at = 0; at < len; at = end)
	{
		uint16_t	kind = charset_of[(unsigned char) key[at]] & (LETTER | DIGIT);

		end = at + 1;
		if (kind == 0)
		{
			if (!in_charset(key[at], DASH | UNDERSCORE | DOT | BLANK | BRACKET))
				return false;
			continue;
		}
		kind = kind & DIGIT ? DIGIT : LETTER;
		while (end < len && in_charset(key[end], kind))
			end++;
		if (!is_stand_in_part(key + at, end - at, is_short))
			return false;
	}
	return true;
}

/*
 * Tells whether letters or digits are such a word, or one character again and again, or digits
 * that count up.
 */
static bool
is_stand_in_part(const char *part, size_t len, bool is_short)
{
	bool		same = true;
	bool		up = in_charset(*part, DIGIT);

	for (size_t i = 1; i < len; i++)
	{
		same &= part[i] == part[0];
		up &= part[i] == (part[i - 1] == '9' ? '0' : part[i - 1] + 1);
	}
	if (is_short ? same || up : same && (*part | 0x20) == 'x')
		return true;
	for (const char *const *word = stand_in_words; *word; word++)
		if ((*part | 0x20) == **word && strncasecmp(part, *word, len) == 0 && (*word)[len] == '\0')
			return true;
	return false;
}

/*
 * Tells whether a key is so long, or so mixed, that its bytes stand nowhere by chance,
 * also inside a longer word.  A number can be a part of another one.
 */
bool
own_key_is_telling(OwnKey *own)
{
	Value		value = {.start = own->key,.end = own->key + own->len};

	if (own->telling < 0)
		own->telling = !own->number &&
			((own->len >= OWN_KEY_TELLING && value_is_drawn(&value)) ||
			 (own->len >= OWN_KEY_LONG && value_is_random(&value)));
	return own->telling;
}

/* Returns how many leading bytes of a key may be shown. */
size_t
own_key_keep(OwnKey *own)
{
	if (own->keep == OWN_KEY_KEEP_UNKNOWN)
		own->keep = redact_key_prefix(own->key, own->len);
	return own->keep;
}

/* Tells whether a key consists of characters of a number of JSON. */
static bool
is_number(const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!in_charset(key[i], DIGIT | DASH | DOT) && key[i] != '+' && key[i] != 'e' && key[i] != 'E')
			return false;
	return true;
}

/* Returns the bytes of an OwnKey for a key of so many bytes. */
size_t
own_key_size(size_t key_len)
{
	return sizeof(OwnKey) + 2 * key_len + 6 * BASE64_BYTES(key_len);
}

/*
 * Makes a key of 1 to OWN_KEY_MAX bytes ready, in memory of own_key_size() bytes.  The
 * key stays where it is while it is looked for.
 */
void
own_key_prepare(OwnKey *own, const char *key, size_t len)
{
	char	   *storage = own->storage;

	own->key = key;
	own->len = len;
	own->telling = -1;
	own->number = is_number(key, len);
	own->keep = OWN_KEY_KEEP_UNKNOWN;
	own->pattern[0] = (KeyPattern) {.bytes = key,.len = len};
	own->n_patterns = 1;
	if (is_hex_key(key, len))
	{
		storage = add_case(own, storage, UPPER);
		storage = add_case(own, storage, LOWER);
	}
	for (int alignment = 0; alignment < 3; alignment++)
		storage = add_base64(own, storage, alignment);

	own->window = len < OWN_KEY_MAX_WINDOW ? len : OWN_KEY_MAX_WINDOW;
	memset(own->shift, (int) own->window - 1, sizeof(own->shift));
	memset(own->in_patterns, 0, sizeof(own->in_patterns));
	memset(own->begins, 0, sizeof(own->begins));
	for (int i = 0; i < own->n_patterns; i++)
	{
		const KeyPattern *pattern = &own->pattern[i];

		add_pairs(own, pattern);
		own->begins[(unsigned char) pattern->bytes[0]] |= (uint16_t) (1 << i);
		for (size_t at = 0; at < pattern->len; at++)
			own->in_patterns[(unsigned char) pattern->bytes[at]] |= (uint16_t) (1 << i);
	}
}

/*
 * Tells whether a key is written in hexadecimal digits, of which some are letters, so
 * that it says the same in either case; with dashes, as a UUID.
 */
static bool
is_hex_key(const char *key, size_t len)
{
	bool		letters = false;

	if (len < OWN_KEY_LONG || len > MAX_HEX_KEY)
		return false;
	for (size_t i = 0; i < len; i++)
	{
		if (!in_charset(key[i], HEX | DASH))
			return false;
		letters |= in_charset(key[i], LETTER);
	}
	return letters;
}

/*
 * Adds the key with its letters of one case changed to the other, where it has such;
 * returns the storage that is left.
 */
static char *
add_case(OwnKey *own, char *storage, uint16_t from)
{
	bool		changed = false;

	for (size_t i = 0; i < own->len; i++)
	{
		bool		change = in_charset(own->key[i], from);

		storage[i] = change ? (char) (own->key[i] ^ 0x20) : own->key[i];
		changed |= change;
	}
	if (!changed)
		return storage;
	own->pattern[own->n_patterns++] = (KeyPattern) {.bytes = storage,.len = own->len};
	return storage + own->len;
}

/*
 * Adds the base64 (RFC 4648) of the key behind so many bytes of a group of three, in
 * both alphabets where they differ; returns the storage that is left.
 */
static char *
add_base64(OwnKey *own, char *storage, int alignment)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *key = (const unsigned char *) own->key;
	size_t		first_bit = (size_t) (8 * alignment);	/* of the key, in the group */
	size_t		end_bit = first_bit + 8 * own->len;
	size_t		first = (first_bit + 5) / 6;
	size_t		end = end_bit / 6;
	KeyPattern *pattern = &own->pattern[own->n_patterns++];

	*pattern = (KeyPattern) {
		.bytes = storage,.len = end - first,.base64 = true,
		.half_before = first_bit % 6 != 0,.half_after = end_bit % 6 != 0
	};
	for (size_t i = first; i < end; i++)
	{
		size_t		bit = 6 * i - first_bit;
		unsigned	two = (unsigned) key[bit / 8] << 8 |
			(bit / 8 + 1 < own->len ? key[bit / 8 + 1] : 0);

		*storage++ = alphabet[two >> (10 - bit % 8) & 63];
	}
	add_url_base64(own, &storage, pattern);
	return storage;
}

/* Adds a pattern of base64 in the alphabet for URLs, where that is another one. */
static void
add_url_base64(OwnKey *own, char **storage, const KeyPattern *plain)
{
	KeyPattern *pattern;

	if (memchr(plain->bytes, '+', plain->len) == NULL &&
		memchr(plain->bytes, '/', plain->len) == NULL)
		return;
	pattern = &own->pattern[own->n_patterns++];
	*pattern = *plain;
	pattern->bytes = *storage;
	for (size_t i = 0; i < plain->len; i++)
	{
		char		c = plain->bytes[i];

		*(*storage)++ = c == '+' ? '-' : c == '/' ? '_' : c;
	}
}

/*
 * Notes for each pair of bytes of a pattern how far a search may go on from it.  A pair
 * behind the window is noted too, one short of the whole window.
 */
static void
add_pairs(OwnKey *own, const KeyPattern *pattern)
{
	for (size_t i = 0; i + 1 < pattern->len; i++)
	{
		size_t		left = i + 2 <= own->window ? own->window - 2 - i : own->window - 2;
		uint8_t    *shift = &own->shift[own_key_pair(pattern->bytes[i], pattern->bytes[i + 1])];

		if (*shift > left)
			*shift = (uint8_t) left;
	}
}
