-- What a record says is what it does: a text is found wherever its entry has it; a sealed
-- body is its entry's whatever was changed of that since; verify() sees what is absent.
-- In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_records ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_records
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET ogw_logs.log_body_reads = off;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => t <> 'off', metadata_keys => '{env,note}') FROM unnest(ARRAY['bc', 'off', 'red']) t;
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all

-- A text in what is kept with the entry, with a body that has other things, without one, and
-- of a team that stores none; also where the whole is in the body.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input, attempts, tool_calls, metadata) VALUES
	('m1', 'bc', '2026-06-01T10:00:01Z', 's', 'hi', NULL, NULL, '{"env":"needle one"}'),
	('m2', 'bc', '2026-06-01T10:00:02Z', 's', 'hi', NULL, NULL, '{"env":"needle one","x":1}'),
	('m3', 'bc', '2026-06-01T10:00:03Z', NULL, NULL, NULL, NULL, '{"note":"NEEDLE one","env":"\u00c4rger"}'),
	('m4', 'off', '2026-06-01T10:00:04Z', 's', 'needle one', NULL, NULL, '{"env":"needle one","x":"needle two"}'),
	('a1', 'bc', '2026-06-01T10:00:05Z', 's', 'hi', '[{"model":"m","status":"failure","error_code":"needle_two"}]', NULL, NULL),
	('a2', 'off', '2026-06-01T10:00:06Z', NULL, NULL, '[{"model":"m","status":"failure","error_code":"needle_two"}]', NULL, NULL),
	('t1', 'bc', '2026-06-01T10:00:07Z', 's', 'hi', NULL, '[{"id":"needle3","type":"function","function":{"name":"f"}}]', NULL),
	('t2', 'bc', '2026-06-01T10:00:08Z', 's', 'hi', NULL, '[{"id":"needle3","type":"function","function":{"name":"f","arguments":"x"}}]', NULL);
-- enough others that the newest are not all
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input, metadata)
SELECT 'o' || n, CASE n % 5 WHEN 0 THEN 'off' ELSE 'bc' END, to_char(timestamp '2026-06-01 11:00' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 's' || n % 7, 'u' || n % 3, 'other ' || n,
	   format('{"env":"%s"%s}', CASE WHEN n % 400 = 3 THEN 'rare' ELSE 'other' END, CASE WHEN n % 2 = 0 THEN ',"more":' || n END)
  FROM generate_series(1, 6000) n;
CREATE VIEW texts AS
	SELECT l.job_id, l.team_id, l."timestamp", l.user_id, l.session_id,
		   ARRAY[l.input, l.output, l.error_message, l.attempts::text, l.tool_calls::text, l.metadata::text, e.attempts::text, e.tool_calls::text, e.metadata::text] AS texts
	  FROM ogw_logs.entry e, LATERAL ogw_logs.get_log(e.job_id, e.team_id) l;
CREATE FUNCTION compare() RETURNS TABLE (what text, n bigint, missing bigint, unwanted bigint) LANGUAGE plpgsql AS $$
DECLARE
	call text;
	pattern text;
	condition text;
BEGIN
	CREATE TEMP TABLE opened AS TABLE texts;
	FOR what, call, pattern, condition IN VALUES
		('kept and not', 'body_contains => ''needle one''', '%needle one%', 'true'),
		('ignoring case', 'body_contains => ''Needle ONE'', ignore_case => true', '%needle one%', 'true'),
		('an attempt', 'body_contains => ''needle_two''', '%needle_two%', 'true'),
		('a tool call', 'body_contains => ''"needle3"''', '%"needle3"%', 'true'),
		('rare', 'body_contains => ''"rare"''', '%"rare"%', 'true'),
		('rare, of a team', 'body_contains => ''"rare"'', team_id => ''bc''', '%"rare"%', 'team_id = ''bc'''),
		('rare, of a user', 'body_contains => ''"rare"'', user_id => ''u1''', '%"rare"%', 'user_id = ''u1'''),
		('rare, of a session', 'body_contains => ''"rare"'', session_id => ''s3''', '%"rare"%', 'session_id = ''s3'''),
		('rare, of a job', 'body_contains => ''"rare"'', job_id => ''o403''', '%"rare"%', 'job_id = ''o403'''),
		('rare, in minutes', 'body_contains => ''"rare"'', since => ''2026-06-01 11:10Z'', until => ''2026-06-01 11:40Z''', '%"rare"%', '"timestamp" >= ''2026-06-01 11:10Z'' AND "timestamp" < ''2026-06-01 11:40Z'''),
		('common', 'body_contains => ''"env":"other"''', '%"env":"other"%', 'true'),
		('nowhere', 'body_contains => ''nowhere''', '%nowhere%', 'true')
	LOOP
		EXECUTE format('CREATE TEMP TABLE got AS SELECT job_id, team_id FROM ogw_logs.search(max_rows => 10000, %s)', call);
		EXECUTE format('CREATE TEMP TABLE wanted AS SELECT job_id, team_id FROM opened WHERE %s AND EXISTS (SELECT FROM unnest(texts) t WHERE %s LIKE %L)', condition,
					   CASE WHEN call ~ 'ignore_case' THEN 'lower(t)' ELSE 't' END, pattern);
		SELECT (SELECT count(*) FROM got), (SELECT count(*) FROM (TABLE wanted EXCEPT ALL TABLE got) m), (SELECT count(*) FROM (TABLE got EXCEPT ALL TABLE wanted) u)
		  INTO n, missing, unwanted;
		DROP TABLE got, wanted;
		RETURN NEXT;
	END LOOP;
	DROP TABLE opened;
END
$$;
SELECT * FROM compare();
SELECT string_agg(job_id, ' ') AS escaped FROM ogw_logs.search(body_contains => 'Ärger');
CALL maintain_all();
SELECT count(*) AS unsealed FROM ogw_logs.body;
SELECT * FROM compare();
-- where the planner finds the entries
CREATE TABLE ogw_logs.entry_any PARTITION OF ogw_logs.entry DEFAULT;
SELECT string_agg(job_id, ' ' ORDER BY job_id) AS found FROM ogw_logs.search(body_contains => 'needle one');
DROP TABLE ogw_logs.entry_any;
-- who may read bodies of one team finds that team's alone; who may read none is told so
CREATE ROLE ogw_test_reader;
CREATE ROLE ogw_test_bodies;
SELECT ogw_logs.grant_reader('ogw_test_reader'), ogw_logs.grant_reader('ogw_test_bodies'), ogw_logs.grant_reader('ogw_test_bodies', 'off', bodies => true);
SET ROLE ogw_test_bodies;
SELECT string_agg(job_id, ' ' ORDER BY job_id) AS found FROM ogw_logs.search(body_contains => 'needle one');
SET ROLE ogw_test_reader;
SELECT job_id FROM ogw_logs.search(body_contains => 'needle one');
RESET ROLE;

-- What RETURNING gives is what is stored, without what is not.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", api_key, owner, input, output, metadata)
VALUES ('r1', 'off', '2026-06-01T12:00:00+02', 'sk-secret-key-0123456789abcdef', 'o', 'a body', 'b', '{"x":"c"}'), ('r2', NULL, 'x', NULL, 'o', 'a body', NULL, NULL),
	   ('r1', 'off', '2026-06-01T12:00:00+02', NULL, 'o', 'a body', NULL, NULL) RETURNING *;
SELECT ogw_logs.last_batch();
WITH sent AS (INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) VALUES ('r3', 'bc', '2026-06-01T12:00:00Z', 'a body') ON CONFLICT DO NOTHING RETURNING job_id, "timestamp", input, length(input) AS length)
SELECT * FROM sent;

-- A sealed body is found and erased whatever the session of its entry is now, and known as
-- sealed when it comes again.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'b' || n, 'red', to_char(timestamp '2026-06-03 10:00' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 's' || n % 10, 'u' || n % 4, 'body ' || n FROM generate_series(1, 100) n;
CREATE TABLE unsealed AS SELECT * FROM ogw_logs.body WHERE team_id = 'red';
CALL maintain_all();
UPDATE ogw_logs.entry SET session_id = 'anon' WHERE team_id = 'red' AND job_id ~ '^b[0-9]?[02468]$';
UPDATE ogw_logs.entry SET session_id = NULL WHERE job_id = 'b51';
CREATE VIEW readable AS SELECT count(*) AS entries, count(*) FILTER (WHERE g.input = 'body ' || substr(e.job_id, 2)) AS readable,
	   (SELECT count(*) FROM ogw_logs.search(body_contains => 'body ', team_id => 'red', max_rows => 1000)) AS found,
	   (SELECT count(input) FROM ogw_logs.get_session('anon', team_id => 'red')) AS of_session
  FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, e.team_id) g WHERE e.team_id = 'red';
TABLE readable;
SELECT count(*) AS found FROM ogw_logs.search(body_contains => 'body ', session_id => 'anon', max_rows => 1000);
SELECT object, problem FROM ogw_logs.verify();
-- it comes back unsealed, and is not sealed twice
SELECT ogw_logs_internal.make_body_partition('2026-06-03 10:00Z') IS NOT NULL AS made;
INSERT INTO ogw_logs.body SELECT * FROM unsealed;
CALL maintain_all();
SELECT sum(bodies) AS sealed FROM ogw_logs.sealed_interval WHERE since >= '2026-06-03' AND since < '2026-06-04';
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'u0');
SELECT count(*) AS erased FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id) g WHERE e.team_id = 'red' AND e.user_id LIKE 'erased-%' AND g.input IS NULL;
TABLE readable;
-- nothing of these is left in the segments, nor is there what verify() would miss
SELECT count(*) AS sealed FROM ogw_logs_internal.sealed_bodies('ogw_logs.segment_20260603');
SELECT object, problem FROM ogw_logs.verify();
-- sealed, and still there unsealed, under another session
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input) SELECT 'k' || n, 'red', '2026-06-04T10:00:00Z', 'k', 'k' || n % 2, 'body ' || n FROM generate_series(1, 10) n;
SELECT ogw_logs_internal.make_segment_partition('2026-06-04 10:00Z') IS NOT NULL AS made;
SELECT ogw_logs_internal.seal_bodies(p.partition, p.since, p.until) FROM ogw_logs_internal.partition_at('body', '2026-06-04 10:00Z') p;
UPDATE ogw_logs.entry SET session_id = 'anon' WHERE job_id LIKE 'k%';
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'k1');
SELECT count(*) AS sealed FROM ogw_logs_internal.sealed_bodies('ogw_logs.segment_20260604');
CALL maintain_all();
SELECT count(*) AS sealed FROM ogw_logs_internal.sealed_bodies('ogw_logs.segment_20260604');

-- whatever its entry says of its body
UPDATE ogw_logs.entry SET body_state = CASE WHEN job_id < 'k5' THEN 'off' END WHERE job_id LIKE 'k%';
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'k0');
SELECT count(*) AS sealed FROM ogw_logs_internal.sealed_bodies('ogw_logs.segment_20260604');

-- What went as it should is no problem: purged, erased, switched off, never given, expired
-- with all of its partition or with its team's, entries or bodies.
SELECT count(*) AS problems FROM ogw_logs.verify();
SELECT bodies FROM ogw_logs.purge_bodies('bc', until => '2026-06-01 11:20Z');
SELECT ogw_logs.set_team('off', body_logging => false);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT t || n, t, format('2026-05-0%sT10:00:00Z', n), 'x' FROM generate_series(1, 6) n, unnest(ARRAY['bc', 'red', 'short']) t;
SELECT ogw_logs.set_team('short', log_retention => '1 day'), ogw_logs.set_team('red', body_retention => '1 day');
SET ogw_logs.retention_delay = 0;
CALL maintain_all();
CALL maintain_all();
SELECT count(*) FILTER (WHERE team_id = 'short') AS short, count(*) FILTER (WHERE team_id = 'red') AS red, (SELECT count(*) FROM ogw_logs.search(body_contains => 'body ', team_id => 'red')) AS bodies FROM ogw_logs.entry WHERE "timestamp" < '2026-05-10Z';
SELECT object, problem FROM ogw_logs.verify();
-- and stays none where it is kept longer again
SELECT ogw_logs.clear_team('short', 'log_retention'), ogw_logs.clear_team('red', 'body_retention');
CALL maintain_all();
SELECT object, problem FROM ogw_logs.verify();

-- By hand: entries deleted, a partition of entries emptied, a key deleted, bodies deleted,
-- an entry's time changed.
SELECT ogw_logs.set_team('hand', body_logging => true);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT d || '_' || n, 'hand', format('2026-07-0%sT10:00:0%sZ', d, n), 's', 'u' || n, 'text ' || n FROM generate_series(1, 4) d, generate_series(1, 6) n;
CALL maintain_all();
SELECT date_trunc('day', now()) AS today, to_char(now(), 'YYYYMMDD') AS suffix \gset
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) SELECT 'now_' || n, 'hand', to_char(timestamp :'today' + n * interval '1 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'u' || n, 'text ' || n FROM generate_series(1, 6) n;
SELECT count(*) AS problems FROM ogw_logs.verify();
DELETE FROM ogw_logs.entry WHERE job_id IN ('1_1', '1_2', 'now_1', 'now_2');
TRUNCATE ogw_logs.entry_20260702;
DELETE FROM ogw_logs.entry_key WHERE key = ogw_logs_internal.dedup_key('3_1', 'hand') AND "timestamp" < '2026-08-01Z';
DELETE FROM ogw_logs.segment WHERE since >= '2026-07-04Z' AND since < '2026-07-05Z';
DELETE FROM ogw_logs.body WHERE job_id = 'now_3';
UPDATE ogw_logs.entry SET "timestamp" = "timestamp" + interval '1 s' WHERE job_id = '3_6';
CREATE VIEW problems AS SELECT regexp_replace(replace(regexp_replace(object, '_' || :'suffix' || '[0-9]*', '_today'), split_part(:'today', ' ', 1), 'today'), '(keys in ogw_logs.entry_key_)([0-9]+|today)(: [0-9]+).*', '\1...\3') AS object, problem FROM ogw_logs.verify();
SELECT object, problem FROM problems ORDER BY object COLLATE "C", problem COLLATE "C";
SELECT ogw_logs.insert_log(job_id => '2_1', team_id => 'hand', "timestamp" => '2026-07-02 10:00:01Z') AS sent_again;
SELECT * FROM ogw_logs_internal.remove_orphans('2026-07-01Z', '2026-07-02Z');
SELECT * FROM ogw_logs_internal.remove_orphans();
SELECT * FROM ogw_logs_internal.remove_orphans();
SELECT object, problem FROM problems ORDER BY object COLLATE "C", problem COLLATE "C";
SELECT ogw_logs.insert_log(job_id => '2_1', team_id => 'hand', "timestamp" => '2026-07-02 10:00:01Z') AS sent_again;
SELECT count(*) AS bodies, (SELECT count(*) FROM ogw_logs_internal.orphan_bodies('-infinity', 'infinity')) AS orphans FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, e.team_id) g WHERE e.team_id = 'hand' AND g.input IS NOT NULL;

DROP VIEW problems, readable, texts;
\c :regression
DROP DATABASE ogw_test_records;
DROP ROLE ogw_test_reader, ogw_test_bodies;
