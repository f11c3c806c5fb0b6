/*
 * rewrite_lock.c
 *		Who waits for what is written anew: the lock on ogw_logs.rewrite.
 *
 * The table's lock stands for the stored bodies as a whole, in three modes:
 *
 *		SHARE ROW EXCLUSIVE		an erasure, to the end of its transaction
 *		SHARE UPDATE EXCLUSIVE	sealing bodies, dropping unsealed ones, merging
 *								segments: one of them at a time
 *		ROW EXCLUSIVE			deleting what expired, putting a copy in the place of
 *								a partition
 *
 * The first conflicts with all three, the second with the first two, the third with
 * the first alone.  Neither who reads nor who writes entries takes it.
 */
#include "postgres.h"

#include "access/table.h"
#include "storage/lmgr.h"

#include "core/log_table.h"
#include "core/rewrite_lock.h"

/* Locks out all others, to the end of the transaction.  Called as the owner. */
void
rewrite_lock_for_erasure(void)
{
	LockRelationOid(log_table_there("rewrite"), ShareRowExclusiveLock);
}

/*
 * Returns whether an erasure waits for this transaction, which holds the lock under which
 * bodies are sealed, or segments merged; false where this one holds none.  Called as the
 * owner.
 */
bool
erasure_waits(void)
{
	Relation	rel = table_open(log_table_there("rewrite"), NoLock);
	bool		waits = CheckRelationLockedByMe(rel, ShareUpdateExclusiveLock, false) &&
		LockHasWaitersRelation(rel, ShareUpdateExclusiveLock);

	table_close(rel, NoLock);
	return waits;
}
