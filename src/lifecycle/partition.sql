-- partition: making the partitions of the log, and the view of them. Bounds are in UTC.

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning'
AS $$
DECLARE
	step interval;
	since timestamptz;
	until timestamptz;
	suffix text;
	made text;
BEGIN
	-- whoever makes a partition waits here for whoever is making one: see core/autonomous.c
	LOCK TABLE ONLY ogw_logs.entry IN SHARE UPDATE EXCLUSIVE MODE;
	step := ogw_logs_internal.partition_interval();
	SELECT i.since, i.until INTO since, until FROM ogw_logs_internal.interval_at(at) i;
	suffix := ogw_logs_internal.partition_suffix(since AT TIME ZONE 'UTC', step);
	IF to_regclass(format('ogw_logs.%I', 'entry_' || suffix)) IS NULL
		AND EXISTS (SELECT FROM ogw_logs_internal.partition_at('entry', at)) THEN
		-- whatever its name and bounds are, one that is there will do
		IF NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at('entry_key', at)) THEN
			PERFORM ogw_logs_internal.make_key_partition(at, least(step, '1 day'));
		END IF;
		RETURN NULL;
	END IF;
	IF NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at('entry', at)) THEN
		-- all of the interval, but for what partitions of another interval hold
		SELECT f.suffix, f.since, f.until INTO suffix, since, until
		  FROM ogw_logs_internal.free_range('entry', at, since, until) f;
	END IF;
	made := ogw_logs_internal.attach_partition('entry', suffix, since, until);
	IF ogw_logs_internal.is_subscribed('ogw_logs.body') THEN
		-- what a subscription applies makes none
		PERFORM ogw_logs_internal.attach_partition(of_bodies, f.suffix, f.since, f.until)
		   FROM unnest(ARRAY['body', 'segment']) of_bodies
		  CROSS JOIN LATERAL ogw_logs_internal.free_range(of_bodies, at, since, until) f
		  WHERE NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at(of_bodies, at));
	END IF;
	PERFORM ogw_logs_internal.make_key_partitions(since, until, step);
	RETURN made;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_partition(timestamptz) IS
'Makes the partitions of ogw_logs.entry and ogw_logs.entry_key that hold a time; '
'returns the name of the first, or NULL where it was there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.attach_partition(
	parent name,
	suffix text,
	lower timestamptz,
	upper timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO'
SET default_tablespace = ''
SET default_table_access_method = 'heap'
AS $$
DECLARE
	partition text := parent || '_' || suffix;
	existing oid := to_regclass(format('ogw_logs.%I', partition));
BEGIN
	IF existing IS NOT NULL THEN
		-- this looks at what is committed now, whatever the transaction's snapshot
		IF pg_partition_root(existing) IS DISTINCT FROM format('ogw_logs.%I', parent)::regclass THEN
			RAISE EXCEPTION 'table ogw_logs.% exists, but is not a partition of ogw_logs.%', partition, parent
				USING ERRCODE = 'duplicate_table', HINT = 'Attach it again, rename it or drop it.';
		END IF;
		RETURN NULL;
	END IF;
	-- with its indexes, where the table as a whole is said to be
	PERFORM set_config('default_tablespace', ogw_logs_internal.tablespace_of(format('ogw_logs.%I', parent)::regclass), true);
	PERFORM ogw_logs_internal.make_partition_table(parent, partition);
	IF parent = 'entry' THEN
		EXECUTE format('CREATE INDEX %I ON ogw_logs.%I ("timestamp")', partition || '_timestamp', partition);
		EXECUTE format('CREATE INDEX %I ON ogw_logs.%I %s', partition || '_summary', partition,
					   ogw_logs_internal.filter_index_definition(sealed => false));
		IF ogw_logs_internal.is_subscribed('ogw_logs.entry') THEN
			-- without a key it finds no row at all: json has no equality
			EXECUTE format('CREATE UNIQUE INDEX %I ON ogw_logs.%I ("timestamp", job_id, team_id)', partition || '_key', partition);
		END IF;
		PERFORM ogw_logs_internal.set_replica_identity(format('ogw_logs.%I', partition)::regclass);
	ELSIF parent = 'body' THEN
		EXECUTE format('CREATE UNIQUE INDEX %I ON ogw_logs.%I ("timestamp", job_id, team_id, chunk)', partition || '_key', partition);
		PERFORM ogw_logs_internal.set_replica_identity(format('ogw_logs.%I', partition)::regclass);
	ELSIF parent = 'segment' THEN
		EXECUTE format('CREATE UNIQUE INDEX %I ON ogw_logs.%I %s', partition || '_key', partition,
					   (SELECT i.definition FROM ogw_logs_internal.sealed_indexes('segment') i));
		PERFORM ogw_logs_internal.set_replica_identity(format('ogw_logs.%I', partition)::regclass);
	ELSE
		-- a subscriber finds the row by its key, and its partition by "timestamp"
		EXECUTE format('ALTER TABLE ogw_logs.%I ADD CONSTRAINT %I PRIMARY KEY (key)', partition, partition || '_key');
		EXECUTE format('ALTER TABLE ogw_logs.%I REPLICA IDENTITY FULL', partition);
	END IF;
	EXECUTE format('ALTER TABLE ogw_logs.%I ATTACH PARTITION ogw_logs.%I FOR VALUES FROM (%L) TO (%L)', parent, partition, lower, upper);
	PERFORM ogw_logs_internal.comment_partition(parent, partition, lower);
	RETURN partition;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.attach_partition(name, text, timestamptz, timestamptz) IS
'Part of make_partition(): makes one partition with the indexes it has while entries arrive, and attaches it; '
'neither readers nor writers wait for that.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.tablespace_of(relation regclass) RETURNS name
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce((SELECT t.spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace
					  WHERE c.oid = relation), '')
$$;
COMMENT ON FUNCTION ogw_logs_internal.tablespace_of(regclass) IS
'Part of make_partition() and maintain(): where a table or an index is, as default_tablespace says it; '
'empty is the tablespace of the database.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_partition_table(parent name, partition name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- what a DBA's column counts by is the table's, which a partition gets when it is attached
	EXECUTE format('CREATE TABLE ogw_logs.%I (LIKE ogw_logs.%I INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)', partition, parent);
	PERFORM ogw_logs_internal.revoke_from_others(format('ogw_logs.%I', partition)::regclass);
	EXECUTE format('ALTER TABLE ogw_logs.%I ENABLE ROW LEVEL SECURITY', partition);
	IF parent = 'entry' THEN
		-- nothing is moved out of a row that fits a page, and every entry does
		EXECUTE format('ALTER TABLE ogw_logs.%I SET (toast_tuple_target = 8160)', partition);
	ELSIF parent IN ('body', 'segment') THEN
		-- no sample of it gets into pg_statistic
		EXECUTE format('ALTER TABLE ogw_logs.%I ALTER COLUMN content SET STATISTICS 0', partition);
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_partition_table(name, name) IS
'Part of make_partition() and maintain(): a table in default_tablespace that can become a partition, without its indexes.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.comment_partition(parent name, partition name, lower timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('COMMENT ON TABLE ogw_logs.%I IS %L', partition,
				   format('The partition of ogw_logs.%s from %s.', parent, ogw_logs_internal.utc_text(lower)));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.comment_partition(name, name, timestamptz) IS
'Part of make_partition() and maintain(): the description of a partition.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.free_range(
	parent name,
	at timestamptz,
	lower timestamptz,
	upper timestamptz,
	OUT suffix text,
	OUT since timestamptz,
	OUT until timestamptz
) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step interval;
	start timestamp;
BEGIN
	step := ogw_logs_internal.partition_interval();
	since := greatest(lower, (SELECT max(p.until) FROM ogw_logs_internal.partitions_of(parent) p WHERE p.until <= at));
	until := least(upper, (SELECT min(p.since) FROM ogw_logs_internal.partitions_of(parent) p WHERE p.since > at));
	start := since AT TIME ZONE 'UTC';
	suffix := CASE WHEN start = date_trunc(ogw_logs_internal.partition_unit(step), start) AND until AT TIME ZONE 'UTC' = start + step
				   THEN ogw_logs_internal.partition_suffix(start, step)
			  ELSE ogw_logs_internal.odd_suffix(start) END;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.free_range(name, timestamptz, timestamptz, timestamptz) IS
'Part of make_partition(), body_partition() and segment_partition(): the range round a time, between two bounds, that no partition holds, '
'and what the name of a partition of it ends in.';

CREATE OR REPLACE FUNCTION ogw_logs.make_partitions(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	max_range constant integer := 10000;	-- partitions from since to until
	max_made constant integer := 200;		-- each holds up to fourteen locks to the end of the transaction
	step interval;
	seal_interval interval := ogw_logs_internal.setting('seal_interval')::interval;
	made bigint := 0;
	is_new boolean;
	at timestamp;
	body_at timestamp;
BEGIN
	IF since IS NULL OR until IS NULL OR since > until OR NOT isfinite(since) OR NOT isfinite(until) THEN
		RAISE EXCEPTION 'since and until must be two finite times, the earlier first'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM ogw_logs.create_log();
	step := ogw_logs_internal.partition_interval();
	IF since + step * max_range < until THEN
		RAISE EXCEPTION 'more than 10,000 partitions of 1 % from since to until', ogw_logs_internal.partition_unit(step)
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Take a shorter range.';
	END IF;
	at := date_trunc(ogw_logs_internal.partition_unit(step), since AT TIME ZONE 'UTC');
	WHILE at <= until AT TIME ZONE 'UTC' AND made < max_made LOOP
		is_new := ogw_logs_internal.make_partition(at AT TIME ZONE 'UTC') IS NOT NULL;
		made := made + is_new::integer;
		IF is_new THEN
			PERFORM ogw_logs_internal.make_segment_partition(at AT TIME ZONE 'UTC');
		END IF;
		IF at + step > now() AT TIME ZONE 'UTC' THEN
			body_at := date_bin(seal_interval, greatest(at, since AT TIME ZONE 'UTC'), at);
			WHILE body_at < at + step AND body_at <= until AT TIME ZONE 'UTC' AND made < max_made LOOP
				made := made + (ogw_logs_internal.make_body_partition(body_at AT TIME ZONE 'UTC') IS NOT NULL)::integer;
				body_at := body_at + seal_interval;
			END LOOP;
		ELSIF is_new THEN
			PERFORM ogw_logs_internal.make_body_partition(at AT TIME ZONE 'UTC');
		END IF;
		at := at + step;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_partitions(timestamptz, timestamptz) IS
'Makes the partitions from since to until that are not there yet, ahead of a bulk load or of a restore of data alone: '
'at most 200 a call. Returns how many it made, without those of bodies of a time that is over. Call it until that is 0.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.sibling(parent name, partition regclass) RETURNS regclass
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- none where the name has no _: a DBA gave it
	SELECT s.oid::regclass
	  FROM pg_class c
	  JOIN pg_class s ON s.oid = to_regclass('ogw_logs.' || quote_ident(parent || substring(c.relname FROM '_.*')))
	 WHERE c.oid = partition AND s.relispartition AND s.relkind = 'r'
$$;
COMMENT ON FUNCTION ogw_logs_internal.sibling(name, regclass) IS
'The partition of another table of the log whose name ends in the same time. NULL where there is none.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_partitions() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.partitions') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE VIEW ogw_logs.partitions WITH (security_invoker = true) AS
		SELECT coalesce(e.since, h.since) AS since, coalesce(e.until, h.until) AS until,
			   CASE WHEN e.partition IS NULL THEN 'dropped'
					WHEN NOT s.sealed THEN 'open'
					WHEN b.bytes IS NULL AND h.bodies_expired_at IS NOT NULL THEN 'bodies expired'
					ELSE 'sealed' END AS state,
			   CASE WHEN s.sealed AND c.reltuples >= 0 THEN c.reltuples::bigint
					ELSE pg_stat_get_live_tuples(e.partition) END AS entries,
			   pg_table_size(e.partition) AS entry_bytes,
			   pg_indexes_size(e.partition) AS index_bytes,
			   CASE WHEN e.partition IS NOT NULL THEN coalesce(b.bytes, 0) END AS body_bytes,
			   i.bodies AS sealed_bodies, i.text_bytes AS sealed_text_bytes, i.stored_bytes AS sealed_stored_bytes,
			   round(i.text_bytes::numeric / nullif(i.stored_bytes, 0), 1) AS sealed_ratio,
			   h.sealed_at, h.bodies_expired_at, h.dropped_at,
			   c.relname AS entry_partition
		  FROM ogw_logs_internal.partitions_of('entry') e
		  FULL JOIN ogw_logs.partition_history h ON h.since = e.since
		  LEFT JOIN pg_class c ON c.oid = e.partition
		 CROSS JOIN LATERAL (
				SELECT sum(pg_total_relation_size(o.partition))::bigint AS bytes
				  FROM ogw_logs_internal.body_partitions(e.since, e.until) AS o (partition)) b
		 CROSS JOIN LATERAL (
				SELECT sum(n.bodies)::bigint AS bodies, sum(n.text_bytes)::bigint AS text_bytes,
					   sum(n.stored_bytes)::bigint AS stored_bytes
				  FROM ogw_logs.sealed_interval n WHERE n.since >= e.since AND n.since < e.until) i
		 CROSS JOIN LATERAL ogw_logs_internal.is_sealed(e.partition) AS s (sealed);
	PERFORM ogw_logs_internal.revoke_from_others('ogw_logs.partitions');
	PERFORM ogw_logs_internal.grant_to_monitors('ogw_logs.partitions');
	COMMENT ON VIEW ogw_logs.partitions IS
		'The partitions of the log and what became of them; for its owner, and for monitors.';
	COMMENT ON COLUMN ogw_logs.partitions.since IS 'Where it begins, in UTC.';
	COMMENT ON COLUMN ogw_logs.partitions.until IS 'Where it ends, in UTC; this time itself is in the next one.';
	COMMENT ON COLUMN ogw_logs.partitions.state IS 'open: entries arrive, it has few indexes; sealed: it has them all; bodies expired; dropped.';
	COMMENT ON COLUMN ogw_logs.partitions.entries IS
		'About how many entries it has: as of when it was sealed or analyzed; while it is open, as the server counts them.';
	COMMENT ON COLUMN ogw_logs.partitions.entry_bytes IS 'Bytes of the entries, without indexes.';
	COMMENT ON COLUMN ogw_logs.partitions.index_bytes IS 'Bytes of their indexes.';
	COMMENT ON COLUMN ogw_logs.partitions.body_bytes IS 'Bytes of the bodies, unsealed and sealed, with indexes.';
	COMMENT ON COLUMN ogw_logs.partitions.sealed_bodies IS 'How many bodies were sealed; ogw_logs.sealed_interval has this by interval.';
	COMMENT ON COLUMN ogw_logs.partitions.sealed_text_bytes IS 'Bytes of their texts, as they were given.';
	COMMENT ON COLUMN ogw_logs.partitions.sealed_stored_bytes IS 'Bytes of the segments that they were packed into.';
	COMMENT ON COLUMN ogw_logs.partitions.sealed_ratio IS 'How many times smaller that is.';
	COMMENT ON COLUMN ogw_logs.partitions.sealed_at IS 'When it was sealed.';
	COMMENT ON COLUMN ogw_logs.partitions.bodies_expired_at IS 'When its bodies were dropped.';
	COMMENT ON COLUMN ogw_logs.partitions.dropped_at IS 'When it was dropped; kept for ogw_logs.history_retention.';
	COMMENT ON COLUMN ogw_logs.partitions.entry_partition IS 'The table that holds its entries.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_partitions() IS
'Part of create_log(): the view of the partitions and their states.';
