-- The life of a partition, in a database of its own: open, sealed, and what it is then.
\set regression :DBNAME
CREATE DATABASE ogw_test_life ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_life
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 month'), ogw_logs.set_team('red', body_logging => true), ogw_logs.set_team('blue', body_logging => true);
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
-- what maintain() did until nothing was due, but for partitions that ended within the last hour
SET test.shown = '^(?!make_partition|analyze)';
CREATE VIEW life AS SELECT since::date, state, entries, index_bytes > 0 AS indexed, body_bytes > 0 AS bodies, sealed_at IS NOT NULL AS sealed
	FROM ogw_logs.partitions WHERE since < '2021-01-01' ORDER BY since;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, session_id, owner, api_key, input)
SELECT 'j' || n, CASE n % 3 WHEN 0 THEN 'red' ELSE 'blue' END, to_char(timestamp '2020-01-01' + n * interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	   'u' || n % 7, 's' || n % 50, 'o' || n % 5, 'sk-life-0123456789abcdef' || n % 4, 'body ' || n FROM generate_series(1, 2000) n;
SELECT since, state, indexed, bodies, sealed FROM life;
SELECT action, object, detail FROM ogw_logs.maintain(dry_run => true) WHERE object LIKE '%2020%';
SELECT count(*) AS nothing_done FROM life WHERE state <> 'open';
CALL maintain_all();
SELECT * FROM life;
SELECT count(*) AS left_to_do FROM due_steps();
SELECT ogw_logs.make_partitions('2020-01-01Z', '2020-03-01Z') AS made;
SELECT pg_get_indexdef(i.indexrelid) AS index, i.indisreplident FROM pg_index i WHERE i.indrelid IN ('ogw_logs.entry_202001'::regclass, 'ogw_logs.segment_202001'::regclass) ORDER BY i.indexrelid::regclass::text COLLATE "C";
SELECT c.relname, c.relreplident, c.relrowsecurity, c.reloptions FROM pg_class c WHERE c.relname IN ('entry_202001', 'segment_202001', 'body_202001') ORDER BY 1;
SELECT count(*) > 10 AS analyzed FROM pg_stats WHERE schemaname = 'ogw_logs' AND tablename = 'entry_202001';
SELECT count(*) > 10 AS analyzed_as_a_whole FROM pg_stats WHERE schemaname = 'ogw_logs' AND tablename = 'entry' AND inherited;
-- a late entry is taken, found by every way, and known when it is sent again
SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => '2020-01-15 12:00Z', user_id => 'late-user', session_id => 'late-session', owner => 'late-owner', api_key => 'sk-late-0123456789abcdef', input => 'late body');
SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => '2020-01-16 12:00Z');
SET enable_seqscan = off;
SELECT job_id FROM ogw_logs.search(user_id => 'late-user') UNION ALL SELECT job_id FROM ogw_logs.search(session_id => 'late-session')
UNION ALL SELECT job_id FROM ogw_logs.search(owner => 'late-owner') UNION ALL SELECT job_id FROM ogw_logs.search(api_key => 'sk-late-0123456789abcdef')
UNION ALL SELECT job_id FROM ogw_logs.search(job_id => 'late') UNION ALL SELECT input FROM ogw_logs.get_log('late');
RESET enable_seqscan;
CALL maintain_all();
SELECT state FROM life WHERE since = '2020-01-01';
-- an index that is not valid, as a CREATE INDEX CONCURRENTLY leaves it, is built again
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ogw_logs.entry_202002_filter'::regclass;
SELECT state FROM life WHERE since = '2020-02-01';
CALL maintain_all();
SELECT state FROM life WHERE since = '2020-02-01';
SELECT indisvalid FROM pg_index WHERE indexrelid = 'ogw_logs.entry_202002_filter'::regclass;
-- so is one of an older version, which lacks a column
DROP INDEX ogw_logs.entry_202002_filter;
SELECT format('CREATE INDEX entry_202002_filter ON ogw_logs.entry_202002 %s', replace(ogw_logs_internal.filter_index_definition(sealed => true), $$, hashtextextended(user_id, '2'::bigint)$$, '')) \gexec
SELECT state FROM life WHERE since = '2020-02-01';
CALL maintain_all();
SELECT state FROM life WHERE since = '2020-02-01';
SELECT pg_get_indexdef('ogw_logs.entry_202002_filter'::regclass) LIKE '%user_id%' AS has_user;
-- large partitions are sealed index by index
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", owner, user_id, session_id)
SELECT 'large' || n, 'red', '2020-06-01T00:00:00Z', repeat('o', 250), repeat('u', 250), repeat('s', 250) FROM generate_series(1, 20000) n;
SELECT action, object, detail FROM ogw_logs.maintain(dry_run => true) WHERE object LIKE '%202006%';
CALL maintain_all();
-- entries that somebody wrote twice past the methods do not keep a partition from being sealed
SELECT ogw_logs.insert_log(job_id => 'duplicate', team_id => 'red', "timestamp" => '2020-07-15 12:00Z');
INSERT INTO ogw_logs.entry SELECT * FROM ogw_logs.entry WHERE job_id = 'duplicate';
CALL maintain_all();
SELECT state FROM life WHERE since = '2020-07-01';
-- sealed only after seal_delay
SET ogw_logs.seal_delay = '19000d';
SELECT ogw_logs.insert_log(job_id => 'early', team_id => 'red', "timestamp" => '2020-08-15 12:00Z');
CALL maintain_all();
SET ogw_logs.seal_delay = 0;
CALL maintain_all();
-- a step that fails does not stop the others
CREATE FUNCTION fail() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
	IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%202009%') THEN RAISE EXCEPTION 'no room for an index'; END IF; END $$;
SELECT ogw_logs.insert_log(job_id => 'fail' || n, team_id => 'red', "timestamp" => make_timestamptz(2020, 8 + n, 15, 0, 0, 0)) FROM generate_series(1, 2) n;
CREATE EVENT TRIGGER fail ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION fail();
CALL maintain_all();
DROP EVENT TRIGGER fail;
CALL maintain_all();
-- a DBA's indexes on the whole table, which take over those of an open partition, and a name that a DBA gave
CREATE INDEX of_a_dba ON ogw_logs.entry ("timestamp");
DO $$ BEGIN EXECUTE 'CREATE INDEX of_a_dba_too ON ogw_logs.entry ' || ogw_logs_internal.filter_index_definition(sealed => false); END $$;
SELECT ogw_logs.insert_log(job_id => 'dba' || n, team_id => 'red', "timestamp" => make_timestamptz(2020, 10 + n, 15, 0, 0, 0), input => 'x') FROM unnest(ARRAY[1, 2]) n;
ALTER TABLE ogw_logs.entry_202012 RENAME TO december;
SELECT action, object FROM ogw_logs.maintain(dry_run => true) WHERE action = 'seal';
CALL maintain_all();
SELECT since, state FROM life WHERE since >= '2020-11-01';
SELECT x.relname, x.relispartition FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = 'ogw_logs.entry_202011'::regclass ORDER BY 1;
SELECT indisvalid FROM pg_index WHERE indexrelid IN ('ogw_logs.of_a_dba'::regclass, 'ogw_logs.of_a_dba_too'::regclass);
-- they take what they made their own with them, which is built anew where it is needed
DROP INDEX ogw_logs.of_a_dba, ogw_logs.of_a_dba_too;
SELECT since, state FROM life WHERE state <> 'open';
CALL maintain_all();
SELECT count(*) FILTER (WHERE state = 'open' AND since < '2021-01-01') = 0 AS all_are_sealed FROM life;
SELECT job_id FROM ogw_logs.search(since => '2020-11-15Z', until => '2020-11-16Z');
-- the partition of now has another name, too
DO $$ DECLARE partition regclass; BEGIN
	SELECT l.partition INTO partition FROM ogw_logs_internal.partitions_of('entry') l WHERE l.since <= now() AND l.until > now();
	EXECUTE format('ALTER TABLE %s RENAME TO entry_of_now', partition);
END $$;
CALL maintain_all();
SELECT ogw_logs.insert_log(job_id => 'now', team_id => 'red');
-- and a DBA's column that counts by itself, which a table with partitions can have from 17 on
DO $$ BEGIN
	ALTER TABLE ogw_logs.entry ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
EXCEPTION WHEN invalid_table_definition THEN
	ALTER TABLE ogw_logs.entry ADD COLUMN number bigint;
END $$;
SELECT ogw_logs.insert_log(job_id => 'counted', team_id => 'red', "timestamp" => '2021-01-15Z');
ALTER TABLE ogw_logs.entry DROP COLUMN number;
CALL maintain_all();
-- ogw_logs.entry_key, where it was lost, is filled anew
DROP TABLE ogw_logs.entry_key;
SELECT ogw_logs.create_log();
SELECT (SELECT count(*) FROM ogw_logs.entry_key) = (SELECT count(DISTINCT (team_id, job_id)) FROM ogw_logs.entry) AS complete;
SELECT input FROM ogw_logs.get_log('late');
SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => '2020-01-15 12:00Z');
-- in a session that has not loaded the library; with nothing to do; before there is a log
\c ogw_test_life
SELECT count(*) FROM due_steps();
SELECT count(*) FROM ogw_logs.maintain() m WHERE m.action <> 'make_partition' AND m.object !~ just_ended();
BEGIN READ ONLY;
SELECT count(*) FROM due_steps();
SELECT count(*) > 7 AS shown FROM ogw_logs.partitions;
ROLLBACK;
SELECT ogw_logs_internal.setting('seal_delay'), ogw_logs_internal.setting('nothing');
\c :regression
DROP DATABASE ogw_test_life;
