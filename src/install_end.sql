-- The install script ends here. All that it made belongs to the extension's owner alone,
-- whoever runs an update, and whatever ALTER DEFAULT PRIVILEGES gives to others. What was
-- there before an update keeps its owner and privileges.
DO $$
DECLARE
	made record;
	statement text;
BEGIN
	FOR made IN
		SELECT object.identity, e.extowner, coalesce(p.proowner, t.typowner, c.relowner, n.nspowner) AS owner,
			   CASE WHEN p.oid IS NOT NULL THEN 'FUNCTION' WHEN t.oid IS NOT NULL THEN 'TYPE'
					WHEN n.oid IS NOT NULL THEN 'SCHEMA' ELSE 'TABLE' END AS kind,
			   coalesce(p.proacl, t.typacl, c.relacl, n.nspacl,
						CASE WHEN p.oid IS NOT NULL THEN pg_catalog.acldefault('f', p.proowner)
							 WHEN t.oid IS NOT NULL THEN pg_catalog.acldefault('T', t.typowner) END) AS acl
		  FROM pg_catalog.pg_extension e
		  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
			   AND d.refobjid = e.oid AND d.deptype = 'e'
		  LEFT JOIN pg_catalog.pg_proc p ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = d.objid
		  -- a table's row type and a type's array go with them
		  LEFT JOIN pg_catalog.pg_type t ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = d.objid
			   AND (t.typtype = 'd' OR (t.typtype = 'b' AND t.typcategory <> 'A') OR t.typrelid IN (SELECT r.oid FROM pg_catalog.pg_class r WHERE r.relkind = 'c'))
		  LEFT JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
		  LEFT JOIN pg_catalog.pg_namespace n ON d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND n.oid = d.objid
		 CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) object
		 WHERE e.extname = 'ogw_logs' AND coalesce(p.oid, t.oid, c.oid, n.oid) IS NOT NULL
		   AND NOT EXISTS (SELECT FROM pg_temp.ogw_before b WHERE b.classid = d.classid AND b.objid = d.objid)
	LOOP
		IF made.owner <> made.extowner THEN
			EXECUTE pg_catalog.format('ALTER %s %s OWNER TO %s', made.kind, made.identity, made.extowner::pg_catalog.regrole);
		END IF;
		FOR statement IN
			SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s %s FROM %s', made.kind, made.identity,
					   CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::pg_catalog.regrole::text END)
			  FROM pg_catalog.aclexplode(made.acl) a WHERE a.grantee <> made.extowner
		LOOP
			EXECUTE statement;
		END LOOP;
	END LOOP;
END
$$;

-- What users call runs under settings of ours, whatever the session's are.
DO $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT pg_catalog.format('ALTER FUNCTION %s SET %I = %L', p.oid::pg_catalog.regprocedure,
				   pg_catalog.split_part(s.setting, '=', 1), pg_catalog.split_part(s.setting, '=', 2))
		  FROM pg_catalog.pg_extension e
		  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
			   AND d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
		  JOIN pg_catalog.pg_proc p ON p.oid = d.objid AND (p.pronamespace = 'ogw_logs'::pg_catalog.regnamespace OR p.prosecdef)
		  JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
		 CROSS JOIN pg_catalog.unnest(ogw_logs_internal.pinned_settings()) AS s (setting)
		 WHERE e.extname = 'ogw_logs' AND NOT coalesce(s.setting = ANY (p.proconfig), false)
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;

DROP TABLE pg_temp.ogw_before;
