-- A setting given before the library is there is checked when it comes; where the
-- server preloads the library, at once. Expected output: that of a server that does
-- not, and (_1) of one that does.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ogw_logs;
RESET client_min_messages;
CREATE ROLE ogw_test_early;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_early;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ogw_logs TO ogw_test_early;
\c -
SET SESSION AUTHORIZATION ogw_test_early;
SET ogw_logs.duplicate_window = '1s';
SET ogw_logs.max_clock_skew = '20000d';
SELECT ogw_logs.insert_log(job_id => 'early', team_id => 'early', "timestamp" => '9999-01-01T00:00:00Z');
SHOW ogw_logs.duplicate_window;
SET ogw_logs.duplicate_window = '1s';
RESET SESSION AUTHORIZATION;
SELECT defects FROM ogw_logs.entry WHERE job_id = 'early';
DROP OWNED BY ogw_test_early;
DROP ROLE ogw_test_early;
