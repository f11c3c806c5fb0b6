/*
 * body_lock.h
 *		The lock between who writes bodies of a team and who switches them off.
 */
#ifndef OGW_BODY_LOCK_H
#define OGW_BODY_LOCK_H

#include "postgres.h"

extern bool team_may_store_bodies(const char *team_id);
extern void team_stop_bodies(const char *team_id);

#endif
