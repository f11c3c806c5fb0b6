/*
 * api_key.c
 *		Keys and secrets as PostgreSQL's values: shown, cut out, fingerprinted.
 *
 * The searches are redact.c's; the HMAC is PostgreSQL's own.
 */
#include "postgres.h"

#include <ctype.h>

#include "common/hmac.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "core/installation.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/api_key.h"
#include "policy/site_format.h"
#include "redact/key_format.h"
#include "redact/redact.h"
#include "redact/redact_own.h"
#include "redact/redact_scan.h"

StaticAssertDecl(KEY_FINGERPRINT_LEN == PG_SHA256_DIGEST_LENGTH,
				 "a fingerprint is a SHA-256 digest");

uint64		places_masked = 0;

PG_FUNCTION_INFO_V1(ogw_redact_key);
PG_FUNCTION_INFO_V1(ogw_redact);
PG_FUNCTION_INFO_V1(ogw_key_fingerprint);

static void mask(StringInfo out, Slice text, size_t *done, const RedactHit *hit);
static Slice masked(StringInfo out, Slice text, size_t done);

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

/*
 * Returns text without this key: the argument itself where it does not stand
 * there, else palloc'd.  A key too short to be one is left.
 */
Slice
mask_api_key(Slice text, Slice key)
{
	StringInfoData out = {0};
	RedactKeySearch search;
	RedactHit	hit;
	size_t		done = 0;

	if (text.data == NULL || key.len < REDACT_OWN_KEY_MIN || text.len < key.len)
		return text;
	redact_key_search(&search, text.data, text.len, key.data, key.len);
	while (redact_key_next(&search, &hit))
	{
		CHECK_FOR_INTERRUPTS();
		mask(&out, text, &done, &hit);
	}
	return masked(&out, text, done);
}

/*
 * Returns text with every secret that redact.c finds masked: the argument itself
 * where there is none, else palloc'd.  Called as the owner.
 */
Slice
mask_secrets(Slice text)
{
	StringInfoData out = {0};
	RedactScan	scan;
	RedactStep	step;
	RedactHit	hit;
	size_t		done = 0;

	if (text.data == NULL)
		return text;
	redact_scan(&scan, site_format_index(), text.data, text.len);
	while ((step = redact_scan_next(&scan, &hit)) != REDACT_END)
	{
		CHECK_FOR_INTERRUPTS();
		if (step == REDACT_FOUND)
			mask(&out, text, &done, &hit);
	}
	return masked(&out, text, done);
}

/* redact_key(text) → text, at most 32 characters; NULL for NULL. */
Datum
ogw_redact_key(PG_FUNCTION_ARGS)
{
	return slice_to_text(api_key_redact(text_to_slice(PG_GETARG_DATUM(0))));
}

/* redact(text) → text; NULL for NULL. */
Datum
ogw_redact(PG_FUNCTION_ARGS)
{
	Datum		body = PointerGetDatum(PG_GETARG_TEXT_PP(0));
	Slice		given = text_to_slice(body);
	Slice		safe;
	OwnerGuard	guard;

	owner_enter(&guard, fcinfo);
	site_format_load();
	safe = mask_secrets(given);
	owner_leave(&guard);
	if (safe.data == given.data)
		return body;
	return slice_to_text(safe);
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

/* Adds to out what stands before a hit, from *done on, and a mask for the hit. */
static void
mask(StringInfo out, Slice text, size_t *done, const RedactHit *hit)
{
	if (out->data == NULL)
		initStringInfo(out);
	appendBinaryStringInfo(out, text.data + *done, hit->start - *done);
	appendBinaryStringInfo(out, REDACT_MASK, REDACT_MASK_LEN);
	*done = hit->end;
	places_masked++;
}

/* Returns what mask() left, with the rest of the text; the text itself if nothing. */
static Slice
masked(StringInfo out, Slice text, size_t done)
{
	if (out->data == NULL)
		return text;
	appendBinaryStringInfo(out, text.data + done, text.len - done);
	return (Slice) {out->data, out->len};
}
