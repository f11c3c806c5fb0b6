/*
 * access.h
 *		Acting as the owner of the log, and what a reader may see.
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

/* What a role may read: all teams, or the teams of a text[]. */
typedef struct ReaderRights
{
	bool		all_teams;
	Datum		teams;			/* text[] */
	bool		all_bodies;
	Datum		body_teams;		/* text[] */
} ReaderRights;

extern void owner_enter(OwnerGuard *guard, FunctionCallInfo fcinfo);
extern void owner_enter_row(OwnerGuard *guard, Oid owner);
extern void owner_leave(const OwnerGuard *guard);
extern int	search_path_pin(void);
extern void reader_rights(Oid role, ReaderRights *rights);

#endif
