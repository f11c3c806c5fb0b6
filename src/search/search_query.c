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
#include "executor/tstoreReceiver.h"
#include "lib/stringinfo.h"
#include "nodes/params.h"
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

/* Rows whose bodies are searched that are fetched at once. */
#define ROWS_AT_ONCE 50

#define MAX_PARAMS (MAX_CONDITIONS + 6)

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
static uint64 run(TableQuery *query, Tuplestorestate *store);
static uint64 run_with_bodies(TableQuery *query, Search *search);
static void read_searched(TupleDesc desc, SpiCursor *cursor, SearchedEntry *entry);

/*
 * Finds what a search looks for in one table, from first to last (both included),
 * newest first, with the snapshot of the caller's statement.
 */
void
search_table(Search *search, Oid table, TimestampTz first, TimestampTz last)
{
	TableQuery	query;
	uint64		found;

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
	if (search->rows_left != ALL_ROWS && search->bodies == NULL)
		appendStringInfo(&query.text, " LIMIT " UINT64_FORMAT, search->rows_left);
	SPI_connect();
	found = search->bodies == NULL ? run(&query, search->store) : run_with_bodies(&query, search);
	SPI_finish();
	if (search->rows_left != ALL_ROWS)
		search->rows_left -= found;
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

/* Adds the filters, and the teams that the caller may read. */
static void
put_conditions(TableQuery *query, const Search *search)
{
	for (int i = 0; i < search->n_conditions; i++)
	{
		const Condition *condition = &search->conditions[i];
		const char *param = bind(query, condition->is_bytes ? BYTEAOID : TEXTOID,
								 condition->value);

		const char *type = condition->is_bytes ? "bytea" : AS_TEXT;

		appendStringInfo(&query->text, " AND (e.%s::%s = %s", condition->column, type, param);
		if (condition->or_column != NULL)
			appendStringInfo(&query->text, " OR e.%s::%s = %s", condition->or_column, type, param);
		appendStringInfoChar(&query->text, ')');
	}
	if (search->n_teams >= 0)
		appendStringInfo(&query->text, " AND " TEAM_ID " = ANY (%s)",
						 bind(query, TEXTARRAYOID, text_array_of(search->teams, search->n_teams)));
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
 * Runs the query into a tuplestore and returns how many rows there are.  It is
 * planned with its values as constants.  Connected to SPI; core/spi.h does not run into
 * tuplestores.
 */
static uint64
run(TableQuery *query, Tuplestorestate *store)
{
	SPIExecuteOptions options = {.read_only = true};

	options.params = makeParamList(query->n_params);
	for (int i = 0; i < query->n_params; i++)
		options.params->params[i] = (ParamExternData)
	{
		.value = query->values[i],.pflags = PARAM_FLAG_CONST,.ptype = query->types[i]
	};
	options.dest = CreateDestReceiver(DestTuplestore);
	SetTuplestoreDestReceiverParams(options.dest, store, CurrentMemoryContext,
									false, NULL, NULL);
	if (SPI_execute_extended(query->text.data, &options) != SPI_OK_SELECT)
		elog(ERROR, "a statement of ogw_logs failed");
	return SPI_processed;
}

/* The same where a text is looked for: each row's body is opened, until enough are found. */
static uint64
run_with_bodies(TableQuery *query, Search *search)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs entry", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = CurrentMemoryContext;
	SpiCursor	cursor;
	HeapTuple	row;
	uint64		found = 0;

	spi_cursor_open(&cursor, query->text.data, query->n_params, query->types, query->values, NULL, ROWS_AT_ONCE);
	while (found < search->rows_left && (row = spi_cursor_next(&cursor)) != NULL)
	{
		SearchedEntry entry;
		int64		cost;

		MemoryContextSwitchTo(context);
		read_searched(search->desc, &cursor, &entry);
		if (body_search_entry(search->bodies, &entry, &cost))
		{
			tuplestore_puttuple(search->store, row);
			found++;
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	spi_cursor_close(&cursor);
	return found;
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
