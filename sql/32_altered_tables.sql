-- The owner of the log's tables alters them, in a database of its own: what reads and writes them casts, or says which column is in the way.
\set regression :DBNAME
CREATE DATABASE ogw_test_altered_tables ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_altered_tables
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET ogw_logs.retention_delay = 0;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team('red', body_logging => true, metadata_keys => '{k}');
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
CREATE ROLE ogw_altered_reader;
CREATE ROLE ogw_altered_owner;
SELECT ogw_logs.grant_reader('ogw_altered_reader', 'red', bodies => true);
CREATE FUNCTION write(first integer, last integer, at timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT ogw_logs.insert_log(job_id => 'j' || n, team_id => 'red', "timestamp" => at + n * interval '1 second', owner => 'o1', api_key => 'sk-0123456789abcdef' || n,
		requested_model => 'm1', latency_ms => n, cost_usd => n / 8.0, user_id => 'u' || n % 2, session_id => 's' || n % 2,
		attempts => '[{"model":"m1","error_code":"e1"}]', input => 'body of j' || n, metadata => '{"k":"v' || n || '","other":1}') FROM generate_series(first, last) n
$$;
SELECT count(*) FROM write(1, 3, '2026-06-02 10:00Z');
CALL maintain_all();
SELECT count(*) FROM write(4, 6, '2026-07-02 10:00Z');

-- One list has the columns of every table, as they are made.
SELECT l.table_name, l.column_name, l.type, a.relname, a.attname, a.type
  FROM ogw_logs_internal.log_columns() l
  FULL JOIN (SELECT c.relname, a.attname, a.atttypid::regtype AS type FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
			  WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0) a
	ON a.relname = l.table_name AND a.attname = l.column_name AND a.type = l.type
 WHERE l.table_name IS NULL OR a.relname IS NULL;
SELECT count(*) AS altered FROM ogw_logs_internal.altered_columns();

-- Entries with columns of other types are cast: search(), get_log(), the views and the writers go on.
DROP VIEW ogw_logs.logs, ogw_logs.attempts;
ALTER TABLE ogw_logs.entry ALTER COLUMN cost_usd TYPE float8, ALTER COLUMN metadata TYPE jsonb, ALTER COLUMN attempts TYPE jsonb,
	ALTER COLUMN latency_ms TYPE numeric(12, 1), ALTER COLUMN session_id TYPE varchar(20), ALTER COLUMN fallback_reason TYPE text COLLATE "POSIX";
SELECT ogw_logs.create_log();
SELECT job_id, cost_usd, latency_ms, session_id, metadata, attempts FROM ogw_logs.search();
SELECT job_id, metadata FROM ogw_logs.search(session_id => 's1', user_id => 'u1', model => 'm1', api_key => 'sk-0123456789abcdef3');
SELECT job_id FROM ogw_logs.search(before_timestamp => '2026-07-02 10:00:05Z', before_job_id => 'j5', before_team_id => 'red', max_rows => 2);
SELECT job_id, cost_usd, metadata, attempts, input FROM unnest('{j1,j4}'::text[]) j, ogw_logs.get_log(j);
SELECT job_id FROM ogw_logs.get_session('s1');
SELECT job_id FROM ogw_logs.search(body_contains => 'body of j', max_rows => 4);
SET ROLE ogw_altered_reader;
SELECT count(*) FROM ogw_logs.search(model => 'm1');
RESET ROLE;
SELECT job_id, pg_typeof(cost_usd), pg_typeof(metadata), api_key_fingerprint IS NOT NULL AS fingerprint FROM ogw_logs.logs WHERE job_id = 'j2';
SELECT job_id, attempt, model, error_code, final FROM ogw_logs.attempts WHERE job_id = 'j2';
SELECT write(7, 7, '2026-07-02 10:00Z');
SELECT job_id, cost_usd, latency_ms, metadata, input FROM ogw_logs.get_log('j7');
SELECT * FROM ogw_logs.verify();
SELECT * FROM ogw_logs.erase_user('red', 'u1');
SELECT count(*) AS of_u1 FROM ogw_logs.search(user_id => 'u1');
SELECT job_id, session_id FROM ogw_logs.search(max_rows => 2);

-- What cannot be cast is an error that names it, and so is what is not there.
BEGIN;
ALTER TABLE ogw_logs.entry DROP COLUMN owner CASCADE;
SELECT job_id, owner FROM ogw_logs.search(max_rows => 1);
SELECT job_id FROM ogw_logs.search(owner => 'o1');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.entry RENAME COLUMN "timestamp" TO at;
SELECT job_id FROM ogw_logs.search();
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.entry DROP COLUMN body_state CASCADE;
ALTER TABLE ogw_logs.entry ADD COLUMN body_state bytea;
SELECT job_id FROM ogw_logs.search();
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.entry DROP COLUMN metadata CASCADE;
ALTER TABLE ogw_logs.entry ADD COLUMN metadata bytea;
SELECT write(8, 8, '2026-07-02 10:00Z');
ROLLBACK;

-- A type with a modifier is a type of its own to who writes: a value gets into the column as a statement puts it there.
BEGIN;
DROP VIEW ogw_logs.logs;
ALTER TABLE ogw_logs.entry ALTER COLUMN cost_usd TYPE numeric(8, 2);
SELECT write(9, 9, '2026-07-02 10:00Z');
SELECT cost_usd FROM ogw_logs.search(job_id => 'j9');
ROLLBACK;

-- What has no job_id or no team is no entry.
BEGIN;
ALTER TABLE ogw_logs.entry ALTER COLUMN team_id DROP NOT NULL, ALTER COLUMN job_id DROP NOT NULL;
DO $$ DECLARE p regclass; BEGIN FOR p IN SELECT o.partition FROM ogw_logs_internal.partitions_of('body') o LOOP EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', p); END LOOP; END $$;
ALTER TABLE ogw_logs.body ALTER COLUMN team_id DROP NOT NULL, ALTER COLUMN content DROP NOT NULL;
INSERT INTO ogw_logs.entry (timestamp, team_id, job_id, body_state) VALUES ('2026-07-02 10:00Z', NULL, 'n', 'stored'), ('2026-07-02 10:00Z', 'red', NULL, 'stored');
INSERT INTO ogw_logs.body (timestamp, team_id, job_id, chunk, content) VALUES ('2026-07-02 10:00Z', NULL, 'n', 0, NULL);
UPDATE ogw_logs.body SET content = NULL WHERE job_id = 'j4';
SELECT count(*) FROM ogw_logs.search(since => '2026-07-01Z');
SELECT job_id FROM ogw_logs.search(since => '2026-07-01Z', body_contains => 'body of');
SELECT input FROM ogw_logs.get_log('j4');
ROLLBACK;

-- Rights are read from columns of their own types, or not at all; a NULL gives none.
BEGIN;
ALTER TABLE ogw_logs.access ALTER COLUMN role DROP DEFAULT, ALTER COLUMN role TYPE text;
SET ROLE ogw_altered_reader;
SELECT count(*) FROM ogw_logs.search();
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.access ALTER COLUMN bodies TYPE integer USING 1;
SET ROLE ogw_altered_reader;
SELECT count(*) FROM ogw_logs.search();
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.access ALTER COLUMN bodies DROP NOT NULL, ALTER COLUMN role_name DROP NOT NULL;
UPDATE ogw_logs.access SET bodies = NULL;
INSERT INTO ogw_logs.access VALUES (NULL, 'read', NULL, true, NULL);
SET ROLE ogw_altered_reader;
SELECT input FROM ogw_logs.get_log('j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.access RENAME TO rights;
SET ROLE ogw_altered_reader;
SELECT count(*) FROM ogw_logs.search();
ROLLBACK;

-- Bodies, unsealed and sealed.
BEGIN;
ALTER TABLE ogw_logs.body ALTER COLUMN content TYPE text;
SELECT input FROM ogw_logs.get_log('j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.body ALTER COLUMN chunk TYPE numeric;
SELECT input FROM ogw_logs.get_log('j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.body ALTER COLUMN chunk TYPE smallint;
SELECT input FROM ogw_logs.get_log('j4');
SELECT job_id FROM ogw_logs.search(body_contains => 'body of j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.segment ALTER COLUMN content TYPE bigint USING 7;
SELECT input FROM ogw_logs.get_log('j2');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.segment ALTER COLUMN content DROP NOT NULL;
UPDATE ogw_logs.segment SET content = NULL;
SELECT input FROM ogw_logs.get_log('j2');
ROLLBACK;
BEGIN;
DROP VIEW ogw_logs.partitions;
ALTER TABLE ogw_logs.sealed_interval ALTER COLUMN since TYPE text;
SELECT input FROM ogw_logs.get_log('j8');
SELECT job_id FROM ogw_logs.search(body_contains => 'body of j2');
ROLLBACK;
BEGIN;
DROP VIEW ogw_logs.partitions;
ALTER TABLE ogw_logs.sealed_interval ALTER COLUMN since TYPE timestamp, ALTER COLUMN until TYPE timestamp;
SELECT job_id FROM ogw_logs.search(body_contains => 'body of j2');
ROLLBACK;

-- What tells duplicates, and where an entry is.
BEGIN;
ALTER TABLE ogw_logs.entry_key ALTER COLUMN key TYPE text;
SELECT job_id FROM ogw_logs.search(job_id => 'j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.entry_key RENAME COLUMN "timestamp" TO at;
SELECT job_id FROM ogw_logs.search(job_id => 'j4');
ROLLBACK;

-- A table of another kind.
BEGIN;
ALTER TABLE ogw_logs.entry_key RENAME TO keys;
CREATE TABLE ogw_logs.entry_key (LIKE ogw_logs.keys) PARTITION BY LIST (key);
CREATE TABLE ogw_logs.others PARTITION OF ogw_logs.entry_key DEFAULT;
SELECT job_id FROM ogw_logs.search(job_id => 'j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.body RENAME TO bodies;
CREATE VIEW ogw_logs.body AS SELECT * FROM ogw_logs.bodies;
SELECT input FROM ogw_logs.get_log('j4');
SELECT job_id FROM ogw_logs.search(body_contains => 'body of j4');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.entry RENAME TO entries;
CREATE INDEX entry ON ogw_logs.entries (cost_usd);
SELECT job_id FROM ogw_logs.search();
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.entry RENAME TO entries;
CREATE VIEW ogw_logs.entry AS SELECT * FROM ogw_logs.entries;
SELECT count(*) FROM ogw_logs.search();
SELECT table_name, problem FROM ogw_logs_internal.altered_columns() WHERE column_name IS NULL;
SELECT write(8, 8, '2026-07-02 10:00Z');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.access RENAME TO rights;
CREATE TABLE ogw_logs.access (LIKE ogw_logs.rights) PARTITION BY LIST (role_name);
SET ROLE ogw_altered_reader;
SELECT count(*) FROM ogw_logs.search();
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.rewrite RENAME TO copies;
CREATE VIEW ogw_logs.rewrite AS SELECT * FROM ogw_logs.copies;
SELECT ogw_logs_internal.seen_by_all('1');
ROLLBACK;

-- A rule that puts something else in the place of a statement.
BEGIN;
CREATE RULE dba AS ON INSERT TO ogw_logs.rejected DO INSTEAD UPDATE ogw_logs.rejected SET reason = 'x' WHERE false;
SELECT ogw_logs.insert_logs('[7]');
ROLLBACK;

-- Settings: no bodies where they cannot be read, and nothing half masked.
BEGIN;
ALTER TABLE ogw_logs.team ALTER COLUMN body_logging TYPE integer USING 1;
SELECT write(8, 8, '2026-07-02 10:00Z');
SELECT job_id, body_state FROM ogw_logs.search(job_id => 'j8');
SELECT ogw_logs.set_team('red', body_logging => true);
ROLLBACK;
BEGIN;
DO $$ DECLARE k record; BEGIN FOR k IN SELECT conname FROM pg_constraint WHERE conrelid = 'ogw_logs.key_format'::regclass AND contype = 'c' LOOP
	EXECUTE format('ALTER TABLE ogw_logs.key_format DROP CONSTRAINT %I', k.conname); END LOOP; END $$;
INSERT INTO ogw_logs.key_format VALUES ('short', 'x', 'A-Z', -5, 100000);
SELECT ogw_logs.redact('xABCDEF');
ROLLBACK;
BEGIN;
ALTER TABLE ogw_logs.key_format RENAME TO formats;
SELECT ogw_logs.redact('xABCDEF');
ROLLBACK;
BEGIN;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_altered_owner;
ALTER TABLE ogw_logs.key_format OWNER TO ogw_altered_owner;
ALTER TABLE ogw_logs.key_format FORCE ROW LEVEL SECURITY;
ALTER FUNCTION ogw_logs.redact(text) OWNER TO ogw_altered_owner;
SELECT ogw_logs.redact('xABCDEF');
ROLLBACK;

-- Sums go into the columns that they are of, in whatever order these stand.
BEGIN;
ALTER TABLE ogw_logs.ingest_count DROP COLUMN received CASCADE;
ALTER TABLE ogw_logs.ingest_count ADD COLUMN received bigint NOT NULL DEFAULT 1;
INSERT INTO ogw_logs.ingest_count (team_id, method, received, stored, duplicate, rejected, bodies_dropped, secrets_masked, defects) SELECT 'red', 'insert_log', 1, 0, 1, 0, 0, 0, 0 FROM generate_series(1, 20);
SELECT ogw_logs_internal.add_up_ingest_counts() IS NOT NULL AS added;
SELECT sum(received) = sum(stored) + sum(duplicate) + sum(rejected) AS adds_up FROM ogw_logs.ingest_count;
ROLLBACK;

-- The types that functions return, and the view that is written into.
BEGIN;
ALTER TYPE ogw_logs.entry_row ALTER ATTRIBUTE cost_usd TYPE float8, ALTER ATTRIBUTE latency_ms TYPE text;
SELECT cost_usd, latency_ms FROM ogw_logs.search(job_id => 'j4');
ROLLBACK;
BEGIN;
ALTER TYPE ogw_logs.log_row ALTER ATTRIBUTE input TYPE integer;
SELECT input FROM ogw_logs.get_log('j4');
ROLLBACK;
BEGIN;
ALTER TYPE ogw_logs.log_row DROP ATTRIBUTE team_id;
SELECT input FROM ogw_logs.get_log('j4');
ROLLBACK;
BEGIN;
ALTER TYPE ogw_logs.batch_counts ALTER ATTRIBUTE stored TYPE text;
SELECT ogw_logs.insert_logs('[7]');
ROLLBACK;
BEGIN;
ALTER VIEW ogw_logs.inbox RENAME COLUMN team_id TO x;
ALTER VIEW ogw_logs.inbox RENAME COLUMN job_id TO team_id;
ALTER VIEW ogw_logs.inbox RENAME COLUMN x TO job_id;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('i1', 'red');
ROLLBACK;

-- What maintain() cannot do says what was altered.
BEGIN;
ALTER TABLE ogw_logs.sealed_interval ALTER COLUMN sealed_by TYPE text;
SELECT count(*) FROM ogw_logs.maintain();
ROLLBACK;

\c :regression
DROP DATABASE ogw_test_altered_tables;
DROP ROLE ogw_altered_reader;
DROP ROLE ogw_altered_owner;
