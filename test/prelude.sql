-- What regression tests, isolation specs and TAP tests share.

-- How the names end of partitions that ended within the last hour: they come due whenever
-- an hour passes.
CREATE FUNCTION just_ended() RETURNS text
LANGUAGE sql
AS $$
	SELECT '_(' || string_agg(to_char(t.at - interval '1 hour', f), '|') || ')($|_)'
	  FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC') t (at), unnest(ARRAY['YYYYMM', 'YYYYMMDD', 'YYYYMMDDHH24']) f
	 WHERE to_char(t.at - interval '1 hour', f) <> to_char(t.at, f)
$$;

-- What maintain() finds due, but for what an hour that passes brings: partitions ahead,
-- and steps with those that just ended.
CREATE FUNCTION due_steps() RETURNS TABLE (action text, object text, detail text)
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN QUERY SELECT d.* FROM ogw_logs.maintain(dry_run => true) d WHERE d.action <> 'make_partition' AND d.object !~ just_ended();
END
$$;

-- Has maintain() do its next step, and says which; what an hour that passes brings, as for
-- due_steps(), is done on the way.
CREATE FUNCTION next_step(OUT action text, OUT object text)
LANGUAGE plpgsql
AS $$
BEGIN
	LOOP
		SELECT m.action, m.object INTO action, object FROM ogw_logs.maintain() m;
		EXIT WHEN action IS NULL;
		EXIT WHEN object !~ just_ended()
			AND NOT (action = 'make_partition' AND substring(object FROM '_([0-9]+)$') >= to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMM'));
	END LOOP;
END
$$;

-- Does what maintain() finds due, each step in a transaction of its own, till nothing
-- is due or so many steps are done. Steps whose "ACTION OBJECT" matches the pattern in
-- the setting test.shown, where there is one, are told in notices. Left out are those of
-- partitions that ended within the last hour, since they come due whenever an hour passes.
-- Where test.details is on, a notice has what maintain() says of the step, but for what
-- differs from run to run. All that was done is in test.did. The procedure waits for older
-- snapshots unless test.waits is off.
CREATE PROCEDURE maintain_all(max_steps integer DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
	step record;
	shown text := nullif(current_setting('test.shown', true), '');
	details boolean := coalesce(nullif(current_setting('test.details', true), ''), 'off');
	size text := '\m(?!0 )[0-9.]+ (bytes|kB|MB)';
	done text[] := '{}';
BEGIN
	FOR i IN 1 .. coalesce(max_steps, 2000) LOOP
		PERFORM set_config('test.did', done::text, false);
		SELECT * INTO step FROM ogw_logs.maintain();
		COMMIT;
		IF step.action IS NULL THEN
			RETURN;
		END IF;
		done := done || (step.action || ' ' || step.object);
		IF done[i] ~ shown AND step.object !~ just_ended() THEN
			-- how large segments are, and into how many rows they are cut, is libzstd's matter;
			-- that nothing is there is not
			IF step.object LIKE 'segment%' THEN
				step.detail := regexp_replace(step.detail, '[0-9]+ rows', 'n rows');
				step.detail := regexp_replace(step.detail, size, 'some space', 'g');
			END IF;
			step.detail := regexp_replace(step.detail, ' as ' || size, ' as some space');
			-- unsealed bodies are compressed, too: theirs may be below 10 MB, told in kB, or above
			step.detail := regexp_replace(step.detail, '\m([0-9]{4,} kB|[0-9]+ MB) given back', 'some MB given back');
			step.detail := regexp_replace(step.detail, size, 'n \1', 'g');
			step.detail := regexp_replace(step.detail, '^[0-9]+ days.*;', 'some days;');
			step.detail := regexp_replace(step.detail, '; deletes from [^U]*', '; deletes from some time ');
			step.detail := regexp_replace(step.detail, 'before 2.*', 'before some time');
			RAISE NOTICE '%', concat_ws(', ', done[i], CASE WHEN details THEN step.detail END);
		END IF;
		IF step.action IN ('copy_partition', 'seal_bodies') AND coalesce(current_setting('test.waits', true), '') <> 'off' THEN
			CALL wait_for_snapshots();
		END IF;
	END LOOP;
	IF max_steps IS NULL THEN
		RAISE EXCEPTION 'maintain() does not come to an end';
	END IF;
	PERFORM set_config('test.did', done::text, false);
END
$$;

-- Waits till a copy can take its partition's place, and segments that of unsealed
-- bodies. Nobody waits for a session of an isolation test that has an older snapshot;
-- the tester's own, which looks who waits, is soon gone.
CREATE PROCEDURE wait_for_snapshots()
LANGUAGE plpgsql
AS $$
BEGIN
	FOR n IN 1 .. 1000 LOOP
		IF (SELECT bool_and(ogw_logs_internal.seen_by_all(o.by))
					 FROM (SELECT w.copied_by FROM ogw_logs.rewrite w
						   UNION ALL SELECT s.sealed_by FROM ogw_logs.sealed_interval s) AS o (by))
			OR EXISTS (SELECT FROM pg_stat_activity a
						WHERE a.application_name LIKE 'isolation/%' AND a.application_name NOT LIKE '%/control connection'
						  AND a.pid <> pg_backend_pid() AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)) THEN
			RETURN;
		END IF;
		PERFORM pg_sleep(0.01);
		COMMIT;
	END LOOP;
	RAISE WARNING 'somebody has a snapshot that is older than a copy or segments';
END
$$;
