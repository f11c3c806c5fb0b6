-- blocked: who keeps maintain() from a step that is due, and since when. Never a text of
-- a statement: that of another role's session can be a body.

CREATE OR REPLACE FUNCTION ogw_logs_internal.step_locks(
	step ogw_logs_internal.maintenance_step,
	OUT relation oid,
	OUT mode text
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE n.needed WHEN 'the partition' THEN step.of_table
						 WHEN 'its parent' THEN pg_partition_root(step.of_table)
						 ELSE to_regclass('ogw_logs.' || n.needed) END, n.mode || 'Lock'
	  FROM (VALUES
		('make_partition', '{entry,body,entry_key,segment}', 'ShareUpdateExclusive'),
		('create_log', '{access}', 'ShareRowExclusive'),
		('notice_clock', '{clock}', 'RowExclusive'),
		('notice_retention', '{retention}', 'RowExclusive'),
		('drop_partition', '{the partition,entry,body,entry_key,segment}', 'AccessExclusive'),
		('expire_bodies', '{the partition,its parent}', 'AccessExclusive'),
		('drop_unsealed_bodies', '{the partition,its parent}', 'AccessExclusive'),
		('drop_unsealed_bodies', '{rewrite}', 'ShareUpdateExclusive'),
		('replace_partition', '{the partition,its parent}', 'AccessExclusive'),
		('replace_partition', '{rewrite}', 'RowExclusive'),
		('sweep_entries', '{the partition}', 'RowExclusive'),
		('sweep_bodies', '{the partition,rewrite}', 'RowExclusive'),
		('expire_rows', '{the partition}', 'RowExclusive'),
		('seal_bodies', '{rewrite}', 'ShareUpdateExclusive'),
		('merge_segments', '{rewrite}', 'ShareUpdateExclusive'),
		('build_index', '{the partition}', 'Share'),
		('copy_partition', '{the partition}', 'Share'),
		('seal', '{the partition}', 'AccessExclusive'),
		('analyze', '{the partition}', 'ShareUpdateExclusive'),
		('summarize', '{the partition}', 'ShareUpdateExclusive')) AS a (action, tables, mode)
	 CROSS JOIN LATERAL (SELECT unnest(a.tables::text[]) AS needed, a.mode) n
	 WHERE a.action = step.action
	UNION ALL
	-- as it does where that was dropped since it was made
	SELECT to_regclass('ogw_logs.' || t.needed), 'ShareUpdateExclusiveLock' FROM unnest(ARRAY['entry', 'segment']) AS t (needed)
	 WHERE step.action = 'seal_bodies' AND NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at('segment', step.since))
	UNION ALL
	SELECT c.oid, 'AccessShareLock' FROM pg_class c
	 WHERE step.action = 'check' AND c.relnamespace = 'ogw_logs'::regnamespace
$$;
COMMENT ON FUNCTION ogw_logs_internal.step_locks(ogw_logs_internal.maintenance_step) IS
'Part of maintain(): the tables that a step locks and in which modes, as pg_locks has them; those for which it may have to wait.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.locks_conflict(mode text, held text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE mode
		   WHEN 'AccessShareLock' THEN held = 'AccessExclusiveLock'
		   WHEN 'RowExclusiveLock' THEN held IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
		   WHEN 'ShareUpdateExclusiveLock' THEN held NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
		   WHEN 'ShareLock' THEN held NOT IN ('AccessShareLock', 'RowShareLock', 'ShareLock')
		   WHEN 'ShareRowExclusiveLock' THEN held NOT IN ('AccessShareLock', 'RowShareLock')
		   ELSE true END
$$;
COMMENT ON FUNCTION ogw_logs_internal.locks_conflict(text, text) IS
'Part of maintain(): whether a lock that a step needs has to wait for one that is held.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.holder_text(
	pid integer,
	gid text,
	since timestamptz,
	connected timestamptz
) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce('pid ' || pid, 'prepared transaction ' || quote_literal(gid), 'a prepared transaction')
		   || coalesce(to_char(since AT TIME ZONE 'UTC', '" since "YYYY-MM-DD HH24:MI:SS" UTC"'),
					   to_char(connected AT TIME ZONE 'UTC', '", connected since "YYYY-MM-DD HH24:MI:SS" UTC"'), '')
$$;
COMMENT ON FUNCTION ogw_logs_internal.holder_text(integer, text, timestamptz, timestamptz) IS
'Part of maintain(): a session or a prepared transaction, and since when its transaction runs; '
'since when it is connected, where that is not known: with track_activities off.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.lock_holders(
	OUT relation oid,
	OUT mode text,
	OUT holder text,
	OUT pid integer,
	OUT since timestamptz,
	OUT is_idle boolean
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH l AS MATERIALIZED (SELECT * FROM pg_locks)
	SELECT l.relation, l.mode,
		   ogw_logs_internal.holder_text(coalesce(a.leader_pid, l.pid), x.gid, coalesce(a.xact_start, x.prepared), a.backend_start),
		   coalesce(a.leader_pid, l.pid), coalesce(a.xact_start, x.prepared),
		   l.pid IS NULL OR a.wait_event = 'ClientRead' OR a.query = '<insufficient privilege>'
	  FROM l
	  LEFT JOIN pg_stat_activity a ON a.pid = l.pid
	  -- a prepared transaction has no process; it keeps the name of the session that prepared it
	  LEFT JOIN l t ON l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid' AND t.virtualtransaction = l.virtualtransaction
	  LEFT JOIN pg_prepared_xacts x ON x.transaction = t.transactionid
	 WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
	   AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
$$;
COMMENT ON FUNCTION ogw_logs_internal.lock_holders() IS
'Part of maintain(): the locks that other sessions and prepared transactions hold on relations of this database, who they are, '
'since when the transaction runs, and whether nobody is at it, as far as that is known.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.blockers(step ogw_logs_internal.maintenance_step, longer_than interval) RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(h.holder, ', ' ORDER BY h.since, h.holder)
	  FROM (SELECT DISTINCT l.since, l.holder
			  FROM ogw_logs_internal.step_locks(step) n
			  JOIN ogw_logs_internal.lock_holders() l ON l.relation = n.relation AND ogw_logs_internal.locks_conflict(n.mode, l.mode)
			 WHERE l.since IS NULL OR l.since <= clock_timestamp() - longer_than
			 ORDER BY 1, 2 LIMIT 5) h
$$;
COMMENT ON FUNCTION ogw_logs_internal.blockers(ogw_logs_internal.maintenance_step, interval) IS
'Part of maintain(): who holds locks that a step has to wait for, of transactions that are longer than that, the oldest five; '
'NULL where nobody does. Who holds a row is not known.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.old_snapshots(
	xid xid8,
	OUT holder text,
	OUT pid integer,
	OUT since timestamptz
) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ogw_logs_internal.holder_text(a.pid, NULL, a.xact_start, a.backend_start), a.pid, a.xact_start
	  FROM pg_stat_activity a
	 WHERE a.pid <> pg_backend_pid() AND (a.datname = current_database() OR a.backend_type = 'walsender')
	   AND greatest(age(a.backend_xmin), age(a.backend_xid)) >= age(xid::xid)
	UNION ALL
	SELECT ogw_logs_internal.holder_text(NULL, x.gid, x.prepared, NULL), NULL, x.prepared
	  FROM pg_prepared_xacts x WHERE x.database = current_database() AND age(x.transaction) >= age(xid::xid)
	UNION ALL
	SELECT 'replication slot ' || quote_literal(s.slot_name), s.active_pid, NULL
	  FROM pg_replication_slots s WHERE age(s.xmin) >= age(xid::xid)
	 ORDER BY 3, 1 LIMIT 5
$$;
COMMENT ON FUNCTION ogw_logs_internal.old_snapshots(xid8) IS
'Part of maintain(): whose snapshots are so old that they do not see what a transaction did, the oldest five, and since when they are there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.snapshot_holders(xid xid8) RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(h.holder, ', ' ORDER BY h.since, h.holder) FROM ogw_logs_internal.old_snapshots(xid) h
$$;
COMMENT ON FUNCTION ogw_logs_internal.snapshot_holders(xid8) IS
'Part of maintain(): the same in a sentence; NULL where nobody''s are.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.report_blocked(steps ogw_logs_internal.maintenance_step[]) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- a snapshot is told of when it is so old: one of the last minutes is soon gone
	patience constant interval := '10 minutes';
	step ogw_logs_internal.maintenance_step;
	oldest xid8;
	holders text;
BEGIN
	FOREACH step IN ARRAY steps LOOP
		RAISE WARNING 'maintain() could not do its step "% %": %', step.action, step.object,
					  coalesce('blocked by ' || ogw_logs_internal.blockers(step, '0'), 'what it needs was in use')
			USING ERRCODE = 'lock_not_available',
				  HINT = 'It tries again at the next call. A transaction that nobody needs any more ends by pg_terminate_backend(pid), or ROLLBACK PREPARED.';
	END LOOP;
	BEGIN
		oldest := (SELECT min(o.xid) FROM (
					SELECT s.sealed_by FROM ogw_logs.sealed_interval s WHERE s.sealed AND s.sealed_at > coalesce(s.dropped_at, '-infinity')
					UNION ALL SELECT w.copied_by FROM ogw_logs.rewrite w) AS o (xid)
					WHERE NOT ogw_logs_internal.seen_by_all(o.xid));
	EXCEPTION WHEN OTHERS THEN
		-- a table that is locked or altered: the tasks that need it have told so
		RETURN;
	END;
	IF EXISTS (SELECT FROM pg_stat_activity a
				WHERE a.xact_start < clock_timestamp() - patience AND a.datname = current_database() AND a.pid <> pg_backend_pid()
				  AND greatest(age(a.backend_xmin), age(a.backend_xid)) >= age(oldest::xid)) THEN
		holders := ogw_logs_internal.snapshot_holders(oldest);
	END IF;
	IF holders IS NOT NULL THEN
		RAISE WARNING 'maintain() cannot drop what it has sealed or copied: blocked by the snapshot of %', holders
			USING ERRCODE = 'lock_not_available', HINT = 'Readers with such a snapshot would find nothing. It tries again at the next call.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.report_blocked(ogw_logs_internal.maintenance_step[]) IS
'Part of maintain(): warns of steps that are due and blocked, and by whom; and of a snapshot that has kept it from dropping something for long.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.report_elsewhere() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	holders text;
BEGIN
	-- who is at work will be done; who has left it open blocks all that is due
	SELECT string_agg(DISTINCT l.holder, ', ') INTO holders
	  FROM ogw_logs_internal.lock_holders() l
	 WHERE l.relation = 'ogw_logs.installation'::regclass AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND l.is_idle;
	IF holders IS NOT NULL THEN
		RAISE WARNING 'maintain() can do nothing: blocked by %', holders
			USING ERRCODE = 'lock_not_available', HINT = 'maintain() was called there, and not committed.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.report_elsewhere() IS
'Part of maintain(): warns where another transaction has called it, and is idle now.';
