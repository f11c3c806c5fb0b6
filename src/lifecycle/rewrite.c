/*
 * rewrite.c
 *		When a copy of a partition may take its place.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "storage/procarray.h"
#include "utils/rel.h"
#include "utils/xid8.h"

#include "core/log_table.h"

PG_FUNCTION_INFO_V1(ogw_seen_by_all);

/* How far two transactions' numbers may be apart to be compared modulo 2^32. */
#define COMPARABLE (UINT64CONST(1) << 30)

/*
 * seen_by_all(xid8) → boolean: whether every snapshot on this database, also those that
 * replication slots and standbys hold, is from after the end of a transaction.  True for
 * a number that this server has not reached: it comes from another one, by a dump.  STRICT.
 */
Datum
ogw_seen_by_all(PG_FUNCTION_ARGS)
{
	FullTransactionId xid = PG_GETARG_FULLTRANSACTIONID(0);
	FullTransactionId next = ReadNextFullTransactionId();
	Relation	rel;
	TransactionId horizon;

	if (!FullTransactionIdPrecedes(xid, next) ||
		U64FromFullTransactionId(next) - U64FromFullTransactionId(xid) > COMPARABLE)
		PG_RETURN_BOOL(true);
	/* the horizon of VACUUM for an ordinary table of this database */
	rel = log_table_open("rewrite", AccessShareLock, RELKIND_RELATION);
	horizon = GetOldestNonRemovableTransactionId(rel);
	table_close(rel, AccessShareLock);
	PG_RETURN_BOOL(TransactionIdPrecedes(XidFromFullTransactionId(xid), horizon));
}
