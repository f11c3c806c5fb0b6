/*
 * body_find.h
 *		The body of an entry, wherever it is: as it came, or sealed.
 */
#ifndef OGW_BODY_FIND_H
#define OGW_BODY_FIND_H

#include "postgres.h"

#include "body.h"

extern bool body_find(Datum timestamp, Datum team_id, Datum job_id, Datum session_id,
					  int elevel, Span parts[N_BODY_PARTS]);
extern const char *body_open(Span frame, Span parts[N_BODY_PARTS]);
extern void body_damaged(int elevel, const char *what);

#endif
