-- partition: the partitions of the log, in UTC.

CREATE OR REPLACE FUNCTION ogw_logs.partition_unit(partition_interval interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE partition_interval
		   WHEN '1 hour' THEN 'hour' WHEN '1 day' THEN 'day'
		   WHEN '7 days' THEN 'week' WHEN '1 month' THEN 'month' END
$$;
COMMENT ON FUNCTION ogw_logs.partition_unit(interval) IS
'The unit of date_trunc() for a partition interval; NULL for one that is not supported.';

CREATE OR REPLACE FUNCTION ogw_logs.partition_suffix(at timestamp, partition_interval interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT to_char(date_trunc(u, at), CASE u WHEN 'hour' THEN 'YYYYMMDDHH24'
											 WHEN 'month' THEN 'YYYYMM' ELSE 'YYYYMMDD' END)
	  FROM ogw_logs.partition_unit(partition_interval) u
$$;
COMMENT ON FUNCTION ogw_logs.partition_suffix(timestamp, interval) IS
'What the name of the partition ends in that holds a time (UTC).';

CREATE OR REPLACE FUNCTION ogw_logs.make_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
SET default_table_access_method = 'heap'
SET client_min_messages = 'warning'
AS $$
DECLARE
	step interval;
	lower timestamp;
	suffix text;
	made text;
BEGIN
	-- whoever makes a partition waits here for whoever is making one
	LOCK TABLE ogw_logs.entry IN SHARE UPDATE EXCLUSIVE MODE;
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	lower := date_trunc(ogw_logs.partition_unit(step), at AT TIME ZONE 'UTC');
	suffix := ogw_logs.partition_suffix(lower, step);
	made := ogw_logs.make_leaf('entry', suffix, lower AT TIME ZONE 'UTC', (lower + step) AT TIME ZONE 'UTC');
	PERFORM ogw_logs.make_leaf('body', suffix, lower AT TIME ZONE 'UTC', (lower + step) AT TIME ZONE 'UTC');
	PERFORM ogw_logs.make_job_leaf(lower AT TIME ZONE 'UTC', (lower + step) AT TIME ZONE 'UTC');
	RETURN made;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_partition(timestamptz) IS
'Makes the partitions of ogw_logs.entry and ogw_logs.body that hold a time; returns the name of the entry''s, or NULL where it was there.';

CREATE OR REPLACE FUNCTION ogw_logs.make_leaf(parent name, suffix text, lower timestamptz, upper timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO'
AS $$
DECLARE
	leaf text := parent || '_' || suffix;
	existing oid := to_regclass(format('ogw_logs.%I', leaf));
	key text := CASE parent WHEN 'job' THEN 'job_id, team_id' WHEN 'body' THEN '"timestamp", job_id, team_id, chunk' END;
BEGIN
	IF existing IS NOT NULL THEN
		-- this looks at what is committed now, whatever the transaction's snapshot
		IF pg_partition_root(existing) IS DISTINCT FROM format('ogw_logs.%I', parent)::regclass THEN
			RAISE EXCEPTION 'table ogw_logs.% exists, but is not a partition of ogw_logs.%', leaf, parent
				USING ERRCODE = 'duplicate_table', HINT = 'Attach it again, rename it or drop it.';
		END IF;
		RETURN NULL;
	END IF;
	EXECUTE format('CREATE TABLE ogw_logs.%I (LIKE ogw_logs.%I INCLUDING ALL EXCLUDING INDEXES)', leaf, parent);
	PERFORM ogw_logs.owner_only(format('ogw_logs.%I', leaf)::regclass);
	IF parent = 'entry' THEN
		-- nothing is moved out of a row that fits a page, and every entry does
		EXECUTE format('ALTER TABLE ogw_logs.%I SET (toast_tuple_target = 8160)', leaf);
		EXECUTE format('CREATE INDEX %I ON ogw_logs.%I ("timestamp")', leaf || '_timestamp', leaf);
		EXECUTE format('ALTER TABLE ogw_logs.%I REPLICA IDENTITY FULL', leaf);
	ELSE
		EXECUTE format('CREATE UNIQUE INDEX %I ON ogw_logs.%I (%s)', leaf || '_key', leaf, key);
		EXECUTE format('ALTER TABLE ogw_logs.%I REPLICA IDENTITY USING INDEX %I', leaf, leaf || '_key');
	END IF;
	IF parent = 'body' THEN
		EXECUTE format('ALTER TABLE ogw_logs.%I ALTER COLUMN content SET STATISTICS 0', leaf);
	END IF;
	EXECUTE format('ALTER TABLE ogw_logs.%I ENABLE ROW LEVEL SECURITY', leaf);
	EXECUTE format('ALTER TABLE ogw_logs.%I ATTACH PARTITION ogw_logs.%I FOR VALUES FROM (%L) TO (%L)',
				   parent, leaf, lower, upper);
	EXECUTE format('COMMENT ON TABLE ogw_logs.%I IS %L', leaf,
				   format('The partition of ogw_logs.%s from %s UTC.', parent, to_char(lower, 'YYYY-MM-DD HH24:MI')));
	RETURN leaf;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_leaf(name, text, timestamptz, timestamptz) IS
'Part of make_partition(): makes one leaf with the indexes it has while entries arrive, and attaches it; attaching keeps neither readers nor writers waiting.';

CREATE OR REPLACE FUNCTION ogw_logs.leaves(
	parent name,
	OUT leaf regclass,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO'
AS $$
BEGIN
	-- as PostgreSQL prints it: FOR VALUES FROM ('…') TO ('…')
	RETURN QUERY
		SELECT c.oid::regclass, (regexp_match(b.bounds, 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
			   (regexp_match(b.bounds, 'TO \(''([^'']+)''\)'))[1]::timestamptz
		  FROM pg_inherits i
		  JOIN pg_class c ON c.oid = i.inhrelid
		 CROSS JOIN LATERAL pg_get_expr(c.relpartbound, c.oid) AS b (bounds)
		 WHERE i.inhparent = to_regclass(format('ogw_logs.%I', parent));
END
$$;
COMMENT ON FUNCTION ogw_logs.leaves(name) IS
'The partitions of a table of the log and their bounds; a bound that is no time (MINVALUE, MAXVALUE) is NULL.';

CREATE OR REPLACE FUNCTION ogw_logs.make_partitions(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step interval;
	made bigint := 0;
	at timestamp;
BEGIN
	IF since IS NULL OR until IS NULL OR since > until OR NOT isfinite(since) OR NOT isfinite(until) THEN
		RAISE EXCEPTION 'since and until must be two finite times, the earlier first'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM ogw_logs.create_log();
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	IF since + step * 10000 < until THEN
		RAISE EXCEPTION 'more than 10,000 partitions of 1 % from since to until', ogw_logs.partition_unit(step)
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Take a shorter range.';
	END IF;
	at := date_trunc(ogw_logs.partition_unit(step), since AT TIME ZONE 'UTC');
	-- each holds locks to the end of the transaction
	WHILE at <= until AT TIME ZONE 'UTC' AND made < 200 LOOP
		IF ogw_logs.make_partition(at AT TIME ZONE 'UTC') IS NOT NULL THEN
			made := made + 1;
		END IF;
		at := at + step;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_partitions(timestamptz, timestamptz) IS
'Makes the partitions from since to until that are not there yet, ahead of a bulk load or of a restore of data alone: at most 200 a call; returns how many it made. Call it until that is 0.';

