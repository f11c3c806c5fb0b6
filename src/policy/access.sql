-- access: who may write, and who may read or administer which team.

CREATE TABLE IF NOT EXISTS ogw_logs.access (
	role_name name NOT NULL,
	privilege text NOT NULL CHECK (privilege IN ('read', 'write', 'admin')),
	team_id text COLLATE "C",
	bodies boolean NOT NULL,
	UNIQUE NULLS NOT DISTINCT (role_name, privilege, team_id)
);
COMMENT ON TABLE ogw_logs.access IS
'What grant_reader(), grant_writer() and grant_admin() gave; roles stand here by name, so that a dump restores elsewhere.';
COMMENT ON COLUMN ogw_logs.access.role_name IS 'The role; its members have the same right.';
COMMENT ON COLUMN ogw_logs.access.privilege IS 'read, write or admin.';
COMMENT ON COLUMN ogw_logs.access.team_id IS 'The team that may be read or administered; NULL is every team.';
COMMENT ON COLUMN ogw_logs.access.bodies IS 'Whether bodies may be read too.';
SELECT pg_catalog.pg_extension_config_dump('ogw_logs.access', '');

CREATE OR REPLACE FUNCTION ogw_logs_internal.readable_teams() RETURNS text[]
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_readable_teams';
COMMENT ON FUNCTION ogw_logs_internal.readable_teams() IS 'The teams whose entries the current role may read.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.reads_all_teams() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_reads_all_teams';
COMMENT ON FUNCTION ogw_logs_internal.reads_all_teams() IS 'Whether the current role may read the entries of every team.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.readable_body_teams() RETURNS text[]
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_readable_body_teams';
COMMENT ON FUNCTION ogw_logs_internal.readable_body_teams() IS 'The teams whose bodies the current role may read.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.reads_all_bodies() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_reads_all_bodies';
COMMENT ON FUNCTION ogw_logs_internal.reads_all_bodies() IS 'Whether the current role may read the bodies of every team.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.administered_teams() RETURNS text[]
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_administered_teams';
COMMENT ON FUNCTION ogw_logs_internal.administered_teams() IS 'The teams that the current role administers.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.administers_all_teams() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_administers_all_teams';
COMMENT ON FUNCTION ogw_logs_internal.administers_all_teams() IS 'Whether the current role administers every team.';

-- The settings are guarded like what they decide.
ALTER TABLE ogw_logs.team ENABLE ROW LEVEL SECURITY;
ALTER TABLE ogw_logs.team_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE ogw_logs.access ENABLE ROW LEVEL SECURITY;
SELECT ogw_logs_internal.set_storage_plain('ogw_logs.team'), ogw_logs_internal.set_storage_plain('ogw_logs.team_history'),
	   ogw_logs_internal.set_storage_plain('ogw_logs.access');

DROP POLICY IF EXISTS admin ON ogw_logs.team;
CREATE POLICY admin ON ogw_logs.team FOR SELECT
	USING (ogw_logs_internal.administers_all_teams() OR team_id = ANY (ogw_logs_internal.administered_teams()));
COMMENT ON POLICY admin ON ogw_logs.team IS 'A role sees the teams that grant_admin() gave it.';
DROP POLICY IF EXISTS admin ON ogw_logs.team_history;
CREATE POLICY admin ON ogw_logs.team_history FOR SELECT
	USING (ogw_logs_internal.administers_all_teams() OR team_id = ANY (ogw_logs_internal.administered_teams()));
COMMENT ON POLICY admin ON ogw_logs.team_history IS 'A role sees the teams that grant_admin() gave it.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_policies() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table name;
	policy record;
BEGIN
	FOREACH of_table IN ARRAY ogw_logs_internal.log_tables() LOOP
		IF NOT (SELECT c.relrowsecurity FROM pg_class c
				 WHERE c.oid = format('ogw_logs.%I', of_table)::regclass) THEN
			EXECUTE format('ALTER TABLE ogw_logs.%I ENABLE ROW LEVEL SECURITY', of_table);
			PERFORM ogw_logs_internal.revoke_from_others(format('ogw_logs.%I', of_table)::regclass);
			-- an entry is bounded as a whole, and keeps its values short
			IF of_table <> 'entry' THEN
				PERFORM ogw_logs_internal.set_storage_plain(format('ogw_logs.%I', of_table)::regclass);
			END IF;
		END IF;
	END LOOP;

	FOR policy IN
		SELECT p.name, c.oid::regclass AS of_table, p.condition, p.description
		  FROM (VALUES
			('writer', '{rejected}'::name[],
			 'sent_by = current_user AND sent_by_oid = quote_ident(current_user)::regrole',
			 'A role sees what was refused of what it sent itself.'),
			('reader', '{entry,rejected,ingest_count}',
			 'ogw_logs_internal.reads_all_teams() OR team_id = ANY (ogw_logs_internal.readable_teams())',
			 'A role sees the teams that grant_reader() gave it.'),
			('reader', '{body,segment}',
			 'ogw_logs_internal.reads_all_bodies() OR team_id = ANY (ogw_logs_internal.readable_body_teams())',
			 'A role sees the bodies of the teams for which grant_reader() gave it bodies.'),
			('admin', '{erasure,body_read}',
			 'ogw_logs_internal.administers_all_teams() OR team_id = ANY (ogw_logs_internal.administered_teams())',
			 'A role sees the teams that grant_admin() gave it.')) AS p (name, tables, condition, description)
		  JOIN pg_class c ON c.relnamespace = 'ogw_logs'::regnamespace AND c.relname = ANY (p.tables)
		 WHERE NOT EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = c.oid AND o.polname = p.name)
	LOOP
		EXECUTE format('CREATE POLICY %I ON %s FOR SELECT USING (%s)', policy.name, policy.of_table, policy.condition);
		EXECUTE format('COMMENT ON POLICY %I ON %s IS %L', policy.name, policy.of_table, policy.description);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_policies() IS
'Part of create_log(): puts row-level security on the tables of the log, and keeps their values out of TOAST, where it does not reach. A table without a policy, such as that of the secret, is the owner''s alone.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_role(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- two at once would change one row of the catalogs, which is an error
	LOCK TABLE ogw_logs.access IN SHARE ROW EXCLUSIVE MODE;
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
		RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object',
				  HINT = 'Name one role; PUBLIC is none.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_role(name) IS
'Part of the grants, which wait for each other here: raises an error for what is no role, PUBLIC included.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.granted_team(team_id text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one that a program forgot to fill in must not be every team
	IF coalesce(team_id, '') = '' THEN
		RAISE EXCEPTION 'team_id must name a team'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Every team is ''*'', or no team_id at all.';
	END IF;
	RETURN nullif(team_id, '*');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.granted_team(text) IS
'Part of the grants: the team that a right is for; NULL for every team, which is asked for by *.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.privilege_functions(
	privilege text,
	OUT function regprocedure,
	OUT since text
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- since: the version that made the function anew, for an update takes its grants with it
	SELECT f.function::regprocedure, f.since
	  FROM (VALUES
		('write', '1.0', 'ogw_logs.insert_log(text, text, timestamptz, text, text, text, text, text, text, bigint, bigint,
			text, text, text, text, bigint, bigint, bigint, bigint, bigint, numeric, text, text, text, text, text, text, text, text)'),
		('write', '1.0', 'ogw_logs.insert_logs(text)'),
		('write', '1.0', 'ogw_logs.insert_logs(bytea)'),
		('write', '1.0', 'ogw_logs.insert_logs(json)'),
		('write', '1.0', 'ogw_logs.insert_logs(jsonb)'),
		('write', '1.0', 'ogw_logs.insert_logs(text, boolean)'),
		('write', '1.0', 'ogw_logs.insert_logs(bytea, boolean)'),
		('write', '1.0', 'ogw_logs.insert_logs(json, boolean)'),
		('write', '1.0', 'ogw_logs.insert_logs(jsonb, boolean)'),
		('write', '1.0', 'ogw_logs.last_batch()'),
		('write', '1.0', 'ogw_logs.last_batch(boolean)'),
		-- the policies of ogw_logs.rejected ask these
		('write', '1.0', 'ogw_logs_internal.reads_all_teams()'),
		('write', '1.0', 'ogw_logs_internal.readable_teams()'),
		('read', '1.0', 'ogw_logs.search(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
			text, text, text, text, boolean, integer, timestamptz, text, text)'),
		('read', '1.0', 'ogw_logs.get_log(text, text, timestamptz)'),
		('read', '1.0', 'ogw_logs.get_session(text, text, timestamptz, timestamptz, integer)'),
		('read', '1.0', 'ogw_logs_internal.reads_all_teams()'),
		('read', '1.0', 'ogw_logs_internal.readable_teams()'),
		('read', '1.0', 'ogw_logs_internal.reads_all_bodies()'),
		('read', '1.0', 'ogw_logs_internal.readable_body_teams()'),
		('admin', '1.0', 'ogw_logs.set_team(text, boolean, boolean, text[], interval, interval)'),
		('admin', '1.0', 'ogw_logs.clear_team(text, text)'),
		('admin', '1.0', 'ogw_logs.purge_bodies(text, timestamptz)'),
		('admin', '1.0', 'ogw_logs.erase_user(text, text)'),
		('admin', '1.0', 'ogw_logs_internal.administered_teams()'),
		('admin', '1.0', 'ogw_logs_internal.administers_all_teams()')
	  ) AS f (privilege, since, function)
	 WHERE f.privilege = privilege_functions.privilege
$$;
COMMENT ON FUNCTION ogw_logs_internal.privilege_functions(text) IS
'Part of the grants: the functions of one privilege (read, write or admin), and the version that made each.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.grant_functions(role name, privilege text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	granted regprocedure;
BEGIN
	EXECUTE format('GRANT USAGE ON SCHEMA ogw_logs TO %I', role);
	FOR granted IN SELECT f.function FROM ogw_logs_internal.privilege_functions(grant_functions.privilege) f LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', granted, role);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_functions(name, text) IS
'Part of the grants: gives a role the functions of one privilege.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.grant_again(previous text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known integer[] := CASE WHEN previous ~ '^[0-9]+([.][0-9]+)*$' THEN string_to_array(previous, '.') END;
	lost record;
BEGIN
	-- only what was made since: a function that a DBA took from a role stays taken
	FOR lost IN
		SELECT f.function, g.role_name
		  FROM (SELECT DISTINCT a.role_name, a.privilege FROM ogw_logs.access a) g
		  JOIN pg_roles r ON r.rolname = g.role_name
		 CROSS JOIN LATERAL ogw_logs_internal.privilege_functions(g.privilege) f
		 WHERE string_to_array(f.since, '.')::integer[] > known
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', lost.function, lost.role_name);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_again(text) IS
'Part of create_log(): gives each role the functions of its privileges that were made after the previous version of the log.';

CREATE OR REPLACE FUNCTION ogw_logs.grant_writer(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs_internal.check_role(role);
	-- the log's version says what an update has to give again
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'write');
	EXECUTE format('GRANT INSERT ON ogw_logs.inbox TO %I', role);
	EXECUTE format('GRANT SELECT ON ogw_logs.rejected TO %I', role);
	INSERT INTO ogw_logs.access (role_name, privilege, team_id, bodies)
	VALUES (role, 'write', NULL, false)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_writer(name) IS
'Lets a role write entries of any team, by insert_log(), insert_logs() and ogw_logs.inbox, and read in ogw_logs.rejected '
'what was refused of what it sent itself; nothing else.';

CREATE OR REPLACE FUNCTION ogw_logs.grant_reader(
	role name,
	team_id text DEFAULT '*',
	bodies boolean DEFAULT false,
	views boolean DEFAULT false
) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team text := ogw_logs_internal.granted_team(team_id);
BEGIN
	PERFORM ogw_logs_internal.check_role(role);
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'read');
	EXECUTE format(CASE WHEN views THEN 'GRANT SELECT ON %s TO %I' ELSE 'REVOKE SELECT ON %s FROM %I' END,
				   'ogw_logs.entry, ogw_logs.logs, ogw_logs.attempts, ogw_logs.rejected, ogw_logs.ingest_count, ogw_logs.ingest_counts',
				   role);
	IF EXISTS (SELECT FROM ogw_logs.access a WHERE a.role_name = role AND a.privilege = 'write') THEN
		EXECUTE format('GRANT SELECT ON ogw_logs.rejected TO %I', role);
	END IF;
	INSERT INTO ogw_logs.access AS a (role_name, privilege, team_id, bodies)
	VALUES (role, 'read', team, coalesce(bodies, false))
	ON CONFLICT ON CONSTRAINT access_role_name_privilege_team_id_key
	DO UPDATE SET bodies = EXCLUDED.bodies;
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_reader(name, text, boolean, boolean) IS
'Lets a role, and its members, read a team (*: every team), with its bodies or without, by search(), get_log() and get_session(). '
'views: through the views and ogw_logs.rejected too, for all of its teams; without it the role has these no longer.';

CREATE OR REPLACE FUNCTION ogw_logs.grant_admin(role name, team_id text DEFAULT '*') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team text := ogw_logs_internal.granted_team(team_id);
BEGIN
	PERFORM ogw_logs_internal.check_role(role);
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'admin');
	EXECUTE format('GRANT SELECT ON ogw_logs.team, ogw_logs.team_history, ogw_logs.erasure,
		ogw_logs.body_read TO %I', role);
	INSERT INTO ogw_logs.access (role_name, privilege, team_id, bodies)
	VALUES (role, 'admin', team, false)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_admin(name, text) IS
'Lets a role, and its members, change the settings of a team (*: every team), purge its bodies, erase its users, and see who changed, erased and read what. It gives no right to read entries or bodies.';

CREATE OR REPLACE FUNCTION ogw_logs.revoke_access(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	LOCK TABLE ogw_logs.access IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM ogw_logs.access a WHERE a.role_name = role;
	IF FOUND AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
		RETURN;		-- dropped, and its grants with it
	END IF;
	PERFORM ogw_logs_internal.check_role(role);
	EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ogw_logs, ogw_logs_internal FROM %I', role);
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA ogw_logs FROM %I', role);
	EXECUTE format('REVOKE USAGE ON SCHEMA ogw_logs FROM %I', role);
END
$$;
COMMENT ON FUNCTION ogw_logs.revoke_access(name) IS
'Takes back all that grant_reader(), grant_writer() and grant_admin() gave a role; call it before DROP ROLE, or after: a new role of that name would have the old one''s rights.';

