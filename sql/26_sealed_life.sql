-- What must not befall sealed bodies: found by a reviewer who tried. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_sealed ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_sealed
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
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team('keeps', body_logging => true), ogw_logs.set_team('month', body_logging => true, body_retention => '30 days'), ogw_logs.set_team('other', body_logging => true);
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all

-- A late body of a team that keeps none so old expires unsealed; what of other
-- teams comes late is packed in a pass of its own all the same, and all is found.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'k' || n, 'keeps', to_char(timestamp '2026-06-02' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 's' || n, 'u' || n % 50, 'text ' || n FROM generate_series(1, 1000) n;
CALL maintain_all();
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) VALUES ('expired', 'month', '2026-06-02T00:10:00Z', 's', 'x');
CALL maintain_all();
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input) VALUES ('late', 'keeps', '2026-06-02T00:10:00Z', 's500x', 'u0', 'late');
CALL maintain_all();
SELECT count(g.input) AS readable FROM generate_series(1, 1000) n, ogw_logs.get_log('k' || n) g WHERE g.input = 'text ' || n;
SELECT count(*) AS damaged FROM ogw_logs.verify();
SELECT count(*) AS found FROM ogw_logs.search(body_contains => 'text', max_rows => 10000);
SELECT entries, bodies FROM ogw_logs.erase_user('keeps', 'u0');
SELECT count(*) FILTER (WHERE n % 50 = 0) AS erased, count(g.input) AS readable FROM generate_series(1, 1000) n LEFT JOIN ogw_logs.get_log('k' || n) g ON true;

-- The segment that a session read last is not taken for another team's, where VACUUM
-- FULL has moved that one to its place.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
VALUES ('same', 'keeps', '2026-06-03T00:00:00Z', 's', 'u', 'of keeps'), ('same', 'other', '2026-06-03T00:00:00Z', 's', 'u', 'of other'), ('second', 'other', '2026-06-03T00:00:01Z', 's', 'u', 'second of other');
CALL maintain_all();
SELECT input FROM ogw_logs.get_log('same', 'keeps');
SELECT bodies > 0 AS purged FROM ogw_logs.purge_bodies('keeps', 'infinity');
VACUUM FULL ogw_logs.segment_20260603;
SELECT j AS job_id, g.input FROM unnest(ARRAY['same', 'second']) j, ogw_logs.get_log(j) g ORDER BY 1, 2;

-- A user with more bodies than are looked for at once, some of them not sealed yet.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'sealed' || n, 'other', '2026-06-05T00:00:00Z', NULL, 'many', 'x' FROM generate_series(1, 10) n;
CALL maintain_all();
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'unsealed' || n, 'other', '2026-06-04T00:00:00Z', NULL, 'many', 'x' FROM generate_series(1, 10000) n;
SELECT entries, bodies FROM ogw_logs.erase_user('other', 'many');
SELECT count(*) AS left_over FROM ogw_logs.entry WHERE user_id = 'many';

-- A purge of all that a damaged segment can hold deletes it; one of less is an error.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) VALUES ('damaged', 'other', '2026-06-06T00:00:00Z', 's', 'x'), ('whole', 'keeps', '2026-06-06T00:00:00Z', 's', 'whole');
CALL maintain_all();
UPDATE ogw_logs.segment SET content = set_byte(content, 8, 0) WHERE since = '2026-06-06' AND team_id = 'other';
SELECT bodies FROM ogw_logs.purge_bodies('other', '2026-06-06 12:00Z');
SELECT bodies FROM ogw_logs.purge_bodies('other', '2026-06-07Z');
SELECT count(*) FROM ogw_logs.segment WHERE since = '2026-06-06' AND team_id = 'other';
SELECT job_id, input FROM ogw_logs.get_log('damaged') UNION ALL SELECT job_id, input FROM ogw_logs.get_log('whole');

-- An index by which sealed bodies are found is built where it is missing.
DROP INDEX ogw_logs.segment_20260606_key;
SELECT input FROM ogw_logs.get_log('whole');
SELECT * FROM next_step();
SELECT input FROM ogw_logs.get_log('whole');
SELECT count(*) AS due FROM ogw_logs.maintain(dry_run => true) WHERE object LIKE 'segment%';
\c :regression
DROP DATABASE ogw_test_sealed;
