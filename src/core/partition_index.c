/*
 * partition_index.c
 *		The indexes of a partition, known by their names and by what they are.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
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

/*
 * Returns the index of a locked partition whose name ends in a suffix, or
 * InvalidOid where there is none of an access method, of all rows, that shows
 * what a snapshot of this transaction can see: a DBA may have made another.
 */
Oid
partition_index(Oid partition, const char *partition_name, const char *suffix, Oid am)
{
	char		name[NAMEDATALEN];
	Oid			index;
	HeapTuple	tuple;
	HeapTuple	relation;
	Form_pg_index form;
	bool		usable;

	snprintf(name, sizeof(name), "%s%s", partition_name, suffix);
	index = get_relname_relid(name, get_rel_namespace(partition));
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
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
		(!form->indcheckxmin ||
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
partition_index_open(Oid partition, const char *partition_name, const char *suffix, Oid am,
					 const IndexColumn *columns, int n)
{
	Oid			id = partition_index(partition, partition_name, suffix, am);
	Relation	index;

	if (!OidIsValid(id))
		return NULL;
	index = index_open(id, AccessShareLock);
	if (index_has_columns(index, columns, n))
		return index;
	index_close(index, AccessShareLock);
	return NULL;
}

/* Returns the valid index whose name is a table's and a suffix, or InvalidOid. */
Oid
valid_index_beside(Oid table, const char *suffix)
{
	Oid			id = relation_beside(table, suffix);
	HeapTuple	index = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(id));
	bool		is_valid;

	if (!HeapTupleIsValid(index))
		return InvalidOid;
	is_valid = ((Form_pg_index) GETSTRUCT(index))->indrelid == table &&
		((Form_pg_index) GETSTRUCT(index))->indisvalid;
	ReleaseSysCache(index);
	return is_valid ? id : InvalidOid;
}

/* Returns the relation whose name is a table's and a suffix, or InvalidOid. */
Oid
relation_beside(Oid table, const char *suffix)
{
	char	   *name = get_rel_name(table);

	return name == NULL ? InvalidOid :
		get_relname_relid(psprintf("%s%s", name, suffix), get_rel_namespace(table));
}
