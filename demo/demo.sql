-- An operator's minute: "a strange answer at about this time". demo.sh runs it
-- with these psql variables: since, until (the minute the operator was told),
-- team and job (the request to find), quiet_team (a team that logs no bodies).
-- Only the queries an operator would type are echoed and timed.
\set QUIET on
\set ON_ERROR_STOP on
\pset pager off
\pset null '(null)'
\pset columns 120

\echo
\echo '== 1. The minute: what did the team send, and what came back? =='
\timing on
\set ECHO queries
SELECT job_id, "timestamp"::time(0) AS time, status, requested_model, served_model, latency_ms, cost_usd
FROM ogw_logs.search(since => :'since', until => :'until', team_id => :'team', max_rows => 15);

\set ECHO none
\echo
\echo '== 2. The odd one: another model answered than was asked for =='
\set ECHO queries
SELECT job_id, requested_model, served_model, fallback_reason
FROM ogw_logs.search(since => :'since', until => :'until', team_id => :'team', max_rows => 1000)
WHERE requested_model <> served_model;

\set ECHO none
\echo
\echo '== 3. That request, whole: which attempts, what was asked, what was answered =='
\set ECHO queries
SELECT attempt, model, provider, status, error_code, latency_ms
FROM ogw_logs.attempts
WHERE job_id = :'job' AND team_id = :'team'
  AND "timestamp" >= :'since' AND "timestamp" < :'until'
ORDER BY attempt;

\set ECHO none
\x on
\pset format wrapped
\echo
\set ECHO queries
SELECT "timestamp", owner, api_key, user_id, session_id, first_byte_ms, latency_ms,
       prompt_tokens, completion_tokens, cost_usd, metadata,
       attempts -> 0 ->> 'error_message' AS first_attempts_error,
       left(input, 300) AS input, left(output, 300) AS output
FROM ogw_logs.get_log(:'job', team_id => :'team');

\set ECHO none
\echo
\set ECHO queries
SELECT role, kind, text FROM ogw_logs.messages(:'job', team_id => :'team') WHERE is_new;
\set ECHO none
\timing off
SELECT count(*) > 0 AS has_quiet, max(job_id) AS quiet_job
FROM (SELECT job_id FROM ogw_logs.search(team_id => :'quiet_team', max_rows => 1)) newest
\gset
\if :has_quiet
\echo
\echo '== 4. A team that logs no bodies: its metadata is there, its prompts were never stored =='
\timing on
\set ECHO queries
SELECT job_id, "timestamp", served_model, latency_ms, prompt_tokens, completion_tokens, cost_usd,
       metadata, input, output
FROM ogw_logs.get_log(:'quiet_job', team_id => :'quiet_team');
\set ECHO none
\endif

\x off
\pset format aligned
\echo
\echo '== 5. The day, by model: what did it cost? =='
\timing on
\set ECHO queries
SELECT served_model, count(*) AS requests, count(*) FILTER (WHERE status = 'failure') AS failures,
       sum(cost_usd) AS cost_usd, count(*) FILTER (WHERE cost_usd IS NULL) AS cost_unknown
FROM ogw_logs.logs
WHERE "timestamp" >= date_trunc('day', :'since'::timestamptz)
  AND "timestamp" < date_trunc('day', :'since'::timestamptz) + '1 day'
GROUP BY served_model
ORDER BY cost_usd DESC NULLS LAST;
\set ECHO none
