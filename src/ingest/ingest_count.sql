-- ingest_count: what became of all entries that were received.
--
-- A call adds rows of its own and changes none, so that writers never wait for each
-- other here; maintain() adds up the rows of one team, method and reason.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_ingest_count() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.ingest_count') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.ingest_count (
		team_id text COLLATE "C",
		method text NOT NULL,
		reason text,
		received bigint NOT NULL,
		stored bigint NOT NULL,
		duplicate bigint NOT NULL,
		rejected bigint NOT NULL,
		bodies_dropped bigint NOT NULL,
		secrets_masked bigint NOT NULL,
		defects bigint NOT NULL
	);
	-- rows are deleted, and a publication of all tables needs to identify them
	ALTER TABLE ogw_logs.ingest_count REPLICA IDENTITY FULL;
	COMMENT ON TABLE ogw_logs.ingest_count IS
		'What became of the entries that were received: rows of each call, until maintain() adds them up. The view ingest_counts always shows the sums.';
	COMMENT ON COLUMN ogw_logs.ingest_count.team_id IS 'The team; NULL where an entry that was refused named no valid one.';
	COMMENT ON COLUMN ogw_logs.ingest_count.method IS 'How it was sent: insert_log, insert_logs or inbox.';
	COMMENT ON COLUMN ogw_logs.ingest_count.reason IS 'Why entries were refused, as in ogw_logs.rejected, or have defects; NULL for all else.';
	COMMENT ON COLUMN ogw_logs.ingest_count.received IS 'Entries received: stored + duplicate + rejected.';
	COMMENT ON COLUMN ogw_logs.ingest_count.stored IS 'Of these, entries stored.';
	COMMENT ON COLUMN ogw_logs.ingest_count.duplicate IS 'Entries that had been there already.';
	COMMENT ON COLUMN ogw_logs.ingest_count.rejected IS 'Entries refused; the first 1,000 of a call have a row each in ogw_logs.rejected.';
	COMMENT ON COLUMN ogw_logs.ingest_count.bodies_dropped IS 'Of those stored, entries whose body the team''s setting dropped.';
	COMMENT ON COLUMN ogw_logs.ingest_count.secrets_masked IS 'Places in those stored where secrets were masked.';
	COMMENT ON COLUMN ogw_logs.ingest_count.defects IS 'Fields of those stored that are not as they were given, as the entries'' column defects says.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_ingest_count() IS
'Part of create_log(): the table of what became of all entries that were received.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_ingest_counts() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.ingest_counts') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE VIEW ogw_logs.ingest_counts WITH (security_invoker = true) AS
		SELECT r.team_id, r.method,
			   sum(r.received)::bigint AS received,
			   sum(r.stored)::bigint AS stored,
			   sum(r.duplicate)::bigint AS duplicate,
			   sum(r.rejected)::bigint AS rejected,
			   json_object_agg(r.reason, r.rejected ORDER BY r.reason) FILTER (WHERE r.rejected > 0) AS rejected_reasons,
			   sum(r.bodies_dropped)::bigint AS bodies_dropped,
			   sum(r.secrets_masked)::bigint AS secrets_masked,
			   sum(r.defects)::bigint AS defects,
			   json_object_agg(r.reason, r.defects ORDER BY r.reason) FILTER (WHERE r.defects > 0) AS defect_reasons
		  FROM (SELECT c.team_id, c.method, c.reason, sum(c.received) AS received, sum(c.stored) AS stored,
					   sum(c.duplicate) AS duplicate, sum(c.rejected)::bigint AS rejected,
					   sum(c.bodies_dropped) AS bodies_dropped, sum(c.secrets_masked) AS secrets_masked,
					   sum(c.defects)::bigint AS defects
				  FROM ogw_logs.ingest_count c
				 GROUP BY c.team_id, c.method, c.reason) r
		 GROUP BY r.team_id, r.method;
	PERFORM ogw_logs_internal.revoke_from_others('ogw_logs.ingest_counts');
	PERFORM ogw_logs_internal.grant_to_monitors('ogw_logs.ingest_counts');
	COMMENT ON VIEW ogw_logs.ingest_counts IS
		'What became of the entries of each team, by the method they were sent with, in calls that committed: '
		'received = stored + duplicate + rejected.';
	COMMENT ON COLUMN ogw_logs.ingest_counts.rejected_reasons IS 'How many were refused for which reason.';
	COMMENT ON COLUMN ogw_logs.ingest_counts.defect_reasons IS 'How many fields have a defect for which reason.';
	PERFORM ogw_logs_internal.comment_view('ogw_logs.ingest_counts', 'ogw_logs.ingest_count');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_ingest_counts() IS
'Part of create_log(): the view that adds up ogw_logs.ingest_count.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_ingest_counts(from_rows bigint, max_read bigint DEFAULT NULL) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- rows of a subscription are added up on the publisher
	IF ogw_logs_internal.is_subscribed('ogw_logs.ingest_count') THEN
		RETURN;
	END IF;
	RETURN QUERY
		SELECT 'add_up_ingest_counts', 'ingest_count', format('%s rows too many', sum(g.n) - count(*)),
			   'ogw_logs.ingest_count'::regclass, NULL::timestamptz, NULL::timestamptz, NULL::text[]
		  FROM (SELECT count(*) AS n FROM (SELECT * FROM ogw_logs.ingest_count r LIMIT max_read) c
				 GROUP BY c.team_id, c.method, c.reason) g
		HAVING sum(g.n) - count(*) >= from_rows;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_ingest_counts(bigint, bigint) IS
'Part of maintain(): whether ogw_logs.ingest_count has at least so many rows more than it needs; max_read: among so many of them, NULL is all.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.add_up_ingest_counts() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	max_rows constant integer := 10000;		-- a step takes a second or so
	needed bigint := (SELECT count(*) FROM (SELECT FROM ogw_logs.ingest_count c GROUP BY c.team_id, c.method, c.reason) g);
	gone bigint;
BEGIN
	-- any rows will do, as long as they are more than those that remain
	WITH taken AS (
		DELETE FROM ogw_logs.ingest_count c
		 WHERE c.ctid = ANY (ARRAY(SELECT o.ctid FROM ogw_logs.ingest_count o LIMIT max_rows + needed FOR UPDATE SKIP LOCKED))
		RETURNING c.*),
	added AS (
		INSERT INTO ogw_logs.ingest_count (team_id, method, reason, received, stored, duplicate, rejected, bodies_dropped, secrets_masked, defects)
		SELECT t.team_id, t.method, t.reason, sum(t.received), sum(t.stored), sum(t.duplicate), sum(t.rejected),
			   sum(t.bodies_dropped), sum(t.secrets_masked), sum(t.defects)
		  FROM taken t
		 GROUP BY t.team_id, t.method, t.reason
		RETURNING 1)
	SELECT (SELECT count(*) FROM taken) - (SELECT count(*) FROM added) INTO gone;
	RETURN CASE WHEN gone > 0 THEN format('%s rows fewer', gone) END;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.add_up_ingest_counts() IS
'Part of maintain(): adds up 10,000 rows of ogw_logs.ingest_count, or all, to one for each team, method and reason.';
