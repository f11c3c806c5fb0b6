-- Three methods, one entry: each stores the same.
SELECT ogw_logs.set_team('methods', body_logging => true, redact_bodies => false, metadata_keys => '{env}');
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
SELECT ogw_logs.insert_log(job_id => 'd-single', team_id => 'methods', "timestamp" => '2026-10-01T10:42:00.123456+02:00',
	owner => 'o', api_key => 'sk-ogw-0123456789abcdef0123456789abcdef', requested_model => 'm1', served_model => 'm2',
	provider => 'p', first_byte_ms => 12, latency_ms => 345, status => 'success', error_code => 'e',
	error_message => 'msg', prompt_tokens => 1, completion_tokens => 2, cached_tokens => 3, reasoning_tokens => 4,
	cost_usd => 0.000012300, user_id => 'u', session_id => 's', fallback_reason => 'why',
	attempts => '[{"model":"m1","error_message":"no"}]', tool_calls => '[{"id":"c"}]', input => '{"a": 1}',
	output => 'text "quoted" \ and' || chr(10) || 'a line', metadata => '{"env":"x","more":[1,2]}');
SELECT * FROM ogw_logs.insert_logs($$[
	{"job_id":"d-batch","team_id":"methods","timestamp":"2026-10-01T08:42:00.123456Z","owner":"o",
	 "api_key":"sk-ogw-0123456789abcdef0123456789abcdef","requested_model":"m1","served_model":"m2","provider":"p",
	 "first_byte_ms":12,"latency_ms":345,"status":"success","error_code":"e","error_message":"msg","prompt_tokens":1,
	 "completion_tokens":2,"cached_tokens":3,"reasoning_tokens":4,"cost_usd":0.000012300,"user_id":"u","session_id":"s",
	 "fallback_reason":"why","attempts":[{"model":"m1","error_message":"no"}],"tool_calls":[{"id":"c"}],
	 "input":{"a": 1},"output":"text \"quoted\" \\ and\na line","metadata":{"env":"x","more":[1,2]}}]$$);
-- a cost as a string, bodies as text, everything in COPY's own escapes
COPY ogw_logs.inbox (job_id, team_id, "timestamp", owner, api_key, requested_model, served_model, provider,
	first_byte_ms, latency_ms, status, error_code, error_message, prompt_tokens, completion_tokens, cached_tokens,
	reasoning_tokens, cost_usd, user_id, session_id, fallback_reason, attempts, tool_calls, input, output, metadata) FROM stdin;
d-copy	methods	2026-10-01 08:42:00.123456	o	sk-ogw-0123456789abcdef0123456789abcdef	m1	m2	p	12	345	success	e	msg	1	2	3	4	0.000012300	u	s	why	[{"model":"m1","error_message":"no"}]	[{"id":"c"}]	{"a": 1}	text "quoted" \\ and\na line	{"env":"x","more":[1,2]}
\.
SELECT * FROM ogw_logs.last_batch();
COPY ogw_logs.inbox (job_id, team_id, "timestamp", owner, input, output) FROM stdin WITH (FORMAT csv, HEADER);
job_id,team_id,timestamp,owner,input,output
d-csv,methods,2026-10-01T08:42:00Z,o,"{""a"": 1}","two
lines"
\.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input)
SELECT 'd-insert-' || n, 'methods', '2026-10-01T08:43:00Z', 'body ' || n FROM generate_series(1, 3) n;
SELECT * FROM ogw_logs.last_batch();
SELECT count(*) AS different FROM (
	SELECT to_jsonb(g) - 'job_id' FROM unnest(ARRAY['d-single', 'd-batch', 'd-copy']) j, ogw_logs.get_log(j) g
	 GROUP BY 1) s;
SET TimeZone = 'UTC';
SELECT jsonb_pretty(to_jsonb(g) - 'api_key_fingerprint') FROM ogw_logs.get_log('d-copy') g;
SELECT api_key_fingerprint = ogw_logs.key_fingerprint('sk-ogw-0123456789abcdef0123456789abcdef') AS found_by_key FROM ogw_logs.get_log('d-copy');
SELECT job_id, input, output FROM ogw_logs.get_log('d-csv');
SELECT job_id, input FROM unnest(ARRAY['d-insert-1', 'd-insert-3']) j, ogw_logs.get_log(j);

-- what a JSON array may hold: strings are stored as what they denote, values as their text
SELECT * FROM ogw_logs.insert_logs($$ [ {"job_id":"j-1","team_id":"methods","input":"a\u0000b\ud800c\uD83D\uDE00\u00e9\/\t","output":[1, 2 ,{"x":null}]},
	{"job_id":2,"team_id":"methods","input":null,"output":12.50},
	{"job_id":"j-3","team_id":"methods","input":"","new_field":{"a":1},"another":"x","metadata":{"env":"y"}},
	{"job_id":"j-4","team_id":"methods","new_field":1},
	{"job_id":"j-5","team_id":"methods","new_field":1,"metadata":[1]},
	{"job_id":"j-9","team_id":"methods","new_field":1,"metadata":"null"},
	{"job_id":"first","job\u005fid":"j-6","team_id":"methods","attempts":"[{\"model\":\"m\"}]","tool_calls":{"not":"an array"}} ] $$::text);
SELECT job_id, input, output, metadata, unknown_fields FROM unnest(ARRAY['j-1', '2', 'j-3', 'j-4', 'j-5', 'j-9']) j, ogw_logs.get_log(j);
SELECT job_id, attempts, tool_calls FROM ogw_logs.get_log('j-6');
SELECT attempts, tool_calls FROM ogw_logs.search(job_id => 'j-6');
-- unknown fields with bodies off: dropped and counted
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"j-7","team_id":"methods-off","new_field":"secret","x":2}]');
SELECT metadata, unknown_fields, body_state FROM ogw_logs.get_log('j-7');
-- zeros behind a cost add nothing
SELECT ogw_logs.insert_log(job_id => 'cost', team_id => 'methods', cost_usd => 0.1::numeric(100,60));
SELECT cost_usd FROM ogw_logs.search(job_id => 'cost');
-- json, NULL and nothing
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"j-8","team_id":"methods"}]'::json);
SELECT * FROM ogw_logs.insert_logs(NULL::text);
SELECT * FROM ogw_logs.insert_logs('[]');
SELECT * FROM ogw_logs.insert_logs(' [ ] ');
-- more than one batch in a statement, and a statement inside a statement
CREATE FUNCTION pg_temp.note(n integer) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('inner-' || n, 'methods'); RETURN 'outer-' || n; END $$;
INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT pg_temp.note(n), 'methods' FROM generate_series(1, 1500) n;
SELECT * FROM ogw_logs.last_batch();
SELECT count(*) FROM ogw_logs.entry WHERE job_id LIKE 'inner-%' OR job_id LIKE 'outer-%';
-- a statement that fails takes its rows, and only them, with it
DO $$ BEGIN
	INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT 'lost-' || n, 'methods' FROM generate_series(1, 1200) n WHERE 1 / (1200 - n) >= 0;
EXCEPTION WHEN division_by_zero THEN
	INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('after-error', 'methods');
END $$;
SELECT * FROM ogw_logs.last_batch();
SELECT count(*) FROM ogw_logs.entry WHERE job_id LIKE 'lost-%' OR job_id = 'after-error';
-- inbox takes entries and holds none
SELECT count(*) FROM ogw_logs.inbox;
DELETE FROM ogw_logs.inbox;
