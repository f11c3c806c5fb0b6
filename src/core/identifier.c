/*
 * identifier.c
 *		The ids of entries, teams, users and sessions: their bounds and hashes.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"

#include "core/identifier.h"
#include "core/slice.h"
#include "core/slice_text.h"

PG_FUNCTION_INFO_V1(ogw_id_hash);

/* Writes the SHA-256 of a text, 32 bytes. */
void
sha256(Slice text, uint8 *to)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);

	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) text.data, text.len) < 0 ||
		pg_cryptohash_final(hash, to, PG_SHA256_DIGEST_LENGTH) < 0)
	{
		pg_cryptohash_free(hash);
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute a SHA-256")));
	}
	pg_cryptohash_free(hash);
}

/* Returns the hash by which a segment knows a session or an entry. */
int64
id_hash(Slice id)
{
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	uint64		hash = 0;

	sha256(id, digest);
	for (int i = 0; i < 8; i++)
		hash = hash << 8 | digest[i];
	return (int64) hash;
}

/* id_hash(text) → bigint: the hash by which segments know a session or a job_id; STRICT. */
Datum
ogw_id_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(id_hash(text_to_slice(PG_GETARG_DATUM(0))));
}
