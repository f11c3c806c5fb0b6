/*
 * partition.c
 *		Which partition holds a time, by PostgreSQL's own cached descriptor.
 *
 * They are made by the functions of partition.sql.
 *
 * PostgreSQL reads the catalogs for a descriptor when it is first asked for one
 * after an invalidation.  Where another session attaches a partition meanwhile,
 * its invalidation can be taken note of in the middle of that, and the
 * descriptor that is kept then lacks the partition: entries for it have nowhere
 * to go, and no query of this session finds those in it, until the next one is
 * attached.  So what was read before an invalidation had come is read again here.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "access.h"
#include "log.h"
#include "ogw_logs.h"
#include "partition.h"
#include "terms.h"

/*
 * Partitions that the writers of one transaction can make.  Each holds up to
 * fourteen locks to its end, of a table that all sessions share (by default, for
 * 6,400 locks).
 */
#define MAX_PARTITIONS_MADE 100

PG_FUNCTION_INFO_V1(ogw_leaves);
PG_FUNCTION_INFO_V1(ogw_is_sealed);

/*
 * The tables that are partitioned, and how often one of them may have changed: by
 * now, and when they were last forgotten.
 */
static const char *const parent_names[] = {"entry", "body", "job", "segment"};
static Oid	parents[lengthof(parent_names)];
static uint64 changes = 1;
static uint64 changes_seen = 0;

static PartitionDesc descriptor(Relation parent);
static int	position_in(Relation parent, PartitionDesc desc, TimestampTz at);
static void count_partition_made(void);
static bool bound_time(PartitionBoundInfo bounds, int i, Datum *at);
static bool has_index(Oid table, const char *suffix);
static Oid	relation_beside(Oid leaf, const char *suffix);

/* Takes note that a relation has changed, or any may have (InvalidOid). */
void
partitions_changed(Oid relid)
{
	for (int i = 0; i < lengthof(parents); i++)
		changes += !OidIsValid(relid) || relid == parents[i];
}

/*
 * Forgets the descriptors that may lack a partition.  Called as the owner, with
 * the log made, before entries are read or written.
 */
void
partitions_refresh(void)
{
	while (changes_seen != changes)
	{
		uint64		now = changes;

		for (int i = 0; i < lengthof(parents); i++)
		{
			parents[i] = log_table(parent_names[i]);
			if (OidIsValid(parents[i]))
				RelationCacheInvalidateEntry(parents[i]);
		}
		changes_seen = now;		/* after an error the next call begins anew */
	}
}

/* Returns the partition of an open parent that holds a time, or InvalidOid. */
Oid
partition_at(Relation parent, TimestampTz at)
{
	return partition_in_position(parent, partition_position(parent, at));
}

/*
 * Makes the partitions for a time, of entries and, where there is one, of a body,
 * where they are not there.  Called as the owner, with the log made.
 */
void
partition_ensure(TimestampTz at, bool has_body)
{
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		args[] = {TimestampTzGetDatum(at)};

	SPI_connect();
	if (SPI_execute_with_args(has_body ? "SELECT ogw_logs.make_body_partition($1)" :
							  "SELECT ogw_logs.make_partition($1)", 1, types,
							  args, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "a partition could not be made");
	if (SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) != NULL)
		count_partition_made();
	SPI_finish();
}

/*
 * Returns the position of a time among the spans of an open parent, gaps
 * counted like partitions: later times have no smaller position.
 */
int
partition_position(Relation parent, TimestampTz at)
{
	return position_in(parent, descriptor(parent), at);
}

/* The same in a descriptor of the parent. */
static int
position_in(Relation parent, PartitionDesc desc, TimestampTz at)
{
	PartitionKey key = RelationGetPartitionKey(parent);
	Datum		value = TimestampTzGetDatum(at);
	bool		is_equal;

	if (desc->nparts == 0)
		return 0;
	return 1 + partition_range_datum_bsearch(key->partsupfunc, key->partcollation,
											 desc->boundinfo, 1, &value, &is_equal);
}

/* Returns the partition in a position, or InvalidOid for a gap. */
Oid
partition_in_position(Relation parent, int position)
{
	PartitionDesc desc = descriptor(parent);
	int			index;

	/* there may be fewer than when the position was asked for */
	if (desc->nparts == 0 || position >= desc->boundinfo->nindexes)
		return InvalidOid;
	index = desc->boundinfo->indexes[position];
	return index < 0 ? InvalidOid : desc->oids[index];
}

/*
 * Returns the partitions of an open parent that hold times from first to last,
 * both included: the newest first, and in *n how many they are.
 */
Oid *
partitions_between(Relation parent, TimestampTz first, TimestampTz last, int *n)
{
	PartitionDesc desc = descriptor(parent);
	Oid		   *leaves = palloc(sizeof(Oid) * Max(desc->nparts, 1));
	int			oldest;

	*n = 0;
	if (desc->nparts == 0 || first > last)
		return leaves;
	oldest = position_in(parent, desc, first);
	for (int i = position_in(parent, desc, last); i >= oldest; i--)
		if (desc->boundinfo->indexes[i] >= 0)	/* no gap */
			leaves[(*n)++] = desc->oids[desc->boundinfo->indexes[i]];
	return leaves;
}

/*
 * Gives the first and the last time that a partition of an open parent may hold; what
 * has no bound has none of the type's.
 */
void
partition_bounds(Relation parent, Oid leaf, TimestampTz *first, TimestampTz *last)
{
	PartitionDesc desc = descriptor(parent);

	*first = PG_INT64_MIN;
	*last = PG_INT64_MAX;
	for (int i = 0; desc->nparts > 0 && i <= desc->boundinfo->ndatums; i++)
	{
		int			index = desc->boundinfo->indexes[i];
		Datum		at;

		if (index < 0 || desc->oids[index] != leaf)
			continue;
		if (bound_time(desc->boundinfo, i - 1, &at))
			*first = DatumGetTimestampTz(at);
		if (bound_time(desc->boundinfo, i, &at))
			*last = DatumGetTimestampTz(at) - 1;
	}
}

/* Returns the descriptor of an open parent, read when nothing changed. */
static PartitionDesc
descriptor(Relation parent)
{
	PartitionDesc desc;

	do
	{
		partitions_refresh();
		desc = RelationGetPartitionDesc(parent, true);
	} while (changes_seen != changes);
	return desc;
}

/*
 * leaves(parent) → (leaf, since, until): the partitions of a table of the log,
 * in the order of their bounds; a bound that is no time is NULL.  No rows where
 * there is no such table.
 */
Datum
ogw_leaves(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			table = get_relname_relid(NameStr(*PG_GETARG_NAME(0)),
										  get_namespace_oid(OGW_SCHEMA, true));
	OwnerGuard	guard;
	Relation	parent;
	PartitionDesc desc;

	InitMaterializedSRF(fcinfo, 0);
	if (!OidIsValid(table) || get_rel_relkind(table) != RELKIND_PARTITIONED_TABLE)
		return (Datum) 0;
	owner_enter(&guard, fcinfo);
	parent = table_open(table, AccessShareLock);
	desc = descriptor(parent);
	for (int i = 0; desc->nparts > 0 && i <= desc->boundinfo->ndatums; i++)
	{
		int			index = desc->boundinfo->indexes[i];
		Datum		values[3];
		bool		nulls[3] = {false};

		if (index < 0)
			continue;			/* a gap */
		values[0] = ObjectIdGetDatum(desc->oids[index]);
		nulls[1] = !bound_time(desc->boundinfo, i - 1, &values[1]);
		nulls[2] = !bound_time(desc->boundinfo, i, &values[2]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	table_close(parent, AccessShareLock);
	owner_leave(&guard);
	return (Datum) 0;
}

/*
 * is_sealed(leaf) → boolean: whether a partition of entries has the indexes by
 * which a sealed one is searched, and no more what an open one has.  One that lost
 * such an index is to be sealed again.
 */
Datum
ogw_is_sealed(PG_FUNCTION_ARGS)
{
	Oid			leaf = PG_GETARG_OID(0);

	PG_RETURN_BOOL(has_index(leaf, TERMS_SUFFIX) && has_index(leaf, TIME_SUFFIX) &&
				   !OidIsValid(relation_beside(leaf, SUMMARY_SUFFIX)));
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

/* Gets a bound of a range as a time; false where it is none, or not there. */
static bool
bound_time(PartitionBoundInfo bounds, int i, Datum *at)
{
	if (i < 0 || i >= bounds->ndatums || bounds->kind[i][0] != PARTITION_RANGE_DATUM_VALUE)
		return false;
	*at = bounds->datums[i][0];
	return true;
}

/* Returns the relation whose name is a table's and a suffix, or InvalidOid. */
static Oid
relation_beside(Oid table, const char *suffix)
{
	char	   *name = get_rel_name(table);

	return name == NULL ? InvalidOid :
		get_relname_relid(psprintf("%s%s", name, suffix), get_rel_namespace(table));
}

/* Counts the partitions of a transaction, and ends it when they are too many. */
static void
count_partition_made(void)
{
	static TransactionId transaction = InvalidTransactionId;
	static int	made = 0;

	if (!TransactionIdEquals(transaction, GetTopTransactionId()))
		made = 0;
	transaction = GetTopTransactionId();
	if (++made > MAX_PARTITIONS_MADE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the entries of one transaction need more than %d new partitions",
						MAX_PARTITIONS_MADE),
				 errhint("Call ogw_logs.make_partitions() before, or send fewer days at once.")));
}
