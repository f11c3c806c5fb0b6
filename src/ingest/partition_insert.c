/*
 * partition_insert.c
 *		Writing rows into a partition as COPY does, without a statement of SQL:
 *		many rows a page at once.
 *
 * Only where a statement would do no more than that.  A trigger, a rule, a
 * column of somebody else, a foreign table, a policy that binds the owner, a
 * cluster's own way of storing (which a trigger gives away): all that is for a
 * statement.  Constraints and indexes are seen to here, whoever made them; their
 * errors quote the row, which batch_flush() takes out.
 */
#include "postgres.h"

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
#include "utils/rel.h"
#include "utils/rls.h"

#include "core/compat.h"
#include "ingest/partition_insert.h"

/* Rows that are written at once: a few pages of entries. */
#define ROWS_AT_ONCE 100

struct PartitionInsert
{
	Relation	partition;
	ResultRelInfo *info;
	EState	   *estate;
	int			n_slots;		/* made */
	int			n_rows;			/* that wait in them */
	TupleTableSlot *slots[ROWS_AT_ONCE];
};

static bool needs_statement(Relation parent, Relation partition, TupleDesc columns);
static bool same_columns(TupleDesc a, TupleDesc b);
static bool is_built_beside(const PartitionInsert *writer, Relation index);
static TupleTableSlot *store_row(PartitionInsert *writer, HeapTuple row);
static void write_waiting(PartitionInsert *writer);

/*
 * Begins to write into a partition of an open parent, in the current context, or
 * returns NULL where that takes a statement.  The rows have these columns.  The
 * parent's lock keeps the partition where it is, to the end of the transaction.
 */
PartitionInsert *
partition_insert_begin(Relation parent, Oid partition, TupleDesc columns)
{
	PartitionInsert *writer;
	Relation	relation = table_open(partition, RowExclusiveLock);

	if (needs_statement(parent, relation, columns))
	{
		table_close(relation, NoLock);
		return NULL;
	}
	writer = palloc0(sizeof(PartitionInsert));
	writer->partition = relation;
	writer->estate = CreateExecutorState();
	writer->info = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->info, relation, 0, NULL, 0);
	ExecOpenIndices(writer->info, false);
	return writer;
}

/* Returns the open partition. */
Relation
partition_insert_relation(const PartitionInsert *writer)
{
	return writer->partition;
}

/*
 * Returns how many indexes of the partition can refuse a row.  One that is being
 * built beside another of the same columns, as REINDEX CONCURRENTLY does, is none: it
 * refuses what the other refuses.
 */
int
partition_insert_keys(const PartitionInsert *writer)
{
	int			n = 0;

	for (int i = 0; i < writer->info->ri_NumIndices; i++)
	{
		Relation	index = writer->info->ri_IndexRelationDescs[i];

		n += (index->rd_index->indisunique || index->rd_index->indisexclusion) &&
			!is_built_beside(writer, index);
	}
	return n;
}

/* Tells whether an index is not valid, and a valid one is on the same columns. */
static bool
is_built_beside(const PartitionInsert *writer, Relation index)
{
	if (index->rd_index->indisvalid || RelationGetIndexPredicate(index) != NIL)
		return false;
	for (int i = 0; i < writer->info->ri_NumIndices; i++)
	{
		Relation	other = writer->info->ri_IndexRelationDescs[i];

		if (other->rd_index->indisvalid && other->rd_index->indisunique &&
			RelationGetIndexPredicate(other) == NIL && RelationGetIndexExpressions(other) == NIL &&
			other->rd_index->indnkeyatts == index->rd_index->indnkeyatts &&
			memcmp(other->rd_index->indkey.values, index->rd_index->indkey.values,
				   sizeof(AttrNumber) * index->rd_index->indnkeyatts) == 0)
			return true;
	}
	return false;
}

/* Writes a row, now or with later ones; it is not the caller's any more. */
void
partition_insert_add(PartitionInsert *writer, HeapTuple row)
{
	store_row(writer, row);
	if (++writer->n_rows == ROWS_AT_ONCE)
		write_waiting(writer);
}

/*
 * Writes a row at once and gives its place in *tid.  Returns false, and leaves a dead
 * row, where a unique index has its key from a transaction that has not been rolled
 * back; it waits for none.  The row is not the caller's any more.
 */
bool
partition_insert_try(PartitionInsert *writer, HeapTuple row, ItemPointer tid)
{
	TupleTableSlot *slot = store_row(writer, row);
	TransactionId xid = GetCurrentTransactionId();
	uint32		token = SpeculativeInsertionLockAcquire(xid);
	bool		conflict = false;
	List	   *recheck;

	/* what others find of it until it is confirmed they wait for, a moment */
	table_tuple_insert_speculative(writer->partition, slot, GetCurrentCommandId(true), 0,
								   NULL, token);
	recheck = ogw_insert_index_tuples(writer->info, slot, writer->estate, true, &conflict);
	table_tuple_complete_speculative(writer->partition, slot, token, !conflict);
	SpeculativeInsertionLockRelease(xid);
	list_free(recheck);
	*tid = slot->tts_tid;
	ExecClearTuple(slot);
	ResetPerTupleExprContext(writer->estate);
	return !conflict;
}

/* Writes what waits, and ends; the lock stays to the end of the transaction. */
void
partition_insert_end(PartitionInsert *writer)
{
	write_waiting(writer);
	for (int i = 0; i < writer->n_slots; i++)
		ExecDropSingleTupleTableSlot(writer->slots[i]);
	ExecCloseIndices(writer->info);
	table_close(writer->partition, NoLock);
	FreeExecutorState(writer->estate);
	pfree(writer->info);
	pfree(writer);
}

/*
 * Tells whether rows with these columns have to go to the partition through a
 * statement.
 */
static bool
needs_statement(Relation parent, Relation partition, TupleDesc columns)
{
	return partition->rd_rel->relkind != RELKIND_RELATION ||
		partition->rd_rel->relam != HEAP_TABLE_AM_OID ||
		partition->trigdesc != NULL || parent->trigdesc != NULL || parent->rd_rules != NULL ||
		!same_columns(RelationGetDescr(partition), columns) ||
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
			a->atttypmod != b->atttypmod ||
			strcmp(NameStr(a->attname), NameStr(b->attname)) != 0)
			return false;
	}
	return true;
}

/* Puts a row into the next slot, and checks it against the constraints. */
static TupleTableSlot *
store_row(PartitionInsert *writer, HeapTuple row)
{
	TupleTableSlot *slot;

	if (writer->n_rows == writer->n_slots)
		writer->slots[writer->n_slots++] =
			MakeSingleTupleTableSlot(RelationGetDescr(writer->partition), &TTSOpsHeapTuple);
	slot = writer->slots[writer->n_rows];
	ExecStoreHeapTuple(row, slot, true);
	slot->tts_tableOid = RelationGetRelid(writer->partition);
	if (RelationGetDescr(writer->partition)->constr != NULL)
		ExecConstraints(writer->info, slot, writer->estate);
	return slot;
}

/* Writes the rows that wait, and their index entries. */
static void
write_waiting(PartitionInsert *writer)
{
	if (writer->n_rows == 0)
		return;
	table_multi_insert(writer->partition, writer->slots, writer->n_rows,
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
