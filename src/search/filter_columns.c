/*
 * filter_columns.c
 *		The columns of an entry that can be searched for, and whether an index is of
 *		these.
 *
 * filter_index.sql makes the indexes.  One that has the name of ours may be of an older
 * version, which lacks a column, or a DBA's.  It is told by what it is of, and never
 * asked for what it lacks: such a partition is searched without it, and maintain() builds
 * the index again.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "core/compat.h"
#include "core/log_table.h"
#include "core/partition_index.h"
#include "core/relation_changes.h"
#include "search/filter_columns.h"

/* The columns of the BRIN index, in their order. */
static const IndexColumn columns[FILTER_TIME_NUMBER] = {
	{"team_id", TEXTOID, BLOOM_EQUAL}, {"user_id", TEXTOID, BLOOM_EQUAL},
	{"session_id", TEXTOID, BLOOM_EQUAL}, {"owner", TEXTOID, BLOOM_EQUAL},
	{"api_key_fingerprint", BYTEAOID, BLOOM_EQUAL}, {"requested_model", TEXTOID, BLOOM_EQUAL},
	{"served_model", TEXTOID, BLOOM_EQUAL}, {"provider", TEXTOID, BLOOM_EQUAL},
	{"status", TEXTOID, BLOOM_EQUAL}, {"error_code", TEXTOID, BLOOM_EQUAL},
	{"fallback_reason", TEXTOID, BLOOM_EQUAL}, {"api_key", TEXTOID, BLOOM_EQUAL},
	{"operation", TEXTOID, BLOOM_EQUAL},
	{"timestamp", TIMESTAMPTZOID, BTEqualStrategyNumber}
};

/*
 * The seeds of their hashes in the GIN index.  There it does not matter which of the two
 * models was asked for.
 */
static const int seeds[N_FILTER_COLUMNS] = {1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12};

/*
 * What an index is of: the column of each hash, in the order of ours.  Partitions have
 * mostly the same, so the one that was read last is kept as the catalog stores it, and
 * read again only where another one is stored.
 */
typedef struct IndexedColumns
{
	bool		are_ours;		/* as many hashes, each with its seed and nothing else */
	AttrNumber	attnums[N_FILTER_COLUMNS];
} IndexedColumns;

static struct varlena *last_stored = NULL;
static IndexedColumns last_read;

/* What was found out about the index of a partition. */
typedef struct CheckedIndex
{
	Oid			partition;
	Oid			index;			/* InvalidOid: to be found out again */
	IndexedColumns indexed;
	uint32		checked;		/* columns, a bit each, that are the partition's of that name */
} CheckedIndex;

/*
 * Reading the catalog takes as long as asking an index, so it is done once a session for
 * each partition, and of columns that a search asks for.  NULL before the first.
 */
static HTAB *checked = NULL;

PG_FUNCTION_INFO_V1(ogw_is_sealed);
PG_FUNCTION_INFO_V1(ogw_has_filter_index);
PG_FUNCTION_INFO_V1(ogw_has_time_index);

static void relation_changed(Oid relid);
static bool has_filter_index(Oid partition);
static bool has_time_index(Oid partition);
static bool is_current(Oid partition, Oid index, uint32 asked);
static CheckedIndex *checked_index(Oid partition, Oid index);
static IndexedColumns read_indexed_columns(Oid index);
static IndexedColumns parse_indexed_columns(Datum expressions);
static AttrNumber hashed_column(Node *node, Oid type, int seed);

/* Begins to listen to changes of relations; called when the library is loaded. */
void
filter_columns_init(void)
{
	on_relation_change(relation_changed);
}

/* Takes note that a relation has changed, or any may have (InvalidOid). */
static void
relation_changed(Oid relid)
{
	CheckedIndex *entry;
	HASH_SEQ_STATUS all;

	if (checked == NULL)
		return;
	if (OidIsValid(relid))
	{
		entry = hash_search(checked, &relid, HASH_FIND, NULL);
		if (entry != NULL)
			entry->index = InvalidOid;
		return;
	}
	hash_seq_init(&all, checked);
	while ((entry = hash_seq_search(&all)) != NULL)
		entry->index = InvalidOid;
}

/* Returns the number of a column, from 1; 0 where it has no hash. */
int
filter_column_number(const char *name)
{
	for (int i = 0; i < N_FILTER_COLUMNS; i++)
		if (strcmp(columns[i].name, name) == 0)
			return i + 1;
	return 0;
}

/* Returns the seed of the hashes of a column that has some. */
int
filter_column_seed(const char *name)
{
	return seeds[filter_column_number(name) - 1];
}

/*
 * Tells whether all of them have in ogw_logs.entry the type and the collation that they were
 * made with.  Called as the owner, with the log made.
 */
bool
filter_columns_are_made(void)
{
	Oid			entry = log_table_there("entry");

	for (int i = 0; i < N_FILTER_COLUMNS; i++)
	{
		AttrNumber	number = get_attnum(entry, columns[i].name);
		Oid			type;
		int32		typmod;
		Oid			collation;

		if (number == InvalidAttrNumber)
			return false;
		get_atttypetypmodcoll(entry, number, &type, &typmod, &collation);
		if (type != columns[i].type || collation != (type == TEXTOID ? C_COLLATION_OID : InvalidOid))
			return false;
	}
	return true;
}

/* Tells whether an open index, with the name of an open partition's, is of our columns. */
bool
is_summary_index(Relation index)
{
	return index_has_columns(index, columns, lengthof(columns));
}

/*
 * Returns the GIN index by which a locked, sealed partition is searched, or InvalidOid
 * where it has none that shows what a snapshot of this transaction can see, or one of
 * another definition.  asked has a bit for each column that the search asks for.
 */
Oid
filter_index_of(Oid partition, uint32 asked)
{
	Oid			index = partition_index(partition, FILTER_SUFFIX, GIN_AM_OID);

	return OidIsValid(index) && is_current(partition, index, asked) ? index : InvalidOid;
}

/*
 * has_filter_index(partition) → boolean: whether a partition of entries has the valid index
 * by which a sealed one is searched, of the definition that it is made of now; STRICT.
 */
Datum
ogw_has_filter_index(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_filter_index(PG_GETARG_OID(0)));
}

/* has_time_index(partition) → boolean: the same of the index by which it is read in order. */
Datum
ogw_has_time_index(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_time_index(PG_GETARG_OID(0)));
}

/*
 * is_sealed(partition) → boolean: whether a partition of entries has the indexes by
 * which a sealed one is searched, and no more what an open one has.  One that lost
 * such an index, or has an older one, is to be sealed again; STRICT.
 */
Datum
ogw_is_sealed(PG_FUNCTION_ARGS)
{
	Oid			partition = PG_GETARG_OID(0);

	PG_RETURN_BOOL(has_filter_index(partition) && has_time_index(partition) &&
				   IndexGetRelation(relation_beside(partition, SUMMARY_SUFFIX), true) != partition);
}

/* Tells the same as has_filter_index() of SQL. */
static bool
has_filter_index(Oid partition)
{
	Oid			index = partition_index_valid(partition, FILTER_SUFFIX, GIN_AM_OID);

	return OidIsValid(index) && is_current(partition, index, PG_UINT32_MAX);
}

/* Tells the same as has_time_index() of SQL. */
static bool
has_time_index(Oid partition)
{
	return partition_index_is_there(partition, TIME_SUFFIX, BTREE_AM_OID, &columns[FILTER_TIME_NUMBER - 1], 1, false);
}

/*
 * Tells whether an index of a partition is what filter_index_definition() makes now, as
 * far as it is of the columns asked for, a bit each.  Whose column has the parent's number is
 * not looked up by its name: that takes as long as all else of a partition's first search.
 * Only who attaches a partition with other numbers, and makes an index there of columns
 * that its definition does not name, is believed what is wrong.
 */
static bool
is_current(Oid partition, Oid index, uint32 asked)
{
	CheckedIndex *entry = checked_index(partition, index);
	uint32		unchecked = asked & ~entry->checked;
	Oid			parent = unchecked != 0 ? log_table("entry") : InvalidOid;

	for (int i = 0; unchecked != 0 && entry->indexed.are_ours && i < N_FILTER_COLUMNS; i++)
		if ((unchecked & FILTER_COLUMN_BIT(i + 1)) != 0 &&
			get_attnum(parent, columns[i].name) != entry->indexed.attnums[i] &&
			get_attnum(partition, columns[i].name) != entry->indexed.attnums[i])
			entry->indexed.are_ours = false;
	entry->checked |= asked;
	return entry->indexed.are_ours;
}

/* Returns what is known about the index of a partition, which is read where nothing is. */
static CheckedIndex *
checked_index(Oid partition, Oid index)
{
	CheckedIndex *entry = checked == NULL ? NULL : hash_search(checked, &partition, HASH_FIND, NULL);
	IndexedColumns indexed;

	if (entry != NULL && entry->index == index)
		return entry;
	indexed = read_indexed_columns(index);
	if (checked == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(Oid),.entrysize = sizeof(CheckedIndex),.hcxt = CacheMemoryContext};

		checked = hash_create("ogw_logs filter indexes", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	entry = hash_search(checked, &partition, HASH_ENTER, NULL);
	entry->index = index;
	entry->indexed = indexed;
	entry->checked = 0;
	return entry;
}

/* Reads from the catalog what an index is of. */
static IndexedColumns
read_indexed_columns(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	IndexedColumns indexed = {.are_ours = false};
	Datum		expressions;
	bool		is_plain;

	if (!HeapTupleIsValid(tuple))
		return indexed;
	expressions = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indexprs, &is_plain);
	if (!is_plain && ((Form_pg_index) GETSTRUCT(tuple))->indnatts == 1)
	{
		/* as it is stored: compressed, and in the tuple, where the cache has brought it */
		struct varlena *stored = (struct varlena *) DatumGetPointer(expressions);

		if (last_stored == NULL || VARSIZE_ANY(stored) != VARSIZE_ANY(last_stored) ||
			memcmp(stored, last_stored, VARSIZE_ANY(stored)) != 0)
		{
			struct varlena *copy;

			/* it may raise an error */
			indexed = parse_indexed_columns(expressions);
			copy = MemoryContextAlloc(CacheMemoryContext, VARSIZE_ANY(stored));
			memcpy(copy, stored, VARSIZE_ANY(stored));
			if (last_stored != NULL)
				pfree(last_stored);
			last_stored = copy;
			last_read = indexed;
		}
		indexed = last_read;
	}
	ReleaseSysCache(tuple);
	return indexed;
}

/*
 * Reads from the expression of an index, a pg_node_tree, what it is of.  Ours is one array
 * of hashes: of all the columns that can be searched for, in their order.
 */
static IndexedColumns
parse_indexed_columns(Datum expressions)
{
	IndexedColumns indexed = {.are_ours = false};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs index expression",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	ArrayExpr  *array = linitial(castNode(List, stringToNode(TextDatumGetCString(expressions))));

	indexed.are_ours = IsA(array, ArrayExpr) && array->element_typeid == INT8OID &&
		list_length(array->elements) == N_FILTER_COLUMNS;
	for (int i = 0; indexed.are_ours && i < N_FILTER_COLUMNS; i++)
	{
		indexed.attnums[i] = hashed_column(list_nth(array->elements, i), columns[i].type, seeds[i]);
		indexed.are_ours = indexed.attnums[i] != InvalidAttrNumber;
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return indexed;
}

/*
 * Returns the column of which an expression is hashtextextended(column, seed), in collation
 * "C", or of a column of bytea that of encode(column, 'hex'); InvalidAttrNumber where it is
 * another one.
 */
static AttrNumber
hashed_column(Node *node, Oid type, int seed)
{
	FuncExpr   *hash = (FuncExpr *) node;
	Const	   *number;
	Node	   *value;

	if (!IsA(node, FuncExpr) || hash->funcid != F_HASHTEXTEXTENDED)
		return InvalidAttrNumber;
	value = linitial(hash->args);
	number = lsecond(hash->args);
	if (!IsA(number, Const) || number->constisnull || DatumGetInt64(number->constvalue) != seed)
		return InvalidAttrNumber;
	if (type == BYTEAOID)
	{
		FuncExpr   *encode = (FuncExpr *) value;
		Const	   *format;

		if (!IsA(value, FuncExpr) || encode->funcid != F_ENCODE)
			return InvalidAttrNumber;
		value = linitial(encode->args);
		format = lsecond(encode->args);
		if (!IsA(format, Const) || format->constisnull ||
			strcmp(TextDatumGetCString(format->constvalue), "hex") != 0)
			return InvalidAttrNumber;
	}
	else if (hash->inputcollid != C_COLLATION_OID)
		return InvalidAttrNumber;
	return IsA(value, Var) ? ((Var *) value)->varattno : InvalidAttrNumber;
}
