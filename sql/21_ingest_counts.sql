-- Ingest counts: what each method received of each team adds up, for every call that committed.
CREATE DATABASE ogw_test_ingest_counts ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\set regression :DBNAME
\c ogw_test_ingest_counts
CREATE EXTENSION ogw_logs;
CREATE ROLE ogw_test_red;
CREATE ROLE ogw_test_all;
\o /dev/null
SELECT ogw_logs.set_team('red', body_logging => true), ogw_logs.grant_reader('ogw_test_red', 'red', views => true), ogw_logs.grant_reader('ogw_test_all', views => true);
\o
CREATE VIEW wrong AS SELECT 'a sum' AS what, a::text FROM ogw_logs.ingest_counts a WHERE received <> stored + duplicate + rejected
	UNION ALL SELECT 'the reasons', a::text FROM ogw_logs.ingest_counts a WHERE rejected <> (SELECT coalesce(sum(value::bigint), 0) FROM json_each_text(rejected_reasons))
	UNION ALL SELECT 'entries', t.team_id FROM (SELECT team_id, sum(stored) AS stored FROM ogw_logs.ingest_counts GROUP BY team_id) t
		WHERE stored <> (SELECT count(*) FROM ogw_logs.entry e WHERE e.team_id = t.team_id)
	UNION ALL SELECT 'rejections', r.method FROM (SELECT team_id, method, reason, count(*) AS n FROM ogw_logs.rejected GROUP BY 1, 2, 3) r
		WHERE n <> (SELECT sum(a.rejected) FROM ogw_logs.ingest_count a WHERE a.team_id IS NOT DISTINCT FROM r.team_id AND a.method = r.method AND a.reason = r.reason)
	UNION ALL SELECT 'masks', t.team_id FROM (SELECT team_id, sum(secrets_masked) AS masked FROM ogw_logs.ingest_counts GROUP BY team_id) t
		WHERE masked <> (SELECT coalesce(sum(e.secrets_masked), 0) FROM ogw_logs.entry e WHERE e.team_id = t.team_id)
	UNION ALL SELECT 'defects', t.team_id FROM (SELECT team_id, sum(defects) AS defects FROM ogw_logs.ingest_counts GROUP BY team_id) t
		WHERE defects <> (SELECT coalesce(sum(cardinality(e.defects)), 0) FROM ogw_logs.entry e WHERE e.team_id = t.team_id)
	UNION ALL SELECT 'their reasons', a::text FROM ogw_logs.ingest_counts a WHERE defects <> (SELECT coalesce(sum(value::bigint), 0) FROM json_each_text(defect_reasons))
	UNION ALL SELECT 'dropped bodies', t.team_id FROM (SELECT team_id, sum(bodies_dropped) AS dropped FROM ogw_logs.ingest_counts GROUP BY team_id) t
		WHERE dropped <> (SELECT count(*) FROM ogw_logs.entry e WHERE e.team_id = t.team_id AND e.body_state = 'off');
SELECT * FROM ogw_logs.ingest_counts;
-- one by one
SELECT ogw_logs.insert_log(job_id => 'a' || n % 4, team_id => 'red', input => 'a body') FROM generate_series(1, 6) n;
SELECT ogw_logs.insert_log(job_id => 'a', team_id => 'blue', input => 'dropped', user_id => 'sk-proj-' || repeat('aB3', 20));
SELECT ogw_logs.insert_log(job_id => 'b', team_id => 'blue', latency_ms => -1);
-- in batches: refused of a team, refused of nobody
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"a0","team_id":"red"},{"job_id":"c","team_id":"red","input":"token sk-proj-aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3"},
	{"job_id":"d","team_id":"red","latency_ms":-1},{"job_id":"d","team_id":"red","cost_usd":"much"},{"job_id":"d","team_id":"blue","latency_ms":-1},{"job_id":"e"},{},7,{"job_id":"c","team_id":"red"}]');
SELECT * FROM ogw_logs.insert_logs('[]');
SELECT * FROM ogw_logs.insert_logs(NULL::text);
-- through inbox; what is rolled back was never received
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('f', 'red'), ('f', 'red'), ('a', 'blue'), ('g', NULL), ('h', 'green');
BEGIN;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('lost', 'red'), ('lost2', NULL);
SELECT ogw_logs.insert_log(job_id => 'lost3', team_id => 'red');
ROLLBACK;
BEGIN;
SELECT ogw_logs.insert_log(job_id => 'kept', team_id => 'red');
SAVEPOINT s;
SELECT ogw_logs.insert_log(job_id => 'lost', team_id => 'red');
ROLLBACK TO s;
COMMIT;
INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT 'many' || n, 'red' FROM generate_series(1, 2500) n;
SELECT * FROM ogw_logs.ingest_counts ORDER BY team_id, method;
SELECT * FROM wrong;
-- more teams in one call than are counted in memory
INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT 'team' || n, 'team' || n % 1500 FROM generate_series(1, 4500) n;
SELECT count(*), sum(received) FROM ogw_logs.ingest_counts WHERE team_id LIKE 'team%';
SELECT * FROM wrong;
-- added up by maintain(), and the same
CREATE TEMP TABLE before AS SELECT team_id, method, received, stored, duplicate, rejected, rejected_reasons::text, bodies_dropped, secrets_masked, defects, defect_reasons::text FROM ogw_logs.ingest_counts;
SELECT count(*) AS rows, count(DISTINCT (team_id, method, reason)) AS needed FROM ogw_logs.ingest_count;
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
SET test.shown = ' ingest_count$';
SET test.details = on;
SELECT action, detail FROM ogw_logs.maintain(dry_run => true) WHERE object = 'ingest_count';
CALL maintain_all();
SELECT count(*) AS rows, count(DISTINCT (team_id, method, reason)) AS needed FROM ogw_logs.ingest_count;
SELECT count(*) AS others FROM (TABLE before EXCEPT ALL SELECT team_id, method, received, stored, duplicate, rejected, rejected_reasons::text, bodies_dropped, secrets_masked, defects, defect_reasons::text FROM ogw_logs.ingest_counts) d;
SELECT * FROM wrong;
-- a few rows too many are not worth it
SELECT ogw_logs.insert_log(job_id => 'few' || n, team_id => 'red') IS NULL FROM generate_series(1, 2) n;
CALL maintain_all();
-- very many do not wait until all else is done, nor does that wait for all of them
SELECT ogw_logs.insert_log(job_id => 'past', team_id => 'red', "timestamp" => now() - interval '30 days');
INSERT INTO ogw_logs.ingest_count SELECT 'red', 'insert_log', NULL, 1, 0, 1, 0, 0, 0, 0 FROM generate_series(1, 12000);
SELECT action FROM due_steps();
SELECT action FROM next_step();
SELECT action FROM next_step();
CALL maintain_all();
SELECT received, stored, duplicate FROM ogw_logs.ingest_counts WHERE team_id = 'red' AND method = 'insert_log';
-- where it cannot be found out what of one kind is due, the others are done
ALTER TABLE ogw_logs.rejected RENAME TO rejected_elsewhere;
INSERT INTO ogw_logs.ingest_count SELECT 'red', 'insert_log', NULL, 1, 0, 1, 0, 0, 0, 0 FROM generate_series(1, 2000);
SELECT action FROM next_step();
ALTER TABLE ogw_logs.rejected_elsewhere RENAME TO rejected;
-- a reader sees the counts of the team, and of no other
SET ROLE ogw_test_red;
SELECT team_id, method, received FROM ogw_logs.ingest_counts ORDER BY method;
SET ROLE ogw_test_all;
SELECT team_id, method, received FROM ogw_logs.ingest_counts WHERE team_id IS NULL OR team_id IN ('red', 'green') ORDER BY team_id, method;
RESET ROLE;
\c :regression
DROP DATABASE ogw_test_ingest_counts;
DROP ROLE ogw_test_red, ogw_test_all;
