-- owner: what is made belongs to its owner alone, whatever PostgreSQL gives to PUBLIC and
-- ALTER DEFAULT PRIVILEGES to others.

CREATE OR REPLACE FUNCTION ogw_logs_internal.revoke_from_others(made regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	grantee text;
BEGIN
	FOR grantee IN
		SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
		  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
		 WHERE c.oid = made AND a.grantee <> c.relowner
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM %s', made, grantee);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.revoke_from_others(regclass) IS
'Part of create_log() and make_partition(): takes from a table just made what ALTER DEFAULT PRIVILEGES gave '
'to others than its owner.';
