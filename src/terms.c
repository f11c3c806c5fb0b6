/*
 * terms.c
 *		The index of a partition that tells which of its pages may hold what is
 *		looked for.
 *
 * A sealed partition has one GIN index over the hashes of all values that can be
 * looked for (terms): of a common value it keeps a byte or two an entry, and of
 * several filters it finds where they meet.  An open one has a BRIN index with a
 * Bloom filter of the same columns, and the least and greatest time, for each
 * group of pages, which costs its writers nothing: VACUUM and maintain() fill it.
 * Both are made by terms.sql, and may name too much, but never too little.
 */
#include "postgres.h"

#include "access/brin_revmap.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "compat.h"
#include "terms.h"

/*
 * The columns of the BRIN index in their order, and the seeds of their hashes in
 * the GIN index.  Where a model was asked for does not matter there.
 */
static const struct
{
	const char *name;
	int			seed;
}			columns[] =
{
	{"team_id", 1}, {"user_id", 2}, {"session_id", 3}, {"owner", 4},
	{"api_key_fingerprint", 5}, {"requested_model", 6}, {"served_model", 6},
	{"provider", 7}, {"status", 8}, {"error_code", 9}, {"fallback_reason", 10},
	{"api_key", 11}
};

/* Of more teams than these the index is not asked. */
#define MAX_TEAM_TERMS 32

/* The BRIN index ends with the least and the greatest time of a group of pages. */
#define TIME_NUMBER (lengthof(columns) + 1)

/* Strategies of array_ops in GIN, and of the Bloom filters in BRIN. */
#define ARRAY_OVERLAP 1
#define ARRAY_CONTAINS 2
#define BLOOM_EQUAL 1

PG_FUNCTION_INFO_V1(ogw_pages_without_summary);

static bool is_ours(Relation index, bool sealed);
static int	column_number(const char *name);
static Datum term(const char *column, Datum value, bool is_bytes);
static Datum terms_array(Datum *terms, int n);
static void find_terms(const Search *search, Relation index, TIDBitmap *pages);
static void find_summaries(const Leaf *leaf, Relation index, TIDBitmap *pages);
static int	summary_keys(const Leaf *leaf, bool other, ScanKey keys);
static void scan_pages(const Search *search, Relation index, ScanKey keys,
					   int n_keys, TIDBitmap *pages);

/* Hashes what is looked for; has_terms tells whether there is any of it. */
void
terms_prepare(Search *search)
{
	Datum		terms[MAX_CONDITIONS];
	Datum		team_terms[MAX_TEAM_TERMS];
	int			n = 0;

	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];

		if (column_number(condition->column) > 0)
			terms[n++] = term(condition->column, condition->value, condition->is_bytes);
	}
	if (n > 0)
		search->terms = terms_array(terms, n);
	if (search->n_teams >= 0 && search->n_teams <= MAX_TEAM_TERMS)
	{
		for (int i = 0; i < search->n_teams; i++)
			team_terms[i] = term("team_id", search->teams[i], false);
		search->team_terms = terms_array(team_terms, search->n_teams);
	}
	search->has_terms = search->terms != 0 || search->team_terms != 0;
}

/*
 * Returns what of a locked partition may be what is looked for, or NULL where it
 * has no index that tells.  A sealed one's index names entries (exact), an open
 * one's groups of pages that have times from leaf->first to leaf->last.
 */
TIDBitmap *
terms_find(const Leaf *leaf, bool *exact)
{
	const Search *search = leaf->search;
	Oid			id = leaf_index(leaf->relid, leaf->name, TERMS_SUFFIX, GIN_AM_OID);
	Relation	index;
	TIDBitmap  *found = NULL;

	*exact = OidIsValid(id);
	if (!*exact)
		id = leaf_index(leaf->relid, leaf->name, SUMMARY_SUFFIX, BRIN_AM_OID);
	if (!OidIsValid(id) || !search->has_terms)
		return NULL;
	index = index_open(id, AccessShareLock);
	if (is_ours(index, *exact))
	{
		found = tbm_create(work_mem * (Size) 1024, NULL);
		if (*exact)
			find_terms(search, index, found);
		else
			find_summaries(leaf, index, found);
	}
	index_close(index, AccessShareLock);
	return found;
}

/* Tells whether a locked partition has an index that names entries. */
bool
terms_are_exact(const Leaf *leaf)
{
	return OidIsValid(leaf_index(leaf->relid, leaf->name, TERMS_SUFFIX, GIN_AM_OID));
}

/*
 * pages_without_summary(leaf) → bigint: the pages at the end of a partition that
 * its index of summaries does not cover, whole groups of pages alone: a search
 * reads all of them.  0 where there is no such index.
 */
Datum
ogw_pages_without_summary(PG_FUNCTION_ARGS)
{
	Relation	heap = table_open(PG_GETARG_OID(0), AccessShareLock);
	Oid			id = leaf_index(RelationGetRelid(heap), RelationGetRelationName(heap),
								SUMMARY_SUFFIX, BRIN_AM_OID);
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
 * others, and that the index of a sealed partition serves.  The last two are SQL.
 * Connected to SPI.
 */
char *
terms_of_user(const char *alias, const char *team_id, const char *user_id)
{
	Oid			types[] = {TEXTOID};
	Datum		args[] = {CStringGetTextDatum(alias)};

	if (SPI_execute_with_args("SELECT ogw_logs.terms_expression($1)", lengthof(types), types,
							  args, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "ogw_logs.terms_expression() failed");
	return psprintf("%s @> ARRAY[hashtextextended(%s, %d), hashtextextended(%s, %d)]",
					SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1),
					team_id, columns[column_number("team_id") - 1].seed,
					user_id, columns[column_number("user_id") - 1].seed);
}

/*
 * Returns the index of a locked partition whose name ends in a suffix, or
 * InvalidOid where there is none of an access method, of all rows, that shows
 * what a snapshot of this transaction can see: a DBA may have made another.
 */
Oid
leaf_index(Oid leaf, const char *leaf_name, const char *suffix, Oid am)
{
	char		name[NAMEDATALEN];
	Oid			index;
	HeapTuple	tuple;
	HeapTuple	relation;
	Form_pg_index form;
	bool		usable;

	snprintf(name, sizeof(name), "%s%s", leaf_name, suffix);
	index = get_relname_relid(name, get_rel_namespace(leaf));
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	relation = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	form = (Form_pg_index) GETSTRUCT(tuple);
	/* the last is the planner's rule, too: it lacks versions of changed rows */
	usable = HeapTupleIsValid(relation) &&
		((Form_pg_class) GETSTRUCT(relation))->relkind == RELKIND_INDEX &&
		((Form_pg_class) GETSTRUCT(relation))->relam == am &&
		form->indrelid == leaf && form->indisvalid &&
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
 * Tells whether an index with the name of one of ours is what terms.sql makes: a
 * GIN index over one expression of hashes, or a BRIN index over all columns and the time.
 */
static bool
is_ours(Relation index, bool sealed)
{
	if (sealed)
		return index->rd_index->indnatts == 1 && index->rd_index->indkey.values[0] == 0 &&
			index->rd_opcintype[0] == ANYARRAYOID &&
			TupleDescAttr(RelationGetDescr(index), 0)->atttypid == INT8OID;
	for (int i = 0; i < lengthof(columns); i++)
		if (!index_has_column(index, i, columns[i].name,
							  strcmp(columns[i].name, "api_key_fingerprint") == 0 ? BYTEAOID : TEXTOID,
							  BLOOM_EQUAL))
			return false;
	return index_has_column(index, TIME_NUMBER - 1, "timestamp", TIMESTAMPTZOID,
							BTEqualStrategyNumber);
}

/* Returns a column's number in the BRIN index, from 1, or 0. */
static int
column_number(const char *name)
{
	for (int i = 0; i < lengthof(columns); i++)
		if (strcmp(columns[i].name, name) == 0)
			return i + 1;
	return 0;
}

/* Returns the hash of a value as terms_expression() has it; bytes are hashed as hex. */
static Datum
term(const char *column, Datum value, bool is_bytes)
{
	if (is_bytes)
		value = DirectFunctionCall2(binary_encode, value, CStringGetTextDatum("hex"));
	return DirectFunctionCall2Coll(hashtextextended, C_COLLATION_OID, value,
								   Int64GetDatum(columns[column_number(column) - 1].seed));
}

/* Returns hashes as a bigint[]. */
static Datum
terms_array(Datum *terms, int n)
{
	return PointerGetDatum(construct_array(terms, n, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Adds what a sealed partition's index names. */
static void
find_terms(const Search *search, Relation index, TIDBitmap *pages)
{
	ScanKeyData keys[2];
	int			n = 0;

	if (search->terms != 0)
		ScanKeyEntryInitialize(&keys[n++], 0, 1, ARRAY_CONTAINS, InvalidOid,
							   InvalidOid, F_ARRAYCONTAINS, search->terms);
	if (search->team_terms != 0)
		ScanKeyEntryInitialize(&keys[n++], 0, 1, ARRAY_OVERLAP, InvalidOid,
							   InvalidOid, F_ARRAYOVERLAP, search->team_terms);
	scan_pages(search, index, keys, n, pages);
}

/*
 * Adds what an open partition's index names.  It is asked once for what has to
 * be in the first column of each condition, and again for the second ones.
 */
static void
find_summaries(const Leaf *leaf, Relation index, TIDBitmap *pages)
{
	const Search *search = leaf->search;
	ScanKeyData keys[MAX_CONDITIONS + 3];
	bool		again = false;

	scan_pages(search, index, keys, summary_keys(leaf, false, keys), pages);
	for (int i = 0; i < search->n_conditions; i++)
		again |= search->conditions[i].or_column != NULL;
	if (again)
		scan_pages(search, index, keys, summary_keys(leaf, true, keys), pages);
}

/* Fills the keys for the first, or the other, columns; returns how many there are. */
static int
summary_keys(const Leaf *leaf, bool other, ScanKey keys)
{
	const Search *search = leaf->search;
	int			n = 0;

	ScanKeyEntryInitialize(&keys[n++], 0, TIME_NUMBER, BTGreaterEqualStrategyNumber,
						   TIMESTAMPTZOID, InvalidOid, F_TIMESTAMPTZ_GE,
						   TimestampTzGetDatum(leaf->first));
	ScanKeyEntryInitialize(&keys[n++], 0, TIME_NUMBER, BTLessEqualStrategyNumber,
						   TIMESTAMPTZOID, InvalidOid, F_TIMESTAMPTZ_LE,
						   TimestampTzGetDatum(leaf->last));
	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];
		const char *column = other && condition->or_column != NULL ?
			condition->or_column : condition->column;
		int			number = column_number(column);

		if (number > 0)
			ScanKeyEntryInitialize(&keys[n++], 0, number, BLOOM_EQUAL, InvalidOid,
								   condition->is_bytes ? InvalidOid : C_COLLATION_OID,
								   condition->is_bytes ? F_BYTEAEQ : F_TEXTEQ,
								   condition->value);
	}
	if (search->n_teams == 1)
		ScanKeyEntryInitialize(&keys[n++], 0, column_number("team_id"), BLOOM_EQUAL,
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
