-- What a call may cost, and what it says when it failed. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_limits ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_limits
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
\o

-- Of one call 1,000 refusals are listed, and one row says that there are more; all are counted.
SELECT * FROM ogw_logs.insert_logs((SELECT '[' || string_agg('0', ',') || ']' FROM generate_series(1, 1000)));
SELECT reason, count(*), min(position), max(position) FROM ogw_logs.rejected GROUP BY 1;
TRUNCATE ogw_logs.rejected;
SELECT * FROM ogw_logs.insert_logs((SELECT '[' || string_agg('0', ',') || ',{"job_id":"j","team_id":"red"},' || string_agg('{"team_id":"red"}', ',') || ']' FROM generate_series(1, 5000)));
SELECT reason, count(*), min(position), max(position) FROM ogw_logs.rejected GROUP BY 1 ORDER BY 1;
SELECT * FROM ogw_logs.ingest_counts ORDER BY team_id, method;
TRUNCATE ogw_logs.rejected;
-- also where a flush ends at the last that is listed, and where entries are stored between
SELECT * FROM ogw_logs.insert_logs((SELECT '[' || string_agg(CASE WHEN n % 3 = 0 THEN format('{"job_id":"x%s","team_id":"red"}', n) ELSE '{"job_id":"x"}' END, ',') || ']' FROM generate_series(1, 4000) n));
SELECT reason, count(*), min(position), max(position) FROM ogw_logs.rejected GROUP BY 1 ORDER BY 1;
TRUNCATE ogw_logs.rejected;
INSERT INTO ogw_logs.inbox (job_id) SELECT 'n' || n FROM generate_series(1, 3000) n;
SELECT reason, count(*), min(position), max(position) FROM ogw_logs.rejected GROUP BY 1 ORDER BY 1;
-- each call has its own
SELECT sum((ogw_logs.insert_logs('[0]')).rejected) FROM generate_series(1, 3);
SELECT reason, count(*) FROM ogw_logs.rejected WHERE method = 'insert_logs' GROUP BY 1;

-- last_batch(): of a statement that failed, or was rolled back, nothing.
SELECT * FROM ogw_logs.last_batch();
COPY ogw_logs.inbox (job_id, team_id) FROM stdin;
c1	red
c2	red	too many
\.
SELECT * FROM ogw_logs.last_batch();
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('i1', 'red');
SELECT * FROM ogw_logs.last_batch();
INSERT INTO ogw_logs.inbox (no_such_column) VALUES ('i1');
SELECT * FROM ogw_logs.last_batch();
BEGIN;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('i2', 'red');
SELECT * FROM ogw_logs.last_batch();
SAVEPOINT a;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('i3', 'red'), ('i4', 'red');
SAVEPOINT b;
RELEASE SAVEPOINT b;
SELECT * FROM ogw_logs.last_batch();
ROLLBACK TO SAVEPOINT a;
SELECT * FROM ogw_logs.last_batch();
SAVEPOINT c;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('i5', 'red');
RELEASE SAVEPOINT c;
SELECT * FROM ogw_logs.last_batch();
COMMIT;
SELECT * FROM ogw_logs.last_batch();
BEGIN;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('i6', 'red');
ROLLBACK;
SELECT * FROM ogw_logs.last_batch();

-- Every team is asked for by name, or by leaving it out: not by what a program forgot.
CREATE ROLE ogw_test_forgotten;
SELECT ogw_logs.grant_reader('ogw_test_forgotten', NULL);
SELECT ogw_logs.grant_reader('ogw_test_forgotten', '', bodies => true);
SELECT ogw_logs.grant_admin('ogw_test_forgotten', NULL);
SELECT count(*) FROM ogw_logs.access;
SELECT has_schema_privilege('ogw_test_forgotten', 'ogw_logs', 'USAGE') AS has_rights;
SELECT ogw_logs.grant_reader('ogw_test_forgotten', '*'), ogw_logs.grant_admin('ogw_test_forgotten', '*');
SELECT privilege, team_id IS NULL AS every_team, bodies FROM ogw_logs.access ORDER BY 1;
-- views are off unless asked for, and as the last call says
SELECT has_table_privilege('ogw_test_forgotten', 'ogw_logs.logs', 'SELECT') AS views;
SELECT ogw_logs.grant_reader('ogw_test_forgotten', 'red', views => true);
SELECT has_table_privilege('ogw_test_forgotten', 'ogw_logs.logs', 'SELECT') AS views;
-- (also of a view that is dropped, and made again)
DROP VIEW ogw_logs.logs, ogw_logs.attempts;
SELECT ogw_logs.create_log();
SELECT has_table_privilege('ogw_test_forgotten', 'ogw_logs.logs', 'SELECT') AS views, has_table_privilege('ogw_test_forgotten', 'ogw_logs.attempts', 'SELECT') AS views;
SELECT ogw_logs.grant_reader('ogw_test_forgotten', 'red');
SELECT has_table_privilege('ogw_test_forgotten', 'ogw_logs.logs', 'SELECT') AS views;

-- maintain() leaves a log alone that is being restored.
CREATE TEMP TABLE due AS SELECT count(*) AS n FROM ogw_logs.maintain(dry_run => true);
SELECT n > 0 AS is_due FROM due;
SET application_name = 'pg_restore';
SELECT * FROM ogw_logs.maintain();
RESET application_name;
ALTER POLICY reader ON ogw_logs.entry RENAME TO somebodys;
SELECT count(*) = n AS is_due FROM ogw_logs.maintain(dry_run => true), due GROUP BY n;
DROP POLICY somebodys ON ogw_logs.entry;
SELECT * FROM ogw_logs.maintain();
SELECT ogw_logs.create_log();
CREATE TEMP TABLE kept AS TABLE ogw_logs.installation;
DELETE FROM ogw_logs.installation;
SELECT * FROM ogw_logs.maintain();
INSERT INTO ogw_logs.installation TABLE kept;
SELECT count(*) = n AS is_due FROM ogw_logs.maintain(dry_run => true), due GROUP BY n;

\c :regression
DROP DATABASE ogw_test_limits;
DROP ROLE ogw_test_forgotten;
