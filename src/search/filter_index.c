/*
 * filter_index.c
 *		The index of a partition that tells which of its pages may hold what is
 *		looked for.
 *
 * A sealed partition has one GIN index over the hashes of all values that can be
 * looked for: of a common value it keeps a byte or two an entry, and of
 * several filters it finds where they meet.  An open one has a BRIN index with a
 * Bloom filter of the same columns, and the least and greatest time, for each
 * group of pages, which costs its writers nothing: VACUUM and maintain() fill it.
 * Both are made by filter_index.sql, and may name too much, but never too little.
 */
#include "postgres.h"

#include "access/brin_revmap.h"
#include "access/genam.h"
#include "access/skey.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/partition_index.h"
#include "core/spi.h"
#include "search/filter_columns.h"
#include "search/filter_index.h"
#include "search/partition_rows.h"
#include "search/search_state.h"

/* Strategies of array_ops in GIN. */
#define ARRAY_OVERLAP 1
#define ARRAY_CONTAINS 2

/* Of more teams than these the index is not asked. */
#define MAX_TEAM_HASHES 32

/* A BRIN index is asked so often at the most in one search of its partition. */
#define MAX_WAYS 32

PG_FUNCTION_INFO_V1(ogw_pages_without_summary);

static void prepare_condition(Search *search, const Condition *condition, Datum *hashes, int *n);
static bool is_indexed(const Condition *condition);
static Datum value_hash(const char *column, Datum value, bool is_bytes);
static Datum hashes_as_array(Datum *hashes, int n);
static void find_in_gin(const Search *search, Relation index, TIDBitmap *pages);
static void find_in_brin(const PartitionScan *partition, Relation index, TIDBitmap *pages);
static int	alternatives(const Condition *condition);
static bool is_asked(const Condition *condition, int n_ways);
static int	summary_keys(const PartitionScan *partition, int way, ScanKey keys);
static void scan_pages(const Search *search, Relation index, ScanKey keys,
					   int n_keys, TIDBitmap *pages);

/* Hashes what is looked for; has_filter tells whether there is any of it. */
void
filter_index_prepare(Search *search)
{
	Datum		hashes[MAX_CONDITIONS];
	Datum		team_hashes[MAX_TEAM_HASHES];
	int			n = 0;

	search->n_any_hashes = 0;
	for (int i = 0; i < search->n_conditions; i++)
		prepare_condition(search, &search->conditions[i], hashes, &n);
	search->hashes = n > 0 ? hashes_as_array(hashes, n) : 0;
	if (search->n_teams >= 0 && search->n_teams <= MAX_TEAM_HASHES)
	{
		for (int i = 0; i < search->n_teams; i++)
			team_hashes[i] = value_hash("team_id", search->teams[i], false);
		search->any_hashes[search->n_any_hashes++] = hashes_as_array(team_hashes, search->n_teams);
		search->filter_columns |= FILTER_COLUMN_BIT(filter_column_number("team_id"));
	}
	search->has_filter = search->hashes != 0 || search->n_any_hashes > 0;
}

/*
 * Hashes the values of a condition, where the index has its column: one goes to the n of
 * hashes, of several one has to be the entry's.
 */
static void
prepare_condition(Search *search, const Condition *condition, Datum *hashes, int *n)
{
	Datum	   *values;

	if (!is_indexed(condition))
		return;
	values = palloc(sizeof(Datum) * condition->n_values);
	for (int i = 0; i < condition->n_values; i++)
		values[i] = value_hash(condition->column, condition->values[i], condition->is_bytes);
	if (condition->n_values == 1)
		hashes[(*n)++] = values[0];
	else
		search->any_hashes[search->n_any_hashes++] = hashes_as_array(values, condition->n_values);
	search->filter_columns |= FILTER_COLUMN_BIT(filter_column_number(condition->column));
	if (condition->or_column != NULL)
		search->filter_columns |= FILTER_COLUMN_BIT(filter_column_number(condition->or_column));
}

/* Tells whether an index can be asked for the values of a condition. */
static bool
is_indexed(const Condition *condition)
{
	return condition->kind == CONDITION_ANY_OF && filter_column_number(condition->column) > 0;
}

/*
 * Returns the entries of a locked partition that may be what is looked for, or NULL where
 * no index tells.  A sealed partition's index names entries (*exact), an open one's
 * groups of pages that have times from partition->first to partition->last.
 */
TIDBitmap *
filter_index_find(const PartitionScan *partition, bool *exact)
{
	const Search *search = partition->search;
	Oid			id = filter_index_of(partition->relid, partition->search->filter_columns);
	Relation	index;
	TIDBitmap  *found = NULL;

	*exact = OidIsValid(id);
	if (!*exact)
		id = partition_index(partition->relid, SUMMARY_SUFFIX, BRIN_AM_OID);
	if (!OidIsValid(id) || !search->has_filter)
		return NULL;
	index = index_open(id, AccessShareLock);
	if (*exact || is_summary_index(index))
	{
		found = tbm_create(work_mem * (Size) 1024, NULL);
		if (*exact)
			find_in_gin(search, index, found);
		else
			find_in_brin(partition, index, found);
	}
	index_close(index, AccessShareLock);
	return found;
}

/* Tells whether a locked partition has the index of a sealed one, which names entries. */
bool
filter_index_is_exact(const PartitionScan *partition)
{
	return OidIsValid(filter_index_of(partition->relid, partition->search->filter_columns));
}

/*
 * pages_without_summary(partition) → bigint: the pages at the end of a partition that
 * its index of summaries does not cover, whole groups of pages alone: a search
 * reads all of them.  0 where there is no such index.
 */
Datum
ogw_pages_without_summary(PG_FUNCTION_ARGS)
{
	Relation	heap = table_open(PG_GETARG_OID(0), AccessShareLock);
	Oid			id = partition_index(RelationGetRelid(heap), SUMMARY_SUFFIX, BRIN_AM_OID);
	int64		pages = 0;

	if (OidIsValid(id))
	{
		Relation	index = index_open(id, AccessShareLock);
		BlockNumber in_group;
		BrinRevmap *map = ogw_brin_open(index, &in_group);
		BlockNumber block = RelationGetNumberOfBlocks(heap) / in_group * in_group;
		Buffer		buffer = InvalidBuffer;
		OffsetNumber offset;

		while (block > 0)
		{
			CHECK_FOR_INTERRUPTS();
			block -= in_group;
			if (ogw_brin_range(map, block, &buffer, &offset) != NULL)
			{
				LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
				break;
			}
			pages += in_group;
		}
		if (BufferIsValid(buffer))
			ReleaseBuffer(buffer);
		brinRevmapTerminate(map);
		index_close(index, AccessShareLock);
	}
	table_close(heap, AccessShareLock);
	PG_RETURN_INT64(pages);
}

/*
 * Returns a condition that all entries of a user in a team fulfil, and few
 * others, and that the index of a sealed partition serves; "true" where a column of that
 * has been altered.  The last two arguments are SQL.  Connected to SPI.
 */
char *
filter_of_user(const char *alias, const char *team_id, const char *user_id)
{
	Oid			types[] = {TEXTOID};
	Datum		args[] = {CStringGetTextDatum(alias)};

	if (!filter_columns_are_made())
		return pstrdup("true");
	spi_run("SELECT ogw_logs_internal.filter_expression($1)", SPI_OK_SELECT, lengthof(types), types, args, NULL);
	return psprintf("%s @> ARRAY[hashtextextended(%s, %d), hashtextextended(%s, %d)]",
					SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1),
					team_id, filter_column_seed("team_id"),
					user_id, filter_column_seed("user_id"));
}

/* Returns the hash of a value as filter_expression() has it; bytes are hashed as hex. */
static Datum
value_hash(const char *column, Datum value, bool is_bytes)
{
	if (is_bytes)
		value = DirectFunctionCall2(binary_encode, value, CStringGetTextDatum("hex"));
	return DirectFunctionCall2Coll(hashtextextended, C_COLLATION_OID, value,
								   Int64GetDatum(filter_column_seed(column)));
}

/* Returns hashes as a bigint[]. */
static Datum
hashes_as_array(Datum *hashes, int n)
{
	return PointerGetDatum(construct_array(hashes, n, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Adds what a sealed partition's index names. */
static void
find_in_gin(const Search *search, Relation index, TIDBitmap *pages)
{
	ScanKeyData keys[MAX_CONDITIONS + 2];
	int			n = 0;

	if (search->hashes != 0)
		ScanKeyEntryInitialize(&keys[n++], 0, 1, ARRAY_CONTAINS, InvalidOid,
							   InvalidOid, F_ARRAYCONTAINS, search->hashes);
	for (int i = 0; i < search->n_any_hashes; i++)
		ScanKeyEntryInitialize(&keys[n++], 0, 1, ARRAY_OVERLAP, InvalidOid,
							   InvalidOid, F_ARRAYOVERLAP, search->any_hashes[i]);
	scan_pages(search, index, keys, n, pages);
}

/*
 * Adds what an open partition's index names.  A Bloom filter is asked for one value: so
 * the index is asked once for each way to choose one of the values, and one of the columns,
 * of each condition.  Where there would be too many ways, a condition is left out.
 */
static void
find_in_brin(const PartitionScan *partition, Relation index, TIDBitmap *pages)
{
	const Search *search = partition->search;
	ScanKeyData keys[MAX_CONDITIONS + 3];
	int			n_ways = 1;

	for (int i = 0; i < search->n_conditions; i++)
		if (is_asked(&search->conditions[i], n_ways))
			n_ways *= alternatives(&search->conditions[i]);
	for (int way = 0; way < n_ways; way++)
		scan_pages(search, index, keys, summary_keys(partition, way, keys), pages);
}

/* Returns in how many ways an entry can fulfil a condition: values times columns. */
static int
alternatives(const Condition *condition)
{
	return condition->n_values * (condition->or_column == NULL ? 1 : 2);
}

/* Tells whether the index is asked for a condition, where those before it have so many ways. */
static bool
is_asked(const Condition *condition, int n_ways)
{
	return is_indexed(condition) && n_ways * alternatives(condition) <= MAX_WAYS;
}

/* Fills the keys for one of the ways, from 0; returns how many keys there are. */
static int
summary_keys(const PartitionScan *partition, int way, ScanKey keys)
{
	const Search *search = partition->search;
	int			n_ways = 1;
	int			n = 0;

	ScanKeyEntryInitialize(&keys[n++], 0, FILTER_TIME_NUMBER, BTGreaterEqualStrategyNumber,
						   TIMESTAMPTZOID, InvalidOid, F_TIMESTAMPTZ_GE,
						   TimestampTzGetDatum(partition->first));
	ScanKeyEntryInitialize(&keys[n++], 0, FILTER_TIME_NUMBER, BTLessEqualStrategyNumber,
						   TIMESTAMPTZOID, InvalidOid, F_TIMESTAMPTZ_LE,
						   TimestampTzGetDatum(partition->last));
	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];
		int			chosen;

		if (!is_asked(condition, n_ways))
			continue;
		chosen = way / n_ways % alternatives(condition);
		n_ways *= alternatives(condition);
		ScanKeyEntryInitialize(&keys[n++], 0,
							   filter_column_number(chosen < condition->n_values ? condition->column : condition->or_column),
							   BLOOM_EQUAL, InvalidOid,
							   condition->is_bytes ? InvalidOid : C_COLLATION_OID,
							   condition->is_bytes ? F_BYTEAEQ : F_TEXTEQ,
							   condition->values[chosen % condition->n_values]);
	}
	if (search->n_teams == 1)
		ScanKeyEntryInitialize(&keys[n++], 0, filter_column_number("team_id"), BLOOM_EQUAL,
							   InvalidOid, C_COLLATION_OID, F_TEXTEQ, search->teams[0]);
	return n;
}

/* Adds the pages that an index names for some keys. */
static void
scan_pages(const Search *search, Relation index, ScanKey keys, int n_keys,
		   TIDBitmap *pages)
{
	IndexScanDesc scan = ogw_index_beginscan_bitmap(index, search->snapshot, n_keys);

	index_rescan(scan, keys, n_keys, NULL, 0);
	index_getbitmap(scan, pages);
	index_endscan(scan);
}
