-- Who may change a team's settings, purge and erase.
SET ogw_logs.max_age = '20000d';
CREATE ROLE ogw_test_admin;
CREATE ROLE ogw_test_member IN ROLE ogw_test_admin;
CREATE ROLE ogw_test_apart NOINHERIT IN ROLE ogw_test_admin;
CREATE ROLE ogw_test_other_admin;
CREATE ROLE ogw_test_admin_all;
CREATE ROLE ogw_test_stranger;
CREATE ROLE ogw_test_reader;
CREATE ROLE ogw_test_read_all_data IN ROLE pg_read_all_data;
SELECT ogw_logs.set_team('a_red', body_logging => true), ogw_logs.set_team('a_blue', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 'ad1', team_id => t, "timestamp" => '2020-06-01Z', user_id => 'u', input => 'body of ' || t)
  FROM unnest(ARRAY['a_red', 'a_blue']) t;
SELECT ogw_logs.purge_bodies('a_blue', '2020-05-31Z');
SELECT input FROM ogw_logs.get_log('ad1') ORDER BY 1;
SELECT ogw_logs.grant_admin('ogw_test_admin', 'a_red');
SELECT ogw_logs.grant_admin('ogw_test_admin', 'a_red');
SELECT ogw_logs.grant_admin('ogw_test_other_admin', 'a_blue');
SELECT ogw_logs.grant_admin('ogw_test_admin_all');
SELECT role_name, privilege, team_id, bodies FROM ogw_logs.access ORDER BY role_name;
SELECT ogw_logs.grant_admin('public');

-- an admin changes the team that is given, sees its settings and who changed them
SET ROLE ogw_test_admin;
SELECT ogw_logs.set_team('a_red', redact_bodies => false);
SELECT ogw_logs.clear_team('a_red', 'redact_bodies');
SELECT ogw_logs.purge_bodies('a_red', '2020-05-31Z');
SELECT team_id, body_logging, redact_bodies FROM ogw_logs.team;
SELECT team_id, changed_by, setting, old_value, new_value FROM ogw_logs.team_history WHERE changed_by = current_user ORDER BY changed_at;
SELECT team_id, erased_by, action, bodies FROM ogw_logs.erasure;
SELECT team_id, job_id FROM ogw_logs.body_read;
-- and nothing of another team, not even whether it is there
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'allowed';
EXCEPTION WHEN insufficient_privilege THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT f, count(DISTINCT pg_temp.refused(format('SELECT ogw_logs.%s', format(f, t)))) AS answers, min(pg_temp.refused(format('SELECT ogw_logs.%s', format(f, t)))) AS answer
  FROM unnest(ARRAY['set_team(%L, body_logging => false)', 'clear_team(%L, ''body_logging'')', 'purge_bodies(%L)', 'erase_user(%L, ''u'')']) f,
	   unnest(ARRAY['a_blue', 'a_nowhere', 'A_red', 'a_red ', '%']) t
 GROUP BY f ORDER BY f;
SELECT (SELECT count(*) FROM ogw_logs.team WHERE team_id <> 'a_red') AS teams, (SELECT count(*) FROM ogw_logs.team_history WHERE team_id <> 'a_red') AS history,
	   (SELECT count(*) FROM ogw_logs.erasure WHERE team_id <> 'a_red') AS erasures, (SELECT count(*) FROM ogw_logs.body_read WHERE team_id <> 'a_red') AS reads;
INSERT INTO ogw_logs.team (team_id) VALUES ('a_blue') ON CONFLICT DO NOTHING;
INSERT INTO ogw_logs.team (team_id) VALUES ('a_blue') ON CONFLICT (team_id) DO UPDATE SET body_logging = false;
UPDATE ogw_logs.team SET body_logging = false;
DELETE FROM ogw_logs.body_read;
DELETE FROM ogw_logs.erasure;
SELECT * FROM ogw_logs.access;
-- a function that leaks what it sees is called for no row of another team
CREATE FUNCTION pg_temp.leak(team_id text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'sees %', team_id; RETURN true; END $$;
SELECT count(*) FROM ogw_logs.team WHERE pg_temp.leak(team_id);
-- entries and bodies are not an admin's to read, nor is giving rights
SELECT count(*) FROM ogw_logs.search();
SELECT count(*) FROM ogw_logs.get_log('ad1');
SELECT count(*) FROM ogw_logs.logs;
SELECT count(*) FROM ogw_logs.body;
SELECT count(*) FROM ogw_logs.rejected;
SELECT ogw_logs.grant_admin('ogw_test_admin', 'a_blue');

-- members have the right where they inherit it; the others after SET ROLE
SET ROLE ogw_test_member;
SELECT ogw_logs.set_team('a_red', metadata_keys => '{env}');
SELECT count(*) FROM ogw_logs.team;
SET ROLE ogw_test_apart;
SELECT ogw_logs.set_team('a_red', metadata_keys => '{env,n}');
RESET ROLE;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_apart, ogw_test_stranger, ogw_test_read_all_data;
GRANT SELECT ON ogw_logs.team TO ogw_test_apart;
GRANT EXECUTE ON FUNCTION ogw_logs.set_team(text, boolean, boolean, text[], interval, interval), ogw_logs.purge_bodies(text, timestamptz), ogw_logs.erase_user(text, text),
	ogw_logs_internal.administered_teams(), ogw_logs_internal.administers_all_teams() TO ogw_test_apart, ogw_test_stranger, ogw_test_read_all_data;
SET ROLE ogw_test_apart;
SELECT ogw_logs.set_team('a_red', metadata_keys => '{env,n}');
SELECT count(*) FROM ogw_logs.team;
SET ROLE ogw_test_admin;
SELECT ogw_logs.set_team('a_red', metadata_keys => '{env,n}');
-- EXECUTE alone is no right
SET ROLE ogw_test_stranger;
SELECT ogw_logs.set_team('a_red', metadata_keys => '{env,n}');
SELECT ogw_logs.purge_bodies('a_red');
SELECT ogw_logs.erase_user('a_red', 'u');
-- every team
SET ROLE ogw_test_admin_all;
SELECT ogw_logs.set_team('a_red', body_retention => '1 day'), ogw_logs.set_team('a_new', body_retention => '1 day');
SELECT team_id FROM ogw_logs.team WHERE team_id LIKE 'a\_%' ORDER BY 1;
-- pg_read_all_data is no admin
SET ROLE ogw_test_read_all_data;
SELECT (SELECT count(*) FROM ogw_logs.team) AS teams, (SELECT count(*) FROM ogw_logs.team_history) AS history,
	   (SELECT count(*) FROM ogw_logs.erasure) AS erasures, (SELECT count(*) FROM ogw_logs.body_read) AS reads;
RESET ROLE;

-- a reader with views sees what was refused of the team, without them nothing
SELECT ogw_logs.insert_logs('[{"team_id":"a_red"},{"team_id":"a_blue"},{"job_id":"bad"}]');
SELECT ogw_logs.grant_reader('ogw_test_reader', 'a_red', views => true);
SET ROLE ogw_test_reader;
SELECT team_id, job_id, field, reason FROM ogw_logs.rejected;
RESET ROLE;
SELECT ogw_logs.grant_reader('ogw_test_reader', 'a_red', views => false);
SET ROLE ogw_test_reader;
SELECT team_id FROM ogw_logs.rejected;
RESET ROLE;

-- revoked: for the next statement, in an open transaction and with an older snapshot too
GRANT ogw_test_other_admin TO ogw_test_member;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET LOCAL ROLE ogw_test_member;
SELECT team_id FROM ogw_logs.team ORDER BY 1;
RESET ROLE;
SELECT ogw_logs.revoke_access('ogw_test_admin');
SET LOCAL ROLE ogw_test_member;
SELECT team_id FROM ogw_logs.team ORDER BY 1;
SELECT ogw_logs.set_team('a_blue', metadata_keys => '{env}');
SELECT ogw_logs.set_team('a_red', metadata_keys => '{env}');
ROLLBACK;
SELECT ogw_logs.revoke_access(('ogw_test_' || r)::name) FROM unnest(ARRAY['admin', 'other_admin', 'admin_all', 'reader', 'apart', 'stranger', 'read_all_data']) r;
SELECT count(*) FROM ogw_logs.access;
SELECT count(*) AS privileges FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname LIKE 'ogw\_test%';
SELECT count(*) AS privileges FROM pg_proc p, aclexplode(p.proacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname LIKE 'ogw\_test%';
DROP FUNCTION pg_temp.refused(text), pg_temp.leak(text);
DROP ROLE ogw_test_member, ogw_test_apart, ogw_test_admin, ogw_test_other_admin, ogw_test_admin_all, ogw_test_stranger, ogw_test_reader, ogw_test_read_all_data;
