/*
 * found_body.h
 *		The body of an entry that was found.
 */
#ifndef OGW_FOUND_BODY_H
#define OGW_FOUND_BODY_H

#include "postgres.h"

#include "core/slice.h"
#include "segment/body.h"

/* An entry that was found; of what it lacks the Datum is 0. */
typedef struct FoundEntry
{
	Datum		timestamp;
	Datum		team_id;
	Datum		job_id;
	Datum		session_id;
	Datum		user_id;
	bool		has_body;		/* its column body_state says so */
} FoundEntry;

extern bool found_body(const FoundEntry *entry, int elevel, Slice parts[N_BODY_PARTS], bool *looked_elsewhere);

#endif
