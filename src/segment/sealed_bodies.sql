-- sealed_bodies: which bodies are sealed.

CREATE OR REPLACE FUNCTION ogw_logs_internal.sealed_bodies(
	partition regclass,
	OUT team_id text,
	OUT "timestamp" timestamptz,
	OUT job bigint
) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE ROWS 100000
AS 'MODULE_PATHNAME', 'ogw_sealed_bodies';
COMMENT ON FUNCTION ogw_logs_internal.sealed_bodies(regclass) IS
'Part of verify(): the bodies in a partition of segments, by team, time and id_hash() of the job_id; '
'without the last two: a segment of that team that cannot be read.';
