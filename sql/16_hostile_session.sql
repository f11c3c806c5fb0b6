-- A caller who prepares the session: names that shadow ours, settings, entries
-- that are two things at once, and rights that are given before there is a log.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ogw_logs;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET ogw_logs.max_age = '20000d';
CREATE ROLE ogw_test_wri;
CREATE ROLE ogw_test_red;
CREATE ROLE ogw_test_new;
SELECT ogw_logs.grant_writer('ogw_test_wri'), ogw_logs.grant_reader('ogw_test_red', 'h-red', views => true), ogw_logs.grant_writer('ogw_test_red');
SELECT ogw_logs.insert_log(job_id => 'h1', team_id => 'h-blue', "timestamp" => '2026-08-01Z');

-- A hostile schema first in search_path: whatever of it is called tells.
CREATE SCHEMA hostile;
GRANT USAGE ON SCHEMA hostile TO PUBLIC;
CREATE FUNCTION hostile.tell(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% as %', what, current_user; END $$;
SELECT format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN PERFORM hostile.tell(%1$L); RETURN %s; END $f$', f, args, type, value) FROM (VALUES
	('now', '', 'timestamptz', 'NULL'), ('clock_timestamp', '', 'timestamptz', 'NULL'), ('date_trunc', 'text, timestamp', 'timestamp', 'NULL'),
	('to_regclass', 'text', 'regclass', 'NULL'), ('format', 'text, name', 'text', '''SELECT 1'''), ('format', 'text, text', 'text', '''SELECT 1'''),
	('pg_has_role', 'oid, oid, text', 'boolean', 'true'), ('encode', 'bytea, text', 'text', 'NULL'), ('isfinite', 'timestamptz', 'boolean', 'true'),
	('to_char', 'timestamp, text', 'text', 'NULL'), ('current_setting', 'text', 'text', 'NULL'), ('json_array_elements', 'json', 'json', 'NULL'),
	('equals', 'text, text', 'boolean', 'true'), ('any_order', 'timestamptz, timestamptz', 'boolean', 'true'), ('same_name', 'name, name', 'boolean', 'true'),
	('joined', 'text, text', 'text', '''''')
	) h (f, args, type, value) \gexec
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.equals);
CREATE OPERATOR hostile.= (LEFTARG = name, RIGHTARG = name, FUNCTION = hostile.same_name);
CREATE OPERATOR hostile.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.joined);
CREATE OPERATOR hostile.< (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = hostile.any_order);
CREATE OPERATOR hostile.>= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = hostile.any_order);
CREATE DOMAIN hostile.text AS pg_catalog.text CHECK (hostile.tell('text') IS NULL);
CREATE TABLE hostile.pg_roles AS SELECT * FROM pg_catalog.pg_roles;
CREATE TABLE hostile.pg_class (LIKE pg_catalog.pg_class);
-- and temporary tables of the log's names
CREATE FUNCTION hostile.both_ways() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	CREATE TEMP TABLE entry (LIKE ogw_logs.entry);
	CREATE TEMP TABLE body (LIKE ogw_logs.body);
	CREATE TEMP TABLE team (LIKE ogw_logs.team);
	CREATE TEMP TABLE access (LIKE ogw_logs.access);
	CREATE TEMP TABLE installation (LIKE ogw_logs.installation);
	CREATE TEMP TABLE rejected (LIKE ogw_logs.rejected);
	CREATE TEMP TABLE pg_roles (rolname pg_catalog.name, oid oid, rolsuper boolean);
	CREATE TEMP TABLE pg_policy (polrelid oid, polname pg_catalog.name);
	INSERT INTO pg_temp.access VALUES ('ogw_test_red', 'read', NULL, true, 'ogw_test_red');
	INSERT INTO pg_temp.team (team_id, body_logging) VALUES ('h-red', true);
	GRANT ALL ON pg_temp.entry, pg_temp.body, pg_temp.team, pg_temp.access, pg_temp.installation, pg_temp.rejected, pg_temp.pg_roles, pg_temp.pg_policy TO PUBLIC;
END $$;
SELECT hostile.both_ways();
GRANT ALL ON ALL TABLES IN SCHEMA hostile TO PUBLIC;
SET search_path = hostile, pg_temp, pg_catalog, ogw_logs;
SET ROLE ogw_test_red;
SELECT * FROM insert_logs('[{"job_id":"h2","team_id":"h-red","timestamp":"2026-08-01T00:00:00Z","input":"body"},{"job_id":"h2","team_id":"h-red","timestamp":"2026-08-01T00:00:00Z"},{}]');
SELECT insert_log(job_id => 'h3', team_id => 'h-red', "timestamp" => '2026-08-02Z'::timestamptz, input => 'body');
COPY inbox (job_id, team_id, "timestamp", input) FROM stdin;
h4	h-red	2026-08-03T00:00:00Z	body
\.
SELECT * FROM last_batch();
SELECT job_id, team_id, body_state FROM search(since => '2026-08-01Z'::timestamptz, until => '2026-08-09Z'::timestamptz);
SELECT job_id FROM search(team_id => 'h-blue');
SELECT job_id, input FROM get_log('h2');
SELECT count(*) FROM get_log('h1');
SELECT job_id FROM ogw_logs.logs WHERE "timestamp" OPERATOR(pg_catalog.>=) '2026-08-01Z'::timestamptz ORDER BY 1;
SELECT count(*) FROM ogw_logs.attempts;
RESET ROLE;
-- a superuser with such a path
SELECT set_team('h-red', redact_bodies => true), clear_team('h-red', 'redact_bodies'), grant_writer('ogw_test_new'), grant_reader('ogw_test_new', 'h-red', views => true), revoke_access('ogw_test_new');
SELECT create_log(), make_partitions('2033-08-05Z'::timestamptz, '2033-08-06Z'::timestamptz);
SELECT count(*) FROM maintain(dry_run => true) WHERE action OPERATOR(pg_catalog.<>) 'make_partition' AND action OPERATOR(pg_catalog.<>) 'seal' AND action OPERATOR(pg_catalog.<>) 'seal_bodies' AND action OPERATOR(pg_catalog.<>) 'build_index';
RESET search_path;
SELECT (SELECT count(*) FROM pg_temp.entry) + (SELECT count(*) FROM pg_temp.body) + (SELECT count(*) FROM pg_temp.rejected) AS astray,
	   (SELECT count(*) FROM ogw_logs.body WHERE team_id = 'h-red') AS bodies,
	   (SELECT bool_and(changed_at > now() - interval '1 hour') FROM ogw_logs.team_history WHERE team_id = 'h-red') AS recent;
DROP TABLE pg_temp.entry, pg_temp.body, pg_temp.team, pg_temp.access, pg_temp.installation, pg_temp.rejected, pg_temp.pg_roles, pg_temp.pg_policy;
SET client_min_messages = warning;
DROP SCHEMA hostile CASCADE;
RESET client_min_messages;

-- Entries that are two things at once: stored is what the policy was asked about.
SELECT ogw_logs.set_team('h-on', body_logging => true);
SET ROLE ogw_test_wri;
SELECT * FROM ogw_logs.insert_logs($$[
	{"job_id":"hj1","team_id":"h-on","team_id":"h-off","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj2","team_id":"h-off","team_id":"h-on","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj3","te\u0061m_id":"h-on","team_id":"h-off","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj4","team_id":"h-off","TEAM_ID":"h-on","team_id ":"h-on","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj5","team_id":"h-on\u0000","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj6","team_id":" h-on","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj7","team_id":"h-ｏn","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj8","team_id":"h-\u006fn","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj9","team_id":"h-off","timestamp":"2026-08-01T00:00:00Z","metadata":{"team_id":"h-on","body_logging":true},"__proto__":{"team_id":"h-on"},"body_logged":true,"input":"body"},
	{"job_id":"hj10","team_id":["h-on"],"input":"body"},
	{"job_id":"hj11","team_id":{"h-on":1},"input":"body"},
	{"job_id":"hj12","team_id":null,"team_id":"h-off","timestamp":"2026-08-01T00:00:00Z","input":"body"},
	{"job_id":"hj13","team_id":"h-off","latency_ms":1e999999999,"timestamp":"2026-08-01T00:00:00Z"},
	{"job_id":"hj14","team_id":"h-off","cost_usd":1e-999999999,"timestamp":"2026-08-01T00:00:00Z"},
	{"job_id":"hj15","team_id":"h-off","prompt_tokens":99999999999999999999999999999999,"timestamp":"2026-08-01T00:00:00Z"},
	{"job_id":"hj16","team_id":"h-off","attempts":[{"model":{"x":1},"latency_ms":"many"},7,null],"timestamp":"2026-08-01T00:00:00Z"}]$$);
RESET ROLE;
SELECT e.job_id, e.team_id, e.body_state, count(b.job_id) AS bodies FROM ogw_logs.entry e LEFT JOIN ogw_logs.body b USING (job_id, team_id, "timestamp")
 WHERE e.job_id LIKE 'hj%' AND e."timestamp" = '2026-08-01Z' GROUP BY 1, 2, 3 ORDER BY length(e.job_id), 1;
SELECT job_id, field, reason FROM ogw_logs.rejected WHERE job_id LIKE 'hj%' ORDER BY 1;
-- no entry makes the views fail
SELECT count(*), count(model), count(latency_ms) FROM ogw_logs.attempts WHERE job_id = 'hj16';
-- "duplicate" is said of the pair that was named: the same job_id of another team is stored
SET ROLE ogw_test_wri;
SELECT ogw_logs.insert_log(job_id => 'h1', team_id => t, "timestamp" => '2026-08-01Z') FROM unnest(ARRAY['h-blue', 'h-green', 'h-Blue']) t;
RESET ROLE;

-- What ALTER DEFAULT PRIVILEGES gives on tables, functions and types to come, the log does not.
CREATE FUNCTION pg_temp.others() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM (SELECT relacl AS acl, relowner AS owner FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace
		UNION ALL SELECT proacl, proowner FROM pg_proc
			WHERE pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace)
		UNION ALL SELECT nspacl, nspowner FROM pg_namespace WHERE nspname = 'ogw_logs_internal'
		UNION ALL SELECT typacl, typowner FROM pg_type t WHERE typnamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND (typrelid = 0 OR EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))
		) o, aclexplode(acl) a WHERE a.grantee NOT IN (owner, 'ogw_test_wri'::regrole, 'ogw_test_red'::regrole)
$$;
SELECT pg_temp.others();
BEGIN;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO ogw_test_new, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO ogw_test_new;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO ogw_test_new;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ogw_test_new, PUBLIC;
SELECT ogw_logs.make_partitions('2033-08-08Z', '2033-08-09Z'), pg_temp.others();
SET LOCAL client_min_messages = warning;
DROP EXTENSION ogw_logs CASCADE;
ALTER SCHEMA ogw_logs RENAME TO ogw_test_aside;
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.insert_log(job_id => 'h1', team_id => 'h-blue', "timestamp" => '2026-08-01Z'), pg_temp.others();
ROLLBACK;
-- CREATE on the schema to come is refused
BEGIN;
SET LOCAL client_min_messages = warning;
DROP EXTENSION ogw_logs CASCADE;
ALTER SCHEMA ogw_logs RENAME TO ogw_test_aside;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO ogw_test_new;
CREATE EXTENSION ogw_logs;
ROLLBACK;

SELECT ogw_logs.revoke_access(('ogw_test_' || r)::name) FROM unnest(ARRAY['wri', 'red']) r;
-- nothing in either schema is left to them
SELECT count(*) FROM (SELECT relacl AS acl FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace
	UNION ALL SELECT proacl FROM pg_proc WHERE pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace)
	UNION ALL SELECT nspacl FROM pg_namespace WHERE nspname LIKE 'ogw_logs%') o, aclexplode(acl) a
 WHERE a.grantee IN ('ogw_test_wri'::regrole, 'ogw_test_red'::regrole);
DROP OWNED BY ogw_test_new;
DELETE FROM ogw_logs.entry WHERE team_id LIKE '%h-%';
DELETE FROM ogw_logs.body WHERE team_id LIKE '%h-%';
DROP ROLE ogw_test_wri, ogw_test_red, ogw_test_new;
