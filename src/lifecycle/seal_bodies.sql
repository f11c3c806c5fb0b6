-- seal_bodies: bodies wait unsealed in ogw_logs.body, for an hour or so; then they
-- are packed by session into ogw_logs.segment, and the unsealed ones dropped.

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
	step interval;
	seal_interval interval := ogw_logs_internal.setting('seal_interval')::interval;
	start timestamp;
	lower timestamptz;
	upper timestamptz;
BEGIN
	IF EXISTS (SELECT FROM ogw_logs_internal.partition_at('body', at)) THEN
		RETURN;
	END IF;
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	start := date_trunc(ogw_logs_internal.partition_unit(step), at AT TIME ZONE 'UTC');
	lower := start AT TIME ZONE 'UTC';
	upper := (start + step) AT TIME ZONE 'UTC';
	-- no more than the entries' own, which a restore can have made shorter than the interval
	SELECT greatest(lower, l.since), least(upper, l.until) INTO since, until
	  FROM ogw_logs_internal.partition_at('entry', at) l;
	since := coalesce(since, lower);
	until := coalesce(until, upper);
	-- of what is over one partition will do; a subscriber's are not sealed
	IF upper > now() AND NOT ogw_logs_internal.is_subscribed('ogw_logs.body') THEN
		until := least(date_bin(seal_interval, at, lower) + seal_interval, until);
		since := greatest(date_bin(seal_interval, at, lower), since);
	END IF;
	SELECT f.suffix, f.since, f.until INTO suffix, since, until FROM ogw_logs_internal.free_part('body', at, since, until) f;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.body_partition(timestamptz) IS
'Part of make_body_partition() and maintain(): the partition of ogw_logs.body that is to hold a time: ogw_logs.seal_interval of it, or all of a partition of entries that is over. NULL where one is there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_body_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning'
AS $$
DECLARE
	part record;
BEGIN
	-- it waits there for whoever is making one
	PERFORM ogw_logs_internal.make_partition(at);
	SELECT * INTO part FROM ogw_logs_internal.body_partition(at);
	IF part.suffix IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN ogw_logs_internal.attach_partition('body', part.suffix, part.since, part.until);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_body_partition(timestamptz) IS
'Makes the partitions of ogw_logs.entry and of ogw_logs.body that hold a time; returns the name of the body''s, or NULL where it was there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.body_partitions_ahead() RETURNS SETOF timestamptz
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- who makes one keeps others waiting who need it, to the end of a transaction
	SELECT now() + n * ogw_logs_internal.setting('seal_interval')::interval
	  FROM generate_series(0, 1) n
	 WHERE EXISTS (SELECT FROM ogw_logs.team t WHERE t.body_logging) AND NOT ogw_logs_internal.is_subscribed('ogw_logs.body')
$$;
COMMENT ON FUNCTION ogw_logs_internal.body_partitions_ahead() IS
'Part of maintain(): the times for which a partition of bodies is to be ready: now and the next interval, where a team logs bodies.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.segment_partition(
	at timestamptz,
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
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	start := date_trunc(ogw_logs_internal.partition_unit(step), at AT TIME ZONE 'UTC');
	SELECT f.suffix, f.since, f.until INTO suffix, since, until
	  FROM ogw_logs_internal.free_part('segment', at, start AT TIME ZONE 'UTC', (start + step) AT TIME ZONE 'UTC') f;
END
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

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_body_seals(listing boolean) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last timestamptz := now() - ogw_logs_internal.setting('seal_delay')::interval;
	part record;
	bounds record;
	made timestamptz;		-- where the partition of segments ends that is listed already
BEGIN
	IF ogw_logs_internal.is_subscribed('ogw_logs.body') THEN
		RETURN;
	END IF;
	FOR part IN
		SELECT l.partition, l.relname, l.since, l.until, d.sealed,
			   row_number() OVER (PARTITION BY d.sealed ORDER BY l.until) AS place
		  FROM ogw_logs_internal.own_partitions('body') l
		  LEFT JOIN ogw_logs.sealed_interval s ON s.since = l.since
		 CROSS JOIN LATERAL (SELECT coalesce(s.sealed AND s.sealed_at > coalesce(s.dropped_at, '-infinity'), false) AS sealed) d
		 WHERE l.until <= last
		   -- what comes late waits for more of it; what is damaged stays until it expires
		   AND (d.sealed OR coalesce(s.sealed_at, '-infinity') <= last)
		   AND (NOT d.sealed OR s.unreadable = 0 AND (listing OR ogw_logs_internal.seen_by_all(s.sealed_by)))
		 ORDER BY d.sealed DESC, l.until
	LOOP
		-- those that somebody keeps from being dropped do not keep others from being sealed
		CONTINUE WHEN NOT listing AND part.place > 3;
		IF NOT part.sealed AND part.since >= coalesce(made, '-infinity')
			AND NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at('segment', part.since)) THEN
			SELECT * INTO bounds FROM ogw_logs_internal.segment_partition(part.since);
			made := bounds.until;
			RETURN QUERY SELECT 'make_partition', 'segment_' || bounds.suffix, format('from %s UTC', to_char(bounds.since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')),
				NULL::regclass, part.since, part.until, ARRAY['segment'];
		END IF;
		RETURN QUERY SELECT CASE WHEN part.sealed THEN 'drop_unsealed_bodies' ELSE 'seal_bodies' END, part.relname::text,
			format('from %s UTC, %s', to_char(part.since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), pg_size_pretty(pg_total_relation_size(part.partition))),
			part.partition, part.since, part.until, NULL::text[];
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_body_seals(boolean) IS
'Part of maintain(): the intervals that ended ogw_logs.seal_delay ago whose bodies are to be sealed, and those whose bodies as they came can be dropped: all are sealed, and no snapshot is older than that. Bodies that came late are sealed ogw_logs.seal_delay after the others.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_publications(partition regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found name;
BEGIN
	SELECT p.pubname INTO found
	  FROM pg_publication p
	  JOIN pg_publication_rel b ON b.prpubid = p.oid AND b.prrelid IN (partition, 'ogw_logs.body'::regclass)
	 WHERE NOT p.puballtables AND NOT EXISTS (SELECT FROM pg_publication_namespace n WHERE n.pnpubid = p.oid AND n.pnnspid = 'ogw_logs'::regnamespace)
	   AND NOT EXISTS (SELECT FROM pg_publication_rel s JOIN pg_class c ON c.oid = s.prrelid
						WHERE s.prpubid = p.oid AND c.relnamespace = 'ogw_logs'::regnamespace AND c.relname ~ '^segment(_|$)')
	 LIMIT 1;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'publication % has ogw_logs.body and not ogw_logs.segment: its subscribers would lose every body that is sealed', quote_ident(found)
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('ALTER PUBLICATION %I ADD TABLE ogw_logs.segment, and on the subscribers ALTER SUBSCRIPTION ... REFRESH PUBLICATION; or leave ogw_logs.body out, too.', found);
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_publications(regclass) IS
'Part of maintain(): refuses to seal a partition of bodies that is published without the segments.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.seal_bodies(partition regclass, since timestamptz, until timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- of text a step, each of which reads and sorts the keys of the partition anew
	max_bytes constant bigint := greatest(512 * 1024 * 1024, pg_table_size(partition) / 4);
	packed record;
	this_pass integer;
BEGIN
	-- an erasure waits for this, which ends early then, or this for the erasure
	LOCK TABLE ogw_logs.rewrite IN SHARE UPDATE EXCLUSIVE MODE;
	PERFORM ogw_logs_internal.check_publications(partition);
	-- as a step of its own it is made before; whoever needs a partition waits until this commits
	PERFORM ogw_logs_internal.make_segment_partition(seal_bodies.since);
	-- in a pass they are in order, so each is one that no segment has
	SELECT greatest(max(s.pass) + 1, 0) INTO this_pass FROM ogw_logs.segment s WHERE s.since = seal_bodies.since;
	SELECT * INTO packed FROM ogw_logs_internal.pack_bodies(partition, seal_bodies.since, seal_bodies.until, this_pass, max_bytes);
	INSERT INTO ogw_logs.sealed_interval AS s (since, until, passes, bodies, text_bytes, stored_bytes, unreadable, sealed, sealed_at, sealed_by)
	VALUES (seal_bodies.since, seal_bodies.until, (packed.bodies > 0)::integer, packed.bodies, packed.text_bytes, packed.stored_bytes,
			packed.unreadable, packed.complete, CASE WHEN packed.complete THEN clock_timestamp() END, pg_current_xact_id())
	ON CONFLICT ON CONSTRAINT sealed_interval_pkey
	DO UPDATE SET passes = s.passes + EXCLUDED.passes, bodies = s.bodies + EXCLUDED.bodies, text_bytes = s.text_bytes + EXCLUDED.text_bytes,
				  stored_bytes = s.stored_bytes + EXCLUDED.stored_bytes, unreadable = EXCLUDED.unreadable, until = greatest(s.until, EXCLUDED.until),
				  sealed = EXCLUDED.sealed, sealed_at = EXCLUDED.sealed_at, sealed_by = EXCLUDED.sealed_by;
	RETURN format('%s bodies, %s as %s%s', packed.bodies, pg_size_pretty(packed.text_bytes), pg_size_pretty(packed.stored_bytes),
				  CASE WHEN packed.unreadable > 0 THEN format('; %s cannot be read and stay as they came', packed.unreadable) END);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.seal_bodies(regclass, timestamptz, timestamptz) IS
'Part of maintain(): packs the bodies of an interval into segments. Neither readers nor writers wait for it.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.drop_unsealed_bodies(partition regclass, since timestamptz, until timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
	size text := pg_size_pretty(pg_total_relation_size(partition));
	looked record;
	late boolean := false;
	oldest xid8;
BEGIN
	LOCK TABLE ogw_logs.rewrite IN SHARE UPDATE EXCLUSIVE MODE;
	-- what this look does not see has been written by no older transaction
	oldest := pg_snapshot_xmin(pg_current_snapshot());
	SELECT * INTO looked FROM ogw_logs_internal.pack_bodies(partition, drop_unsealed_bodies.since, drop_unsealed_bodies.until, 0, 0);
	IF looked.complete THEN
		-- late bodies wait from here on
		EXECUTE format('LOCK TABLE %s IN SHARE MODE', partition);
		EXECUTE format('SELECT EXISTS (SELECT FROM %s b WHERE age(b.xmin) <= age($1))', partition) INTO late USING oldest::xid;
	END IF;
	IF late OR NOT looked.complete OR looked.unreadable > 0 THEN
		UPDATE ogw_logs.sealed_interval s SET sealed = false WHERE s.since = drop_unsealed_bodies.since;
		RETURN 'bodies have come late, and are to be sealed first';
	END IF;
	IF EXISTS (SELECT FROM pg_publication_tables t JOIN pg_class c ON c.relname = t.tablename AND t.schemaname = 'ogw_logs'
				WHERE c.oid IN (partition, 'ogw_logs.body'::regclass)) THEN
		-- a subscriber hears of rows alone, and without this it would keep what is erased later
		EXECUTE format('DELETE FROM %s', partition);
	END IF;
	-- readers and writers of all bodies wait for this moment
	LOCK TABLE ONLY ogw_logs.body IN ACCESS EXCLUSIVE MODE;
	PERFORM ogw_logs_internal.drop_locked_partition(partition);
	UPDATE ogw_logs.sealed_interval s SET dropped_at = clock_timestamp() WHERE s.since = drop_unsealed_bodies.since;
	RETURN format('%s given back', size);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.drop_unsealed_bodies(regclass, timestamptz, timestamptz) IS
'Part of maintain(): drops the bodies of an interval as they came, once it sees each of them in a segment.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_merges() RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT 'merge_segments', l.relname::text, format('from %s UTC', to_char(l.since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')),
			   l.partition, l.since, l.until, NULL::text[]
		  FROM ogw_logs_internal.own_partitions('segment') l
		  LEFT JOIN ogw_logs.partition_history h ON h.since = l.since
		 WHERE l.until <= now() - ogw_logs_internal.setting('seal_delay')::interval AND NOT ogw_logs_internal.is_subscribed('ogw_logs.segment')
		   -- two passes or more, and one of them since it was done: it reads all segments, so once a day
		   AND coalesce(h.merged_at, '-infinity') < now() - interval '1 day'
		   AND (SELECT sum(s.passes) > 1 AND max(s.sealed_at) > coalesce(h.merged_at, '-infinity')
				  FROM ogw_logs.sealed_interval s WHERE s.since >= l.since AND s.since < l.until)
		   AND NOT EXISTS (SELECT FROM ogw_logs_internal.partitions_of('body') b
							WHERE coalesce(b.since, '-infinity') < l.until AND coalesce(b.until, 'infinity') > l.since)
		 ORDER BY l.until;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_merges() IS
'Part of maintain(): the partitions that are over, all bodies of them sealed, whose small segments are to be merged: once, and where bodies have come late again after a day.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.merge_partition(partition regclass, since timestamptz, until timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_pass integer;
	done record;
BEGIN
	-- an erasure waits for this, or this for the erasure
	LOCK TABLE ogw_logs.rewrite IN SHARE UPDATE EXCLUSIVE MODE;
	EXECUTE format('SELECT least(min(s.pass), 0) - 1 FROM %s s WHERE s.since = $1', partition) INTO next_pass USING merge_partition.since;
	SELECT * INTO done FROM ogw_logs_internal.merge_segments(partition, merge_partition.since, next_pass);
	-- what was deleted gives its space back as what was swept does
	INSERT INTO ogw_logs.partition_history AS h (since, until, merged_at, bodies_swept)
	VALUES (merge_partition.since, merge_partition.until, CASE WHEN done.complete THEN clock_timestamp() END, done.rows)
	ON CONFLICT ON CONSTRAINT partition_history_pkey
	DO UPDATE SET merged_at = coalesce(EXCLUDED.merged_at, h.merged_at), bodies_swept = h.bodies_swept + EXCLUDED.bodies_swept;
	RETURN CASE WHEN done.segments > 0 THEN format('%s segments as %s', done.segments, done.merged) END;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.merge_partition(regclass, timestamptz, timestamptz) IS
'Part of maintain(): merges the small segments of a partition. Neither readers nor writers wait for it.';
