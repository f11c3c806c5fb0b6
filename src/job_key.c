/*
 * job_key.c
 *		The key by which ogw_logs.job knows an entry.
 *
 * It is 16 bytes: the first 16 of the SHA-256 of job_id, of which the last 8 are
 * XORed with the first 8 of the SHA-256 of team_id.  So the keys of one job_id
 * stand together in an index, whichever teams sent it, in half the room that the
 * two texts take.  Two entries of one key would have to have the same 128 bits;
 * or one job_id, and teams of the same 64 bits.  Segments know sessions and entries by
 * shorter hashes, since each has those of one team alone.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "utils/uuid.h"

#include "compat.h"
#include "job_key.h"
#include "span.h"

/* What of the key is the job_id's alone. */
#define OF_JOB_ID 8

PG_FUNCTION_INFO_V1(ogw_job_key);
PG_FUNCTION_INFO_V1(ogw_id_hash);

/* Makes the key of an entry. */
void
job_key(Span job_id, Span team_id, pg_uuid_t *key)
{
	uint8		of_job[PG_SHA256_DIGEST_LENGTH];
	uint8		of_team[PG_SHA256_DIGEST_LENGTH];

	sha256_of(job_id, of_job);
	sha256_of(team_id, of_team);
	memcpy(key->data, of_job, UUID_LEN);
	for (int i = OF_JOB_ID; i < UUID_LEN; i++)
		key->data[i] ^= of_team[i - OF_JOB_ID];
}

/* Gives the least and the greatest key that an entry of a job_id can have. */
void
job_key_range(Span job_id, pg_uuid_t *first, pg_uuid_t *last)
{
	uint8		of_job[PG_SHA256_DIGEST_LENGTH];

	sha256_of(job_id, of_job);
	memset(first->data, 0, UUID_LEN);
	memset(last->data, 0xff, UUID_LEN);
	memcpy(first->data, of_job, OF_JOB_ID);
	memcpy(last->data, of_job, OF_JOB_ID);
}

/* job_key(job_id, team_id) → uuid; STRICT. */
Datum
ogw_job_key(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *key = palloc(sizeof(pg_uuid_t));

	job_key(text_span(PG_GETARG_DATUM(0)), text_span(PG_GETARG_DATUM(1)), key);
	PG_RETURN_UUID_P(key);
}

/* Writes the SHA-256 of a text, 32 bytes. */
void
sha256_of(Span text, uint8 *to)
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
hash_of_id(Span id)
{
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	uint64		hash = 0;

	sha256_of(id, digest);
	for (int i = 0; i < 8; i++)
		hash = hash << 8 | digest[i];
	return (int64) hash;
}

/* id_hash(text) → bigint: the hash by which segments know a session or a job_id; STRICT. */
Datum
ogw_id_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(hash_of_id(text_span(PG_GETARG_DATUM(0))));
}
