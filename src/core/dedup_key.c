/*
 * dedup_key.c
 *		The key by which ogw_logs.entry_key knows an entry.
 *
 * It is 16 bytes: the first 16 of the SHA-256 of job_id, of which the last 8 are
 * XORed with the first 8 of the SHA-256 of team_id.  So the keys of one job_id
 * stand together in an index, whichever teams sent it, in half the bytes that the
 * two texts take.  Two entries of one key would have to have the same 128 bits;
 * or one job_id, and teams of the same 64 bits.  Segments know sessions and entries by
 * shorter hashes, since each has those of one team alone.
 */
#include "postgres.h"

#include "common/sha2.h"
#include "fmgr.h"
#include "utils/uuid.h"

#include "core/dedup_key.h"
#include "core/identifier.h"
#include "core/slice.h"
#include "core/slice_text.h"

/* What of the key is the job_id's alone. */
#define OF_JOB_ID 8

PG_FUNCTION_INFO_V1(ogw_dedup_key);

/* Makes the key of an entry. */
void
dedup_key(Slice job_id, Slice team_id, pg_uuid_t *key)
{
	uint8		of_job[PG_SHA256_DIGEST_LENGTH];
	uint8		of_team[PG_SHA256_DIGEST_LENGTH];

	sha256(job_id, of_job);
	sha256(team_id, of_team);
	memcpy(key->data, of_job, UUID_LEN);
	for (int i = OF_JOB_ID; i < UUID_LEN; i++)
		key->data[i] ^= of_team[i - OF_JOB_ID];
}

/* Gives the least and the greatest key that an entry of a job_id can have. */
void
dedup_key_range(Slice job_id, pg_uuid_t *first, pg_uuid_t *last)
{
	uint8		of_job[PG_SHA256_DIGEST_LENGTH];

	sha256(job_id, of_job);
	memset(first->data, 0, UUID_LEN);
	memset(last->data, 0xff, UUID_LEN);
	memcpy(first->data, of_job, OF_JOB_ID);
	memcpy(last->data, of_job, OF_JOB_ID);
}

/* dedup_key(job_id, team_id) → uuid; STRICT. */
Datum
ogw_dedup_key(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *key = palloc(sizeof(pg_uuid_t));

	dedup_key(text_to_slice(PG_GETARG_DATUM(0)), text_to_slice(PG_GETARG_DATUM(1)), key);
	PG_RETURN_UUID_P(key);
}
