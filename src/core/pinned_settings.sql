-- pinned_settings: the settings under which the statements of this extension run.

CREATE OR REPLACE FUNCTION ogw_logs_internal.pinned_settings() RETURNS text[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_pinned_settings';
COMMENT ON FUNCTION ogw_logs_internal.pinned_settings() IS
'NAME=VALUE of each setting that the functions in SQL and PL/pgSQL that users call have attached, beside search_path: '
'those that change what a statement finds or means.';
