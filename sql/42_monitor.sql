-- A monitor sees the numbers and states of the log, nothing that is in it, and changes
-- nothing. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_monitor ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_monitor
\set SHOW_CONTEXT never
SET ogw_logs.max_age = '20000d';
SET DateStyle = 'ISO';
\o /dev/null
CREATE EXTENSION ogw_logs;
CREATE ROLE ogw_test_mon;
CREATE ROLE ogw_test_scraper IN ROLE ogw_test_mon;
CREATE ROLE ogw_test_red;
CREATE ROLE ogw_test_other;
-- before there is a log
SELECT ogw_logs.grant_monitor('ogw_test_mon');
SELECT ogw_logs.set_team('red', body_logging => true);
SELECT ogw_logs.insert_logs('[{"job_id":"r1","team_id":"red","timestamp":"2026-05-01T00:00:00Z","input":"red body","user_id":"anna","error_message":"oops"},
	{"job_id":"b1","team_id":"blue","timestamp":"2026-05-01T00:00:00Z"},{"job_id":"","team_id":"blue"},{"team_id":"red"}]');
CREATE PROCEDURE public.maintain_all() LANGUAGE plpgsql AS $$ BEGIN WHILE EXISTS (SELECT FROM ogw_logs.maintain()) LOOP COMMIT; END LOOP; END $$;
CALL public.maintain_all();
\o

-- All that a monitor may use, of relations and functions: a view or a function that comes to be granted stands here.
CREATE VIEW public.may AS
	SELECT c.relkind::text || ' ' || c.relname AS object, p AS privilege, r.rolname
	  FROM pg_roles r, pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
	 WHERE r.rolname LIKE 'ogw\_test%' AND c.relkind NOT IN ('i', 'I', 'c', 't') AND c.relnamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND has_table_privilege(r.oid, c.oid, p)
	UNION ALL
	SELECT 'function ' || p.oid::regprocedure, 'EXECUTE', r.rolname
	  FROM pg_roles r, pg_proc p
	 WHERE r.rolname LIKE 'ogw\_test%' AND p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND has_function_privilege(r.oid, p.oid, 'EXECUTE');
SELECT object, privilege FROM public.may WHERE rolname = 'ogw_test_mon' ORDER BY object COLLATE "C";
SELECT has_schema_privilege('ogw_test_mon', 'ogw_logs_internal', 'USAGE') AS internal, has_schema_privilege('ogw_test_mon', 'ogw_logs', 'CREATE') AS makes;
-- of these functions none changes anything or runs as another but the one that asks for partitions
SELECT p.oid::regprocedure AS function, p.prosecdef FROM pg_proc p
 WHERE has_function_privilege('ogw_test_mon', p.oid, 'EXECUTE') AND p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND p.prosecdef ORDER BY p.proname;

-- What a monitor sees.
SET ROLE ogw_test_mon;
SELECT team_id, method, received, stored, duplicate, rejected, rejected_reasons FROM ogw_logs.ingest_counts ORDER BY team_id;
SELECT since AT TIME ZONE 'UTC' AS since, state, entries, entry_bytes > 0 AS bytes, sealed_bodies, sealed_at IS NOT NULL AS sealed FROM ogw_logs.partitions WHERE since < '2026-06-01Z' ORDER BY since;
SELECT count(*) AS intervals, sum(bodies) AS bodies FROM ogw_logs.sealed_interval;
SELECT * FROM ogw_logs.my_access();
-- nothing of an entry
SELECT count(*) FROM ogw_logs.search();
SELECT count(*) FROM ogw_logs.get_log('r1');
SELECT count(*) FROM ogw_logs.get_session('s');
SELECT count(*) FROM ogw_logs.logs;
SELECT count(*) FROM ogw_logs.attempts;
SELECT count(*) FROM ogw_logs.entry;
SELECT count(*) FROM ogw_logs.body;
SELECT count(*) FROM ogw_logs.segment;
SELECT count(*) FROM ogw_logs.rejected;
SELECT count(*) FROM ogw_logs.team;
SELECT count(*) FROM ogw_logs.body_read;
SELECT count(*) FROM ogw_logs.access;
SELECT count(*) FROM ogw_logs.installation;
-- and no way to do anything
SELECT * FROM ogw_logs.maintain();
SELECT * FROM ogw_logs.maintain(dry_run => true);
SELECT * FROM ogw_logs.verify();
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team('red', body_logging => false);
SELECT ogw_logs.purge_bodies('red');
SELECT ogw_logs.insert_logs('[]');
SELECT ogw_logs.grant_reader('ogw_test_mon');
SELECT ogw_logs_internal.partitions_of('entry');
DELETE FROM ogw_logs.ingest_count;
-- a member sees as much, who is none sees nothing
SET ROLE ogw_test_scraper;
SELECT count(*) FROM ogw_logs.ingest_counts;
SELECT * FROM ogw_logs.my_access();
SET ROLE ogw_test_other;
SELECT count(*) FROM ogw_logs.ingest_counts;
RESET ROLE;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_other;
GRANT SELECT ON ogw_logs.ingest_counts, ogw_logs.ingest_count, ogw_logs.partition_history, ogw_logs.sealed_interval TO ogw_test_other;
GRANT EXECUTE ON FUNCTION ogw_logs_internal.monitors(), ogw_logs_internal.reads_all_teams(), ogw_logs_internal.readable_teams() TO ogw_test_other;
SET ROLE ogw_test_other;
SELECT (SELECT count(*) FROM ogw_logs.ingest_counts) AS counts, (SELECT count(*) FROM ogw_logs.partition_history) AS history, (SELECT count(*) FROM ogw_logs.sealed_interval) AS intervals;
RESET ROLE;

-- A reader of a team sees that team's counts, with views; one who is a monitor too all counts, without.
SELECT ogw_logs.grant_reader('ogw_test_red', 'red', views => true);
SET ROLE ogw_test_red;
SELECT team_id FROM ogw_logs.ingest_counts ORDER BY 1;
SELECT count(*) FROM ogw_logs.partitions;
RESET ROLE;
SELECT ogw_logs.grant_monitor('ogw_test_red');
SELECT ogw_logs.grant_reader('ogw_test_red', 'red', views => false);
SET ROLE ogw_test_red;
SELECT team_id FROM ogw_logs.ingest_counts ORDER BY 1;
SELECT team_id FROM ogw_logs.search();
SELECT count(*) FROM ogw_logs.logs;
SELECT count(*) > 0 AS partitions FROM ogw_logs.partitions;
RESET ROLE;
-- a view that is made again is a monitor's again
DROP VIEW ogw_logs.ingest_counts, ogw_logs.partitions;
SELECT ogw_logs.create_log();
SELECT object, rolname FROM public.may WHERE object IN ('v ingest_counts', 'v partitions') AND rolname <> 'ogw_test_scraper' ORDER BY 1, 2;

-- privacy_check() tells of monitors that see more, and of who is exempt from row-level security.
CREATE ROLE ogw_test_exempt BYPASSRLS;
SELECT ogw_logs.grant_reader('ogw_test_exempt', 'red', views => true);
GRANT ogw_test_exempt TO ogw_test_scraper;
SELECT setting, value, recommended, safe, scope FROM ogw_logs.privacy_check() WHERE scope LIKE 'role ogw\_test%' ORDER BY scope, setting;
-- and of nobody else
ALTER ROLE ogw_test_exempt NOBYPASSRLS;
REVOKE ogw_test_exempt FROM ogw_test_scraper;
SELECT setting, value, scope FROM ogw_logs.privacy_check() WHERE scope LIKE 'role ogw\_test%' ORDER BY scope, setting;

-- What is taken back is taken back whole, and the role can go.
SELECT ogw_logs.revoke_access('ogw_test_mon'), ogw_logs.revoke_access('ogw_test_red'), ogw_logs.revoke_access('ogw_test_exempt'), ogw_logs.revoke_access('ogw_test_other');
SELECT * FROM public.may;
SELECT role_name, privilege, team_id, bodies, role FROM ogw_logs.access;
SET ROLE ogw_test_scraper;
SELECT count(*) FROM ogw_logs.partitions;
RESET ROLE;
SELECT ogw_logs.grant_monitor('ogw_test_mon');
\o /dev/null
SELECT ogw_logs.revoke_access('ogw_test_mon');
\o
DROP ROLE ogw_test_mon, ogw_test_scraper, ogw_test_red, ogw_test_other, ogw_test_exempt;

\c :regression
DROP DATABASE ogw_test_monitor;
