/*
 * log_columns.c
 *		The columns that the log's tables are made with, and whether they have them still.
 *
 * This is the one list of them in C; that of ogw_logs.entry is entry/entry_columns.h,
 * which registers here.  sql/32_altered_tables.sql holds it against the tables.
 *
 * A partition has its parent's columns with their types: PostgreSQL attaches no other,
 * and alters both together.  So the parents alone are checked.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/partition.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "core/compat.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/relation_changes.h"
#include "core/role_link.h"
#include "core/row_type.h"

PG_FUNCTION_INFO_V1(ogw_log_columns);

const RowColumn log_body_columns[] = {
	{"timestamp", TIMESTAMPTZOID}, {"team_id", TEXTOID}, {"job_id", TEXTOID}, {"chunk", INT4OID},
	{"content", BYTEAOID}
};

const RowColumn log_entry_key_columns[] = {
	{"timestamp", TIMESTAMPTZOID}, {"key", UUIDOID}
};

const RowColumn log_ingest_count_columns[] = {
	{"team_id", TEXTOID}, {"method", TEXTOID}, {"reason", TEXTOID}, {"received", INT8OID},
	{"stored", INT8OID}, {"duplicate", INT8OID}, {"rejected", INT8OID}, {"bodies_dropped", INT8OID},
	{"secrets_masked", INT8OID}, {"defects", INT8OID}
};

static const RowColumn installation_columns[] = {
	{"created_at", TIMESTAMPTZOID}, {"partition_interval", INTERVALOID}, {"key_secret", BYTEAOID},
	{"log_version", TEXTOID}
};

static const RowColumn segment_columns[] = {
	{"since", TIMESTAMPTZOID}, {"team_id", TEXTOID}, {"pass", INT4OID}, {"first_session", INT8OID},
	{"first_timestamp", TIMESTAMPTZOID}, {"first_job", INT8OID}, {"chunk", INT4OID}, {"content", BYTEAOID}
};

static const RowColumn sealed_interval_columns[] = {
	{"since", TIMESTAMPTZOID}, {"until", TIMESTAMPTZOID}, {"passes", INT4OID}, {"bodies", INT8OID},
	{"text_bytes", INT8OID}, {"stored_bytes", INT8OID}, {"ratio", NUMERICOID}, {"unreadable", INT8OID},
	{"sealed", BOOLOID}, {"sealed_at", TIMESTAMPTZOID}, {"sealed_by", XID8OID}, {"dropped_at", TIMESTAMPTZOID}
};

static const RowColumn partition_history_columns[] = {
	{"since", TIMESTAMPTZOID}, {"until", TIMESTAMPTZOID}, {"sealed_at", TIMESTAMPTZOID},
	{"bodies_expired_at", TIMESTAMPTZOID}, {"dropped_at", TIMESTAMPTZOID}, {"merged_at", TIMESTAMPTZOID},
	{"entries_swept", INT8OID}, {"bodies_swept", INT8OID}, {"analyzed", BOOLOID},
	{"entries_swept_at", TIMESTAMPTZOID}, {"bodies_swept_at", TIMESTAMPTZOID}
};

static const RowColumn clock_columns[] = {
	{"trusted_at", TIMESTAMPTZOID}, {"ahead_at", TIMESTAMPTZOID}, {"seen_at", TIMESTAMPTZOID}
};

static const RowColumn maintenance_run_columns[] = {
	{"action", TEXTOID}, {"runs", INT8OID}, {"last_run_at", TIMESTAMPTZOID}, {"last_duration", INTERVALOID},
	{"failures", INT8OID}, {"last_error_at", TIMESTAMPTZOID}, {"last_error_code", TEXTOID}
};

static const RowColumn rejected_columns[] = {
	{"rejected_at", TIMESTAMPTZOID}, {"method", TEXTOID}, {"position", INT8OID}, {"team_id", TEXTOID},
	{"job_id", TEXTOID}, {"field", TEXTOID}, {"reason", TEXTOID}, {"batch_id", UUIDOID}, {"sent_by", NAMEOID},
	{"sent_by_oid", OIDOID}
};

static const RowColumn body_read_columns[] = {
	{"read_at", TIMESTAMPTZOID}, {"read_by", NAMEOID}, {"session_role", NAMEOID}, {"team_id", TEXTOID},
	{"job_id", TEXTOID}
};

static const RowColumn erasure_columns[] = {
	{"erased_at", TIMESTAMPTZOID}, {"erased_by", NAMEOID}, {"session_role", NAMEOID}, {"team_id", TEXTOID},
	{"action", TEXTOID}, {"until", TIMESTAMPTZOID}, {"pseudonym", TEXTOID}, {"entries", INT8OID},
	{"bodies", INT8OID}, {"bytes", INT8OID}
};

static const RowColumn retention_columns[] = {
	{"kind", TEXTOID}, {"team_id", TEXTOID}, {"keep", INTERVALOID}, {"noticed_at", TIMESTAMPTZOID},
	{"listed", BOOLOID}
};

static const RowColumn rewrite_columns[] = {
	{"partition_name", NAMEOID}, {"copied_by", XID8OID}, {"content", NUMERICOID}
};

/* a type of the extension's own has no OID that is known beforehand: here it is InvalidOid */
static const RowColumn access_columns[] = {
	{"role_name", NAMEOID}, {"privilege", TEXTOID}, {"team_id", TEXTOID}, {"bodies", BOOLOID},
	{"role", InvalidOid}
};

static const RowColumn team_columns[] = {
	{"team_id", TEXTOID}, {"body_logging", BOOLOID}, {"redact_bodies", BOOLOID}, {"metadata_keys", TEXTARRAYOID},
	{"body_retention", INTERVALOID}, {"log_retention", INTERVALOID}
};

static const RowColumn team_history_columns[] = {
	{"changed_at", TIMESTAMPTZOID}, {"changed_by", NAMEOID}, {"team_id", TEXTOID}, {"setting", NAMEOID},
	{"old_value", TEXTOID}, {"new_value", TEXTOID}
};

static const RowColumn key_format_columns[] = {
	{"name", TEXTOID}, {"literal_prefix", TEXTOID}, {"allowed_characters", TEXTOID}, {"min_length", INT4OID},
	{"max_length", INT4OID}
};

/* A table, and when it was found to have its columns: while checked_as is its OID. */
typedef struct LogTable
{
	const char *name;
	const RowColumn *columns;
	int			n;
	Oid			checked_as;
} LogTable;

#define LOG_TABLE(name, columns) {name, columns, lengthof(columns), InvalidOid}

/* All of them; those first that are checked most often. */
static LogTable tables[] = {
	{"entry", NULL, 0, InvalidOid},
	LOG_TABLE("body", log_body_columns),
	LOG_TABLE("sealed_interval", sealed_interval_columns),
	LOG_TABLE("partition_history", partition_history_columns),
	LOG_TABLE("clock", clock_columns),
	LOG_TABLE("segment", segment_columns),
	LOG_TABLE("body_read", body_read_columns),
	LOG_TABLE("team", team_columns),
	LOG_TABLE("entry_key", log_entry_key_columns),
	LOG_TABLE("ingest_count", log_ingest_count_columns),
	LOG_TABLE("installation", installation_columns),
	LOG_TABLE("rejected", rejected_columns),
	LOG_TABLE("erasure", erasure_columns),
	LOG_TABLE("retention", retention_columns),
	LOG_TABLE("rewrite", rewrite_columns),
	LOG_TABLE("maintenance_run", maintenance_run_columns),
	LOG_TABLE("access", access_columns),
	LOG_TABLE("team_history", team_history_columns),
	LOG_TABLE("key_format", key_format_columns)
};

static void table_changed(Oid relid);
static LogTable *find_table(const char *name);
static Oid	type_of(const RowColumn *column);
pg_noreturn static void wrong_type(Relation table, const char *name, Oid actual, Oid type);
pg_noreturn static void no_column(Relation table, const char *name, Oid type);
static const char *name_altered(Relation table);
static AttrNumber find_column(Relation table, const char *name);

/* Registers for changes of relations; called when the library is loaded. */
void
log_columns_init(void)
{
	on_relation_change(table_changed);
}

/* Takes the columns of ogw_logs.entry, in their order; called when the library is loaded. */
void
log_columns_of_entry(const RowColumn *columns, int n)
{
	tables[0].columns = columns;
	tables[0].n = n;
}

/* Takes note that a relation has changed, or any may have (InvalidOid). */
static void
table_changed(Oid relid)
{
	for (int i = 0; i < lengthof(tables); i++)
		if (!OidIsValid(relid) || tables[i].checked_as == relid)
			tables[i].checked_as = InvalidOid;
}

/* Returns a table of the list. */
static LogTable *
find_table(const char *name)
{
	for (int i = 0; i < lengthof(tables); i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	elog(ERROR, "ogw_logs has no table %s", name);
}

/* Returns the type of a column of the list. */
static Oid
type_of(const RowColumn *column)
{
	return OidIsValid(column->type) ? column->type : role_link_type();
}

/*
 * Checks a table that a statement is about to read, with casts: raises undefined_table
 * where it is not there, undefined_column and datatype_mismatch where a column is not
 * there or has a type that is not turned into its own: not implicitly, or (of entry) not by
 * any cast.  Called as the owner.
 */
void
log_columns_check(const char *table)
{
	LogTable   *known = find_table(table);
	Oid			id = log_table_there(table);
	CoercionContext how = known == &tables[0] ? COERCION_EXPLICIT : COERCION_IMPLICIT;
	Relation	relation;

	if (known->checked_as == id)
		return;
	relation = relation_open(id, AccessShareLock);
	for (int i = 0; i < known->n; i++)
	{
		const RowColumn *column = &known->columns[i];
		Oid			type = type_of(column);
		AttrNumber	number = find_column(relation, column->name);
		Oid			actual;

		if (number == InvalidAttrNumber)
			no_column(relation, column->name, type);
		actual = TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid;
		if (!can_coerce_type(1, &actual, &type, how))
			wrong_type(relation, column->name, actual, type);
	}
	/* before the lock is given back: what changes from now on is told */
	known->checked_as = id;
	relation_close(relation, AccessShareLock);
}

/*
 * Checks a table that a statement is about to write: raises what log_columns_check() does,
 * where a column does not take values of its own type.  Called as the owner.
 */
void
log_columns_check_writable(const char *table)
{
	const LogTable *known = find_table(table);
	Relation	relation = relation_open(log_table_there(table), AccessShareLock);

	for (int i = 0; i < known->n; i++)
	{
		Oid			type = type_of(&known->columns[i]);
		AttrNumber	number = find_column(relation, known->columns[i].name);
		Oid			actual;

		if (number == InvalidAttrNumber)
			no_column(relation, known->columns[i].name, type);
		actual = TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid;
		if (!can_coerce_type(1, &type, &actual, COERCION_ASSIGNMENT))
			wrong_type(relation, known->columns[i].name, actual, type);
	}
	relation_close(relation, AccessShareLock);
}

/*
 * Returns a column of an open table, to be read from its rows as a value of a type.
 * Raises undefined_column where there is none, datatype_mismatch where its values are
 * others.
 */
AttrNumber
log_column(Relation table, const char *name, Oid type)
{
	AttrNumber	number = find_column(table, name);
	Oid			actual;

	if (number == InvalidAttrNumber)
		no_column(table, name, type);
	actual = TupleDescAttr(RelationGetDescr(table), number - 1)->atttypid;
	if (!has_type(actual, type))
		wrong_type(table, name, actual, type);
	return number;
}

/* Returns whether a value of one type can be read as one of another, as it is. */
bool
has_type(Oid actual, Oid type)
{
	return actual == type || IsBinaryCoercible(actual, type);
}

/* Returns the number of a column that a table has, or InvalidAttrNumber. */
static AttrNumber
find_column(Relation table, const char *name)
{
	int			number = SPI_fnumber(RelationGetDescr(table), name);

	return number > 0 ? number : InvalidAttrNumber;
}

/* Raises datatype_mismatch for a column that has another type than it was made with. */
static void
wrong_type(Relation table, const char *name, Oid actual, Oid type)
{
	const char *altered = name_altered(table);

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column %s of table ogw_logs.%s has type %s, not %s", quote_identifier(name), altered,
					format_type_be(actual), format_type_be(type)),
			 errhint("Give it that type again: ALTER TABLE ogw_logs.%s ALTER COLUMN %s TYPE %s.", altered,
					 quote_identifier(name), format_type_be(type))));
}

/* Returns the name of the table that is to be altered: a partition's parent. */
static const char *
name_altered(Relation table)
{
	Oid			id = RelationGetRelid(table);
	char	   *parent = table->rd_rel->relispartition ? get_rel_name(get_partition_parent(id, true)) : NULL;

	return parent != NULL ? parent : RelationGetRelationName(table);
}

/* Raises undefined_column for a column that was dropped or renamed. */
static void
no_column(Relation table, const char *name, Oid type)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("table ogw_logs.%s has no column %s of type %s", name_altered(table),
					quote_identifier(name), format_type_be(type)),
			 errhint("Give it its name again, or add it: ALTER TABLE ogw_logs.%s ADD COLUMN %s %s.", name_altered(table),
					 quote_identifier(name), format_type_be(type))));
}

/* log_columns() → (table_name, column_name, type): the columns that the log's tables are made with. */
Datum
ogw_log_columns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(tables); i++)
		for (int c = 0; c < tables[i].n; c++)
		{
			Datum		values[3];
			bool		nulls[3] = {false};

			values[0] = DirectFunctionCall1(namein, CStringGetDatum(tables[i].name));
			values[1] = DirectFunctionCall1(namein, CStringGetDatum(tables[i].columns[c].name));
			values[2] = ObjectIdGetDatum(type_of(&tables[i].columns[c]));
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	return (Datum) 0;
}
