/*
 * facet.c
 *		Which values a field has among the entries that the filters find.
 *
 * So many values are counted at the most.  A search goes from the newest entries to the
 * oldest, so these are the values that were met first; each of them is counted to the last
 * entry, and how many entries had another one is told.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "search/search_filters.h"
#include "search/search_run.h"
#include "search/search_state.h"
#include "search/tags.h"

PG_FUNCTION_INFO_V1(ogw_facet);

/* The arguments of facet() around the filters. */
enum
{
	ARG_FIELD, ARG_FILTERS, ARG_MAX_VALUES = ARG_FILTERS + N_FILTER_ARGS
};

/* How many values are returned where max_values is NULL, and how many are counted. */
#define DEFAULT_MAX_VALUES 50
#define MAX_VALUES 10000

/* What stands before the name of a tag. */
#define TAG_PREFIX "metadata."

/* A field, and the columns where its values are: each one counts, but twice the same counts once. */
typedef struct FacetField
{
	const char *name;
	const char *column;
	const char *or_column;		/* NULL: none */
} FacetField;

static const FacetField fields[] =
{
	{"team_id", "team_id"}, {"owner", "owner"}, {"api_key", "api_key"}, {"user_id", "user_id"},
	{"operation", "operation"}, {"model", "requested_model", "served_model"},
	{"requested_model", "requested_model"}, {"served_model", "served_model"}, {"provider", "provider"},
	{"status", "status"}, {"error_code", "error_code"}, {"finish_reason", "finish_reason"},
	{"fallback_reason", "fallback_reason"}
};

/* A value and how many entries have it. */
typedef struct FacetValue
{
	Slice		value;			/* the hash table's key; data NULL: entries without one */
	int64		entries;
} FacetValue;

typedef struct Facet
{
	RowSink		sink;
	Slice		tag;			/* data NULL: a field */
	MemoryContext context;		/* of the values */
	HTAB	   *values;
	FacetValue	none;
	int64		uncounted;		/* entries with values for which there was no place */
} Facet;

static void facet_of_field(Facet *facet, Slice field);
static void check_tag(const SearchCall *call, Slice tag);
static void count_values(RowSink *sink, const Datum *values, const bool *nulls);
static void count_value(Facet *facet, Slice value);
static uint32 hash_value(const void *key, Size size);
static int	compare_values(const void *a, const void *b, Size size);
static bool put_values(Facet *facet, ReturnSetInfo *result, int max_values);
static int	most_frequent_first(const void *a, const void *b);

/*
 * facet(field, …, max_values) → rows of value, entries: the values of a field among the
 * entries that match every filter given, the most frequent first; NULL for the entries
 * without one.  No rows before there is a log.  A NOTICE where there are more values than
 * max_values, or than are counted.  Raises what search() does, and
 * invalid_parameter_value for a field that is none.
 */
Datum
ogw_facet(PG_FUNCTION_ARGS)
{
	int32		max_values = PG_ARGISNULL(ARG_MAX_VALUES) ? DEFAULT_MAX_VALUES : PG_GETARG_INT32(ARG_MAX_VALUES);
	SearchCall	call = {.function = "facet"};
	Facet		facet = {.sink = {.add = count_values},.context = CurrentMemoryContext};
	OwnerGuard	guard;
	bool		has_more = false;

	if (max_values < 1 || max_values > MAX_VALUES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_values must be from 1 to %d", MAX_VALUES)));
	facet_of_field(&facet, PG_ARGISNULL(ARG_FIELD) ? (Slice) {NULL, 0} : text_to_slice(PG_GETARG_DATUM(ARG_FIELD)));
	InitMaterializedSRF(fcinfo, 0);
	owner_enter(&guard, fcinfo);
	filters_check(&call.filters, &fcinfo->args[ARG_FILTERS]);
	if (log_exists())
	{
		HASHCTL		control = {.keysize = sizeof(Slice),.entrysize = sizeof(FacetValue),.hash = hash_value,
			.match = compare_values,.hcxt = CurrentMemoryContext};
		Search		search;

		facet.values = hash_create("ogw_logs facet", 256, &control,
								   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
		call.reader = guard.caller;
		search_call_begin(&call, &search, entry_row_desc());
		if (facet.tag.data != NULL)
			check_tag(&call, facet.tag);
		search.sink = &facet.sink;
		search_run(&call, &search);
		has_more = put_values(&facet, (ReturnSetInfo *) fcinfo->resultinfo, max_values);
	}
	owner_leave(&guard);
	if (has_more)
		ereport(NOTICE, (errmsg("there are more values than max_values")));
	if (facet.uncounted > 0)
		ereport(NOTICE,
				(errmsg("there are more than %d values: %lld entries have one that was not counted",
						MAX_VALUES, (long long) facet.uncounted),
				 errhint("Give filters, or a shorter range of time.")));
	return (Datum) 0;
}

/* Finds what is counted for a field (data NULL: none was given). */
static void
facet_of_field(Facet *facet, Slice field)
{
	Slice		prefix = {TAG_PREFIX, strlen(TAG_PREFIX)};

	for (int i = 0; field.data != NULL && i < lengthof(fields); i++)
		if (slice_is(field, fields[i].name))
		{
			facet->sink.n_columns = fields[i].or_column == NULL ? 1 : 2;
			facet->sink.columns[0] = fields[i].column;
			facet->sink.columns[1] = fields[i].or_column;
			return;
		}
	if (field.data == NULL || field.len <= prefix.len ||
		!slice_equals((Slice) {field.data, prefix.len}, prefix))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("field must be one that can be counted by its values"),
				 errhint("These are team_id, owner, api_key, user_id, operation, model, requested_model, served_model, "
						 "provider, status, error_code, finish_reason, fallback_reason, and metadata.NAME for a name that a team has declared.")));
	facet->tag = (Slice) {field.data + prefix.len, field.len - prefix.len};
	facet->sink.n_columns = 1;
	facet->sink.columns[0] = "metadata";
}

/* Raises invalid_parameter_value for a tag that no team of the caller's has declared. */
static void
check_tag(const SearchCall *call, Slice tag)
{
	Oid			types[] = {TEXTOID, BOOLOID, TEXTARRAYOID};
	Datum		args[] = {slice_to_text(tag), BoolGetDatum(call->rights.all_teams), call->rights.teams};
	bool		is_declared;

	SPI_connect();
	spi_read_latest("SELECT FROM ogw_logs.team t"
					" WHERE $1 = ANY (t.metadata_keys::text[]) AND ($2 OR t.team_id::text = ANY ($3)) LIMIT 1",
					lengthof(types), types, args);
	is_declared = SPI_processed > 0;
	SPI_finish();
	if (!is_declared)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("field is a name of metadata that no team has declared"),
				 errhint("A team declares it with ogw_logs.set_team(…, metadata_keys => …).")));
}

/* Counts the values of an entry: a RowSink's add(). */
static void
count_values(RowSink *sink, const Datum *values, const bool *nulls)
{
	Facet	   *facet = (Facet *) sink;
	TagValue	tag;
	bool		has_value = false;

	if (facet->tag.data != NULL)
	{
		has_value = !nulls[0] && tag_find(text_to_slice(values[0]), facet->tag, &tag) && tag.kind != JSON_KIND_NULL;
		if (has_value)
			count_value(facet, tag.text);
	}
	for (int i = 0; facet->tag.data == NULL && i < sink->n_columns; i++)
	{
		if (nulls[i] || (i == 1 && !nulls[0] && text_equals(values[0], values[1])))
			continue;
		has_value = true;
		count_value(facet, text_to_slice(values[i]));
	}
	if (!has_value)
		facet->none.entries++;
}

/* Counts a value, if it is counted already or there is a place for it. */
static void
count_value(Facet *facet, Slice value)
{
	bool		found = true;
	FacetValue *counted = hash_search(facet->values, &value,
									  hash_get_num_entries(facet->values) < MAX_VALUES ? HASH_ENTER : HASH_FIND, &found);

	if (counted == NULL)
	{
		facet->uncounted++;
		return;
	}
	if (!found)
	{
		MemoryContext old = MemoryContextSwitchTo(facet->context);

		counted->value = slice_copy(value);
		counted->entries = 0;
		MemoryContextSwitchTo(old);
	}
	counted->entries++;
}

/* Hashes a Slice for dynahash. */
static uint32
hash_value(const void *key, Size size)
{
	const Slice *slice = key;

	return hash_bytes((const unsigned char *) slice->data, (int) slice->len);
}

/* Compares two Slices for dynahash. */
static int
compare_values(const void *a, const void *b, Size size)
{
	return slice_compare(*(const Slice *) a, *(const Slice *) b);
}

/* Puts the most frequent values into the result; returns whether there are more. */
static bool
put_values(Facet *facet, ReturnSetInfo *result, int max_values)
{
	FacetValue *sorted = palloc(sizeof(FacetValue) * (hash_get_num_entries(facet->values) + 1));
	HASH_SEQ_STATUS all;
	FacetValue *counted;
	int			n = 0;

	hash_seq_init(&all, facet->values);
	while ((counted = hash_seq_search(&all)) != NULL)
		sorted[n++] = *counted;
	if (facet->none.entries > 0)
		sorted[n++] = facet->none;
	qsort(sorted, n, sizeof(FacetValue), most_frequent_first);
	for (int i = 0; i < Min(n, max_values); i++)
	{
		bool		nulls[2] = {sorted[i].value.data == NULL, false};
		Datum		values[2] = {nulls[0] ? 0 : slice_to_text(sorted[i].value), Int64GetDatum(sorted[i].entries)};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return n > max_values;
}

/* Orders values, the most frequent first; of those as frequent by their bytes, none last. */
static int
most_frequent_first(const void *a, const void *b)
{
	const FacetValue *left = a;
	const FacetValue *right = b;

	if (left->entries != right->entries)
		return left->entries > right->entries ? -1 : 1;
	if (left->value.data == NULL || right->value.data == NULL)
		return (left->value.data == NULL) - (right->value.data == NULL);
	return slice_compare(left->value, right->value);
}
