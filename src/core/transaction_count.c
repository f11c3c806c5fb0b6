/*
 * transaction_count.c
 *		How often a transaction has done something that holds locks to its end.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"

#include "core/transaction_count.h"

/* All counts of this session. */
static TransactionCount *counts = NULL;

static void forget_aborted(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg);

/*
 * Counts once more for this transaction, which is given an id, and returns how often it
 * has.  What a subtransaction counted is forgotten when that is rolled back.
 */
int
transaction_count(TransactionCount *count)
{
	TransactionId transaction = GetTopTransactionId();

	if (!count->is_listed)
	{
		if (counts == NULL)
			RegisterSubXactCallback(forget_aborted, NULL);
		count->next = counts;
		count->is_listed = true;
		counts = count;
	}
	if (!TransactionIdEquals(count->transaction, transaction))
	{
		count->transaction = transaction;
		count->n = 0;
	}
	count->counters[count->n++] = GetCurrentSubTransactionId();
	return count->n;
}

/*
 * Forgets what a subtransaction counted that is rolled back, and those within it: they
 * began later, and so have larger numbers; and nobody else has counted since it began.
 */
static void
forget_aborted(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	for (TransactionCount *count = counts; count != NULL; count = count->next)
		while (count->n > 0 && count->counters[count->n - 1] >= mine)
			count->n--;
}
