-- segment_scan: the index by which sealed bodies are found.

CREATE OR REPLACE FUNCTION ogw_logs_internal.has_segment_index(partition regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_has_segment_index';
COMMENT ON FUNCTION ogw_logs_internal.has_segment_index(regclass) IS
'Part of maintain(): whether a partition of segments has the index by which bodies are found; '
'an index of its name with other columns is none.';
