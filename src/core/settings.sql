-- settings: the settings of the server, for functions in SQL.

CREATE OR REPLACE FUNCTION ogw_logs_internal.setting(name text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_setting';
COMMENT ON FUNCTION ogw_logs_internal.setting(text) IS
'A setting of ogw_logs by the name behind the dot; current_setting() finds it only where the library is loaded.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.unreadable_settings() RETURNS text[]
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_unreadable_settings';
COMMENT ON FUNCTION ogw_logs_internal.unreadable_settings() IS
'The settings that were given a value that they do not take, by ALTER DATABASE, ALTER ROLE or in postgresql.conf; setting() raises an error of them.';
