/*
 * transaction_count.h
 *		How often a transaction has done something that holds locks to its end.
 */
#ifndef OGW_TRANSACTION_COUNT_H
#define OGW_TRANSACTION_COUNT_H

#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"

/* A count of the transaction that counted last; static, {0}. */
typedef struct TransactionCount
{
	TransactionId transaction;
	int			n;
} TransactionCount;

/*
 * Counts once more for this transaction, which is given an id, and returns how often it
 * has.  What a subtransaction did stays counted when it is taken back.
 */
static inline int
transaction_count(TransactionCount *count)
{
	TransactionId transaction = GetTopTransactionId();

	if (!TransactionIdEquals(count->transaction, transaction))
		*count = (TransactionCount) {transaction, 0};
	return ++count->n;
}

#endif
