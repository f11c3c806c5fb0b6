-- access: who may write, and who may read or administer which team.

CREATE TABLE IF NOT EXISTS ogw_logs.access (
	role_name name NOT NULL,
	privilege text NOT NULL CHECK (privilege IN ('read', 'write', 'admin', 'monitor')),
	team_id text COLLATE "C",
	bodies boolean NOT NULL,
	-- no rule makes rows unique: one would stand in the way of a restore beside rights that are there
	role ogw_logs_internal.role_link DEFAULT ''
);
COMMENT ON TABLE ogw_logs.access IS
'What grant_reader(), grant_writer(), grant_admin() and grant_monitor() gave. A row counts while its role is there and holds the grant on holds_rights() that came with it.';
COMMENT ON COLUMN ogw_logs.access.role_name IS 'The name that the role had when it was given the right.';
COMMENT ON COLUMN ogw_logs.access.privilege IS 'read, write, admin or monitor.';
COMMENT ON COLUMN ogw_logs.access.team_id IS 'The team that may be read or administered; NULL is every team.';
COMMENT ON COLUMN ogw_logs.access.bodies IS 'Whether bodies may be read too.';
COMMENT ON COLUMN ogw_logs.access.role IS
'The role, by the name that it has now; its members have the same right. Empty where it is gone, or not on this server.';
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

CREATE OR REPLACE FUNCTION ogw_logs_internal.monitors() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_monitors';
COMMENT ON FUNCTION ogw_logs_internal.monitors() IS 'Whether the current role may see the numbers and states of the log.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.holds_rights() RETURNS void
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT
$$;
COMMENT ON FUNCTION ogw_logs_internal.holds_rights() IS
'Does nothing. A role that may call it by a grant of its own has the rights that ogw_logs.access says: PostgreSQL takes the grant away with DROP OWNED BY, and drops no role that has it. No update makes it anew.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.rights_that_count(
	OUT role oid,
	OUT role_name name,
	OUT privilege text,
	OUT team_id text,
	OUT bodies boolean,
	OUT views boolean
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.oid, r.rolname, a.privilege, a.team_id, a.bodies,
		   CASE WHEN a.privilege = 'read'
				THEN coalesce(has_table_privilege(r.oid, to_regclass('ogw_logs.entry'), 'SELECT'), false) ELSE false END
	  FROM ogw_logs.access a
	  JOIN pg_roles r ON r.oid = a.role
	 WHERE r.oid IN (SELECT x.grantee FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) x
					  WHERE p.oid = 'ogw_logs_internal.holds_rights()'::regprocedure AND x.privilege_type = 'EXECUTE')
$$;
COMMENT ON FUNCTION ogw_logs_internal.rights_that_count() IS
'The rows of ogw_logs.access that give a right, with the role''s name of now, and whether it reads the views too; policy/access.c goes by the same rule.';

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
			('monitor', '{ingest_count,partition_history,sealed_interval}', 'ogw_logs_internal.monitors()',
			 'A role sees the numbers that grant_monitor() gave it.'),
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
