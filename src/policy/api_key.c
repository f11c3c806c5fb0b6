/*
 * api_key.c
 *		An API key: the key itself of what was given as one, what of it is shown,
 *		and its fingerprint.
 *
 * What is shown is key_format.c's to say; the HMAC is PostgreSQL's own.
 */
#include "postgres.h"

#include "common/hmac.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "core/installation.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/api_key.h"
#include "redact/charset.h"
#include "redact/key_format.h"

StaticAssertDecl(KEY_FINGERPRINT_LEN == PG_SHA256_DIGEST_LENGTH,
				 "a fingerprint is a SHA-256 digest");

/*
 * Names of headers, and of members and parameters, in which gateways and providers
 * carry a key, but for those that begin with "x-" and end in one of last_parts; and the
 * schemes of Authorization.  In small letters, "-" for "_" too.
 */
static const char *const headers[] = {
	"authorization", "proxy-authorization", "cf-aig-authorization", "helicone-auth", "api-key",
	"apikey", "api-token", "x-apikey", "x-auth", "xi-api-key", "ocp-apim-subscription-key",
	"subscription-key", "x-bf-vk", "openai-api-key", "anthropic-api-key", "anthropic-auth-token",
	"virtual-key", "cf-access-token", "dapr-api-token", "private-token", "access-token",
	"access-key", "auth-token", "bearer-token", "secret-key", "auth", "token", "key", NULL
};
static const char *const last_parts[] = {
	"key", "apikey", "token", "auth", "authorization", "secret", "credential", NULL
};
static const char *const schemes[] = {
	"bearer", "basic", "token", "apikey", "api-key", "key", "jwt", "oauth", "oauth2", "bot", "sso-key",
	"deepl-auth-key", "geniekey", "ssws", "privatetoken", "digest", "negotiate", "hawk", NULL
};

/*
 * What is white space round a key, or a quote, and is not one byte: in UTF-8, a no-break
 * space, one of no width, a byte order mark, wide spaces, and a space of a URL; then quotes.
 */
static const char *const others_around[] = {
	"\u00a0", "\u200b", "\ufeff", "\u2003", "\u3000", "%20",
	"\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab", "\u00bb"
};
#define N_BLANKS_AROUND 6

/* The longest name of a header or scheme, and more. */
#define MAX_NAME_BEFORE_KEY 40

static Slice strip_around(Slice key);
static size_t around_len(Slice key, bool at_end);
static bool is_quote(const char *around, size_t len);
static size_t prefix_len(Slice key);
static bool is_header(const char *word, size_t len);
static bool is_one_of(const char *word, size_t len, const char *const *list);

PG_FUNCTION_INFO_V1(ogw_redact_key);
PG_FUNCTION_INFO_V1(ogw_key_fingerprint);

/*
 * Returns the key itself of what was given as one: without white space and quotes round
 * it, and without the name of a header, or a scheme, before it.  Never longer, and
 * nothing only where nothing else was given.
 */
Slice
api_key_strip(Slice key)
{
	size_t		before;

	for (key = strip_around(key); key.len > 0; key = strip_around(key))
	{
		Slice		rest;

		if ((before = prefix_len(key)) == 0)
			break;
		rest = strip_around((Slice) {key.data + before, key.len - before});
		if (rest.len == 0)
			break;
		key = rest;
	}
	return key;
}

/* Returns a key without white space and quotes round it. */
static Slice
strip_around(Slice key)
{
	size_t		n;

	while ((n = around_len(key, false)) > 0)
	{
		key.data += n;
		key.len -= n;
	}
	while ((n = around_len(key, true)) > 0)
		key.len -= n;
	return key;
}

/*
 * Returns the length of the blank, quote or mark with which a key begins, or ends, a quote
 * with the backslash before it; 0 where there is none.
 */
static size_t
around_len(Slice key, bool at_end)
{
	char		c;

	if (key.len == 0)
		return 0;
	c = key.data[at_end ? key.len - 1 : 0];
	/* bytes as Python writes them: b'...' */
	if (c == 'b' && !at_end && key.len > 3 && (key.data[1] == '"' || key.data[1] == '\'') &&
		key.data[key.len - 1] == key.data[1])
		return 2;
	if (in_charset(c, ALNUM) && c != '0')
		return 0;
	if (strchr(at_end ? ">),;" : "<(?", c) != NULL && c != '\0')
		return 1;
	if (scanner_isspace(c) || c == '\v' || c == '`')
		return 1;
	if (c == '"' || c == '\'')
		return at_end && key.len > 1 && key.data[key.len - 2] == '\\' ? 2 : 1;
	if (c == '\\' && !at_end && key.len > 1 && (key.data[1] == '"' || key.data[1] == '\''))
		return 2;
	for (int i = 0; i < lengthof(others_around); i++)
	{
		size_t		n = strlen(others_around[i]);

		if (key.len > n && memcmp(key.data + (at_end ? key.len - n : 0), others_around[i], n) == 0)
			return n;
	}
	return 0;
}

/* Tells whether what around_len() has found is a quote, and no blank. */
static bool
is_quote(const char *around, size_t len)
{
	if (len <= 2)
		return strchr("\"'`\\", around[0]) != NULL;
	for (int i = 0; i < N_BLANKS_AROUND; i++)
		if (strncmp(around, others_around[i], len) == 0)
			return false;
	return true;
}

/*
 * Returns the length of what stands before a key as a name and a colon or an equals sign,
 * or as a scheme and white space, with quotes perhaps.  0 where that is neither.
 */
static size_t
prefix_len(Slice key)
{
	size_t		word = 0;
	size_t		behind;
	size_t		n;
	bool		blank = false;

	while (word < key.len && word < MAX_NAME_BEFORE_KEY &&
		   in_charset(key.data[word], WORD_DASH))
		word++;
	for (behind = word; (n = around_len((Slice) {key.data + behind, key.len - behind}, false)) > 0; behind += n)
		blank |= !is_quote(key.data + behind, n);
	if (word == 0 || behind == key.len)
		return 0;
	if (key.data[behind] == ':' || key.data[behind] == '=')
		return is_header(key.data, word) || is_one_of(key.data, word, schemes) ? behind + 1 : 0;
	return blank && is_one_of(key.data, word, schemes) ? behind : 0;
}

/*
 * Tells whether a word is the name of a header, member or parameter that carries a key: one
 * of the list, or x-…-key, x-…-token and the like.
 */
static bool
is_header(const char *word, size_t len)
{
	size_t		last = len;

	if (is_one_of(word, len, headers))
		return true;
	while (last > 0 && word[last - 1] != '-' && word[last - 1] != '_')
		last--;
	return len > 2 && (word[0] == 'x' || word[0] == 'X') && (word[1] == '-' || word[1] == '_') &&
		is_one_of(word + last, len - last, last_parts);
}

/* Tells whether a word is in a list that ends in NULL: in any case, "_" for "-". */
static bool
is_one_of(const char *word, size_t len, const char *const *list)
{
	for (; *list != NULL; list++)
	{
		size_t		n = 0;

		while (n < len && (*list)[n] == (word[n] == '_' ? '-' : pg_ascii_tolower((unsigned char) word[n])))
			n++;
		if (n == len && (*list)[n] == '\0')
			return true;
	}
	return false;
}

/*
 * Returns a key as it may be shown: its prefix and the mask.  What is already
 * so comes back as it is.  The result is palloc'd, or the argument itself.
 */
Slice
api_key_redact(Slice key)
{
	size_t		prefix;
	char	   *shown;

	if (redact_is_redacted(key.data, key.len))
		return key;
	prefix = redact_key_prefix(key.data, key.len);
	shown = palloc(prefix + REDACT_MASK_LEN);
	memcpy(shown, key.data, prefix);
	memcpy(shown + prefix, REDACT_MASK, REDACT_MASK_LEN);
	return (Slice) {shown, prefix + REDACT_MASK_LEN};
}

/*
 * Writes the HMAC-SHA-256 (RFC 2104) of a whole key under the installation's
 * secret: KEY_FINGERPRINT_LEN bytes.  Called as the owner, with the log made.
 */
void
api_key_fingerprint(Slice key, uint8 *fingerprint)
{
	const uint8 *secret = installation_secret();
	pg_hmac_ctx *hmac = pg_hmac_create(PG_SHA256);

	if (hmac == NULL ||
		pg_hmac_init(hmac, secret, INSTALLATION_SECRET_LEN) < 0 ||
		pg_hmac_update(hmac, (const uint8 *) key.data, key.len) < 0 ||
		pg_hmac_final(hmac, fingerprint, KEY_FINGERPRINT_LEN) < 0)
	{
		pg_hmac_free(hmac);
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute the fingerprint of a key")));
	}
	pg_hmac_free(hmac);
}

/* redact_key(text) → text, at most 32 characters; NULL for NULL. */
Datum
ogw_redact_key(PG_FUNCTION_ARGS)
{
	return slice_to_text(api_key_redact(text_to_slice(PG_GETARG_DATUM(0))));
}

/*
 * key_fingerprint(text) → text: 64 hexadecimal digits; NULL for NULL.  Makes
 * the log, and so the secret, where there is none yet.
 */
Datum
ogw_key_fingerprint(PG_FUNCTION_ARGS)
{
	uint8		fingerprint[KEY_FINGERPRINT_LEN];
	char		hex[2 * KEY_FINGERPRINT_LEN];
	OwnerGuard	guard;

	owner_enter(&guard, fcinfo);
	log_ensure();
	api_key_fingerprint(api_key_strip(text_to_slice(PG_GETARG_DATUM(0))), fingerprint);
	owner_leave(&guard);
	hex_encode((char *) fingerprint, KEY_FINGERPRINT_LEN, hex);
	return slice_to_text((Slice) {hex, sizeof(hex)});
}
