-- Sealed bodies that lie elsewhere than expected, are there twice, lack a piece, or are
-- asked for in bulk: found by reviewers who tried. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_elsewhere ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_elsewhere
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET ogw_logs.retention_delay = 0;
SET ogw_logs.log_body_reads = off;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team(t, body_logging => true, redact_bodies => t <> 'lax') FROM unnest(ARRAY['red', 'lax', 'many']) t;
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
CREATE FUNCTION found(body_contains text, ignore_case boolean DEFAULT false) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(s.team_id || '/' || s.job_id, ' ' ORDER BY s.ordinality)
	  FROM ogw_logs.search(body_contains => found.body_contains, ignore_case => found.ignore_case) WITH ORDINALITY s
$$;

-- A DBA's partition of bodies that is longer than those of the segments: sealed where it
-- begins, and found there; erased there; kept as long as its last body.
CREATE TABLE ogw_logs.body_june PARTITION OF ogw_logs.body FOR VALUES FROM ('2026-06-01Z') TO ('2026-07-01Z');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'j' || n, 'red', '2026-06-' || lpad(n::text, 2, '0') || 'T10:00:00Z', 's' || n % 3, 'u' || n % 2, 'june ' || n FROM generate_series(1, 28) n;
CALL maintain_all();
SELECT count(*) AS unsealed FROM ogw_logs.body WHERE team_id = 'red';
SELECT count(g.input) AS readable, (SELECT count(*) FROM ogw_logs.search(body_contains => 'june')) AS found,
	   (SELECT count(*) FROM ogw_logs.search(body_contains => 'june', since => '2026-06-10Z', until => '2026-06-12Z')) AS of_two_days
  FROM generate_series(1, 28) n, ogw_logs.get_log('j' || n) g;
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'u0');
SELECT count(g.input) AS readable FROM generate_series(1, 28) n, ogw_logs.get_log('j' || n) g;
SELECT count(*) AS problems FROM ogw_logs.verify();
-- the first days' entries expire, and take no body of a later day along
SELECT set_config('ogw_logs.log_retention', extract(epoch FROM now() - timestamptz '2026-06-15 12:00Z')::bigint || 's', false) IS NOT NULL AS shorter;
CALL maintain_all();
SELECT count(*) AS entries, count(g.input) AS readable FROM ogw_logs.entry e LEFT JOIN ogw_logs.get_log(e.job_id, e.team_id) g ON true WHERE e.team_id = 'red';
RESET ogw_logs.log_retention;

-- One that is longer than a month; an odd time zone has no say in what a month is.
CREATE TABLE ogw_logs.body_spring PARTITION OF ogw_logs.body FOR VALUES FROM ('2026-03-01Z') TO ('2026-06-01Z');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'q' || n, 'red', to_char(timestamp '2026-03-01 00:30' + n * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 's' || n % 3, 'q' || n % 2, 'spring ' || n FROM generate_series(0, 90) n;
CALL maintain_all();
SET TimeZone = 'Europe/Berlin';
SELECT count(g.input) AS readable, (SELECT count(*) FROM ogw_logs.search(body_contains => 'spring', max_rows => 1000)) AS found,
	   (SELECT count(*) FROM ogw_logs.search(body_contains => 'spring', since => '2026-05-30Z')) AS of_the_last_days
  FROM generate_series(0, 90) n, ogw_logs.get_log('q' || n) g;
RESET TimeZone;
SET TimeZone = 'UTC';
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'q0');
SELECT count(g.input) AS readable FROM generate_series(0, 90) n, ogw_logs.get_log('q' || n) g;
-- what is damaged there, and may have later bodies, is not purged with the first of them
CREATE TABLE spring AS SELECT * FROM ogw_logs.segment WHERE since = '2026-03-01Z';
UPDATE ogw_logs.segment SET content = set_byte(content, 8, 0) WHERE since = '2026-03-01Z';
SELECT bodies FROM ogw_logs.purge_bodies('red', '2026-03-10Z');
UPDATE ogw_logs.segment s SET content = k.content FROM spring k WHERE k.since = s.since AND k.chunk = s.chunk AND s.since = '2026-03-01Z';
SELECT bodies FROM ogw_logs.purge_bodies('red', '2026-06-01Z');

-- Partitions of segments in the gaps that another one leaves, each with a name of its own.
CREATE TABLE ogw_logs.segment_noon (LIKE ogw_logs.segment INCLUDING ALL);
ALTER TABLE ogw_logs.segment ATTACH PARTITION ogw_logs.segment_noon FOR VALUES FROM ('2026-07-01 06:00Z') TO ('2026-07-01 12:00Z');
SELECT ogw_logs_internal.build_index(CAST('segment_noon_' || i.suffix AS name), 'ogw_logs.segment_noon', i.definition) IS NOT NULL AS built FROM ogw_logs_internal.sealed_indexes('segment') i;
SELECT ogw_logs_internal.make_partition('2026-07-01Z') IS NOT NULL AS made;
SELECT ogw_logs_internal.attach_partition('body', '20260701' || to_char(h, 'FM00'), timestamptz '2026-07-01Z' + h * interval '1 hour', timestamptz '2026-07-01Z' + (h + 1) * interval '1 hour') FROM generate_series(3, 15, 6) h;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) SELECT 'gap' || h, 'red', format('2026-07-01T%s:30:00Z', lpad(h::text, 2, '0')), 's', 'gap ' || h FROM generate_series(3, 15, 6) h;
CALL maintain_all();
SELECT l.partition, l.since, l.until FROM ogw_logs_internal.partitions_of('segment') l WHERE l.since >= '2026-07-01Z' AND l.until <= '2026-07-02Z' ORDER BY l.since;
SELECT count(g.input) AS readable, (SELECT count(*) FROM ogw_logs.body b WHERE b.job_id LIKE 'gap%') AS unsealed, (SELECT count(*) FROM ogw_logs.search(body_contains => 'gap')) AS found,
	   (SELECT count(*) FROM ogw_logs.search(body_contains => 'gap', since => '2026-07-01 15:15Z')) AS of_the_last_hour
  FROM generate_series(3, 15, 6) h, ogw_logs.get_log('gap' || h) g;

-- A DBA's partition of entries, made by hand: written into as any.
CREATE TABLE ogw_logs.entry_byhand PARTITION OF ogw_logs.entry FOR VALUES FROM ('2026-07-02Z') TO ('2026-07-04Z');
SELECT ogw_logs.insert_log(job_id => 'hand1', team_id => 'red', "timestamp" => '2026-07-02 10:00Z', input => 'by hand'), ogw_logs.insert_log(job_id => 'hand2', team_id => 'red', "timestamp" => '2026-07-03 10:00Z');
CALL maintain_all();
SELECT j, g.input, ogw_logs.insert_log(job_id => j, team_id => 'red', "timestamp" => g."timestamp") AS again FROM unnest(ARRAY['hand1', 'hand2']) j, ogw_logs.get_log(j) g;

-- Intervals that overlap, since their length was changed, with one body in both.
SELECT ogw_logs_internal.make_partition('2026-07-05Z') IS NOT NULL AS made, ogw_logs_internal.attach_partition('body', '2026070510', '2026-07-05 10:00Z', '2026-07-05 11:00Z');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) SELECT 'lap' || n, 'red', '2026-07-05T10:' || n || ':00Z', 'lap', 'lap ' || n FROM generate_series(10, 59) n;
CREATE TABLE laps AS SELECT * FROM ogw_logs.body WHERE job_id LIKE 'lap%';
CALL maintain_all();
SELECT ogw_logs_internal.attach_partition('body', '202607051030', '2026-07-05 10:30Z', '2026-07-05 11:00Z');
INSERT INTO ogw_logs.body SELECT * FROM laps WHERE "timestamp" >= '2026-07-05 10:30Z';
CALL maintain_all();
SELECT sum(bodies) AS sealed FROM ogw_logs.sealed_interval WHERE since >= '2026-07-05Z' AND since < '2026-07-06Z';
INSERT INTO ogw_logs.segment SELECT (jsonb_populate_record(s, '{"since": "2026-07-05 10:20Z"}')).* FROM ogw_logs.segment s WHERE s.since = '2026-07-05Z' OR s.since = '2026-07-05 10:00Z';
INSERT INTO ogw_logs.sealed_interval (since, until, sealed) VALUES ('2026-07-05 10:20Z', '2026-07-05 11:00Z', true) ON CONFLICT DO NOTHING;
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'lap');
SELECT count(g.input) AS readable, (SELECT count(*) FROM ogw_logs.search(body_contains => 'lap')) AS found FROM generate_series(10, 59) n, ogw_logs.get_log('lap' || n) g;

-- A partition of entries with another name, or other bounds, takes late bodies.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) VALUES ('first', 'red', '2026-07-08T10:00:00Z', 'first of july');
CALL maintain_all();
ALTER TABLE ogw_logs.entry_20260708 RENAME TO entry_of_that_day;
SELECT received, stored FROM ogw_logs.insert_logs(format('[{"job_id":"good","team_id":"red","timestamp":"%s","input":"good"},{"job_id":"late","team_id":"red","timestamp":"2026-07-08T11:00:00Z","input":"late"}]', now())::text);
SELECT j, g.input FROM unnest(ARRAY['first', 'good', 'late']) j, ogw_logs.get_log(j) g;
CALL maintain_all();
SELECT j, g.input FROM unnest(ARRAY['first', 'late']) j, ogw_logs.get_log(j) g;

-- A body that is sealed is not sealed again, in whatever partition it comes back; what
-- was sealed twice all the same is erased wherever it is, and counted once.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) SELECT 'twice' || n, 'red', '2026-07-09T10:00:' || n || 'Z', 'twice' || n % 2, 'twice ' || n FROM generate_series(10, 20) n;
CREATE TABLE unsealed AS SELECT * FROM ogw_logs.body WHERE job_id LIKE 'twice%';
CALL maintain_all();
SELECT ogw_logs_internal.attach_partition('body', '2026070910', '2026-07-09 10:00Z', '2026-07-09 11:00Z');
INSERT INTO ogw_logs.body SELECT * FROM unsealed;
CALL maintain_all();
SELECT sum(bodies) AS sealed FROM ogw_logs.sealed_interval WHERE since >= '2026-07-09Z' AND since < '2026-07-10Z';
CREATE TABLE twice AS SELECT * FROM ogw_logs.segment WHERE since = '2026-07-09Z' OR since = '2026-07-09 10:00Z';
INSERT INTO ogw_logs.segment SELECT (jsonb_populate_record(t, jsonb_build_object('since', timestamptz '2026-07-09 10:00Z' + CASE t.since WHEN '2026-07-09 10:00Z' THEN interval '-10 hours' ELSE interval '0' END))).* FROM twice t;
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'twice0');
SELECT count(g.input) AS readable, (SELECT count(*) FROM ogw_logs.search(body_contains => 'twice', since => '2026-07-09Z', until => '2026-07-10Z')) AS found
  FROM generate_series(10, 20) n, ogw_logs.get_log('twice' || n) g;

-- A segment that lacks its first piece is damaged, as one that lacks another.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input)
SELECT 'piece' || n, 'red', '2026-07-10T10:00:00Z', 'piece', (SELECT string_agg(md5(n || ' ' || i), '') FROM generate_series(1, 1000) i) FROM generate_series(1, 11) n;
CALL maintain_all();
DELETE FROM ogw_logs.segment WHERE since >= '2026-07-10Z' AND chunk = 0;
SELECT input FROM ogw_logs.get_log('piece1');
SELECT bodies FROM ogw_logs.erase_user('red', 'piece');
SELECT problem FROM ogw_logs.verify(since => '2026-07-10Z', until => '2026-07-11Z');
SELECT bodies >= 0 AS purged FROM ogw_logs.purge_bodies('red', '2026-07-11Z');
SELECT count(*) AS pieces FROM ogw_logs.segment WHERE team_id = 'red' AND since < '2026-07-11Z';

-- An index with the name of ours and other columns is none, and is made anew.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) VALUES ('indexed', 'red', '2026-07-12T10:00:00Z', 'indexed');
CALL maintain_all();
DROP INDEX ogw_logs.segment_20260712_key;
CREATE INDEX segment_20260712_key ON ogw_logs.segment_20260712 (team_id, since, pass);
SELECT input FROM ogw_logs.get_log('indexed');
DROP INDEX ogw_logs.segment_20260712_key;
CREATE UNIQUE INDEX segment_20260712_key ON ogw_logs.segment_20260712 (since, team_id, pass, first_session, first_timestamp, first_job, chunk);
SELECT input FROM ogw_logs.get_log('indexed');
SELECT * FROM next_step();
SELECT input FROM ogw_logs.get_log('indexed');

-- A DBA's own columns, of any length, keep nothing from being sealed.
ALTER TABLE ogw_logs.segment ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid(), ADD COLUMN b uuid NOT NULL DEFAULT gen_random_uuid(), ADD COLUMN c text DEFAULT repeat('c', 200), ADD COLUMN d text;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT 'wide' || n, 'red', '2026-07-13T10:00:00Z', (SELECT string_agg(md5(n || ' ' || i), '') FROM generate_series(1, 1000) i) FROM generate_series(1, 5) n;
CALL maintain_all();
SELECT count(g.input) AS readable, (SELECT count(*) FROM ogw_logs.body b WHERE b.job_id LIKE 'wide%') AS unsealed FROM generate_series(1, 5) n, ogw_logs.get_log('wide' || n) g;
ALTER TABLE ogw_logs.segment DROP COLUMN a, DROP COLUMN b, DROP COLUMN c, DROP COLUMN d;

-- Thousands of bodies of one time, in segments that begin with it, some late; those
-- that are full by their number are not merged.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) SELECT 'm' || n, 'many', '2026-07-14T10:00:00Z', 'm' || n % 10, CASE WHEN n % 1000 = 7 THEN 'rare' ELSE 'x' || n END FROM generate_series(1, 25000) n;
CALL maintain_all();
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) VALUES ('mlate', 'many', '2026-07-14T10:00:00Z', 'late'), ('mlater', 'many', '2026-07-14T10:00:01Z', 'later');
CALL maintain_all();
SELECT pass < 0 AS merged, count(DISTINCT (first_session, first_timestamp, first_job)) AS segments FROM ogw_logs.segment WHERE team_id = 'many' GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE g.input = CASE WHEN n % 1000 = 7 THEN 'rare' ELSE 'x' || n END) AS exact, count(*) FROM generate_series(1, 25000, 31) n, ogw_logs.get_log('m' || n) g;
SELECT count(*) AS rare FROM ogw_logs.search(body_contains => 'rare', max_rows => 1000);
SELECT count(*) AS rare FROM ogw_logs.search(body_contains => 'rare', since => '2026-07-14 10:00Z', until => '2026-07-14 10:00:00.000001Z');
SELECT count(*) AS common FROM ogw_logs.search(body_contains => 'x', team_id => 'many', max_rows => 100000);
SELECT count(*), count(DISTINCT job_id) FROM (SELECT (ogw_logs.search(body_contains => 'rare', max_rows => 7)).job_id UNION ALL
	SELECT s.job_id FROM (SELECT * FROM ogw_logs.search(body_contains => 'rare', max_rows => 7) ORDER BY "timestamp", job_id COLLATE "C", team_id LIMIT 1) l,
		   ogw_logs.search(body_contains => 'rare', before_timestamp => l."timestamp", before_job_id => l.job_id, before_team_id => l.team_id) s) p;
SELECT entries, bodies FROM ogw_logs.erase_user('many', 'm7');
SELECT count(g.input) AS of_ten FROM generate_series(1, 25000, 2500) n, ogw_logs.get_log('m' || n) g;
SELECT count(g.input) AS erased FROM generate_series(7, 25000, 2500) n, ogw_logs.get_log('m' || n) g;
SELECT count(*) AS rare FROM ogw_logs.search(body_contains => 'rare');
-- those that are sealed and still there unsealed, too
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) SELECT 'both' || n, 'many', '2026-07-15T10:00:00Z', 'both' || n % 2, 'both ' || n FROM generate_series(1, 2000) n;
SELECT ogw_logs_internal.seal_bodies(l.partition, l.since, l.until) FROM ogw_logs_internal.own_partitions('body') l WHERE l.since = '2026-07-15Z';
SELECT count(*) AS unsealed, (SELECT count(*) > 0 FROM ogw_logs.segment WHERE since = '2026-07-15Z') AS sealed FROM ogw_logs.body WHERE job_id LIKE 'both%';
SELECT entries, bodies FROM ogw_logs.erase_user('many', 'both0');
SELECT bodies FROM ogw_logs.purge_bodies('many', '2026-07-16Z');

-- A text that looks like a secret is found as it is stored: masked, or as it was given.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT 'key', team, '2026-07-17T10:00:00Z', 'my key is sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ, password=hunter2supersecret' FROM unnest(ARRAY['red', 'lax']) team;
SELECT found('sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ') AS key, found('password=hunter2super') AS part_of_a_password, found('KEY IS SK-PROJ-', true) AS any_case;
CALL maintain_all();
SELECT found('sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ') AS key, found('password=hunter2super') AS part_of_a_password, found('KEY IS SK-PROJ-', true) AS any_case;

-- Escapes of escapes, and backslashes without end.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) VALUES ('nested', 'red', '2026-07-18T10:00:00Z', 'one\\\u006etwo'), ('slashes', 'red', '2026-07-18T10:00:01Z', repeat('\', 100001) || 'n');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT 'slash' || n, 'red', '2026-07-18T10:00:02Z', repeat('\', 200) || CASE WHEN n = 3000 THEN '\n!' ELSE '' END FROM generate_series(1, 3000) n;
CALL maintain_all();
SELECT found(E'one\ntwo'), found(E'ONE\nTWO', true), found(repeat('\', 50000) || E'\n'), found(E'\\\n!'), found(E'x\ny');

-- What is about to be looked for is noted before it is: nobody learns of a match unseen.
-- Only messages of the server about the search itself could tell how far it has come.
SET log_statement = 'none'; SET log_duration = off; SET log_min_duration_statement = -1; SET auto_explain.log_min_duration = -1;
SET client_min_messages = 'log';
SET trace_sort = on;
SELECT job_id FROM ogw_logs.search(body_contains => 'indexed');
RESET trace_sort;
SET client_min_messages = warning;
SELECT job_id, input FROM ogw_logs.get_session('none', 'red');

-- In a conversation what is damaged is warned of, and the rest is read.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) VALUES ('c1', 'red', '2026-07-19T10:00:00Z', 'talk', 'hello'), ('c2', 'red', '2026-07-20T10:00:00Z', 'talk', 'goodbye');
CALL maintain_all();
UPDATE ogw_logs.segment SET content = set_byte(content, octet_length(content) - 1, 255 - get_byte(content, octet_length(content) - 1)) WHERE since = '2026-07-19Z';
SELECT job_id, input FROM ogw_logs.get_session('talk');

-- Bodies that are published without the segments stay unsealed.
SET client_min_messages = error;
CREATE PUBLICATION ogw_test_bodies FOR TABLE ogw_logs.body WITH (publish_via_partition_root = true);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) VALUES ('published', 'red', '2026-07-21T10:00:00Z', 'published');
SELECT ogw_logs_internal.seal_bodies(l.partition, l.since, l.until) FROM ogw_logs_internal.own_partitions('body') l WHERE l.since = '2026-07-21Z';
SELECT count(*) AS unsealed FROM ogw_logs.body WHERE job_id = 'published';
ALTER PUBLICATION ogw_test_bodies ADD TABLE ogw_logs.segment;
CALL maintain_all();
SET client_min_messages = warning;
SELECT (SELECT count(*) FROM ogw_logs.body WHERE job_id = 'published') AS unsealed, input FROM ogw_logs.get_log('published');
DROP PUBLICATION ogw_test_bodies;
\c :regression
DROP DATABASE ogw_test_elsewhere;
