-- seal_bodies: bodies stand unsealed in ogw_logs.body, for an hour or so; then they are
-- packed by session into ogw_logs.segment, and the unsealed ones dropped.

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_body_seals(listing boolean, every boolean DEFAULT false) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	max_partitions constant integer := 3;	-- of each kind, looked at by one call that does one of them
	last timestamptz := now() - ogw_logs_internal.setting('seal_delay')::interval;
	part record;
	bounds record;
	made timestamptz;		-- where the partition of segments ends that is there, or listed already
BEGIN
	PERFORM ogw_logs_internal.setting('seal_rate');		-- read by pack_bodies(), which would go by the default
	IF ogw_logs_internal.is_subscribed('ogw_logs.body') THEN
		RETURN;
	END IF;
	FOR part IN
		SELECT p.partition, p.relname, p.since, p.until, d.sealed, s.sealed_by,
			   row_number() OVER (PARTITION BY d.sealed ORDER BY p.until) AS place
		  FROM ogw_logs_internal.own_partitions('body') p
		  LEFT JOIN ogw_logs.sealed_interval s ON s.since = p.since
		 CROSS JOIN LATERAL (
				SELECT coalesce(s.sealed AND s.sealed_at > coalesce(s.dropped_at, '-infinity'), false) AS sealed) d
		 WHERE p.until <= last
		   -- late bodies wait for more of them; damaged ones stay until they expire
		   -- (where the clock has gone back they were sealed in time to come)
		   AND (d.sealed OR coalesce(s.sealed_at, '-infinity') <= last OR s.sealed_at > now())
		   AND (NOT d.sealed OR s.unreadable = 0 AND (listing OR every OR ogw_logs_internal.seen_by_all(s.sealed_by)))
		 ORDER BY d.sealed DESC, p.until
	LOOP
		-- counted apart: those that cannot be dropped do not keep others from being sealed
		CONTINUE WHEN NOT (listing OR every) AND part.place > max_partitions;
		IF NOT part.sealed AND part.since >= coalesce(made, '-infinity') THEN
			made := (SELECT coalesce(s.until, 'infinity') FROM ogw_logs_internal.partition_at('segment', part.since) s);
		END IF;
		IF NOT part.sealed AND part.since >= coalesce(made, '-infinity') THEN
			SELECT * INTO bounds FROM ogw_logs_internal.segment_partition(part.since);
			made := bounds.until;
			RETURN QUERY SELECT 'make_partition', 'segment_' || bounds.suffix,
				format('from %s', ogw_logs_internal.utc_text(bounds.since)),
				NULL::regclass, part.since, part.until, ARRAY['segment'];
		END IF;
		RETURN QUERY SELECT CASE WHEN part.sealed THEN 'drop_unsealed_bodies' ELSE 'seal_bodies' END, part.relname::text,
			concat_ws('; ', concat_ws(', ', format('from %s', ogw_logs_internal.utc_text(part.since)),
								   CASE WHEN listing THEN pg_size_pretty(pg_total_relation_size(part.partition)) END),
					  'waits for the snapshot of ' || CASE WHEN listing AND part.sealed THEN ogw_logs_internal.snapshot_holders(part.sealed_by) END),
			part.partition, part.since, part.until, NULL::text[];
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_body_seals(boolean, boolean) IS
'Part of maintain(): the intervals that ended ogw_logs.seal_delay ago whose bodies are to be sealed, and those whose '
'unsealed bodies can be dropped: all are sealed, and no snapshot is older than that. Late bodies are sealed '
'ogw_logs.seal_delay after the others. The first few; or when listing, or every is true, all, with those that wait for a snapshot.';

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
	 WHERE NOT p.puballtables
	   AND NOT EXISTS (SELECT FROM pg_publication_namespace n
						WHERE n.pnpubid = p.oid AND n.pnnspid = 'ogw_logs'::regnamespace)
	   AND NOT EXISTS (SELECT FROM pg_publication_rel s JOIN pg_class c ON c.oid = s.prrelid
						WHERE s.prpubid = p.oid AND c.relnamespace = 'ogw_logs'::regnamespace AND c.relname ~ '^segment(_|$)')
	 LIMIT 1;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'publication % has ogw_logs.body and not ogw_logs.segment: its subscribers would lose every body that is sealed',
						quote_ident(found)
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('ALTER PUBLICATION %I ADD TABLE ogw_logs.segment, and on the subscribers '
								'ALTER SUBSCRIPTION ... REFRESH PUBLICATION; or leave ogw_logs.body out, too.', found);
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_publications(regclass) IS
'Part of maintain(): refuses to seal a partition of bodies that is published without the segments.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.seal_bodies(
	partition regclass,
	since timestamptz,
	until timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- bytes of text a step; each step reads and sorts the keys of the whole partition
	max_bytes constant bigint := greatest(512 * 1024 * 1024, pg_table_size(partition) / 4);
	packed record;
	this_pass integer;
BEGIN
	-- an erasure waits for this, which ends early then, or this for the erasure
	LOCK TABLE ogw_logs.rewrite IN SHARE UPDATE EXCLUSIVE MODE;
	PERFORM ogw_logs_internal.check_publications(partition);
	-- made as a step of its own before; where it was dropped since, apart from this transaction, which is long
	PERFORM ogw_logs_internal.ensure_partition('segment', seal_bodies.since);
	-- a new pass: within one the segments are in order
	SELECT greatest(max(s.pass) + 1, 0) INTO this_pass FROM ogw_logs.segment s WHERE s.since = seal_bodies.since;
	SELECT * INTO packed FROM ogw_logs_internal.pack_bodies(partition, seal_bodies.since, seal_bodies.until, this_pass, max_bytes);
	INSERT INTO ogw_logs.sealed_interval AS s (since, until, passes, bodies, text_bytes, stored_bytes, unreadable,
											   sealed, sealed_at, sealed_by)
	VALUES (seal_bodies.since, seal_bodies.until, (packed.bodies > 0)::integer, packed.bodies,
			packed.text_bytes, packed.stored_bytes, packed.unreadable, packed.complete,
			CASE WHEN packed.complete THEN clock_timestamp() END, pg_current_xact_id())
	ON CONFLICT ON CONSTRAINT sealed_interval_pkey
	DO UPDATE SET passes = s.passes + EXCLUDED.passes, bodies = s.bodies + EXCLUDED.bodies,
				  text_bytes = s.text_bytes + EXCLUDED.text_bytes, stored_bytes = s.stored_bytes + EXCLUDED.stored_bytes,
				  unreadable = EXCLUDED.unreadable, until = greatest(s.until, EXCLUDED.until),
				  sealed = EXCLUDED.sealed,
				  -- after they were dropped, also where the clock has gone back since
				  sealed_at = greatest(EXCLUDED.sealed_at, CASE WHEN packed.complete THEN s.dropped_at + interval '1 microsecond' END),
				  sealed_by = EXCLUDED.sealed_by;
	RETURN format('%s bodies, %s as %s%s', packed.bodies, pg_size_pretty(packed.text_bytes), pg_size_pretty(packed.stored_bytes),
				  CASE WHEN packed.unreadable > 0 THEN format('; %s cannot be read and stay unsealed', packed.unreadable) END);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.seal_bodies(regclass, timestamptz, timestamptz) IS
'Part of maintain(): packs the bodies of an interval into segments. Neither readers nor writers wait for it.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.drop_unsealed_bodies(
	partition regclass,
	since timestamptz,
	until timestamptz
) RETURNS text
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
	-- rows that the next statement does not see are of this or a later transaction
	oldest := pg_snapshot_xmin(pg_current_snapshot());
	SELECT * INTO looked FROM ogw_logs_internal.pack_bodies(partition, drop_unsealed_bodies.since, drop_unsealed_bodies.until, 0, 0);
	IF looked.complete THEN
		-- writers of late bodies wait from here on
		EXECUTE format('LOCK TABLE %s IN SHARE MODE', partition);
		EXECUTE format('SELECT EXISTS (SELECT FROM %s b WHERE age(b.xmin) <= age($1))', partition) INTO late USING oldest::xid;
	END IF;
	IF late OR NOT looked.complete OR looked.unreadable > 0 THEN
		UPDATE ogw_logs.sealed_interval s SET sealed = false WHERE s.since = drop_unsealed_bodies.since;
		RETURN 'bodies have come late, and are to be sealed first';
	END IF;
	IF EXISTS (SELECT FROM pg_publication_tables t JOIN pg_class c ON c.relname = t.tablename AND t.schemaname = 'ogw_logs'
				WHERE c.oid IN (partition, 'ogw_logs.body'::regclass)) THEN
		-- a subscriber is told of deleted rows, not of a dropped table: it would keep these bodies for ever
		EXECUTE format('DELETE FROM %s', partition);
	END IF;
	-- readers and writers of all bodies wait for this moment
	LOCK TABLE ONLY ogw_logs.body IN ACCESS EXCLUSIVE MODE;
	PERFORM ogw_logs_internal.drop_locked_partition(partition);
	UPDATE ogw_logs.sealed_interval s SET dropped_at = greatest(clock_timestamp(), s.sealed_at) WHERE s.since = drop_unsealed_bodies.since;
	RETURN format('%s given back', size);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.drop_unsealed_bodies(regclass, timestamptz, timestamptz) IS
'Part of maintain(): drops the unsealed bodies of an interval, once it sees each of them in a segment.';
