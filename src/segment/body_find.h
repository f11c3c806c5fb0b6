/*
 * body_find.h
 *		The body of an entry, wherever it is: unsealed, or sealed.
 */
#ifndef OGW_BODY_FIND_H
#define OGW_BODY_FIND_H

#include "postgres.h"

#include "core/slice.h"
#include "segment/body.h"

extern bool body_find(Datum timestamp, Datum team_id, Datum job_id, Datum session_id,
					  int elevel, Slice parts[N_BODY_PARTS], bool *elsewhere);
extern bool body_find_elsewhere(Datum timestamp, Datum team_id, Datum job_id, int elevel,
								Slice parts[N_BODY_PARTS]);

#endif
