-- duplicate: where each job_id is. By ogw_logs.job an entry is found without its
-- time, and one that is sent again is recognised. It spans more time in a
-- partition than the entries do, so that few of them have to be looked at.

CREATE OR REPLACE FUNCTION ogw_logs.job_key(job_id text, team_id text) RETURNS uuid
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_job_key';
COMMENT ON FUNCTION ogw_logs.job_key(text, text) IS
'The key by which ogw_logs.job knows an entry: the first 16 bytes of the SHA-256 of its job_id, of which the last 8 are XORed with the first 8 of the SHA-256 of its team_id.';

CREATE OR REPLACE FUNCTION ogw_logs.create_job() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.job') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.job (
		"timestamp" timestamptz NOT NULL,
		key uuid NOT NULL
	) PARTITION BY RANGE ("timestamp");
	COMMENT ON TABLE ogw_logs.job IS
		'When each job_id first came, as its entry has it: by this an entry is found by its job_id alone, and one that is sent again is recognised.';
	COMMENT ON COLUMN ogw_logs.job."timestamp" IS 'When the request arrived: the entry''s.';
	COMMENT ON COLUMN ogw_logs.job.key IS 'The entry''s job_id and team_id as job_key() has them.';
END
$$;
COMMENT ON FUNCTION ogw_logs.create_job() IS
'Part of create_log(): the table that knows each job_id.';

CREATE OR REPLACE FUNCTION ogw_logs.make_job_leaves(lower timestamptz, upper timestamptz, step interval) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
	away interval := ogw_logs.setting('duplicate_window');
	at timestamptz := lower - away;
BEGIN
	-- those of its twins, too: nobody would see one in a partition that is being made
	WHILE at < upper + away LOOP
		at := ogw_logs.make_job_leaf(at, step);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_job_leaves(timestamptz, timestamptz, interval) IS
'Part of make_partition(): the partitions of ogw_logs.job for the entries from lower to upper, and as far around as ogw_logs.duplicate_window goes.';

CREATE OR REPLACE FUNCTION ogw_logs.make_job_leaf(at timestamptz, step interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
	lower timestamptz := date_trunc(ogw_logs.partition_unit(step), at);
	upper timestamptz := lower + step;
	longest interval := greatest(ogw_logs.setting('duplicate_window')::interval, step);
	span interval;
	job_lower timestamptz;
	job_upper timestamptz;
BEGIN
	SELECT l.until INTO job_upper FROM ogw_logs.leaves('job') l WHERE l.since <= lower AND upper <= l.until;
	IF FOUND THEN
		RETURN job_upper;
	END IF;
	-- not wider than the window: in one partition a job_id is there once
	FOREACH span IN ARRAY ARRAY[interval '7 days', '1 day', '1 hour'] LOOP
		job_lower := date_trunc(ogw_logs.partition_unit(span), lower);
		job_upper := job_lower + span;
		EXIT WHEN span <= longest AND span >= step AND NOT EXISTS (
			SELECT FROM ogw_logs.leaves('job') l WHERE l.since < job_upper AND l.until > job_lower);
		job_lower := lower;
		job_upper := upper;
	END LOOP;
	PERFORM ogw_logs.make_leaf('job', to_char(job_lower, CASE WHEN job_upper - job_lower < interval '1 day'
		THEN 'YYYYMMDDHH24' ELSE 'YYYYMMDD' END), job_lower, job_upper);
	RETURN job_upper;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_job_leaf(timestamptz, interval) IS
'Part of make_partition(): the partition of ogw_logs.job that holds those of the entries'' partition round a time, whose span is step: a week where the duplicate window is as long and no partition is in its way, else a day, an hour, or that span. Returns where it ends.';
