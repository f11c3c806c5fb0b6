-- maintenance_run: what became of the steps of maintain(), and which of them runs now.
--
-- Of what went wrong the SQLSTATE is kept and no message: PostgreSQL quotes values in
-- messages, and so can a trigger of a DBA's. Who reads the view sees a sentence that was
-- there before.

CREATE OR REPLACE FUNCTION ogw_logs_internal.maintenance_actions(
	OUT place integer,
	OUT action text,
	OUT tasks text[]
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.place, a.action, a.tasks::text[]
	  FROM (VALUES
		(1, 'maintain', '{}'),
		(2, 'create_log', '{}'),
		(3, 'notice_clock', '{}'),
		(4, 'notice_retention', '{}'),
		(5, 'make_partition', '{make_partitions}'),
		(6, 'add_up_ingest_counts', '{add_up_many_ingest_counts,add_up_ingest_counts}'),
		(7, 'expire_bodies', '{expire_unsealed_bodies,expire_sealed_bodies}'),
		(8, 'sweep_bodies', '{expire_unsealed_bodies,expire_sealed_bodies}'),
		(9, 'drop_partition', '{expire_entries}'),
		(10, 'sweep_entries', '{expire_entries}'),
		(11, 'expire_rows', '{expire_rows}'),
		(12, 'seal_bodies', '{seal_bodies}'),
		(13, 'drop_unsealed_bodies', '{seal_bodies}'),
		(14, 'build_index', '{seal_entries}'),
		(15, 'seal', '{seal_entries}'),
		(16, 'merge_segments', '{merge_segments}'),
		(17, 'copy_partition', '{rewrite_partitions}'),
		(18, 'replace_partition', '{rewrite_partitions}'),
		(19, 'analyze', '{analyze}'),
		(20, 'summarize', '{summarize}')) AS a (place, action, tasks)
$$;
COMMENT ON FUNCTION ogw_logs_internal.maintenance_actions() IS
'Part of maintain(): the kinds of its steps, in their order, and the tasks that look whether one is due; the first is the call itself.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_maintenance_run() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.maintenance_run') IS NOT NULL THEN
		RETURN;
	END IF;
	-- a row is changed with each step of its kind
	CREATE TABLE ogw_logs.maintenance_run (
		action text NOT NULL,
		runs bigint NOT NULL,
		last_run_at timestamptz,
		last_duration interval,
		failures bigint NOT NULL,
		last_error_at timestamptz,
		last_error_code text
	) WITH (fillfactor = 50);
	COMMENT ON TABLE ogw_logs.maintenance_run IS
		'What became of the steps of maintain(), a row for each kind; read it through the view maintenance_status.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.action IS 'The kind of step; maintain is the call itself.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.runs IS 'How many were done; of the call itself: how often that was noted.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.last_run_at IS 'When the last one was done; of the call itself to ten seconds.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.last_duration IS 'How long that took; NULL of the call itself.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.failures IS 'How many have failed.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.last_error_at IS 'When the last one failed.';
	COMMENT ON COLUMN ogw_logs.maintenance_run.last_error_code IS 'With which SQLSTATE.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_maintenance_run() IS
'Part of create_log(): the table of what became of the steps of maintain().';

CREATE OR REPLACE FUNCTION ogw_logs_internal.note_run(of_action text, began timestamptz, error_code text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	failed constant integer := (error_code IS NOT NULL)::integer;
	ended constant timestamptz := clock_timestamp();
BEGIN
	UPDATE ogw_logs.maintenance_run AS r
	   SET runs = r.runs + 1 - failed, failures = r.failures + failed,
		   last_run_at = CASE failed WHEN 0 THEN ended ELSE r.last_run_at END,
		   last_duration = CASE failed WHEN 0 THEN ended - began ELSE r.last_duration END,
		   last_error_at = CASE failed WHEN 1 THEN ended ELSE r.last_error_at END,
		   last_error_code = coalesce(error_code, r.last_error_code)
	 WHERE r.action = of_action;
	IF NOT FOUND THEN
		-- no unique index: rows that come twice by a restore are in nobody's way
		INSERT INTO ogw_logs.maintenance_run (action, runs, last_run_at, last_duration, failures, last_error_at, last_error_code)
		VALUES (of_action, 1 - failed, CASE failed WHEN 0 THEN ended END, CASE failed WHEN 0 THEN ended - began END,
				failed, CASE failed WHEN 1 THEN ended END, error_code);
	END IF;
EXCEPTION WHEN OTHERS THEN
	-- what was done stays done
	RAISE WARNING 'maintain() could not note what it did in ogw_logs.maintenance_run'
		USING ERRCODE = SQLSTATE, HINT = coalesce(ogw_logs_internal.altered_columns_text(), 'Where the table is missing, SELECT ogw_logs.create_log() makes it.');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.note_run(text, timestamptz, text) IS
'Part of maintain(): takes down that a step was done, which began at a time, or failed. Where that fails it is a warning.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.note_failure(of_task text, error_code text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ogw_logs_internal.note_run(a.action, NULL, error_code)
	  FROM ogw_logs_internal.maintenance_actions() a WHERE of_task = ANY (a.tasks)
$$;
COMMENT ON FUNCTION ogw_logs_internal.note_failure(text, text) IS
'Part of maintain(): takes down, for each kind of step that a task finds, that it could not look for them.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.note_call() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a worker calls it many times a second
	IF NOT EXISTS (SELECT FROM ogw_logs.maintenance_run r
					WHERE r.action = 'maintain' AND r.last_run_at BETWEEN now() - interval '10 seconds' AND now()) THEN
		PERFORM ogw_logs_internal.note_run('maintain', NULL);
	END IF;
EXCEPTION WHEN OTHERS THEN
	RAISE WARNING 'maintain() cannot read ogw_logs.maintenance_run'
		USING ERRCODE = SQLSTATE, HINT = coalesce(ogw_logs_internal.altered_columns_text(), 'Where the table is missing, SELECT ogw_logs.create_log() makes it.');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.note_call() IS
'Part of maintain(): takes down that it was called, every ten seconds.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.running_class() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT x'6f690000'::integer
$$;
COMMENT ON FUNCTION ogw_logs_internal.running_class() IS
'Part of maintain(): the class of the advisory locks that say which step runs; the kind of the step is added.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.note_running(of_action text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind integer := (SELECT a.place FROM ogw_logs_internal.maintenance_actions() a WHERE a.action = of_action);
	seconds bigint := floor(extract(epoch FROM clock_timestamp()));
BEGIN
	-- a shared one that nobody waits for; it goes with the transaction, or with the step that fails
	PERFORM pg_try_advisory_xact_lock_shared(ogw_logs_internal.running_class() + kind, (seconds - 2147483648)::integer);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.note_running(text) IS
'Part of maintain(): shows other sessions, by an advisory lock, which kind of step this one does, and since when.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.running_steps(
	OUT action text,
	OUT pid integer,
	OUT since timestamptz
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH l AS MATERIALIZED (
		SELECT * FROM pg_locks p
		 WHERE p.granted AND p.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
	SELECT a.action, s.pid, to_timestamp(s.seconds)
	  FROM (SELECT DISTINCT ON (l.pid) l.pid, l.classid::bigint - ogw_logs_internal.running_class() AS kind,
				   l.objid::bigint + CASE WHEN l.objid::bigint < 2147483648 THEN 2147483648 ELSE -2147483648 END AS seconds
			  FROM l
			  -- anybody can take such a lock; only maintain() has this one beside it
			  JOIN l i ON i.pid = l.pid AND i.relation = to_regclass('ogw_logs.installation') AND i.mode = 'RowShareLock'
			 WHERE l.locktype = 'advisory' AND l.objsubid = 2
			 ORDER BY l.pid, 3 DESC, 2 DESC) s
	  JOIN ogw_logs_internal.maintenance_actions() a ON a.place = s.kind
$$;
COMMENT ON FUNCTION ogw_logs_internal.running_steps() IS
'Part of the view maintenance_status: the step that a session does now, or has done in a transaction that is open, and since when.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.error_text(code text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.description
	  FROM (VALUES
		('F0000', 'a setting cannot be read'),
		('22023', 'a setting cannot be read'),
		('25006', 'the transaction is read-only'),
		('40P01', 'a deadlock'),
		('42501', 'the owner of the log lacks a privilege'),
		('42703', 'a column is missing'),
		('42804', 'a column has another type'),
		('42809', 'something else has the name of a table'),
		('42P01', 'a table is missing'),
		('42P07', 'something else has the name of a partition'),
		('53100', 'the disk is full'),
		('53200', 'memory is short'),
		('55000', 'something is not in the state that the step needs'),
		('55P03', 'somebody holds a lock that it needs'),
		('57014', 'it was cancelled'),
		('XX001', 'stored data is damaged'),
		('XX002', 'an index is damaged'),
		('0A___', 'something that PostgreSQL does not support'),
		('22___', 'a value does not fit'),
		('23___', 'a constraint'),
		('25___', 'the transaction is not in the state that the step needs'),
		('40___', 'a conflict with another transaction'),
		('42___', 'a definition that was altered'),
		('53___', 'a resource is short'),
		('54___', 'a limit of the server'),
		('55___', 'an object is not in the state that the step needs'),
		('57___', 'the operator stepped in'),
		('58___', 'an error of the operating system'),
		('XX___', 'an internal error'),
		('_____', 'another error')) AS e (pattern, description)
	 WHERE code LIKE e.pattern
	 ORDER BY strpos(e.pattern, '_') = 0 DESC, e.pattern = '_____'
	 LIMIT 1
$$;
COMMENT ON FUNCTION ogw_logs_internal.error_text(text) IS
'Part of the view maintenance_status: an SQLSTATE in words, out of a closed list. NULL gives NULL.';
