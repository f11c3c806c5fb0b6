-- orphans: what of the log lost what it belongs to. Nobody of ours deletes an entry without
-- its bodies, or leaves a body's entry; who changes the tables by hand can.

CREATE OR REPLACE FUNCTION ogw_logs_internal.orphan_keys(since timestamptz, until timestamptz) RETURNS TABLE (
	partition regclass,
	"timestamp" timestamptz,
	key uuid
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	-- before this a sweep may come or have come: of which team a key is, it does not tell
	kept timestamptz := coalesce((SELECT max(k.since) FROM ogw_logs_internal.kept_since('log', false) k), '-infinity');
	part record;
BEGIN
	FOR part IN
		SELECT p.partition, p.since, p.until FROM ogw_logs_internal.own_partitions('entry_key') p
		 WHERE p.since < orphan_keys.until AND p.until > greatest(orphan_keys.since, kept) ORDER BY p.since
	LOOP
		RETURN QUERY EXECUTE format($query$
			SELECT %1$L::regclass, k."timestamp", k.key
			  FROM %1$s k
			  LEFT JOIN ogw_logs.entry e ON e."timestamp" = k."timestamp" AND ogw_logs_internal.dedup_key(e.job_id, e.team_id) = k.key
				   AND e."timestamp" >= $1 AND e."timestamp" < $2
			 WHERE e.team_id IS NULL AND k."timestamp" >= $3 AND k."timestamp" < $4
			   AND NOT EXISTS (SELECT FROM ogw_logs.partition_history h
								WHERE h.since <= k."timestamp" AND h.until > k."timestamp"
								  AND (h.entries_swept_at IS NOT NULL OR h.dropped_at IS NOT NULL))$query$, part.partition)
			USING part.since, part.until, greatest(orphan_keys.since, kept), orphan_keys.until;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.orphan_keys(timestamptz, timestamptz) IS
'Part of verify(): the keys between two times whose entries are not there, although no retention has deleted these.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.orphan_bodies(since timestamptz, until timestamptz) RETURNS TABLE (
	partition regclass,
	sealed boolean,
	team_id text,
	"timestamp" timestamptz,
	job bigint
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	part record;
	bodies text;
	first timestamptz;
	last timestamptz;
BEGIN
	FOR part IN
		SELECT p.partition, p.since, p.until, p.sealed
		  FROM (SELECT b.partition, b.since, b.until, false FROM ogw_logs_internal.own_partitions('body') b
				UNION ALL
				SELECT s.partition, s.since, ogw_logs_internal.bodies_until(s.since, s.until), true
				  FROM ogw_logs_internal.own_partitions('segment') s) AS p (partition, since, until, sealed)
		 WHERE p.since < orphan_bodies.until AND p.until > orphan_bodies.since ORDER BY p.since, p.sealed
	LOOP
		bodies := CASE WHEN part.sealed THEN 'SELECT s.team_id, s."timestamp", s.job FROM ogw_logs_internal.sealed_bodies(%1$L) s'
				  ELSE 'SELECT o.team_id, o."timestamp", ogw_logs_internal.id_hash(o.job_id) AS job FROM %1$s o WHERE o.chunk = 0' END;
		-- after a restore they can lie behind the partition, and nothing but they tell how far; this
		-- is read first, since the join is planned for the times that it is given
		EXECUTE format('SELECT min(b."timestamp"), max(b."timestamp") FROM (' || bodies || ') b', part.partition) INTO first, last;
		RETURN QUERY EXECUTE format($query$
			WITH kept AS MATERIALIZED (SELECT * FROM ogw_logs_internal.rows_kept_since('body', false))
			SELECT %1$L::regclass, $5, b.team_id, b."timestamp", b.job
			  FROM (SELECT b.*
					  FROM ($query$ || bodies || $query$) b
					  LEFT JOIN (SELECT n.team_id, n."timestamp", ogw_logs_internal.id_hash(n.job_id) AS job FROM ogw_logs.entry n
								  WHERE n."timestamp" >= $1 AND n."timestamp" <= $2) e
						   ON e."timestamp" = b."timestamp" AND e.team_id = b.team_id AND e.job = b.job
					 WHERE e.team_id IS NULL AND b."timestamp" >= $3 AND b."timestamp" < $4
					OFFSET 0) b
			 -- what has expired is about to go, the entry sooner or the body
			 WHERE b."timestamp" >= coalesce((SELECT k.since FROM kept k WHERE k.team_id = b.team_id),
											 (SELECT k.since FROM kept k WHERE k.team_id IS NULL), '-infinity')$query$, part.partition)
			USING first, last, orphan_bodies.since, orphan_bodies.until, part.sealed;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.orphan_bodies(timestamptz, timestamptz) IS
'Part of verify(): the bodies between two times, unsealed or sealed, whose entries are not there; job is id_hash() of the job_id.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.entries_without_body(since timestamptz, until timestamptz) RETURNS TABLE (
	partition regclass,
	team_id text,
	job_id text
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	-- what was purged before is not known any more
	known timestamptz := coalesce((SELECT max(k.since) FROM ogw_logs_internal.kept_since('history', false) k), '-infinity');
	segments regclass[];
	segments_since timestamptz[];
	segments_until timestamptz[];
	part record;
BEGIN
	SELECT array_agg(p.partition), array_agg(p.since), array_agg(ogw_logs_internal.bodies_until(p.since, p.until))
	  INTO segments, segments_since, segments_until
	  FROM ogw_logs_internal.own_partitions('segment') p WHERE p.since < entries_without_body.until;
	FOR part IN
		SELECT p.partition, p.since, p.until FROM ogw_logs_internal.own_partitions('entry') p
		 WHERE p.since < entries_without_body.until AND p.until > greatest(entries_without_body.since, known)
		   AND NOT EXISTS (SELECT FROM ogw_logs.partition_history h
							WHERE h.since < p.until AND h.until > p.since
							  AND (h.bodies_expired_at IS NOT NULL OR h.bodies_swept_at IS NOT NULL))
		 ORDER BY p.since
	LOOP
		RETURN QUERY EXECUTE format($query$
			WITH kept AS MATERIALIZED (SELECT * FROM ogw_logs_internal.rows_kept_since('body', false)),
				 -- those of the partition of entries, and what reaches there
				 sealed AS MATERIALIZED (
				SELECT s.* FROM unnest($5, $6, $7) AS p (partition, since, until), ogw_logs_internal.sealed_bodies(p.partition) s
				 WHERE p.since < $2 AND p.until > $1)
			SELECT %1$L::regclass, e.team_id, e.job_id
			  -- the reasons are looked for of those that lack one
			  FROM (SELECT * FROM %1$s e
					 WHERE e.body_state IN ('stored', 'partial') AND e."timestamp" >= $3 AND e."timestamp" < $4
					   AND NOT EXISTS (SELECT FROM ogw_logs.body b
										WHERE b."timestamp" = e."timestamp" AND b.team_id = e.team_id AND b.job_id = e.job_id
										  AND b."timestamp" >= $1 AND b."timestamp" < $2)
					   AND NOT EXISTS (SELECT FROM sealed s
										WHERE s."timestamp" = e."timestamp" AND s.team_id = e.team_id
										  AND s.job = ogw_logs_internal.id_hash(e.job_id))
					OFFSET 0) e
			 WHERE
			   -- it may be in one that cannot be read, which is told by itself
				   e.team_id NOT IN (SELECT s.team_id FROM sealed s WHERE s.job IS NULL)
			   -- it was erased with its user, or purged
			   AND coalesce(e.user_id !~ '^erased-[0-9a-f]{32}$', true)
			   AND e."timestamp" >= coalesce((SELECT max(least(x.until, x.erased_at + ogw_logs_internal.setting('max_clock_skew')::interval))
												FROM ogw_logs.erasure x
											   WHERE x.team_id = e.team_id AND x.action = 'purge_bodies'), '-infinity')
			   -- it has expired
			   AND e."timestamp" >= coalesce((SELECT k.since FROM kept k WHERE k.team_id = e.team_id),
											 (SELECT k.since FROM kept k WHERE k.team_id IS NULL), '-infinity')$query$, part.partition)
			USING part.since, part.until, greatest(entries_without_body.since, known), entries_without_body.until,
				  segments, segments_since, segments_until;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.entries_without_body(timestamptz, timestamptz) IS
'Part of verify(): the entries between two times that had a body, which is not there, and which no erasure, purge or retention '
'took away. Not looked for where bodies of a partition have expired, of all teams or of some.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.missing_parts(
	since timestamptz,
	until timestamptz,
	OUT object text,
	OUT problem text
) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a subscriber has what its publisher sends, and deletes; to which of its tables is the publisher's matter
	IF ogw_logs_internal.is_subscribed('ogw_logs.entry') THEN
		RETURN;
	END IF;
	RETURN QUERY
		SELECT format('entry %s of team %s in %s', e.job_id, e.team_id, e.partition), 'its body is gone, and nothing tells why'
		  FROM ogw_logs_internal.entries_without_body(since, until) e;
	RETURN QUERY
		SELECT format('bodies of team %s in %s: %s, the first of %s', o.team_id, o.partition, count(*), min(o."timestamp")),
			   'their entries are not there: nobody can read these bodies, or erase them by their user'
		  FROM ogw_logs_internal.orphan_bodies(since, until) o
		 GROUP BY o.partition, o.sealed, o.team_id
		 ORDER BY min(o."timestamp"), o.sealed, o.team_id;
	RETURN QUERY
		SELECT format('keys in %s: %s, the first of %s', k.partition, count(*), min(k."timestamp")),
			   'their entries are not there: what is sent again under these job_ids is a duplicate, and not stored'
		  FROM ogw_logs_internal.orphan_keys(since, until) k
		 GROUP BY k.partition
		 ORDER BY min(k."timestamp");
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.missing_parts(timestamptz, timestamptz) IS
'Part of verify(): what is there of entries, bodies and keys without what it belongs to.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.remove_orphans(
	since timestamptz DEFAULT '-infinity',
	until timestamptz DEFAULT 'infinity',
	OUT keys bigint,
	OUT unsealed_bodies bigint,
	OUT sealed_bodies bigint
) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning'
AS $$
DECLARE
	at_once constant integer := 100000;
	part record;
	n bigint;
BEGIN
	PERFORM ogw_logs_internal.check_isolation('remove_orphans()');
	IF ogw_logs_internal.is_subscribed('ogw_logs.entry') THEN
		RAISE EXCEPTION 'a subscription fills the log of this database'
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Call remove_orphans() on the publisher.';
	END IF;
	keys := 0;
	unsealed_bodies := 0;
	sealed_bodies := 0;
	-- as an erasure: nobody seals, merges or replaces meanwhile, and what goes comes back with no copy
	LOCK TABLE ogw_logs.rewrite IN SHARE ROW EXCLUSIVE MODE;
	PERFORM ogw_logs_internal.drop_copy(w.partition_name) FROM ogw_logs.rewrite w;
	LOCK TABLE ogw_logs.erasure IN SHARE ROW EXCLUSIVE MODE;
	FOR part IN
		SELECT o.partition, o.sealed, o.team_id, array_agg(o."timestamp") AS timestamps, array_agg(o.job) AS jobs
		  FROM (SELECT b.*, row_number() OVER (PARTITION BY b.partition, b.team_id ORDER BY b."timestamp") / at_once AS part
				  FROM ogw_logs_internal.orphan_bodies(since, until) b) o
		 GROUP BY o.partition, o.sealed, o.team_id, o.part
	LOOP
		IF part.sealed THEN
			sealed_bodies := sealed_bodies + ogw_logs_internal.erase_sealed_bodies(part.team_id, part.timestamps, part.jobs);
		ELSE
			EXECUTE format('
				WITH gone AS (
					DELETE FROM %s b USING unnest($2, $3) AS o (at, job)
					 WHERE b.team_id = $1 AND b."timestamp" = o.at AND ogw_logs_internal.id_hash(b.job_id) = o.job
				 RETURNING b.chunk)
				SELECT count(*) FROM gone g WHERE g.chunk = 0', part.partition)
				INTO n USING part.team_id, part.timestamps, part.jobs;
			unsealed_bodies := unsealed_bodies + n;
		END IF;
	END LOOP;
	DELETE FROM ogw_logs.entry_key k USING ogw_logs_internal.orphan_keys(since, until) o
	 WHERE k."timestamp" = o."timestamp" AND k.key = o.key;
	GET DIAGNOSTICS keys = ROW_COUNT;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.remove_orphans(timestamptz, timestamptz) IS
'Removes what a DELETE or TRUNCATE of entries by hand has left between two times: their keys, so that what is sent again is '
'stored, and their bodies, unsealed and sealed. Returns how many. It locks what an erasure does; for the owner.';
