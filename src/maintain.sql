-- maintain: what is due.

CREATE OR REPLACE FUNCTION ogw_logs.maintain(dry_run boolean DEFAULT false)
RETURNS TABLE (action text, object text, detail text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step interval;
	at timestamp;
	expired bigint;
	too_many bigint;
BEGIN
	IF to_regclass('ogw_logs.entry') IS NULL THEN
		RETURN;
	END IF;
	IF NOT dry_run THEN
		PERFORM ogw_logs.create_log();
	END IF;
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	FOR n IN 0 .. current_setting('ogw_logs.partitions_ahead')::integer LOOP
		at := date_trunc(ogw_logs.partition_unit(step), now() AT TIME ZONE 'UTC') + n * step;
		object := 'entry_' || ogw_logs.partition_suffix(at, step);
		CONTINUE WHEN to_regclass(format('ogw_logs.%I', object)) IS NOT NULL;
		action := 'make_partition';
		detail := format('from %s UTC, for 1 %s', to_char(at, 'YYYY-MM-DD HH24:MI'), ogw_logs.partition_unit(step));
		IF NOT dry_run THEN
			-- another session may have been quicker: then it is not our step
			CONTINUE WHEN ogw_logs.make_partition(at AT TIME ZONE 'UTC') IS NULL;
		END IF;
		RETURN NEXT;
		IF NOT dry_run THEN
			RETURN;
		END IF;
	END LOOP;
	expired := ogw_logs.expire_body_reads(dry_run);
	IF expired > 0 THEN
		action := 'expire_body_reads';
		object := 'body_read';
		detail := format('%s rows older than %s', expired, current_setting('ogw_logs.body_read_retention'));
		RETURN NEXT;
		IF NOT dry_run THEN
			RETURN;
		END IF;
	END IF;
	too_many := ogw_logs.add_up_accounts(dry_run);
	IF too_many > 0 THEN
		action := 'add_up_accounts';
		object := 'account';
		detail := format('%s rows too many', too_many);
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs.maintain(boolean) IS
'Does the next step of what is due and says what it did; no row: nothing is due. With dry_run it lists all that is due and does nothing.';

