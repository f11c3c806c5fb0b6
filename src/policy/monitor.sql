-- monitor: who sees how the log does, and nothing that is in it.

CREATE OR REPLACE FUNCTION ogw_logs_internal.monitor_views() RETURNS SETOF regclass
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- A view for monitors stands here with the tables it reads, which need the policy "monitor"
	-- of create_policies(); the functions it calls stand in privilege_functions(). None has a
	-- value of an entry but team_id.
	SELECT c.oid::regclass
	  FROM pg_class c
	 WHERE c.relnamespace = 'ogw_logs'::regnamespace
	   AND c.relname IN ('partitions', 'partition_history', 'sealed_interval', 'ingest_count', 'ingest_counts',
						 'maintenance_status')
	 ORDER BY c.relname
$$;
COMMENT ON FUNCTION ogw_logs_internal.monitor_views() IS
'Part of grant_monitor(): the views of numbers and states, and the tables behind them, as far as they are made.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.grant_monitor_views(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_view regclass;
BEGIN
	IF EXISTS (SELECT FROM ogw_logs_internal.rights_that_count() c
				WHERE c.role_name = grant_monitor_views.role AND c.privilege = 'monitor') THEN
		FOR of_view IN SELECT v FROM ogw_logs_internal.monitor_views() v LOOP
			EXECUTE format('GRANT SELECT ON %s TO %I', of_view, role);
		END LOOP;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_monitor_views(name) IS
'Part of the grants: gives a role the views of numbers and states where grant_monitor() made it a monitor.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.grant_to_monitors(of_view regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	monitor name;
BEGIN
	FOR monitor IN SELECT DISTINCT c.role_name FROM ogw_logs_internal.rights_that_count() c WHERE c.privilege = 'monitor' LOOP
		EXECUTE format('GRANT SELECT ON %s TO %I', of_view, monitor);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_to_monitors(regclass) IS
'Part of create_log(): gives a view of numbers and states that is new, or was dropped and is made again, to the roles that have grant_monitor().';

CREATE OR REPLACE FUNCTION ogw_logs.grant_monitor(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs_internal.check_role(role);
	PERFORM ogw_logs_internal.forget_ended_rights(role);
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs_internal.grant_functions(role, 'monitor');
	PERFORM ogw_logs_internal.put_right(role, 'monitor', NULL, false);
	PERFORM ogw_logs_internal.grant_monitor_views(role);
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_monitor(name) IS
'Lets a role, and its members, see the numbers and states of the log: maintenance_status, partitions and ingest_counts, of every team. No entry, no body, and nothing that changes the log.';
