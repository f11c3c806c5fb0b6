-- retention: how long what is kept, and since when that is known.
--
-- A new or shorter retention deletes nothing at once. It is announced first, and takes
-- effect once a dry run has listed what it deletes, or after ogw_logs.retention_delay.
-- Two of them are compared as times before now, in UTC: to PostgreSQL, which compares
-- intervals, a year is 360 days.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_retention() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.retention') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.retention (
		kind text NOT NULL,
		team_id text COLLATE "C",
		keep interval NOT NULL,
		noticed_at timestamptz NOT NULL,
		listed boolean NOT NULL,
		UNIQUE NULLS NOT DISTINCT (kind, team_id)
	);
	COMMENT ON TABLE ogw_logs.retention IS
		'How long maintain() keeps what, as it has noticed it in the settings of the server and of the teams.';
	COMMENT ON COLUMN ogw_logs.retention.kind IS 'What is kept: log (entries), body, rejected, body_read or history.';
	COMMENT ON COLUMN ogw_logs.retention.team_id IS 'Whose; NULL is the default of all teams.';
	COMMENT ON COLUMN ogw_logs.retention.keep IS 'For how long.';
	COMMENT ON COLUMN ogw_logs.retention.noticed_at IS 'When maintain() noticed that it is kept so short.';
	COMMENT ON COLUMN ogw_logs.retention.listed IS 'Whether maintain(dry_run => true) has listed since then what it deletes.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_retention() IS
'Part of create_log(): the table of what is kept how long.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.is_retention(keep interval) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- as set_team() asks; no part of infinity is negative
	SELECT keep > interval '0'
		   AND coalesce(least(extract(year FROM keep), extract(month FROM keep), extract(day FROM keep), extract(hour FROM keep),
							  extract(minute FROM keep), extract(second FROM keep)) >= 0, true)
$$;
COMMENT ON FUNCTION ogw_logs_internal.is_retention(interval) IS
'Part of maintain(): whether something can be kept for so long: an interval that is positive, with no negative part. NULL gives NULL.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.configured_retention(
	OUT kind text,
	OUT team_id text,
	OUT keep interval
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- a longer one could reach back before the first timestamp that PostgreSQL has; and where a
	-- team's cannot be read, what is kept could be lost: warn_of_retention() tells of it
	SELECT c.kind, c.team_id,
		   CASE WHEN ogw_logs_internal.is_retention(c.keep) THEN least(c.keep, interval '6000 years') ELSE interval '6000 years' END
	  FROM (SELECT d.kind, NULL, nullif(ogw_logs_internal.setting(d.kind || '_retention')::interval, interval '0')
			  FROM unnest(ARRAY['log', 'body', 'rejected', 'body_read', 'history']) AS d (kind)
			UNION ALL SELECT 'log', t.team_id, t.log_retention FROM ogw_logs.team t
			UNION ALL SELECT 'body', t.team_id, t.body_retention FROM ogw_logs.team t) AS c (kind, team_id, keep)
	 WHERE c.keep IS NOT NULL
$$;
COMMENT ON FUNCTION ogw_logs_internal.configured_retention() IS
'Part of maintain(): how long the settings of the server (without a team) and of the teams want what kept; '
'what is not here is kept for ever. An error where a setting of the server cannot be read.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.unreadable_retentions() RETURNS bigint
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*) FROM ogw_logs.team t
	 WHERE NOT ogw_logs_internal.is_retention(t.body_retention) OR NOT ogw_logs_internal.is_retention(t.log_retention)
$$;
COMMENT ON FUNCTION ogw_logs_internal.unreadable_retentions() IS
'Part of maintain(): how many teams have a retention that is no time; nothing of theirs is deleted.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.warn_of_retention() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	teams constant bigint := ogw_logs_internal.unreadable_retentions();
BEGIN
	IF teams > 0 THEN
		RAISE WARNING 'the retention of % teams in ogw_logs.team cannot be read: nothing of theirs is deleted', teams
			USING ERRCODE = 'config_file_error',
				  HINT = 'SELECT * FROM ogw_logs.team WHERE NOT ogw_logs_internal.is_retention(body_retention) '
						 'OR NOT ogw_logs_internal.is_retention(log_retention) finds them; set_team() mends it.';
	END IF;
	RETURN teams > 0;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.warn_of_retention() IS
'Part of maintain(): warns where unreadable_retentions() finds some, and returns whether.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.wanted_retention(
	OUT kind text,
	OUT team_id text,
	OUT keep interval
) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
BEGIN
	RETURN QUERY
		SELECT * FROM ogw_logs_internal.configured_retention()
		-- a team that came back to the default from a longer time: to this team the default is new
		UNION ALL
		SELECT d.kind, r.team_id, d.keep
		  FROM ogw_logs.retention r
		  JOIN ogw_logs_internal.configured_retention() d ON d.kind = r.kind AND d.team_id IS NULL
		 WHERE r.team_id IS NOT NULL
		   AND NOT EXISTS (SELECT FROM ogw_logs_internal.configured_retention() c WHERE c.kind = r.kind AND c.team_id = r.team_id)
		   AND (now() - d.keep > now() - r.keep
				OR NOT r.listed AND r.noticed_at > ogw_logs_internal.retention_now() - ogw_logs_internal.setting('retention_delay')::interval);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.wanted_retention() IS
'Part of maintain(): configured_retention(), and the default for teams that came back to it from a longer time, '
'until it counts for them.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.notice_retention(listing boolean) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
AS $$
DECLARE
	delay interval := ogw_logs_internal.setting('retention_delay');
	-- a new log has nothing to delete, so it need not wait. (create_log() writes no rows
	-- here: they would be in the way of a restore of data alone.)
	is_first boolean := NOT EXISTS (SELECT FROM ogw_logs.retention);
	no_entries boolean := is_first AND NOT EXISTS (SELECT FROM ogw_logs.entry);
	no_old_rows boolean := is_first AND NOT EXISTS (SELECT FROM ogw_logs_internal.due_rows(listing => true));
BEGIN
	-- noticed at a time that is not there yet, or never is: it would not begin to count
	UPDATE ogw_logs.retention r SET noticed_at = ogw_logs_internal.retention_now()
	 WHERE r.noticed_at > ogw_logs_internal.retention_now() + interval '48 hours';
	DELETE FROM ogw_logs.retention r
	 WHERE NOT EXISTS (SELECT FROM ogw_logs_internal.wanted_retention() w
						WHERE w.kind = r.kind AND w.team_id IS NOT DISTINCT FROM r.team_id);
	UPDATE ogw_logs.retention r SET keep = w.keep
	  FROM ogw_logs_internal.wanted_retention() w
	 WHERE w.kind = r.kind AND w.team_id IS NOT DISTINCT FROM r.team_id
	   AND now() - w.keep < now() - r.keep;
	RETURN QUERY
		WITH new AS (
			INSERT INTO ogw_logs.retention AS r (kind, team_id, keep, noticed_at, listed)
			SELECT w.kind, w.team_id, w.keep, ogw_logs_internal.retention_now(),
				   listing OR CASE WHEN w.kind IN ('log', 'body') THEN no_entries ELSE no_old_rows END
			  FROM ogw_logs_internal.wanted_retention() w
			-- a restore makes this constraint when all data is there: until then this
			-- fails, and nothing is deleted by half of the settings
			ON CONFLICT ON CONSTRAINT retention_kind_team_id_key
			DO UPDATE SET keep = EXCLUDED.keep, noticed_at = EXCLUDED.noticed_at, listed = EXCLUDED.listed
				WHERE now() - EXCLUDED.keep > now() - r.keep
			RETURNING r.*)
		SELECT 'notice_retention', n.kind || coalesce(' of team ' || n.team_id, ''),
			   format('%s; deletes from %s on, or once a dry run has listed what', justify_hours(n.keep),
					  ogw_logs_internal.utc_text(n.noticed_at + delay)),
			   NULL::regclass, NULL::timestamptz, NULL::timestamptz, NULL::text[]
		  FROM new n
		 WHERE NOT n.listed AND delay > interval '0'
		 ORDER BY 2;
	IF listing THEN
		UPDATE ogw_logs.retention SET listed = true WHERE NOT listed;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.notice_retention(boolean) IS
'Part of maintain(): takes over the settings, and returns what is new or shorter; listing: what it deletes is being listed.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.list_retention() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- where nothing can be written, the new retention is not confirmed
	IF NOT current_setting('transaction_read_only')::boolean THEN
		PERFORM FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1 FOR UPDATE;
		PERFORM ogw_logs_internal.notice_retention(listing => true);
	END IF;
EXCEPTION WHEN lock_not_available THEN
	RAISE WARNING 'maintain() is running in another session; this dry run does not confirm the new retention'
		USING HINT = 'Run it again when the other session is done.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.list_retention() IS
'Part of maintain(): takes over the settings while a dry run lists what they delete; '
'not while maintain() is running in another session.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.kept_since(
	kind text,
	listing boolean,
	OUT team_id text,
	OUT since timestamptz
) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
BEGIN
	RETURN QUERY
		SELECT w.team_id,
			   CASE WHEN listing THEN now() - w.keep
					WHEN now() - w.keep <= now() - r.keep
						 AND (r.listed OR r.noticed_at <= time.now - ogw_logs_internal.setting('retention_delay')::interval)
					THEN time.now - w.keep
					ELSE '-infinity' END
		  FROM ogw_logs_internal.wanted_retention() w
		 CROSS JOIN ogw_logs_internal.retention_now() AS time (now)
		  LEFT JOIN ogw_logs.retention r ON r.kind = w.kind AND r.team_id IS NOT DISTINCT FROM w.team_id
		 WHERE w.kind = kept_since.kind;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.kept_since(text, boolean) IS
'Part of maintain(): rows dated before since have expired, of a team or (NULL) of all teams that are not named. '
'A retention that is only announced counts where it is being listed.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_rows(listing boolean) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- rows that come all the time expire all the time: each would be a step, and what comes after it never done
	max_wait constant interval := '1 minute';
	part record;
	expired boolean;
BEGIN
	FOR part IN
		SELECT t.of_table, t.time_column, k.since, k.since - least((now() - nullif(k.since, '-infinity')) / 10, max_wait) AS due
		  FROM (VALUES ('rejected', 'rejected_at', 'rejected'), ('body_read', 'read_at', 'body_read'),
					   ('team_history', 'changed_at', 'history'), ('erasure', 'erased_at', 'history'),
					   ('partition_history', 'dropped_at', 'history')) AS t (of_table, time_column, kind)
		 CROSS JOIN LATERAL ogw_logs_internal.kept_since(t.kind, listing) k
	LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM ogw_logs.%I r WHERE r.%I < $1)', part.of_table, part.time_column)
			INTO expired USING part.due;
		IF expired THEN
			RETURN QUERY SELECT 'expire_rows', part.of_table,
				format('before %s', ogw_logs_internal.utc_text(part.since)),
				format('ogw_logs.%I', part.of_table)::regclass, NULL::timestamptz, part.since, ARRAY[part.time_column];
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_rows(boolean) IS
'Part of maintain(): the tables beside the entries that hold rows which expired a minute ago, or the tenth part of their retention.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.expire_rows(from_table regclass, time_column name, before timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	max_rows constant integer := 10000;		-- a step takes a second or so
	expired bigint;
BEGIN
	EXECUTE format('DELETE FROM %1$s r WHERE r.ctid = ANY (ARRAY(
		SELECT o.ctid FROM %1$s o WHERE o.%2$I < $1 ORDER BY o.%2$I LIMIT %3$s FOR UPDATE SKIP LOCKED))',
				   from_table, time_column, max_rows)
		USING before;
	GET DIAGNOSTICS expired = ROW_COUNT;
	RETURN CASE WHEN expired > 0 THEN
		format('%s rows from before %s', expired, ogw_logs_internal.utc_text(before)) END;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.expire_rows(regclass, name, timestamptz) IS
'Part of maintain(): deletes at most 10,000 expired rows of a table.';
