/*
 * api_key.c
 *		An API key: the key itself of what was given as one, what of it is shown,
 *		and its fingerprint.
 *
 * What is shown is key_format.c's to say; the HMAC is PostgreSQL's own.
 */
#include "postgres.h"

#include <ctype.h>

#include "common/hmac.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "core/installation.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/api_key.h"
#include "redact/key_format.h"

StaticAssertDecl(KEY_FINGERPRINT_LEN == PG_SHA256_DIGEST_LENGTH,
				 "a fingerprint is a SHA-256 digest");

PG_FUNCTION_INFO_V1(ogw_redact_key);
PG_FUNCTION_INFO_V1(ogw_key_fingerprint);

/*
 * Returns the key itself of what was given as one: without white space or
 * quotes round it, and without what stands before it where it is a whole header.
 */
Slice
api_key_strip(Slice key)
{
	static const char *const before[] = {"authorization:", "x-api-key:", "bearer", "basic", "token"};

#define IS_AROUND(c) (isspace((unsigned char) (c)) || (c) == '"' || (c) == '\'')
	while (key.len > 0 && IS_AROUND(key.data[key.len - 1]))
		key.len--;
	for (int i = -1; i < (int) lengthof(before); i++)
	{
		size_t		n = (i < 0) ? 0 : strlen(before[i]);

		if (n > 0 && !(key.len > n && pg_strncasecmp(key.data, before[i], n) == 0 &&
					   (before[i][n - 1] == ':' || isspace((unsigned char) key.data[n]))))
			continue;
		for (key.data += n, key.len -= n; key.len > 0 && IS_AROUND(key.data[0]);)
			key.data++, key.len--;
	}
#undef IS_AROUND
	return key;
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
