-- dedup_key: the key by which an entry is known.

CREATE OR REPLACE FUNCTION ogw_logs_internal.dedup_key(job_id text, team_id text) RETURNS uuid
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_dedup_key';
COMMENT ON FUNCTION ogw_logs_internal.dedup_key(text, text) IS
'The key by which ogw_logs.entry_key knows an entry: the first 16 bytes of the SHA-256 of its job_id, '
'of which the last 8 are XORed with the first 8 of the SHA-256 of its team_id.';
