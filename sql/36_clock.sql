-- The clock jumps: what is irreversible does not rest on one reading of it. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_clock ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_clock
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET ogw_logs.log_retention = '7d';
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team('red', body_logging => true);
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
SET test.shown = '^notice';
-- what the clock of the table says, from now: the server's clock cannot be moved, so that is
CREATE VIEW clock AS SELECT trunc(extract(epoch FROM now() - trusted_at) / 86400) AS trusted_days_ago, trunc(extract(epoch FROM now() - ahead_at) / 86400) AS ahead_days_ago,
	now() - seen_at < interval '1 minute' AS seen_now FROM ogw_logs.clock;
CREATE PROCEDURE last_run(ago interval) LANGUAGE sql AS $$ UPDATE ogw_logs.clock SET trusted_at = now() - ago, seen_at = now() - ago, ahead_at = NULL $$;
CREATE FUNCTION days_left() RETURNS bigint LANGUAGE sql AS $$ SELECT count(DISTINCT "timestamp"::date) FROM ogw_logs.entry $$;

-- A retention that counts, and a log that is kept up: what has expired goes.
CALL maintain_all();
SELECT * FROM clock;
SELECT count(ogw_logs.insert_log(job_id => 'j' || n, team_id => 'red', "timestamp" => date_trunc('day', now()) - n * interval '1 day' + interval '1 minute', input => 'body ' || n)) FROM generate_series(0, 9) n;
CALL maintain_all();
SELECT days_left();

-- The clock is 30 days ahead of the last run: by the time of that run nothing has expired.
SELECT count(ogw_logs.insert_log(job_id => 'old' || n, team_id => 'red', "timestamp" => date_trunc('day', now()) - n * interval '1 day' + interval '1 minute', input => 'body ' || n)) FROM generate_series(10, 12) n;
CALL last_run('30 days');
SELECT count(*) > 0 AS announced FROM ogw_logs.maintain() m WHERE m.action = 'notice_clock' AND m.object = 'clock' AND m.detail LIKE '%deletes from%';
SELECT * FROM clock;
CALL maintain_all();
SELECT days_left();
-- what had expired by that time goes on to go
SELECT ogw_logs.insert_log(job_id => 'older', team_id => 'red', "timestamp" => now() - interval '50 days');
CALL maintain_all();
SELECT days_left();
-- a retention that is new meanwhile is announced by the time before, and waits as long
SET ogw_logs.log_retention = '6d';
CALL maintain_all();
SELECT days_left();
SELECT round(extract(epoch FROM now() - noticed_at) / 86400) AS noticed_days_ago FROM ogw_logs.retention WHERE kind = 'log';
SET ogw_logs.log_retention = '7d';
CALL maintain_all();
-- it has gone on for less than ogw_logs.retention_delay; then for longer
UPDATE ogw_logs.clock SET ahead_at = now() - interval '23 hours', seen_at = now() - interval '5 minutes';
CALL maintain_all();
SELECT days_left();
UPDATE ogw_logs.clock SET ahead_at = now() - interval '25 hours', seen_at = now() - interval '5 minutes';
CALL maintain_all();
SELECT days_left();
SELECT * FROM clock;

-- One that is run once a week trusts what the clock said the week before.
SELECT count(ogw_logs.insert_log(job_id => 'week' || n, team_id => 'red', "timestamp" => date_trunc('day', now()) - n * interval '1 day' + interval '1 minute')) FROM generate_series(12, 22) n;
CALL last_run('14 days');
UPDATE ogw_logs.clock SET ahead_at = now() - interval '7 days', seen_at = now() - interval '7 days';
CALL maintain_all();
SELECT * FROM clock;
SELECT days_left();

-- It has gone back to where it was: nothing was lost, and nothing waits.
CALL last_run('30 days');
CALL maintain_all();
CALL last_run('5 minutes');
UPDATE ogw_logs.clock SET ahead_at = now() + interval '30 days';
CALL maintain_all();
SELECT * FROM clock;
SELECT days_left();
-- behind the last run: the next one ahead of it by two days is told of
CALL last_run('-30 hours');
CALL maintain_all();
SELECT * FROM clock;

-- A dry run lists what goes, and confirms nothing. A DBA does.
SELECT count(ogw_logs.insert_log(job_id => 'dry' || n, team_id => 'red', "timestamp" => date_trunc('day', now()) - n * interval '1 day' + interval '1 minute')) FROM generate_series(10, 12) n;
CALL last_run('30 days');
SELECT action, count(*) FROM ogw_logs.maintain(dry_run => true) WHERE action ~ '^(notice|drop)' GROUP BY 1 ORDER BY 1;
CALL maintain_all();
SELECT days_left();
SELECT action, count(*) FROM ogw_logs.maintain(dry_run => true) WHERE action ~ '^(notice|drop)' GROUP BY 1 ORDER BY 1;
CALL maintain_all();
SELECT days_left();
UPDATE ogw_logs.clock SET trusted_at = now(), ahead_at = NULL;
CALL maintain_all();
SELECT days_left();
SELECT * FROM clock;

-- Rows beside the log wait, too. Where retention has no delay, the clock has none.
INSERT INTO ogw_logs.rejected (rejected_at, method, "position", reason) SELECT now() - interval '100 days', 'inbox', n, 'missing' FROM generate_series(1, 100) n;
CALL last_run('30 days');
CALL maintain_all();
SELECT count(*) FROM ogw_logs.rejected;
SET ogw_logs.retention_delay = 0;
CALL maintain_all();
SELECT count(*) FROM ogw_logs.rejected;
RESET ogw_logs.retention_delay;

-- A table that was emptied: the entries tell how far time had come. One that has two rows after a restore: the earlier one.
SELECT count(ogw_logs.insert_log(job_id => 'lost' || n, team_id => 'red', "timestamp" => date_trunc('day', now()) - n * interval '1 day' + interval '1 minute')) FROM generate_series(10, 12) n;
DELETE FROM ogw_logs.entry WHERE "timestamp" > date_trunc('day', now()) - interval '5 days';
VACUUM ogw_logs.entry;
UPDATE ogw_logs.retention SET noticed_at = noticed_at - interval '50 days';
TRUNCATE ogw_logs.clock;
CALL maintain_all();
SELECT * FROM clock;
INSERT INTO ogw_logs.clock VALUES (now() - interval '40 days', NULL, now() - interval '40 days');
CALL maintain_all();
SELECT DISTINCT * FROM clock;
SELECT days_left();

-- The clock has gone back since an interval was sealed: late bodies of it are sealed as always.
SELECT ogw_logs.insert_log(job_id => 'first', team_id => 'red', "timestamp" => date_trunc('day', now()) - interval '2 days', input => 'first');
CALL maintain_all();
UPDATE ogw_logs.sealed_interval SET sealed_at = sealed_at + interval '30 hours', dropped_at = dropped_at + interval '30 hours';
SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => date_trunc('day', now()) - interval '2 days', input => 'late');
SET ogw_logs.seal_delay = '1h';
CALL maintain_all();
SELECT count(*) AS unsealed FROM ogw_logs.body b WHERE b."timestamp" < date_trunc('day', now());
SELECT input FROM ogw_logs.get_log('late');

\c :regression
DROP DATABASE ogw_test_clock;
