/*
 * body_span.h
 *		The spans of time whose bodies are sealed together.
 *
 * The segments of a span lie where it begins, in the partition of ogw_logs.segment that
 * has that time; what was merged, where its partition began.  So do those of spans
 * that reach beyond that partition: a restore of data alone into other partitions, and
 * a DBA's longer partition of bodies, make such ones.
 *
 * All of these are called as the owner, connected to SPI; what they return is palloc'd.
 */
#ifndef OGW_BODY_SPAN_H
#define OGW_BODY_SPAN_H

#include "postgres.h"

#include "datatype/timestamp.h"

extern TimestampTz *spans_with(TimestampTz at, int *n);
extern TimestampTz *spans_before(TimestampTz lower, TimestampTz since, int *n);
extern TimestampTz first_span(TimestampTz lower, TimestampTz first, TimestampTz last);
extern TimestampTz *merged_partitions(TimestampTz lower, TimestampTz first, TimestampTz last, int *n);
extern bool spans_are_odd(void);
extern TimestampTz spans_until(TimestampTz since, TimestampTz until);

#endif
