/*
 * team.h
 *		What a team wants stored, and the secret of its installation.
 */
#ifndef OGW_TEAM_H
#define OGW_TEAM_H

#include "postgres.h"

#include "fmgr.h"

#include "json.h"

/* What decides how an entry is stored. */
typedef struct TeamPolicy
{
	bool		body_logging;	/* store what lives with the body */
	bool		redact_bodies;	/* cut known secrets out of it */
	int			n_metadata_keys;
	Span	   *metadata_keys;	/* names whose scalars stay with the entry */
} TeamPolicy;

/* The bytes of the secret under which keys are fingerprinted. */
#define INSTALLATION_SECRET_LEN 32

extern void team_init(void);
extern uint64 settings_generation(void);
extern const TeamPolicy *team_policy(const char *team_id);
extern bool team_may_store_bodies(const char *team_id);
extern void team_stop_bodies(const char *team_id);
extern const uint8 *installation_secret(void);
extern void check_id_argument(FunctionCallInfo fcinfo, int arg, const char *name);

#endif
