-- clock: what is irreversible does not rest on one reading of the clock.
--
-- maintain() keeps what the clock said when it ran last. Where it says much more now, the
-- server was off, or nobody called maintain(), or the clock has jumped: which of these
-- nobody can tell. Till the clock has gone on from there for ogw_logs.retention_delay, or a
-- DBA says that it is right, retention goes by the time before. A dry run says nothing of
-- the kind: a monitor may call it.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_clock() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.clock') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.clock (
		trusted_at timestamptz NOT NULL,
		ahead_at timestamptz,
		seen_at timestamptz NOT NULL
	);
	COMMENT ON TABLE ogw_logs.clock IS
		'What the server''s clock said when maintain() ran. Where a restore left several rows, the earliest time that is trusted counts.';
	COMMENT ON COLUMN ogw_logs.clock.trusted_at IS 'The last time by which maintain() deleted what had expired.';
	COMMENT ON COLUMN ogw_logs.clock.ahead_at IS
		'When maintain() found the clock more than two days ahead of that; NULL: it is not.';
	COMMENT ON COLUMN ogw_logs.clock.seen_at IS 'When it looked at the clock last, to the hour.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_clock() IS
'Part of create_log(): the table of what the clock said.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.clock_seen(
	OUT trusted_at timestamptz,
	OUT ahead_at timestamptz,
	OUT seen_at timestamptz
) RETURNS record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT min(c.trusted_at), max(c.ahead_at), max(c.seen_at) INTO trusted_at, ahead_at, seen_at FROM ogw_logs.clock c;
	-- it was emptied, or not restored: then the entries tell how far time had come, and
	-- when a retention was noticed
	IF trusted_at IS NULL AND EXISTS (SELECT FROM ogw_logs.retention) THEN
		SELECT greatest(max(p.until), (SELECT max(r.noticed_at) FROM ogw_logs.retention r)) INTO trusted_at
		  FROM ogw_logs_internal.partitions_of('entry') p WHERE pg_relation_size(p.partition) > 0;
	END IF;
	trusted_at := coalesce(trusted_at, now());
	seen_at := coalesce(seen_at, trusted_at);
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.clock_seen() IS
'Part of maintain(): what the clock said, as of its last runs; now where it has not run.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.clock_set(trusted_at timestamptz, ahead_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE ogw_logs.clock c SET trusted_at = clock_set.trusted_at, ahead_at = clock_set.ahead_at, seen_at = now();
	IF NOT FOUND THEN
		INSERT INTO ogw_logs.clock VALUES (clock_set.trusted_at, clock_set.ahead_at, now());
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.clock_set(timestamptz, timestamptz) IS
'Part of maintain(): takes down what the clock says now, and which of its times is trusted.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.retention_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce((SELECT min(c.trusted_at) FROM ogw_logs.clock c HAVING max(c.ahead_at) IS NOT NULL), now())
$$;
COMMENT ON FUNCTION ogw_logs_internal.retention_now() IS
'Part of maintain(): the time by which it deletes: now, or, where the clock is far ahead, the last one that is trusted.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.notice_clock(listing boolean) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	far constant interval := '48 hours';	-- whoever runs maintain() once a day is not told anything
	delay interval := ogw_logs_internal.setting('retention_delay');
	clock record;
BEGIN
	SELECT * INTO clock FROM ogw_logs_internal.clock_seen();
	IF now() <= clock.trusted_at + far OR delay = interval '0' THEN
		-- also where it has gone back
		IF NOT listing AND (clock.ahead_at IS NOT NULL OR now() < clock.seen_at OR now() >= clock.seen_at + interval '1 hour'
							OR NOT EXISTS (SELECT FROM ogw_logs.clock)) THEN
			PERFORM ogw_logs_internal.clock_set(now(), NULL);
		END IF;
		RETURN;
	END IF;
	IF NOT listing AND now() >= clock.ahead_at THEN
		IF now() < clock.ahead_at + delay THEN
			IF now() >= clock.seen_at + interval '1 hour' THEN
				PERFORM ogw_logs_internal.clock_set(clock.trusted_at, clock.ahead_at);
			END IF;
			RETURN;
		END IF;
		-- it has gone on from there: what it said then is true, and so is now unless that is far from it again
		IF now() <= clock.seen_at + far THEN
			PERFORM ogw_logs_internal.clock_set(now(), NULL);
			RETURN;
		END IF;
		clock.trusted_at := clock.ahead_at;
	END IF;
	IF NOT listing THEN
		PERFORM ogw_logs_internal.clock_set(clock.trusted_at, now());
		clock.ahead_at := now();
	END IF;
	RAISE WARNING 'the clock is % days ahead of the last run of maintain(), which deletes nothing by it yet',
			floor(extract(epoch FROM now() - clock.trusted_at) / 86400)
		USING HINT = 'maintain(dry_run => true) lists what has expired since. Where the time is right, '
					 'UPDATE ogw_logs.clock SET trusted_at = now(), ahead_at = NULL confirms it.';
	RETURN QUERY SELECT 'notice_clock', 'clock',
		format('%s, the last run was at %s; deletes from %s on, or once it is confirmed', ogw_logs_internal.utc_text(now()),
			   ogw_logs_internal.utc_text(clock.trusted_at), ogw_logs_internal.utc_text(coalesce(clock.ahead_at, now()) + delay)),
		NULL::regclass, NULL::timestamptz, NULL::timestamptz, NULL::text[];
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.notice_clock(boolean) IS
'Part of maintain(): takes down what the clock says, and returns a step where it is more than two days ahead of the last run; '
'listing: only says so.';
