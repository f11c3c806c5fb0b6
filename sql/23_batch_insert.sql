-- How rows are written: into the partitions themselves, as COPY does; by a
-- statement where a DBA has put something on a table that COPY could not know.
\set regression :DBNAME
CREATE DATABASE ogw_test_batch_insert;
\c ogw_test_batch_insert
CREATE EXTENSION ogw_logs;
SET ogw_logs.max_age = '2000000000s';
SET track_functions = 'all';
SET timezone = 'UTC';
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team('t', body_logging => true);
SELECT ogw_logs.make_partitions('2001-01-01', '2001-01-02');

-- Writes three entries, one of them twice, and tells by which functions of a statement.
CREATE TABLE calls (how text, number serial);
CREATE FUNCTION written(how text) RETURNS TABLE (result ogw_logs.batch_counts, by_statement text) LANGUAGE plpgsql AS $$
DECLARE
	before jsonb := (SELECT jsonb_object_agg(funcname, calls) FROM pg_stat_xact_user_functions WHERE schemaname = 'ogw_logs_internal');
	n integer;
BEGIN
	INSERT INTO calls (how) VALUES (written.how) RETURNING number INTO n;
	result := ogw_logs.insert_logs((
		SELECT jsonb_agg(jsonb_build_object('job_id', format('j%s_%s', n, j), 'team_id', 't', 'timestamp', '2001-01-01T12:00:00Z', 'input', 'what is asked'))
		  FROM unnest(ARRAY[1, 2, 3, 2]) j)::text);
	by_statement := (
		SELECT string_agg(f.funcname, ' ' ORDER BY f.funcname) FROM pg_stat_xact_user_functions f
		 WHERE f.schemaname = 'ogw_logs_internal' AND f.funcname IN ('batch_entry_rows', 'batch_bodies')
		   AND f.calls > coalesce((before ->> f.funcname)::bigint, 0));
	RETURN NEXT;
END
$$;

-- an ordinary log
SELECT * FROM written('directly');

-- a trigger, on a whole table or on a partition
CREATE TABLE seen (job_id text);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.seen VALUES (NEW.job_id); RETURN NEW; END$$;
CREATE TRIGGER see AFTER INSERT ON ogw_logs.entry FOR EACH ROW EXECUTE FUNCTION see();
SELECT * FROM written('a trigger on entry');
SELECT * FROM seen ORDER BY 1;
DROP TRIGGER see ON ogw_logs.entry;
CREATE TRIGGER see BEFORE INSERT ON ogw_logs.body_20010101 FOR EACH ROW EXECUTE FUNCTION see();
SELECT * FROM written('a trigger on a partition of body');
DROP TRIGGER see ON ogw_logs.body_20010101;
SELECT count(*) FROM seen;

-- The keys and the counts are written in no other way: what a DBA put on these tables is an error that says so
\set VERBOSITY terse
CREATE RULE note AS ON INSERT TO ogw_logs.ingest_count DO ALSO INSERT INTO public.seen VALUES (NEW.method);
SELECT ogw_logs.insert_log(job_id => 'rule', team_id => 't', "timestamp" => '2001-01-01 12:00Z');
DROP RULE note ON ogw_logs.ingest_count;
CREATE TRIGGER see BEFORE INSERT ON ogw_logs.entry_key_20010101 FOR EACH ROW EXECUTE FUNCTION see();
\set VERBOSITY default
SELECT ogw_logs.insert_log(job_id => 'trigger', team_id => 't', "timestamp" => '2001-01-01 12:00Z');
\set VERBOSITY terse
DROP TRIGGER see ON ogw_logs.entry_key_20010101;
CREATE UNIQUE INDEX one_of_each ON ogw_logs.entry_key_20010101 (key);
SELECT ogw_logs.insert_log(job_id => 'index', team_id => 't', "timestamp" => '2001-01-01 12:00Z');
DROP INDEX ogw_logs.one_of_each;
\set VERBOSITY default
SELECT (SELECT count(*) FROM ogw_logs.entry WHERE job_id IN ('rule', 'trigger', 'index')) AS entries, (SELECT count(*) FROM seen WHERE job_id = 'insert_log') AS seen,
	   (SELECT sum(received) FROM ogw_logs.ingest_counts) AS received;

-- a key that is not the one it is looked for by: said, and not looked for for ever
ALTER TABLE ogw_logs.entry_key_20010101 DROP CONSTRAINT entry_key_20010101_key;
CREATE UNIQUE INDEX by_text ON ogw_logs.entry_key_20010101 (CAST(key AS text) COLLATE "C");
\set VERBOSITY sqlstate
SELECT ogw_logs.insert_log(job_id => j, team_id => 't', "timestamp" => '2001-01-01 12:00Z') FROM unnest(ARRAY['j1_1', 'J1_1', 'j1_1']) j;
\set VERBOSITY default
DROP INDEX ogw_logs.by_text;
ALTER TABLE ogw_logs.entry_key_20010101 ADD CONSTRAINT entry_key_20010101_key PRIMARY KEY (key);

-- constraints and indexes are seen to without a statement
ALTER TABLE ogw_logs.entry_20010101 ADD CONSTRAINT no_failures CHECK (status IS DISTINCT FROM 'failure');
CREATE INDEX upper_ids ON ogw_logs.body_20010101 (upper(job_id)) WHERE chunk = 0;
SELECT * FROM written('a constraint and an index');
-- whose errors show nothing of the row, which they would show to its owner
SELECT ogw_logs.insert_log(job_id => 'f', team_id => 't', status => 'failure', "timestamp" => '2001-01-01 12:00Z');
CREATE UNIQUE INDEX one_of_an_owner ON ogw_logs.entry_20010101 (owner);
SELECT ogw_logs.insert_logs('[{"job_id": "o1", "team_id": "t", "owner": "o", "timestamp": "2001-01-01T12:00:00Z"}, {"job_id": "o2", "team_id": "t", "owner": "o", "timestamp": "2001-01-01T12:00:00Z"}]');
DROP INDEX ogw_logs.one_of_an_owner;
SET enable_seqscan = off;
SELECT job_id FROM ogw_logs.body_20010101 WHERE chunk = 0 AND upper(job_id) = 'J4_1';
RESET enable_seqscan;

-- a column of one's own
ALTER TABLE ogw_logs.entry ADD COLUMN day text DEFAULT 'a day';
SELECT * FROM written('a column');
SELECT e.job_id, e.day FROM ogw_logs.entry e WHERE e.job_id LIKE 'j5%' ORDER BY 1;
ALTER TABLE ogw_logs.entry DROP COLUMN day;
SELECT * FROM written('a column that was dropped');

-- nothing is written where nothing may be
BEGIN READ ONLY;
SELECT ogw_logs.insert_log(job_id => 'r', team_id => 't', "timestamp" => '2001-01-01 12:00Z');
ROLLBACK;

-- whichever way, all of it is there, once
SELECT c.number, c.how, count(DISTINCT e.job_id) AS entries, count(DISTINCT j.key) AS keys, count(DISTINCT g.job_id) AS bodies
  FROM calls c
  LEFT JOIN ogw_logs.entry e ON e.job_id LIKE 'j' || c.number || '\_%'
  LEFT JOIN ogw_logs.entry_key j ON j.key = ogw_logs_internal.dedup_key(e.job_id, e.team_id)
  LEFT JOIN LATERAL ogw_logs.get_log(e.job_id) g ON g.input = 'what is asked'
 GROUP BY 1, 2 ORDER BY 1;
SELECT count(*), count(DISTINCT job_id) FROM ogw_logs.entry;

\c :regression
DROP DATABASE ogw_test_batch_insert;
