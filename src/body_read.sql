-- body_read: who opened which body.

CREATE OR REPLACE FUNCTION ogw_logs.create_body_read() RETURNS void
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
	-- rows are deleted, and a publication of all tables asks how to name them
	ALTER TABLE ogw_logs.body_read REPLICA IDENTITY FULL;
	COMMENT ON TABLE ogw_logs.body_read IS
		'Which body get_log() gave to whom, while ogw_logs.log_body_reads is on; maintain() deletes what is older than ogw_logs.body_read_retention. A ROLLBACK takes a row back; the line in the server''s log stays.';
	COMMENT ON COLUMN ogw_logs.body_read.read_at IS 'When it was read.';
	COMMENT ON COLUMN ogw_logs.body_read.read_by IS 'The role that called get_log().';
	COMMENT ON COLUMN ogw_logs.body_read.session_role IS 'The role that had logged in.';
	COMMENT ON COLUMN ogw_logs.body_read.team_id IS 'The entry''s team.';
	COMMENT ON COLUMN ogw_logs.body_read.job_id IS 'The entry''s job_id.';
END
$$;
COMMENT ON FUNCTION ogw_logs.create_body_read() IS
'Part of create_log(): the table of who opened which body.';

CREATE OR REPLACE FUNCTION ogw_logs.expire_body_reads(dry_run boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest_kept timestamptz := now() - current_setting('ogw_logs.body_read_retention')::interval;
	expired bigint;
BEGIN
	IF to_regclass('ogw_logs.body_read') IS NULL THEN
		RETURN 0;
	END IF;
	IF dry_run THEN
		SELECT count(*) INTO expired FROM ogw_logs.body_read r WHERE r.read_at < oldest_kept;
		RETURN expired;
	END IF;
	-- what another session is deleting is its step
	DELETE FROM ogw_logs.body_read r
	 WHERE r.ctid = ANY (ARRAY(SELECT o.ctid FROM ogw_logs.body_read o WHERE o.read_at < oldest_kept
								ORDER BY o.read_at LIMIT 10000 FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS expired = ROW_COUNT;
	RETURN expired;
END
$$;
COMMENT ON FUNCTION ogw_logs.expire_body_reads(boolean) IS
'Part of maintain(): deletes at most 10,000 rows of ogw_logs.body_read that are older than ogw_logs.body_read_retention, or only counts all of them; returns how many.';

