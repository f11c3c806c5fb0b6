-- grant: giving rights and taking them back.

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_role(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- two at once would change one row of the catalogs, which is an error
	LOCK TABLE ogw_logs.access IN SHARE ROW EXCLUSIVE MODE;
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
		RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object',
				  HINT = coalesce((SELECT format('The rights that this name was given are those of role %I now.', min(c.role_name))
									 FROM ogw_logs.access a
									 JOIN ogw_logs_internal.rights_that_count() c ON c.role_name = a.role::text
									WHERE a.role_name = check_role.role
								   HAVING count(*) > 0),
								  'Name one role; PUBLIC is none.');
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_role(name) IS
'Part of the grants, which wait for each other here: raises an error for what is no role, PUBLIC included.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.forget_ended_rights(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ended integer;
BEGIN
	-- of an earlier role of this name
	DELETE FROM ogw_logs.access a WHERE a.role_name = forget_ended_rights.role AND coalesce(a.role::text, '') = '';
	-- what DROP OWNED BY took is not to come back with the next grant
	DELETE FROM ogw_logs.access a
	 WHERE a.role::text = forget_ended_rights.role
	   AND NOT EXISTS (SELECT FROM ogw_logs_internal.rights_that_count() c WHERE c.role_name = forget_ended_rights.role);
	GET DIAGNOSTICS ended = ROW_COUNT;
	IF ended > 0 THEN
		RAISE NOTICE 'role "%" does not get back what it was given before', role
			USING DETAIL = format('Rights that have ended: %s. DROP OWNED BY ends them, and a restore that leaves the grants out.', ended);
	END IF;
	UPDATE ogw_logs.access a SET role_name = forget_ended_rights.role
	 WHERE a.role::text = forget_ended_rights.role AND a.role_name <> forget_ended_rights.role;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.forget_ended_rights(name) IS
'Part of the grants: removes rights that count no more, so that a new grant does not bring them back; says so where they were this role''s own.';

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
		('write', '1.0', 'ogw_logs.insert_log(ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, double precision, double precision, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, text, double precision, double precision, double precision, double precision, double precision, numeric, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, text, text, ogw_logs.given_value)'),
		('write', '1.0', 'ogw_logs_internal.given_value(timestamptz)'),
		('write', '1.0', 'ogw_logs_internal.given_value(timestamp)'),
		('write', '1.0', 'ogw_logs_internal.given_value(date)'),
		('write', '1.0', 'ogw_logs_internal.given_value(bytea)'),
		('write', '1.0', 'ogw_logs_internal.given_value(bpchar)'),
		('write', '1.0', 'ogw_logs_internal.given_value(boolean)'),
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
			text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
			text, boolean, integer, timestamptz, text, text)'),
		('read', '1.0', 'ogw_logs.count_logs(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
			text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
			text, boolean, bigint)'),
		('read', '1.0', 'ogw_logs.histogram(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
			text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
			text, boolean, integer)'),
		('read', '1.0', 'ogw_logs.facet(text, text, text, text, text, text, text, text, text, timestamptz, timestamptz,
			text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
			text, boolean, integer)'),
		('read', '1.0', 'ogw_logs.get_log(text, text, timestamptz)'),
		('read', '1.0', 'ogw_logs.get_session(text, text, timestamptz, timestamptz, integer)'),
		('read', '1.0', 'ogw_logs.messages(text, text, timestamptz)'),
		('read', '1.0', 'ogw_logs_internal.monitors()'),
		('read', '1.0', 'ogw_logs_internal.reads_all_teams()'),
		('read', '1.0', 'ogw_logs_internal.readable_teams()'),
		('read', '1.0', 'ogw_logs_internal.reads_all_bodies()'),
		('read', '1.0', 'ogw_logs_internal.readable_body_teams()'),
		('admin', '1.0', 'ogw_logs.set_team(text, boolean, boolean, text[], interval, interval)'),
		('admin', '1.0', 'ogw_logs.clear_team(text, text)'),
		('admin', '1.0', 'ogw_logs.purge_bodies(text, timestamptz)'),
		('admin', '1.0', 'ogw_logs.erase_user(text, text)'),
		('admin', '1.0', 'ogw_logs_internal.administered_teams()'),
		('admin', '1.0', 'ogw_logs_internal.administers_all_teams()'),
		-- what the views for monitors call
		('monitor', '1.0', 'ogw_logs_internal.monitors()'),
		('monitor', '1.0', 'ogw_logs_internal.reads_all_teams()'),
		('monitor', '1.0', 'ogw_logs_internal.readable_teams()'),
		('monitor', '1.0', 'ogw_logs_internal.partitions_of(name)'),
		('monitor', '1.0', 'ogw_logs_internal.body_partitions(timestamptz, timestamptz)'),
		('monitor', '1.0', 'ogw_logs_internal.is_sealed(regclass)'),
		('monitor', '1.0', 'ogw_logs_internal.maintenance_status()'),
		('any', '1.0', 'ogw_logs.my_access()')
	  ) AS f (privilege, since, function)
	 WHERE f.privilege IN (privilege_functions.privilege, 'any')
$$;
COMMENT ON FUNCTION ogw_logs_internal.privilege_functions(text) IS
'Part of the grants: the functions of one privilege (read, write, admin or monitor), and the version that made each.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.grant_functions(role name, privilege text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	granted regprocedure;
BEGIN
	EXECUTE format('GRANT USAGE ON SCHEMA ogw_logs TO %I', role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION ogw_logs_internal.holds_rights() TO %I', role);
	FOR granted IN SELECT f.function FROM ogw_logs_internal.privilege_functions(grant_functions.privilege) f LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', granted, role);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_functions(name, text) IS
'Part of the grants: gives a role the functions of one privilege, and what makes its rights count.';

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
		  FROM (SELECT DISTINCT c.role_name, c.privilege FROM ogw_logs_internal.rights_that_count() c) g
		 CROSS JOIN LATERAL ogw_logs_internal.privilege_functions(g.privilege) f
		 WHERE string_to_array(f.since, '.')::integer[] > known
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', lost.function, lost.role_name);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_again(text) IS
'Part of create_log(): gives each role the functions of its privileges that were made after the previous version of the log.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.wider_rights(
	role name,
	privilege text,
	team_id text,
	bodies boolean,
	OUT does text,
	OUT narrows text
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'has the privileges of the owner of the log, and so every right', 'No right that it is given narrows this one.'
	  FROM pg_proc p
	 WHERE p.oid = 'ogw_logs_internal.holds_rights()'::regprocedure AND pg_has_role(wider_rights.role, p.proowner, 'USAGE')
	UNION ALL
	SELECT 'is exempt from row-level security (BYPASSRLS), and so reads every team by the views',
		   format('ALTER ROLE %I NOBYPASSRLS, or grant_reader() without views, ends that.', r.rolname)
	  FROM pg_roles r
	 WHERE r.rolname = wider_rights.role AND r.rolbypassrls AND NOT r.rolsuper
	   AND wider_rights.privilege = 'read' AND wider_rights.team_id IS NOT NULL
	   AND has_table_privilege(r.oid, 'ogw_logs.entry', 'SELECT')
	UNION ALL
	SELECT format('%s%s', w.does, CASE WHEN w.by_role <> wider_rights.role THEN format(', as a member of role %I', w.by_role) END),
		   CASE WHEN w.by_role = wider_rights.role
				THEN format('SELECT ogw_logs.revoke_access(%L) takes back all that it has; grant then what is to remain.', w.by_role)
				ELSE format('REVOKE %I FROM %I ends the membership; SELECT ogw_logs.revoke_access(%L) ends the right of all members.',
							w.by_role, wider_rights.role, w.by_role) END
	  FROM (SELECT c.role_name AS by_role,
				   CASE WHEN wider_rights.privilege = 'monitor' AND c.privilege = 'admin' THEN 'administers teams'
						WHEN wider_rights.privilege = 'monitor' THEN 'reads entries'
						WHEN c.privilege = 'admin' THEN 'administers every team'
						WHEN bool_or(c.team_id IS NULL) AND wider_rights.team_id IS NOT NULL
						THEN 'reads every team' || CASE WHEN bool_or(c.bodies AND c.team_id IS NULL) THEN ', with bodies' ELSE '' END
						WHEN bool_or(c.bodies AND c.team_id IS NULL) THEN 'reads the bodies of every team'
						WHEN wider_rights.team_id IS NOT NULL THEN 'reads the bodies of this team'
						ELSE 'reads the bodies of some teams' END AS does
			  FROM ogw_logs_internal.rights_that_count() c
			 WHERE pg_has_role(wider_rights.role, c.role, 'USAGE')
			   AND NOT pg_has_role(wider_rights.role, (SELECT p.proowner FROM pg_proc p WHERE p.oid = 'ogw_logs_internal.holds_rights()'::regprocedure), 'USAGE')
			   AND CASE wider_rights.privilege
					WHEN 'read' THEN c.privilege = 'read'
						-- bodies of one team are more than every team without
						AND ((c.team_id IS NULL AND wider_rights.team_id IS NOT NULL AND (c.bodies OR NOT wider_rights.bodies))
							 OR (c.bodies AND NOT wider_rights.bodies
								 AND (wider_rights.team_id IS NULL OR c.team_id IS NULL OR c.team_id = wider_rights.team_id)))
					WHEN 'admin' THEN c.privilege = 'admin' AND c.team_id IS NULL AND wider_rights.team_id IS NOT NULL
					WHEN 'monitor' THEN c.privilege IN ('read', 'admin')
					ELSE false END
			 GROUP BY c.role_name, c.privilege) w
	 ORDER BY 1
$$;
COMMENT ON FUNCTION ogw_logs_internal.wider_rights(name, text, text, boolean) IS
'Part of the grants: what a role may do beyond a right that it is given, and what takes it back.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.put_right(role name, privilege text, team_id text, bodies boolean) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wider record;
BEGIN
	UPDATE ogw_logs.access a SET bodies = put_right.bodies
	 WHERE a.role::text = put_right.role AND a.privilege = put_right.privilege
	   AND a.team_id IS NOT DISTINCT FROM put_right.team_id;
	IF NOT FOUND THEN
		INSERT INTO ogw_logs.access (role_name, privilege, team_id, bodies, role)
		VALUES (put_right.role, put_right.privilege, put_right.team_id, put_right.bodies,
				put_right.role::text::ogw_logs_internal.role_link);
	END IF;
	FOR wider IN SELECT * FROM ogw_logs_internal.wider_rights(role, privilege, team_id, bodies) LOOP
		RAISE NOTICE 'role "%" still has a wider right: it %', role, wider.does USING HINT = wider.narrows;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.put_right(name, text, text, boolean) IS
'Part of the grants: keeps a right, and says which wider ones the role has beside it.';

CREATE OR REPLACE FUNCTION ogw_logs.grant_writer(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs_internal.check_role(role);
	PERFORM ogw_logs_internal.forget_ended_rights(role);
	-- the log's version says what an update has to give again
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'write');
	EXECUTE format('GRANT INSERT ON ogw_logs.inbox TO %I', role);
	EXECUTE format('GRANT SELECT ON ogw_logs.rejected TO %I', role);
	PERFORM ogw_logs_internal.put_right(role, 'write', NULL, false);
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
	PERFORM ogw_logs_internal.forget_ended_rights(role);
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'read');
	EXECUTE format(CASE WHEN views THEN 'GRANT SELECT ON %s TO %I' ELSE 'REVOKE SELECT ON %s FROM %I' END,
				   'ogw_logs.entry, ogw_logs.logs, ogw_logs.attempts, ogw_logs.rejected, ogw_logs.ingest_count, ogw_logs.ingest_counts',
				   role);
	IF NOT coalesce(views, false) THEN
		PERFORM ogw_logs_internal.grant_monitor_views(role);	-- some are a monitor's as well
		IF EXISTS (SELECT FROM ogw_logs_internal.rights_that_count() c WHERE c.role_name = grant_reader.role AND c.privilege = 'write') THEN
			EXECUTE format('GRANT SELECT ON ogw_logs.rejected TO %I', role);
		END IF;
	END IF;
	PERFORM ogw_logs_internal.put_right(role, 'read', team, coalesce(bodies, false));
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_reader(name, text, boolean, boolean) IS
'Lets a role, and its members, read a team (*: every team), with its bodies or without, by search(), count_logs(), histogram(), facet(), get_log(), get_session() and messages(). '
'views: through the views and ogw_logs.rejected too, for all of its teams; without it the role has these no longer.';

CREATE OR REPLACE FUNCTION ogw_logs.grant_admin(role name, team_id text DEFAULT '*') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team text := ogw_logs_internal.granted_team(team_id);
BEGIN
	PERFORM ogw_logs_internal.check_role(role);
	PERFORM ogw_logs_internal.forget_ended_rights(role);
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'admin');
	EXECUTE format('GRANT SELECT ON ogw_logs.team, ogw_logs.team_history, ogw_logs.erasure,
		ogw_logs.body_read TO %I', role);
	PERFORM ogw_logs_internal.put_right(role, 'admin', team, false);
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
	-- of the role that has this name, and of those that had it and are gone
	DELETE FROM ogw_logs.access a
	 WHERE a.role::text = revoke_access.role OR (a.role_name = revoke_access.role AND coalesce(a.role::text, '') = '');
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
'Takes back all that grant_reader(), grant_writer(), grant_admin() and grant_monitor() gave a role, as DROP OWNED BY does too. A role can be dropped after one of them.';

CREATE OR REPLACE FUNCTION ogw_logs.my_access(
	OUT role_name name,
	OUT privilege text,
	OUT team_id text,
	OUT bodies boolean,
	OUT views boolean
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_my_access';
COMMENT ON FUNCTION ogw_logs.my_access() IS
'What the current role may do: a row for each right, with the role that it was given to: itself, or one that it is a member of. team_id NULL is every team. Who has the owner''s privileges has every right: the row owner.';
