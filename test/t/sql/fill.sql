-- A log as it is in use: written in each way, with grants of each kind, and with what
-- a DBA adds. roles.sql runs before it.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET ogw_logs.max_age = '24855d';
SELECT ogw_logs.create_log('1 hour');
SELECT ogw_logs.set_team('red', body_logging => true, metadata_keys => '{env,feature}', body_retention => '30 days');
SELECT ogw_logs.set_team('green', body_logging => true, redact_bodies => false);
SELECT ogw_logs.set_team('blue', log_retention => '1 year');
SELECT ogw_logs.clear_team('blue', 'log_retention');
INSERT INTO ogw_logs.key_format VALUES ('acme service key', 'acme-key-', 'A-Za-z0-9_', 24, 40);

-- three hours of entries of three teams, bodies of up to some pieces
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", owner, api_key, requested_model, served_model, provider,
	first_byte_ms, latency_ms, status, error_code, error_message, prompt_tokens, cost_usd, user_id, session_id,
	attempts, tool_calls, input, output, metadata)
SELECT 'job-' || n, (ARRAY['red', 'blue', 'green'])[1 + n % 3],
	   to_char(timestamp '2026-11-01 10:00' + n * interval '3 minutes', 'YYYY-MM-DD HH24:MI:SS'),
	   'owner ' || n % 5, 'sk-proj-' || repeat(md5((n % 4)::text), 2), 'gpt-4.1', 'gpt-4.1-mini', 'openai',
	   n, 10 * n, CASE WHEN n % 7 = 0 THEN 'failure' ELSE 'success' END, CASE WHEN n % 7 = 0 THEN 'rate_limited' END,
	   CASE WHEN n % 7 = 0 THEN 'too many requests' END, 100 + n, n * 0.001, 'user ' || n % 6, 'session ' || n % 9,
	   '[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded","error_message":"busy"},'
	   || '{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]',
	   '[{"id":"call-' || n || '","type":"function","function":{"name":"look_up","arguments":"{}"}}]',
	   'question ' || n || (SELECT string_agg(md5(format('%s.%s', n, m)), ' ') FROM generate_series(1, CASE WHEN n % 20 = 3 THEN 600 ELSE 1 END) m),
	   'answer ' || n || ' with OPENAI_API_KEY=sk-proj-' || repeat(md5(n::text), 2),
	   '{"env":"prod","feature":"f' || n % 3 || '","note":"kept with the body"}'
  FROM generate_series(0, 49) n;
SELECT * FROM ogw_logs.insert_logs(
	'[{"job_id":"late","team_id":"red","timestamp":"2026-10-03T12:00:00Z","input":"an early one","model_of_tomorrow":"x"},'
	'{"job_id":"job-3","team_id":"red","timestamp":"2026-11-01T10:09:00Z"},'
	'{"team_id":"red"}]');
SELECT ogw_logs.insert_log(job_id => 'one', team_id => 'green', "timestamp" => '2026-11-01 10:30Z', input => 'one question', output => 'one answer');
SELECT * FROM ogw_logs.purge_bodies('green', '2026-11-01 10:10Z');
SELECT * FROM ogw_logs.erase_user('red', 'user 3');

SELECT ogw_logs.grant_writer('gateway');
SELECT ogw_logs.grant_reader('red_reader', 'red', views => true);
SELECT ogw_logs.grant_reader('every_reader', bodies => true, views => false);
SELECT ogw_logs.grant_admin('red_admin', 'red');
SET ROLE every_reader;
SELECT input IS NOT NULL FROM ogw_logs.get_log('job-6');
RESET ROLE;

-- what a DBA gives, takes and adds
REVOKE EXECUTE ON FUNCTION ogw_logs.insert_logs(json) FROM gateway;
GRANT USAGE ON SCHEMA ogw_logs TO etl, auditor, analyst;
GRANT EXECUTE ON FUNCTION ogw_logs.insert_log TO etl;
GRANT EXECUTE ON FUNCTION ogw_logs.redact(text) TO auditor WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION ogw_logs.privacy_check() TO auditor;
GRANT SELECT ON ogw_logs.team_history, ogw_logs.erasure TO auditor;
GRANT SELECT ON ogw_logs.entry, ogw_logs.logs TO analyst;
GRANT EXECUTE ON FUNCTION ogw_logs_internal.reads_all_teams(), ogw_logs_internal.readable_teams() TO analyst;
CREATE POLICY analyst ON ogw_logs.entry FOR SELECT TO analyst USING (status = 'failure');
GRANT EXECUTE ON FUNCTION ogw_logs_internal.administers_all_teams(), ogw_logs_internal.administered_teams() TO auditor;
ALTER TABLE ogw_logs.entry ADD COLUMN ticket text DEFAULT 'none';
CREATE INDEX entry_user_id ON ogw_logs.entry (user_id, "timestamp");
COMMENT ON COLUMN ogw_logs.entry.latency_ms IS 'Described by a DBA.';
-- the view describes its columns as the table does when it is first brought up to date
COMMENT ON COLUMN ogw_logs.logs.latency_ms IS 'Described by a DBA.';
CREATE SCHEMA bi;
CREATE VIEW bi.by_model AS SELECT served_model, count(*) AS requests FROM ogw_logs.logs GROUP BY served_model;
CREATE VIEW bi.failures AS SELECT * FROM ogw_logs.search(status => 'failure');
GRANT USAGE ON SCHEMA bi TO analyst;
GRANT SELECT ON bi.by_model TO analyst;
