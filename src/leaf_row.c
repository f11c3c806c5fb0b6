/*
 * leaf_row.c
 *		The entries of a partition: which are looked for, and their rows.
 *
 * Rows are kept sorted, and never more than are wanted, in work_mem or on disk.
 */
#include "postgres.h"

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

#include "body_search.h"
#include "compat.h"
#include "leaf.h"

static AttrNumber column(Leaf *leaf, const char *name);
static bool fits(Leaf *leaf);
static bool body_fits(Leaf *leaf, bool *opened);
static bool is_before(Leaf *leaf, TimestampTz at);
static bool equals(Leaf *leaf, AttrNumber attnum, Datum value);
static int	compare(Datum a, Datum b);
static void take(Leaf *leaf);
static Tuplesortstate *begin_sort(Search *search);

/*
 * Opens a partition, which is locked, and finds its columns; does nothing where
 * that was done.
 */
void
leaf_open(Leaf *leaf)
{
	Search	   *search = leaf->search;

	if (leaf->heap != NULL)
		return;
	leaf->heap = table_open(leaf->relid, NoLock);
	leaf->slot = table_slot_create(leaf->heap, NULL);
	leaf->row = MakeSingleTupleTableSlot(search->desc, &TTSOpsVirtual);
	leaf->row_context = AllocSetContextCreate(CurrentMemoryContext,
											  "ogw_logs entry", ALLOCSET_SMALL_SIZES);
	leaf->timestamp = column(leaf, "timestamp");
	leaf->job_id = column(leaf, "job_id");
	leaf->team_id = column(leaf, "team_id");
	leaf->session_id = column(leaf, "session_id");
	leaf->body_logged = column(leaf, "body_logged");
	leaf->output = palloc(sizeof(AttrNumber) * search->desc->natts);
	for (int i = 0; i < search->desc->natts; i++)
		leaf->output[i] = column(leaf, NameStr(TupleDescAttr(search->desc, i)->attname));
	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];

		leaf->condition[i][0] = column(leaf, condition->column);
		leaf->condition[i][1] = condition->or_column == NULL ? 0 :
			column(leaf, condition->or_column);
	}
}

/* Returns the number of a column, which differs between partitions, or 0. */
static AttrNumber
column(Leaf *leaf, const char *name)
{
	TupleDesc	desc = RelationGetDescr(leaf->heap);

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
leaf_close(Leaf *leaf)
{
	if (leaf->heap == NULL)
		return;
	ExecDropSingleTupleTableSlot(leaf->slot);
	ExecDropSingleTupleTableSlot(leaf->row);
	table_close(leaf->heap, NoLock);
}

/*
 * Takes the entry in leaf->slot if it is looked for; returns what that cost beyond
 * looking at it.
 */
int64
leaf_row_look(Leaf *leaf)
{
	MemoryContext old = MemoryContextSwitchTo(leaf->row_context);
	bool		opened = false;

	if (fits(leaf) && (leaf->search->bodies == NULL || body_fits(leaf, &opened)))
		take(leaf);
	MemoryContextSwitchTo(old);
	MemoryContextReset(leaf->row_context);
	return opened ? COST_OF_BODY : 0;
}

/* Tells whether the entry in leaf->slot is looked for. */
static bool
fits(Leaf *leaf)
{
	Search	   *search = leaf->search;
	bool		isnull;
	TimestampTz at = DatumGetTimestampTz(slot_getattr(leaf->slot, leaf->timestamp, &isnull));

	if (isnull || at < leaf->first || at > leaf->last)
		return false;
	if (search->has_before_job && at == search->before_at && !is_before(leaf, at))
		return false;
	for (int i = 0; i < search->n_conditions; i++)
	{
		Datum		value = search->conditions[i].value;

		if (!equals(leaf, leaf->condition[i][0], value) &&
			!equals(leaf, leaf->condition[i][1], value))
			return false;
	}
	if (search->n_teams < 0)
		return true;
	for (int i = 0; i < search->n_teams; i++)
		if (equals(leaf, leaf->team_id, search->teams[i]))
			return true;
	return false;
}

/* Tells whether the entry's body has the text that is looked for. */
static bool
body_fits(Leaf *leaf, bool *opened)
{
	bool		isnull;
	Datum		session_id = 0;

	if (leaf->body_logged == 0 ||
		!DatumGetBool(slot_getattr(leaf->slot, leaf->body_logged, &isnull)) || isnull)
		return false;
	if (leaf->session_id != 0)
	{
		session_id = slot_getattr(leaf->slot, leaf->session_id, &isnull);
		if (isnull)
			session_id = 0;
	}
	return body_search_one(leaf->search->bodies, slot_getattr(leaf->slot, leaf->timestamp, &isnull),
						   slot_getattr(leaf->slot, leaf->team_id, &isnull),
						   slot_getattr(leaf->slot, leaf->job_id, &isnull), session_id, opened);
}

/* Tells whether the entry comes behind the page before, whose last is of its time. */
static bool
is_before(Leaf *leaf, TimestampTz at)
{
	Search	   *search = leaf->search;
	bool		isnull;
	int			order = compare(slot_getattr(leaf->slot, leaf->job_id, &isnull),
								search->before_job_id);

	if (order == 0 && search->has_before_team)
		order = compare(slot_getattr(leaf->slot, leaf->team_id, &isnull),
						search->before_team_id);
	return order < 0;
}

/* Tells whether a column (0: none) of the entry has a value, byte by byte. */
static bool
equals(Leaf *leaf, AttrNumber attnum, Datum value)
{
	bool		isnull;
	Datum		own;

	if (attnum == 0)
		return false;
	own = slot_getattr(leaf->slot, attnum, &isnull);
	return !isnull && compare(own, value) == 0;
}

/* Compares two texts, or byteas, as collation "C" does. */
static int
compare(Datum a, Datum b)
{
	struct varlena *left = PG_DETOAST_DATUM_PACKED(a);
	struct varlena *right = PG_DETOAST_DATUM_PACKED(b);
	int			left_len = VARSIZE_ANY_EXHDR(left);
	int			right_len = VARSIZE_ANY_EXHDR(right);
	int			order = memcmp(VARDATA_ANY(left), VARDATA_ANY(right), Min(left_len, right_len));

	return order != 0 ? order : (left_len > right_len) - (left_len < right_len);
}

/* Keeps the entry in leaf->slot as a row of the result, of the newest ones wanted. */
static void
take(Leaf *leaf)
{
	Search	   *search = leaf->search;
	TupleTableSlot *row = ExecClearTuple(leaf->row);

	for (int i = 0; i < search->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(search->desc, i);

		row->tts_isnull[i] = true;
		if (leaf->output[i] == 0)
			continue;
		row->tts_values[i] = slot_getattr(leaf->slot, leaf->output[i], &row->tts_isnull[i]);
		/* of all columns the fingerprint alone is shown as another type */
		if (!row->tts_isnull[i] && att->atttypid == TEXTOID &&
			TupleDescAttr(RelationGetDescr(leaf->heap), leaf->output[i] - 1)->atttypid == BYTEAOID)
			row->tts_values[i] = DirectFunctionCall2(binary_encode, row->tts_values[i],
													 CStringGetTextDatum("hex"));
	}
	ExecStoreVirtualTuple(row);
	if (leaf->sort == NULL)
		leaf->sort = begin_sort(search);
	tuplesort_puttupleslot(leaf->sort, row);
	leaf->found++;
}

/* Begins to sort rows, of which no more are kept than are wanted. */
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
 * Returns the time of the last of the entries found that are wanted: no older one
 * is.  As many are found as are wanted, or more.
 */
TimestampTz
leaf_last_wanted(Leaf *leaf)
{
	Tuplesortstate *found = leaf->sort;
	TupleTableSlot *row = MakeSingleTupleTableSlot(leaf->search->desc, &TTSOpsMinimalTuple);
	AttrNumber	timestamp = SPI_fnumber(leaf->search->desc, "timestamp");
	TimestampTz last = PG_INT64_MIN;

	tuplesort_performsort(found);
	leaf->sort = begin_sort(leaf->search);
	for (uint64 i = 0; i < leaf->search->rows_left &&
		 tuplesort_gettupleslot(found, true, false, row, NULL); i++)
	{
		bool		isnull;

		last = DatumGetTimestampTz(slot_getattr(row, timestamp, &isnull));
		tuplesort_puttupleslot(leaf->sort, row);
	}
	ExecDropSingleTupleTableSlot(row);
	tuplesort_end(found);
	return last;
}

/* Gives what was found to the caller, newest first. */
void
leaf_give(Leaf *leaf)
{
	Search	   *search = leaf->search;
	bool		cut = leaf->cut;
	TupleTableSlot *row;

	leaf->cut = false;
	if (leaf->sort == NULL)
		return;
	row = MakeSingleTupleTableSlot(search->desc, &TTSOpsMinimalTuple);
	tuplesort_performsort(leaf->sort);
	while (search->rows_left > 0 &&
		   tuplesort_gettupleslot(leaf->sort, true, false, row, NULL))
	{
		bool		isnull;

		/* what is of a time that was not looked at as a whole is looked at again */
		if (cut &&
			DatumGetTimestampTz(slot_getattr(row, SPI_fnumber(search->desc, "timestamp"), &isnull)) <= leaf->last)
			break;
		tuplestore_puttupleslot(search->store, row);
		if (search->rows_left != ALL_ROWS)
			search->rows_left--;
	}
	ExecDropSingleTupleTableSlot(row);
	tuplesort_end(leaf->sort);
	leaf->sort = NULL;
	leaf->found = 0;
}
