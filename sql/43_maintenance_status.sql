-- What a DBA watches, in a database of its own: what of maintain() is due, was done, has failed; and settings that cannot be read.
\set regression :DBNAME
CREATE DATABASE ogw_test_maintenance_status ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_maintenance_status
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE EXTENSION ogw_logs;
CREATE ROLE ogw_test_monitor;

-- before there is a log
SELECT action, due, due_bytes, oldest, runs, last_run_at, failures, waits_for FROM ogw_logs.maintenance_status;
SET ROLE ogw_test_monitor;
SELECT count(*) FROM ogw_logs.maintenance_status;
SELECT count(*) FROM ogw_logs_internal.maintenance_status();
RESET ROLE;
SELECT ogw_logs.grant_monitor('ogw_test_monitor');
SET ROLE ogw_test_monitor;
SELECT count(*) FROM ogw_logs.maintenance_status;
SELECT count(*) FROM ogw_logs_internal.maintenance_status();
RESET ROLE;

-- a log that nobody has ever maintained; what is due is what a dry run lists
\o /dev/null
SELECT ogw_logs.create_log(), ogw_logs.set_team('red', body_logging => true), ogw_logs.set_team('blue', body_logging => true);
SELECT ogw_logs.insert_log(job_id => t || n, team_id => t, "timestamp" => '2026-06-01 10:00Z'::timestamptz + n * interval '1 day', input => 'canary-body')
  FROM generate_series(0, 2) n, unnest(ARRAY['red', 'blue']) t;
\o
CREATE FUNCTION differences() RETURNS TABLE (action text, due bigint, listed bigint) LANGUAGE sql AS $$
	SELECT action, s.due, d.listed
	  FROM (SELECT m.action, m.due FROM ogw_logs.maintenance_status m WHERE m.due <> 0 AND m.action !~ '^notice') s
	  FULL JOIN (SELECT m.action, count(*) AS listed FROM ogw_logs.maintain(dry_run => true) m WHERE m.action !~ '^notice' GROUP BY m.action) d USING (action)
	 WHERE s.due IS DISTINCT FROM d.listed
$$;
SELECT * FROM differences();
SELECT action, due, oldest FROM ogw_logs.maintenance_status WHERE due > 0 AND action <> 'make_partition';
SELECT s.action, s.due_bytes = sum(pg_total_relation_size(c.oid)) AS right_bytes
  FROM ogw_logs.maintenance_status s JOIN pg_class c ON c.relname ~ CASE s.action WHEN 'seal' THEN '^entry_202606..$' ELSE '^body_202606..$' END
 WHERE s.action IN ('seal', 'seal_bodies') GROUP BY s.action, s.due_bytes ORDER BY 1;
BEGIN READ ONLY;
SELECT due > 0 AS due FROM ogw_logs.maintenance_status WHERE action = 'make_partition';
SELECT count(*) AS locks_of_partitions FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relispartition;
ROLLBACK;

-- and is done
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
CALL maintain_all();
SELECT action, due, runs, last_run_at > now() - interval '10 minutes' AS just_now, last_duration BETWEEN '0' AND '10 minutes' AS took_time, failures
  FROM ogw_logs.maintenance_status WHERE runs > 0 AND action NOT IN ('make_partition', 'maintain');
SELECT due, runs > 0 AS called, last_run_at > now() - interval '10 minutes' AS just_now, failures, waits_for FROM ogw_logs.maintenance_status WHERE action = 'maintain';
SELECT count(*) FROM ogw_logs.maintenance_status WHERE due > 0 OR running_pid IS NOT NULL;

-- A step that fails: the others go on. What is kept of the error is not its message, which can quote.
SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => '2026-06-05Z', input => 'canary-body');
CREATE FUNCTION quotes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'canary-message of %', NEW USING ERRCODE = '22P02'; END $$;
CREATE TRIGGER quotes BEFORE INSERT ON ogw_logs.sealed_interval FOR EACH ROW EXECUTE FUNCTION quotes();
ALTER FUNCTION ogw_logs.maintain SET client_min_messages = error;
CALL maintain_all();
ALTER FUNCTION ogw_logs.maintain SET client_min_messages = warning;
SELECT action, due, failures > 0 AS failed, last_error_at > now() - interval '10 minutes' AS just_now, last_error_code, last_error FROM ogw_logs.maintenance_status WHERE last_error_code IS NOT NULL;
SELECT state FROM ogw_logs.partitions WHERE since = '2026-06-05Z';
SELECT count(*) AS quoted FROM ogw_logs.maintenance_status m, ogw_logs.maintenance_run r WHERE concat(m, r) ~ 'canary|red|blue';
DROP TRIGGER quotes ON ogw_logs.sealed_interval;
CALL maintain_all();
SELECT action, due, runs, last_run_at > last_error_at AS is_over, last_error_code FROM ogw_logs.maintenance_status WHERE last_error_code IS NOT NULL;

-- What cannot even be looked for is no zero.
ALTER TABLE ogw_logs.rewrite RENAME COLUMN copied_by TO copied;
SELECT action, due, last_error_at = now() AS now, last_error_code, last_error FROM ogw_logs.maintenance_status WHERE last_error_at = now();
SELECT * FROM next_step();
SELECT r.action, r.last_error_code FROM ogw_logs.maintenance_run r WHERE r.last_error_code = '42703' ORDER BY 1;
ALTER TABLE ogw_logs.rewrite RENAME COLUMN copied TO copied_by;
SELECT count(*) FROM ogw_logs.maintenance_status WHERE last_error_at = now();

-- A team's retention that is no time: nothing of that team is deleted, which is told; of the others it is.
SET ogw_logs.retention_delay = 0;
SET ogw_logs.log_retention = '1d';
UPDATE ogw_logs.team SET log_retention = '1 mon -60 days', body_retention = '-1 day' WHERE team_id = 'red';
CALL maintain_all(1);
ALTER FUNCTION ogw_logs.maintain SET client_min_messages = error;
CALL maintain_all();
ALTER FUNCTION ogw_logs.maintain SET client_min_messages = warning;
SELECT team_id, count(*) FROM ogw_logs.entry GROUP BY team_id ORDER BY 1;
SELECT action, due, last_error_code, last_error FROM ogw_logs.maintenance_status WHERE action = 'notice_retention';
SELECT DISTINCT object FROM ogw_logs.maintain(dry_run => true) WHERE action ~ '^(drop|sweep|expire)';
-- what can be read counts again
SELECT ogw_logs.set_team('red', log_retention => '1 day', body_retention => '1 day');
CALL maintain_all();
SELECT count(*) FROM ogw_logs.entry;
RESET ogw_logs.log_retention;

-- A setting of the server that is none: PostgreSQL has its default. What needs it is not done.
INSERT INTO pg_db_role_setting SELECT d.oid, 0, ARRAY['ogw_logs.log_retention=365 days', 'ogw_logs.seal_rate=fast', 'ogw_logs.max_age=20000d'] FROM pg_database d WHERE d.datname = current_database();
SELECT ogw_logs_internal.unreadable_settings();
SELECT ogw_logs_internal.setting('log_retention');
SELECT ogw_logs.insert_log(job_id => 'later', team_id => 'blue', "timestamp" => '2026-06-07Z', input => 'canary-body');
ALTER FUNCTION ogw_logs.maintain SET client_min_messages = error;
CALL maintain_all();
ALTER FUNCTION ogw_logs.maintain SET client_min_messages = warning;
SELECT action, due, last_error_code, last_error FROM ogw_logs.maintenance_status WHERE last_error_code = 'F0000';
SELECT * FROM next_step();
DELETE FROM pg_db_role_setting s USING pg_database d WHERE s.setdatabase = d.oid AND d.datname = current_database();
SELECT ogw_logs_internal.unreadable_settings();
CALL maintain_all();

-- The interval of the partitions, and a retention that was noticed at no time.
UPDATE ogw_logs.installation SET partition_interval = '36 hours';
SELECT * FROM next_step();
SELECT action, due, last_error_code, last_error FROM ogw_logs.maintenance_status WHERE last_error_at = now();
SELECT ogw_logs_internal.interval_at('2026-06-01Z');
UPDATE ogw_logs.installation SET partition_interval = '1 day';
UPDATE ogw_logs.retention SET noticed_at = 'infinity', listed = false WHERE kind = 'rejected';
SELECT count(*) FROM ogw_logs.maintain();
SELECT noticed_at < now() + interval '1 hour' AS mended FROM ogw_logs.retention WHERE kind = 'rejected';

-- What was announced and does not count yet waits.
SET ogw_logs.retention_delay = '1d';
SET ogw_logs.rejected_retention = '10d';
SELECT action, object FROM ogw_logs.maintain();
SELECT due, oldest > now() - interval '10 minutes' AS just_now, waits_for, last_run_at IS NOT NULL AS was_told FROM ogw_logs.maintenance_status WHERE action = 'notice_retention';

-- A table of runs that was altered, or dropped, keeps nothing from being done.
ALTER TABLE ogw_logs.maintenance_run DROP COLUMN runs;
SELECT ogw_logs.insert_log(job_id => 'last', team_id => 'blue', "timestamp" => '2026-06-09Z');
SELECT ogw_logs_internal.note_run('seal', now(), NULL);
SELECT count(*), sum(runs) AS runs FROM ogw_logs.maintenance_status;
DROP TABLE ogw_logs.maintenance_run;
SELECT ogw_logs_internal.note_run('seal', now(), NULL);
SELECT ogw_logs.create_log();
SELECT count(*), sum(runs) AS runs FROM ogw_logs.maintenance_status;

REVOKE ALL ON SCHEMA ogw_logs FROM ogw_test_monitor;
REVOKE ALL ON ogw_logs.maintenance_status FROM ogw_test_monitor;
SELECT ogw_logs.revoke_access('ogw_test_monitor');
DROP ROLE ogw_test_monitor;
\c :regression
DROP DATABASE ogw_test_maintenance_status;
