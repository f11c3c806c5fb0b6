-- maintain: what is due, step by step.
--
-- A task looks for steps that are due (due()); a step says what it does and with what
-- (maintenance_step), and is done in a call of its own (run_step()). The tasks of one
-- thing stand in the file of that thing: sealing in seal.sql, retention in expire.sql and so on.

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_partitions() RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step interval := ogw_logs_internal.partition_interval();
	unit text := ogw_logs_internal.partition_unit(step);
	at timestamp;
BEGIN
	FOR n IN 0 .. ogw_logs_internal.setting('partitions_ahead')::integer LOOP
		at := date_trunc(unit, now() AT TIME ZONE 'UTC') + n * step;
		-- whatever a DBA has called the one that is there
		IF NOT EXISTS (SELECT FROM ogw_logs_internal.partition_at('entry', at AT TIME ZONE 'UTC')) THEN
			RETURN QUERY SELECT 'make_partition', 'entry_' || ogw_logs_internal.partition_suffix(at, step),
				format('from %s, for 1 %s', ogw_logs_internal.utc_text(at AT TIME ZONE 'UTC'), unit),
				NULL::regclass, at AT TIME ZONE 'UTC', (at + step) AT TIME ZONE 'UTC', NULL::text[];
		END IF;
	END LOOP;
	RETURN QUERY
		SELECT 'make_partition', 'body_' || p.suffix,
			   format('from %s', ogw_logs_internal.utc_text(p.since)),
			   NULL::regclass, p.since, p.until, ARRAY['body']
		  FROM ogw_logs_internal.body_partitions_ahead() AS a (at)
		 CROSS JOIN LATERAL ogw_logs_internal.body_partition(a.at) p
		 WHERE p.suffix IS NOT NULL;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_partitions() IS
'Part of maintain(): the partitions of now and of ogw_logs.partitions_ahead that are not there, '
'and those of bodies of now and the next seal interval.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.maintenance_tasks() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- in this order: what writers need, what gives space back, what makes reading quick
	SELECT ARRAY['make_partitions', 'add_up_many_ingest_counts', 'expire_unsealed_bodies',
				 'expire_sealed_bodies', 'expire_entries', 'expire_rows', 'seal_bodies', 'seal_entries', 'merge_segments',
				 'rewrite_partitions', 'add_up_ingest_counts', 'analyze', 'summarize']
$$;
COMMENT ON FUNCTION ogw_logs_internal.maintenance_tasks() IS
'Part of maintain(): its tasks, in the order in which it looks for what is due.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due(task text, listing boolean, every boolean DEFAULT false) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- rows that the view ingest_counts adds up in a few milliseconds; and so many that they
	-- come before all else that reads, for writers add to them all the time
	few_rows constant bigint := 1000;
	many_rows constant bigint := 10000;
	max_read constant bigint := CASE WHEN every THEN 50000 END;		-- a few milliseconds, whoever adds nothing up
BEGIN
	CASE task
		WHEN 'make_partitions' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_partitions();
		WHEN 'add_up_many_ingest_counts' THEN
			RETURN QUERY SELECT c.* FROM ogw_logs_internal.due_ingest_counts(many_rows) c WHERE NOT (listing OR every);
		WHEN 'expire_unsealed_bodies' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_expiry('body', listing, every);
		WHEN 'expire_sealed_bodies' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_expiry('segment', listing, every);
		WHEN 'expire_entries' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_expiry('entry', listing, every);
		WHEN 'expire_rows' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_rows(listing);
		WHEN 'seal_bodies' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_body_seals(listing, every);
		WHEN 'seal_entries' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_seals(listing, every);
		WHEN 'merge_segments' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_merges();
		WHEN 'rewrite_partitions' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_rewrites(listing, every);
		WHEN 'add_up_ingest_counts' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_ingest_counts(few_rows, max_read);
		WHEN 'analyze' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_analyze();
		WHEN 'summarize' THEN
			RETURN QUERY SELECT * FROM ogw_logs_internal.due_summaries();
	END CASE;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due(text, boolean, boolean) IS
'Part of maintain(): the steps of one of its tasks that are due, the first few of some; listing: all, and what is only announced yet; '
'every: all, also those that wait for a snapshot.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.try_due(task text) RETURNS ogw_logs_internal.maintenance_step[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reason text;
BEGIN
	RETURN ARRAY(SELECT d FROM ogw_logs_internal.due(task, listing => false) d);
EXCEPTION
	WHEN lock_not_available OR deadlock_detected THEN
		-- somebody has locked what is to be looked at
		RETURN ARRAY[ROW('check', task, NULL, NULL, NULL, NULL, NULL)::ogw_logs_internal.maintenance_step];
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT;
		PERFORM ogw_logs_internal.note_failure(task, SQLSTATE);
		RAISE WARNING 'could not check for due work of task "%": %', task, reason
			USING ERRCODE = SQLSTATE,
				  HINT = concat_ws(' ', 'maintain() goes on with the other tasks, and tries this one again at the next call.',
								   ogw_logs_internal.altered_columns_text());
		RETURN '{}';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.try_due(text) IS
'Part of maintain(): due() of a task, to be done now; where that cannot be found out nothing, and a warning, '
'or where somebody has locked what it reads, the step "check", which is blocked.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.run_step(step ogw_logs_internal.maintenance_step) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE step.action
		WHEN 'make_partition' THEN
			RETURN CASE WHEN ogw_logs_internal.ensure_partition(coalesce(step.arguments[1], 'entry'), step.since) THEN step.detail END;
		WHEN 'expire_bodies' THEN
			RETURN ogw_logs_internal.expire_bodies(step.of_table, step.since, step.until);
		WHEN 'drop_partition' THEN
			RETURN ogw_logs_internal.drop_partition(step.of_table, step.since, step.until);
		WHEN 'sweep_bodies', 'sweep_entries' THEN
			RETURN ogw_logs_internal.sweep(step.of_table, step.since, step.until, step.arguments);
		WHEN 'seal_bodies' THEN
			RETURN ogw_logs_internal.seal_bodies(step.of_table, step.since, step.until);
		WHEN 'drop_unsealed_bodies' THEN
			RETURN ogw_logs_internal.drop_unsealed_bodies(step.of_table, step.since, step.until);
		WHEN 'merge_segments' THEN
			RETURN ogw_logs_internal.merge_partition(step.of_table, step.since, step.until);
		WHEN 'build_index' THEN
			RETURN ogw_logs_internal.build_index(step.object, step.of_table, step.arguments[1]);
		WHEN 'seal' THEN
			RETURN ogw_logs_internal.finish_seal(step.of_table, step.since, step.until);
		WHEN 'copy_partition' THEN
			RETURN ogw_logs_internal.copy_partition(step.of_table, step.since, step.until);
		WHEN 'replace_partition' THEN
			RETURN ogw_logs_internal.replace_partition(step.of_table, step.since, step.until);
		WHEN 'expire_rows' THEN
			RETURN ogw_logs_internal.expire_rows(step.of_table, step.arguments[1], step.until);
		WHEN 'add_up_ingest_counts' THEN
			RETURN ogw_logs_internal.add_up_ingest_counts();
		WHEN 'analyze' THEN
			RETURN ogw_logs_internal.analyze_entries();
		WHEN 'summarize' THEN
			RETURN ogw_logs_internal.summarize(step.of_table);
		WHEN 'check' THEN
			RAISE lock_not_available;
	END CASE;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.run_step(ogw_logs_internal.maintenance_step) IS
'Part of maintain(): does one step and returns what it did; NULL where there was nothing left to do, '
'since another session was quicker.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.try_step(
	step ogw_logs_internal.maintenance_step,
	OUT detail text,
	OUT in_use boolean
) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	began constant timestamptz := clock_timestamp();
	reason text;
BEGIN
	in_use := false;
	BEGIN
		PERFORM ogw_logs_internal.note_running(step.action);
		detail := ogw_logs_internal.run_step(step);
	EXCEPTION
		WHEN lock_not_available OR deadlock_detected THEN
			-- the next call tries again
			in_use := true;
		WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT;
			PERFORM ogw_logs_internal.note_run(step.action, began, SQLSTATE);
			RAISE WARNING 'maintain() could not do its step "% %": %', step.action, step.object, reason
				USING ERRCODE = SQLSTATE,
					  HINT = concat_ws(' ', 'It goes on with the others, and tries this one again at the next call.',
									   ogw_logs_internal.altered_columns_text());
	END;
	IF detail IS NOT NULL THEN
		PERFORM ogw_logs_internal.note_run(step.action, began);
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.try_step(ogw_logs_internal.maintenance_step) IS
'Part of maintain(): run_step(); in_use: somebody holds a lock that it needs. What else goes wrong is a warning.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.try_notice(
	of_action text,
	OUT steps ogw_logs_internal.maintenance_step[],
	OUT done boolean,
	OUT in_use boolean
) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	began constant timestamptz := clock_timestamp();
	reason text;
BEGIN
	done := true;
	in_use := false;
	BEGIN
		steps := CASE of_action WHEN 'notice_clock' THEN ARRAY(SELECT n FROM ogw_logs_internal.notice_clock(listing => false) n)
				 ELSE ARRAY(SELECT n FROM ogw_logs_internal.notice_retention(listing => false) n) END;
		IF of_action = 'notice_retention' AND ogw_logs_internal.warn_of_retention() THEN
			PERFORM ogw_logs_internal.note_run(of_action, began, 'F0000');
		END IF;
	EXCEPTION
		WHEN lock_not_available OR deadlock_detected THEN
			done := false;
			in_use := true;
		WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT;
			done := false;
			PERFORM ogw_logs_internal.note_run(of_action, began, SQLSTATE);
			RAISE WARNING 'maintain() could not do its step "%", and deletes nothing: %', of_action, reason
				USING ERRCODE = SQLSTATE,
					  HINT = concat_ws(' ', 'It goes on with the others, and tries this one again at the next call.',
									   ogw_logs_internal.altered_columns_text());
	END;
	IF cardinality(steps) > 0 THEN
		PERFORM ogw_logs_internal.note_run(of_action, began);
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.try_notice(text) IS
'Part of maintain(): notice_clock() or notice_retention(), and the steps that they return; not done: nothing may be deleted. '
'in_use: somebody holds a lock that it needs. What else goes wrong is a warning.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.blocked_steps(longer_than interval)
RETURNS TABLE (action text, object text, detail text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms'
AS $$
	SELECT 'blocked', d.action || ' ' || d.object, 'by ' || b.holders
	  FROM unnest(ogw_logs_internal.maintenance_tasks()) AS t (task)
	 CROSS JOIN LATERAL unnest(ogw_logs_internal.try_due(t.task)) d
	 CROSS JOIN LATERAL ogw_logs_internal.blockers(d, longer_than) AS b (holders)
	 WHERE b.holders IS NOT NULL AND to_regclass('ogw_logs.entry') IS NOT NULL
$$;
COMMENT ON FUNCTION ogw_logs_internal.blocked_steps(interval) IS
'Part of the background worker: the steps that are due and blocked by a transaction that is longer than that. A run that has '
'used up its slice of time ends with this, since maintain() tells it when it finds nothing else to do.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.has_policies() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = to_regclass('ogw_logs.entry'))
$$;
COMMENT ON FUNCTION ogw_logs_internal.has_policies() IS
'Part of maintain(): whether create_log() has come to its policies. DROP EXTENSION with CASCADE takes them along, and some views.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.is_being_restored() RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name = 'pg_restore')
		OR to_regclass('ogw_logs.installation') IS NULL
		-- views come before rows, and policies behind rows and indexes
		OR NOT ogw_logs_internal.has_policies() AND to_regclass('ogw_logs.partitions') IS NOT NULL THEN
		RETURN true;
	END IF;
	RETURN NOT EXISTS (SELECT FROM ogw_logs.installation);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.is_being_restored() IS
'Part of maintain(): whether pg_restore is at work in this database, or has not come to the end of the log.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.update_log() RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs.create_log();
	RETURN true;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
	-- another session is doing it
	RETURN false;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.update_log() IS
'Part of maintain(): create_log(), unless that would have to wait.';

CREATE OR REPLACE FUNCTION ogw_logs.maintain(dry_run boolean DEFAULT false)
RETURNS TABLE (action text, object text, detail text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms'
SET client_min_messages = 'warning'
AS $$
DECLARE
	tasks constant text[] := ogw_logs_internal.maintenance_tasks();
	-- where somebody holds a lock tried once a call, of each table: for most of these all sessions wait
	once constant text[] := ARRAY['make_partition', 'expire_bodies', 'drop_unsealed_bodies', 'drop_partition', 'replace_partition'];
	version text := (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'ogw_logs');
	began constant timestamptz := clock_timestamp();
	unreadable text[];
	task text;
	notice record;
	deletes boolean := true;
	step ogw_logs_internal.maintenance_step;
	in_use boolean;
	left_alone text[] := '{}';
	blocked ogw_logs_internal.maintenance_step[] := '{}';
BEGIN
	IF to_regclass('ogw_logs.entry') IS NULL THEN
		RETURN;
	END IF;
	IF NOT dry_run THEN
		PERFORM ogw_logs_internal.check_isolation('maintain()');
	END IF;
	IF ogw_logs_internal.is_being_restored() THEN
		RAISE WARNING 'maintain() does nothing while the log is being restored'
			USING HINT = 'Where it is not, SELECT ogw_logs.create_log() makes what it lacks.';
		RETURN;
	END IF;
	IF ogw_logs_internal.log_version() IS DISTINCT FROM version OR NOT ogw_logs_internal.has_policies()
		OR EXISTS (SELECT FROM ogw_logs_internal.foreign_privileges()) THEN
		IF NOT dry_run AND NOT ogw_logs_internal.update_log() THEN
			PERFORM ogw_logs_internal.report_blocked(ARRAY[ROW('create_log', 'ogw_logs', NULL, NULL, NULL, NULL, NULL)::ogw_logs_internal.maintenance_step]);
			RETURN;
		END IF;
		IF NOT dry_run THEN
			PERFORM ogw_logs_internal.note_run('create_log', began);
		END IF;
		RETURN QUERY SELECT 'create_log', 'ogw_logs', format('brings the tables up to date with version %s', version);
		RETURN;
	END IF;
	unreadable := ogw_logs_internal.unreadable_settings();
	IF unreadable <> '{}' THEN
		RAISE WARNING 'settings cannot be read: %', array_to_string(unreadable, ', ')
			USING ERRCODE = 'config_file_error',
				  HINT = 'They were given values that they do not take, by ALTER DATABASE, ALTER ROLE or in postgresql.conf. What needs one of them is not done.';
	END IF;
	IF dry_run THEN
		PERFORM ogw_logs_internal.warn_of_retention();
		RETURN QUERY SELECT n.action, n.object, n.detail FROM ogw_logs_internal.notice_clock(listing => true) n;
		PERFORM ogw_logs_internal.list_retention();
		-- maintain() waits half a second for who is quicker than that
		RETURN QUERY SELECT d.action, d.object, concat_ws('; ', d.detail, 'blocked by ' || ogw_logs_internal.blockers(d, '1 second'))
			FROM unnest(tasks) AS t (task), ogw_logs_internal.due(t.task, listing => true) d;
		RETURN;
	END IF;

	-- one session at a time; the others find nothing to do. (Chosen apart: what
	-- skips a row that is locked would go on to a second one.)
	PERFORM FROM ogw_logs.installation i
	  WHERE i.ctid = (SELECT f.ctid FROM ogw_logs.installation f ORDER BY f.created_at, f.key_secret LIMIT 1)
		FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		PERFORM ogw_logs_internal.report_elsewhere();
		RETURN;
	END IF;
	PERFORM ogw_logs_internal.note_call();
	IF unreadable <> '{}' THEN
		PERFORM ogw_logs_internal.note_run('maintain', began, 'F0000');
	END IF;
	FOREACH task IN ARRAY ARRAY['notice_clock', 'notice_retention'] LOOP
		SELECT * INTO notice FROM ogw_logs_internal.try_notice(task);
		RETURN QUERY SELECT n.action, n.object, n.detail FROM unnest(notice.steps) n;
		IF FOUND THEN
			RETURN;
		END IF;
		-- without it nothing may be deleted
		deletes := deletes AND notice.done;
		IF notice.in_use THEN
			blocked := blocked || ROW(task, 'ogw_logs', NULL, NULL, NULL, NULL, NULL)::ogw_logs_internal.maintenance_step;
		END IF;
	END LOOP;
	FOREACH task IN ARRAY tasks LOOP
		CONTINUE WHEN NOT deletes AND task LIKE 'expire%';
		FOREACH step IN ARRAY ogw_logs_internal.try_due(task) LOOP
			CONTINUE WHEN concat_ws(' ', step.action, pg_partition_root(step.of_table)) = ANY (left_alone);
			SELECT t.detail, t.in_use INTO detail, in_use FROM ogw_logs_internal.try_step(step) t;
			IF detail IS NOT NULL THEN
				action := step.action;
				object := step.object;
				RETURN NEXT;
				RETURN;
			ELSIF in_use THEN
				blocked := blocked || step;
				IF step.action = ANY (once) THEN
					left_alone := left_alone || concat_ws(' ', step.action, pg_partition_root(step.of_table));
				END IF;
			END IF;
		END LOOP;
	END LOOP;
	PERFORM ogw_logs_internal.report_blocked(blocked);
END
$$;
COMMENT ON FUNCTION ogw_logs.maintain(boolean) IS
'Does the next step of what is due and says what it did; no row: nothing is due, another session runs it, '
'or what is due is blocked, as a warning tells, and by whom. With dry_run it lists all that is due and does nothing of it.';
