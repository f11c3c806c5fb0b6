-- Who may write, and who may read which team.
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
CREATE ROLE ogw_test_writer;
CREATE ROLE ogw_test_reader;
CREATE ROLE ogw_test_member IN ROLE ogw_test_reader;
CREATE ROLE ogw_test_bodies;
CREATE ROLE ogw_test_all;
CREATE ROLE ogw_test_functions;
CREATE ROLE ogw_test_stranger;
CREATE ROLE ogw_test_read_all_data IN ROLE pg_read_all_data;
SELECT ogw_logs.set_team('red', body_logging => true), ogw_logs.set_team('blue', body_logging => true);
SELECT ogw_logs.grant_writer('ogw_test_writer');
SELECT ogw_logs.grant_reader('ogw_test_reader', 'red');
SELECT ogw_logs.grant_reader('ogw_test_bodies', 'red', bodies => true);
SELECT ogw_logs.grant_reader('ogw_test_all');
SELECT ogw_logs.grant_reader('ogw_test_functions', 'blue', views => false);

-- a writer writes by every door, and reads nothing back
SET ROLE ogw_test_writer;
SELECT ogw_logs.insert_log(job_id => 'a1', team_id => 'red', "timestamp" => '2026-05-01Z', input => 'red body');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"a2","team_id":"blue","timestamp":"2026-05-01T00:00:00Z","input":"blue body"},{"job_id":"a3"}]');
COPY ogw_logs.inbox (job_id, team_id, "timestamp", input) FROM stdin;
a4	red	2026-05-02T00:00:00Z	red copy
\.
SELECT * FROM ogw_logs.last_batch();
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('a5', 'blue', '2026-05-03T00:00:00Z');
SELECT * FROM ogw_logs.search();
SELECT * FROM ogw_logs.get_log('a1');
SELECT * FROM ogw_logs.logs;
SELECT * FROM ogw_logs.entry_20260501;
SELECT * FROM ogw_logs.batch_entries();
INSERT INTO ogw_logs.entry (job_id, team_id, "timestamp") VALUES ('x', 'red', now());
SELECT ogw_logs.set_team('red', body_logging => false);
SELECT ogw_logs.create_log();

-- readers
RESET ROLE;
CREATE FUNCTION pg_temp.sees(reader name) RETURNS TABLE (by_search text, by_view text, by_table text, bodies text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	BEGIN SELECT string_agg(job_id, ' ' ORDER BY job_id) INTO by_search FROM ogw_logs.search(since => '2026-05-01Z', until => '2026-05-09Z');
	EXCEPTION WHEN insufficient_privilege THEN by_search := 'refused'; END;
	BEGIN EXECUTE $q$ SELECT string_agg(job_id, ' ' ORDER BY job_id) FROM ogw_logs.logs WHERE "timestamp" BETWEEN '2026-05-01Z' AND '2026-05-09Z' $q$ INTO by_view;
	EXCEPTION WHEN insufficient_privilege THEN by_view := 'refused'; END;
	BEGIN EXECUTE $q$ SELECT string_agg(job_id, ' ' ORDER BY job_id) FROM ogw_logs.entry WHERE "timestamp" BETWEEN '2026-05-01Z' AND '2026-05-09Z' $q$ INTO by_table;
	EXCEPTION WHEN insufficient_privilege THEN by_table := 'refused'; END;
	BEGIN SELECT string_agg(g.input, ', ' ORDER BY j) INTO bodies FROM unnest(ARRAY['a1', 'a2', 'a4']) j, ogw_logs.get_log(j) g;
	EXCEPTION WHEN insufficient_privilege THEN bodies := 'refused'; END;
	RESET ROLE;
	RETURN NEXT;
END $$;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_stranger, ogw_test_read_all_data;
SELECT r, s.* FROM unnest(ARRAY['reader', 'member', 'bodies', 'all', 'functions', 'stranger', 'read_all_data', 'writer']) WITH ORDINALITY u (r, n),
	   pg_temp.sees(('ogw_test_' || r)::name) s ORDER BY n;
-- the leaves, bodies, settings and the secret are nobody's, pg_read_all_data's neither
SET ROLE ogw_test_all;
SELECT * FROM ogw_logs.entry_20260501;
SELECT * FROM ogw_logs.body;
SELECT * FROM ogw_logs.installation;
SELECT * FROM ogw_logs.team;
SET ROLE ogw_test_read_all_data;
SELECT (SELECT count(*) FROM ogw_logs.entry) AS entries, (SELECT count(*) FROM ogw_logs.entry_20260501) AS leaf,
	   (SELECT count(*) FROM ogw_logs.body) AS bodies, (SELECT count(*) FROM ogw_logs.installation) AS secrets,
	   (SELECT count(*) FROM ogw_logs.team) AS teams, (SELECT count(*) FROM ogw_logs.team_history) AS history,
	   (SELECT count(*) FROM ogw_logs.rejected) AS rejected, (SELECT count(*) FROM ogw_logs.access) AS access;
RESET ROLE;
-- a hostile search_path and shadowing operators change nothing
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.always(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.always);
CREATE FUNCTION hostile.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '1999-01-01' $$;
GRANT USAGE ON SCHEMA hostile TO ogw_test_reader;
SET search_path = hostile, pg_catalog;
SET ROLE ogw_test_reader;
SELECT job_id FROM ogw_logs.search(team_id => 'blue');
SELECT job_id FROM ogw_logs.search(job_id => 'a2');
SELECT count(*) FROM ogw_logs.get_log('a2');
RESET ROLE;
SELECT ogw_logs.insert_log(job_id => 'a6', team_id => 'red', "timestamp" => '2026-05-01Z');
RESET search_path;
SELECT count(*) AS from_1999 FROM ogw_logs.team_history WHERE changed_at < '2000-01-01';
DROP SCHEMA hostile CASCADE;
-- a plan that runs in parallel
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
CREATE TABLE large AS SELECT n FROM generate_series(1, 1000) n;
GRANT SELECT ON large TO ogw_test_reader;
SET ROLE ogw_test_reader;
SELECT (SELECT count(*) FROM large WHERE n % 2 = 0) AS large, (SELECT count(*) FROM ogw_logs.logs WHERE "timestamp" < '2026-05-09Z' AND "timestamp" >= '2026-05-01Z') AS mine;
RESET ROLE;
DROP TABLE large;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
\set SHOW_CONTEXT never
-- PUBLIC is no role; a role that is gone leaves no right behind
SELECT ogw_logs.grant_writer('public');
SELECT ogw_logs.grant_reader('public', 'red');
SELECT ogw_logs.revoke_access('public');
SELECT ogw_logs.revoke_access('ogw_test_nobody');
CREATE ROLE ogw_test_gone;
SELECT ogw_logs.grant_reader('ogw_test_gone', 'red', bodies => true);
DROP OWNED BY ogw_test_gone;
DROP ROLE ogw_test_gone;
SELECT ogw_logs.revoke_access('ogw_test_gone');
SELECT count(*) FROM ogw_logs.access WHERE role_name = 'ogw_test_gone';
-- views can be taken back
SELECT ogw_logs.grant_reader('ogw_test_all', views => false);
SELECT * FROM pg_temp.sees('ogw_test_all');
-- who owns a table of the log decides what runs when it is written: only the extension's owner may
ALTER TABLE ogw_logs.entry OWNER TO ogw_test_stranger;
SELECT ogw_logs.insert_log(job_id => 'a7', team_id => 'red', "timestamp" => '2026-05-01Z');
SELECT ogw_logs.create_log();
SELECT count(*) FROM ogw_logs.search();
ALTER TABLE ogw_logs.entry OWNER TO CURRENT_USER;
SELECT ogw_logs.insert_log(job_id => 'a7', team_id => 'red', "timestamp" => '2026-05-01Z');
-- revoked: at the next statement, in an open transaction too
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM ogw_logs.search(team_id => 'red');
SELECT ogw_logs.revoke_access('ogw_test_reader');
SELECT * FROM pg_temp.sees('ogw_test_member');
COMMIT;
SELECT ogw_logs.revoke_access(('ogw_test_' || r)::name) FROM unnest(ARRAY['writer', 'bodies', 'all', 'functions']) r;
SELECT count(*) FROM ogw_logs.access;
REVOKE USAGE ON SCHEMA ogw_logs FROM ogw_test_stranger, ogw_test_read_all_data;
DROP ROLE ogw_test_writer, ogw_test_member, ogw_test_reader, ogw_test_bodies, ogw_test_all, ogw_test_functions, ogw_test_stranger, ogw_test_read_all_data;
