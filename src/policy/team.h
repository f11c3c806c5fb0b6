/*
 * team.h
 *		What a team wants stored.
 */
#ifndef OGW_TEAM_H
#define OGW_TEAM_H

#include "postgres.h"

#include "core/slice.h"

/* What decides how an entry is stored. */
typedef struct TeamPolicy
{
	bool		body_logging;	/* store what lives with the body */
	bool		redact_bodies;	/* mask known secrets in it */
	int			n_metadata_keys;
	Slice	   *metadata_keys;	/* names whose scalars stay with the entry; they end
								 * in a zero byte */
} TeamPolicy;

extern const TeamPolicy *team_policy(const char *team_id);

#endif
