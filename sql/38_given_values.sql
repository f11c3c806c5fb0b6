-- Arguments of insert_log(), in the types that a driver may have for them.
-- In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_given ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_given
SET ogw_logs.log_body_reads = off;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION ogw_logs;
RESET client_min_messages;
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
SELECT ogw_logs.set_team('given', body_logging => true, metadata_keys => '{env}');
SET client_min_messages = warning;
SELECT ogw_logs.create_log();
RESET client_min_messages;

-- A time without a zone is UTC, whatever the session's, and however it is typed; one with a
-- zone is that moment. The way in which a session writes times does not matter.
SET timezone = 'Europe/Berlin';
SET datestyle = 'German, DMY';
SELECT ogw_logs.insert_log('text', 'given', '2026-03-29T02:30:00'), ogw_logs.insert_log('typed text', 'given', '2026-03-29T02:30:00'::text),
	   ogw_logs.insert_log('varchar', 'given', '2026-03-29T02:30:00'::varchar), ogw_logs.insert_log('timestamp', 'given', '2026-03-29T02:30:00'::timestamp);
SET datestyle = 'SQL, MDY';
SET timezone = 'America/New_York';
SELECT ogw_logs.insert_log('with a zone', 'given', '2026-03-29T02:30:00+02:00'), ogw_logs.insert_log('timestamptz', 'given', '2026-03-29T02:30:00+02:00'::timestamptz),
	   ogw_logs.insert_log('date', 'given', '2026-03-29'::date), ogw_logs.insert_log('fraction', 'given', '1999-12-31T23:59:59.999999'::timestamp);
PREPARE unknown AS SELECT ogw_logs.insert_log($1, $2, $3);
EXECUTE unknown('parameter', 'given', '2026-03-29T02:30:00');
PREPARE typed(text, text, timestamp) AS SELECT ogw_logs.insert_log($1, $2, $3);
EXECUTE typed('typed parameter', 'given', '2026-03-29T02:30:00');
SET datestyle = 'ISO';
SET timezone = 'UTC';
SELECT job_id, "timestamp" AT TIME ZONE 'UTC' AS utc FROM ogw_logs.logs WHERE team_id = 'given' ORDER BY job_id COLLATE "C";
-- one that is too far away is the time of arrival, with a defect
SELECT ogw_logs.insert_log('infinity', 'given', 'infinity'::timestamptz), ogw_logs.insert_log('before', 'given', '-infinity'::timestamp),
	   ogw_logs.insert_log('later', 'given', '20000-01-01'::date), ogw_logs.insert_log('earlier', 'given', '0044-03-15 BC'::timestamp),
	   ogw_logs.insert_log('last day', 'given', '5874897-12-31'::date), ogw_logs.insert_log('first day', 'given', '-infinity'::date);
SELECT job_id, "timestamp" > now() - interval '1 hour' AS now, defects FROM ogw_logs.logs
 WHERE job_id IN ('infinity', 'before', 'later', 'earlier', 'last day', 'first day') ORDER BY job_id COLLATE "C";

-- Numbers where a text is read, and numbers of any type where a number is.
SELECT ogw_logs.insert_log(1::smallint, 2::integer, user_id => 3::bigint, session_id => 4.50::numeric, error_code => 429, status => 500),
	   ogw_logs.insert_log('00000000-0000-0000-0000-000000000005'::uuid, 2, user_id => true, session_id => 0.1::real, owner => 1e-7::double precision),
	   ogw_logs.insert_log('name'::name, 2, owner => 'padded'::char(8));
SELECT job_id, user_id, session_id, owner || '.' AS owner, error_code, status, defects FROM ogw_logs.logs WHERE team_id = '2' ORDER BY job_id COLLATE "C";
SELECT ogw_logs.insert_log('int2', 'given', latency_ms => 812::smallint, prompt_tokens => 12::smallint),
	   ogw_logs.insert_log('int8', 'given', latency_ms => 812::bigint, prompt_tokens => 6824241167, cost_usd => 1::bigint),
	   ogw_logs.insert_log('numeric', 'given', latency_ms => 812.4837, prompt_tokens => 12.5, cost_usd => 0.00309999999999999984456877655247808434069156646728515625),
	   ogw_logs.insert_log('float8', 'given', latency_ms => 811.5::double precision, prompt_tokens => 9007199254740991::double precision),
	   ogw_logs.insert_log('too many', 'given', latency_ms => 3e9, prompt_tokens => 9007199254740992),
	   ogw_logs.insert_log('not finite', 'given', latency_ms => 'NaN'::double precision, prompt_tokens => '-Infinity'::double precision, cost_usd => 'NaN'::numeric),
	   ogw_logs.insert_log('text of numbers', 'given', latency_ms => '812.4837', prompt_tokens => ' 12 ', cost_usd => '5e-324');
SELECT job_id, latency_ms, prompt_tokens, cost_usd, defects FROM ogw_logs.logs
 WHERE job_id IN ('int2', 'int8', 'numeric', 'float8', 'too many', 'not finite', 'text of numbers') ORDER BY job_id COLLATE "C";

-- JSON in each of its types, and as bytes: those that are not UTF-8 are repaired.
SELECT ogw_logs.insert_log('json', 'given', metadata => '{"env": "prod", "n": "\u0000"}'::json, attempts => '[{"model": "m"}]'::jsonb, tool_calls => '[]'::json),
	   ogw_logs.insert_log('bytes', 'given', metadata => '\x7b22656e76223a22ff70cc227d'::bytea, attempts => '[]'::bytea, owner => '\x68c3a9ff00c3'::bytea),
	   ogw_logs.insert_log('hexadecimal', 'given', metadata => '\x7b22656e76223a2270726f64227d', tool_calls => '\x5b5D', input => '\x7b7d'),
	   ogw_logs.insert_log('nearly', 'given', metadata => '\x7b2', attempts => '\x7g', tool_calls => '\x');
SELECT job_id, owner, metadata, attempts, tool_calls, input, defects FROM ogw_logs.get_log('json', 'given')
UNION ALL SELECT job_id, owner, metadata, attempts, tool_calls, input, defects FROM ogw_logs.get_log('bytes', 'given')
UNION ALL SELECT job_id, owner, metadata, attempts, tool_calls, input, defects FROM ogw_logs.get_log('hexadecimal', 'given')
UNION ALL SELECT job_id, owner, metadata, attempts, tool_calls, input, defects FROM ogw_logs.get_log('nearly', 'given');

-- A writer may give them all, and nobody else may use what converts them.
CREATE ROLE ogw_test_given;
SELECT ogw_logs.grant_writer('ogw_test_given');
SET ROLE ogw_test_given;
SELECT ogw_logs.insert_log('of a writer', 'given', '2026-03-29T02:30:00'::timestamp, metadata => '{}'::bytea),
	   ogw_logs.insert_log('of a writer, too', 'given', now(), user_id => true, owner => '2026-03-29'::date);
CREATE TEMP TABLE mine (given ogw_logs.given_value);
RESET ROLE;
SELECT ogw_logs.revoke_access('ogw_test_given');
SET ROLE ogw_test_given;
SELECT now()::ogw_logs.given_value;
RESET ROLE;

\c :regression
DROP DATABASE ogw_test_given;
DROP ROLE ogw_test_given;
