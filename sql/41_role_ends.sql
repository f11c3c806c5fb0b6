-- A right ends with its role: no later role of its name, and no other one, has it.
-- In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_role_ends ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_role_ends
\o /dev/null
CREATE EXTENSION ogw_logs;
SET ogw_logs.max_age = '20000d';
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => true) FROM unnest(ARRAY['red', 'blue', 'green']) t;
SELECT DISTINCT ogw_logs.insert_log(job_id => t, team_id => t, "timestamp" => '2026-05-01Z', input => 'body of ' || t) FROM unnest(ARRAY['red', 'blue', 'green']) t;
\o
-- what a role finds by each way, and which teams it administers
CREATE FUNCTION public.sees(reader name, OUT by_search text, OUT by_view text, OUT bodies text, OUT purges text) LANGUAGE plpgsql AS $$
DECLARE
	team text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	BEGIN by_search := (SELECT string_agg(s.team_id, ' ' ORDER BY s.team_id) FROM ogw_logs.search() s);
	EXCEPTION WHEN insufficient_privilege THEN by_search := 'refused'; END;
	BEGIN by_view := (SELECT string_agg(l.team_id, ' ' ORDER BY l.team_id) FROM ogw_logs.logs l);
	EXCEPTION WHEN insufficient_privilege THEN by_view := 'refused'; END;
	BEGIN bodies := (SELECT string_agg(g.input, ', ' ORDER BY g.input) FROM unnest(ARRAY['red', 'blue', 'green']) j, ogw_logs.get_log(j) g);
	EXCEPTION WHEN insufficient_privilege THEN bodies := 'refused'; END;
	FOREACH team IN ARRAY ARRAY['red', 'blue', 'green'] LOOP
		BEGIN
			PERFORM ogw_logs.purge_bodies(team, '-infinity');
			purges := concat_ws(' ', purges, team);
		EXCEPTION WHEN insufficient_privilege THEN NULL; END;
	END LOOP;
	RESET ROLE;
END $$;
\set SHOW_CONTEXT never

-- Dropped as PostgreSQL asks, and made again, months later, for another person.
CREATE ROLE ogw_test_oncall;
SELECT ogw_logs.grant_reader('ogw_test_oncall', bodies => true, views => true), ogw_logs.grant_admin('ogw_test_oncall');
SELECT * FROM public.sees('ogw_test_oncall');
\set VERBOSITY terse
DROP ROLE ogw_test_oncall;
\set VERBOSITY default
DROP OWNED BY ogw_test_oncall;
SELECT * FROM public.sees('ogw_test_oncall');
DROP ROLE ogw_test_oncall;
SELECT role_name, privilege, team_id, bodies, role FROM ogw_logs.access ORDER BY privilege;
CREATE ROLE ogw_test_oncall;
SELECT * FROM public.sees('ogw_test_oncall');
SELECT ogw_logs.grant_reader('ogw_test_oncall', 'blue', views => true), ogw_logs.grant_admin('ogw_test_oncall', 'blue');
SELECT * FROM public.sees('ogw_test_oncall');
SELECT role_name, privilege, team_id, bodies, role FROM ogw_logs.access ORDER BY privilege;
-- in one transaction too
BEGIN;
SELECT ogw_logs.grant_reader('ogw_test_oncall', bodies => true);
DROP OWNED BY ogw_test_oncall;
DROP ROLE ogw_test_oncall;
CREATE ROLE ogw_test_oncall;
SELECT ogw_logs.grant_reader('ogw_test_oncall', 'green');
SELECT * FROM public.sees('ogw_test_oncall');
ROLLBACK;
SELECT * FROM public.sees('ogw_test_oncall');

-- DROP OWNED BY ends the rights of a role that stays: neither a grant by hand, nor a
-- membership, nor the next right brings them back.
CREATE ROLE ogw_test_blue;
SELECT ogw_logs.grant_reader('ogw_test_blue', 'blue', views => true);
SELECT ogw_logs.revoke_access('ogw_test_oncall'), ogw_logs.grant_reader('ogw_test_oncall', bodies => true, views => true);
DROP OWNED BY ogw_test_oncall;
GRANT ogw_test_blue TO ogw_test_oncall;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_oncall;
SELECT * FROM public.sees('ogw_test_oncall');
REVOKE ogw_test_blue FROM ogw_test_oncall;
SELECT ogw_logs.grant_reader('ogw_test_oncall', 'green');
SELECT * FROM public.sees('ogw_test_oncall');
-- what REASSIGN OWNED BY gives away are objects
REASSIGN OWNED BY ogw_test_oncall TO ogw_test_blue;
SELECT * FROM public.sees('ogw_test_blue');
SELECT * FROM public.sees('ogw_test_oncall');
SELECT ogw_logs.revoke_access('ogw_test_oncall');
DROP ROLE ogw_test_oncall;

-- A role that is renamed keeps its rights; who gets its name has none of them.
CREATE ROLE ogw_test_boss;
CREATE ROLE ogw_test_lead;
SELECT ogw_logs.grant_reader('ogw_test_boss', bodies => true, views => true), ogw_logs.grant_admin('ogw_test_boss'),
	   ogw_logs.grant_reader('ogw_test_lead', 'blue', views => true), ogw_logs.grant_admin('ogw_test_lead', 'blue');
ALTER ROLE ogw_test_boss RENAME TO ogw_test_old;
SELECT * FROM public.sees('ogw_test_old');
SELECT ogw_logs.grant_reader('ogw_test_boss');
ALTER ROLE ogw_test_lead RENAME TO ogw_test_boss;
SELECT r, s.* FROM unnest(ARRAY['ogw_test_old', 'ogw_test_boss']) r, public.sees(r) s;
SELECT role_name, role, privilege, team_id FROM ogw_logs.access WHERE privilege = 'admin' ORDER BY team_id NULLS FIRST;
SET ROLE ogw_test_boss;
SELECT * FROM ogw_logs.my_access();
RESET ROLE;
-- a right of the new boss is a row of its own, and what is taken back is the new boss's
SELECT ogw_logs.grant_reader('ogw_test_boss', 'green');
SELECT role_name, role, privilege, team_id FROM ogw_logs.access WHERE role_name <> 'ogw_test_blue' ORDER BY role::text, privilege, team_id;
SELECT ogw_logs.revoke_access('ogw_test_boss');
SELECT r, s.* FROM unnest(ARRAY['ogw_test_old', 'ogw_test_boss']) r, public.sees(r) s;
DROP ROLE ogw_test_boss;
CREATE ROLE ogw_test_boss;
SELECT * FROM public.sees('ogw_test_boss');
-- names that are exchanged within a transaction
BEGIN;
SELECT ogw_logs.grant_reader('ogw_test_boss', 'green');
ALTER ROLE ogw_test_boss RENAME TO ogw_test_between;
ALTER ROLE ogw_test_old RENAME TO ogw_test_boss;
ALTER ROLE ogw_test_between RENAME TO ogw_test_old;
SELECT r, by_search FROM unnest(ARRAY['ogw_test_old', 'ogw_test_boss']) r, public.sees(r);
ROLLBACK;

-- A group's right goes with the group.
CREATE ROLE ogw_test_group;
CREATE ROLE ogw_test_member IN ROLE ogw_test_group;
SELECT ogw_logs.grant_reader('ogw_test_group', 'red', bodies => true);
SELECT by_search, bodies FROM public.sees('ogw_test_member');
ALTER ROLE ogw_test_group RENAME TO ogw_test_team;
SELECT by_search, bodies FROM public.sees('ogw_test_member');
DROP OWNED BY ogw_test_team;
DROP ROLE ogw_test_team;
CREATE ROLE ogw_test_team;
CREATE ROLE ogw_test_group;
GRANT ogw_test_team, ogw_test_group, ogw_test_blue TO ogw_test_member;
SELECT by_search, bodies FROM public.sees('ogw_test_member');
-- a role that a member may become, and whose rights it does not inherit
CREATE ROLE ogw_test_apart NOINHERIT IN ROLE ogw_test_blue;
SELECT by_search FROM public.sees('ogw_test_apart');

-- A narrower right beside a wider one says so.
CREATE ROLE ogw_test_wide;
SELECT ogw_logs.grant_reader('ogw_test_wide');
SELECT ogw_logs.grant_reader('ogw_test_wide', 'blue');
SELECT ogw_logs.grant_reader('ogw_test_wide', 'blue', bodies => true);
SELECT ogw_logs.grant_reader('ogw_test_wide', '*');
SELECT ogw_logs.grant_reader('ogw_test_wide', 'blue', bodies => false);
SELECT ogw_logs.grant_reader('ogw_test_wide', '*', bodies => true);
SELECT ogw_logs.grant_reader('ogw_test_wide', 'blue');
SELECT ogw_logs.grant_admin('ogw_test_wide');
SELECT ogw_logs.grant_admin('ogw_test_wide', 'blue');
SELECT ogw_logs.grant_monitor('ogw_test_wide');
SELECT ogw_logs.grant_writer('ogw_test_wide');
CREATE ROLE ogw_test_narrow IN ROLE ogw_test_wide;
SELECT ogw_logs.grant_reader('ogw_test_narrow', 'green');
CREATE ROLE "ogw_test_o'wner" SUPERUSER;
SELECT ogw_logs.grant_reader('ogw_test_o''wner', 'blue'), ogw_logs.grant_writer('ogw_test_o''wner');
CREATE ROLE ogw_test_exempt BYPASSRLS;
SELECT ogw_logs.grant_reader('ogw_test_exempt', 'blue');
SELECT ogw_logs.grant_reader('ogw_test_exempt', 'blue', views => true);
SELECT * FROM public.sees('ogw_test_exempt');
-- and the advice narrows
SELECT ogw_logs.revoke_access('ogw_test_wide');
SELECT ogw_logs.grant_reader('ogw_test_wide', 'blue');
SELECT * FROM public.sees('ogw_test_wide');
SELECT * FROM public.sees('ogw_test_narrow');
-- with the same or a wider right there is nothing to say
SELECT ogw_logs.grant_reader('ogw_test_wide', 'blue'), ogw_logs.grant_reader('ogw_test_wide', 'green'), ogw_logs.grant_reader('ogw_test_wide', bodies => true);

-- my_access(): each right, and by which role; asked by whoever has one.
SET ROLE ogw_test_narrow;
SELECT * FROM ogw_logs.my_access();
SET ROLE ogw_test_exempt;
SELECT * FROM ogw_logs.my_access();
SET ROLE "ogw_test_o'wner";
SELECT role_name = (SELECT r.rolname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.proname = 'my_access') AS of_the_owner, privilege, team_id, bodies, views FROM ogw_logs.my_access();
SET ROLE ogw_test_apart;
SELECT * FROM ogw_logs.my_access();
RESET ROLE;

-- Names of every kind are names.
CREATE FUNCTION public.odd() RETURNS TABLE (role name) LANGUAGE sql AS $odd$
	VALUES ('ogw_test "Q" '' \ %I $x$'::name), ('OGW_Test_Upper'), ('ogw_test ünïcode'), ('12345'), ('-'), (rpad('ogw_test_', 63, 'x')) $odd$;
SELECT format('CREATE ROLE %I', role) FROM public.odd() \gexec
SELECT ogw_logs.grant_monitor(role), ogw_logs.grant_writer(role), ogw_logs.grant_reader(role, 'blue', views => true), ogw_logs.grant_admin(role, 'red') FROM public.odd() ORDER BY role;
SELECT o.role, s.* FROM public.odd() o, public.sees(o.role) s ORDER BY o.role COLLATE "C";
SELECT DISTINCT a.role, a.role::text = a.role_name AS same FROM ogw_logs.access a JOIN public.odd() o ON o.role = a.role::text ORDER BY a.role;
SELECT count(ogw_logs.revoke_access(role)) FROM public.odd();
SELECT format('DROP ROLE %I', role) FROM public.odd() \gexec
CREATE ROLE public;
CREATE ROLE none;
SELECT ogw_logs.grant_monitor('none');
SELECT ogw_logs.grant_monitor('');
SELECT ogw_logs.grant_monitor(NULL);

-- A role_link is a role by its whole name, and nothing else is a role: no number, no name that is cut.
CREATE ROLE ogw_test_link;
SELECT 'ogw_test_link'::ogw_logs_internal.role_link AS by_name, '' ::ogw_logs_internal.role_link AS nobody;
SELECT n::ogw_logs_internal.role_link AS link FROM (SELECT oid::text AS n FROM pg_roles WHERE rolname = 'ogw_test_link') r;
SELECT n::ogw_logs_internal.role_link AS link FROM unnest(ARRAY['OGW_TEST_LINK', '"ogw_test_link"', ' ogw_test_link', 'public', '-']) n;
CREATE ROLE ogw_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;
SELECT (rpad('ogw_test_', 63, 'x') || 'y')::ogw_logs_internal.role_link AS cut;

-- A row that says whose it is by its name alone, or whose role never held it, gives nothing;
-- nor does a restore of rows without the grants.
INSERT INTO ogw_logs.access VALUES ('ogw_test_link', 'read', NULL, true);
INSERT INTO ogw_logs.access VALUES ('ogw_test_link', 'read', NULL, true, 'ogw_test_link');
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_link;
GRANT ogw_test_blue TO ogw_test_link;
SELECT * FROM public.sees('ogw_test_link');
SET ROLE ogw_test_link;
SELECT * FROM ogw_logs.my_access();
RESET ROLE;
-- beside rights that are there the same rows come to those
SELECT ogw_logs.grant_reader('ogw_test_link', 'green');
INSERT INTO ogw_logs.access SELECT * FROM ogw_logs.access WHERE role_name = 'ogw_test_link';
SELECT ogw_logs.grant_reader('ogw_test_link', 'green', bodies => true);
SELECT bodies, by_search FROM public.sees('ogw_test_link');
SELECT ogw_logs.grant_reader('ogw_test_link', 'green', bodies => false);
SELECT bodies, by_search FROM public.sees('ogw_test_link');

-- An update gives new functions to roles whose rights count, and to no others.
CREATE ROLE ogw_test_ended;
SELECT ogw_logs.grant_reader('ogw_test_ended');
DROP OWNED BY ogw_test_ended;
UPDATE ogw_logs.installation SET log_version = '0.9';
SELECT ogw_logs.create_log();
SELECT has_function_privilege('ogw_test_ended', 'ogw_logs_internal.readable_teams()', 'EXECUTE') AS ended, has_function_privilege('ogw_test_link', 'ogw_logs_internal.readable_teams()', 'EXECUTE') AS counts;
DROP VIEW ogw_logs.logs, ogw_logs.attempts;
SELECT ogw_logs.create_log();
SELECT has_table_privilege('ogw_test_ended', 'ogw_logs.logs', 'SELECT') AS ended, has_table_privilege('ogw_test_blue', 'ogw_logs.logs', 'SELECT') AS counts;

-- Revoked or dropped: nothing of any role stays.
SELECT count(ogw_logs.revoke_access(r)) FROM unnest(ARRAY['ogw_test_old', 'ogw_test_blue', 'ogw_test_wide', 'ogw_test_narrow', 'ogw_test_o''wner', 'ogw_test_exempt', 'ogw_test_link', 'ogw_test_ended']::name[]) r;
SELECT role_name, privilege, team_id, bodies, role FROM ogw_logs.access;
DROP ROLE ogw_test_old, ogw_test_boss, ogw_test_blue, ogw_test_wide, ogw_test_narrow, "ogw_test_o'wner", ogw_test_exempt, ogw_test_link, ogw_test_ended, ogw_test_member, ogw_test_team, ogw_test_group,
	ogw_test_apart, ogw_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;
\c :regression
DROP DATABASE ogw_test_role_ends;
