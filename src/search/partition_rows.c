/*
 * partition_rows.c
 *		The entries of a partition: which are looked for, and their rows.
 *
 * What is found is sorted, in work_mem or on disk; no more rows stay there than are wanted.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "core/identifier.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "search/body_matches.h"
#include "search/body_search.h"
#include "search/condition.h"
#include "search/partition_rows.h"
#include "search/search_columns.h"
#include "search/search_state.h"

static const char *const kept_json[] = KEPT_JSON;

static AttrNumber find_column(PartitionScan *partition, const char *name);
static bool row_matches(PartitionScan *partition);
static bool is_identified(PartitionScan *partition);
static bool body_matches(PartitionScan *partition, int64 *cost);
static Datum column_value(PartitionScan *partition, AttrNumber attnum);
static bool has_kept_json(PartitionScan *partition);
static void read_kept_json(PartitionScan *partition, SearchedEntry *entry);
static void mark_row(PartitionScan *partition);
static bool is_before(PartitionScan *partition, TimestampTz at);
static bool equals(PartitionScan *partition, AttrNumber attnum, Datum value);
static void sink_row(PartitionScan *partition);
static void add_row(PartitionScan *partition);
static Tuplesortstate *begin_sort(Search *search);

/*
 * Opens a partition, which is locked, and finds its columns; does nothing where
 * that was done.
 */
void
partition_scan_open(PartitionScan *partition)
{
	Search	   *search = partition->search;

	if (partition->heap != NULL)
		return;
	partition->heap = table_open(partition->relid, NoLock);
	partition->slot = table_slot_create(partition->heap, NULL);
	partition->row = MakeSingleTupleTableSlot(search->desc, &TTSOpsVirtual);
	partition->row_context = AllocSetContextCreate(CurrentMemoryContext,
											  "ogw_logs entry", ALLOCSET_SMALL_SIZES);
	partition->timestamp = find_column(partition, "timestamp");
	partition->job_id = find_column(partition, "job_id");
	partition->team_id = find_column(partition, "team_id");
	partition->session_id = find_column(partition, "session_id");
	partition->user_id = find_column(partition, "user_id");
	partition->body_state = find_column(partition, "body_state");
	for (int i = 0; i < N_KEPT_JSON; i++)
		partition->kept_json[i] = find_column(partition, kept_json[i]);
	partition->output = palloc(sizeof(AttrNumber) * search->desc->natts);
	for (int i = 0; i < search->desc->natts; i++)
		partition->output[i] = find_column(partition, NameStr(TupleDescAttr(search->desc, i)->attname));
	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];

		partition->condition[i][0] = find_column(partition, condition->column);
		partition->condition[i][1] = condition->or_column == NULL ? 0 :
			find_column(partition, condition->or_column);
	}
	for (int i = 0; search->sink != NULL && i < search->sink->n_columns; i++)
		partition->sunk[i] = find_column(partition, search->sink->columns[i]);
}

/* Returns the number of a column, which differs between partitions, or 0. */
static AttrNumber
find_column(PartitionScan *partition, const char *name)
{
	TupleDesc	desc = RelationGetDescr(partition->heap);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), name) == 0)
			return i + 1;
	}
	return 0;
}

/* Closes a partition, if it was opened; it stays locked. */
void
partition_scan_close(PartitionScan *partition)
{
	if (partition->heap == NULL)
		return;
	ExecDropSingleTupleTableSlot(partition->slot);
	ExecDropSingleTupleTableSlot(partition->row);
	table_close(partition->heap, NoLock);
}

/*
 * Adds the entry in partition->slot to what was found if it matches the search; where the
 * scan marks, see mark_row().  Returns the cost of opening its body, if that was necessary,
 * as COST_OF_... has it.
 */
int64
check_row(PartitionScan *partition)
{
	MemoryContext old;
	int64		cost = 0;

	if (partition->marks && !has_kept_json(partition))
		return 0;
	old = MemoryContextSwitchTo(partition->row_context);
	if (partition->marks)
		mark_row(partition);
	else if (row_matches(partition) && (partition->search->bodies == NULL || body_matches(partition, &cost)))
	{
		if (partition->search->sink != NULL)
			sink_row(partition);
		else
			add_row(partition);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(partition->row_context);
	return cost;
}

/* Tells whether no more entries are wanted of those that are taken in any order. */
bool
has_enough(const PartitionScan *partition)
{
	return partition->search->sink != NULL && partition->found >= partition->search->rows_left;
}

/* Tells whether the entry in partition->slot matches the search, but for its body. */
static bool
row_matches(PartitionScan *partition)
{
	Search	   *search = partition->search;
	bool		isnull;
	TimestampTz at = DatumGetTimestampTz(slot_getattr(partition->slot, partition->timestamp, &isnull));

	if (isnull || at < partition->first || at > partition->last)
		return false;
	if (search->has_before_job && at == search->before_at &&
		(!is_identified(partition) || !is_before(partition, at)))
		return false;
	for (int i = 0; i < search->n_conditions; i++)
		if (!condition_matches(&search->conditions[i], partition->slot, partition->condition[i]))
			return false;
	if (search->n_teams < 0)
		return is_identified(partition);
	for (int i = 0; i < search->n_teams; i++)
		if (equals(partition, partition->team_id, search->teams[i]))
			return is_identified(partition);
	return false;
}

/* Tells whether the entry has a job_id and a team: a DBA can have let others in. */
static bool
is_identified(PartitionScan *partition)
{
	/* in this order, that of their columns, the row is read once */
	return !slot_attisnull(partition->slot, partition->job_id) &&
		!slot_attisnull(partition->slot, partition->team_id);
}

/* Tells whether the entry has the text that is looked for, in its body or kept with it. */
static bool
body_matches(PartitionScan *partition, int64 *cost)
{
	BodySearch *bodies = partition->search->bodies;
	bool		has_body = body_is_stored(column_value(partition, partition->body_state));
	Datum		timestamp = column_value(partition, partition->timestamp);
	SearchedEntry entry;

	/* it has no text then; but a body that was found in a segment may be its, whatever the entry says */
	if (!has_body && !has_kept_json(partition) && !body_search_covers(bodies, DatumGetTimestampTz(timestamp)))
		return false;
	entry = (SearchedEntry)
	{
		.found = {
			.timestamp = timestamp,
			.team_id = column_value(partition, partition->team_id),
			.job_id = column_value(partition, partition->job_id),
			.session_id = column_value(partition, partition->session_id),
			.user_id = column_value(partition, partition->user_id),
			.has_body = has_body
		}
	};
	read_kept_json(partition, &entry);
	return body_search_entry(bodies, &entry, cost);
}

/* Returns the value of a column of the entry; 0 where it is NULL, or there is no such column. */
static Datum
column_value(PartitionScan *partition, AttrNumber attnum)
{
	bool		isnull = true;
	Datum		value = attnum == 0 ? 0 : slot_getattr(partition->slot, attnum, &isnull);

	return isnull ? 0 : value;
}

/* Tells whether the entry in partition->slot, an ordinary table's, has any JSON. */
static bool
has_kept_json(PartitionScan *partition)
{
	bool		is_copy;
	HeapTuple	entry = ExecFetchSlotHeapTuple(partition->slot, false, &is_copy);

	for (int i = 0; i < N_KEPT_JSON; i++)
		if (partition->kept_json[i] != 0 &&
			!heap_attisnull(entry, partition->kept_json[i], RelationGetDescr(partition->heap)))
			return true;
	return false;
}

/* Reads what of attempts, tool calls and metadata is kept with the entry. */
static void
read_kept_json(PartitionScan *partition, SearchedEntry *entry)
{
	for (int i = 0; i < N_KEPT_JSON; i++)
	{
		Datum		value = column_value(partition, partition->kept_json[i]);

		if (value != 0)
			entry->kept[i] = text_to_slice(value);
	}
}

/*
 * Records the entry in partition->slot among those that have the text, if it matches the
 * search and has it in its JSON.
 */
static void
mark_row(PartitionScan *partition)
{
	BodySearch *bodies = partition->search->bodies;
	SearchedEntry entry = {0};

	read_kept_json(partition, &entry);
	if (body_search_has_text(bodies, entry.kept, N_KEPT_JSON) && row_matches(partition))
		body_search_match(bodies, DatumGetTimestampTz(column_value(partition, partition->timestamp)),
						  column_value(partition, partition->team_id),
						  id_hash(text_to_slice(column_value(partition, partition->job_id))));
}

/* Tells whether the entry comes behind the page before, whose last is of its time. */
static bool
is_before(PartitionScan *partition, TimestampTz at)
{
	Search	   *search = partition->search;
	bool		isnull;
	int			order = slice_compare(text_to_slice(slot_getattr(partition->slot, partition->job_id, &isnull)),
									  text_to_slice(search->before_job_id));

	if (order == 0 && search->has_before_team)
		order = slice_compare(text_to_slice(slot_getattr(partition->slot, partition->team_id, &isnull)),
							  text_to_slice(search->before_team_id));
	return order < 0;
}

/* Tells whether a column (0: none) of the entry, a text, has the bytes of a value. */
static bool
equals(PartitionScan *partition, AttrNumber attnum, Datum value)
{
	bool		isnull;
	Datum		own;

	if (attnum == 0)
		return false;
	own = slot_getattr(partition->slot, attnum, &isnull);
	return !isnull && text_equals(own, value);
}

/* Gives the entry in partition->slot to who takes what is found, unless there is enough. */
static void
sink_row(PartitionScan *partition)
{
	RowSink    *sink = partition->search->sink;
	Datum		values[MAX_SINK_COLUMNS];
	bool		nulls[MAX_SINK_COLUMNS];

	if (has_enough(partition))
		return;
	for (int i = 0; i < sink->n_columns; i++)
	{
		nulls[i] = true;
		values[i] = partition->sunk[i] == 0 ? 0 : slot_getattr(partition->slot, partition->sunk[i], &nulls[i]);
	}
	sink->add(sink, values, nulls);
	partition->found++;
}

/* Adds the entry in partition->slot to what was found, as a row of the result. */
static void
add_row(PartitionScan *partition)
{
	Search	   *search = partition->search;
	TupleTableSlot *row = ExecClearTuple(partition->row);

	for (int i = 0; i < search->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(search->desc, i);

		row->tts_isnull[i] = true;
		if (partition->output[i] == 0)
			continue;
		row->tts_values[i] = slot_getattr(partition->slot, partition->output[i], &row->tts_isnull[i]);
		if (!row->tts_isnull[i] && strcmp(NameStr(att->attname), FINGERPRINT_COLUMN) == 0)
			row->tts_values[i] = DirectFunctionCall2(binary_encode, row->tts_values[i],
													 CStringGetTextDatum("hex"));
	}
	ExecStoreVirtualTuple(row);
	if (partition->sort == NULL)
		partition->sort = begin_sort(search);
	tuplesort_puttupleslot(partition->sort, row);
	partition->found++;
}

/* Begins to sort rows, of which only as many stay as are wanted. */
static Tuplesortstate *
begin_sort(Search *search)
{
	static const char *const names[] = {"timestamp", "job_id", "team_id"};
	AttrNumber	attnums[lengthof(names)];
	Oid			descending[lengthof(names)];
	Oid			collations[lengthof(names)];
	bool		nulls_first[lengthof(names)];
	MemoryContext old = MemoryContextSwitchTo(search->scratch);
	Tuplesortstate *sort;

	for (int i = 0; i < lengthof(names); i++)
	{
		Form_pg_attribute att;

		attnums[i] = SPI_fnumber(search->desc, names[i]);
		att = TupleDescAttr(search->desc, attnums[i] - 1);
		descending[i] = lookup_type_cache(att->atttypid, TYPECACHE_GT_OPR)->gt_opr;
		collations[i] = att->atttypid == TEXTOID ? C_COLLATION_OID : InvalidOid;
		nulls_first[i] = true;
	}
	sort = tuplesort_begin_heap(search->desc, lengthof(names), attnums, descending,
								collations, nulls_first, work_mem, NULL,
								TUPLESORT_ALLOWBOUNDED);
	if (search->rows_left <= PG_INT32_MAX)
		tuplesort_set_bound(sort, (int64) search->rows_left);
	MemoryContextSwitchTo(old);
	return sort;
}

/*
 * Returns the time of the oldest entry among those found that are wanted.  At least as many
 * were found as are wanted.
 */
TimestampTz
last_wanted_time(PartitionScan *partition)
{
	Tuplesortstate *found = partition->sort;
	TupleTableSlot *row = MakeSingleTupleTableSlot(partition->search->desc, &TTSOpsMinimalTuple);
	AttrNumber	timestamp = SPI_fnumber(partition->search->desc, "timestamp");
	TimestampTz last = PG_INT64_MIN;

	tuplesort_performsort(found);
	partition->sort = begin_sort(partition->search);
	for (uint64 i = 0; i < partition->search->rows_left &&
		 tuplesort_gettupleslot(found, true, false, row, NULL); i++)
	{
		bool		isnull;

		last = DatumGetTimestampTz(slot_getattr(row, timestamp, &isnull));
		tuplesort_puttupleslot(partition->sort, row);
	}
	ExecDropSingleTupleTableSlot(row);
	tuplesort_end(found);
	return last;
}

/* Puts what was found, and nobody has taken, into the result, newest first. */
void
emit_rows(PartitionScan *partition)
{
	Search	   *search = partition->search;
	bool		cut = partition->cut;
	TupleTableSlot *row;

	partition->cut = false;
	if (search->sink != NULL)
	{
		if (search->rows_left != ALL_ROWS)
			search->rows_left -= partition->found;
		partition->found = 0;
	}
	if (partition->sort == NULL)
		return;
	row = MakeSingleTupleTableSlot(search->desc, &TTSOpsMinimalTuple);
	tuplesort_performsort(partition->sort);
	while (search->rows_left > 0 &&
		   tuplesort_gettupleslot(partition->sort, true, false, row, NULL))
	{
		bool		isnull;

		/* a time of which not all was read is read again */
		if (cut &&
			DatumGetTimestampTz(slot_getattr(row, SPI_fnumber(search->desc, "timestamp"), &isnull)) <= partition->last)
			break;
		if (search_takes_row(search))
			tuplestore_puttupleslot(search->store, row);
	}
	ExecDropSingleTupleTableSlot(row);
	tuplesort_end(partition->sort);
	partition->sort = NULL;
	partition->found = 0;
}
