-- expire: what is older than its retention goes. A partition is dropped when that
-- is all of it; else what is a team's with a shorter time is deleted.

CREATE OR REPLACE FUNCTION ogw_logs_internal.teams_in(partition regclass) RETURNS text[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	teams text[];
BEGIN
	-- a sealed partition has an index on it
	IF NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = partition AND a.attnum = i.indkey[0]
					WHERE i.indrelid = partition AND i.indisvalid AND a.attname = 'team_id') THEN
		EXECUTE format('SELECT array_agg(DISTINCT p.team_id) FROM %s p', partition) INTO teams;
	ELSE
		-- from one team to the next in the index
		EXECUTE format('
			WITH RECURSIVE team (team_id) AS (
				(SELECT p.team_id FROM %1$s p ORDER BY p.team_id LIMIT 1)
				UNION ALL
				SELECT (SELECT p.team_id FROM %1$s p WHERE p.team_id > team.team_id ORDER BY p.team_id LIMIT 1)
				  FROM team WHERE team.team_id IS NOT NULL)
			SELECT array_agg(team_id) FROM team WHERE team_id IS NOT NULL', partition) INTO teams;
	END IF;
	RETURN coalesce(teams, '{}');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.teams_in(regclass) IS
'Part of maintain(): the teams that have rows in a partition; found quickly where it is sealed.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.rows_kept_since(
	parent name,
	listing boolean,
	OUT team_id text,
	OUT since timestamptz
) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a body goes with its entry at the latest
	RETURN QUERY
		WITH log AS MATERIALIZED (SELECT * FROM ogw_logs_internal.kept_since('log', listing)),
			 body AS MATERIALIZED (SELECT * FROM ogw_logs_internal.kept_since('body', listing) WHERE parent <> 'entry')
		SELECT t.team_id, greatest(
			   coalesce((SELECT log.since FROM log WHERE log.team_id = t.team_id),
						(SELECT log.since FROM log WHERE log.team_id IS NULL)),
			   coalesce((SELECT body.since FROM body WHERE body.team_id = t.team_id),
						(SELECT body.since FROM body WHERE body.team_id IS NULL)))
		  FROM (SELECT log.team_id FROM log UNION SELECT body.team_id FROM body) t;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.rows_kept_since(name, boolean) IS
'Part of maintain(): kept_since() of what a table of the log holds: entry, body or segment.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.teams_to_keep(parent name, teams text[], until timestamptz) RETURNS text[]
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH kept AS MATERIALIZED (SELECT * FROM ogw_logs_internal.rows_kept_since(parent, false))
	SELECT coalesce(array_agg(t.team_id), '{}')
	  FROM unnest(teams) AS t (team_id)
	 WHERE coalesce((SELECT k.since FROM kept k WHERE k.team_id = t.team_id),
					(SELECT k.since FROM kept k WHERE k.team_id IS NULL), '-infinity') < until
$$;
COMMENT ON FUNCTION ogw_logs_internal.teams_to_keep(name, text[], timestamptz) IS
'Part of maintain(): those of some teams whose rows must still be kept, as of now, '
'in a partition of entries or bodies that ends at a time.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.bodies_until(since timestamptz, until timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest(bodies_until.until,
					(SELECT max(s.until) FROM ogw_logs.sealed_interval s
					  WHERE s.since >= bodies_until.since AND s.since < bodies_until.until),
					-- merged segments stand where their partition began
					(SELECT max(h.until) FROM ogw_logs.partition_history h
					  WHERE h.since >= bodies_until.since AND h.since < bodies_until.until))
$$;
COMMENT ON FUNCTION ogw_logs_internal.bodies_until(timestamptz, timestamptz) IS
'Part of maintain(): upper bound of body timestamps in a segment partition with these bounds; '
'can exceed the partition bound after a data-only restore.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.body_partitions(since timestamptz, until timestamptz) RETURNS SETOF regclass
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.partition FROM (
		SELECT b.partition, b.since, b.until FROM ogw_logs_internal.own_partitions('body') b
		UNION ALL
		SELECT s.partition, s.since, ogw_logs_internal.bodies_until(s.since, s.until)
		  FROM ogw_logs_internal.own_partitions('segment') s
		 WHERE s.since >= body_partitions.since AND s.until <= body_partitions.until) p
	 WHERE p.since >= body_partitions.since AND p.until <= body_partitions.until
$$;
COMMENT ON FUNCTION ogw_logs_internal.body_partitions(timestamptz, timestamptz) IS
'Part of maintain() and of the view partitions, for which it asks as the owner: the partitions of bodies, unsealed and sealed, that lie between two times.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_expiry(parent name, listing boolean, every boolean DEFAULT false) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	max_steps constant integer := 3;	-- found by one call that does one of them
	for_all timestamptz;	-- older rows have expired, of all teams but own_teams
	own_teams text[];		-- these have a time of their own
	own_since timestamptz[];
	horizon timestamptz;
	part record;
	teams text[];
	expired text[];
	found boolean;
	n integer := 0;
BEGIN
	SELECT max(k.since) FILTER (WHERE k.team_id IS NULL),
		   array_agg(k.team_id) FILTER (WHERE k.team_id IS NOT NULL),
		   array_agg(k.since) FILTER (WHERE k.team_id IS NOT NULL)
	  INTO for_all, own_teams, own_since
	  FROM ogw_logs_internal.rows_kept_since(parent, listing) k;
	for_all := coalesce(for_all, '-infinity');
	horizon := greatest(for_all, (SELECT max(s) FROM unnest(own_since) s));
	FOR part IN
		SELECT u.*, u.until <= for_all AS is_over
		  FROM (SELECT p.partition, p.relname, p.since,
					   CASE WHEN parent = 'segment' THEN ogw_logs_internal.bodies_until(p.since, p.until) ELSE p.until END AS until
				  FROM ogw_logs_internal.own_partitions(parent) p WHERE p.until <= horizon OFFSET 0) u
		 WHERE u.until <= horizon
		 ORDER BY u.until
	LOOP
		expired := ARRAY(SELECT o.team_id FROM unnest(own_teams, own_since) AS o (team_id, since) WHERE o.since >= part.until);
		found := part.is_over;
		BEGIN
			IF NOT found THEN
				EXECUTE format('SELECT EXISTS (SELECT FROM %s p WHERE p.team_id = ANY ($1))', part.partition) INTO found USING expired;
			END IF;
			IF found THEN
				teams := ogw_logs_internal.teams_in(part.partition);
			END IF;
			-- lets go of the locks: those of a thousand partitions would fill the server's table of them
			RAISE SQLSTATE 'OGW01';
		EXCEPTION WHEN SQLSTATE 'OGW01' THEN
			NULL;
		END;
		CONTINUE WHEN NOT found;
		-- an empty one was made for bodies that are about to be sealed
		CONTINUE WHEN parent = 'segment' AND teams = '{}'
			AND EXISTS (SELECT FROM ogw_logs_internal.partitions_over('body', part.since, part.until));
		expired := ARRAY(SELECT t FROM unnest(teams) t WHERE t = ANY (expired) OR part.is_over AND t <> ALL (coalesce(own_teams, '{}')));
		IF cardinality(expired) = cardinality(teams) THEN
			RETURN QUERY SELECT CASE parent WHEN 'entry' THEN 'drop_partition' ELSE 'expire_bodies' END, part.relname::text,
				format('from %s, %s', ogw_logs_internal.utc_text(part.since),
					   pg_size_pretty(pg_total_relation_size(part.partition))),
				part.partition, part.since, part.until, NULL::text[];
		ELSIF cardinality(expired) > 0
			AND (listing OR ogw_logs_internal.is_sealed(ogw_logs_internal.sibling('entry', part.partition)) IS NOT FALSE) THEN
			RETURN QUERY SELECT CASE parent WHEN 'entry' THEN 'sweep_entries' ELSE 'sweep_bodies' END, part.relname::text,
				format('of %s of %s teams', cardinality(expired), cardinality(teams)),
				part.partition, part.since, part.until, expired;
		ELSE
			CONTINUE;
		END IF;
		n := n + 1;
		EXIT WHEN n >= max_steps AND NOT (listing OR every);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_expiry(name, boolean, boolean) IS
'Part of maintain(): the partitions of entries or bodies whose rows, of all teams or of some, have expired; '
'the first few, or when listing also what is only announced, or every one.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.lock_expired(partition regclass) RETURNS text[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs_internal.drop_copy(w.partition_name)
	   FROM ogw_logs.rewrite w JOIN pg_class c ON c.relname = w.partition_name
	  WHERE c.oid IN (partition, ogw_logs_internal.sibling('segment', partition));
	EXECUTE format('LOCK TABLE %s IN SHARE MODE', partition);
	RETURN ogw_logs_internal.teams_in(partition);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.lock_expired(regclass) IS
'Part of maintain(): keeps late entries from a partition that is about to be dropped, drops its copies, '
'and returns the teams that have rows in it.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_expired(parent name, teams text[], until timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF ogw_logs_internal.teams_to_keep(parent, teams, until) <> '{}' THEN
		-- the error lets go of the locks
		RAISE EXCEPTION 'partition received rows that must be kept'
			USING ERRCODE = 'lock_not_available', HINT = 'maintain() looks at it again at its next call.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_expired(name, text[], timestamptz) IS
'Part of maintain(): refuses to drop a partition that has rows of a team that keeps them, as of now: '
'rows that have just come, or a retention that was made longer.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.forget_intervals(since timestamptz, until timestamptz) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	DELETE FROM ogw_logs.sealed_interval s
	 WHERE s.since >= forget_intervals.since AND s.since < forget_intervals.until
	   AND NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at('segment', s.since))
$$;
COMMENT ON FUNCTION ogw_logs_internal.forget_intervals(timestamptz, timestamptz) IS
'Part of maintain(): deletes the rows of the intervals that begin between two times and whose segments '
'have been dropped.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.drop_partition(partition regclass, since timestamptz, until timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
	teams text[] := ogw_logs_internal.lock_expired(partition);
	bodies regclass[] := ARRAY(SELECT ogw_logs_internal.body_partitions(since, until));
	size text := pg_size_pretty(pg_total_relation_size(partition)
								+ (SELECT coalesce(sum(pg_total_relation_size(b)), 0)::bigint FROM unnest(bodies) b));
BEGIN
	-- readers and writers of all partitions wait from here on, for less than a second: at
	-- most lock_timeout for each table. In the order in which a writer locks them.
	LOCK TABLE ONLY ogw_logs.entry, ONLY ogw_logs.body, ONLY ogw_logs.entry_key, ONLY ogw_logs.segment IN ACCESS EXCLUSIVE MODE;
	PERFORM ogw_logs_internal.check_expired('entry', teams, until);
	PERFORM ogw_logs_internal.drop_locked_partition(b) FROM unnest(bodies) b;
	PERFORM ogw_logs_internal.drop_locked_partition(partition);
	PERFORM ogw_logs_internal.forget_intervals(since, until);
	-- a partition of entry keys goes with the last of the entries that it is for; an empty one
	-- stays, or is made, where an entry that is left can have a duplicate
	PERFORM ogw_logs_internal.drop_locked_partition(k.partition)
	   FROM ogw_logs_internal.partitions_of('entry_key') k
	  WHERE k.since < drop_partition.until AND pg_relation_size(k.partition) > 0
		AND NOT EXISTS (SELECT FROM ogw_logs_internal.partitions_over('entry', k.since, k.until));
	PERFORM ogw_logs_internal.make_key_partitions(e.since, e.until, ogw_logs_internal.partition_interval())
	   FROM (SELECT p.since, p.until FROM ogw_logs_internal.partitions_of('entry') p
			  WHERE p.since IS NOT NULL AND p.until IS NOT NULL ORDER BY p.since LIMIT 1) e;
	PERFORM ogw_logs_internal.drop_locked_partition(k.partition)
	   FROM ogw_logs_internal.partitions_of('entry_key') k
	  CROSS JOIN (SELECT ogw_logs_internal.setting('duplicate_window')::interval) AS w (away)
	  WHERE k.since < drop_partition.until
		AND NOT EXISTS (SELECT FROM ogw_logs_internal.partitions_over('entry', k.since - w.away, k.until + w.away));
	INSERT INTO ogw_logs.partition_history AS h (since, until, dropped_at)
	VALUES (drop_partition.since, drop_partition.until, clock_timestamp())
	ON CONFLICT ON CONSTRAINT partition_history_pkey
	DO UPDATE SET dropped_at = EXCLUDED.dropped_at, entries_swept = 0, bodies_swept = 0;
	RETURN format('from %s, %s', ogw_logs_internal.utc_text(since), size);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.drop_partition(regclass, timestamptz, timestamptz) IS
'Part of maintain(): drops a partition of entries, with its bodies.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.expire_bodies(partition regclass, since timestamptz, until timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	teams text[] := ogw_logs_internal.lock_expired(partition);
	size text := pg_size_pretty(pg_total_relation_size(partition));
	parent regclass := pg_partition_root(partition);
BEGIN
	EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', parent);
	PERFORM ogw_logs_internal.check_expired('body', teams, until);
	PERFORM ogw_logs_internal.drop_locked_partition(partition);
	IF parent = 'ogw_logs.segment'::regclass THEN
		PERFORM ogw_logs_internal.forget_intervals(since, until);
	ELSE
		-- there may be segments, of bodies of other teams
		UPDATE ogw_logs.sealed_interval s SET dropped_at = greatest(clock_timestamp(), s.sealed_at)
		 WHERE s.since >= expire_bodies.since AND s.since < expire_bodies.until;
	END IF;
	INSERT INTO ogw_logs.partition_history AS h (since, until, bodies_expired_at)
	SELECT e.since, e.until, clock_timestamp()
	  FROM ogw_logs_internal.partitions_of('entry') e WHERE e.since <= expire_bodies.since AND e.until >= expire_bodies.until
	ON CONFLICT ON CONSTRAINT partition_history_pkey
	DO UPDATE SET bodies_expired_at = EXCLUDED.bodies_expired_at, bodies_swept = 0;
	RETURN format('from %s, %s', ogw_logs_internal.utc_text(since), size);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.expire_bodies(regclass, timestamptz, timestamptz) IS
'Part of maintain(): drops a partition of bodies, unsealed or sealed.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.drop_locked_partition(partition regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '100ms'
AS $$
BEGIN
	PERFORM ogw_logs_internal.drop_or_empty(partition);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.drop_locked_partition(regclass) IS
'Part of maintain(): drops one partition of a table that is locked already, and waits for at most 0.1 s.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.drop_or_empty(made regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name name := (SELECT c.relname FROM pg_class c WHERE c.oid = made);
	parent regclass := (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = made);
	kept name;
	index record;
BEGIN
	EXECUTE format('DROP TABLE %s', made);
EXCEPTION WHEN dependent_objects_still_exist THEN
	-- a view that somebody made on it is no reason to keep what is in it
	FOR n IN 1 .. 1000 LOOP
		kept := format('%s_kept%s', name, n);
		EXIT WHEN to_regclass(format('ogw_logs.%I', kept)) IS NULL;
	END LOOP;
	IF parent IS NOT NULL THEN
		EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, made);
	END IF;
	EXECUTE format('TRUNCATE %s', made);
	EXECUTE format('ALTER TABLE %s RENAME TO %I', made, kept);
	-- the next table of that name needs the names of its indexes
	FOR index IN
		SELECT x.relname, row_number() OVER (ORDER BY x.relname) AS n
		  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = made
	LOOP
		EXECUTE format('ALTER INDEX ogw_logs.%I RENAME TO %I', index.relname, kept || '_' || index.n);
	END LOOP;
	RAISE WARNING 'other objects depend on ogw_logs.%: it was emptied, not dropped', kept
		USING HINT = 'Drop it when they are gone, or with CASCADE.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.drop_or_empty(regclass) IS
'Part of maintain() and of the erasures: drops a partition or a copy; where a view or a function depends on it, '
'empties it and takes it out of the log.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.sweep(
	partition regclass,
	since timestamptz,
	until timestamptz,
	teams text[]
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
	parent name := (SELECT c.relname FROM pg_class c WHERE c.oid = pg_partition_root(partition));
	max_rows constant integer := 10000;		-- a step takes a second or so; all chunks of a body are more
	-- whole bodies and segments: one without its last chunks would be damaged to its readers
	key text := CASE parent WHEN 'segment' THEN 'team_id, since, pass, first_session, first_timestamp, first_job'
				ELSE '"timestamp", job_id, team_id' END;
	swept bigint;
BEGIN
	IF parent <> 'entry' THEN
		-- an erasure, which takes the same rows in another order, waits for this, or this for it
		LOCK TABLE ogw_logs.rewrite IN ROW EXCLUSIVE MODE;
	END IF;
	-- but for those whose time has been made longer since
	teams := ARRAY(SELECT unnest(teams) EXCEPT SELECT unnest(ogw_logs_internal.teams_to_keep(parent, teams, until)));
	-- by the index of a sealed partition: no step reads the whole of it
	EXECUTE format('DELETE FROM %1$s WHERE (%2$s) IN (SELECT %2$s FROM %1$s WHERE team_id = ANY ($1) LIMIT %3$s)',
				   partition, key, max_rows)
		USING teams;
	GET DIAGNOSTICS swept = ROW_COUNT;
	IF swept = 0 THEN
		RETURN NULL;
	END IF;
	-- a partition of unsealed bodies is dropped soon: its space is nobody's matter
	INSERT INTO ogw_logs.partition_history AS h (since, until, entries_swept, bodies_swept, entries_swept_at, bodies_swept_at)
	SELECT p.since, p.until, CASE parent WHEN 'entry' THEN swept ELSE 0 END, CASE parent WHEN 'segment' THEN swept ELSE 0 END,
		   CASE WHEN parent = 'entry' THEN clock_timestamp() END, CASE WHEN parent <> 'entry' THEN clock_timestamp() END
	  FROM (SELECT sweep.since, sweep.until WHERE parent <> 'body'
			UNION ALL
			SELECT e.since, e.until FROM ogw_logs_internal.partitions_of('entry') e
			 WHERE parent = 'body' AND e.since <= sweep.since AND e.until >= sweep.until) p
	ON CONFLICT ON CONSTRAINT partition_history_pkey
	DO UPDATE SET entries_swept = h.entries_swept + EXCLUDED.entries_swept, bodies_swept = h.bodies_swept + EXCLUDED.bodies_swept,
				  entries_swept_at = coalesce(EXCLUDED.entries_swept_at, h.entries_swept_at),
				  bodies_swept_at = coalesce(EXCLUDED.bodies_swept_at, h.bodies_swept_at);
	RETURN format('%s rows of %s teams', swept, cardinality(teams));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.sweep(regclass, timestamptz, timestamptz, text[]) IS
'Part of maintain(): deletes 10,000 rows of some teams from a partition, and what else belongs to these bodies. '
'replace_partition() then gives their space back.';
