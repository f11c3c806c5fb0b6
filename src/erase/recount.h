/*
 * recount.h
 *		Counting again what an erasure was to remove.
 */
#ifndef OGW_RECOUNT_H
#define OGW_RECOUNT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/snapshot.h"

extern void recount_user(Datum team_id, Datum user_id, Datum pseudonym, int64 entries, Snapshot before);
extern void recount_bodies(Datum team_id, TimestampTz until, Snapshot before);

#endif
