/*
 * search_partitions.c
 *		A search through the partitions, newest first.
 *
 * No partition is opened that is newer or older than what is asked for, or older
 * than what was found when all is found that is wanted.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/partition.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "core/compat.h"
#include "core/dedup_key.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/partition.h"
#include "core/partition_index.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "search/body_matches.h"
#include "search/body_search.h"
#include "search/filter_index.h"
#include "search/partition_scan.h"
#include "search/search_columns.h"
#include "search/search_partitions.h"
#include "search/search_query.h"
#include "search/search_state.h"

/* The cost that a search may spend before it asks the indexes; see partition_scan.c. */
#define TRIAL_COST(rows) (8 * (500 + 10 * (int64) Min((rows), 10000)))

/* Of a partition of which more than one in so many is searched, all is read. */
#define WHOLE_PART 4

/* The times of the entries of a job_id. */
typedef struct Times
{
	int			n;
	int			capacity;
	TimestampTz *at;
} Times;

static bool can_scan_partitions(Relation entry);
static void search_each_partition(Search *search, Relation entry);
static bool is_whole(const Search *search, Relation entry, Oid partition);
static void search_partition_bodies(Search *search, Relation entry, Oid partition);
static void search_by_job_id(Search *search, Relation entry, bool scannable);
static Slice job_id_of(const Search *search);
static void job_times(Search *search, Times *times);
static bool job_times_in(Search *search, Oid partition, ScanKey keys, Times *times);
static bool index_names_any(Search *search, Relation index, ScanKey keys);
static void read_job_times(Search *search, Oid partition, Relation index, ScanKey keys,
						   Times *times);
static void job_times_by_sql(Search *search, Times *times);
static void add_time(Search *search, Times *times, TimestampTz at);
static int	later_first(const void *a, const void *b);

/*
 * Finds what is looked for, newest first, with the snapshot of the caller's
 * statement.  Called as the owner, with the log made.  Raises what
 * search_columns_check() does.
 */
void
search_partitions(Search *search)
{
	Relation	entry = log_table_open("entry", AccessShareLock, ANY_TABLE);
	bool		scannable;

	/* a lock that the transaction has does not tell of partitions made since */
	AcceptInvalidationMessages();
	scannable = can_scan_partitions(entry);
	search->reads_rows = search_columns_check(search, entry);
	search->snapshot = GetActiveSnapshot();
	search->trial = TRIAL_COST(search->rows_left);
	search->scratch = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs search",
											ALLOCSET_DEFAULT_SIZES);
	filter_index_prepare(search);
	if (search->of_job)
		search_by_job_id(search, entry, scannable);
	else if (scannable)
		search_each_partition(search, entry);
	else
		search_table(search, RelationGetRelid(entry), search->first, search->last);
	MemoryContextDelete(search->scratch);
	/* the parent stays locked; partition_scan.c says why the partitions do not */
	table_close(entry, NoLock);
}

/*
 * Tells whether the partitions can be searched one by one.  On a cluster the rows
 * are elsewhere, a DEFAULT partition holds any time, and policies that bind the
 * owner are the planner's to apply.
 */
static bool
can_scan_partitions(Relation entry)
{
	return entry->rd_rel->relkind == RELKIND_PARTITIONED_TABLE &&
		!OidIsValid(get_default_partition_oid(RelationGetRelid(entry))) &&
		check_enable_rls(RelationGetRelid(entry), InvalidOid, true) != RLS_ENABLED &&
		!OidIsValid(get_extension_oid("citus", true));
}

/* Searches one partition after the other. */
static void
search_each_partition(Search *search, Relation entry)
{
	int			n;
	Oid		   *partitions = partitions_between(entry, search->first, search->last, &n);

	for (int i = 0; i < n && search->rows_left > 0; i++)
	{
		if (search->bodies == NULL)
		{
			search->is_whole = search->sink != NULL && is_whole(search, entry, partitions[i]);
			search_partition(search, partitions[i], search->first, search->last);
		}
		else
			search_partition_bodies(search, entry, partitions[i]);
	}
	pfree(partitions);
}

/* Tells whether all times are searched that a partition may have. */
static bool
is_whole(const Search *search, Relation entry, Oid partition)
{
	TimestampTz lower;
	TimestampTz upper;

	partition_bounds(entry, partition, &lower, &upper);
	return search->first <= lower && search->last >= upper;
}

/*
 * Searches a partition and its bodies.  The newest are opened one by one; then all
 * others are searched, and what is kept with the entries, and the entries are read that
 * have the text.
 */
static void
search_partition_bodies(Search *search, Relation entry, Oid partition)
{
	BodySearch *bodies = search->bodies;
	TimestampTz lower;
	TimestampTz upper;
	TimestampTz first;
	TimestampTz left;

	partition_bounds(entry, partition, &lower, &upper);
	first = Max(search->first, lower);
	search->trial = body_search_trial(lower, upper);
	left = search_partition(search, partition, search->first, search->last);
	left = Min(left, upper);
	while (first <= left && search->rows_left > 0)
	{
		MemoryContext old = MemoryContextSwitchTo(search->scratch);

		body_search_all(search, lower, first, left);
		MemoryContextSwitchTo(old);
		MemoryContextReset(search->scratch);
		mark_partition(search, partition, first, left,
					   (double) left - first > ((double) upper - lower) / WHOLE_PART);
		body_search_sort(bodies);
		for (int i = 0; i < bodies->n && search->rows_left > 0; i++)
		{
			TimestampTz at = bodies->matches[i].timestamp;

			if (i == 0 || at != bodies->matches[i - 1].timestamp)
				search_partition(search, partition, at, at);
		}
		if (bodies->first == first)
			break;
		left = bodies->first - 1;
	}
	body_search_forget(bodies);
}

/* Searches at the times of a job_id's entries. */
static void
search_by_job_id(Search *search, Relation entry, bool scannable)
{
	Times		times = {0};

	if (scannable)
		job_times(search, &times);
	else
		job_times_by_sql(search, &times);
	qsort(times.at, times.n, sizeof(TimestampTz), later_first);
	for (int i = 0; i < times.n && search->rows_left > 0; i++)
	{
		TimestampTz at = times.at[i];
		Oid			partition;

		if (i > 0 && at == times.at[i - 1])
			continue;			/* of two teams */
		partition = scannable ? partition_at(entry, at) : InvalidOid;
		if (!scannable)
			search_table(search, RelationGetRelid(entry), at, at);
		else if (OidIsValid(partition))
			search_partition(search, partition, at, at);
	}
}

/* Adds the times of the entries of the job_id that is looked for. */
static void
job_times(Search *search, Times *times)
{
	Relation	entry_key = log_table_open("entry_key", AccessShareLock, RELKIND_PARTITIONED_TABLE);
	int			n;
	Oid		   *partitions = partitions_between(entry_key, search->first, search->last, &n);
	bool		complete = !OidIsValid(get_default_partition_oid(RelationGetRelid(entry_key)));
	pg_uuid_t	first;
	pg_uuid_t	last;
	ScanKeyData keys[2];

	dedup_key_range(job_id_of(search), &first, &last);
	ScanKeyEntryInitialize(&keys[0], 0, 1, BTGreaterEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_UUID_GE, UUIDPGetDatum(&first));
	ScanKeyEntryInitialize(&keys[1], 0, 1, BTLessEqualStrategyNumber, InvalidOid,
						   InvalidOid, F_UUID_LE, UUIDPGetDatum(&last));
	for (int i = 0; i < n && complete; i++)
	{
		CHECK_FOR_INTERRUPTS();
		LockRelationOid(partitions[i], AccessShareLock);
		complete = job_times_in(search, partitions[i], keys, times);
		UnlockRelationOid(partitions[i], AccessShareLock);
	}
	if (!complete)
	{
		times->n = 0;
		job_times_by_sql(search, times);
	}
	pfree(partitions);
	table_close(entry_key, NoLock);
}

/* The same in one locked partition; false where its index is missing, or has another key. */
static bool
job_times_in(Search *search, Oid partition, ScanKey keys, Times *times)
{
	static const IndexColumn column = {"key", UUIDOID, BTEqualStrategyNumber};
	Relation	index = partition_index_open(partition, "_key", BTREE_AM_OID, &column, 1);

	if (index == NULL)
		return false;
	/* most partitions have none of it, and need not be opened */
	if (index_names_any(search, index, keys))
		read_job_times(search, partition, index, keys, times);
	index_close(index, AccessShareLock);
	return true;
}

/* Tells whether an index has any entry between two keys. */
static bool
index_names_any(Search *search, Relation index, ScanKey keys)
{
	IndexScanDesc scan = ogw_index_beginscan_bitmap(index, search->snapshot, 2);
	TIDBitmap  *named = tbm_create(work_mem * (Size) 1024, NULL);
	bool		any;

	index_rescan(scan, keys, 2, NULL, 0);
	index_getbitmap(scan, named);
	index_endscan(scan);
	any = !tbm_is_empty(named);
	tbm_free(named);
	return any;
}

/* Adds the times of the rows between two keys in one partition of ogw_logs.entry_key. */
static void
read_job_times(Search *search, Oid partition, Relation index, ScanKey keys, Times *times)
{
	Relation	heap = table_open(partition, NoLock);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	IndexScanDesc scan = ogw_index_beginscan(heap, index, search->snapshot, 2);
	AttrNumber	timestamp = log_column(heap, "timestamp", TIMESTAMPTZOID);

	index_rescan(scan, keys, 2, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		Datum		at;

		CHECK_FOR_INTERRUPTS();
		at = slot_getattr(slot, timestamp, &isnull);
		if (!isnull)
			add_time(search, times, DatumGetTimestampTz(at));
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(heap, NoLock);
}

/* The same by a query that PostgreSQL plans. */
static void
job_times_by_sql(Search *search, Times *times)
{
	pg_uuid_t	first;
	pg_uuid_t	last;
	Oid			types[] = {UUIDOID, UUIDOID};
	Datum		args[] = {UUIDPGetDatum(&first), UUIDPGetDatum(&last)};
	MemoryContext context = CurrentMemoryContext;

	dedup_key_range(job_id_of(search), &first, &last);
	SPI_connect();
	log_columns_check("entry_key");
	spi_run("SELECT k.\"timestamp\"::timestamptz FROM ogw_logs.entry_key k WHERE k.key BETWEEN $1 AND $2",
			SPI_OK_SELECT, lengthof(types), types, args, NULL);
	/* the times outlive SPI_finish() */
	MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		at = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

		if (!isnull)
			add_time(search, times, DatumGetTimestampTz(at));
	}
	SPI_finish();
}

/* Returns the job_id that is looked for. */
static Slice
job_id_of(const Search *search)
{
	for (int i = 0; i < search->n_conditions; i++)
		if (strcmp(search->conditions[i].column, "job_id") == 0)
			return text_to_slice(search->conditions[i].values[0]);
	elog(ERROR, "a search by job_id has none");
}

/* Adds a time, if it is one that is asked for. */
static void
add_time(Search *search, Times *times, TimestampTz at)
{
	if (at < search->first || at > search->last)
		return;
	if (times->at == NULL)
		times->at = palloc(sizeof(TimestampTz) * (times->capacity = 8));
	else if (times->n == times->capacity)
		times->at = repalloc_huge(times->at, sizeof(TimestampTz) * (times->capacity *= 2));
	times->at[times->n++] = at;
}

/* Orders times, the latest first. */
static int
later_first(const void *a, const void *b)
{
	TimestampTz left = *(const TimestampTz *) a;
	TimestampTz right = *(const TimestampTz *) b;

	return (left < right) - (left > right);
}
