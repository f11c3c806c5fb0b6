-- Sealed bodies, in a database of their own: packed by session, read back exactly, damaged, late, erased.
\set regression :DBNAME
CREATE DATABASE ogw_test_segment ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_segment
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.log_body_reads = off;
SET ogw_logs.seal_delay = 0;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team(t, body_logging => true, redact_bodies => false) FROM unnest(ARRAY['red', 'blue', 'green']) t;
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
SET test.shown = '^(seal_bodies|drop_unsealed_bodies)';
SET test.details = on;
-- all that lives with a body, of each entry
CREATE VIEW opened AS
	SELECT e.team_id, e.job_id, md5(row_to_json((g.input, g.output, g.error_message, g.attempts::text, g.tool_calls::text, g.metadata::text))::text) AS digest, g.input,
		   octet_length(concat(g.input, g.output, g.error_message, g.attempts::text, g.tool_calls::text, g.metadata::text)) AS bytes
	  FROM ogw_logs.entry e CROSS JOIN LATERAL ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") g;

-- The format: a segment written down byte for byte, with two bodies of the session s and one of none.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input)
VALUES ('v1', 'red', '2026-06-01T10:42:00Z', 's', '-'), ('v2', 'red', '2026-06-01T10:42:01.5Z', 's', '-'), ('v3', 'red', '2026-06-01T10:41:00Z', NULL, '-');
DELETE FROM ogw_logs.body;
SELECT ogw_logs_internal.make_segment_partition('2026-06-01Z');
CREATE TEMP TABLE vector AS SELECT decode('016700000028b52ffd245ad102000200000003000000141cfc9842c4b0e301000000bd72c57487713a0402000000b6abb79a7b74d2e09264ef949526fc3b3d4c0e97b6dc04fb809cb895b38bfb02809c9c39c08db701040200100d000907000000080100090000000aa714db28b52ffd243ce1010070c3a97175657374696f6e78616e7377657269742062726f6b655b7b226d6f64656c223a226d227d5d5b7b226964223a2263227d5d7b2261223a317ddc68c192', 'hex') AS segment;
INSERT INTO ogw_logs.segment (since, team_id, pass, first_session, first_timestamp, first_job, chunk, content)
SELECT '2026-06-01Z', 'red', 0, ogw_logs_internal.id_hash(''), '2026-06-01 10:41:00Z', ogw_logs_internal.id_hash('v3'), 0, segment FROM vector;
SELECT g.job_id, g.input, g.output, g.error_message, g.attempts, g.tool_calls, g.metadata FROM unnest(ARRAY['v1', 'v2', 'v3', 'v4']) j, ogw_logs.get_log(j) g;
-- whatever happens to one of its bytes, and wherever it ends: an error, and never another body
CREATE TEMP TABLE whole AS SELECT * FROM opened;
CREATE FUNCTION pg_temp.read(changed bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	same boolean;
BEGIN
	UPDATE ogw_logs.segment SET content = changed WHERE team_id = 'red';
	SELECT count(*) = 3 AND bool_and(o.digest = w.digest) INTO same FROM opened o JOIN whole w USING (job_id);
	RETURN CASE WHEN same THEN 'the same' ELSE 'another' END;
EXCEPTION WHEN data_corrupted OR feature_not_supported THEN
	RETURN SQLSTATE;
END $$;
SELECT pg_temp.read(set_byte(segment, i, get_byte(segment, i) # bits)) AS result, count(*) FROM vector, generate_series(0, octet_length(segment) - 1) i, unnest(ARRAY[1, 128, 255]) bits GROUP BY 1 ORDER BY 1;
SELECT pg_temp.read(substr(segment, 1, i)) AS result, count(*) FROM vector, generate_series(0, octet_length(segment) - 1) i GROUP BY 1 ORDER BY 1;
SELECT pg_temp.read(segment || '\x00') AS longer, pg_temp.read(set_byte(segment, 0, 2)) AS newer, pg_temp.read(segment) AS whole FROM vector;
UPDATE ogw_logs.segment SET content = set_byte(content, 150, 0);
SELECT input FROM ogw_logs.get_log('v1');
UPDATE ogw_logs.segment SET content = set_byte(segment, 0, 2) FROM vector;
SELECT input FROM ogw_logs.get_log('v1');
DELETE FROM ogw_logs.segment;
SELECT input FROM ogw_logs.get_log('v1');
DELETE FROM ogw_logs.entry;
DELETE FROM ogw_logs.entry_key;

-- Bodies of every kind: nothing and one byte, long and incompressible ones, the same many times; a session of 5,000
-- requests that resend it, thousands of one request; all at one time, and some without a session.
CREATE FUNCTION pg_temp.noise(bytes integer, seed text) RETURNS text LANGUAGE sql AS $$ SELECT left(string_agg(encode(sha256((seed || n)::bytea), 'base64'), ''), bytes) FROM generate_series(0, bytes / 44) n $$;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input, output, error_message, attempts, tool_calls, metadata) VALUES
	('empty', 'red', '2026-06-02T01:00:00Z', 'short', '', '', '', NULL, NULL, NULL), ('one', 'red', '2026-06-02T01:00:00Z', 'short', 'x', NULL, NULL, NULL, NULL, NULL),
	('json', 'red', '2026-06-02T01:00:00Z', NULL, '{"a":"\u0000\ud800"}', '[1, 2 ]', 'it broke', '[{"model": "m", "error_message": "so"}]', '[{"id":"c","function":{"name":"f","arguments":"{}"}}]', '{"tag": "long"}'),
	('ten_mb', 'blue', '2026-06-02T02:00:00Z', 'large', repeat('all the same ', 800000), NULL, NULL, NULL, NULL, NULL);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) SELECT 'noise' || n, 'blue', '2026-06-02T03:00:00Z', 'large', pg_temp.noise(n * 300000, n::text) FROM generate_series(1, 5) n;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) SELECT 'same' || n, 'green', to_char(timestamp '2026-06-02 04:00' + n / 100 * interval '1 s', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'same' || n % 3, 'the same every time' FROM generate_series(1, 10000) n;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input, output)
SELECT 'talk' || n, 'red', to_char(timestamp '2026-06-02 05:00' + n * interval '100 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'talk', string_agg('turn ' || i || ': ' || md5(i::text), E'\n'), md5((n + 1)::text)
  FROM generate_series(1, 5000) n, generate_series(greatest(1, n - 20), n) i GROUP BY n;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) SELECT 'single' || n, 'green', to_char(timestamp '2026-06-02 06:00' + n * interval '1 s', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'single' || n, 'hello ' || n FROM generate_series(1, 5000) n;
-- what the methods never write: a body without its entry, and an entry that is there twice
DELETE FROM ogw_logs.entry WHERE job_id = 'same5000';
INSERT INTO ogw_logs.entry SELECT * FROM ogw_logs.entry WHERE job_id = 'one';
-- and one that is damaged
UPDATE ogw_logs.body SET content = '\x00' WHERE job_id = 'same777';
CREATE TEMP TABLE given AS SELECT DISTINCT ON (team_id, job_id) * FROM opened WHERE job_id <> 'same777';
SELECT team_id, count(*) FROM given GROUP BY 1 ORDER BY 1;
CALL maintain_all();
SELECT bodies, unreadable, sealed, passes FROM ogw_logs.sealed_interval WHERE since = '2026-06-02';
-- verify() finds it, the entry that is there twice, what the deleted one left, and nothing else
SELECT * FROM ogw_logs.verify();
-- what cannot be read stays unsealed, until somebody takes it away
DELETE FROM ogw_logs.body WHERE job_id = 'same777';
UPDATE ogw_logs.sealed_interval SET sealed = false WHERE since = '2026-06-02';
CALL maintain_all();
SELECT count(*) AS unsealed FROM ogw_logs.body;
CREATE TEMP TABLE read AS SELECT DISTINCT ON (team_id, job_id) * FROM opened;
SELECT count(*) AS bodies, count(*) FILTER (WHERE r.digest = g.digest) AS exact FROM given g LEFT JOIN read r USING (team_id, job_id);
-- all of the text that was given, and that of the body without its entry
SELECT bodies, unreadable, sealed, passes, text_bytes = (SELECT sum(bytes) + octet_length('the same every time') FROM given) AS all_text FROM ogw_logs.sealed_interval WHERE since = '2026-06-02';
SELECT sealed_bodies, sealed_text_bytes > 3 * sealed_stored_bytes AS smaller, sealed_ratio > 3 AS ratio, sealed_ratio = (SELECT s.ratio FROM ogw_logs.sealed_interval s WHERE s.since = '2026-06-02') AS of_its_interval, body_bytes >= sealed_stored_bytes AS with_indexes FROM ogw_logs.partitions WHERE since = '2026-06-02';
-- about as many bytes of each team a segment, in rows that fill their pages
SELECT team_id, count(*) FILTER (WHERE chunk = 0) AS segments, bool_and(octet_length(content) <= 8100) AS rows_fit FROM ogw_logs.segment GROUP BY 1 ORDER BY 1;
SELECT bool_and(before <= this) AS in_order FROM (SELECT (first_session, first_timestamp, first_job) AS this, lag((first_session, first_timestamp, first_job)) OVER (PARTITION BY team_id ORDER BY ctid) AS before FROM ogw_logs.segment WHERE chunk = 0) s;

-- What comes late is taken, and sealed by itself, some time after the others.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) SELECT 'late' || n, 'red', '2026-06-02T05:00:00.5Z', 'talk', 'late ' || n FROM generate_series(1, 3) n;
SELECT input FROM ogw_logs.get_log('late2') UNION ALL SELECT left(input, 6) FROM ogw_logs.get_log('talk5');
SET ogw_logs.seal_delay = '1h';
CALL maintain_all();
SET ogw_logs.seal_delay = 0;
CALL maintain_all();
SELECT passes, bodies FROM ogw_logs.sealed_interval WHERE since = '2026-06-02';
SELECT input FROM ogw_logs.get_log('late2') UNION ALL SELECT left(input, 6) FROM ogw_logs.get_log('talk5');
-- intervals of a partition that is not over are short, and a body finds its own
SELECT job_id FROM unnest(ARRAY['now1', 'now2']) job_id WHERE ogw_logs.insert_log(job_id => job_id, team_id => 'red', "timestamp" => now(), session_id => 's', input => 'of ' || job_id) = 'stored';
SELECT l.until - l.since AS length, l.since = (SELECT date_trunc('hour', max(e."timestamp")) FROM ogw_logs.entry e) AS of_now FROM ogw_logs_internal.partitions_of('body') l;
SET ogw_logs.seal_interval = '1min';
SELECT count(*) AS not_yet FROM ogw_logs.maintain(dry_run => true) WHERE action = 'seal_bodies'
	AND object IN (SELECT c.relname FROM ogw_logs_internal.partitions_of('body') l JOIN pg_class c ON c.oid = l.partition WHERE l.until > now());
RESET ogw_logs.seal_interval;

-- A session in the order in which it came, sealed and unsealed: for who may read it, with bodies for who may read them.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) VALUES ('late4', 'red', '2026-06-02T05:00:00.25Z', 'talk', 'late 4'), ('other', 'blue', '2026-06-02T05:00:00.25Z', 'talk', 'of blue');
SELECT job_id, left(input, 6) AS input FROM ogw_logs.get_session('talk', until => '2026-06-02 05:00:00.7Z');
SELECT job_id FROM ogw_logs.get_session('talk', 'red', since => '2026-06-02 05:00:00.2Z', until => '2026-06-02 05:00:00.7Z', max_rows => 4);
SELECT count(*), count(DISTINCT job_id), count(input), bool_and("timestamp" >= before) AS in_order FROM (SELECT *, lag("timestamp") OVER () AS before FROM ogw_logs.get_session('talk', 'red', max_rows => 10000)) s;
SELECT count(*) AS nothing FROM ogw_logs.get_session(NULL);
SELECT ogw_logs.get_session('talk', max_rows => 0);
CREATE ROLE ogw_test_talk;
SELECT ogw_logs.grant_reader('ogw_test_talk', 'red', bodies => true, views => true), ogw_logs.grant_reader('ogw_test_talk', 'blue', views => true);
DELETE FROM ogw_logs.body_read;
SET ogw_logs.log_body_reads = on;
SET ROLE ogw_test_talk;
SELECT job_id, team_id, left(input, 6) AS input FROM ogw_logs.get_session('talk', since => '2026-06-02 05:00:00.2Z', until => '2026-06-02 05:00:00.4Z');
SELECT job_id, input FROM ogw_logs.get_log('same1');
RESET ROLE;
SET ogw_logs.log_body_reads = off;
SELECT read_by, team_id, job_id FROM ogw_logs.body_read ORDER BY 2, 3;
SELECT ogw_logs.revoke_access('ogw_test_talk');
DROP ROLE ogw_test_talk;
CALL maintain_all();

-- Erasing reaches into segments: the bodies of a team up to a time, and of a user.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, session_id, input)
SELECT 'e' || n, team, to_char(timestamp '2026-06-03 10:00' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'u' || n % 10, 'u' || n % 10 || '-chat', 'body ' || n || ' of ' || team
  FROM unnest(ARRAY['red', 'blue']) team, generate_series(1, 500) n;
CALL maintain_all();
CREATE TEMP TABLE segments AS SELECT * FROM ogw_logs.segment WHERE since = '2026-06-03';
SELECT bodies, bytes > 0 AS bytes FROM ogw_logs.purge_bodies('blue', until => '2026-06-03 12:00Z') p;
SELECT count(*) FILTER (WHERE input IS NULL) AS purged, count(*) FILTER (WHERE input = 'body ' || substr(job_id, 2) || ' of blue') AS kept FROM opened WHERE team_id = 'blue' AND job_id LIKE 'e%';
SELECT entries, bodies, bytes > 0 AS bytes FROM ogw_logs.erase_user('red', 'u3');
SELECT count(*) FILTER (WHERE input IS NULL) AS erased, count(*) FILTER (WHERE input = 'body ' || substr(job_id, 2) || ' of red') AS kept FROM opened WHERE team_id = 'red' AND job_id LIKE 'e%';
SELECT team_id, count(*) AS written_anew FROM ogw_logs.segment s WHERE s.since = '2026-06-03' AND s.chunk = 0 AND NOT EXISTS (SELECT FROM segments b WHERE b.team_id = s.team_id AND b.content = s.content) GROUP BY 1 ORDER BY 1;
-- again there is nothing; and nothing is left of a team that is purged as a whole
SELECT * FROM ogw_logs.purge_bodies('blue', until => '2026-06-03 12:00Z');
SELECT bodies FROM ogw_logs.purge_bodies('blue', until => 'infinity');
SELECT count(*) FROM ogw_logs.segment WHERE team_id = 'blue';
SELECT count(*) = 5000 AS others_are_whole FROM opened JOIN given g USING (team_id, job_id, digest) WHERE job_id LIKE 'talk%';
-- one that is sealed, and still there unsealed, is one
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) SELECT 'both' || n, 'green', '2026-06-04T10:00:00Z', 'both' || n % 2, 'x' FROM generate_series(1, 10) n;
SELECT * FROM next_step();
SELECT * FROM next_step();
SELECT count(*) FROM ogw_logs.body WHERE team_id = 'green';
SELECT entries, bodies FROM ogw_logs.erase_user('green', 'both0');
SELECT bodies FROM ogw_logs.purge_bodies('green', until => '2026-06-05Z');
CALL maintain_all();
-- what may hold it and cannot be read is an error: nobody is told that it is erased;
-- a purge of all that it can hold deletes it
SELECT ogw_logs.insert_log(job_id => 'damaged', team_id => 'green', "timestamp" => '2026-06-05 10:00Z', user_id => 'u', input => 'x');
CALL maintain_all();
UPDATE ogw_logs.segment SET content = set_byte(content, 8, 0) WHERE since = '2026-06-05';
DELETE FROM ogw_logs.segment WHERE since = '2026-06-02' AND ctid = (SELECT ctid FROM ogw_logs.segment WHERE since = '2026-06-02' AND team_id = 'red' AND chunk = 1 ORDER BY pass, first_session LIMIT 1);
SELECT count(*) = 0 AS nothing_before FROM ogw_logs.verify(until => '2026-06-02');
SELECT regexp_replace(object, 'pass -?[0-9]+', 'pass n') AS object, problem FROM ogw_logs.verify(since => '2026-06-02') WHERE object LIKE 'segment%';
SELECT bodies FROM ogw_logs.erase_user('green', 'u');
SELECT bodies FROM ogw_logs.purge_bodies('green');
-- Small segments of a partition that is over are merged: of intervals of an hour, and of
-- what came late; not those that are large.
SELECT ogw_logs.set_team('white', body_logging => true);
SELECT ogw_logs_internal.make_partition('2026-06-08 10:00Z') IS NOT NULL AS made;
SELECT ogw_logs_internal.attach_partition('body', '20260608' || to_char(h, 'FM00'), timestamptz '2026-06-08Z' + h * interval '1 hour', timestamptz '2026-06-08Z' + (h + 1) * interval '1 hour') IS NOT NULL AS made
  FROM generate_series(0, 23, 12) h;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input)
SELECT 'small' || n, CASE WHEN n % 10 = 0 THEN 'white' ELSE 'red' END, to_char(timestamp '2026-06-08' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 's' || n % 7, 'small ' || n
  FROM generate_series(1, 1439) n;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input)
SELECT 'large' || n, 'red', '2026-06-08T12:10:00Z', 'large', (SELECT string_agg(md5(n || ' ' || i), '') FROM generate_series(1, 500) i) FROM generate_series(1, 300) n;
CREATE VIEW wrong AS
	SELECT e.job_id FROM ogw_logs.entry e LEFT JOIN LATERAL ogw_logs.get_log(e.job_id, e.team_id) l ON true
	 WHERE e."timestamp" >= '2026-06-08Z' AND e."timestamp" < '2026-06-09Z'
	   AND l.input IS DISTINCT FROM CASE WHEN e.job_id LIKE 'large%' THEN (SELECT string_agg(md5(substr(e.job_id, 6) || ' ' || i), '') FROM generate_series(1, 500) i) ELSE 'small ' || substr(e.job_id, 6) END;
CREATE PROCEDURE maintain_till_merged() LANGUAGE plpgsql AS $$
DECLARE
	done text;
BEGIN
	LOOP
		SELECT m.action INTO done FROM ogw_logs.maintain() m;
		COMMIT;
		EXIT WHEN done IS NULL OR done = 'merge_segments';
	END LOOP;
END
$$;
CREATE VIEW passes AS SELECT team_id, to_char(since, 'HH24:MI') AS since, pass, count(DISTINCT (first_session, first_timestamp, first_job)) AS segments FROM ogw_logs.segment WHERE since >= '2026-06-08Z' AND since < '2026-06-09Z' GROUP BY team_id, segment.since, pass ORDER BY 1, 2, 3;
CALL maintain_till_merged();
TABLE passes;
SELECT count(*) FROM wrong;
UPDATE ogw_logs.partition_history SET merged_at = merged_at - interval '2 days' WHERE since = '2026-06-08Z';
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) VALUES ('small1440', 'red', '2026-06-08T20:00:00Z', 's1', 'small 1440'), ('small1441', 'white', '2026-06-08T00:00:00Z', 's2', 'small 1441');
CALL maintain_till_merged();
TABLE passes;
SELECT count(*) FROM wrong;
SELECT count(*) AS conversation, bool_and("timestamp" >= before) AS in_order FROM (SELECT *, lag("timestamp") OVER () AS before FROM ogw_logs.get_session('s1', 'red', since => '2026-06-08Z', until => '2026-06-09Z')) s;
SELECT count(*) FROM ogw_logs.search(body_contains => 'small 144', since => '2026-06-08Z', until => '2026-06-09Z');
CALL maintain_all();
SELECT action FROM ogw_logs.maintain(dry_run => true) WHERE object LIKE 'segment%';
SELECT bodies FROM ogw_logs.purge_bodies('white', until => '2026-06-08 12:00Z');
SELECT count(*) FROM wrong;
SELECT bodies FROM ogw_logs.purge_bodies('white');
TABLE passes;
SELECT count(*) FROM wrong WHERE job_id NOT IN (SELECT e.job_id FROM ogw_logs.entry e WHERE e.team_id = 'white');
-- without bodies there are no partitions for them
SELECT ogw_logs.insert_log(job_id => 'off', team_id => 'off', "timestamp" => '2026-06-06 10:00Z', input => 'x');
CALL maintain_all();
SELECT c.relname FROM pg_class c WHERE c.relname LIKE '%20260606' ORDER BY 1;
-- A transaction reads a segment once, also where a row behind its last one is there for nobody.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT 'behind', 'red', '2026-06-20T10:00:00Z', string_agg(md5(n::text), '') FROM generate_series(1, 10000) n;
CALL maintain_all();
SELECT count(*) > 1 AS several_pieces FROM ogw_logs.segment WHERE since >= '2026-06-20Z';
BEGIN;
INSERT INTO ogw_logs.segment SELECT (jsonb_populate_record(s, '{"chunk": 1000}')).* FROM ogw_logs.segment s WHERE s.since >= '2026-06-20Z' AND s.chunk = 0;
DELETE FROM ogw_logs.segment WHERE since >= '2026-06-20Z' AND chunk = 1000;
SELECT length(input) FROM ogw_logs.get_log('behind');
SELECT pg_stat_get_xact_tuples_fetched('ogw_logs.segment_20260620_key'::regclass) AS fetched \gset
SELECT length(input) FROM ogw_logs.get_log('behind');
SELECT pg_stat_get_xact_tuples_fetched('ogw_logs.segment_20260620_key'::regclass) - :fetched < (SELECT count(*) FROM ogw_logs.segment WHERE since >= '2026-06-20Z') AS kept;
COMMIT;
\c :regression
DROP DATABASE ogw_test_segment;
