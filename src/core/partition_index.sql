-- partition_index: what the indexes of a partition say about it.

CREATE OR REPLACE FUNCTION ogw_logs_internal.is_sealed(partition regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_is_sealed';
COMMENT ON FUNCTION ogw_logs_internal.is_sealed(regclass) IS
'Whether a partition of entries is sealed: its own indexes say so, so that a dump and a restore cannot get it wrong.';
