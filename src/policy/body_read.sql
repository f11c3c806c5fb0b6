-- body_read: who opened which body.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_body_read() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.body_read') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.body_read (
		read_at timestamptz NOT NULL,
		read_by name NOT NULL,
		session_role name NOT NULL,
		team_id text COLLATE "C" NOT NULL,
		job_id text COLLATE "C" NOT NULL
	);
	CREATE INDEX body_read_read_at_idx ON ogw_logs.body_read (read_at);
	COMMENT ON TABLE ogw_logs.body_read IS
		'Which body get_log(), get_session() or messages() gave to whom, and in which search(), count_logs(), histogram() or facet() found a text, while '
		'ogw_logs.log_body_reads is on. maintain() deletes what is older than ogw_logs.body_read_retention. '
		'A ROLLBACK takes a row back; the line in the server''s log stays.';
	COMMENT ON COLUMN ogw_logs.body_read.read_at IS 'When it was read.';
	COMMENT ON COLUMN ogw_logs.body_read.read_by IS 'The role that called the function.';
	COMMENT ON COLUMN ogw_logs.body_read.session_role IS 'The role that had logged in.';
	COMMENT ON COLUMN ogw_logs.body_read.team_id IS 'The entry''s team.';
	COMMENT ON COLUMN ogw_logs.body_read.job_id IS 'The entry''s job_id.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_body_read() IS
'Part of create_log(): the table of who opened which body.';
