-- owner_only: what is made is its owner's alone, whatever PostgreSQL gives to
-- PUBLIC and ALTER DEFAULT PRIVILEGES to others.

CREATE OR REPLACE FUNCTION ogw_logs.owner_only(made regclass) RETURNS void
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
COMMENT ON FUNCTION ogw_logs.owner_only(regclass) IS
'Part of create_log() and make_partition(): takes from a table just made what ALTER DEFAULT PRIVILEGES gave to others than its owner.';

-- The install script ends here, with all that it made; what was there before
-- an update has been through this.
DO $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s %s FROM %s',
				   CASE WHEN p.oid IS NOT NULL THEN 'FUNCTION' WHEN t.oid IS NOT NULL THEN 'TYPE' ELSE 'TABLE' END,
				   object.identity,
				   CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::pg_catalog.regrole::text END)
		  FROM pg_catalog.pg_extension e
		  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
			   AND d.refobjid = e.oid AND d.deptype = 'e'
		  LEFT JOIN pg_catalog.pg_proc p ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = d.objid
		  -- a table's row type and a type's array go with them
		  LEFT JOIN pg_catalog.pg_type t ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = d.objid
			   AND t.typrelid IN (SELECT r.oid FROM pg_catalog.pg_class r WHERE r.relkind = 'c')
		  LEFT JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
		 CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) object
		 CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(p.proacl, t.typacl, c.relacl,
				   CASE WHEN p.oid IS NOT NULL THEN pg_catalog.acldefault('f', p.proowner)
						WHEN t.oid IS NOT NULL THEN pg_catalog.acldefault('T', t.typowner) END)) a
		 WHERE e.extname = 'ogw_logs' AND a.grantee <> coalesce(p.proowner, t.typowner, c.relowner)
		   AND NOT d.classid || '/' || d.objid =
			   ANY (pg_catalog.string_to_array(pg_catalog.current_setting('ogw_update.members'), ' '))
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;

-- A function whose arguments an update changed is another one: whoever has the
-- privilege gets it again when the update commits. (Granted here, it would count
-- as the extension's own, and no dump would have it.)
UPDATE ogw_logs.access SET role_name = role_name;
