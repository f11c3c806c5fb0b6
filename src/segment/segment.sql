-- segment: the tables of sealed bodies, which lifecycle/seal_bodies.sql fills.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_segment() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.segment') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.segment (
		since timestamptz NOT NULL,
		first_timestamp timestamptz NOT NULL,
		first_session bigint NOT NULL,
		first_job bigint NOT NULL,
		pass integer NOT NULL,
		chunk integer NOT NULL,
		team_id text COLLATE "C" NOT NULL,
		content bytea NOT NULL
	) PARTITION BY RANGE (since);
	-- no sample of it gets into pg_statistic
	ALTER TABLE ogw_logs.segment ALTER COLUMN content SET STATISTICS 0;
	COMMENT ON TABLE ogw_logs.segment IS
		'Sealed bodies, packed by session and compressed together; read by get_log().';
	COMMENT ON COLUMN ogw_logs.segment.since IS 'Where the interval begins whose bodies these are.';
	COMMENT ON COLUMN ogw_logs.segment.first_timestamp IS 'The time of the first body.';
	COMMENT ON COLUMN ogw_logs.segment.first_session IS
		'id_hash() of the session of the first body; of the empty text where it has none.';
	COMMENT ON COLUMN ogw_logs.segment.first_job IS 'id_hash() of the job_id of the first body.';
	COMMENT ON COLUMN ogw_logs.segment.pass IS
		'In which pass over the interval it was packed, from 0; late bodies have a pass of their own. Below 0: merged.';
	COMMENT ON COLUMN ogw_logs.segment.chunk IS 'Which chunk of the segment this row has, from 0.';
	COMMENT ON COLUMN ogw_logs.segment.team_id IS 'Whose bodies these are.';
	COMMENT ON COLUMN ogw_logs.segment.content IS 'All chunks together are one segment, as src/segment/segment.h lays it out.';

	CREATE TABLE ogw_logs.sealed_interval (
		since timestamptz PRIMARY KEY,
		until timestamptz NOT NULL,
		passes integer NOT NULL DEFAULT 0,
		bodies bigint NOT NULL DEFAULT 0,
		text_bytes bigint NOT NULL DEFAULT 0,
		stored_bytes bigint NOT NULL DEFAULT 0,
		ratio numeric GENERATED ALWAYS AS (round(text_bytes::numeric / nullif(stored_bytes, 0), 1)) STORED,
		unreadable bigint NOT NULL DEFAULT 0,
		sealed boolean NOT NULL DEFAULT false,
		sealed_at timestamptz,
		sealed_by xid8,
		dropped_at timestamptz
	);
	COMMENT ON TABLE ogw_logs.sealed_interval IS
		'The intervals whose bodies maintain() has sealed, or is sealing.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.since IS 'Where the interval begins.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.until IS 'Where it ends.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.passes IS 'How often bodies of it were packed.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.bodies IS 'How many bodies were packed.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.text_bytes IS 'Bytes of their texts, as they were given.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.stored_bytes IS 'Bytes of the segments that were made of them.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.ratio IS 'How many times smaller that is.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.unreadable IS 'How many are damaged, and stay unsealed.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.sealed IS 'Whether the last pass found that all were sealed.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.sealed_at IS 'When the last ones were packed; NULL while a pass has not ended.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.sealed_by IS
		'The transaction that packed the last ones: a snapshot from before does not see them.';
	COMMENT ON COLUMN ogw_logs.sealed_interval.dropped_at IS 'When the unsealed bodies were dropped; late ones may have been written since.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_segment() IS
'Part of create_log(): the tables of sealed bodies.';
