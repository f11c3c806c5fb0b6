-- body_partition: making the partitions of bodies: of ogw_logs.body, which has the unsealed
-- ones, one for each seal interval; of ogw_logs.segment, one for each partition of entries.

CREATE OR REPLACE FUNCTION ogw_logs_internal.body_partition(
	at timestamptz,
	OUT suffix text,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seal_interval interval := ogw_logs_internal.setting('seal_interval')::interval;
	lower timestamptz;
	upper timestamptz;
BEGIN
	IF EXISTS (SELECT FROM ogw_logs_internal.partition_at('body', at)) THEN
		RETURN;
	END IF;
	SELECT i.since, i.until INTO lower, upper FROM ogw_logs_internal.interval_at(at) i;
	-- within the partition of entries, which a restore can have made shorter than the interval
	SELECT greatest(lower, p.since), least(upper, p.until) INTO since, until
	  FROM ogw_logs_internal.partition_at('entry', at) p;
	since := coalesce(since, lower);
	until := coalesce(until, upper);
	-- for a time that is over one partition will do; a subscriber's bodies are not sealed
	IF upper > now() AND NOT ogw_logs_internal.is_subscribed('ogw_logs.body') THEN
		until := least(date_bin(seal_interval, at, lower) + seal_interval, until);
		since := greatest(date_bin(seal_interval, at, lower), since);
	END IF;
	SELECT f.suffix, f.since, f.until INTO suffix, since, until
	  FROM ogw_logs_internal.free_range('body', at, since, until) f;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.body_partition(timestamptz) IS
'Part of make_body_partition() and maintain(): the partition of ogw_logs.body that is to hold a time: '
'ogw_logs.seal_interval of it, or all of a partition of entries that is over. NULL where one is there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_body_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning'
AS $$
DECLARE
	part record;
BEGIN
	-- whoever makes a partition waits in there for whoever is making one
	PERFORM ogw_logs_internal.make_partition(at);
	SELECT * INTO part FROM ogw_logs_internal.body_partition(at);
	IF part.suffix IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN ogw_logs_internal.attach_partition('body', part.suffix, part.since, part.until);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_body_partition(timestamptz) IS
'Makes the partitions of ogw_logs.entry and of ogw_logs.body that hold a time; '
'returns the name of the second, or NULL where it was there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.body_partitions_ahead() RETURNS SETOF timestamptz
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- a writer that made one would keep others who need it waiting, to the end of its transaction
	SELECT now() + n * ogw_logs_internal.setting('seal_interval')::interval
	  FROM generate_series(0, 1) n
	 WHERE EXISTS (SELECT FROM ogw_logs.team t WHERE t.body_logging) AND NOT ogw_logs_internal.is_subscribed('ogw_logs.body')
$$;
COMMENT ON FUNCTION ogw_logs_internal.body_partitions_ahead() IS
'Part of maintain(): the times for which a partition of bodies is to be ready: now and the next interval, '
'where a team logs bodies.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.segment_partition(
	at timestamptz,
	OUT suffix text,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f.suffix, f.since, f.until
	  FROM ogw_logs_internal.interval_at(at) i
	 CROSS JOIN LATERAL ogw_logs_internal.free_range('segment', at, i.since, i.until) f
$$;
COMMENT ON FUNCTION ogw_logs_internal.segment_partition(timestamptz) IS
'Part of maintain(): the partition of ogw_logs.segment that is to hold a time.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_segment_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
BEGIN
	IF EXISTS (SELECT FROM ogw_logs_internal.partition_at('segment', at)) THEN
		RETURN NULL;
	END IF;
	-- whoever makes a partition waits here for whoever is making one
	LOCK TABLE ONLY ogw_logs.entry IN SHARE UPDATE EXCLUSIVE MODE;
	SELECT * INTO part FROM ogw_logs_internal.segment_partition(at);
	RETURN ogw_logs_internal.attach_partition('segment', part.suffix, part.since, part.until);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_segment_partition(timestamptz) IS
'Part of maintain(): makes the partition of ogw_logs.segment that holds a time; returns its name, or NULL where it is there.';
