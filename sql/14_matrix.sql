-- Every object times every kind of role: what each may do, and what each sees.
-- An object without a line here, a line without its object and a right that is
-- not as its line says are listed as differences.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ogw_logs;
RESET client_min_messages;
SET ogw_logs.max_age = '20000d';
CREATE ROLE ogw_test_dbo;			-- owns the database, no superuser
CREATE ROLE ogw_test_wri;			-- writer
CREATE ROLE ogw_test_red;			-- reader of m-red
CREATE ROLE ogw_test_bod;			-- reader of m-red with bodies
CREATE ROLE ogw_test_all;			-- reader of all with bodies
CREATE ROLE ogw_test_fun;			-- reader of m-red without views
CREATE ROLE ogw_test_adm;			-- admin of m-red
CREATE ROLE ogw_test_str;			-- stranger
CREATE ROLE ogw_test_rad IN ROLE pg_read_all_data;
CREATE ROLE ogw_test_wad IN ROLE pg_write_all_data;
SELECT ogw_logs.grant_writer('ogw_test_wri'), ogw_logs.grant_reader('ogw_test_red', 'm-red', views => true),
	   ogw_logs.grant_reader('ogw_test_bod', 'm-red', bodies => true, views => true), ogw_logs.grant_reader('ogw_test_all', bodies => true, views => true),
	   ogw_logs.grant_reader('ogw_test_fun', 'm-red', views => false), ogw_logs.grant_admin('ogw_test_adm', 'm-red');
SELECT current_user AS me, d.datdba::regrole AS dba FROM pg_database d WHERE d.datname = current_database() \gset
SELECT format('ALTER DATABASE %I OWNER TO ogw_test_dbo', current_database()) \gexec
SELECT ogw_logs.set_team('m-red', body_logging => true), ogw_logs.set_team('m-blue', body_logging => true);
SELECT * FROM ogw_logs.insert_logs(format('[{"job_id":"m1","team_id":"m-red","timestamp":"2026-06-01T00:00:00Z","attempts":[{"model":"m"}],"input":"%1$s"},
	{"job_id":"m1","team_id":"m-blue","timestamp":"2026-06-01T00:00:00Z","attempts":[{"model":"m"}],"input":"%1$s"},
	{"team_id":"m-red"},{"team_id":"m-blue"}]',
	(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 5000) n)));
SELECT bodies FROM unnest(ARRAY['m-red', 'm-blue']) t, ogw_logs.purge_bodies(t, '-infinity');
SELECT length(input) FROM ogw_logs.get_log('m1');

SELECT count(ogw_logs_internal.make_segment_partition('2026-06-01Z')) <= 1 AS there_is_one;

CREATE TEMP TABLE kind (n serial, role name);
INSERT INTO kind (role) SELECT CASE k WHEN 'pub' THEN k || 'lic' ELSE 'ogw_test_' || k END
  FROM unnest(string_to_array('dbo wri red bod all fun adm str rad wad pub', ' ')) WITH ORDINALITY u (k, o) ORDER BY o;
CREATE FUNCTION pg_temp.cells(line text) RETURNS text[] IMMUTABLE LANGUAGE sql AS $$ SELECT regexp_split_to_array(trim(line), '\s+') $$;

-- What each may do, in the letters of \dp (X: EXECUTE; U, C: USAGE, CREATE).
CREATE TEMP TABLE may_expected (object text, rights text);
INSERT INTO may_expected VALUES
	--                                   dbo wri red bod all fun adm str rad wad pub
	('schema ogw_logs',                 '-   U   U   U   U   U   U   -   U   U   -'),
	('schema ogw_logs_internal',        '-   -   -   -   -   -   -   -   U   U   -'),
	('table entry',                     '-   -   r   r   r   -   -   -   r   awd -'),
	('view logs',                       '-   -   r   r   r   -   -   -   r   awd -'),
	('view attempts',                   '-   -   r   r   r   -   -   -   r   awd -'),
	('view inbox',                      '-   a   -   -   -   -   -   -   r   awd -'),
	('table body',                      '-   -   -   -   -   -   -   -   r   awd -'),
	('table segment',                   '-   -   -   -   -   -   -   -   r   awd -'),
	('partition of segment',            '-   -   -   -   -   -   -   -   r   awd -'),
	('table sealed_interval',           '-   -   -   -   -   -   -   -   r   awd -'),
	('partition of entry',              '-   -   -   -   -   -   -   -   r   awd -'),
	('partition of body',               '-   -   -   -   -   -   -   -   r   awd -'),
	('table entry_key',                 '-   -   -   -   -   -   -   -   r   awd -'),
	('partition of entry_key',          '-   -   -   -   -   -   -   -   r   awd -'),
	('table ingest_count',              '-   -   r   r   r   -   -   -   r   awd -'),
	('view ingest_counts',              '-   -   r   r   r   -   -   -   r   awd -'),
	('view partitions',                 '-   -   -   -   -   -   -   -   r   awd -'),
	('table retention',                 '-   -   -   -   -   -   -   -   r   awd -'),
	('table clock',                     '-   -   -   -   -   -   -   -   r   awd -'),
	('table partition_history',         '-   -   -   -   -   -   -   -   r   awd -'),
	('table rewrite',                   '-   -   -   -   -   -   -   -   r   awd -'),
	('table maintenance_run',           '-   -   -   -   -   -   -   -   r   awd -'),
	('view maintenance_status',         '-   -   -   -   -   -   -   -   r   awd -'),
	('toast table',                     '-   -   -   -   -   -   -   -   r   -   -'),
	('table rejected',                  '-   r   r   r   r   -   -   -   r   awd -'),
	('table installation',              '-   -   -   -   -   -   -   -   r   awd -'),
	('table erasure',                   '-   -   -   -   -   -   r   -   r   awd -'),
	('table body_read',                 '-   -   -   -   -   -   r   -   r   awd -'),
	('table team',                      '-   -   -   -   -   -   r   -   r   awd -'),
	('table team_history',              '-   -   -   -   -   -   r   -   r   awd -'),
	('table access',                    '-   -   -   -   -   -   -   -   r   awd -'),
	('table key_format',                '-   -   -   -   -   -   -   -   r   awd -'),
	('type entry_row',                  '-   -   -   -   -   -   -   -   -   -   -'),
	('type log_row',                    '-   -   -   -   -   -   -   -   -   -   -'),
	('type role_link',                  '-   -   -   -   -   -   -   -   -   -   -'),
	('type message_row',                '-   -   -   -   -   -   -   -   -   -   -'),
	('type batch_counts',               '-   -   -   -   -   -   -   -   -   -   -'),
	('type batch_details',              '-   -   -   -   -   -   -   -   -   -   -'),
	('type maintenance_step',           '-   -   -   -   -   -   -   -   -   -   -'),
	('type given_value',                '-   -   -   -   -   -   -   -   -   -   -'),
	('function given_value',            '-   X   -   -   -   -   -   -   -   -   -'),
	('function insert_log',             '-   X   -   -   -   -   -   -   -   -   -'),
	('function insert_logs',            '-   X   -   -   -   -   -   -   -   -   -'),
	('function last_batch',             '-   X   -   -   -   -   -   -   -   -   -'),
	('function search',                 '-   -   X   X   X   X   -   -   -   -   -'),
	('function count_logs',             '-   -   X   X   X   X   -   -   -   -   -'),
	('function histogram',              '-   -   X   X   X   X   -   -   -   -   -'),
	('function facet',                  '-   -   X   X   X   X   -   -   -   -   -'),
	('function get_log',                '-   -   X   X   X   X   -   -   -   -   -'),
	('function get_session',            '-   -   X   X   X   X   -   -   -   -   -'),
	('function messages',               '-   -   X   X   X   X   -   -   -   -   -'),
	('function reads_all_teams',        '-   X   X   X   X   X   -   -   -   -   -'),
	('function readable_teams',         '-   X   X   X   X   X   -   -   -   -   -'),
	('function reads_all_bodies',       '-   -   X   X   X   X   -   -   -   -   -'),
	('function readable_body_teams',    '-   -   X   X   X   X   -   -   -   -   -'),
	('function monitors',               '-   -   X   X   X   X   -   -   -   -   -'),
	('function holds_rights',           '-   X   X   X   X   X   X   -   -   -   -'),
	('function my_access',              '-   X   X   X   X   X   X   -   -   -   -'),
	('function administered_teams',     '-   -   -   -   -   -   X   -   -   -   -'),
	('function administers_all_teams',  '-   -   -   -   -   -   X   -   -   -   -'),
	('function clear_team',             '-   -   -   -   -   -   X   -   -   -   -'),
	('function erase_user',             '-   -   -   -   -   -   X   -   -   -   -'),
	('function purge_bodies',           '-   -   -   -   -   -   X   -   -   -   -'),
	('function set_team',               '-   -   -   -   -   -   X   -   -   -   -');
-- these are the owner's alone
INSERT INTO may_expected SELECT 'function ' || f, '- - - - - - - - - - -' FROM unnest(ARRAY[
	'redact', 'redact_key', 'privacy_check', 'key_fingerprint', 'grant_writer', 'grant_reader', 'grant_admin', 'grant_monitor', 'revoke_access',
	'maintain', 'create_log', 'make_partitions', 'verify']) f;
-- and so is every function that is not for users, but for those by which policies ask and arguments are converted
INSERT INTO may_expected SELECT DISTINCT 'function ' || p.proname, '- - - - - - - - - - -' FROM pg_proc p
	WHERE p.pronamespace = 'ogw_logs_internal'::regnamespace AND p.proname NOT IN (
	'reads_all_teams', 'readable_teams', 'reads_all_bodies', 'readable_body_teams', 'administered_teams', 'administers_all_teams', 'monitors', 'holds_rights', 'given_value');

-- relations with their toast tables, types of their own, functions; members of the extension first of all
CREATE TEMP VIEW relation AS
	SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.reloptions, c.relowner, c.relacl,
		   CASE WHEN c.relkind = 't' THEN 'toast table' WHEN c.relkind = 'v' THEN 'view ' || c.relname
				WHEN c.relispartition THEN 'partition of ' || (SELECT p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid)
				WHEN c.relkind IN ('r', 'p') THEN 'table ' || c.relname ELSE c.relkind::text || ' ' || c.relname END AS object
	  FROM pg_class c
	 WHERE c.relkind NOT IN ('i', 'I', 'c')
	   AND (c.relnamespace = 'ogw_logs'::regnamespace
			OR c.oid IN (SELECT m.reltoastrelid FROM pg_class m WHERE m.relnamespace = 'ogw_logs'::regnamespace));
CREATE TEMP VIEW member AS
	SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
	 WHERE e.extname = 'ogw_logs' AND d.deptype = 'e'
	   -- a table's row type and a type's array go with them
	   AND NOT (d.classid = 'pg_type'::regclass AND d.objid NOT IN (SELECT c.reltype FROM pg_class c WHERE c.relkind = 'c'));
CREATE TEMP VIEW may AS
	SELECT 'schema ogw_logs_internal' AS object, k.n, concat(CASE WHEN has_schema_privilege(k.role, 'ogw_logs_internal', 'USAGE') THEN 'U' END,
		   CASE WHEN has_schema_privilege(k.role, 'ogw_logs_internal', 'CREATE') THEN 'C' END) AS rights FROM kind k
	UNION ALL
	SELECT 'schema ogw_logs' AS object, k.n, concat(CASE WHEN has_schema_privilege(k.role, 'ogw_logs', 'USAGE') THEN 'U' END,
		   CASE WHEN has_schema_privilege(k.role, 'ogw_logs', 'CREATE') THEN 'C' END) AS rights FROM kind k
	UNION ALL
	SELECT r.object, k.n, (SELECT string_agg(letter, '' ORDER BY o) FROM unnest(string_to_array('r a w d D x t', ' '),
		   string_to_array('SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER', ' ')) WITH ORDINALITY p (letter, privilege, o)
		   WHERE has_table_privilege(k.role, r.oid, privilege))
	  FROM (SELECT DISTINCT ON (object, relacl::text) object, oid FROM relation) r, kind k
	UNION ALL
	SELECT 'type ' || t.typname, k.n, CASE WHEN has_type_privilege(k.role, t.oid, 'USAGE') THEN 'U' END FROM pg_type t, kind k
	 WHERE t.typnamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND t.typcategory <> 'A'
	   AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
	UNION ALL
	SELECT 'function ' || p.proname, k.n, CASE WHEN has_function_privilege(k.role, p.oid, 'EXECUTE') THEN 'X' END FROM pg_proc p, kind k
	 WHERE p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace)
	UNION ALL	-- what is none of these has no line
	SELECT pg_describe_object(m.classid, m.objid, 0), k.n, '' FROM member m, kind k
	 WHERE m.classid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass, 'pg_cast'::regclass)
	   AND (m.classid, m.objid) <> ('pg_namespace'::regclass, 'ogw_logs_internal'::regnamespace);
SELECT coalesce(f.object, e.object) AS object, k.role, CASE WHEN e.object IS NULL THEN 'no line' ELSE (pg_temp.cells(e.rights))[k.n] END AS expected,
	   CASE WHEN f.object IS NULL THEN 'no object' ELSE f.rights END AS found
  FROM (SELECT DISTINCT object, n, coalesce(nullif(rights, ''), '-') AS rights FROM may) f
  FULL JOIN (may_expected e CROSS JOIN generate_series(1, (SELECT count(*) FROM kind)) i) ON e.object = f.object AND i = f.n
  JOIN kind k ON k.n = coalesce(f.n, i)
 WHERE f.rights IS DISTINCT FROM (pg_temp.cells(e.rights))[k.n] ORDER BY 1, 2;

-- What each sees of the two teams: ! is refused, . is nothing.
INSERT INTO ogw_logs.partition_history (since, until) VALUES ('-infinity', '-infinity');
INSERT INTO ogw_logs.rewrite VALUES ('nothing', '3', 0);
INSERT INTO ogw_logs.clock VALUES (now(), NULL, now());
INSERT INTO ogw_logs.maintenance_run (action, runs, failures) VALUES ('nothing', 0, 0);
INSERT INTO ogw_logs.retention VALUES ('nothing', NULL, '1 day', now(), false);
CREATE TEMP TABLE sees_expected (object text, seen text, query text);
INSERT INTO sees_expected VALUES
	--                          own      dbo wri red bod all      fun adm str rad wad
	('table entry',                     'blue+red !   !   red red blue+red !   !   !   !   !', 'ogw_logs.entry'),
	('view logs',                       'blue+red !   !   red red blue+red !   !   !   !   !', 'ogw_logs.logs'),
	('view attempts',                   'blue+red !   !   red red blue+red !   !   !   !   !', 'ogw_logs.attempts'),
	('function search',        'blue+red !   !   red red blue+red red !   !   !   !', $$ogw_logs.search(job_id => 'm1')$$),
	('function facet',         'blue+red !   !   red red blue+red red !   !   !   !', $$(SELECT value AS team_id FROM ogw_logs.facet('team_id', max_values => 10000))$$),
	('function count_logs',    'blue+red !   !   red red blue+red red !   !   !   !',
		$$(SELECT t AS team_id FROM unnest(ARRAY['m-red', 'm-blue']) t WHERE ogw_logs.count_logs(team_id => t) > 0)$$),
	('function histogram',     'blue+red !   !   red red blue+red red !   !   !   !',
		$$(SELECT t AS team_id FROM unnest(ARRAY['m-red', 'm-blue']) t, ogw_logs.histogram(team_id => t))$$),
	('function get_log',       'blue+red !   !   red red blue+red red !   !   !   !', $$ogw_logs.get_log('m1')$$),
	('its input',              'blue+red !   !   .   red blue+red .   !   !   !   !', $$(SELECT team_id FROM ogw_logs.get_log('m1') WHERE input <> '')$$),
	('view inbox',                      '.        !   !   !   !   !        !   !   !   .   !', 'ogw_logs.inbox'),
	('table body',                      'blue+red !   !   !   !   !        !   !   !   !   !', 'ogw_logs.body'),
	('partition of entry',              'blue+red !   !   !   !   !        !   !   !   .   !', 'ogw_logs.entry_20260601'),
	('partition of body',               'blue+red !   !   !   !   !        !   !   !   .   !', 'ogw_logs.body_20260601'),
	('table segment',                   'blue+red !   !   !   !   !        !   !   !   !   !', 'ogw_logs.segment'),
	('partition of segment',            'blue+red !   !   !   !   !        !   !   !   .   !', 'ogw_logs.segment_20260601'),
	('table sealed_interval',           'mark     !   !   !   !   !        !   !   !   !   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.sealed_interval)$$),
	-- the writer sent none of these
	('table rejected',                  'blue+red !   .   red red blue+red !   !   !   !   !', 'ogw_logs.rejected'),
	('table entry_key',                 'mark     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.entry_key)$$),
	('partition of entry_key',          'mark     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.entry_key_20260601)$$),
	('table ingest_count',              'blue+red !   !   red red blue+red !   !   !   !   !', 'ogw_logs.ingest_count'),
	('view ingest_counts',              'blue+red !   !   red red blue+red !   !   !   !   !', 'ogw_logs.ingest_counts'),
	('view partitions',                 '1        !   !   !   !   !        !   !   !   !   !', $$(SELECT 'm-' || least(count(*), 1) AS team_id FROM ogw_logs.partitions)$$),
	('table retention',                 'mark     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.retention)$$),
	('table clock',                     'mark     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.clock)$$),
	('table partition_history','mark     !   !   !   !   !        !   !   !   !   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.partition_history)$$),
	('table rewrite',                   'mark     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.rewrite)$$),
	('table maintenance_run',           'mark     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-mark' AS team_id FROM ogw_logs.maintenance_run)$$),
	('view maintenance_status',         '1        !   !   !   !   !        !   !   !   !   !', $$(SELECT 'm-' || least(count(*), 1) AS team_id FROM ogw_logs.maintenance_status)$$),
	('table team',                      'blue+red !   !   !   !   !        !   red !   !   !', 'ogw_logs.team'),
	('table team_history',              'blue+red !   !   !   !   !        !   red !   !   !', 'ogw_logs.team_history'),
	('table erasure',                   'blue+red !   !   !   !   !        !   red !   !   !', 'ogw_logs.erasure'),
	('table body_read',                 'blue+red !   !   !   !   !        !   red !   !   !', 'ogw_logs.body_read'),
	('table access',                    'red      !   !   !   !   !        !   !   !   .   !', 'ogw_logs.access'),
	('table key_format',                'site     !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-' || name AS team_id FROM ogw_logs.key_format)$$),
	('table installation',              'secret   !   !   !   !   !        !   !   !   .   !', $$(SELECT 'm-secret' AS team_id FROM ogw_logs.installation)$$),
	-- row-level security does not cover these: nothing is in any of them
	('toast table',            '0        !   !   !   !   !        !   !   !   0   !',
		(SELECT format($$(SELECT 'm-' || count(*) AS team_id FROM (%s) chunk)$$,
					   string_agg('SELECT FROM ' || reltoastrelid::regclass, ' UNION ALL '))
		   FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace AND reltoastrelid <> 0));
INSERT INTO ogw_logs.segment (since, team_id, pass, first_session, first_timestamp, first_job, chunk, content)
SELECT '2026-06-01Z', team, 0, 0, '2026-06-01Z', 0, 0, 'x' FROM unnest(ARRAY['m-red', 'm-blue']) team;
INSERT INTO ogw_logs.sealed_interval (since, until) VALUES ('-infinity', '-infinity');
CREATE FUNCTION pg_temp.seen(role name, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE teams text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE 'SELECT coalesce(string_agg(DISTINCT substr(team_id, 3), ''+'' ORDER BY substr(team_id, 3)), ''.'') FROM '
			|| query || ' seen WHERE team_id LIKE ''m-%''' INTO teams;
	RESET ROLE;
	RETURN teams;
EXCEPTION WHEN insufficient_privilege THEN RETURN '!';
END $$;
INSERT INTO ogw_logs.key_format VALUES ('site', 'site_', 'a-z', 8, 8);
-- strangers get as far as the schema lets them: it is the objects that refuse
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_str, ogw_test_dbo;
SELECT * FROM (SELECT e.object, r.role, (pg_temp.cells(e.seen))[r.n] AS expected, pg_temp.seen(r.role, e.query) AS found
	  FROM sees_expected e, (SELECT 1 AS n, current_user AS role UNION ALL SELECT n + 1, role FROM kind WHERE role <> 'public') r) s
 WHERE found IS DISTINCT FROM expected ORDER BY 1, 2;
-- every relation has a line
SELECT DISTINCT object AS no_line FROM relation WHERE object NOT IN (SELECT object FROM sees_expected);
-- and all relations are in this schema
SELECT relname AS relation_of_internal FROM pg_class WHERE relnamespace = 'ogw_logs_internal'::regnamespace AND relkind <> 'c';
REVOKE USAGE ON SCHEMA ogw_logs FROM ogw_test_str, ogw_test_dbo;
DELETE FROM ogw_logs.key_format;
DELETE FROM ogw_logs.rewrite;
DELETE FROM ogw_logs.segment WHERE team_id LIKE 'm-%';
DELETE FROM ogw_logs.sealed_interval;
DELETE FROM ogw_logs.retention WHERE kind = 'nothing';
DELETE FROM ogw_logs.partition_history WHERE since = '-infinity';
DELETE FROM ogw_logs.clock;
DELETE FROM ogw_logs.maintenance_run WHERE action = 'nothing';

-- What holds for every object: none of these queries finds one.
SELECT object AS without_row_level_security FROM relation WHERE relkind IN ('r', 'p', 'm', 'f') AND NOT relrowsecurity;
SELECT object AS no_security_invoker FROM relation WHERE relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false);
SELECT p.oid::regprocedure AS path_not_pinned FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND (p.prosecdef OR l.lanname NOT IN ('c', 'internal'))
   AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false);
SELECT p.oid::regprocedure AS settings_not_pinned FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace = 'ogw_logs'::regnamespace AND l.lanname <> 'c' AND NOT p.proconfig @> ogw_logs_internal.pinned_settings();
SELECT object AS another_owner FROM relation WHERE relowner <> current_user::regrole
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND proowner <> current_user::regrole
UNION ALL SELECT nspname FROM pg_namespace WHERE nspname IN ('ogw_logs', 'ogw_logs_internal') AND nspowner <> current_user::regrole;
-- to PUBLIC, with GRANT OPTION, for a column alone, or of a kind that has no letter above
SELECT a.object, a.grantee::regrole, a.privilege_type, a.is_grantable FROM (
	SELECT proname AS object, x.* FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) x WHERE pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace)
	UNION ALL SELECT r.object, x.* FROM relation r, aclexplode(r.relacl) x
	UNION ALL SELECT r.object || '.' || attname, 0, x.grantee, x.privilege_type, true FROM relation r JOIN pg_attribute ON attrelid = r.oid, aclexplode(attacl) x
	UNION ALL SELECT typname, x.* FROM pg_type, aclexplode(coalesce(typacl, acldefault('T', typowner))) x WHERE oid IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass)
	UNION ALL SELECT nspname, x.* FROM pg_namespace, aclexplode(nspacl) x WHERE nspname IN ('ogw_logs', 'ogw_logs_internal')) a
 WHERE a.grantee <> current_user::regrole
   AND (a.grantee = 0 OR a.is_grantable OR a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'EXECUTE', 'USAGE', 'CREATE'));
-- nothing here counts, and these are the policies
SELECT count(*) AS sequences FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace AND relkind = 'S';
SELECT c.relname, p.polname, p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid) AS qual, p.polwithcheck
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'ogw_logs'::regnamespace ORDER BY 1, 2;

SELECT format('ALTER DATABASE %I OWNER TO %s', current_database(), :'dba') \gexec
SELECT ogw_logs.revoke_access(('ogw_test_' || r)::name) FROM unnest(ARRAY['wri', 'red', 'bod', 'all', 'fun', 'adm']) r;
DELETE FROM ogw_logs.entry WHERE team_id LIKE 'm-%';
DELETE FROM ogw_logs.body WHERE team_id LIKE 'm-%';
DROP ROLE ogw_test_dbo, ogw_test_wri, ogw_test_red, ogw_test_bod, ogw_test_all, ogw_test_fun, ogw_test_adm, ogw_test_str, ogw_test_rad, ogw_test_wad;
