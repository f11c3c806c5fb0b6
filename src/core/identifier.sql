-- identifier: the hashes of ids.

CREATE OR REPLACE FUNCTION ogw_logs_internal.id_hash(id text) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ogw_id_hash';
COMMENT ON FUNCTION ogw_logs_internal.id_hash(text) IS
'The hash by which segments know a session or a job_id: the first 64 bits of its SHA-256.';
