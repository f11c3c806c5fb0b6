/*
 * sealed_interval.h
 *		Reading which intervals of time were sealed, and may have a body.
 *
 * The segments of an interval lie where it begins, in the partition of ogw_logs.segment that
 * has that time; what was merged, where its partition began.  So do those of intervals
 * that reach beyond that partition: a restore of data alone into other partitions, and
 * a DBA's longer partition of bodies, make such ones.
 *
 * All of these are called as the owner, connected to SPI; what they return is palloc'd.
 */
#ifndef OGW_SEALED_INTERVAL_H
#define OGW_SEALED_INTERVAL_H

#include "postgres.h"

#include "datatype/timestamp.h"

extern TimestampTz *intervals_with(TimestampTz at, int *n);
extern TimestampTz *intervals_before(TimestampTz lower, TimestampTz since, int *n);
extern TimestampTz first_interval(TimestampTz lower, TimestampTz first, TimestampTz last);
extern TimestampTz *merged_partitions(TimestampTz lower, TimestampTz first, TimestampTz last, int *n);
extern bool intervals_overlap(void);
extern TimestampTz last_body_time(TimestampTz since, TimestampTz until);

#endif
