-- role_link: the type of a column that names a role, and goes where the role goes.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_type t
					WHERE t.typname = 'role_link' AND t.typnamespace = 'ogw_logs_internal'::pg_catalog.regnamespace) THEN
		CREATE TYPE ogw_logs_internal.role_link;
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION ogw_logs_internal.role_link_in(cstring) RETURNS ogw_logs_internal.role_link
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_role_link_in';
COMMENT ON FUNCTION ogw_logs_internal.role_link_in(cstring) IS
'Reads a role_link: the role of this name. A name that no role has is no role, with a warning, so that a restore goes on; so is a number.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.role_link_out(ogw_logs_internal.role_link) RETURNS cstring
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_role_link_out';
COMMENT ON FUNCTION ogw_logs_internal.role_link_out(ogw_logs_internal.role_link) IS
'Writes a role_link: the name that the role has now; nothing where it is gone.';

DO $$
BEGIN
	IF NOT (SELECT t.typisdefined FROM pg_catalog.pg_type t
			 WHERE t.typname = 'role_link' AND t.typnamespace = 'ogw_logs_internal'::pg_catalog.regnamespace) THEN
		CREATE TYPE ogw_logs_internal.role_link (
			INPUT = ogw_logs_internal.role_link_in,
			OUTPUT = ogw_logs_internal.role_link_out,
			LIKE = oid
		);
	END IF;
END
$$;

-- it is ordered and compared as its OID is
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_cast c WHERE c.castsource = 'ogw_logs_internal.role_link'::pg_catalog.regtype) THEN
		CREATE CAST (ogw_logs_internal.role_link AS oid) WITHOUT FUNCTION AS IMPLICIT;
	END IF;
END
$$;
COMMENT ON CAST (ogw_logs_internal.role_link AS oid) IS 'The role''s OID; 0 where there is no role.';

COMMENT ON TYPE ogw_logs_internal.role_link IS
'A role, whatever its name becomes: it is shown as the name that the role has now, and as nothing once the role is gone.';
