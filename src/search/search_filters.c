/*
 * search_filters.c
 *		The filters that search(), count_logs(), histogram() and facet() are given.
 *
 * A filter that no entry can pass is an error, which names the argument and quotes no
 * value: who asks for it has made a mistake, and would take an empty answer for the truth.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/api_key.h"
#include "redact/key_format.h"
#include "search/search_filters.h"
#include "search/search_state.h"
#include "search/tags.h"
#include "search/value_list.h"

/* An argument that is a value, or a list of them. */
typedef struct ValueFilter
{
	int			arg;
	const char *name;
	ConditionKind kind;
	const char *column;
	const char *or_column;
	bool		is_list;
} ValueFilter;

static const ValueFilter value_filters[] =
{
	{FILTER_TEAM_ID, "team_id", CONDITION_ANY_OF, "team_id", NULL, false},
	{FILTER_STATUS, "status", CONDITION_ANY_OF, "status", NULL, true},
	{FILTER_PROVIDER, "provider", CONDITION_ANY_OF, "provider", NULL, true},
	{FILTER_OWNER, "owner", CONDITION_ANY_OF, "owner", NULL, false},
	{FILTER_MODEL, "model", CONDITION_ANY_OF, "requested_model", "served_model", true},
	{FILTER_USER_ID, "user_id", CONDITION_ANY_OF, "user_id", NULL, false},
	{FILTER_SESSION_ID, "session_id", CONDITION_ANY_OF, "session_id", NULL, false},
	{FILTER_ERROR_CODE, "error_code", CONDITION_ANY_OF, "error_code", NULL, true},
	{FILTER_FALLBACK_REASON, "fallback_reason", CONDITION_ANY_OF, "fallback_reason", NULL, false},
	{FILTER_OPERATION, "operation", CONDITION_ANY_OF, "operation", NULL, true},
	{FILTER_NOT_STATUS, "not_status", CONDITION_NONE_OF, "status", NULL, true},
	{FILTER_NOT_PROVIDER, "not_provider", CONDITION_NONE_OF, "provider", NULL, true},
	{FILTER_NOT_MODEL, "not_model", CONDITION_NONE_OF, "requested_model", "served_model", true},
	{FILTER_NOT_ERROR_CODE, "not_error_code", CONDITION_NONE_OF, "error_code", NULL, true}
};

static void check_statuses(const Filters *filters, int arg, const char *name);
static void check_not_all_left_out(const Filters *filters, int arg, int not_arg, const char *name);
static bool is_among(const Filters *filters, int arg, Datum value);
static void check_range_of_counts(const NullableDatum *args, int min, const char *name);
static void check_range_of_costs(const NullableDatum *args);
static void check_cost(const NullableDatum *cost, const char *name);
static void add_values(const Filters *filters, const ValueFilter *filter, Search *search);
static void add_key(Search *search, Datum key);
static void add_counts(const NullableDatum *args, int min, Search *search, const char *column, const char *or_column);
static void add_costs(const NullableDatum *args, Search *search);

/*
 * Reads and checks the filters; a NULL is none.  Called as the owner, with a log or without.
 * Raises invalid_parameter_value for what no entry can pass, or is not written as it must be.
 */
void
filters_check(Filters *filters, const NullableDatum *args)
{
	memset(filters, 0, sizeof(*filters));
	filters->args = args;
	for (int i = 0; i < lengthof(value_filters); i++)
	{
		const ValueFilter *filter = &value_filters[i];
		Datum	  **values = &filters->values[filter->arg];

		if (args[filter->arg].isnull)
			continue;
		if (filter->is_list)
			filters->n_values[filter->arg] = value_list_parse(args[filter->arg].value, filter->name, values);
		else
		{
			*values = palloc(sizeof(Datum));
			(*values)[0] = args[filter->arg].value;
			filters->n_values[filter->arg] = 1;
		}
	}
	check_statuses(filters, FILTER_STATUS, "status");
	check_statuses(filters, FILTER_NOT_STATUS, "not_status");
	check_not_all_left_out(filters, FILTER_STATUS, FILTER_NOT_STATUS, "status");
	check_not_all_left_out(filters, FILTER_PROVIDER, FILTER_NOT_PROVIDER, "provider");
	check_not_all_left_out(filters, FILTER_MODEL, FILTER_NOT_MODEL, "model");
	check_not_all_left_out(filters, FILTER_ERROR_CODE, FILTER_NOT_ERROR_CODE, "error_code");
	check_range_of_time(&args[FILTER_SINCE], &args[FILTER_UNTIL]);
	check_range_of_counts(args, FILTER_MIN_LATENCY_MS, "latency_ms");
	check_range_of_counts(args, FILTER_MIN_TOKENS, "tokens");
	check_range_of_costs(args);
	if (!args[FILTER_TAGS].isnull)
		filters->tags = tags_parse(text_to_slice(args[FILTER_TAGS].value), &filters->n_tags);
	if (!args[FILTER_FELL_BACK].isnull && !DatumGetBool(args[FILTER_FELL_BACK].value) &&
		!args[FILTER_FALLBACK_REASON].isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fell_back must not be false where fallback_reason is given")));
	if (!args[FILTER_BODY_CONTAINS].isnull && text_to_slice(args[FILTER_BODY_CONTAINS].value).len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("body_contains must not be empty")));
}

/* Raises an error where one of the statuses given is none. */
static void
check_statuses(const Filters *filters, int arg, const char *name)
{
	for (int i = 0; i < filters->n_values[arg]; i++)
	{
		Slice		status = text_to_slice(filters->values[arg][i]);

		if (!slice_is(status, "success") && !slice_is(status, "failure") && !slice_is(status, "cancelled"))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must be success, failure or cancelled", name),
					 errhint("The code that a gateway gave is in error_code.")));
	}
}

/* Raises an error where all the values that one argument asks for are left out by another. */
static void
check_not_all_left_out(const Filters *filters, int arg, int not_arg, const char *name)
{
	int			n = filters->n_values[arg];

	for (int i = 0; i < n; i++)
		if (!is_among(filters, not_arg, filters->values[arg][i]))
			return;
	if (n > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not_%s leaves out all that %s asks for", name, name)));
}

/* Tells whether a value is among those of an argument. */
static bool
is_among(const Filters *filters, int arg, Datum value)
{
	for (int i = 0; i < filters->n_values[arg]; i++)
		if (text_equals(filters->values[arg][i], value))
			return true;
	return false;
}

/* Raises an error where until is before since. */
void
check_range_of_time(const NullableDatum *since, const NullableDatum *until)
{
	if (!since->isnull && !until->isnull &&
		DatumGetTimestampTz(since->value) > DatumGetTimestampTz(until->value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("until must not be before since")));
}

/* Raises an error for a range of counts that has none; its greatest stands behind its least. */
static void
check_range_of_counts(const NullableDatum *args, int min, const char *name)
{
	const NullableDatum *least = &args[min];
	const NullableDatum *most = &args[min + 1];

	if (!most->isnull && DatumGetInt64(most->value) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_%s must not be negative", name)));
	if (!least->isnull && !most->isnull && DatumGetInt64(least->value) > DatumGetInt64(most->value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_%s must not be less than min_%s", name, name)));
}

/* Raises an error for a range of costs that has none. */
static void
check_range_of_costs(const NullableDatum *args)
{
	const NullableDatum *least = &args[FILTER_MIN_COST_USD];
	const NullableDatum *most = &args[FILTER_MAX_COST_USD];

	check_cost(least, "min_cost_usd");
	check_cost(most, "max_cost_usd");
	if (!least->isnull && !most->isnull &&
		DatumGetBool(DirectFunctionCall2(numeric_gt, least->value, most->value)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_cost_usd must not be less than min_cost_usd")));
}

/* Raises an error for a cost that is NaN or infinite. */
static void
check_cost(const NullableDatum *cost, const char *name)
{
	if (!cost->isnull && (numeric_is_nan(DatumGetNumeric(cost->value)) || numeric_is_inf(DatumGetNumeric(cost->value))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a finite number", name)));
}

/* Adds the filters to a search, but for a text in bodies.  There is a log. */
void
filters_add(const Filters *filters, Search *search)
{
	const NullableDatum *args = filters->args;

	if (!args[FILTER_SINCE].isnull)
		search->first = DatumGetTimestampTz(args[FILTER_SINCE].value);
	if (!args[FILTER_UNTIL].isnull)
		search_until(search, DatumGetTimestampTz(args[FILTER_UNTIL].value));
	if (!args[FILTER_JOB_ID].isnull)
		search_job(search, args[FILTER_JOB_ID].value);
	for (int i = 0; i < lengthof(value_filters); i++)
		add_values(filters, &value_filters[i], search);
	search->of_session = filters->n_values[FILTER_SESSION_ID] > 0;
	if (!args[FILTER_API_KEY].isnull)
		add_key(search, args[FILTER_API_KEY].value);
	if (!args[FILTER_FELL_BACK].isnull)
		search_condition(search, DatumGetBool(args[FILTER_FELL_BACK].value) ? CONDITION_SET : CONDITION_NOT_SET,
						 "fallback_reason");
	add_counts(args, FILTER_MIN_LATENCY_MS, search, "latency_ms", NULL);
	add_counts(args, FILTER_MIN_TOKENS, search, "prompt_tokens", "completion_tokens");
	add_costs(args, search);
	/* last, since it is the dearest to compare */
	if (filters->n_tags > 0)
	{
		Condition  *condition = search_condition(search, CONDITION_TAGS, "metadata");

		condition->n_tags = filters->n_tags;
		condition->tags = filters->tags;
	}
}

/* Adds the filter of an argument of values, where it was given: what they are stored as. */
static void
add_values(const Filters *filters, const ValueFilter *filter, Search *search)
{
	Condition  *condition;

	if (filters->n_values[filter->arg] == 0)
		return;
	condition = search_condition(search, filter->kind, filter->column);
	condition->or_column = filter->or_column;
	condition->n_values = filters->n_values[filter->arg];
	condition->values = palloc(sizeof(Datum) * condition->n_values);
	for (int i = 0; i < condition->n_values; i++)
	{
		Datum		value = filters->values[filter->arg][i];

		condition->values[i] = sought_value(filter->column, value);
	}
}

/* Adds the filter on a key: the whole key, or as it is shown. */
static void
add_key(Search *search, Datum key)
{
	Slice		slice = api_key_strip(text_to_slice(key));

	if (redact_is_redacted(slice.data, slice.len))
		search_value(search, "api_key", slice_to_text(slice));
	else
	{
		bytea	   *fingerprint = palloc(VARHDRSZ + KEY_FINGERPRINT_LEN);

		SET_VARSIZE(fingerprint, VARHDRSZ + KEY_FINGERPRINT_LEN);
		api_key_fingerprint(slice, (uint8 *) VARDATA(fingerprint));
		search_value(search, "api_key_fingerprint", PointerGetDatum(fingerprint))->is_bytes = true;
	}
}

/* Adds the filter on a count, or on the sum of two, where a bound of it was given. */
static void
add_counts(const NullableDatum *args, int min, Search *search, const char *column, const char *or_column)
{
	Condition  *condition;

	if (args[min].isnull && args[min + 1].isnull)
		return;
	condition = search_condition(search, CONDITION_COUNT, column);
	condition->or_column = or_column;
	condition->least = args[min].isnull ? PG_INT64_MIN : DatumGetInt64(args[min].value);
	condition->most = args[min + 1].isnull ? PG_INT64_MAX : DatumGetInt64(args[min + 1].value);
}

/* Adds the filter on the cost, where a bound of it was given. */
static void
add_costs(const NullableDatum *args, Search *search)
{
	const NullableDatum *least = &args[FILTER_MIN_COST_USD];
	const NullableDatum *most = &args[FILTER_MAX_COST_USD];
	Condition  *condition;

	if (least->isnull && most->isnull)
		return;
	condition = search_condition(search, CONDITION_COST, "cost_usd");
	condition->least_cost = least->isnull ? 0 : least->value;
	condition->most_cost = most->isnull ? 0 : most->value;
}
