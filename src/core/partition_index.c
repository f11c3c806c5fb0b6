/*
 * partition_index.c
 *		The indexes of a partition, known by their names and by what they are.
 */
#include "postgres.h"

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

PG_FUNCTION_INFO_V1(ogw_is_sealed);

static bool has_index(Oid table, const char *suffix);
static Oid	relation_beside(Oid table, const char *suffix);

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
 * Tells whether a column of an index (from 0) is a column of its table with a type,
 * ascending, and has that type's equality as a strategy, in collation "C".
 */
bool
index_has_column(Relation index, int i, const char *name, Oid type, StrategyNumber equal)
{
	Form_pg_index form = index->rd_index;

	return i < form->indnkeyatts &&
		form->indkey.values[i] != 0 &&
		form->indkey.values[i] == get_attnum(form->indrelid, name) &&
		(index->rd_indoption[i] & INDOPTION_DESC) == 0 &&
		index->rd_opcintype[i] == type &&
		index->rd_indcollation[i] == (type == TEXTOID ? C_COLLATION_OID : InvalidOid) &&
		get_opfamily_member(index->rd_opfamily[i], type, type, equal) ==
		lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
}

/*
 * is_sealed(partition) → boolean: whether a partition of entries has the indexes by
 * which a sealed one is searched, and no more what an open one has.  One that lost
 * such an index is to be sealed again.
 */
Datum
ogw_is_sealed(PG_FUNCTION_ARGS)
{
	Oid			partition = PG_GETARG_OID(0);

	PG_RETURN_BOOL(has_index(partition, FILTER_SUFFIX) && has_index(partition, TIME_SUFFIX) &&
				   !OidIsValid(relation_beside(partition, SUMMARY_SUFFIX)));
}

/* Tells whether a table has a valid index whose name is the table's and a suffix. */
static bool
has_index(Oid table, const char *suffix)
{
	HeapTuple	index = SearchSysCache1(INDEXRELID,
										ObjectIdGetDatum(relation_beside(table, suffix)));
	bool		valid;

	if (!HeapTupleIsValid(index))
		return false;
	valid = ((Form_pg_index) GETSTRUCT(index))->indrelid == table &&
		((Form_pg_index) GETSTRUCT(index))->indisvalid;
	ReleaseSysCache(index);
	return valid;
}

/* Returns the relation whose name is a table's and a suffix, or InvalidOid. */
static Oid
relation_beside(Oid table, const char *suffix)
{
	char	   *name = get_rel_name(table);

	return name == NULL ? InvalidOid :
		get_relname_relid(psprintf("%s%s", name, suffix), get_rel_namespace(table));
}
