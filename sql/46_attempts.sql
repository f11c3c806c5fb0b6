-- Attempts as gateways tell them: read by the rules of the entry's own fields. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_attempts ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_attempts
SET TimeZone = 'UTC';
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => t = 'on') FROM unnest(ARRAY['on', 'off']) t;
\o
CREATE SEQUENCE job;
-- what stays of attempts with bodies off, "-" where something was left out, the fallback's reason, and the defects
CREATE FUNCTION pg_temp.kept(given text, OUT kept text, OUT reason text, OUT defects text) LANGUAGE plpgsql AS $$
DECLARE job text := 'job-' || nextval('job');
BEGIN
	PERFORM ogw_logs.insert_log(job_id => job, team_id => 'off', attempts => given);
	SELECT coalesce(e.attempts::text, 'NULL') || CASE e.body_state WHEN 'none' THEN '' WHEN 'off' THEN ' -' END, e.fallback_reason, array_to_string(e.defects, ' ')
	  INTO kept, reason, defects FROM ogw_logs.entry e WHERE e.job_id = job;
END $$;

-- Numbers are read as texts, and texts as numbers; a status is mapped, and tells the code where there is no other.
SELECT k.* FROM unnest(ARRAY[
	'[{"model":"a","provider":"p","status":429,"error_code":429,"latency_ms":1423},{"model":"b","provider":"q","status":200,"latency_ms":"1032"}]',
	'[{"model":"a","status":"error","error_code":429},{"model":"b","status":"Success"}]',
	'[{"model":"a","status":"429"},{"model":"b","status":"OK"}]',
	'[{"model":"a","status":"Success"},{"model":"b","status":"failure","error_code":"x"}]',
	'[{"model":"a","status":"error"},{"model":"b"}]',
	'[{"model":"a","status":"timeout"},{"model":"b","status":"completed"}]',
	'[{"model":"a","status":"cancelled"},{"model":"b","status":"succeeded"}]',
	'[{"model":"a","error_code":"overloaded"},{"model":"b","error_code":"busy"},{"model":"c"}]',
	'[{"model":"a","status":"failure","error_code":"final"}]',
	'[{"model":"a"},{"model":"b","status":500},{"model":"c","status":503},{"model":"d","status":204}]',
	'[{"latency_ms":812.4837},{"latency_ms":"1.2e3"},{"latency_ms":" 7 "},{"latency_ms":-1},{"latency_ms":"many"},{"latency_ms":3000000000},{"latency_ms":null}]',
	'[{"model":7,"provider":true,"error_code":1.5,"status":"maybe"},{"model":{"canary":1},"provider":["canary"],"error_code":{"canary":1},"status":{"canary":1}}]']) g, LATERAL pg_temp.kept(g) k;

-- Other names.
SELECT k.* FROM unnest(ARRAY[
	'[{"success":false,"status_code":503,"error_type":"overloaded_error","duration_ms":12},{"success":true,"http_status":200,"latency":40}]',
	'[{"deployment":"a-eu","vendor":"azure","outcome":"failed","error":{"code":429,"type":"rate_limit","message":"canary text"}},{"model_name":"b","custom_llm_provider":"bedrock","ok":true}]',
	'[{"modelId":"a","error":{"type":"invalid_request","message":"canary"}},{"modelId":"b"}]',
	'[{"model":"a","error":"rate_limited"},{"model":"b","error":null}]',
	'[{"model":"a","error":"canary went wrong"},{"model":"b","error":false}]',
	'[{"model":"a","failed":true,"reason":"circuit_open"},{"model":"b","failed":false}]',
	'[{"statusCode":"500","duration_seconds":1.4235},{"latency_s":"2"},{"latency":1.4},{"duration":1032},{"latency_s":"1e1"}]',
	'[{"status":"success","status_code":500},{"status":"error","status_code":429,"code":"x"},{}]']) g, LATERAL pg_temp.kept(g) k;

-- What is no word, and what is of no known shape, does not stay.
SELECT k.* FROM unnest(ARRAY[
	'[{"model":"a","error_code":"canary said so","error_message":"canary"},{"model":"b"}]',
	'[{"model":"a","provider":"canary said so","status":"canary said so"},{"model":"b"}]',
	'[{"model":"a","error_code":"' || repeat('c', 65) || '"},{"model":"' || repeat('m', 256) || '"}]',
	'{"model":"a","status":500}', '"[{\"model\":\"a\",\"status\":500},{\"model\":\"b\"}]"', '[500,"503",200]', '["gpt-4.1","canary"]', '[["canary"],true,null]',
	'"canary"', '3', '{}', '[]', '[{}]', '[{"canary":{"model":"canary"}}]', '[{"m\u006fdel":"\u00fc\u0000\ud800"}]', 'null']) g, LATERAL pg_temp.kept(g) k;
SELECT count(*) AS with_canary FROM ogw_logs.entry e WHERE e::text LIKE '%canary%';

-- More than fit: the last; the reason is of the first that failed.
SELECT json_array_length(e.kept) AS n, e.kept -> 0 ->> 'model' AS first, e.kept -> -1 ->> 'model' AS last, reason, defects
  FROM unnest(ARRAY[45, 150, 1000]) n, LATERAL pg_temp.kept((SELECT json_agg(json_build_object('model', 'model-' || i, 'provider', 'some-provider', 'status', CASE WHEN i IN (1, n) THEN 'success' ELSE 'failure' END, 'error_code', 'code-' || i, 'latency_ms', i))
	FROM generate_series(1, n) i)::text) k, LATERAL (SELECT substring(k.kept FROM '^.*\]')::json) AS e (kept);
SELECT left(k.kept, 30) AS kept, k.reason, k.defects FROM unnest(ARRAY['[' || repeat('{},', 1000000) || '{"status":500}]', '[' || repeat('{"latency_ms":1.5},', 300000) || '7]', '[{"error_code":"x"},' || repeat('"\u0061",', 300000) || '{}]']) g, LATERAL pg_temp.kept(g) k;

-- With bodies on the whole lives with the body where it is more, or another value.
SELECT ogw_logs.insert_log(job_id => 'w' || n, team_id => 'on', attempts => given) FROM unnest(ARRAY[
	'[{"model":"a","provider":"p","status":"failure","error_code":"429","latency_ms":7},{"model":"b","status":"success"}]', '[ {"latency_ms" : 7, "model": "a"} , { } ]', '[{"model":"a","status":429},{"model":"b"}]', '[{"model":"a","error_message":"text"}]', 'canary'])
	WITH ORDINALITY AS x (given, n);
SELECT e.job_id, e.attempts AS kept, e.fallback_reason, e.body_state, l.attempts AS whole FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id) l WHERE e.team_id = 'on' ORDER BY 1;
SELECT job_id, attempt, model, provider, status, error_code, latency_ms, final FROM ogw_logs.attempts WHERE team_id = 'on' ORDER BY 1, 2;
-- a reason that the writer gave stays
SELECT ogw_logs.insert_log(job_id => 'given', team_id => 'on', fallback_reason => 'mine', attempts => '[{"status":429},{}]');
SELECT fallback_reason FROM ogw_logs.entry WHERE job_id = 'given';

\c :regression
DROP DATABASE ogw_test_attempts;
