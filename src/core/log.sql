-- log: which version made the tables of the log.

CREATE OR REPLACE FUNCTION ogw_logs_internal.log_version() RETURNS text
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_log_version';
COMMENT ON FUNCTION ogw_logs_internal.log_version() IS
'The version of ogw_logs that made the tables of the log what they are; NULL where there is no log.';
