/*
 * transaction_count.h
 *		How often a transaction has done something that holds locks to its end.
 */
#ifndef OGW_TRANSACTION_COUNT_H
#define OGW_TRANSACTION_COUNT_H

#include "postgres.h"

/*
 * A count of the transaction that counted last; static, with counters given: as many as
 * the limit and one, since who finds more than the limit raises an error.
 */
typedef struct TransactionCount
{
	SubTransactionId *counters; /* which subtransactions counted, in their order */
	TransactionId transaction;
	int			n;
	bool		is_listed;
	struct TransactionCount *next;
} TransactionCount;

extern int	transaction_count(TransactionCount *count);

#endif
