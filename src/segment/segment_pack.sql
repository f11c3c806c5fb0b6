-- segment_pack: packing bodies into segments.

CREATE OR REPLACE FUNCTION ogw_logs_internal.pack_bodies(
	partition regclass,
	since timestamptz,
	until timestamptz,
	pass integer,
	max_bytes bigint,
	OUT bodies bigint,
	OUT text_bytes bigint,
	OUT stored_bytes bigint,
	OUT unreadable bigint,
	OUT complete boolean
) RETURNS record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
-- no nested loop by time alone: many entries can have one timestamp
SET enable_nestloop = off
AS 'MODULE_PATHNAME', 'ogw_pack_bodies';
COMMENT ON FUNCTION ogw_logs_internal.pack_bodies(regclass, timestamptz, timestamptz, integer, bigint) IS
'Part of maintain(): packs the bodies of a partition that are in no segment yet, up to max_bytes of text, '
'and returns whether these were all.';
