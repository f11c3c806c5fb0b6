/*
 * batch.h
 *		A batch: entries that have been built, until they are written.
 */
#ifndef OGW_BATCH_H
#define OGW_BATCH_H

#include "postgres.h"

#include "access/htup.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "storage/itemptr.h"
#include "utils/uuid.h"

#include "core/slice.h"
#include "entry/entry.h"
#include "ingest/batch_details.h"

/*
 * A batch is written when it holds this many rows, or bytes of them: they pass
 * through a tuplestore that is to stay within the default work_mem of 4 MB.
 */
#define BATCH_ROWS 1000
#define BATCH_BYTES (3 * 1024 * 1024)

/*
 * Entries refused in one call that are listed in ogw_logs.rejected; one row more says that
 * the others are not.  Each takes 80 bytes and more, and what was refused can be as short
 * as a digit.
 */
#define MAX_LISTED_REJECTIONS 1000

typedef enum RowState
{
	ROW_WAITING,
	ROW_PENDING,				/* its key is to be written in this round, */
	ROW_STORED,					/* is written, */
	ROW_REFUSED,				/* refused by its partition's unique index, */
	ROW_WITHDRAWN,				/* or written, and then found to have a duplicate */
	ROW_KEPT,
	ROW_DUPLICATE
} RowState;

typedef struct BatchRow
{
	TimestampTz timestamp;
	Slice		team_id;		/* with a zero byte behind it */
	Slice		job_id;
	pg_uuid_t	key;			/* in ogw_logs.entry_key, */
	Oid			key_partition;	/* and where it was written there */
	ItemPointerData key_tid;
	int64		position;		/* in the call, from 1 */
	HeapTuple	entry;			/* a row of batch_entry_rows() */
	bytea	   *body;			/* or NULL */
	bool		body_dropped;	/* the team wants none, and there was one */
	int32		n_masked;		/* places where secrets were */
	Defects		defects;
	RowState	state;
	TimestampTz duplicate_at;	/* of ROW_WITHDRAWN: the duplicate's time */
} BatchRow;

typedef struct RejectedRow
{
	int64		position;
	Slice		team_id;		/* data NULL where it was not valid */
	Slice		job_id;
	Rejection	why;
} RejectedRow;

typedef struct BatchCounts
{
	int64		received;
	int64		stored;
	int64		duplicate;
	int64		rejected;
} BatchCounts;

typedef struct Batch
{
	const char *method;
	Oid			caller;			/* who sends it */
	bool		has_id;			/* it has an id once something of it is refused */
	pg_uuid_t	id;
	MemoryContext context;		/* the batch itself */
	MemoryContext rows_context; /* what is in rows and rejected, */
	MemoryContext entry_context;	/* and what one entry needs on its way */
	int			capacity;
	int			n_rows;
	BatchRow   *rows;
	int			n_rejected;
	RejectedRow *rejected;
	int			n_listed;		/* of those of the call that are written already; may be one too many */
	size_t		bytes;
	BatchCounts counts;
	BatchDetails details;
	struct HTAB *ingest_counts; /* ingest_count.c's; NULL before the first flush */
} Batch;

extern Batch *batch_begin(const char *method, int capacity, Oid caller, MemoryContext parent);
extern bool batch_add(Batch *batch, GivenEntry *given, Rejection *why);
extern void batch_reject(Batch *batch, Slice team_id, Slice job_id, Rejection why);
extern bool batch_is_full(const Batch *batch);
extern void batch_end(Batch *batch);
extern Datum batch_counts_datum(FunctionCallInfo fcinfo, const BatchCounts *counts, bool with_details,
								NullableDatum details);

#endif
