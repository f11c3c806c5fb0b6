-- Installing: nothing but the extension is there, and reading finds nothing.
CREATE EXTENSION ogw_logs;
SELECT count(*) FROM ogw_logs.search();
SELECT count(*) FROM ogw_logs.get_log('nothing');
SELECT * FROM ogw_logs.last_batch();
SELECT count(*) FROM ogw_logs.maintain();
SELECT to_regclass('ogw_logs.entry') IS NULL AS no_log_yet;

-- Every member table is marked for dumping; a table of the log is no member.
SELECT c.relname, c.oid = ANY (e.extconfig) AS dumped
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'ogw_logs'
  JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
 WHERE d.deptype = 'e' AND c.relkind IN ('r', 'p', 'S', 'm')
 ORDER BY 1;
-- A log that is rolled back takes its secret with it, also from the session that made it.
BEGIN;
SELECT ogw_logs.create_log();
SELECT ogw_logs.key_fingerprint('k') AS rolled_back \gset
ROLLBACK;
SELECT ogw_logs.create_log();
SELECT ogw_logs.key_fingerprint('k') <> :'rolled_back' AS another_secret;
SELECT c.relname, c.relkind, c.relrowsecurity
  FROM pg_class c
 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S', 'm')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
					  AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1;

-- Again: nothing changes.
CREATE TEMP TABLE before AS
	SELECT c.oid, c.relfilenode, c.relname FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace;
SELECT ogw_logs.create_log();
SELECT count(*) AS changed FROM before b
  FULL JOIN (SELECT c.oid, c.relfilenode FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace) n
	   ON n.oid = b.oid AND n.relfilenode = b.relfilenode
 WHERE b.oid IS NULL OR n.oid IS NULL;
SELECT count(*) AS installations FROM ogw_logs.installation;

-- Every object has a description.
SELECT pg_describe_object(d.classid, d.objid, 0) AS undocumented
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'ogw_logs'
 WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
   AND obj_description(d.objid, d.classid::regclass::name) IS NULL
   -- from PostgreSQL 17 on, arrays and the rows of tables are members, too
   AND NOT EXISTS (SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
					WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid AND (t.typcategory = 'A' OR c.relkind <> 'c'))
UNION ALL
SELECT pg_describe_object(o.class, o.oid, 0)
  FROM (SELECT 'pg_namespace'::regclass AS class, n.oid, n.oid AS namespace FROM pg_namespace n
		UNION ALL SELECT 'pg_trigger', t.oid, c.relnamespace FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
		UNION ALL SELECT 'pg_policy', p.oid, c.relnamespace FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid) o
 WHERE o.namespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace)
   AND obj_description(o.oid, o.class::name) IS NULL
UNION ALL
SELECT c.relname || coalesce('.' || a.attname, '')
  FROM pg_class c
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND c.relkind IN ('r', 'p', 'v') AND c.relname <> 'inbox'
 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p', 'v')
   AND col_description(c.oid, coalesce(a.attnum, 0)) IS NULL
   AND (a.attnum IS NOT NULL OR obj_description(c.oid, 'pg_class') IS NULL)
 ORDER BY 1;

-- What users call: these functions and no others.
SELECT p.oid::regprocedure AS function FROM pg_proc p WHERE p.pronamespace = 'ogw_logs'::regnamespace ORDER BY p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C";
