/*
 * job_key.h
 *		The key by which ogw_logs.job knows an entry.
 */
#ifndef OGW_JOB_KEY_H
#define OGW_JOB_KEY_H

#include "postgres.h"

#include "utils/uuid.h"

#include "json.h"

extern void sha256_of(Span text, uint8 *to);
extern int64 hash_of_id(Span id);
extern void job_key(Span job_id, Span team_id, pg_uuid_t *key);
extern void job_key_range(Span job_id, pg_uuid_t *first, pg_uuid_t *last);

#endif
