/*
 * partition_rows.h
 *		A partition while it is searched, and the rows that are found in it.
 */
#ifndef OGW_PARTITION_ROWS_H
#define OGW_PARTITION_ROWS_H

#include "postgres.h"

#include "executor/tuptable.h"
#include "utils/relcache.h"
#include "utils/tuplesort.h"

#include "search/body_search.h"
#include "search/search_state.h"

/*
 * The cost of reading an entry of an index, one of the table, and all of a page, in units
 * of 40 ns.  Measured; only their ratios matter.
 */
#define COST_OF_STEP 1
#define COST_OF_ENTRY 8
#define COST_OF_PAGE 80

/* Entries of a page, as a guess. */
#define ENTRIES_OF_PAGE 40

typedef struct PartitionScan
{
	Search	   *search;
	Oid			relid;
	BlockNumber pages;			/* as of its last VACUUM, ANALYZE or CREATE INDEX */
	TimestampTz first;			/* of the times that are left, both included */
	TimestampTz last;
	Relation	heap;
	TupleTableSlot *slot;		/* an entry */
	TupleTableSlot *row;		/* a row of the result */
	AttrNumber *output;			/* for each of its columns the entry's, 0: NULL */
	AttrNumber	condition[MAX_CONDITIONS][2];
	AttrNumber	sunk[MAX_SINK_COLUMNS]; /* what search->sink takes */
	AttrNumber	timestamp;
	AttrNumber	job_id;
	AttrNumber	team_id;
	AttrNumber	session_id;
	AttrNumber	user_id;
	AttrNumber	body_state;
	AttrNumber	kept_json[N_KEPT_JSON];
	bool		marks;			/* entries that have the text in their JSON are recorded, and not found */
	Tuplesortstate *sort;		/* what was found and is not in the result yet; NULL: nothing */
	uint64		found;
	MemoryContext row_context;
	bool		unread;			/* what is up to last was not read */
	bool		cut;			/* of what was found at last itself some may be missing */
} PartitionScan;

extern void partition_scan_open(PartitionScan *partition);
extern void partition_scan_close(PartitionScan *partition);
extern int64 check_row(PartitionScan *partition);
extern bool has_enough(const PartitionScan *partition);
extern TimestampTz last_wanted_time(PartitionScan *partition);
extern void emit_rows(PartitionScan *partition);

#endif
