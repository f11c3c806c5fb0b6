/*
 * access.h
 *		What a role may do in which team.
 */
#ifndef OGW_ACCESS_H
#define OGW_ACCESS_H

#include "postgres.h"

#include "fmgr.h"

/* Where a role has a privilege: in all teams, or in the teams of a text[]. */
typedef struct AccessRights
{
	bool		all_teams;
	Datum		teams;			/* text[] */
	bool		all_bodies;		/* of 'read' alone */
	Datum		body_teams;		/* text[] */
} AccessRights;

extern void access_rights(Oid role, const char *privilege, AccessRights *rights);
extern bool teams_hold(Datum teams, Datum team_id);
extern void check_admin(Oid role, Datum team_id);

#endif
