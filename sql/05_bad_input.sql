-- Bad input: an entry is refused where it cannot be told which it is; else it is stored, and its defects say what is not as it was given.
SET ogw_logs.max_age = '5 d';
SELECT ogw_logs.set_team('bad', body_logging => true);
CREATE FUNCTION pg_temp.try(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text; d text; h text;
BEGIN
	EXECUTE 'SELECT ogw_logs.insert_log(' || call || ')' INTO r;
	RETURN r;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ' ' || SQLERRM || CASE WHEN d <> '' THEN ' DETAIL ' || d ELSE '' END;
END $$;
SELECT left(call, 60) AS call, pg_temp.try(replace(call, $$job_id => 'x', team_id => 'bad'$$, format($$job_id => 'x%s', team_id => 'bad'$$, n))) FROM unnest(ARRAY[
	$$team_id => 'bad'$$,
	$$job_id => '', team_id => 'bad'$$,
	$$job_id => 'x', team_id => ''$$,
	$$job_id => 'x'$$,
	$$job_id => repeat('x', 256), team_id => 'bad'$$,
	$$job_id => repeat('x', 255), team_id => 'bad'$$,
	$$job_id => 'x', team_id => repeat('x', 256)$$,
	$$job_id => 'x', team_id => 'bad', user_id => repeat('x', 256)$$,
	$$job_id => 'x', team_id => 'bad', api_key => repeat('x', 4097)$$,
	$$job_id => 'x', team_id => 'bad', latency_ms => -1$$,
	$$job_id => 'x', team_id => 'bad', prompt_tokens => -2147483648$$,
	$$job_id => 'x', team_id => 'bad', cost_usd => 'NaN'$$,
	$$job_id => 'x', team_id => 'bad', cost_usd => 'Infinity'$$,
	$$job_id => 'x', team_id => 'bad', cost_usd => -0.01$$,
	$$job_id => 'x', team_id => 'bad', cost_usd => 1e10$$,
	$$job_id => 'x', team_id => 'bad', cost_usd => ('0.' || repeat('1', 1000))::numeric$$,
	$$job_id => 'x', team_id => 'bad', status => 'ok'$$,
	$$job_id => 'x', team_id => 'bad', attempts => '[{"secret": canary]'$$,
	$$job_id => 'x', team_id => 'bad', tool_calls => ''$$,
	$$job_id => 'x', team_id => 'bad', metadata => '{"a":1} canary'$$,
	$$job_id => 'x', team_id => 'bad', metadata => repeat('[', 10000) || repeat(']', 10000)$$,
	$$job_id => 'x', team_id => 'bad', "timestamp" => '1970-01-01'$$,
	$$job_id => 'x', team_id => 'bad', "timestamp" => 'infinity'$$,
	$$job_id => 'x', team_id => 'bad', "timestamp" => '-infinity'$$,
	$$job_id => 'x', team_id => 'bad', "timestamp" => now() + interval '1 year'$$,
	$$job_id => 'x', team_id => 'bad', "timestamp" => now() + interval '23 hours'$$,
	$$job_id => 'x', team_id => 'bad', "timestamp" => now() - interval '6 days'$$
	]) WITH ORDINALITY AS c (call, n);
SELECT left(job_id, 4) AS job_id, defects, status, latency_ms, prompt_tokens, cost_usd, length(user_id) AS user_id, api_key, body_state, abs(extract(epoch FROM "timestamp" - now())) < 600 AS of_now
  FROM (SELECT * FROM ogw_logs.entry e WHERE e.team_id = 'bad' AND e.job_id LIKE 'x%') e ORDER BY length(e.job_id), e.job_id;
SET ogw_logs.max_body_bytes = 1024;
SELECT pg_temp.try($$job_id => 'long', team_id => 'bad', input => repeat('x', 1025)$$);
SELECT pg_temp.try($$job_id => 'long', team_id => 'bad-off', input => repeat('x', 1025)$$) AS dropped_anyway;
SELECT pg_temp.try($$job_id => 'part', team_id => 'bad', input => repeat('x', 1025), output => 'short'$$);
SELECT job_id, team_id, body_state, defects FROM ogw_logs.entry WHERE job_id IN ('long', 'part') ORDER BY 1, 2;
SELECT input, output, body_state FROM ogw_logs.get_log('part');
RESET ogw_logs.max_body_bytes;

-- the same in a batch: each has its own rejection, its neighbours are stored
TRUNCATE ogw_logs.rejected;
SELECT * FROM ogw_logs.insert_logs($$[
	{"job_id":"ok-1","team_id":"bad"},
	{"team_id":"bad"},
	{"job_id":null,"team_id":"bad"},
	{"job_id":"b3","team_id":""},
	{"job_id":["b4"],"team_id":"bad"},
	{"job_id":"b5","team_id":"bad","latency_ms":-5},
	{"job_id":"b6","team_id":"bad","latency_ms":"12 ms"},
	{"job_id":"b7","team_id":"bad","prompt_tokens":2147483648},
	{"job_id":"b8","team_id":"bad","cost_usd":"NaN"},
	{"job_id":"b9","team_id":"bad","cost_usd":"1e9999"},
	{"job_id":"b10","team_id":"bad","status":"maybe"},
	{"job_id":"b11","team_id":"bad","timestamp":"1970-01-01T00:00:00Z"},
	{"job_id":"b12","team_id":"bad","timestamp":"infinity"},
	{"job_id":"b13","team_id":"bad","timestamp":"yesterday"},
	{"job_id":"b14","team_id":"bad","timestamp":1790812800},
	{"job_id":"b15","team_id":"bad","timestamp":"2026-02-30T00:00:00Z"},
	{"job_id":"b16","team_id":"bad","attempts":"[broken"},
	{"job_id":"ok-2","team_id":"bad","input":"\u0000\udc00"},
	{"job_id":"b17", "team_id":"bad", nonsense},
	{"job_id":"b18","team_id":"bad","input":"bad escape \x"},
	{"job_id":"ok-1","team_id":"bad","input":"again"},
	"a string", 17, null, [], [{"job_id":"nested","team_id":"bad"}],
	{"job_id":"ok-3","team_id":"bad"}]$$);
SELECT "position", job_id, team_id, field, reason FROM ogw_logs.rejected ORDER BY 1;
SELECT job_id, defects, status, latency_ms, prompt_tokens, cost_usd, "timestamp" > now() - interval '1 minute' AS of_now
  FROM ogw_logs.entry WHERE team_id = 'bad' AND job_id ~ '^(ok-|b[0-9])' ORDER BY length(job_id), 1;
SELECT input, metadata FROM ogw_logs.get_log('b18');
SELECT input FROM ogw_logs.get_log('ok-2');
-- next year
SELECT * FROM ogw_logs.insert_logs(json_build_array(json_build_object('job_id', 'future', 'team_id', 'bad',
	'timestamp', to_char(now() AT TIME ZONE 'UTC' + interval '1 year', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))::text);
-- nested 10,000 deep between two good ones
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"deep-1","team_id":"bad"},{"job_id":"deep-2","team_id":"bad","input":'
	|| repeat('[', 10000) || repeat(']', 10000) || '},{"job_id":"deep-3","team_id":"bad"}]');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"deep-4","team_id":"bad","input":'
	|| repeat('[', 511) || repeat(']', 511) || '}]');
-- an array that does not end: what can be read is stored, the rest is one refusal
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"cut-1","team_id":"bad"},{"job_id":"cut-2","team_id":"bad","input":"and so');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"cut-3","team_id":"bad"}');
-- what is no element is counted and refused all the same
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"tail-1","team_id":"bad"},]');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"tail-2","team_id":"bad"}][{"job_id":"tail-3","team_id":"bad"}]');
SELECT * FROM ogw_logs.insert_logs('[,{"job_id":"tail-4","team_id":"bad"}] ');
SELECT * FROM ogw_logs.insert_logs('[');
-- what is no array is read line by line
SELECT ogw_logs.insert_logs('{"job_id":"canary"}');
SELECT ogw_logs.insert_logs('canary');
SELECT ogw_logs.insert_logs('');
-- 10,000 entries in one call, each three times
SELECT * FROM ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', 'many-' || n % 10000, 'team_id', 'bad'))
	FROM generate_series(1, 30000) n)::text);
-- a body of 20 MB comes back whole; memory is given back
SELECT ogw_logs.set_team('bad', redact_bodies => false);
SELECT * FROM ogw_logs.insert_logs(json_build_array(json_build_object('job_id', 'big', 'team_id', 'bad',
	'input', (SELECT string_agg(md5(n::text), E'\n') FROM generate_series(1, 600000) n)))::text);
SELECT length(input), md5(input) = md5((SELECT string_agg(md5(n::text), E'\n') FROM generate_series(1, 600000) n)) AS exact
  FROM ogw_logs.get_log('big');
SELECT count(*) AS contexts_left FROM pg_backend_memory_contexts
 WHERE name LIKE 'ogw_logs%' AND name NOT IN ('ogw_logs settings', 'ogw_logs teams', 'ogw_logs key formats');

-- what could make a search for keys slow ends soon, four times as long at full size
\set full ''
\getenv full OGW_FULL
SELECT CASE :'full' WHEN '' THEN 1 ELSE 4 END AS times \gset
SELECT ogw_logs.set_team('bad', redact_bodies => true);
SELECT ogw_logs.insert_log(job_id => 'slow-1', team_id => 'bad', input => repeat('sk-proj-', 250000 * :times));
SELECT ogw_logs.insert_log(job_id => 'slow-2', team_id => 'bad', api_key => 'a7Kq92LmPz4Xw1Rt', input => repeat('\u00617Kq92LmPz4Xw1Rt', 250000 * :times));
SELECT ogw_logs.insert_log(job_id => 'slow-3', team_id => 'bad', api_key => repeat('a', 4095) || 'b', input => repeat('a', 2500000 * :times) || '\u0041');
SELECT ogw_logs.insert_log(job_id => 'slow-4', team_id => 'bad', api_key => 'x"bcdefghijklmnop\', input => repeat('\', 2500000 * :times));
SELECT ogw_logs.insert_log(job_id => 'slow-5', team_id => 'bad', api_key => repeat('a', 4095) || 'b', input => repeat('\u0061', 125000 * :times));
SELECT ogw_logs.insert_log(job_id => 'slow-6', team_id => 'bad', api_key => '%25' || repeat('&amp;', 4), input => repeat('%25&amp;', 50000 * :times));
-- (a key that is found leaves less or more of it)
SELECT job_id, length(input) - bytes * :times AS more
  FROM (VALUES ('slow-1', 2000000), ('slow-2', 1000000), ('slow-3', 2500000), ('slow-4', 2500000), ('slow-5', 750000), ('slow-6', 400000)) sent(id, bytes), ogw_logs.get_log(id);
-- a field that is not known has a bound, too; metadata of a team without bodies is only looked through
SET ogw_logs.max_body_bytes = 1024;
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"unknown","team_id":"bad","new":"' || repeat('x', 1024) || '"},{"job_id":"known","team_id":"bad-off","metadata":{"new":"' || repeat('x', 1024) || '"}}]');
SELECT defects, body_state, unknown_fields FROM ogw_logs.entry WHERE job_id = 'unknown';
RESET ogw_logs.max_body_bytes;

-- COPY: no row is an error, and no line is quoted
TRUNCATE ogw_logs.rejected;
COPY ogw_logs.inbox (job_id, team_id, latency_ms, attempts, input) FROM stdin;
c1	bad	12	\N	fine
c2	bad	-12	\N	canary
c3	bad	12	[canary	canary
\N	bad	12	\N	canary
c4	bad	twelve	\N	canary
c5	bad	12	[]	fine
\.
SELECT * FROM ogw_logs.last_batch();
SELECT method, "position", job_id, field, reason FROM ogw_logs.rejected ORDER BY 2;
SELECT job_id, latency_ms, defects FROM ogw_logs.entry WHERE job_id ~ '^c[1-5]$' ORDER BY 1;
\set SHOW_CONTEXT always
COPY ogw_logs.inbox (job_id, team_id, input) FROM stdin;
c6	bad	fine
c7	bad	canary	one column too many
\.
SELECT count(*) FROM ogw_logs.entry WHERE job_id = 'c6';
