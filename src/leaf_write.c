/*
 * leaf_write.c
 *		Writing rows into a partition as COPY does, without a statement of SQL:
 *		many rows a page at once.
 *
 * Only where a statement would do no more than that.  A trigger, a rule, a
 * column of somebody else, a foreign table, a policy that binds the owner, a
 * cluster's own way of storing (which a trigger gives away): all that is for a
 * statement.  Constraints and indexes are seen to here, whoever made them.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"

#include "compat.h"
#include "leaf_write.h"

/* Rows that are written at once: a few pages of entries. */
#define ROWS_AT_ONCE 100

struct LeafWriter
{
	Relation	leaf;
	ResultRelInfo *info;
	EState	   *estate;
	int			n_slots;		/* made */
	int			n_rows;			/* that wait in them */
	TupleTableSlot *slots[ROWS_AT_ONCE];
};

static bool needs_statement(Relation parent, Relation leaf, TupleDesc columns);
static bool same_columns(TupleDesc a, TupleDesc b);
static TupleTableSlot *take_slot(LeafWriter *writer, HeapTuple row);
static void write_waiting(LeafWriter *writer);

/* Makes a row type, to be kept for the life of the session. */
TupleDesc
make_row_type(const RowColumn *columns, int n)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	TupleDesc	made = CreateTemplateTupleDesc(n);

	for (int i = 0; i < n; i++)
		TupleDescInitEntry(made, i + 1, columns[i].name, columns[i].type, -1, 0);
	ogw_finish_tupdesc(made);
	MemoryContextSwitchTo(old);
	return made;
}

/*
 * Begins to write into a partition of an open parent, in the current context, or
 * returns NULL where that takes a statement.  The rows have these columns.  The
 * parent's lock keeps the partition where it is, to the end of the transaction.
 */
LeafWriter *
leaf_writer_begin(Relation parent, Oid leaf, TupleDesc columns)
{
	LeafWriter *writer;
	Relation	relation = table_open(leaf, RowExclusiveLock);

	if (needs_statement(parent, relation, columns))
	{
		table_close(relation, NoLock);
		return NULL;
	}
	writer = palloc0(sizeof(LeafWriter));
	writer->leaf = relation;
	writer->estate = CreateExecutorState();
	writer->info = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->info, relation, 0, NULL, 0);
	ExecOpenIndices(writer->info, false);
	return writer;
}

/* Returns the open partition. */
Relation
leaf_writer_leaf(const LeafWriter *writer)
{
	return writer->leaf;
}

/* Returns how many indexes of the partition can refuse a row. */
int
leaf_writer_keys(const LeafWriter *writer)
{
	int			n = 0;

	for (int i = 0; i < writer->info->ri_NumIndices; i++)
	{
		Form_pg_index form = writer->info->ri_IndexRelationDescs[i]->rd_index;

		n += form->indisunique || form->indisexclusion;
	}
	return n;
}

/* Writes a row, now or with later ones; it is not the caller's any more. */
void
leaf_writer_add(LeafWriter *writer, HeapTuple row)
{
	take_slot(writer, row);
	if (++writer->n_rows == ROWS_AT_ONCE)
		write_waiting(writer);
}

/*
 * Writes a row at once, unless a unique index has such a row of this or another
 * transaction that has not been rolled back: false, and nothing is left of it.
 * The row is not the caller's any more.
 */
bool
leaf_writer_try(LeafWriter *writer, HeapTuple row)
{
	TupleTableSlot *slot = take_slot(writer, row);
	TransactionId xid = GetCurrentTransactionId();
	uint32		token = SpeculativeInsertionLockAcquire(xid);
	bool		conflict = false;
	List	   *recheck;

	/* what others find of it until it is confirmed they wait for, a moment */
	table_tuple_insert_speculative(writer->leaf, slot, GetCurrentCommandId(true), 0,
								   NULL, token);
	recheck = ogw_insert_index_tuples(writer->info, slot, writer->estate, true, &conflict);
	table_tuple_complete_speculative(writer->leaf, slot, token, !conflict);
	SpeculativeInsertionLockRelease(xid);
	list_free(recheck);
	ExecClearTuple(slot);
	ResetPerTupleExprContext(writer->estate);
	return !conflict;
}

/* Writes what waits, and ends; the lock stays to the end of the transaction. */
void
leaf_writer_end(LeafWriter *writer)
{
	write_waiting(writer);
	for (int i = 0; i < writer->n_slots; i++)
		ExecDropSingleTupleTableSlot(writer->slots[i]);
	ExecCloseIndices(writer->info);
	table_close(writer->leaf, NoLock);
	FreeExecutorState(writer->estate);
	pfree(writer->info);
	pfree(writer);
}

/*
 * Tells whether rows with these columns have to go to the partition through a
 * statement.
 */
static bool
needs_statement(Relation parent, Relation leaf, TupleDesc columns)
{
	return leaf->rd_rel->relkind != RELKIND_RELATION ||
		leaf->rd_rel->relam != HEAP_TABLE_AM_OID ||
		leaf->trigdesc != NULL || parent->trigdesc != NULL || parent->rd_rules != NULL ||
		!same_columns(RelationGetDescr(leaf), columns) ||
		pg_class_aclcheck(RelationGetRelid(parent), GetUserId(), ACL_INSERT) != ACLCHECK_OK ||
		check_enable_rls(RelationGetRelid(parent), InvalidOid, true) == RLS_ENABLED;
}

/* Tells whether a table has these columns, in this order, and none besides. */
static bool
same_columns(TupleDesc table, TupleDesc columns)
{
	if (table->natts != columns->natts)
		return false;
	for (int i = 0; i < table->natts; i++)
	{
		Form_pg_attribute a = TupleDescAttr(table, i);
		Form_pg_attribute b = TupleDescAttr(columns, i);

		if (a->attisdropped || a->attgenerated != '\0' || a->atttypid != b->atttypid ||
			strcmp(NameStr(a->attname), NameStr(b->attname)) != 0)
			return false;
	}
	return true;
}

/* Puts a row into the next slot, and checks it against the constraints. */
static TupleTableSlot *
take_slot(LeafWriter *writer, HeapTuple row)
{
	TupleTableSlot *slot;

	if (writer->n_rows == writer->n_slots)
		writer->slots[writer->n_slots++] =
			MakeSingleTupleTableSlot(RelationGetDescr(writer->leaf), &TTSOpsHeapTuple);
	slot = writer->slots[writer->n_rows];
	ExecStoreHeapTuple(row, slot, true);
	slot->tts_tableOid = RelationGetRelid(writer->leaf);
	if (RelationGetDescr(writer->leaf)->constr != NULL)
		ExecConstraints(writer->info, slot, writer->estate);
	return slot;
}

/* Writes the rows that wait, and their index entries. */
static void
write_waiting(LeafWriter *writer)
{
	if (writer->n_rows == 0)
		return;
	table_multi_insert(writer->leaf, writer->slots, writer->n_rows,
					   GetCurrentCommandId(true), 0, NULL);
	for (int i = 0; i < writer->n_rows; i++)
	{
		if (writer->info->ri_NumIndices > 0)
			ogw_insert_index_tuples(writer->info, writer->slots[i], writer->estate, false, NULL);
		ExecClearTuple(writer->slots[i]);
		ResetPerTupleExprContext(writer->estate);
	}
	writer->n_rows = 0;
	CHECK_FOR_INTERRUPTS();
}
