-- segment_merge: merging small segments.

CREATE OR REPLACE FUNCTION ogw_logs_internal.merge_segments(
	partition regclass,
	since timestamptz,
	pass integer,
	OUT segments bigint,
	OUT merged bigint,
	OUT rows bigint,
	OUT complete boolean
) RETURNS record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_merge_segments';
COMMENT ON FUNCTION ogw_logs_internal.merge_segments(regclass, timestamptz, integer) IS
'Part of maintain(): merges the small segments of a partition into fewer, in passes from this one downward.';
