-- Who opened which body.
SET ogw_logs.max_age = '20000d';
CREATE ROLE ogw_test_reader;
CREATE ROLE ogw_test_member IN ROLE ogw_test_reader;
CREATE ROLE ogw_test_views;
SELECT ogw_logs.set_team('r_red', body_logging => true), ogw_logs.set_team('r_blue', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 'r1', team_id => 'r_red', "timestamp" => '2020-06-01Z', input => 'red body');
SELECT ogw_logs.insert_log(job_id => 'r1', team_id => 'r_blue', "timestamp" => '2020-06-01Z', error_message => 'blue message');
SELECT ogw_logs.insert_log(job_id => 'r2', team_id => 'r_red', "timestamp" => '2020-06-01Z');
SELECT ogw_logs.insert_log(job_id => E'r3\nLOG:  forged', team_id => 'r_red', "timestamp" => '2020-06-01Z', metadata => '{"note":"unsafe"}');
SELECT ogw_logs.grant_reader('ogw_test_reader', 'r_red', bodies => true, views => true);
SELECT ogw_logs.grant_reader('ogw_test_views');
TRUNCATE ogw_logs.body_read;

-- recorded: who was given a part of a body; not who was given none
SELECT team_id, input, error_message FROM ogw_logs.get_log('r1') ORDER BY 1;
SET ROLE ogw_test_member;
SELECT team_id, input, error_message FROM ogw_logs.get_log('r1');
SELECT metadata FROM ogw_logs.get_log(E'r3\nLOG:  forged');
SELECT count(*) FROM ogw_logs.get_log('r2');
SELECT count(*) FROM ogw_logs.get_log('nothing');
SELECT count(*) FROM ogw_logs.search(team_id => 'r_red', max_rows => 10);
SET ROLE ogw_test_views;
SELECT team_id, input FROM ogw_logs.get_log('r1') ORDER BY 1;
SELECT * FROM ogw_logs.body_read;
DELETE FROM ogw_logs.body_read;
SET ogw_logs.log_body_reads = off;
RESET ROLE;
SELECT CASE WHEN read_by = current_user THEN 'me' ELSE read_by END AS read_by, session_role = session_user AS session, team_id, job_id,
	   read_at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS lately
  FROM ogw_logs.body_read ORDER BY read_at, team_id;

-- the row goes back with its transaction; in a read-only one there is none, and get_log works
TRUNCATE ogw_logs.body_read;
BEGIN;
SELECT input FROM ogw_logs.get_log('r1', 'r_red');
SELECT count(*) FROM ogw_logs.body_read;
ROLLBACK;
BEGIN READ ONLY;
SELECT input FROM ogw_logs.get_log('r1', 'r_red');
COMMIT;
SELECT count(*) FROM ogw_logs.body_read;
-- one row a call, whatever is asked of it
SELECT 1 AS one FROM ogw_logs.get_log('r1', 'r_red');
DECLARE c CURSOR WITH HOLD FOR SELECT job_id FROM ogw_logs.get_log('r1', 'r_red');
CLOSE c;
SELECT count(*) FROM ogw_logs.body_read;
-- switched off
SET ogw_logs.log_body_reads = off;
SELECT input FROM ogw_logs.get_log('r1', 'r_red');
RESET ogw_logs.log_body_reads;
SELECT count(*) FROM ogw_logs.body_read;

-- a log of before is completed; nobody else may own the table
DROP TABLE ogw_logs.body_read;
BEGIN READ ONLY;
SELECT input FROM ogw_logs.get_log('r1', 'r_red');
COMMIT;
SELECT input FROM ogw_logs.get_log('r1', 'r_red');
SELECT read_by = current_user AS me, job_id FROM ogw_logs.body_read;
SELECT c.relrowsecurity, p.polname, obj_description(c.oid) IS NOT NULL AS described FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.oid = 'ogw_logs.body_read'::regclass;
ALTER TABLE ogw_logs.body_read OWNER TO ogw_test_views;
SELECT input FROM ogw_logs.get_log('r1', 'r_red');
SELECT ogw_logs.create_log();
ALTER TABLE ogw_logs.body_read OWNER TO CURRENT_USER;

-- kept for so long, and deleted in steps
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
SET test.shown = ' body_read$';
SET test.details = on;
TRUNCATE ogw_logs.body_read;
CALL maintain_all();
SHOW ogw_logs.body_read_retention;
INSERT INTO ogw_logs.body_read SELECT now() - interval '91 days', 'x', 'x', 'r_red', 'r' || n FROM generate_series(1, 10001) n;
INSERT INTO ogw_logs.body_read SELECT now() - interval '89 days', 'x', 'x', 'r_red', 'r1';
SELECT action, object FROM ogw_logs.maintain(dry_run => true) WHERE object = 'body_read';
CALL maintain_all();
SELECT count(*) FROM ogw_logs.body_read;
-- one that expires now waits a minute for others: rows that come all the time would keep maintain() busy
INSERT INTO ogw_logs.body_read SELECT now() - interval '2160 hours 5 seconds', 'x', 'x', 'r_red', 'r1';
SELECT action, object FROM ogw_logs.maintain(dry_run => true) WHERE object = 'body_read';
INSERT INTO ogw_logs.body_read SELECT now() - interval '2160 hours 2 minutes', 'x', 'x', 'r_red', 'r1';
CALL maintain_all();
-- what is kept for a shorter time goes when that was announced
SET ogw_logs.body_read_retention = '36h';
CALL maintain_all();
SELECT count(*) FROM ogw_logs.body_read;
SELECT action, object FROM ogw_logs.maintain(dry_run => true) WHERE object = 'body_read';
CALL maintain_all();
SELECT count(*) FROM ogw_logs.body_read;
RESET ogw_logs.body_read_retention;
SELECT ogw_logs.revoke_access(r) FROM unnest(ARRAY['ogw_test_reader', 'ogw_test_views']::name[]) r;
DROP ROLE ogw_test_member, ogw_test_reader, ogw_test_views;
