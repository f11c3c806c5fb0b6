-- DROP EXTENSION takes no entry with it, and coming back finds them all.
CREATE TEMP TABLE before AS SELECT * FROM ogw_logs.logs;
CREATE TEMP TABLE fingerprint AS SELECT ogw_logs.key_fingerprint('k') AS f;
SELECT ogw_logs.set_team('back', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 'back', team_id => 'back', input => 'kept');
SELECT entries FROM ogw_logs.erase_user('back', 'nobody');
\set VERBOSITY terse
DROP EXTENSION ogw_logs;
\set VERBOSITY default
SELECT count(*) > 0 AS still_there FROM pg_extension WHERE extname = 'ogw_logs';
SET client_min_messages = warning;
DROP EXTENSION ogw_logs CASCADE;
RESET client_min_messages;
SELECT (SELECT count(*) FROM ogw_logs.entry) - (SELECT count(*) FROM before) AS one_more,
	   (SELECT count(*) FROM ogw_logs.body WHERE job_id = 'back') AS body,
	   (SELECT count(*) > 0 FROM ogw_logs.body_read) AS reads, (SELECT count(*) FROM ogw_logs.erasure) AS erasures;
-- without policies nobody but the owner sees anything
SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) AS policies FROM pg_class c WHERE oid = 'ogw_logs.entry'::regclass;

\set SHOW_CONTEXT never
-- nothing is installed into a schema that somebody else has a hand in
CREATE ROLE ogw_test_hand;
GRANT CREATE ON SCHEMA ogw_logs TO ogw_test_hand;
CREATE EXTENSION ogw_logs;
CREATE FUNCTION ogw_logs.planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
ALTER FUNCTION ogw_logs.planted() OWNER TO ogw_test_hand;
REVOKE CREATE ON SCHEMA ogw_logs FROM ogw_test_hand;
CREATE EXTENSION ogw_logs;
DROP FUNCTION ogw_logs.planted();
ALTER SCHEMA ogw_logs OWNER TO ogw_test_hand;
CREATE EXTENSION ogw_logs;
ALTER SCHEMA ogw_logs OWNER TO CURRENT_USER;
DROP ROLE ogw_test_hand;
CREATE EXTENSION ogw_logs;
-- maintain() makes what went with it, as create_log() does
SELECT action, object FROM ogw_logs.maintain();
SELECT ogw_logs.create_log();
SELECT c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'ogw_logs'::regnamespace ORDER BY 1, 2;
SELECT count(*) AS lost FROM before b WHERE NOT EXISTS (SELECT FROM ogw_logs.logs l WHERE l.job_id = b.job_id AND l.team_id = b.team_id AND l."timestamp" = b."timestamp");
SELECT f = ogw_logs.key_fingerprint('k') AS same_fingerprint FROM fingerprint;
SELECT input FROM ogw_logs.get_log('back');
SELECT ogw_logs.insert_log(job_id => 'back', team_id => 'back');
SELECT ogw_logs.insert_log(job_id => 'back-2', team_id => 'back', input => 'settings are the extension''s: off again');
SELECT count(*), max(input) FROM ogw_logs.get_log('back-2');
