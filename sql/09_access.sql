-- Giving and taking back: who may write, and who may read which team. What
-- each role may do with every object is the matrix, 14.
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
CREATE ROLE ogw_test_writer;
CREATE ROLE ogw_test_reader;
CREATE ROLE ogw_test_member IN ROLE ogw_test_reader;
CREATE ROLE ogw_test_bodies;
CREATE ROLE ogw_test_all;
CREATE ROLE ogw_test_functions;
CREATE ROLE ogw_test_stranger;
SELECT ogw_logs.set_team('red', body_logging => true), ogw_logs.set_team('blue', body_logging => true);
SELECT ogw_logs.grant_writer('ogw_test_writer');
SELECT ogw_logs.grant_reader('ogw_test_reader', 'red', views => true);
SELECT ogw_logs.grant_reader('ogw_test_bodies', 'red', bodies => true, views => true);
SELECT ogw_logs.grant_reader('ogw_test_all', views => true);
SELECT ogw_logs.grant_reader('ogw_test_functions', 'blue', views => false);

-- a writer writes by every method
SET ROLE ogw_test_writer;
SELECT ogw_logs.insert_log(job_id => 'a1', team_id => 'red', "timestamp" => '2026-05-01Z', input => 'red body');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"a2","team_id":"blue","timestamp":"2026-05-01T00:00:00Z","input":"blue body"},{"job_id":"a3"}]');
COPY ogw_logs.inbox (job_id, team_id, "timestamp", input) FROM stdin;
a4	red	2026-05-02T00:00:00Z	red copy
\.
SELECT * FROM ogw_logs.last_batch();
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('a5', 'blue', '2026-05-03T00:00:00Z');

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
SELECT r, s.* FROM unnest(ARRAY['reader', 'member', 'bodies', 'all', 'functions', 'stranger', 'writer']) WITH ORDINALITY u (r, n),
	   pg_temp.sees(('ogw_test_' || r)::name) s ORDER BY n;
\set SHOW_CONTEXT never
-- PUBLIC is no role; a role that is gone leaves no right behind
SELECT ogw_logs.grant_writer('public');
SELECT ogw_logs.grant_reader('public', 'red', views => true);
SELECT ogw_logs.revoke_access('public');
SELECT ogw_logs.revoke_access('ogw_test_nobody');
CREATE ROLE ogw_test_gone;
SELECT ogw_logs.grant_reader('ogw_test_gone', 'red', bodies => true, views => true);
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
ALTER TABLE ogw_logs.key_format OWNER TO ogw_test_stranger;
SELECT ogw_logs.redact('nothing');
ALTER TABLE ogw_logs.key_format OWNER TO CURRENT_USER;
ALTER TABLE ogw_logs.entry OWNER TO CURRENT_USER;
SELECT ogw_logs.insert_log(job_id => 'a7', team_id => 'red', "timestamp" => '2026-05-01Z');
-- After an update create_log() gives back what the update made anew, in both schemas, to the roles that
-- are there; what a DBA took since the last one stays taken.
BEGIN;
REVOKE EXECUTE ON FUNCTION ogw_logs.insert_logs(text) FROM ogw_test_writer;
REVOKE EXECUTE ON FUNCTION ogw_logs_internal.readable_teams() FROM ogw_test_reader;
INSERT INTO ogw_logs.access VALUES ('ogw_test_gone', 'read', NULL, false);
INSERT INTO ogw_logs.access VALUES ('ogw_test_stranger', 'read', NULL, false, 'ogw_test_stranger');
CREATE FUNCTION pg_temp.has() RETURNS TABLE (writer boolean, reader boolean, stranger boolean) LANGUAGE sql AS $$
	SELECT has_function_privilege('ogw_test_writer', 'ogw_logs.insert_logs(text)', 'EXECUTE'),
		   has_function_privilege('ogw_test_reader', 'ogw_logs_internal.readable_teams()', 'EXECUTE'),
		   has_function_privilege('ogw_test_stranger', 'ogw_logs_internal.readable_teams()', 'EXECUTE')
$$;
SELECT ogw_logs.create_log();
SELECT * FROM pg_temp.has();
UPDATE ogw_logs.installation SET log_version = '0.9';
SELECT ogw_logs.create_log();
SELECT * FROM pg_temp.has();
REVOKE EXECUTE ON FUNCTION ogw_logs.insert_logs(text) FROM ogw_test_writer;
UPDATE ogw_logs.installation SET log_version = 'of a later version';
SELECT ogw_logs.create_log();
SELECT * FROM pg_temp.has();
ROLLBACK;
-- revoked: at the next statement, in an open transaction too
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM ogw_logs.search(team_id => 'red');
SELECT ogw_logs.revoke_access('ogw_test_reader');
SELECT * FROM pg_temp.sees('ogw_test_member');
COMMIT;
SELECT ogw_logs.revoke_access(('ogw_test_' || r)::name) FROM unnest(ARRAY['writer', 'bodies', 'all', 'functions']) r;
SELECT count(*) FROM ogw_logs.access;
DROP ROLE ogw_test_writer, ogw_test_member, ogw_test_reader, ogw_test_bodies, ogw_test_all, ogw_test_functions, ogw_test_stranger;
