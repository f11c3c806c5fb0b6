/*
 * batch_details.h
 *		What a writer is told of the entries of a call: which were refused, and why, and
 *		what of the others is not as it was given.
 */
#ifndef OGW_BATCH_DETAILS_H
#define OGW_BATCH_DETAILS_H

#include "postgres.h"

#include "utils/uuid.h"

#include "entry/defect.h"

/* What is listed of a call, or of what a transaction sent into inbox; all else is counted. */
#define MAX_DETAILS 1000

typedef struct BatchDetail
{
	int64		position;		/* in the call, from 1 */
	int32		statement;		/* of the transaction, from 1; 0: not told */
	bool		rejected;		/* else it is a defect of an entry */
	Rejection	why;
} BatchDetail;

typedef struct BatchDetails
{
	int			n;
	int			capacity;
	BatchDetail *listed;		/* NULL: none yet */
	int64		not_listed;
	int64		rejected[N_REASONS];	/* entries, by Reason */
} BatchDetails;

extern void batch_details_add(BatchDetails *details, const BatchDetail *detail, MemoryContext context);
extern Datum batch_details_json(const BatchDetails *details, const pg_uuid_t *batch_id);
extern void batch_details_warn(const BatchDetails *details, int64 received, const char *hint);

#endif
