/*
 * dedup_key.h
 *		The key by which ogw_logs.entry_key knows an entry.
 */
#ifndef OGW_DEDUP_KEY_H
#define OGW_DEDUP_KEY_H

#include "postgres.h"

#include "utils/uuid.h"

#include "core/slice.h"

extern void dedup_key(Slice job_id, Slice team_id, pg_uuid_t *key);
extern void dedup_key_range(Slice job_id, pg_uuid_t *first, pg_uuid_t *last);

#endif
