-- What public reports of gateways and logs describe, and what becomes of it here: nothing of it costs
-- an entry. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_reported ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_reported
SET TimeZone = 'Europe/Berlin';
SET DateStyle = 'ISO';
SET client_min_messages = error;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.set_team('red', body_logging => true, metadata_keys => '{env}'), ogw_logs.set_team('blue', metadata_keys => '{env,audio_seconds,prompt}');
\o

-- An odd value costs its field at the most: what is given beside the ids, and what is in the entry.
CREATE TABLE odd (n integer GENERATED ALWAYS AS IDENTITY, given text, field text, stored text, defects text);
INSERT INTO odd (given, field, stored, defects) VALUES
	-- ids from headers
	(format('"user_id":"%s"', repeat('u', 256)), 'length(user_id)', '255', '{user_id:too_long}'),
	(format('"session_id":"%s"', repeat('é', 128)), 'octet_length(session_id) <= 255', 'true', '{session_id:too_long}'),
	(format('"requested_model":"%s"', repeat('中', 86)), 'octet_length(requested_model) <= 255', 'true', '{requested_model:too_long}'),
	(format('"owner":"%s"', repeat('o', 1000)), 'length(owner)', '255', '{owner:too_long}'),
	(format('"error_code":"%s"', repeat('e', 256)), 'error_code', NULL, '{error_code:not_a_word}'),
	('"fallback_reason":"the model did not like: my prompt"', 'fallback_reason', NULL, '{fallback_reason:not_a_word}'),
	(format('"api_key":"%s"', repeat('k', 4097)), 'api_key', '****', NULL),
	('"user_id":{"id":7}', 'user_id', NULL, '{user_id:not_a_scalar}'),
	('"user_id":7', 'user_id', '7', NULL),
	('"user_id":true', 'user_id', 'true', NULL),
	-- statuses
	('"status":"cancelled"', 'status', 'cancelled', NULL), ('"status":"canceled"', 'status || error_code', NULL, NULL),
	('"status":"aborted"', 'status || '' '' || error_code', 'cancelled aborted', NULL),
	('"status":499', 'status || '' '' || error_code', 'cancelled 499', NULL),
	('"status":"error"', 'status', 'failure', NULL), ('"status":"Failed"', 'status', 'failure', NULL),
	('"status":"timeout"', 'status || '' '' || error_code', 'failure timeout', NULL),
	('"status":429', 'status || '' '' || error_code', 'failure 429', NULL),
	('"status":"503","error_code":"overloaded"', 'status || '' '' || error_code', 'failure overloaded', NULL),
	('"status":"HTTP 500 Internal Server Error"', 'status', 'failure', NULL),
	('"status":"ok"', 'status', 'success', NULL), ('"status":200', 'status', 'success', NULL), ('"status":204.0', 'status', 'success', NULL),
	('"status":true', 'status', 'success', NULL), ('"status":"COMPLETED"', 'status', 'success', NULL), ('"status":"STATUS_CODE_ERROR"', 'status', 'failure', NULL),
	('"status":""', 'status', NULL, NULL), ('"status":null', 'status', NULL, NULL),
	('"status":"in_progress"', 'status', NULL, '{status:not_a_status}'), ('"status":302', 'status', NULL, '{status:not_a_status}'),
	('"status":{"code":200}', 'status', NULL, '{status:not_a_scalar}'),
	-- numbers
	('"latency_ms":812.4837', 'latency_ms', '812', NULL), ('"latency_ms":"812.5"', 'latency_ms', '813', NULL), ('"latency_ms":812.0', 'latency_ms', '812', NULL),
	('"latency_ms":1.2e3', 'latency_ms', '1200', NULL), ('"latency_ms":" 7 "', 'latency_ms', '7', NULL), ('"latency_ms":-0', 'latency_ms', '0', NULL),
	('"first_byte_ms":3600000000', 'first_byte_ms', NULL, '{first_byte_ms:out_of_range}'),
	('"prompt_tokens":6824241167', 'prompt_tokens', '6824241167', NULL), ('"prompt_tokens":9223372036854775807', 'prompt_tokens', '9223372036854775807', NULL),
	('"prompt_tokens":9223372036854775808', 'prompt_tokens', NULL, '{prompt_tokens:out_of_range}'), ('"prompt_tokens":1e400', 'prompt_tokens', NULL, '{prompt_tokens:out_of_range}'),
	('"prompt_tokens":""', 'prompt_tokens', NULL, NULL), ('"prompt_tokens":"N/A"', 'prompt_tokens', NULL, '{prompt_tokens:not_a_number}'),
	('"prompt_tokens":-1', 'prompt_tokens', NULL, '{prompt_tokens:negative}'), ('"prompt_tokens":[1]', 'prompt_tokens', NULL, '{prompt_tokens:not_a_scalar}'),
	('"prompt_tokens":true', 'prompt_tokens', NULL, '{prompt_tokens:not_a_number}'),
	-- costs
	('"cost_usd":-0.0021', 'cost_usd', '-0.0021', NULL), ('"cost_usd":5e-324', 'cost_usd = 0', 'true', NULL),
	('"cost_usd":1.0000000000000001e-7', 'cost_usd', '0.00000010000000000000001', NULL), ('"cost_usd":"2"', 'cost_usd', '2', NULL), ('"cost_usd":0', 'cost_usd', '0', NULL),
	('"cost_usd":0.00309999999999999984456877655247808434069156646728515625', 'cost_usd', '0.003099999999999999844568776552', NULL),
	('"cost_usd":1e30', 'cost_usd = 1e30', 'true', NULL), ('"cost_usd":NaN', 'cost_usd', NULL, '{cost_usd:not_a_number}'),
	('"cost_usd":"Infinity"', 'cost_usd', NULL, '{cost_usd:not_a_number}'), ('"cost_usd":1e101', 'cost_usd', NULL, '{cost_usd:out_of_range}'),
	-- what Python writes
	('"metadata":{"env":"x","p":NaN}', 'metadata', '{"env":"x"}', '{metadata:not_a_number}'), ('"metadata":{"env":-Infinity}', 'metadata', '{"env":null}', '{metadata:not_a_number}'),
	('"metadata":{"env":None,"a":True}', 'metadata', '{"env":null}', NULL), ('"user_id":None', 'user_id', NULL, NULL), ('"latency_ms":NaN', 'latency_ms', NULL, '{latency_ms:not_a_number}'),
	('"input":{"logprobs":[-Infinity,NaN]}', 'body_state', 'stored', NULL),
	-- JSON that is none, or too deep
	('"metadata":""', 'metadata', NULL, '{metadata:invalid_json}'), ('"attempts":"no json"', 'attempts', NULL, '{attempts:invalid_json}'),
	('"tool_calls":7', 'tool_calls', NULL, '{tool_calls:wrong_shape}'), ('"metadata":[1]', 'metadata', NULL, '{metadata:wrong_shape}'),
	(format('"input":%s1%s', repeat('[', 600), repeat(']', 600)), 'body_state', 'stored', NULL),
	(format('"metadata":%s1%s', repeat('[', 600), repeat(']', 600)), 'metadata', NULL, '{metadata:too_deep}'),
	(format('"user_id":%s1%s', repeat('[', 600), repeat(']', 600)), 'user_id', NULL, '{user_id:not_a_scalar}'),
	('"input":"an escape \x that is none"', 'body_state', 'stored', NULL),
	-- ids that hold secrets
	(format('"session_id":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.%s"', repeat('dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U', 1)), 'session_id ~ ''^eyJ.*[*]{4}~[0-9a-f]{32}$''', 'true', '{session_id:holds_a_secret}');
SELECT * FROM ogw_logs.insert_logs((SELECT '[' || string_agg(format('{"job_id":"odd-%s","team_id":"red",%s}', n, given), ',' ORDER BY n) || ']' FROM odd));
CREATE FUNCTION wrong() RETURNS TABLE (n integer, given text, stored text, defects text) LANGUAGE plpgsql AS $$
DECLARE o odd; s text; d text; BEGIN
	FOR o IN SELECT * FROM odd ORDER BY odd.n LOOP
		EXECUTE format('SELECT (%s)::text, e.defects::text FROM ogw_logs.logs e WHERE e.job_id = ''odd-%s''', o.field, o.n) INTO s, d;
		IF s IS DISTINCT FROM o.stored OR d IS DISTINCT FROM o.defects THEN n := o.n; given := left(o.given, 60); stored := s; defects := d; RETURN NEXT; END IF;
	END LOOP;
END $$;
SELECT * FROM wrong();
-- every reader gives each of them
SELECT (SELECT count(*) FROM ogw_logs.entry WHERE job_id LIKE 'odd-%') = count(*) AS got,
	   count(*) FILTER (WHERE (g.attempts -> 'x') IS NULL AND (g.tool_calls -> 'x') IS NULL AND (g.metadata -> 'x') IS NULL) = count(*) AS readable
  FROM odd o, ogw_logs.get_log('odd-' || o.n) g;
SELECT input FROM odd o, ogw_logs.get_log('odd-' || o.n) WHERE given LIKE '"input":{"logprobs%';

-- Times, with and without a zone, in a session of another: each is this moment.
CREATE TABLE moment (n integer GENERATED ALWAYS AS IDENTITY, given text);
INSERT INTO moment (given) VALUES ('2026-11-29T10:00:00.123Z'), ('2026-11-29T10:00:00.123'), ('2026-11-29 10:00:00,123'), ('2026-11-29T11:00:00.123+01:00'), ('2026-11-29T11:00:00.123+01:00[Europe/Berlin]'),
	('2026-11-29 10:00:00.123 +0000 UTC'), ('2026-11-29 10:00:00.1230000000000 +0000 UTC m=+0.001'), ('20261129T100000.123Z'), ('1795946400.123'), ('1795946400123'), ('1795946400123000'),
	('1795946400123000000'), ('1.795946400123e9'), (' 2026-11-29T10:00:00.123Z '), ('2026/11/29 10:00:00.123'), ('2026-11-29 10:00:00.123 UTC'), ('2026-11-29t10:00:00.123z'), ('2026-11-29T10:00:00.123-0000');
-- and these are its second
CREATE TABLE second (n integer GENERATED ALWAYS AS IDENTITY, given text);
INSERT INTO second (given) VALUES ('Sun, 29 Nov 2026 10:00:00 GMT'), ('Sunday, 29-Nov-26 10:00:00 GMT'), ('Sun Nov 29 10:00:00 2026'), ('Sun Nov 29 10:00:00 UTC 2026'), ('Sun Nov 29 2026 11:00:00 GMT+0100 (Central European Standard Time)'),
	('29/Nov/2026:10:00:00 +0000'), ('Nov 29, 2026, 10:00:00 AM'), ('29 Nov 2026 10:00:00 +0000'), ('2026-11-29T10:00Z'), ('1795946400'), ('20261129100000'), ('2026-11-29 12:00:00 +0200'), ('29.11.2026 10:00:00 UTC'), ('November 29th, 2026 at 10:00:00 UTC');
SELECT stored FROM ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', 'moment-' || n, 'team_id', 'blue', 'timestamp', given)) FROM moment)::text);
SELECT stored FROM ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', 'second-' || n, 'team_id', 'blue', 'timestamp', given)) FROM second)::text);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") SELECT 'inbox-' || n, 'blue', given FROM moment;
SELECT DISTINCT ogw_logs.insert_log(job_id => 'single-' || n, team_id => 'blue', "timestamp" => given) FROM moment;
SELECT m.given, e."timestamp", e.defects FROM moment m JOIN ogw_logs.entry e ON e.job_id IN ('moment-' || n, 'inbox-' || n, 'single-' || n) WHERE e."timestamp" <> '2026-11-29 10:00:00.123Z';
SELECT m.given, e."timestamp", e.defects FROM second m JOIN ogw_logs.entry e ON e.job_id = 'second-' || n WHERE e."timestamp" <> '2026-11-29 10:00:00Z';
SELECT ogw_logs.insert_log(job_id => 'typed', team_id => 'blue', "timestamp" => timestamp '2026-11-29 10:00:00.123');
SELECT "timestamp" AT TIME ZONE 'UTC' AS utc FROM ogw_logs.entry WHERE job_id = 'typed';
-- no time, or one that cannot be: that of its arrival
SELECT stored FROM ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', 'no-time-' || n, 'team_id', 'blue', 'timestamp', given)) FROM unnest(ARRAY[
	'9999-12-31T23:59:59Z', '1970-01-01T00:00:00Z', 'yesterday', '', '10/01/2026 10:00:00', 'infinity', '2026-02-30', '24:00', 'Sun Nov 29 10:00:00 CEST 2026', '99999999999999999999999']) WITH ORDINALITY t (given, n))::text);
SELECT job_id, defects, abs(extract(epoch FROM "timestamp" - now())) < 600 AS of_now FROM ogw_logs.entry WHERE job_id LIKE 'no-time-%' ORDER BY length(job_id), 1;

-- A body that is too long is left out alone, and the rest of the entry is there.
SET ogw_logs.max_body_bytes = '1kB';
SELECT ogw_logs.insert_log(job_id => 'b64', team_id => 'red', prompt_tokens => 1000000, cost_usd => 3.2, input => repeat('a', 1025), metadata => format('{"env":"prod","x":"%s"}', repeat('y', 1025)));
SELECT prompt_tokens, cost_usd, body_state, defects, metadata FROM ogw_logs.logs WHERE job_id = 'b64';
RESET ogw_logs.max_body_bytes;

-- The trail of attempts has its codes; the first failure that another followed is the reason.
SELECT ogw_logs.insert_log(job_id => 'at' || n, team_id => 'blue', attempts => a) FROM unnest(ARRAY[
	'[{"model":"a","provider":"p","status":429,"error_code":429,"latency_ms":1423},{"model":"b","provider":"q","status":200,"latency_ms":"1032"}]',
	'[{"status":"error","error_code":429},{"status":"Success"}]', '[{"success":false,"status_code":503,"error_type":"overloaded"},{"success":true}]', '[{"status":"Success"},{"status":"ok"}]']) WITH ORDINALITY t (a, n);
SELECT job_id, fallback_reason, attempts FROM ogw_logs.logs WHERE job_id ~ '^at\d' ORDER BY 1;

-- A placeholder is no key: it masks nothing and refuses no team.
SELECT ogw_logs.insert_log(job_id => 'lm1', team_id => 'red', api_key => 'lm-studio', provider => 'lm-studio', requested_model => 'lm-studio/qwen2.5', input => 'How do I start the lm-studio server?');
SELECT ogw_logs.insert_log(job_id => 'lm2', team_id => 'internal-svc', api_key => 'internal-svc'), ogw_logs.insert_log(job_id => 'lm4', team_id => 'red', api_key => '00000000', input => '{"n":1000000000}');
SELECT job_id, provider, requested_model, user_id, input FROM unnest(ARRAY['lm1', 'lm2', 'lm4']) j, ogw_logs.get_log(j);
SELECT count(*) FROM ogw_logs.search(provider => 'lm-studio');

-- One odd body hides no session, and no operator on json fails.
SELECT * FROM ogw_logs.insert_logs($$[{"job_id":"z1","team_id":"red","session_id":"zs","input":{"messages":[{"content":"hi \ud83d"}]},"metadata":{"a":"x\u0000","note":"y"}},
	{"job_id":"z2","team_id":"red","session_id":"zs","input":"plain text"},{"job_id":"z3","team_id":"red","session_id":"zs","input":{"messages":[{"content":"fine"}]}}]$$);
SELECT job_id, metadata ->> 'note' AS note, m.text FROM ogw_logs.get_session('zs', 'red') g, LATERAL (SELECT text FROM ogw_logs.messages(g.job_id, 'red') LIMIT 1) m ORDER BY job_id;

-- An erasure rewrites no code for the digits of an id.
SELECT ogw_logs.insert_log(job_id => 'e', team_id => 'red', user_id => '42', owner => '4', error_code => '429', attempts => '[{"model":"a","status":"failure","error_code":"429"},{"model":"b","status":"success"}]');
SELECT entries FROM ogw_logs.erase_user('red', '42');
SELECT user_id ~ '^erased-' AS erased, owner ~ '^erased-' AS owner, error_code, fallback_reason, attempts FROM ogw_logs.logs WHERE job_id = 'e';

-- Blanks make no body.
SELECT ogw_logs.insert_log(job_id => 'blank' || n, team_id => 'blue', metadata => m) FROM unnest(ARRAY['{"env":"prod"}', '{"env": "prod"}', '{}', '[]', ' { } ']) WITH ORDINALITY t (m, n);
SELECT job_id, metadata, body_state FROM ogw_logs.logs WHERE job_id LIKE 'blank%' ORDER BY 1;

-- Bytes that are no UTF-8 cost their neighbours nothing.
SELECT * FROM ogw_logs.insert_logs(convert_to('[{"job_id":"u1","team_id":"red","input":"', 'UTF8') || '\xe697'::bytea || convert_to('"},{"job_id":"u2","team_id":"red","input":"fine"}]', 'UTF8'));
SELECT job_id, input, defects FROM unnest(ARRAY['u1', 'u2']) j, ogw_logs.get_log(j);

-- A name that was declared counts at the top too, and no content under it.
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"top","team_id":"blue","cache_write_tokens":36900,"audio_seconds":12.4,"prompt":"what was asked","other":1}]');
SELECT cache_write_tokens, metadata, unknown_fields, body_state FROM ogw_logs.logs WHERE job_id = 'top';

SELECT count(*) AS problems FROM ogw_logs.verify();
\c :regression
DROP DATABASE ogw_test_reported;
