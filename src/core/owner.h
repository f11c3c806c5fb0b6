/*
 * owner.h
 *		Acting as the owner of the log.
 */
#ifndef OGW_OWNER_H
#define OGW_OWNER_H

#include "postgres.h"

#include "fmgr.h"

/* What owner_leave() puts back. */
typedef struct OwnerGuard
{
	Oid			caller;			/* who called the function */
	int			sec_context;
	int			guc_nest;
} OwnerGuard;

extern void owner_enter(OwnerGuard *guard, FunctionCallInfo fcinfo);
extern void owner_enter_row(OwnerGuard *guard, Oid owner);
extern void owner_leave(const OwnerGuard *guard);

#endif
