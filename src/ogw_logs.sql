-- The install script begins here: Makefile puts the files of src/ in order. Every
-- statement can be run again over what it made: an update script is this one, with
-- what cannot be run twice behind its first file (see update/).

-- What is stored is UTF-8, byte for byte. (The script is ASCII, so that it can say so
-- in a database of any encoding.)
DO $$
BEGIN
	IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION 'ogw_logs needs a database whose encoding is UTF8'
			USING ERRCODE = 'feature_not_supported',
				  HINT = 'Make one with CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;
END
$$;

-- The functions below act with the rights of whoever installs them. Nobody else
-- may have put anything into their schema, or be able to.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_namespace n
				WHERE n.nspname = 'ogw_logs'
				  AND (n.nspowner NOT IN (SELECT r.oid FROM pg_catalog.pg_roles r
										   WHERE r.rolsuper OR r.rolname = current_user)
					   OR EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) a
								   WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
									 AND a.grantee NOT IN (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolsuper))
					   OR EXISTS (SELECT FROM (SELECT c.relnamespace, c.relowner FROM pg_catalog.pg_class c
											   UNION ALL SELECT p.pronamespace, p.proowner FROM pg_catalog.pg_proc p
											   UNION ALL SELECT o.oprnamespace, o.oprowner FROM pg_catalog.pg_operator o
											   UNION ALL SELECT t.typnamespace, t.typowner FROM pg_catalog.pg_type t)
											 AS found (namespace, owner)
								   WHERE found.namespace = n.oid
									 AND found.owner NOT IN (SELECT r.oid FROM pg_catalog.pg_roles r
															  WHERE r.rolsuper OR r.rolname = current_user)))) THEN
		RAISE EXCEPTION 'schema ogw_logs is not yours alone'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'It and everything in it must be owned by a superuser or the role that installs, '
						 'and nobody else may have CREATE on it. Where a restore stops here: '
						 'ALTER SCHEMA ogw_logs OWNER TO the role that restores, then restore the rest.';
	END IF;
END
$$;

-- What is there before an update keeps its owner and privileges: see install_end.sql.
CREATE TEMP TABLE ogw_before AS
	SELECT d.classid, d.objid
	  FROM pg_catalog.pg_extension e
	  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
		   AND d.refobjid = e.oid AND d.deptype = 'e'
	 WHERE e.extname = 'ogw_logs';
ALTER EXTENSION ogw_logs DROP TABLE pg_temp.ogw_before;

-- Functions that are not for users have a schema of their own, on which nobody else has
-- any right. A schema of this name that is not the extension's own is an error.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension e
					 JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
						  AND d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
					 JOIN pg_catalog.pg_namespace n ON n.oid = d.objid
					WHERE e.extname = 'ogw_logs' AND n.nspname = 'ogw_logs_internal') THEN
		CREATE SCHEMA ogw_logs_internal;
	END IF;
END
$$;
COMMENT ON SCHEMA ogw_logs_internal IS
'Functions of ogw_logs that are not for users; those for users are in the schema ogw_logs.';

-- A DBA's own description of the other schema, which may have been there before, stays.
DO $$
BEGIN
	IF pg_catalog.obj_description('ogw_logs'::pg_catalog.regnamespace, 'pg_namespace') IS NULL
	   AND pg_catalog.pg_has_role((SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'ogw_logs'), 'USAGE') THEN
		COMMENT ON SCHEMA ogw_logs IS
		'The request log of an LLM gateway: what writes, reads, maintains and erases it.';
	END IF;
END
$$;
