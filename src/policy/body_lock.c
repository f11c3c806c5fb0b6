/*
 * body_lock.c
 *		The lock between those who write bodies of a team and who switches them off.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/inval.h"

#include "core/transaction_count.h"
#include "policy/body_lock.h"
#include "policy/team.h"

/* The fourth field of an advisory lock's tag; pg_advisory_lock() uses 1 and 2. */
#define BODIES_LOCK_CLASS 0x6f67

/*
 * Teams whose bodies one transaction can write: a lock each, of a table that
 * all sessions share (by default, for 6,400 locks).
 */
#define MAX_TEAMS_WITH_BODIES 2000

static void set_bodies_tag(LOCKTAG *tag, const char *team_id);

/*
 * Tells, right before bodies are written, whether a team wants them.  Once it has
 * said yes, team_stop_bodies() waits for the end of this transaction.  While somebody
 * is in there it says no, without waiting.  Called as the owner.
 */
bool
team_may_store_bodies(const char *team_id)
{
	static SubTransactionId lockers[MAX_TEAMS_WITH_BODIES + 1];
	static TransactionCount locks = {.counters = lockers};
	LOCKTAG		tag;
	LockAcquireResult result;

	set_bodies_tag(&tag, team_id);
	result = LockAcquire(&tag, ShareLock, false, true);
	if (result == LOCKACQUIRE_NOT_AVAIL)
		return false;
	if (result == LOCKACQUIRE_OK && transaction_count(&locks) > MAX_TEAMS_WITH_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("one transaction writes bodies of more than %d teams",
						MAX_TEAMS_WITH_BODIES),
				 errhint("Commit more often.")));
	AcceptInvalidationMessages();
	return team_policy(team_id)->body_logging;
}

/*
 * Waits for the transactions that are writing bodies of a team, and keeps
 * others from it to the end of this transaction: when the switch is off, no
 * transaction can add a body that had begun before.
 */
void
team_stop_bodies(const char *team_id)
{
	LOCKTAG		tag;

	set_bodies_tag(&tag, team_id);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/*
 * Names the lock on a team's bodies: an advisory one, of a class that SQL's
 * functions do not use.  Two teams of one hash wait for each other at the most.
 */
static void
set_bodies_tag(LOCKTAG *tag, const char *team_id)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) team_id,
										   strlen(team_id), 0);

	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash,
						 BODIES_LOCK_CLASS);
}
