/*
 * stored_id.c
 *		What an id is stored as: as it was given, unless it is too long or holds a secret.
 *
 * Then it is what may be shown of it, its secrets masked and cut to its first bytes, and
 * behind that "~" and a keyed hash of the whole.  So ids that are equal stay equal,
 * different ones stay different, and who has the log cannot try out secrets on it.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/api_key.h"
#include "policy/mask.h"
#include "policy/stored_id.h"
#include "redact/charset.h"
#include "redact/redact_scan.h"

/* What stands before the hash, and the hash's bytes: 128 bits of HMAC-SHA-256. */
#define HASH_MARK '~'
#define ID_HASH_BYTES 16
#define HASH_LEN (1 + 2 * ID_HASH_BYTES)

static bool has_hash(Slice id);

/*
 * Returns what an id is stored as: the argument, or palloc'd.  key is the entry's own, or
 * NULL.  Adds to n_masked, where that is not NULL, in how many places a secret was.
 * Called as the owner, with the log made and the site's formats loaded.
 */
Slice
stored_id(Slice id, EntryKey *key, int64 *n_masked)
{
	Slice		shown = id;

	if (key != NULL)
		shown = mask_api_key(shown, key, n_masked);
	shown = mask_secrets(shown, n_masked);
	if (shown.data == id.data && id.len <= MAX_ID_BYTES)
		return id;
	return id_with_hash(shown, id);
}

/*
 * Returns what another short text is stored as, such as a model: its secrets are masked,
 * and only one that is too long has the hash.  The rest is as for an id.
 */
Slice
stored_text(Slice text, EntryKey *key, int64 *n_masked)
{
	Slice		shown = text;

	if (key != NULL)
		shown = mask_api_key(shown, key, n_masked);
	shown = mask_secrets(shown, n_masked);
	return shown.len <= MAX_ID_BYTES ? shown : id_with_hash(shown, text);
}

/* Returns what such a text that somebody looks for was stored as. */
Slice
sought_text(Slice text)
{
	if (text.data == NULL || (text.len <= MAX_ID_BYTES && has_hash(text)))
		return text;
	return stored_text(text, NULL, NULL);
}

/* Returns what may be shown of an id, cut, and the hash of the whole behind it (palloc'd). */
Slice
id_with_hash(Slice shown, Slice id)
{
	static const char purpose[] = "id";
	uint8		hash[KEY_FINGERPRINT_LEN];
	char	   *hashed = palloc(sizeof(purpose) + id.len);
	char	   *result = palloc(MAX_ID_BYTES);
	size_t		len = pg_mbcliplen(shown.data, shown.len, MAX_ID_BYTES - HASH_LEN);

	/* with a zero byte behind the purpose, it is no key's fingerprint */
	memcpy(hashed, purpose, sizeof(purpose));
	memcpy(hashed + sizeof(purpose), id.data, id.len);
	api_key_fingerprint((Slice) {hashed, sizeof(purpose) + id.len}, hash);
	pfree(hashed);
	memcpy(result, shown.data, len);
	result[len] = HASH_MARK;
	hex_encode((char *) hash, ID_HASH_BYTES, result + len + 1);
	return (Slice) {result, len + HASH_LEN};
}

/*
 * Returns what an id that somebody looks for was stored as.  It may be given whole, or as
 * it is stored: with its hash it is taken as it stands.
 */
Slice
sought_id(Slice id)
{
	if (id.data == NULL || (id.len <= MAX_ID_BYTES && has_hash(id)))
		return id;
	return stored_id(id, NULL, NULL);
}

/*
 * Puts what the id of a team or a user was stored as in the place of an argument.  Raises
 * invalid_parameter_value where that is NULL or empty.
 */
void
sought_id_argument(FunctionCallInfo fcinfo, int arg, const char *name)
{
	Slice		given = {NULL, 0};
	Slice		sought;
	OwnerGuard	guard;

	if (!PG_ARGISNULL(arg))
		given = text_to_slice(PG_GETARG_DATUM(arg));
	if (given.len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be empty", name)));
	owner_enter(&guard, fcinfo);
	log_ensure();
	sought = sought_id(given);
	owner_leave(&guard);
	if (sought.data != given.data)
		fcinfo->args[arg].value = slice_to_text(sought);
}

/* Tells whether an id ends as those do that have a hash. */
static bool
has_hash(Slice id)
{
	const char *hash = id.data + id.len - HASH_LEN;

	if (id.len < HASH_LEN || *hash != HASH_MARK)
		return false;
	for (int i = 1; i < HASH_LEN; i++)
		if (!in_charset(hash[i], LOWER_HEX))
			return false;
	return true;
}
