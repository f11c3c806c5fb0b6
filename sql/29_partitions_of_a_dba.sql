-- What a DBA does to partitions and indexes, in a database of its own: none of it loses what maintain() builds on.
\set regression :DBNAME
CREATE DATABASE ogw_test_dba_partitions ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_dba_partitions
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET ogw_logs.retention_delay = 0;
SET ogw_logs.log_body_reads = off;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
-- a table access method of another name, which new tables have unless they are told
CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
SET default_table_access_method = other;
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team('red', body_logging => true);
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all

-- Every partition is a heap, whatever the session that makes it has set.
SELECT ogw_logs.insert_log(job_id => 'j' || n, team_id => 'red', "timestamp" => '2026-06-02 10:00Z', user_id => 'u' || n, input => 'body ' || n) FROM generate_series(1, 3) n;
CALL maintain_all();
SELECT p.parent, count(*) > 0 AS some, bool_and(a.amname = 'heap') AS heap
  FROM (VALUES ('entry'::name), ('segment'), ('entry_key'), ('body')) AS p (parent) CROSS JOIN ogw_logs_internal.partitions_of(p.parent) l
  JOIN pg_class c ON c.oid = l.partition JOIN pg_am a ON a.oid = c.relam GROUP BY 1 ORDER BY 1;
RESET default_table_access_method;

-- An index of an earlier version is replaced when the new one is built: till then readers go on.
CREATE FUNCTION readers_wait() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
	RAISE WARNING 'readers wait while it is built: %', EXISTS (SELECT FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock'
		AND l.relation IN ('ogw_logs.entry_20260602'::regclass, 'ogw_logs.entry'::regclass));
END $$;
DROP INDEX ogw_logs.entry_20260602_filter;
SELECT format('CREATE INDEX entry_20260602_filter ON ogw_logs.entry_20260602 %s', replace(ogw_logs_internal.filter_index_definition(sealed => true), $$(user_id, '2'::bigint)$$, $$(user_id, '99'::bigint)$$)) \gexec
CREATE EVENT TRIGGER readers_wait ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION readers_wait();
CALL maintain_all();
DROP EVENT TRIGGER readers_wait;
SELECT ogw_logs_internal.has_filter_index('ogw_logs.entry_20260602') AS of_this_version;
SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = 'ogw_logs.entry_20260602'::regclass ORDER BY 1;
SELECT job_id FROM ogw_logs.search(user_id => 'u2');

-- The index by which a subscriber finds a segment is that again when it is built anew.
DROP INDEX ogw_logs.segment_20260602_key;
-- (a server whose wal_level is not logical warns)
SET client_min_messages = error;
CREATE PUBLICATION of_all FOR TABLES IN SCHEMA ogw_logs;
SET client_min_messages = warning;
DELETE FROM ogw_logs.segment;
CALL maintain_all();
SELECT i.indisreplident FROM pg_index i WHERE i.indexrelid = 'ogw_logs.segment_20260602_key'::regclass;
DELETE FROM ogw_logs.segment;
DROP PUBLICATION of_all;

-- A partition without a lower bound keeps the keys of its entries.
SELECT ogw_logs.insert_log(job_id => 'june', team_id => 'red', "timestamp" => '2025-06-03 10:00Z');
CREATE TABLE ogw_logs.entry_old PARTITION OF ogw_logs.entry FOR VALUES FROM (MINVALUE) TO ('2025-06-03Z');
SELECT ogw_logs.insert_log(job_id => 'may', team_id => 'red', "timestamp" => '2025-06-02 10:00Z');
SELECT set_config('ogw_logs.log_retention', extract(epoch FROM now() - '2025-06-20Z')::bigint || 's', false) IS NOT NULL AS keeps_from_june_20_on;
CALL maintain_all();
SELECT count(*) AS partitions_before_july FROM ogw_logs_internal.partitions_of('entry') l WHERE l.until < '2025-07-01Z';
SELECT job_id FROM ogw_logs.get_log('may');
SELECT ogw_logs.insert_log(job_id => 'may', team_id => 'red', "timestamp" => '2025-06-02 11:00Z');
-- Bounds within one minute: what lies between has a partition of its own, on both sides.
CREATE TABLE ogw_logs.body_short PARTITION OF ogw_logs.body FOR VALUES FROM ('2026-06-20 10:00:10.5Z') TO ('2026-06-20 10:00:20Z');
CREATE TABLE ogw_logs.body_other PARTITION OF ogw_logs.body FOR VALUES FROM ('2026-06-20 10:00:30Z') TO ('2026-06-20 10:00:40Z');
SELECT ogw_logs.insert_log(job_id => 'short' || s, team_id => 'red', "timestamp" => '2026-06-20 10:00Z'::timestamptz + s * interval '1 second', input => 'body ' || s) FROM generate_series(5, 45, 10) s;
SELECT count(g.input) AS readable FROM generate_series(5, 45, 10) s, ogw_logs.get_log('short' || s) g;

\c :regression
DROP DATABASE ogw_test_dba_partitions;
