-- Retention, in a database of its own: of bodies and of entries, of all teams and of one, announced before it deletes.
\set regression :DBNAME
CREATE DATABASE ogw_test_retention ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_retention
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET TimeZone = 'Pacific/Kiritimati';	-- UTC+14: bounds are UTC's all the same
SET DateStyle = 'ISO';
CREATE EXTENSION ogw_logs;
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
SET test.shown = '^(?!make_partition|analyze|seal )';
SET test.details = on;
CREATE VIEW due AS SELECT action, object, regexp_replace(detail, ', [0-9]+ (bytes|kB)', '') AS detail FROM due_steps() WHERE action <> 'seal';
-- what a retention is that ends between the first days of two months, now and in years
CREATE FUNCTION since(day date) RETURNS interval LANGUAGE sql AS $$ SELECT (now() - day::timestamp AT TIME ZONE 'UTC') $$;
SELECT set_config('my.' || name, extract(epoch FROM since(day))::bigint || 's', false) IS NOT NULL AS ok
  FROM (VALUES ('february', date '2020-02-10'), ('march', '2020-03-10'), ('april', '2020-04-10'), ('june', '2020-06-10')) AS v (name, day);
\o /dev/null
SELECT ogw_logs.create_log('1 month'), ogw_logs.set_team('red', body_logging => true), ogw_logs.set_team('blue', body_logging => true), ogw_logs.set_team('green', body_logging => true);
\o
CREATE VIEW life AS SELECT p.since AT TIME ZONE 'UTC' AS since, p.state, p.body_bytes > 0 AS bodies, p.bodies_expired_at IS NOT NULL AS expired, p.dropped_at IS NOT NULL AS dropped,
	(SELECT string_agg(t.teams, ' ' ORDER BY t.teams) FROM (SELECT e.team_id || ':' || count(*) || '/' || count(b.input) AS teams FROM ogw_logs.entry e
		CROSS JOIN LATERAL ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") b WHERE e."timestamp" >= p.since AND e."timestamp" < p.until GROUP BY e.team_id) t) AS entries_and_bodies
	FROM ogw_logs.partitions p WHERE p.since < '2021-01-01' ORDER BY p.since;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input)
SELECT team || month || '-' || n, team, format('2020-0%s-%sT%s:00:00Z', month, lpad((1 + n % 28)::text, 2, '0'), lpad((n % 24)::text, 2, '0')), 'body ' || n || (SELECT string_agg(md5(n::text || i), '') FROM generate_series(1, 600) i)
  FROM unnest(ARRAY['red', 'blue', 'green']) team, generate_series(1, 5) month, generate_series(1, 100) n;
CALL maintain_all();
SELECT * FROM life;
-- what was never kept shorter is announced: nothing goes, till a dry run has listed it
SELECT set_config('ogw_logs.body_retention', current_setting('my.march'), false) IS NOT NULL AS keeps_bodies_from_march_on;
CALL maintain_all();
CALL maintain_all();
SELECT count(*) AS gone FROM life WHERE state <> 'sealed';
BEGIN READ ONLY;
SELECT * FROM due;
ROLLBACK;
CALL maintain_all();
SELECT count(*) AS gone FROM life WHERE state <> 'sealed';
SELECT * FROM due;
SELECT count(*) AS gone FROM life WHERE state <> 'sealed';
CALL maintain_all();
SELECT * FROM life;
-- a shorter time is announced anew, a longer one needs no word; or it is announced for so long
SELECT set_config('ogw_logs.body_retention', current_setting('my.february'), false) IS NOT NULL AS keeps_bodies_from_february_on;
CALL maintain_all();
SELECT set_config('ogw_logs.body_retention', current_setting('my.april'), false) IS NOT NULL AS keeps_bodies_from_april_on;
CALL maintain_all();
SELECT count(*) AS expired FROM life WHERE state = 'bodies expired';
UPDATE ogw_logs.retention SET noticed_at = now() - interval '23 hours' WHERE kind = 'body';
CALL maintain_all();
SELECT count(*) AS expired FROM life WHERE state = 'bodies expired';
UPDATE ogw_logs.retention SET noticed_at = now() - interval '25 hours' WHERE kind = 'body';
CALL maintain_all();
SELECT count(*) AS expired FROM life WHERE state = 'bodies expired';
-- a late body for an expired partition is taken, and expires in turn
SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => '2020-01-15 12:00Z', input => 'late body');
SELECT input FROM ogw_logs.get_log('late');
CALL maintain_all();
SELECT input, body_state FROM ogw_logs.get_log('late');
-- of one team: swept, and the space of it given back
SELECT ogw_logs.set_team('red', body_retention => since('2020-06-10')), ogw_logs.set_team('blue', log_retention => since('2020-03-10'));
CALL maintain_all();
SELECT * FROM due;
CREATE TEMP TABLE before AS SELECT since, entry_bytes, body_bytes FROM ogw_logs.partitions;
CALL maintain_all();
SELECT * FROM life;
SELECT p.since AT TIME ZONE 'UTC' AS since, p.entry_bytes < b.entry_bytes AS entries_are_fewer, p.body_bytes < b.body_bytes AS bodies_are_fewer
  FROM ogw_logs.partitions p JOIN before b USING (since) WHERE p.since < '2021-01-01' ORDER BY 1;
SELECT c.relname, c.relreplident, c.relrowsecurity, c.relpersistence, (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid) AS indexes, (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
	obj_description(c.oid), (SELECT count(*) FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS grants
  FROM pg_class c WHERE c.relname IN ('entry_202001', 'segment_202004') ORDER BY 1;
SELECT count(*) AS copies FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relname LIKE '%copy%';
SELECT count(*) AS entry FROM ogw_logs.search(job_id => 'red1-7');
SELECT ogw_logs.insert_log(job_id => 'blue1-7', team_id => 'blue', "timestamp" => '2020-01-08 07:00Z');
-- a team that comes back to the default from a longer time is told so, too
SELECT ogw_logs.set_team('green', log_retention => '100 years');
SELECT set_config('ogw_logs.log_retention', current_setting('my.february'), false) IS NOT NULL AS keeps_entries_from_february_on;
SELECT * FROM due;
CALL maintain_all();
SELECT since, state, entries_and_bodies FROM life WHERE since < '2020-03-01';
SELECT ogw_logs.clear_team('green', 'log_retention');
CALL maintain_all();
SELECT since, state, entries_and_bodies FROM life WHERE since < '2020-03-01';
SELECT * FROM due;
CALL maintain_all();
SELECT * FROM life;
SELECT kind, team_id, listed FROM ogw_logs.retention ORDER BY 1, 2;
-- the job_ids of what is gone go with it; what is sent again then is new, and goes again
SELECT count(*) AS entry_keys_before_february FROM ogw_logs.entry_key WHERE "timestamp" < '2020-02-01Z';
SELECT ogw_logs.insert_log(job_id => 'red1-7', team_id => 'red', "timestamp" => '2020-01-08 07:00Z');
SELECT since, state FROM life WHERE since < '2020-02-01';
CALL maintain_all();
SELECT since, state FROM life WHERE since < '2020-02-01';
-- somebody's view on a partition does not keep what is in it
CREATE VIEW mine AS SELECT job_id FROM ogw_logs.entry_202002;
SELECT set_config('ogw_logs.log_retention', current_setting('my.march'), false) IS NOT NULL AS keeps_entries_from_march_on;
SELECT * FROM due;
CALL maintain_all();
SELECT count(*) FROM mine;
SELECT c.relispartition, c.relname FROM pg_class c WHERE c.relname LIKE 'entry_202002%' AND c.relkind = 'r';
SELECT ogw_logs.insert_log(job_id => 'again', team_id => 'red', "timestamp" => '2020-02-08 07:00Z');
-- nor does a table of somebody's go that is called as a copy would be
CREATE TABLE ogw_logs.entry_202002_copy AS TABLE ogw_logs.entry_202002;
CALL maintain_all();
SELECT job_id FROM ogw_logs.entry_202002_copy;
DROP TABLE ogw_logs.entry_202002_copy;
SELECT since, state FROM life;
-- what stands beside the log has a bound of its own
SELECT set_config('ogw_logs.log_retention', '0', false);
CALL maintain_all();
INSERT INTO ogw_logs.rejected (rejected_at, method, "position", reason) SELECT now() - n * interval '1 day', 'inbox', n, 'missing' FROM generate_series(1, 100) n;
INSERT INTO ogw_logs.team_history SELECT now() - n * interval '1 year', 'x', 'red', 'body_logging' FROM generate_series(1, 10) n;
INSERT INTO ogw_logs.erasure (erased_at, erased_by, session_role, team_id, action, bodies, bytes) SELECT now() - n * interval '1 year', 'x', 'x', 'red', 'purge_bodies', 0, 0 FROM generate_series(1, 10) n;
INSERT INTO ogw_logs.partition_history (since, until, dropped_at) SELECT now() - n * interval '1 year', now(), now() - n * interval '1 year' FROM generate_series(1, 10) n;
CALL maintain_all();
SELECT count(*) FILTER (WHERE rejected_at < now() - interval '90 days') AS old, count(*) FROM ogw_logs.rejected WHERE reason = 'missing';
SELECT count(*) FROM ogw_logs.team_history WHERE changed_by = 'x';
SELECT count(*) FROM ogw_logs.erasure WHERE erased_by = 'x';
SELECT count(*) FROM ogw_logs.partition_history WHERE dropped_at < now() - interval '300 days';
-- partitions of a DBA's making are the DBA's: nothing in them goes, and they keep no other from going
CREATE TABLE ogw_logs.entry_before PARTITION OF ogw_logs.entry FOR VALUES FROM (MINVALUE) TO ('2018-01-01Z');
CREATE TABLE ogw_logs.entry_2018 PARTITION OF ogw_logs.entry FOR VALUES FROM ('2018-01-01Z') TO ('2019-01-01Z') PARTITION BY LIST (team_id);
CREATE TABLE ogw_logs.entry_2018_red PARTITION OF ogw_logs.entry_2018 FOR VALUES IN ('red');
CREATE TABLE ogw_logs.entry_2018_blue PARTITION OF ogw_logs.entry_2018 FOR VALUES IN ('blue');
CREATE TABLE entry_2019 PARTITION OF ogw_logs.entry FOR VALUES FROM ('2019-01-01Z') TO ('2020-01-01Z');
INSERT INTO ogw_logs.entry (job_id, team_id, "timestamp") SELECT year || '-' || n, team, make_timestamptz(year, 5, n, 0, 0, 0) FROM unnest(ARRAY['red', 'blue']) team, generate_series(2017, 2019) year, generate_series(1, 5) n;
SELECT ogw_logs.set_team('red', log_retention => since('2020-04-01'));
SELECT * FROM due;
CALL maintain_all();
SELECT extract(year FROM "timestamp" AT TIME ZONE 'UTC') AS year, team_id, count(*) FROM ogw_logs.entry WHERE "timestamp" < '2021-01-01' GROUP BY 1, 2 ORDER BY 1, 2;
DROP TABLE ogw_logs.entry_before, ogw_logs.entry_2018, entry_2019;
-- a step takes bodies as a whole
SELECT ogw_logs.set_team('blue', body_retention => '100 years');
SELECT ogw_logs.insert_log(job_id => 'long', team_id => team, "timestamp" => '2020-03-10Z', input => 'x') FROM unnest(ARRAY['red', 'blue']) team;
INSERT INTO ogw_logs.body ("timestamp", team_id, job_id, chunk, content) SELECT '2020-03-11Z', 'red', job_id, chunk, 'x' FROM unnest(ARRAY['one', 'two', 'three']) job_id, generate_series(0, 5999) chunk;
SELECT count(*) FROM due;
SELECT * FROM next_step();
SELECT count(*) AS cut_off FROM (SELECT job_id FROM ogw_logs.body WHERE "timestamp" = '2020-03-11Z' GROUP BY 1 HAVING count(*) <> 6000) b;
CALL maintain_all();
SELECT team_id, job_id, input FROM ogw_logs.get_log('long');
-- a copy that was restored with its partition, from a server that had come further, is made again
UPDATE ogw_logs.partition_history SET entries_swept = 1000 WHERE since = '2020-04-01Z';
SELECT * FROM next_step();
UPDATE ogw_logs.rewrite SET copied_by = '999999999999', content = 0;
CALL maintain_all();
-- nor can who reads nothing keep a copy from being dropped, and so an erasure from being done
UPDATE ogw_logs.partition_history SET entries_swept = 1000 WHERE since = '2020-04-01Z';
SELECT * FROM next_step();
CREATE TEMP VIEW of_a_copy AS SELECT job_id FROM ogw_logs.entry_202004_copy;
SELECT bodies FROM ogw_logs.purge_bodies('red', until => '2020-01-01Z');
SELECT count(*) FROM of_a_copy;
CALL maintain_all();
-- a team that comes back to a default which is made longer before that counts for it
SELECT set_config('ogw_logs.log_retention', current_setting('my.march'), false) IS NOT NULL AS keeps_entries_from_march_on, ogw_logs.set_team('grey', log_retention => '100 years');
SELECT ogw_logs.insert_log(job_id => 'grey', team_id => 'grey', "timestamp" => '2020-01-08 07:00Z');
SELECT * FROM due WHERE action <> 'add_up_ingest_counts';
SELECT ogw_logs.clear_team('grey', 'log_retention');
CALL maintain_all();
SELECT set_config('ogw_logs.log_retention', current_setting('my.february'), false) IS NOT NULL AS keeps_entries_from_february_on;
CALL maintain_all();
SELECT job_id FROM ogw_logs.entry WHERE team_id = 'grey';
SELECT * FROM due WHERE action <> 'add_up_ingest_counts';
CALL maintain_all();
SELECT job_id FROM ogw_logs.entry WHERE team_id = 'grey';
-- 361 days are less than a year, which to PostgreSQL is 360 of them
SELECT ogw_logs.set_team('grey', log_retention => '1 year');
SELECT count(*) FROM due WHERE action = 'drop_partition';
SELECT ogw_logs.set_team('grey', log_retention => '361 days');
CALL maintain_all();
SELECT keep, listed FROM ogw_logs.retention WHERE team_id = 'grey';
-- days and months are those of UTC: in New York one of these begins in the other half of the year
SELECT ogw_logs.set_team('zone' || n, log_retention => n * interval '60 days') FROM generate_series(1, 5) n;
BEGIN;
SET LOCAL TimeZone = 'America/New_York';
CREATE TEMP TABLE new_york AS SELECT * FROM ogw_logs_internal.kept_since('log', listing => true);
SET LOCAL TimeZone = 'UTC';
SELECT count(*) FILTER (WHERE n.since = now() - k.keep), count(*) FROM new_york n JOIN ogw_logs_internal.configured_retention() k USING (team_id) WHERE team_id LIKE 'zone%';
COMMIT;
SELECT ogw_logs.clear_team('zone' || n, 'log_retention') FROM generate_series(1, 5) n;
-- what cannot be kept so long is kept for ever
SELECT ogw_logs.set_team('red', log_retention => '178000000 years', body_retention => '100000 years');
SELECT count(*) FROM due;
DO $$ BEGIN SET ogw_logs.log_retention = -1; EXCEPTION WHEN invalid_parameter_value THEN RAISE NOTICE 'refused'; END $$;
\c :regression
DROP DATABASE ogw_test_retention;
