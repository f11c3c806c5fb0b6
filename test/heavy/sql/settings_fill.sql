-- A log with sealed partitions, an open one and unsealed bodies, in which a user, a session
-- and a key each have more entries than a search reads at once. After it, maintain_all().
SET client_min_messages = warning;
SET ogw_logs.max_age = '24855d';
SELECT ogw_logs.set_team('red', body_logging => true, redact_bodies => false, metadata_keys => '{env}');
SELECT ogw_logs.set_team('blue', log_retention => '1000 years');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", owner, api_key, requested_model, served_model, provider, latency_ms,
	status, error_code, cost_usd, user_id, session_id, attempts, input, output, metadata)
SELECT 'job-' || n, CASE WHEN n % 5 = 0 THEN 'blue' ELSE 'red' END,
	   to_char(timestamp '2026-03-28 22:00' + n * interval '61 seconds', 'YYYY-MM-DD HH24:MI:SS'),
	   'owner ' || n % 5, 'sk-proj-' || repeat(md5((n % 4)::text), 2), 'gpt-4.1', 'gpt-4.1-mini', 'openai', n,
	   CASE WHEN n % 7 = 0 THEN 'failure' ELSE 'success' END, CASE WHEN n % 7 = 0 THEN 'rate_limited' END, n * 0.0000001,
	   'user ' || n % 3, 'session ' || n / 40,
	   '[{"model":"gpt-4.1","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","status":"success"}]',
	   'question ' || n || repeat(' of many words', n % 9), 'answer ' || md5(n::text), '{"env":"prod","note":"kept with the body"}'
  FROM generate_series(0, 2999) n;
