-- Nothing leaves its row: row-level security does not cover TOAST tables.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ogw_logs;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET ogw_logs.max_age = '20000d';
SELECT ogw_logs.set_team('i-on', body_logging => true), ogw_logs.set_team('i-off', metadata_keys => (SELECT array_agg('k' || n) FROM generate_series(1, 100) n));
CREATE FUNCTION pg_temp.hex(bytes integer) RETURNS text LANGUAGE sql AS $$ SELECT left(string_agg(md5(n::text), ''), bytes) FROM generate_series(0, bytes / 32) n $$;
-- 255 bytes of Cyrillic that do not compress
CREATE FUNCTION pg_temp.id(seed text) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(chr(1040 + get_byte(sha256((seed || n)::bytea), 0) % 64), '') || '.' FROM generate_series(1, 127) n $$;
CREATE FUNCTION pg_temp.try(job_id text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN length(g.input) FROM ogw_logs.get_log(job_id, 'i-on', near => '2026-05-01Z') g;
EXCEPTION WHEN data_corrupted THEN RETURN SQLERRM;
END $$;

-- A body is cut into pieces, and comes back exactly: lengths round one and two pieces, 100 kB and 3 MB.
CREATE TEMP TABLE given AS SELECT 'i' || n AS job_id, pg_temp.hex(n) AS input
  FROM (SELECT generate_series(7500, 7900, 2) UNION ALL SELECT generate_series(15300, 15700, 20) UNION ALL SELECT unnest(ARRAY[0, 1, 100000, 3000000])) AS x (n);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT job_id, 'i-on', '2026-05-01T00:00:00Z', input FROM given;
SELECT * FROM ogw_logs.last_batch();
SELECT count(*) AS bodies, count(*) FILTER (WHERE g.input = l.input) AS exact FROM given g, ogw_logs.get_log(g.job_id, 'i-on', near => '2026-05-01Z') l;
CREATE TEMP TABLE piece AS SELECT job_id, chunk, octet_length(content) AS len, row_number() OVER (PARTITION BY job_id ORDER BY chunk) - 1 AS place,
	count(*) OVER (PARTITION BY job_id) AS pieces FROM ogw_logs.body WHERE team_id = 'i-on';
SELECT bool_and(chunk = place) AS numbered, bool_and(CASE WHEN chunk < pieces - 1 THEN len = 3900 ELSE len BETWEEN 1 AND 3900 END) AS cut,
	   count(DISTINCT pieces) > 4 AS many FROM piece;
-- one that is not whole is an error and never another body
DELETE FROM ogw_logs.body b USING piece p WHERE p.job_id = b.job_id AND p.chunk = b.chunk AND b.team_id = 'i-on' AND p.pieces BETWEEN 2 AND 3 AND p.chunk = p.pieces - 1;
SELECT pg_temp.try(job_id), count(*) > 50 AS many FROM piece WHERE pieces BETWEEN 2 AND 3 AND chunk = 0 GROUP BY 1;
BEGIN;
DELETE FROM ogw_logs.body WHERE job_id = 'i100000' AND chunk = 1;
SELECT pg_temp.try('i100000');
ROLLBACK;
BEGIN;
DELETE FROM ogw_logs.body WHERE job_id = 'i100000' AND chunk = 0;
SELECT pg_temp.try('i100000');
ROLLBACK;
BEGIN;
UPDATE ogw_logs.body SET chunk = -chunk WHERE job_id = 'i100000' AND chunk IN (1, 2);
UPDATE ogw_logs.body SET chunk = 3 + chunk WHERE job_id = 'i100000' AND chunk < 0;
SELECT pg_temp.try('i100000');
ROLLBACK;
BEGIN;
INSERT INTO ogw_logs.body SELECT "timestamp", team_id, job_id, 1000, '\x00' FROM ogw_logs.body WHERE job_id = 'i1';
INSERT INTO ogw_logs.body SELECT "timestamp", team_id, job_id, 1, content FROM ogw_logs.body WHERE job_id = 'i0';
SELECT pg_temp.try('i1'), pg_temp.try('i0');
ROLLBACK;
SELECT pg_temp.try('i100000'), pg_temp.try('i1');
-- a body is one, whatever its pieces
SELECT bodies, bytes = (SELECT sum(len) FROM piece) - (SELECT sum(len) FROM piece WHERE pieces BETWEEN 2 AND 3 AND chunk = pieces - 1) AS bytes FROM ogw_logs.purge_bodies('i-on');

-- The longest entry: every identifier has 255 bytes, the JSON all that is kept.
SELECT ogw_logs.set_team(pg_temp.id('team'), body_logging => true, metadata_keys => (SELECT array_agg('k' || n) FROM generate_series(1, 100) n));
CREATE FUNCTION pg_temp.calls(bytes integer) RETURNS text LANGUAGE sql AS $$
	SELECT '[' || string_agg(format('{"id":"%s"}', substr(pg_temp.hex(8000), 250 * n, chars / k + (n <= chars % k)::integer)), ',') || ']'
	  FROM (SELECT k, bytes - 1 - 10 * k AS chars FROM (SELECT (bytes + 249) / 250 AS k) x) y, generate_series(1, k) n $$;
CREATE FUNCTION pg_temp.word(what text) RETURNS text LANGUAGE sql AS $$ SELECT rpad(what, 64, '-') $$;
CREATE FUNCTION pg_temp.longest(job_id text, team_id text, user_id text, attempts text, tool_calls text, metadata text) RETURNS text LANGUAGE sql AS $$
	SELECT ogw_logs.insert_log(job_id => pg_temp.id(job_id), team_id => team_id, "timestamp" => '2026-05-02T00:00:00Z', owner => pg_temp.id('owner'), api_key => repeat('k', 28) || '****',
		requested_model => pg_temp.id('requested'), served_model => pg_temp.id('served'), provider => pg_temp.word('provider'), first_byte_ms => 2147483647, latency_ms => 2147483647,
		status => 'failure', error_code => pg_temp.word('error'), operation => pg_temp.word('operation'), finish_reason => pg_temp.word('finish'), prompt_tokens => 9007199254740991, completion_tokens => 9007199254740991, cached_tokens => 9007199254740991, cache_write_tokens => 9007199254740991, reasoning_tokens => 9007199254740991,
		cost_usd => (repeat('9', 100) || '.' || repeat('9', 30))::numeric, user_id => user_id, session_id => pg_temp.id('session'), fallback_reason => pg_temp.word('fallback'),
		attempts => attempts, tool_calls => tool_calls, metadata => metadata) $$;
CREATE TEMP TABLE json_kept AS SELECT (SELECT '[' || string_agg('{"error_code":"user"}', ',') || ']' FROM generate_series(1, 90)) AS attempts,
	(SELECT json_object_agg('k' || n, 'user')::text FROM generate_series(1, 100) n) AS metadata;
SELECT pg_temp.longest('fits', t, pg_temp.id('user'), NULL, pg_temp.calls(3800), NULL), pg_temp.longest('more', t, pg_temp.id('user'), NULL, pg_temp.calls(3801), NULL),
	   pg_temp.longest('three', t, pg_temp.id('user'), (SELECT attempts FROM json_kept), pg_temp.calls(1500), (SELECT metadata FROM json_kept)),
	   pg_temp.longest('erased', t, 'user', (SELECT attempts FROM json_kept), (SELECT pg_temp.calls(3800 - length(attempts) - length(metadata)) FROM json_kept), (SELECT metadata FROM json_kept))
  FROM unnest(ARRAY[pg_temp.id('team'), 'i-off']) t;
-- and with a defect in every field that can have one
SELECT stored FROM unnest(ARRAY[pg_temp.id('team'), 'i-off']) t, ogw_logs.insert_logs(json_build_array(json_build_object('job_id', pg_temp.id('wrong'), 'team_id', t, 'timestamp', '2026-05-02T00:00:00Z',
	'owner', '[]'::json, 'api_key', repeat('k', 20000), 'operation', '?', 'requested_model', pg_temp.hex(300), 'served_model', pg_temp.hex(300), 'provider', '?', 'first_byte_ms', '?', 'latency_ms', '?',
	'status', '?', 'error_code', '?', 'finish_reason', '?', 'prompt_tokens', '?', 'completion_tokens', '?', 'cached_tokens', '?', 'cache_write_tokens', '?', 'reasoning_tokens', '?', 'cost_usd', '?',
	'user_id', repeat('hf_' || repeat('a', 34) || ' ', 9), 'session_id', repeat('hf_' || repeat('a', 34) || ' ', 9), 'fallback_reason', '?', 'attempts', '?', 'tool_calls', pg_temp.calls(2500)::json, 'metadata', '?'))::text);
CREATE TEMP TABLE name AS SELECT place, entry, pg_temp.id(entry) AS job_id FROM unnest(ARRAY['fits', 'more', 'three', 'erased', 'wrong']) WITH ORDINALITY AS x (entry, place);
CREATE TEMP VIEW kept AS
	SELECT entry, team_id = 'i-off' AS off, octet_length(attempts::text) AS attempts, octet_length(tool_calls::text) AS tool_calls, octet_length(metadata::text) AS metadata, body_state,
		   pg_column_size(e.*) <= 8160 AS fits, pg_column_size(e.*) > 6000 AS long
	  FROM ogw_logs.entry e JOIN name USING (job_id) WHERE "timestamp" = '2026-05-02Z' ORDER BY off, place;
SELECT * FROM kept;
SELECT DISTINCT cardinality(defects) AS defects FROM ogw_logs.entry JOIN name USING (job_id) WHERE entry = 'wrong';
-- what was left out is with the body, whole
SELECT tool_calls::text = pg_temp.calls(3801) AS more FROM ogw_logs.get_log(pg_temp.id('more'), pg_temp.id('team'));
SELECT l.attempts::text = j.attempts AS three, l.tool_calls::text = pg_temp.calls(1500) AS calls FROM json_kept j, ogw_logs.get_log(pg_temp.id('three'), pg_temp.id('team')) l;
-- an erasure makes no entry too long: behind 400 bytes more a scalar becomes null
SELECT entries FROM unnest(ARRAY[pg_temp.id('team'), 'i-off']) t, ogw_logs.erase_user(t, 'user');
SELECT * FROM kept WHERE entry = 'erased';
SELECT (SELECT count(*) FILTER (WHERE a ->> 'error_code' ~ '^erased-') || ' ' || count(*) FILTER (WHERE a ->> 'error_code' IS NULL) FROM json_array_elements(attempts) a) AS attempts,
	   (SELECT count(*) FILTER (WHERE value ~ '^erased-') || ' ' || count(*) FILTER (WHERE value IS NULL) FROM json_each_text(metadata)) AS metadata
  FROM ogw_logs.entry JOIN name USING (job_id) WHERE "timestamp" = '2026-05-02Z' AND entry = 'erased' AND team_id = 'i-off';

-- The other tables: names of tags are bounded, a row that is too long is refused.
SELECT ogw_logs.set_team('i-off', metadata_keys => (SELECT array_agg(lpad(n::text, 32, '"')) FROM generate_series(1, 54) n));
SELECT ogw_logs.set_team('i-off', metadata_keys => (SELECT array_agg(lpad(n::text, 32, '\')) FROM generate_series(1, 54) n));
SELECT ogw_logs.set_team('i-off', metadata_keys => (SELECT array_agg(lpad(n::text, 32, '"')) FROM generate_series(1, 56) n));
SELECT max(octet_length(old_value)) AS old, max(octet_length(new_value)) AS new FROM ogw_logs.team_history WHERE team_id = 'i-off';
INSERT INTO ogw_logs.rejected VALUES (now(), 'inbox', 1, 'i-off', 'x', 'x', pg_temp.hex(9000));
INSERT INTO ogw_logs.team_history VALUES (now(), 'x', 'i-off', 'x', pg_temp.hex(9000), NULL);
SELECT count(*) AS opened FROM ogw_logs.body_read WHERE team_id = pg_temp.id('team');

-- No TOAST table has a page, and a body's partition has none.
SELECT count(*) > 3 AS toast_tables, sum(pg_relation_size(c.reltoastrelid)) AS bytes, count(*) FILTER (WHERE c.relname LIKE 'body\_2%') AS of_bodies
  FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.reltoastrelid <> 0;
SELECT a.attrelid::regclass, a.attname AS can_leave FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname !~ '^entry(_[0-9]|$)' AND a.attlen = -1 AND a.attstorage <> 'p';
SELECT c.relname AS can_leave FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^entry(_[0-9]|$)'
   AND c.reloptions IS DISTINCT FROM '{toast_tuple_target=8160}';
DELETE FROM ogw_logs.entry WHERE "timestamp" IN ('2026-05-01Z', '2026-05-02Z');
DELETE FROM ogw_logs.body WHERE "timestamp" IN ('2026-05-01Z', '2026-05-02Z');
