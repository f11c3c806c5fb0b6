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
	SELECT l.partition, l.since, l.until FROM ogw_logs_internal.partitions_of(parent) l
	 WHERE coalesce(l.since, '-infinity') <= at AND coalesce(l.until, 'infinity') > at
$$;
COMMENT ON FUNCTION ogw_logs_internal.partition_at(name, timestamptz) IS
'The partition of a table of the log that holds a time, whatever its name is; no row where there is none.';

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
	SELECT l.partition, c.relname, c.reltuples, l.since, l.until
	  FROM ogw_logs_internal.partitions_of(parent) l
	  JOIN pg_class c ON c.oid = l.partition
	 WHERE c.relkind = 'r' AND c.relnamespace = 'ogw_logs'::regnamespace AND l.since IS NOT NULL AND l.until IS NOT NULL
$$;
COMMENT ON FUNCTION ogw_logs_internal.own_partitions(name) IS
'Part of maintain(): the partitions that it sees to. What a DBA attached of another kind is the DBA''s: a foreign table, one with partitions of its own, one in another schema or without a bound.';
