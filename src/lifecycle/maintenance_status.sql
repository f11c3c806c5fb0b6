-- maintenance_status: what a DBA watches: what of maintain() is due, what became of it,
-- and what it waits for.
--
-- What is due is looked for anew by each query, with the code of maintain() itself. So it
-- is true where nobody has ever called that, and on a standby. Nothing of an entry is
-- shown, nor a team's name. All of it is read with the owner's rights, without a lock that
-- lasts: who reads the view is in nobody's way, and waits for nobody longer than a moment.

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_steps(
	task text,
	OUT steps ogw_logs_internal.maintenance_step[],
	OUT error_code text
) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	steps := ARRAY(SELECT d FROM ogw_logs_internal.due(task, listing => false, every => true) d);
	-- lets go of the locks
	RAISE SQLSTATE 'OGW01';
EXCEPTION
	WHEN SQLSTATE 'OGW01' THEN
		NULL;
	WHEN OTHERS THEN
		steps := '{}';
		error_code := SQLSTATE;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_steps(text) IS
'Part of the view maintenance_status: due() of a task, all of it; where that cannot be found out, the SQLSTATE of the error.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_bytes(steps ogw_logs_internal.maintenance_step[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT nullif(sum(pg_total_relation_size(t.of_table)), 0)
			  FROM (SELECT DISTINCT s.of_table FROM unnest(steps) s WHERE s.of_table IS NOT NULL) t);
EXCEPTION WHEN lock_not_available THEN
	-- to find its size takes a lock, too
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_bytes(ogw_logs_internal.maintenance_step[]) IS
'Part of the view maintenance_status: the bytes of the tables of some steps, indexes and all; NULL where somebody has locked one of them, or there is none.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_due(
	OUT action text,
	OUT steps ogw_logs_internal.maintenance_step[],
	OUT error_code text
) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	task text;
	looked record;
	all_steps ogw_logs_internal.maintenance_step[] := '{}';
	failed_tasks text[] := '{}';
	codes text[] := '{}';
BEGIN
	FOREACH task IN ARRAY ogw_logs_internal.maintenance_tasks() LOOP
		CONTINUE WHEN task = 'add_up_many_ingest_counts';	-- the same once more
		SELECT * INTO looked FROM ogw_logs_internal.status_steps(task);
		all_steps := all_steps || looked.steps;
		IF looked.error_code IS NOT NULL THEN
			failed_tasks := failed_tasks || task;
			codes := codes || looked.error_code;
		END IF;
	END LOOP;
	RETURN QUERY
		SELECT a.action, ARRAY(SELECT s::ogw_logs_internal.maintenance_step FROM unnest(all_steps) s WHERE s.action = a.action ORDER BY s.since),
			   (SELECT min(f.code) FROM unnest(failed_tasks, codes) AS f (task, code) WHERE f.task = ANY (a.tasks))
		  FROM ogw_logs_internal.maintenance_actions() a WHERE a.tasks <> '{}';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_due() IS
'Part of the view maintenance_status: the steps that are due, by their kind, the oldest first.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_waits(
	steps ogw_logs_internal.maintenance_step[],
	OUT action text,
	OUT waits_for text,
	OUT pid integer,
	OUT since timestamptz
) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		WITH held AS MATERIALIZED (
			SELECT * FROM ogw_logs_internal.lock_holders() h
			 -- maintain() waits half a second for who is quicker than that
			 WHERE h.since IS NULL OR h.since <= clock_timestamp() - interval '1 second'),
		needed AS MATERIALIZED (
			-- of each kind the oldest ones
			SELECT DISTINCT s.action, n.relation, n.mode
			  FROM (SELECT u::ogw_logs_internal.maintenance_step AS step, u.action, row_number() OVER (PARTITION BY u.action ORDER BY u.since) AS n
					  FROM unnest(steps) u) s
			 CROSS JOIN LATERAL ogw_logs_internal.step_locks(s.step) n WHERE s.n <= 20),
		oldest AS MATERIALIZED (
			SELECT 'drop_unsealed_bodies' AS action, min(s.sealed_by) AS xid FROM ogw_logs.sealed_interval s
			 WHERE s.sealed AND s.sealed_at > coalesce(s.dropped_at, '-infinity') AND NOT ogw_logs_internal.seen_by_all(s.sealed_by)
			UNION ALL
			SELECT 'replace_partition', min(w.copied_by) FROM ogw_logs.rewrite w WHERE NOT ogw_logs_internal.seen_by_all(w.copied_by)),
		waits AS (
			SELECT DISTINCT n.action, 'a lock' AS what, h.holder, h.pid, h.since
			  FROM needed n JOIN held h ON h.relation = n.relation AND ogw_logs_internal.locks_conflict(n.mode, h.mode)
			UNION ALL
			SELECT o.action, 'the snapshot', s.holder, s.pid, s.since
			  FROM oldest o CROSS JOIN LATERAL ogw_logs_internal.old_snapshots(o.xid) s
			 WHERE o.action IN (SELECT u.action FROM unnest(steps) u))
		SELECT w.action, string_agg(w.what || ' of ' || w.holder, ', ' ORDER BY w.since, w.what, w.holder) FILTER (WHERE w.place <= 5),
			   (array_agg(w.pid ORDER BY w.since, w.what, w.holder))[1], min(w.since)
		  FROM (SELECT waits.*, row_number() OVER (PARTITION BY waits.action ORDER BY waits.since, waits.what, waits.holder) AS place FROM waits) w
		 GROUP BY w.action;
EXCEPTION WHEN OTHERS THEN
	-- a table of the log is missing or locked: then the steps that need it say so
	RETURN;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_waits(ogw_logs_internal.maintenance_step[]) IS
'Part of the view maintenance_status: whose locks and snapshots keep some steps from being done, the oldest five for each kind.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_of_call(OUT waits_for text, OUT pid integer, OUT since timestamptz) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.entry') IS NULL THEN
		waits_for := 'the log: create_log() or the first write makes it';
	ELSIF pg_is_in_recovery() THEN
		waits_for := 'the promotion of this standby; its primary does what is due';
	ELSIF ogw_logs_internal.is_being_restored() THEN
		waits_for := 'the end of a restore; where there is none, create_log() makes what is missing';
	ELSE
		-- who is at work will be done
		SELECT 'the end of a transaction in which it was called, of ' || l.holder, l.pid, l.since INTO waits_for, pid, since
		  FROM ogw_logs_internal.lock_holders() l
		 WHERE l.relation = 'ogw_logs.installation'::regclass AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND l.is_idle
		 ORDER BY l.since LIMIT 1;
	END IF;
EXCEPTION WHEN lock_not_available THEN
	waits_for := concat_ws(' of ', 'a lock',
		ogw_logs_internal.blockers(ROW('check', NULL, NULL, NULL, NULL, NULL, NULL)::ogw_logs_internal.maintenance_step, '0'));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_of_call() IS
'Part of the view maintenance_status: what keeps maintain() from doing anything; NULL where nothing does.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_notices(
	OUT action text,
	OUT due bigint,
	OUT oldest timestamptz,
	OUT waits_for text,
	OUT error_code text
) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	action := 'maintain';
	error_code := CASE WHEN ogw_logs_internal.unreadable_settings() <> '{}' THEN 'F0000' END;
	RETURN NEXT;
	error_code := NULL;
	action := 'create_log';
	due := (ogw_logs_internal.log_version() IS DISTINCT FROM (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'ogw_logs')
			OR NOT ogw_logs_internal.has_policies() OR EXISTS (SELECT FROM ogw_logs_internal.foreign_privileges()))::integer;
	RETURN NEXT;
	action := 'notice_clock';
	SELECT count(*), min(c.ahead_at), max('ogw_logs.retention_delay, or an UPDATE of ogw_logs.clock') INTO due, oldest, waits_for
	  FROM ogw_logs.clock c WHERE c.ahead_at IS NOT NULL;
	RETURN NEXT;
	action := 'notice_retention';
	SELECT count(*), min(r.noticed_at), max('ogw_logs.retention_delay, or maintain(dry_run => true)') INTO due, oldest, waits_for
	  FROM ogw_logs.retention r
	 WHERE NOT r.listed AND r.noticed_at > ogw_logs_internal.retention_now() - ogw_logs_internal.setting('retention_delay')::interval;
	error_code := CASE WHEN ogw_logs_internal.unreadable_retentions() > 0 THEN 'F0000' END;
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	due := NULL;
	error_code := SQLSTATE;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_notices() IS
'Part of the view maintenance_status: of the steps that no task finds: the tables, the clock, and what retention has only announced.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.status_runs() RETURNS TABLE (
	action text, runs bigint, last_run_at timestamptz, last_duration interval,
	failures bigint, last_error_at timestamptz, last_error_code text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.maintenance_run') IS NOT NULL THEN
		-- of two rows, which a restore may leave, the later one
		RETURN QUERY SELECT DISTINCT ON (r.action) r.action, r.runs, r.last_run_at, r.last_duration, r.failures, r.last_error_at, r.last_error_code
			FROM ogw_logs.maintenance_run r ORDER BY r.action, greatest(r.last_run_at, r.last_error_at) DESC;
	END IF;
EXCEPTION WHEN OTHERS THEN
	-- altered, or locked: what is due is shown all the same
	RETURN;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.status_runs() IS
'Part of the view maintenance_status: what is known of steps that were done; nothing where that cannot be read.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.maintenance_status() RETURNS TABLE (
	action text, due bigint, due_bytes bigint, oldest timestamptz,
	running_pid integer, running_since timestamptz,
	runs bigint, last_run_at timestamptz, last_duration interval,
	failures bigint, last_error_at timestamptz, last_error_code text, last_error text,
	waits_for text, waits_for_pid integer, waits_since timestamptz)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '100ms'
SET jit = off
AS $$
DECLARE
	has_log constant boolean := to_regclass('ogw_logs.entry') IS NOT NULL;
	in_use constant text[] := '{55P03,40P01}';
BEGIN
	RETURN QUERY
		WITH found AS MATERIALIZED (
			SELECT d.action, cardinality(d.steps)::bigint AS due, ogw_logs_internal.status_bytes(d.steps) AS bytes,
				   (SELECT min(s.since) FROM unnest(d.steps) s) AS oldest, NULL AS waits_for, d.error_code, d.steps
			  FROM ogw_logs_internal.status_due() d WHERE has_log
			UNION ALL
			SELECT n.action, n.due, NULL, n.oldest, n.waits_for, n.error_code, NULL
			  FROM ogw_logs_internal.status_notices() n WHERE has_log),
		call AS MATERIALIZED (SELECT * FROM ogw_logs_internal.status_of_call()),
		waits AS MATERIALIZED (
			SELECT w.* FROM (
				SELECT array_agg(s.step) AS steps
				  FROM (SELECT u::ogw_logs_internal.maintenance_step AS step FROM found f CROSS JOIN LATERAL unnest(f.steps) u
						UNION ALL
						SELECT ROW('check', NULL, NULL, NULL, NULL, NULL, NULL)::ogw_logs_internal.maintenance_step
						 WHERE EXISTS (SELECT FROM found f WHERE f.error_code = ANY (in_use))
						UNION ALL
						SELECT ROW(f.action, NULL, NULL, NULL, NULL, NULL, NULL)::ogw_logs_internal.maintenance_step
						  FROM found f WHERE f.steps IS NULL AND f.due > 0) s
				HAVING count(*) > 0) l
			 CROSS JOIN LATERAL ogw_logs_internal.status_waits(l.steps) w
			 WHERE NOT pg_is_in_recovery()),
		running AS MATERIALIZED (
			SELECT DISTINCT ON (s.action) s.action, s.pid, s.since FROM ogw_logs_internal.running_steps() s ORDER BY s.action, s.since)
		SELECT a.action,
			   CASE WHEN f.error_code IS NOT NULL THEN nullif(f.due, 0) WHEN a.action <> 'maintain' THEN coalesce(f.due, 0) END, f.bytes, f.oldest,
			   n.pid, n.since, coalesce(r.runs, 0), r.last_run_at, r.last_duration, coalesce(r.failures, 0),
			   CASE WHEN e.code IS NULL THEN r.last_error_at ELSE now() END,
			   coalesce(e.code, r.last_error_code), ogw_logs_internal.error_text(coalesce(e.code, r.last_error_code)),
			   coalesce(w.waits_for, CASE a.action WHEN 'maintain' THEN c.waits_for ELSE f.waits_for END),
			   CASE a.action WHEN 'maintain' THEN c.pid ELSE w.pid END, CASE a.action WHEN 'maintain' THEN c.since ELSE w.since END
		  FROM ogw_logs_internal.maintenance_actions() a
		 CROSS JOIN call c
		  LEFT JOIN found f ON f.action = a.action
		 -- what keeps it from being looked for now; that somebody holds a lock is no error
		 CROSS JOIN LATERAL (SELECT CASE WHEN f.error_code <> ALL (in_use) THEN f.error_code END) AS e (code)
		  LEFT JOIN waits w ON w.action = CASE WHEN f.error_code = ANY (in_use) THEN 'check' ELSE a.action END
		  LEFT JOIN running n ON n.action = a.action
		  LEFT JOIN ogw_logs_internal.status_runs() r ON r.action = a.action
		 ORDER BY a.place;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.maintenance_status() IS
'The rows of the view maintenance_status, read as the owner: who may read the view needs no other right. It stands in a schema '
'that is closed to others, and says nothing of an entry or a team.';

-- part of the extension: it is there before create_log() makes a log
CREATE OR REPLACE VIEW ogw_logs.maintenance_status WITH (security_invoker = true) AS
	SELECT m.action, m.due, m.due_bytes, m.oldest, m.running_pid, m.running_since, m.runs, m.last_run_at, m.last_duration,
		   m.failures, m.last_error_at, m.last_error_code, m.last_error, m.waits_for, m.waits_for_pid, m.waits_since
	  FROM ogw_logs_internal.maintenance_status() m;
COMMENT ON VIEW ogw_logs.maintenance_status IS
'What maintain() has to do, a row for each kind of step: what is due, what runs, what was done, what failed, and what it waits for. '
'GRANT SELECT on it is all that a monitor needs.';
COMMENT ON COLUMN ogw_logs.maintenance_status.action IS 'The kind of step, as maintain() returns it; maintain is the call itself.';
COMMENT ON COLUMN ogw_logs.maintenance_status.due IS
'How many such steps are due; NULL where that cannot be found out now, and of the call itself. Of the notices: how many have been told and do not count yet.';
COMMENT ON COLUMN ogw_logs.maintenance_status.due_bytes IS
'Bytes of the tables and partitions to which they are to be done, with indexes; NULL where there are none, or one is locked.';
COMMENT ON COLUMN ogw_logs.maintenance_status.oldest IS 'Where the time of the oldest one begins; of the notices: when the first was told.';
COMMENT ON COLUMN ogw_logs.maintenance_status.running_pid IS 'The process that does such a step now, or has done it in a transaction that is open.';
COMMENT ON COLUMN ogw_logs.maintenance_status.running_since IS 'Since when.';
COMMENT ON COLUMN ogw_logs.maintenance_status.runs IS 'How many were done; of the call itself: how often that was noted, every ten seconds.';
COMMENT ON COLUMN ogw_logs.maintenance_status.last_run_at IS 'When the last one was done; NULL: never.';
COMMENT ON COLUMN ogw_logs.maintenance_status.last_duration IS 'How long that took.';
COMMENT ON COLUMN ogw_logs.maintenance_status.failures IS 'How many have failed.';
COMMENT ON COLUMN ogw_logs.maintenance_status.last_error_at IS 'When the last one failed; now where it cannot even be looked for.';
COMMENT ON COLUMN ogw_logs.maintenance_status.last_error_code IS 'With which SQLSTATE; F0000 is a setting that cannot be read.';
COMMENT ON COLUMN ogw_logs.maintenance_status.last_error IS 'That in words, out of a closed list. The whole message is a warning of maintain().';
COMMENT ON COLUMN ogw_logs.maintenance_status.waits_for IS
'What keeps those that are due from being done: the locks and snapshots of which processes, prepared transactions and slots, since when; or what else has to happen first.';
COMMENT ON COLUMN ogw_logs.maintenance_status.waits_for_pid IS 'The process among these whose transaction is the oldest; NULL where it is none.';
COMMENT ON COLUMN ogw_logs.maintenance_status.waits_since IS 'Since when that transaction runs.';
