/*
 * partition.c
 *		Which partition holds a time, by PostgreSQL's own cached descriptor.
 *
 * Partitions are made by the functions of lifecycle/partition.sql.
 *
 * Why descriptors are invalidated here, and read in a loop: RelationBuildPartitionDesc()
 * of PostgreSQL reads pg_inherits and pg_class when a descriptor is first asked for, and
 * keeps the result in the relcache entry.  ATTACH PARTITION takes only SHARE UPDATE
 * EXCLUSIVE, so it can commit in between.  Where its invalidation is then processed while
 * the catalogs are read, the entry has no descriptor yet that it could drop, and the one
 * that is kept afterwards lacks the partition until the next invalidation.  Entries for
 * that partition have nowhere to go, and no query of this session finds those in it.
 *
 * So it is in 15 and in 18; descriptors are read on demand since 13 (commit 5b9312378e).
 * RelationBuildDesc() had the same race with CREATE INDEX CONCURRENTLY; the retry that
 * closed it (commit fdd965d074, in 15.0) covers what is built with the entry, which
 * partition descriptors no longer are.  So what was read while an invalidation came is
 * read again here.  Where a later PostgreSQL retries by itself, this costs one comparison.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/log_table.h"
#include "core/owner.h"
#include "core/partition.h"
#include "core/relation_changes.h"
#include "core/settings.h"

PG_FUNCTION_INFO_V1(ogw_partitions_of);

/*
 * The tables that are partitioned, and how often one of them may have changed: by
 * now, and when they were last forgotten.
 */
static const char *const parent_names[] = {"entry", "body", "entry_key", "segment"};
static Oid	parents[lengthof(parent_names)];
static uint64 changes = 1;
static uint64 changes_seen = 0;

static void partitions_changed(Oid relid);
static PartitionDesc descriptor(Relation parent);
static void check_key(Relation parent);
static int	position_in(Relation parent, PartitionDesc desc, TimestampTz at);
static bool bound_time(PartitionBoundInfo bounds, int i, Datum *at);

/* Registers for changes of relations; called when the library is loaded. */
void
partitions_init(void)
{
	on_relation_change(partitions_changed);
}

/* Takes note that a relation has changed, or any may have (InvalidOid). */
static void
partitions_changed(Oid relid)
{
	for (int i = 0; i < lengthof(parents); i++)
		changes += !OidIsValid(relid) || relid == parents[i];
}

/*
 * Drops the cached descriptors that may lack a partition.  Called as the owner, with
 * the log made, before entries are read or written.
 */
void
partitions_refresh(void)
{
	while (changes_seen != changes)
	{
		uint64		now = changes;

		CHECK_FOR_INTERRUPTS();
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
 * Returns the position of a time among the intervals of an open parent, gaps
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
	Oid		   *partitions = palloc(sizeof(Oid) * Max(desc->nparts, 1));
	int			oldest;

	*n = 0;
	if (desc->nparts == 0 || first > last)
		return partitions;
	oldest = position_in(parent, desc, first);
	for (int i = position_in(parent, desc, last); i >= oldest; i--)
		if (desc->boundinfo->indexes[i] >= 0)	/* no gap */
			partitions[(*n)++] = desc->oids[desc->boundinfo->indexes[i]];
	return partitions;
}

/*
 * Gives the first and the last time that a partition of an open parent may hold; what
 * has no bound has none of the type's.
 */
void
partition_bounds(Relation parent, Oid partition, TimestampTz *first, TimestampTz *last)
{
	PartitionDesc desc = descriptor(parent);

	*first = PG_INT64_MIN;
	*last = PG_INT64_MAX;
	for (int i = 0; desc->nparts > 0 && i <= desc->boundinfo->ndatums; i++)
	{
		int			index = desc->boundinfo->indexes[i];
		Datum		at;

		if (index < 0 || desc->oids[index] != partition)
			continue;
		if (bound_time(desc->boundinfo, i - 1, &at))
			*first = DatumGetTimestampTz(at);
		if (bound_time(desc->boundinfo, i, &at))
			*last = DatumGetTimestampTz(at) - 1;
	}
}

/*
 * Returns the descriptor of an open parent, read when nothing changed.  Raises
 * object_not_in_prerequisite_state where it is not partitioned as create_log() makes it.
 */
static PartitionDesc
descriptor(Relation parent)
{
	PartitionDesc desc;

	check_key(parent);
	do
	{
		partitions_refresh();
		desc = RelationGetPartitionDesc(parent, true);
	} while (changes_seen != changes);
	return desc;
}

/* Checks that a table is partitioned by ranges of time, as a DBA's of its name need not be. */
static void
check_key(Relation parent)
{
	PartitionKey key = parent->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ? RelationGetPartitionKey(parent) : NULL;
	const char *name = "";

	if (key != NULL && key->strategy == PARTITION_STRATEGY_RANGE && key->partnatts == 1 &&
		key->partattrs[0] > 0 && key->parttypid[0] == TIMESTAMPTZOID)
		name = NameStr(TupleDescAttr(RelationGetDescr(parent), key->partattrs[0] - 1)->attname);
	if (strcmp(name, "timestamp") != 0 && strcmp(name, "since") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table ogw_logs.%s is not partitioned by ranges of its time", RelationGetRelationName(parent)),
				 errhint("The column of its time must have its name, and the table be partitioned as create_log() makes it.")));
}

/*
 * partitions_of(parent) → (partition, since, until): the partitions of a table of the log,
 * in the order of their bounds; a bound that is no time is NULL.  No rows where
 * there is no such table.  STRICT.
 */
Datum
ogw_partitions_of(PG_FUNCTION_ARGS)
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

/* Gets a bound of a range as a time; false where it is none, or not there. */
static bool
bound_time(PartitionBoundInfo bounds, int i, Datum *at)
{
	if (i < 0 || i >= bounds->ndatums || bounds->kind[i][0] != PARTITION_RANGE_DATUM_VALUE)
		return false;
	*at = bounds->datums[i][0];
	return true;
}
