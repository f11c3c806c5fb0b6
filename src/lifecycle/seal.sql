-- seal: a partition of entries whose time is over gets the indexes that would have cost
-- its writers too much, built in bulk; and the history of the partitions.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_partition_history() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.partition_history') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.partition_history (
		since timestamptz PRIMARY KEY,
		until timestamptz NOT NULL,
		sealed_at timestamptz,
		bodies_expired_at timestamptz,
		dropped_at timestamptz,
		analyzed boolean NOT NULL DEFAULT false,
		entries_swept bigint NOT NULL DEFAULT 0,
		bodies_swept bigint NOT NULL DEFAULT 0,
		merged_at timestamptz,
		entries_swept_at timestamptz,
		bodies_swept_at timestamptz
	);
	COMMENT ON TABLE ogw_logs.partition_history IS
		'What maintain() did with each partition, and when; read it through the view partitions.';
	COMMENT ON COLUMN ogw_logs.partition_history.since IS 'Where the partition begins.';
	COMMENT ON COLUMN ogw_logs.partition_history.until IS 'Where it ends.';
	COMMENT ON COLUMN ogw_logs.partition_history.sealed_at IS 'When it was sealed.';
	COMMENT ON COLUMN ogw_logs.partition_history.bodies_expired_at IS 'When its bodies were dropped.';
	COMMENT ON COLUMN ogw_logs.partition_history.dropped_at IS 'When its entries were dropped.';
	COMMENT ON COLUMN ogw_logs.partition_history.analyzed IS 'Whether ogw_logs.entry as a whole was analyzed since.';
	COMMENT ON COLUMN ogw_logs.partition_history.entries_swept IS
		'Deleted entries whose space is not free yet: of teams that keep them for a shorter time.';
	COMMENT ON COLUMN ogw_logs.partition_history.bodies_swept IS 'The same of bodies.';
	COMMENT ON COLUMN ogw_logs.partition_history.merged_at IS 'When its small segments were merged; late bodies may have been sealed since.';
	COMMENT ON COLUMN ogw_logs.partition_history.entries_swept_at IS 'When expired entries of some teams were last deleted.';
	COMMENT ON COLUMN ogw_logs.partition_history.bodies_swept_at IS 'The same of bodies, unsealed or sealed.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_partition_history() IS
'Part of create_log(): the table of what was done with the partitions.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.sealed_indexes(parent name, OUT suffix text, OUT definition text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- an open partition has the first of each. By team_id, retention finds the rows of
	-- one team: see teams_in() and sweep()
	SELECT i.suffix, i.definition
	  FROM (VALUES
		('entry', 'timestamp', '("timestamp")'),
		('entry', 'team_id', '(team_id)'),
		('entry', 'filter', ogw_logs_internal.filter_index_definition(sealed => true)),
		('segment', 'key', '(team_id, since, pass, first_session, first_timestamp, first_job, chunk)')) AS i (parent, suffix, definition)
	 WHERE i.parent = sealed_indexes.parent
$$;
COMMENT ON FUNCTION ogw_logs_internal.sealed_indexes(name) IS
'The indexes of a sealed partition of entries, or of a partition of segments: '
'what their names end in, and what stands behind ON.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.missing_indexes(
	partition regclass,
	OUT index_name name,
	OUT definition text
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.index_name, s.definition
	  FROM pg_class c
	 CROSS JOIN ogw_logs_internal.sealed_indexes('entry') s
	 CROSS JOIN LATERAL CAST(c.relname || '_' || s.suffix AS name) AS n (index_name)
	 WHERE c.oid = partition
	   AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
						WHERE i.indrelid = partition AND x.relname = n.index_name AND i.indisvalid
						  AND CASE s.suffix WHEN 'filter' THEN ogw_logs_internal.has_filter_index(partition)
											WHEN 'timestamp' THEN ogw_logs_internal.has_time_index(partition)
											ELSE true END)
$$;
COMMENT ON FUNCTION ogw_logs_internal.missing_indexes(regclass) IS
'Part of maintain(): the indexes of a sealed partition of entries that this one does not have.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_seals(listing boolean, every boolean DEFAULT false) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	small constant bigint := 16 * 1024 * 1024;	-- bytes of a partition whose indexes are built in a second
	max_partitions constant integer := 3;		-- looked at by one call that seals one of them
	part record;
BEGIN
	-- the index by which sealed bodies are found, where somebody has dropped it
	RETURN QUERY
		SELECT 'build_index', CAST(p.relname || '_' || s.suffix AS name)::text,
			   format('on %s', left(s.definition, 100)), p.partition, p.since, p.until, ARRAY[s.definition]
		  FROM ogw_logs_internal.own_partitions('segment') p CROSS JOIN ogw_logs_internal.sealed_indexes('segment') s
		 WHERE NOT ogw_logs_internal.has_segment_index(p.partition);
	FOR part IN
		SELECT p.partition, p.relname, p.since, p.until
		  FROM ogw_logs_internal.own_partitions('entry') p
		 WHERE p.until <= now() - ogw_logs_internal.setting('seal_delay')::interval
		   AND NOT ogw_logs_internal.is_sealed(p.partition)
		 ORDER BY p.until LIMIT CASE WHEN NOT (listing OR every) THEN max_partitions END
	LOOP
		IF pg_table_size(part.partition) > small THEN
			-- one index a call: a late entry waits for no more than that
			RETURN QUERY
				SELECT 'build_index', m.index_name::text, format('on %s', left(m.definition, 100)),
					   part.partition, part.since, part.until, ARRAY[m.definition]
				  FROM ogw_logs_internal.missing_indexes(part.partition) m;
		END IF;
		RETURN QUERY
			SELECT 'seal', part.relname::text,
				   format('from %s', ogw_logs_internal.utc_text(part.since)),
				   part.partition, part.since, part.until, NULL::text[];
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_seals(boolean, boolean) IS
'Part of maintain(): the partitions that ended ogw_logs.seal_delay ago and are not sealed, '
'after the indexes that large ones lack; the first few, or when listing, or every is true, all.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.set_aside_index(partition regclass, index_name name) RETURNS name
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_attached boolean;
	new_name name;
BEGIN
	SELECT x.relispartition INTO is_attached
	  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = partition AND x.relname = index_name;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	new_name := CASE WHEN is_attached THEN index_name || '_kept' ELSE 'old_' || md5(index_name) END;
	EXECUTE format('ALTER INDEX ogw_logs.%I RENAME TO %I', index_name, new_name);
	RETURN CASE WHEN NOT is_attached THEN new_name END;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.set_aside_index(regclass, name) IS
'Part of maintain(): gives an index of a partition another name, and returns that where the index is to be dropped: '
'not where a DBA''s index of the whole table has taken it over. NULL where there is none, too. Nobody waits for it.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.build_index(index_name name, partition regclass, definition text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
AS $$
DECLARE
	is_key constant boolean := right(index_name, 4) = '_key';
	old_name name;
BEGIN
	PERFORM set_config('default_tablespace', ogw_logs_internal.tablespace_of(partition), true);
	-- one of this name that is there is not valid, or of an earlier version
	old_name := ogw_logs_internal.set_aside_index(partition, index_name);
	EXECUTE format('CREATE %s INDEX %I ON %s %s', CASE WHEN is_key THEN 'UNIQUE' END, index_name, partition, definition);
	IF old_name IS NOT NULL THEN
		EXECUTE format('DROP INDEX ogw_logs.%I', old_name);
	END IF;
	IF is_key THEN
		PERFORM ogw_logs_internal.set_replica_identity(partition);
	END IF;
	RETURN format('on %s, %s', left(definition, 100),
				  pg_size_pretty(pg_relation_size(format('ogw_logs.%I', index_name)::regclass)));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.build_index(name, regclass, text) IS
'Part of maintain(): builds one index of a partition. Late entries wait for it; readers where an old one has to go, for its last moment.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.finish_seal(
	partition regclass,
	since timestamptz,
	until timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old_name name;
BEGIN
	PERFORM ogw_logs_internal.build_index(m.index_name, partition, m.definition)
	   FROM ogw_logs_internal.missing_indexes(partition) m;
	EXECUTE format('ANALYZE %s', partition);
	-- the index of an open partition goes
	SELECT ogw_logs_internal.set_aside_index(partition, CAST(c.relname || '_summary' AS name)) INTO old_name
	  FROM pg_class c WHERE c.oid = partition;
	IF old_name IS NOT NULL THEN
		EXECUTE format('DROP INDEX ogw_logs.%I', old_name);
	END IF;
	INSERT INTO ogw_logs.partition_history AS h (since, until, sealed_at)
	VALUES (finish_seal.since, finish_seal.until, clock_timestamp())
	ON CONFLICT ON CONSTRAINT partition_history_pkey
	DO UPDATE SET sealed_at = EXCLUDED.sealed_at, dropped_at = NULL, analyzed = false;
	RETURN format('from %s, about %s entries, %s', ogw_logs_internal.utc_text(since),
				  (SELECT c.reltuples::bigint FROM pg_class c WHERE c.oid = partition),
				  pg_size_pretty(pg_total_relation_size(partition)));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.finish_seal(regclass, timestamptz, timestamptz) IS
'Part of maintain(): builds the indexes of a sealed partition that are missing, drops that of an open one, '
'and analyzes the partition. Readers of it wait for the last moment of that.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_analyze() RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT 'analyze', 'entry', format('%s partitions were sealed since', count(*) FILTER (WHERE NOT h.analyzed)),
			   'ogw_logs.entry'::regclass, NULL::timestamptz, NULL::timestamptz, NULL::text[]
		  FROM ogw_logs.partition_history h
		 WHERE h.sealed_at IS NOT NULL AND h.dropped_at IS NULL
		HAVING count(*) FILTER (WHERE NOT h.analyzed) * 10 > count(*);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_analyze() IS
'Part of maintain(): whether ogw_logs.entry as a whole is to be analyzed: a tenth of its sealed partitions are new. '
'Autovacuum never analyzes a partitioned table.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.analyze_entries() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint;
BEGIN
	UPDATE ogw_logs.partition_history h SET analyzed = true WHERE h.sealed_at IS NOT NULL AND NOT h.analyzed;
	GET DIAGNOSTICS n = ROW_COUNT;
	ANALYZE ogw_logs.entry;
	RETURN format('%s partitions were sealed since', n);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.analyze_entries() IS
'Part of maintain(): gives the planner statistics of the entries as a whole; '
'PostgreSQL reads samples of all partitions for that.';
