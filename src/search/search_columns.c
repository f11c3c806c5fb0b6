/*
 * search_columns.c
 *		Whether entries have the columns that a search takes them to have.
 *
 * A row of an entry becomes a row of the result value by value, as long as the types are
 * the same.  Where the owner of the tables has altered one, partition_scan.c leaves the
 * partition to search_query.c, whose query casts.  A partition has its parent's types, so
 * the parent alone is looked at: once, until PostgreSQL says that it has changed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "core/log_columns.h"
#include "core/relation_changes.h"
#include "core/row_type.h"
#include "search/search_columns.h"
#include "search/search_state.h"

/* What was found out about ogw_logs.entry beside a type of rows. */
typedef struct CheckedColumns
{
	Oid			entry;			/* InvalidOid: to be found out again */
	Oid			row_type;
	Oid			row_relation;	/* of the row type */
	bool		are_same;
} CheckedColumns;

/* Those of search(), and of get_log() and get_session(). */
static CheckedColumns checked[2];

static void relation_changed(Oid relid);
static void check_conditions(const Search *search, Relation entry);
static bool compare_columns(TupleDesc desc, Relation entry);

/* Begins to listen to changes of relations; called when the library is loaded. */
void
search_columns_init(void)
{
	on_relation_change(relation_changed);
}

/* Takes note that a relation has changed, or any may have (InvalidOid). */
static void
relation_changed(Oid relid)
{
	for (int i = 0; i < lengthof(checked); i++)
		if (!OidIsValid(relid) || relid == checked[i].entry || relid == checked[i].row_relation)
			checked[i].entry = InvalidOid;
}

/*
 * Returns whether rows of entries, whose table is open, can be read as they are; where not,
 * a query with casts has to.  Raises undefined_column where it lacks a column without which
 * there is no search, datatype_mismatch where one cannot be cast to the result's.
 */
bool
search_columns_check(const Search *search, Relation entry)
{
	static int	replaced = 0;
	Oid			row_type = search->desc->tdtypeid;
	CheckedColumns found;

	check_conditions(search, entry);
	for (int i = 0; i < lengthof(checked); i++)
		if (checked[i].entry == RelationGetRelid(entry) && checked[i].row_type == row_type)
			return checked[i].are_same;
	found = (CheckedColumns) {
		.entry = RelationGetRelid(entry), .row_type = row_type, .row_relation = get_typ_typrelid(row_type),
		.are_same = compare_columns(search->desc, entry)
	};
	if (OidIsValid(found.row_relation))
		checked[replaced++ % lengthof(checked)] = found;
	return found.are_same;
}

/* Checks that the columns are there that are asked for a value. */
static void
check_conditions(const Search *search, Relation entry)
{
	for (int i = 0; i < search->n_conditions; i++)
		for (int other = 0; other <= 1; other++)
		{
			const char *name = other ? search->conditions[i].or_column : search->conditions[i].column;

			if (name != NULL && get_attnum(RelationGetRelid(entry), name) == InvalidAttrNumber)
				(void) log_column(entry, name, TEXTOID);
		}
}

/* Does the work of search_columns_check() for a type of rows. */
static bool
compare_columns(TupleDesc desc, Relation entry)
{
	bool		are_same = true;

	(void) result_column(desc, "timestamp", TIMESTAMPTZOID);
	(void) result_column(desc, "job_id", TEXTOID);
	(void) result_column(desc, "team_id", TEXTOID);
	(void) result_column(desc, "session_id", TEXTOID);
	(void) result_column(desc, "body_state", TEXTOID);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		const char *name = NameStr(att->attname);
		AttrNumber	number = att->attisdropped ? InvalidAttrNumber : get_attnum(RelationGetRelid(entry), name);
		Oid			type = strcmp(name, FINGERPRINT_COLUMN) == 0 ? BYTEAOID : att->atttypid;
		Oid			actual;

		if (number == InvalidAttrNumber)
		{
			/* an entry is known by these, and has no body without the last; all else is NULL then */
			if (strcmp(name, "timestamp") == 0 || strcmp(name, "job_id") == 0 || strcmp(name, "team_id") == 0 ||
				strcmp(name, "body_state") == 0)
				(void) log_column(entry, name, type);
			continue;
		}
		actual = TupleDescAttr(RelationGetDescr(entry), number - 1)->atttypid;
		if (has_type(actual, type))
			continue;
		are_same = false;
		if (!can_coerce_type(1, &actual, &type, COERCION_EXPLICIT))
			(void) log_column(entry, name, type);
	}
	return are_same;
}

/*
 * Returns the number of a column of a type of rows.  Raises
 * object_not_in_prerequisite_state where it has none of that name, and (but for InvalidOid)
 * of that type.
 */
AttrNumber
result_column(TupleDesc desc, const char *name, Oid type)
{
	int			number = SPI_fnumber(desc, name);

	if (number <= 0 || (OidIsValid(type) && TupleDescAttr(desc, number - 1)->atttypid != type))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("type %s has no column \"%s\" of type %s", format_type_be_qualified(desc->tdtypeid), name,
						format_type_be(OidIsValid(type) ? type : TEXTOID)),
				 errhint("ALTER TYPE must leave it as CREATE EXTENSION made it.")));
	return number;
}
