/*
 * search_query.c
 *		A search as one SQL query over one table.
 *
 * It is for what is no ordinary table with PostgreSQL's own storage, where the planner
 * knows best, and for entries of which a column has another type than it was made with:
 * all are cast, which is nothing where they have their own.  All values are bound.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "core/slice_text.h"
#include "core/spi.h"
#include "core/text_array.h"
#include "entry/entry.h"
#include "search/body_search.h"
#include "search/search_columns.h"
#include "search/found_body.h"
#include "search/search_query.h"
#include "search/search_state.h"
#include "search/tags.h"

/* Rows whose bodies are searched that are fetched at once. */
#define ROWS_AT_ONCE 50

#define MAX_PARAMS (2 * MAX_CONDITIONS + 6)

/* Columns of entry as they were made, whatever their types are now; byte by byte. */
#define AS_TEXT "text COLLATE \"C\""
#define TIME "e.\"timestamp\"::timestamptz"
#define JOB_ID "e.job_id::" AS_TEXT
#define TEAM_ID "e.team_id::" AS_TEXT

/* A query while it is built. */
typedef struct TableQuery
{
	StringInfoData text;
	int			n_params;
	Oid			types[MAX_PARAMS];
	Datum		values[MAX_PARAMS];
} TableQuery;

static void put_columns(TableQuery *query, const Search *search, Oid table);
static char *type_name(Form_pg_attribute att);
static void put_conditions(TableQuery *query, const Search *search);
static void put_before(TableQuery *query, const Search *search);
static const char *bind(TableQuery *query, Oid type, Datum value);
static void put_values(TableQuery *query, const Condition *condition);
static void put_count(TableQuery *query, const Condition *condition);
static void put_cost(TableQuery *query, const Condition *condition);
static void run(TableQuery *query, Search *search);
static bool has_tags(const Search *search);
static bool row_is_wanted(Search *search, SpiCursor *cursor);
static void take_row(Search *search, SpiCursor *cursor, HeapTuple row);
static void read_searched(TupleDesc desc, SpiCursor *cursor, SearchedEntry *entry);

/*
 * Finds what a search looks for in one table, from first to last (both included),
 * newest first, with the snapshot of the caller's statement.
 */
void
search_table(Search *search, Oid table, TimestampTz first, TimestampTz last)
{
	TableQuery	query;

	query.n_params = 0;
	initStringInfo(&query.text);
	put_columns(&query, search, table);
	/* what has no identity, where a DBA has let it in, is no entry */
	appendStringInfoString(&query.text, " WHERE e.job_id IS NOT NULL AND e.team_id IS NOT NULL");
	appendStringInfo(&query.text, " AND " TIME " >= %s",
					 bind(&query, TIMESTAMPTZOID, TimestampTzGetDatum(first)));
	appendStringInfo(&query.text, " AND " TIME " <= %s",
					 bind(&query, TIMESTAMPTZOID, TimestampTzGetDatum(last)));
	put_conditions(&query, search);
	put_before(&query, search);
	appendStringInfoString(&query.text,
						   " ORDER BY " TIME " DESC, " JOB_ID " DESC, " TEAM_ID " DESC");
	if (search->rows_left != ALL_ROWS && search->bodies == NULL && !has_tags(search))
		appendStringInfo(&query.text, " LIMIT " UINT64_FORMAT, search->rows_left);
	SPI_connect();
	run(&query, search);
	SPI_finish();
}

/* Begins the query: the result's columns, NULL for what is no column of entry. */
static void
put_columns(TableQuery *query, const Search *search, Oid table)
{
	for (int i = 0; i < search->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(search->desc, i);
		const char *name = NameStr(att->attname);

		appendStringInfoString(&query->text, i == 0 ? "SELECT " : ", ");
		if (get_attnum(table, name) == InvalidAttrNumber)
			appendStringInfo(&query->text, "NULL::%s", att->attisdropped ? "int4" : type_name(att));
		else if (strcmp(name, FINGERPRINT_COLUMN) == 0)
			appendStringInfo(&query->text, "encode(e.%s::bytea, 'hex')", FINGERPRINT_COLUMN);
		else
			appendStringInfo(&query->text, "e.%s::%s", quote_identifier(name), type_name(att));
	}
	appendStringInfo(&query->text, " FROM %s e",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)),
												get_rel_name(table)));
}

/* Returns the type of a column of the result, as a cast names it. */
static char *
type_name(Form_pg_attribute att)
{
	return format_type_extended(att->atttypid, att->atttypmod, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

/* Adds the filters but for tags, and the teams that the caller may read. */
static void
put_conditions(TableQuery *query, const Search *search)
{
	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];

		switch (condition->kind)
		{
			case CONDITION_ANY_OF:
			case CONDITION_NONE_OF:
				put_values(query, condition);
				break;
			case CONDITION_SET:
				appendStringInfo(&query->text, " AND e.%s IS NOT NULL", condition->column);
				break;
			case CONDITION_NOT_SET:
				appendStringInfo(&query->text, " AND e.%s IS NULL", condition->column);
				break;
			case CONDITION_COUNT:
				put_count(query, condition);
				break;
			case CONDITION_COST:
				put_cost(query, condition);
				break;
			case CONDITION_TAGS:
				/* row_is_wanted() looks at them */
				break;
		}
	}
	if (search->n_teams >= 0)
		appendStringInfo(&query->text, " AND " TEAM_ID " = ANY (%s)",
						 bind(query, TEXTARRAYOID, text_array_of(search->teams, search->n_teams)));
}

/* Adds the condition that a column, or the other, has one of some values, or neither has. */
static void
put_values(TableQuery *query, const Condition *condition)
{
	const char *type = condition->is_bytes ? "bytea" : AS_TEXT;
	const char *values = condition->is_bytes ? bind(query, BYTEAOID, condition->values[0]) :
		bind(query, TEXTARRAYOID, text_array_of(condition->values, condition->n_values));
	const char *any = condition->is_bytes ? "" : "ANY ";

	Assert(!condition->is_bytes || condition->n_values == 1);
	appendStringInfo(&query->text, " AND (e.%s::%s = %s(%s)", condition->column, type, any, values);
	if (condition->or_column != NULL)
		appendStringInfo(&query->text, " OR e.%s::%s = %s(%s)", condition->or_column, type, any, values);
	appendStringInfoString(&query->text, condition->kind == CONDITION_NONE_OF ? ") IS NOT TRUE" : ")");
}

/* Adds the condition that a count, or the sum of two, is in a range. */
static void
put_count(TableQuery *query, const Condition *condition)
{
	const char *column = condition->column;
	const char *least = bind(query, INT8OID, Int64GetDatum(condition->least));
	const char *most = bind(query, INT8OID, Int64GetDatum(condition->most));

	if (condition->or_column == NULL)
		appendStringInfo(&query->text, " AND e.%s::int8 BETWEEN %s AND %s", column, least, most);
	else
		appendStringInfo(&query->text, " AND coalesce(e.%s::numeric + e.%s::numeric, e.%s::numeric, e.%s::numeric)"
						 " BETWEEN %s AND %s", column, condition->or_column, column, condition->or_column, least, most);
}

/* Adds the condition that a cost is in a range. */
static void
put_cost(TableQuery *query, const Condition *condition)
{
	if (condition->least_cost != 0)
		appendStringInfo(&query->text, " AND e.%s::numeric >= %s", condition->column,
						 bind(query, NUMERICOID, condition->least_cost));
	if (condition->most_cost != 0)
		appendStringInfo(&query->text, " AND e.%s::numeric <= %s", condition->column,
						 bind(query, NUMERICOID, condition->most_cost));
}

/* Adds where the page begins, of the entries of one time. */
static void
put_before(TableQuery *query, const Search *search)
{
	const char *at;
	const char *job_id;

	if (!search->has_before_job)
		return;
	at = bind(query, TIMESTAMPTZOID, TimestampTzGetDatum(search->before_at));
	job_id = bind(query, TEXTOID, search->before_job_id);
	if (search->has_before_team)
		appendStringInfo(&query->text,
						 " AND (" TIME ", " JOB_ID ", " TEAM_ID ") < (%s, %s, %s)",
						 at, job_id, bind(query, TEXTOID, search->before_team_id));
	else
		appendStringInfo(&query->text, " AND (" TIME ", " JOB_ID ") < (%s, %s)",
						 at, job_id);
}

/* Binds a value and returns how the query names it. */
static const char *
bind(TableQuery *query, Oid type, Datum value)
{
	Assert(query->n_params < MAX_PARAMS);
	query->types[query->n_params] = type;
	query->values[query->n_params++] = value;
	return psprintf("$%d", query->n_params);
}

/*
 * Runs the query and takes the rows that are wanted, until there are enough.  It is
 * planned with its values as constants.  Connected to SPI.
 */
static void
run(TableQuery *query, Search *search)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs entry", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = CurrentMemoryContext;
	SpiCursor	cursor;
	HeapTuple	row;

	spi_cursor_open(&cursor, query->text.data, query->n_params, query->types, query->values, NULL, ROWS_AT_ONCE);
	while (search->rows_left > 0 && (row = spi_cursor_next(&cursor)) != NULL)
	{
		MemoryContextSwitchTo(context);
		if (row_is_wanted(search, &cursor))
			take_row(search, &cursor, row);
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	spi_cursor_close(&cursor);
}

/* Tells whether tags are looked for, of which the query knows nothing. */
static bool
has_tags(const Search *search)
{
	for (int i = 0; i < search->n_conditions; i++)
		if (search->conditions[i].kind == CONDITION_TAGS)
			return true;
	return false;
}

/* Tells whether the row that a cursor is at has what the query does not ask for: tags, and a text. */
static bool
row_is_wanted(Search *search, SpiCursor *cursor)
{
	SearchedEntry entry;
	int64		cost;

	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];
		bool		isnull;
		Datum		value;

		if (condition->kind != CONDITION_TAGS)
			continue;
		value = spi_cursor_value(cursor, SPI_fnumber(search->desc, condition->column), &isnull);
		if (!tags_match(condition->tags, condition->n_tags, isnull ? (Slice) {NULL, 0} : text_to_slice(value)))
			return false;
	}
	if (search->bodies == NULL)
		return true;
	read_searched(search->desc, cursor, &entry);
	return body_search_entry(search->bodies, &entry, &cost);
}

/* Puts the row that a cursor is at into the result, or gives it to who takes what is found. */
static void
take_row(Search *search, SpiCursor *cursor, HeapTuple row)
{
	RowSink    *sink = search->sink;
	Datum		values[MAX_SINK_COLUMNS];
	bool		nulls[MAX_SINK_COLUMNS];

	for (int i = 0; sink != NULL && i < sink->n_columns; i++)
		values[i] = spi_cursor_value(cursor, SPI_fnumber(search->desc, sink->columns[i]), &nulls[i]);
	if (!search_takes_row(search))
		return;
	if (sink != NULL)
		sink->add(sink, values, nulls);
	else
		tuplestore_puttuple(search->store, row);
}

/* Reads what of the row that a cursor is at is searched; desc is the row's. */
static void
read_searched(TupleDesc desc, SpiCursor *cursor, SearchedEntry *entry)
{
	static const char *const kept[] = KEPT_JSON;
	FoundEntry *found = &entry->found;
	bool		isnull;
	Datum		value;

	memset(entry, 0, sizeof(*entry));
	found->timestamp = spi_cursor_value(cursor, SPI_fnumber(desc, "timestamp"), &isnull);
	found->team_id = spi_cursor_value(cursor, SPI_fnumber(desc, "team_id"), &isnull);
	found->job_id = spi_cursor_value(cursor, SPI_fnumber(desc, "job_id"), &isnull);
	value = spi_cursor_value(cursor, SPI_fnumber(desc, "session_id"), &isnull);
	found->session_id = isnull ? 0 : value;
	value = spi_cursor_value(cursor, SPI_fnumber(desc, "user_id"), &isnull);
	found->user_id = isnull ? 0 : value;
	value = spi_cursor_value(cursor, SPI_fnumber(desc, "body_state"), &isnull);
	found->has_body = !isnull && body_is_stored(value);
	for (int i = 0; i < N_KEPT_JSON; i++)
	{
		value = spi_cursor_value(cursor, SPI_fnumber(desc, kept[i]), &isnull);
		if (!isnull)
			entry->kept[i] = text_to_slice(value);
	}
}
