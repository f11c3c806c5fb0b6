-- log: which version made the tables of the log.

CREATE OR REPLACE FUNCTION ogw_logs_internal.log_version() RETURNS text
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_log_version';
COMMENT ON FUNCTION ogw_logs_internal.log_version() IS
'The version of ogw_logs that made the tables of the log what they are; NULL where there is no log.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.log_tables() RETURNS name[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '{installation,entry,body,entry_key,rejected,ingest_count,erasure,body_read,retention,clock,partition_history,rewrite,segment,sealed_interval,maintenance_run}'::name[]
$$;
COMMENT ON FUNCTION ogw_logs_internal.log_tables() IS 'The tables that create_log() makes.';
