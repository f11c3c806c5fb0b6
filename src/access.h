/*
 * access.h
 *		Acting as the owner of the log, and what a role may do in which team.
 */
#ifndef OGW_ACCESS_H
#define OGW_ACCESS_H

#include "postgres.h"

#include "fmgr.h"

/* What owner_leave() puts back. */
typedef struct OwnerGuard
{
	Oid			caller;			/* who called the function */
	int			sec_context;
	int			guc_nest;
} OwnerGuard;

/* Where a role has a privilege: in all teams, or in the teams of a text[]. */
typedef struct AccessRights
{
	bool		all_teams;
	Datum		teams;			/* text[] */
	bool		all_bodies;		/* of 'read' alone */
	Datum		body_teams;		/* text[] */
} AccessRights;

extern void owner_enter(OwnerGuard *guard, FunctionCallInfo fcinfo);
extern void owner_enter_row(OwnerGuard *guard, Oid owner);
extern void owner_leave(const OwnerGuard *guard);
extern int	search_path_pin(void);
extern void access_rights(Oid role, const char *privilege, AccessRights *rights);
extern bool teams_hold(Datum teams, Datum team_id);
extern void check_admin(Oid role, Datum team_id);

#endif
