/*
 * partition_index.c
 *		The indexes of a partition, known by their names and by what they are.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "core/partition_index.h"

static Oid	find_index(Oid partition, const char *suffix, Oid am, bool for_snapshots);

/*
 * Returns the index of a locked partition whose name is the partition's and a suffix, or
 * InvalidOid where there is none of an access method, of all rows, that shows what a
 * snapshot of this transaction can see: a DBA may have made another.
 */
Oid
partition_index(Oid partition, const char *suffix, Oid am)
{
	return find_index(partition, suffix, am, true);
}

/* Returns the same index, also where some snapshots may not use it yet. */
Oid
partition_index_valid(Oid partition, const char *suffix, Oid am)
{
	return find_index(partition, suffix, am, false);
}

/* Finds it; for_snapshots: only one that all snapshots of this transaction may use. */
static Oid
find_index(Oid partition, const char *suffix, Oid am, bool for_snapshots)
{
	Oid			index = relation_beside(partition, suffix);
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	HeapTuple	relation;
	Form_pg_index form;
	bool		usable;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	relation = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	form = (Form_pg_index) GETSTRUCT(tuple);
	/* the last is the planner's rule, too: it lacks versions of changed rows */
	usable = HeapTupleIsValid(relation) &&
		((Form_pg_class) GETSTRUCT(relation))->relkind == RELKIND_INDEX &&
		((Form_pg_class) GETSTRUCT(relation))->relam == am &&
		form->indrelid == partition && form->indisvalid &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
		(!for_snapshots || !form->indcheckxmin ||
		 TransactionIdPrecedes(HeapTupleHeaderGetXmin(tuple->t_data), TransactionXmin));
	ReleaseSysCache(tuple);
	if (HeapTupleIsValid(relation))
		ReleaseSysCache(relation);
	return usable ? index : InvalidOid;
}

/*
 * Returns whether the keys of an index begin with these columns of its table: of their
 * types, ascending, in collation "C", with their type's equality as a strategy.
 */
bool
index_has_columns(Relation index, const IndexColumn *columns, int n)
{
	Form_pg_index form = index->rd_index;

	if (form->indnkeyatts < n)
		return false;
	for (int i = 0; i < n; i++)
	{
		Oid			type = columns[i].type;

		if (form->indkey.values[i] == 0 ||
			form->indkey.values[i] != get_attnum(form->indrelid, columns[i].name) ||
			(index->rd_indoption[i] & INDOPTION_DESC) != 0 ||
			index->rd_opcintype[i] != type ||
			index->rd_indcollation[i] != (type == TEXTOID ? C_COLLATION_OID : InvalidOid) ||
			get_opfamily_member(index->rd_opfamily[i], type, type, columns[i].equal) !=
			lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr)
			return false;
	}
	return true;
}

/*
 * Opens the index that partition_index() returns; NULL where there is none, or its keys
 * do not begin with these columns.  Locks it in AccessShareLock, for the caller to give
 * back.
 */
Relation
partition_index_open(Oid partition, const char *suffix, Oid am, const IndexColumn *columns, int n)
{
	Oid			id = partition_index(partition, suffix, am);
	Relation	index;

	if (!OidIsValid(id))
		return NULL;
	index = index_open(id, AccessShareLock);
	if (index_has_columns(index, columns, n))
		return index;
	index_close(index, AccessShareLock);
	return NULL;
}

/*
 * Tells whether a partition, which need not be locked, has the index that
 * partition_index_valid() returns, with keys that begin with these columns; with is_all it
 * has no others.
 */
bool
partition_index_is_there(Oid partition, const char *suffix, Oid am, const IndexColumn *columns, int n,
						 bool is_all)
{
	Oid			id = partition_index_valid(partition, suffix, am);
	Relation	index;
	bool		is_there;

	/* it may have gone since */
	index = OidIsValid(id) ? try_relation_open(id, AccessShareLock) : NULL;
	if (index == NULL)
		return false;
	is_there = index_has_columns(index, columns, n) && (!is_all || index->rd_index->indnkeyatts == n);
	relation_close(index, AccessShareLock);
	return is_there;
}

/* Returns the relation whose name is a table's and a suffix, or InvalidOid. */
Oid
relation_beside(Oid table, const char *suffix)
{
	char	   *table_name = get_rel_name(table);
	char		name[NAMEDATALEN];

	if (table_name == NULL)
		return InvalidOid;
	snprintf(name, sizeof(name), "%s%s", table_name, suffix);
	pfree(table_name);
	return get_relname_relid(name, get_rel_namespace(table));
}
