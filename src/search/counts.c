/*
 * counts.c
 *		How many entries the filters find, and when they came.
 *
 * The entries are not sorted and not kept: each is counted where it is read.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/log.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "search/search_filters.h"
#include "search/search_run.h"
#include "search/search_state.h"

PG_FUNCTION_INFO_V1(ogw_count_logs);
PG_FUNCTION_INFO_V1(ogw_histogram);

/* The argument of both behind the filters: at_most, or buckets. */
#define ARG_LAST N_FILTER_ARGS

/* How many buckets there are where that is NULL, and how many there can be. */
#define DEFAULT_BUCKETS 60
#define MAX_BUCKETS 10000

typedef struct Counter
{
	RowSink		sink;
	int64		entries;
} Counter;

/* The first and the last time of entries. */
typedef struct TimeRange
{
	RowSink		sink;
	bool		found;
	TimestampTz first;
	TimestampTz last;
} TimeRange;

/* Intervals of a length that differs by a microsecond at the most, and what is in them. */
typedef struct Histogram
{
	RowSink		sink;
	TimestampTz since;
	uint64		length;			/* of all of them together, in microseconds */
	int			n;
	int64	   *entries;
	int64	   *failures;
} Histogram;

static void count_entry(RowSink *sink, const Datum *values, const bool *nulls);
static bool histogram_range(SearchCall *call, Search *search, TimestampTz *since, TimestampTz *until);
static void widen_range(RowSink *sink, const Datum *values, const bool *nulls);
static void count_in_bucket(RowSink *sink, const Datum *values, const bool *nulls);
static uint64 bucket_begin(const Histogram *histogram, int bucket);
static void put_buckets(const Histogram *histogram, ReturnSetInfo *result);

/*
 * count_logs(…, at_most) → bigint: how many entries match every filter given, or at_most
 * where they are more; 0 before there is a log.  NULL counts all.  Raises what search() does.
 */
Datum
ogw_count_logs(PG_FUNCTION_ARGS)
{
	SearchCall	call = {.function = "count_logs"};
	Counter		counter = {.sink = {.add = count_entry}};
	OwnerGuard	guard;

	if (!PG_ARGISNULL(ARG_LAST) && PG_GETARG_INT64(ARG_LAST) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("at_most must be at least 1")));
	owner_enter(&guard, fcinfo);
	filters_check(&call.filters, fcinfo->args);
	if (log_exists())
	{
		Search		search;

		call.reader = guard.caller;
		search_call_begin(&call, &search, entry_row_desc());
		search.sink = &counter.sink;
		if (!PG_ARGISNULL(ARG_LAST))
			search.rows_left = PG_GETARG_INT64(ARG_LAST);
		search_run(&call, &search);
	}
	owner_leave(&guard);
	PG_RETURN_INT64(counter.entries);
}

/* Counts an entry: a RowSink's add(). */
static void
count_entry(RowSink *sink, const Datum *values, const bool *nulls)
{
	((Counter *) sink)->entries++;
}

/*
 * histogram(…, buckets) → rows of bucket_since, bucket_until, entries, failures: how many
 * entries match every filter given in each of so many intervals, oldest first.  They are
 * from since to until; one that is NULL or infinite is the time of the first entry, or is
 * just behind the last.  No rows where there is no time between the two, and before there is
 * a log.  Raises what search() does.
 */
Datum
ogw_histogram(PG_FUNCTION_ARGS)
{
	int32		buckets = PG_ARGISNULL(ARG_LAST) ? DEFAULT_BUCKETS : PG_GETARG_INT32(ARG_LAST);
	SearchCall	call = {.function = "histogram"};
	Histogram	histogram = {.sink = {.n_columns = 2,.columns = {"timestamp", "status"},.add = count_in_bucket}};
	OwnerGuard	guard;

	if (buckets < 1 || buckets > MAX_BUCKETS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("buckets must be from 1 to %d", MAX_BUCKETS)));
	InitMaterializedSRF(fcinfo, 0);
	owner_enter(&guard, fcinfo);
	filters_check(&call.filters, fcinfo->args);
	if (log_exists())
	{
		Search		search;
		TimestampTz until;

		call.reader = guard.caller;
		search_call_begin(&call, &search, entry_row_desc());
		if (histogram_range(&call, &search, &histogram.since, &until))
		{
			histogram.length = (uint64) until - (uint64) histogram.since;
			histogram.n = (int) Min((uint64) buckets, histogram.length);
			histogram.entries = palloc0(sizeof(int64) * histogram.n);
			histogram.failures = palloc0(sizeof(int64) * histogram.n);
			search.sink = &histogram.sink;
			search_run(&call, &search);
			put_buckets(&histogram, (ReturnSetInfo *) fcinfo->resultinfo);
		}
	}
	owner_leave(&guard);
	return (Datum) 0;
}

/*
 * Gives the times from which (included) and to which (not included) there are buckets; false
 * where there is none.  Where since or until is not given, the entries are looked for that
 * match.
 */
static bool
histogram_range(SearchCall *call, Search *search, TimestampTz *since, TimestampTz *until)
{
	const NullableDatum *given_since = &call->filters.args[FILTER_SINCE];
	const NullableDatum *given_until = &call->filters.args[FILTER_UNTIL];
	bool		has_since = !given_since->isnull && !TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(given_since->value));
	bool		has_until = !given_until->isnull && !TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(given_until->value));
	TimeRange	range = {.sink = {.n_columns = 1,.columns = {"timestamp"},.add = widen_range}};

	if (!has_since || !has_until)
	{
		search->sink = &range.sink;
		search_run(call, search);
		if (!range.found)
			return false;
	}
	*since = has_since ? DatumGetTimestampTz(given_since->value) : range.first;
	*until = has_until ? DatumGetTimestampTz(given_until->value) : range.last + 1;
	return *since < *until;
}

/* Takes note of the time of an entry: a RowSink's add().  No bucket has an infinite one. */
static void
widen_range(RowSink *sink, const Datum *values, const bool *nulls)
{
	TimeRange  *range = (TimeRange *) sink;
	TimestampTz at = DatumGetTimestampTz(values[0]);

	if (nulls[0] || TIMESTAMP_NOT_FINITE(at))
		return;
	range->first = range->found ? Min(range->first, at) : at;
	range->last = range->found ? Max(range->last, at) : at;
	range->found = true;
}

/* Counts an entry in its bucket: a RowSink's add(). */
static void
count_in_bucket(RowSink *sink, const Datum *values, const bool *nulls)
{
	Histogram  *histogram = (Histogram *) sink;
	TimestampTz at = DatumGetTimestampTz(values[0]);
	uint64		behind = (uint64) at - (uint64) histogram->since;
	int			bucket;

	if (nulls[0] || at < histogram->since || behind >= histogram->length)
		return;
	bucket = Min(histogram->n - 1, (int) ((double) behind / histogram->length * histogram->n));
	/* a double is not exact to the microsecond */
	while (bucket_begin(histogram, bucket) > behind)
		bucket--;
	while (bucket + 1 < histogram->n && bucket_begin(histogram, bucket + 1) <= behind)
		bucket++;
	histogram->entries[bucket]++;
	if (!nulls[1] && slice_is(text_to_slice(values[1]), "failure"))
		histogram->failures[bucket]++;
}

/* Returns how long after the first bucket's begin one begins, in microseconds. */
static uint64
bucket_begin(const Histogram *histogram, int bucket)
{
	uint64		n = histogram->n;

	return histogram->length / n * bucket + histogram->length % n * bucket / n;
}

/* Puts the buckets into the result. */
static void
put_buckets(const Histogram *histogram, ReturnSetInfo *result)
{
	for (int i = 0; i < histogram->n; i++)
	{
		bool		nulls[4] = {false};
		Datum		values[4] = {
			TimestampTzGetDatum(histogram->since + (TimestampTz) bucket_begin(histogram, i)),
			TimestampTzGetDatum(histogram->since + (TimestampTz) bucket_begin(histogram, i + 1)),
			Int64GetDatum(histogram->entries[i]),
			Int64GetDatum(histogram->failures[i])
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}
