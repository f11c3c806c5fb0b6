-- entry_key: when each job_id came. By ogw_logs.entry_key an entry is found without its
-- time, and a duplicate is recognised. A partition of it covers more time than one of
-- entries, so that few have to be looked at.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_entry_key() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
BEGIN
	IF to_regclass('ogw_logs.entry_key') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.entry_key (
		"timestamp" timestamptz NOT NULL,
		key uuid NOT NULL
	) PARTITION BY RANGE ("timestamp");
	COMMENT ON TABLE ogw_logs.entry_key IS
		'The timestamp of each job_id''s entry: by this an entry is found by its job_id alone, and a duplicate is recognised.';
	COMMENT ON COLUMN ogw_logs.entry_key."timestamp" IS 'When the request arrived: the entry''s.';
	COMMENT ON COLUMN ogw_logs.entry_key.key IS 'The entry''s job_id and team_id as dedup_key() has them.';

	-- a restore can have left entries without their keys; none may be written meanwhile
	LOCK TABLE ogw_logs.entry IN SHARE MODE;
	FOR part IN SELECT * FROM ogw_logs_internal.partitions_of('entry') p ORDER BY p.since LOOP
		PERFORM ogw_logs_internal.check_isolation('filling ogw_logs.entry_key anew');
		PERFORM ogw_logs_internal.make_key_partitions(part.since, part.until, ogw_logs_internal.partition_interval());
		EXECUTE format('INSERT INTO ogw_logs.entry_key ("timestamp", key)
			SELECT e."timestamp", ogw_logs_internal.dedup_key(e.job_id::text, e.team_id::text) FROM %s e ON CONFLICT DO NOTHING', part.partition);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_entry_key() IS
'Part of create_log(): makes ogw_logs.entry_key, and fills it from the entries that are there.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_key_partitions(lower timestamptz, upper timestamptz, step interval) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
	away interval := ogw_logs_internal.setting('duplicate_window');
	at timestamptz := lower - away;
BEGIN
	-- of possible duplicates too: nobody would see one in a partition that is being made
	WHILE at < upper + away LOOP
		at := ogw_logs_internal.make_key_partition(at, step);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_key_partitions(timestamptz, timestamptz, interval) IS
'Part of make_partition(): makes the partitions of ogw_logs.entry_key for entries from lower to upper, '
'and for ogw_logs.duplicate_window before and after.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.make_key_partition(at timestamptz, step interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
	lower timestamptz := date_trunc(ogw_logs_internal.partition_unit(step), at);
	upper timestamptz := lower + step;
	longest interval := greatest(ogw_logs_internal.setting('duplicate_window')::interval, step);
	length interval;
	key_lower timestamptz;
	key_upper timestamptz;
	is_free boolean;
BEGIN
	SELECT p.until INTO key_upper FROM ogw_logs_internal.partition_at('entry_key', at) p;
	IF FOUND THEN
		RETURN coalesce(key_upper, 'infinity');
	END IF;
	-- not wider than the window: in one partition a job_id is there once
	FOREACH length IN ARRAY ARRAY[interval '7 days', '1 day', '1 hour'] LOOP
		key_lower := date_trunc(ogw_logs_internal.partition_unit(length), lower);
		key_upper := key_lower + length;
		is_free := length <= longest AND length >= step AND NOT EXISTS (
			SELECT FROM ogw_logs_internal.partitions_over('entry_key', key_lower, key_upper));
		EXIT WHEN is_free;
	END LOOP;
	IF NOT is_free THEN
		-- all of the interval of entries, but for what partitions of another interval hold
		SELECT f.since, f.until INTO key_lower, key_upper FROM ogw_logs_internal.free_range('entry_key', at, lower, upper) f;
	END IF;
	PERFORM ogw_logs_internal.attach_partition('entry_key',
		CASE WHEN key_lower = date_trunc('day', key_lower) AND key_upper - key_lower >= interval '1 day' THEN to_char(key_lower, 'YYYYMMDD')
			 ELSE ogw_logs_internal.odd_suffix(key_lower AT TIME ZONE 'UTC') END, key_lower, key_upper);
	RETURN key_upper;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.make_key_partition(timestamptz, interval) IS
'Part of make_partition(): makes the partition of ogw_logs.entry_key for the partition of entries at a time, whose interval '
'is step: for a week where the duplicate window is as long and no partition is in its way, else for a day, an hour, or what '
'no other partition holds of step. Returns where it ends.';
