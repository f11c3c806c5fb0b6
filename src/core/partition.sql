-- partition: the partitions of the tables of the log, in UTC.

CREATE OR REPLACE FUNCTION ogw_logs_internal.partition_unit(partition_interval interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE partition_interval
		   WHEN '1 hour' THEN 'hour' WHEN '1 day' THEN 'day'
		   WHEN '7 days' THEN 'week' WHEN '1 month' THEN 'month' END
$$;
COMMENT ON FUNCTION ogw_logs_internal.partition_unit(interval) IS
'The unit of date_trunc() for a partition interval; NULL for one that is not supported.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.partition_interval() RETURNS interval
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	in_force interval;
BEGIN
	-- where a restore left two rows, the one made first counts: core/installation.c reads the same
	SELECT i.partition_interval INTO in_force
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the log was made after this transaction''s snapshot'
			USING ERRCODE = 'serialization_failure', HINT = 'Try it again in a new transaction.';
	END IF;
	IF in_force IS NULL OR ogw_logs_internal.partition_unit(in_force) IS NULL THEN
		RAISE EXCEPTION 'the partition interval in ogw_logs.installation cannot be read'
			USING ERRCODE = 'config_file_error',
				  HINT = 'It is 1 hour, 1 day, 1 week or 1 month: UPDATE ogw_logs.installation SET partition_interval to the one with which the log was made.';
	END IF;
	RETURN in_force;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.partition_interval() IS
'The interval of a partition of entries. An error where it is none that there is, and where this transaction does not see the log yet.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.interval_at(at timestamptz, OUT since timestamptz, OUT until timestamptz) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
	step interval := ogw_logs_internal.partition_interval();
BEGIN
	since := date_trunc(ogw_logs_internal.partition_unit(step), at);
	until := since + step;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.interval_at(timestamptz) IS
'Where a partition of entries begins and ends that is made for a time.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.utc_text(at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
$$;
COMMENT ON FUNCTION ogw_logs_internal.utc_text(timestamptz) IS
'A time to the minute, as what maintain() did and the descriptions of partitions tell it.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.partition_suffix(at timestamp, partition_interval interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT to_char(date_trunc(u, at), CASE u WHEN 'hour' THEN 'YYYYMMDDHH24'
											 WHEN 'month' THEN 'YYYYMM' ELSE 'YYYYMMDD' END)
	  FROM ogw_logs_internal.partition_unit(partition_interval) u
$$;
COMMENT ON FUNCTION ogw_logs_internal.partition_suffix(timestamp, interval) IS
'What the name of the partition ends in that holds a time (UTC).';

CREATE OR REPLACE FUNCTION ogw_logs_internal.odd_suffix(at timestamp) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT to_char(at, CASE at WHEN date_trunc('hour', at) THEN 'YYYYMMDDHH24'
							   WHEN date_trunc('minute', at) THEN 'YYYYMMDDHH24MI' ELSE 'YYYYMMDDHH24MISSUS' END)
$$;
COMMENT ON FUNCTION ogw_logs_internal.odd_suffix(timestamp) IS
'What the name of a partition ends in that begins at a time (UTC), and is no whole interval.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.partitions_of(
	parent name,
	OUT partition regclass,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE ROWS 100
AS 'MODULE_PATHNAME', 'ogw_partitions_of';
COMMENT ON FUNCTION ogw_logs_internal.partitions_of(name) IS
'The partitions of a table of the log and their bounds; a bound that is no time (MINVALUE, MAXVALUE) is NULL.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.partition_at(
	parent name,
	at timestamptz,
	OUT partition regclass,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.partition, p.since, p.until FROM ogw_logs_internal.partitions_of(parent) p
	 WHERE coalesce(p.since, '-infinity') <= at AND coalesce(p.until, 'infinity') > at
$$;
COMMENT ON FUNCTION ogw_logs_internal.partition_at(name, timestamptz) IS
'The partition of a table of the log that holds a time, whatever its name is; no row where there is none.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.partitions_over(
	parent name,
	lower timestamptz,
	upper timestamptz,
	OUT partition regclass,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.partition, p.since, p.until FROM ogw_logs_internal.partitions_of(parent) p
	 WHERE coalesce(p.since, '-infinity') < upper AND coalesce(p.until, 'infinity') > lower
$$;
COMMENT ON FUNCTION ogw_logs_internal.partitions_over(name, timestamptz, timestamptz) IS
'The partitions of a table of the log that hold times from lower on and before upper; a DBA''s can have no bound.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.own_partitions(
	parent name,
	OUT partition regclass,
	OUT relname name,
	OUT reltuples real,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.partition, c.relname, c.reltuples, p.since, p.until
	  FROM ogw_logs_internal.partitions_of(parent) p
	  JOIN pg_class c ON c.oid = p.partition
	 WHERE c.relkind = 'r' AND c.relnamespace = 'ogw_logs'::regnamespace AND p.since IS NOT NULL AND p.until IS NOT NULL
$$;
COMMENT ON FUNCTION ogw_logs_internal.own_partitions(name) IS
'Part of maintain(): the partitions that it maintains. It leaves alone what a DBA attached of another kind: '
'a foreign table, one with partitions of its own, one in another schema or without a bound.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.ensure_partition(parent name, at timestamptz) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_ensure_partition';
COMMENT ON FUNCTION ogw_logs_internal.ensure_partition(name, timestamptz) IS
'Part of maintain(): makes the partition of entry, body or segment that holds a time, where it can in a transaction of its own; '
'false where it was there.';
