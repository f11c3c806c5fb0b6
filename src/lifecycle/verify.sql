-- verify: what of the log is damaged or inconsistent.

CREATE OR REPLACE FUNCTION ogw_logs_internal.body_problem(content bytea) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_body_problem';
COMMENT ON FUNCTION ogw_logs_internal.body_problem(bytea) IS
'Part of verify(): what is wrong with an unsealed body, its chunks put together; NULL where it can be read.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.segment_problem(content bytea) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_segment_problem';
COMMENT ON FUNCTION ogw_logs_internal.segment_problem(bytea) IS
'Part of verify(): what is wrong with a segment, its chunks put together; NULL where it can be read.';

CREATE OR REPLACE FUNCTION ogw_logs.verify(
	since timestamptz DEFAULT '-infinity',
	until timestamptz DEFAULT 'infinity',
	OUT object text,
	OUT problem text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
-- by the index of the keys: so bodies are not sorted or hashed, and none gets into a
-- temporary file
SET enable_hashagg = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $$
DECLARE
	part record;
BEGIN
	FOR part IN
		SELECT p.partition FROM ogw_logs_internal.own_partitions('segment') p
		 WHERE p.since < verify.until AND p.until > verify.since ORDER BY p.since
	LOOP
		RETURN QUERY EXECUTE format($query$
			SELECT format('segment of pass %%s of the interval from %%s, of team %%s, whose first body is of %%s, in %1$s',
						  w.pass, w.since, w.team_id, w.first_timestamp), w.problem
			  FROM (SELECT s.team_id, s.since, s.pass, s.first_timestamp,
						   coalesce(CASE WHEN min(s.chunk) > 0 OR max(s.chunk) + 1 <> count(*) THEN 'a piece of it is missing' END,
									ogw_logs_internal.segment_problem(string_agg(s.content::bytea, ''))) AS problem
					  FROM (SELECT * FROM %1$s o
							 ORDER BY o.team_id, o.since, o.pass, o.first_session, o.first_timestamp, o.first_job, o.chunk) s
					 GROUP BY s.team_id, s.since, s.pass, s.first_session, s.first_timestamp, s.first_job) w
			 WHERE w.problem IS NOT NULL$query$, part.partition);
	END LOOP;
	FOR part IN
		SELECT p.partition FROM ogw_logs_internal.own_partitions('body') p
		 WHERE p.since < verify.until AND p.until > verify.since ORDER BY p.since
	LOOP
		RETURN QUERY EXECUTE format($query$
			SELECT format('body of %%s, of team %%s, in %1$s', w.job_id, w.team_id), w.problem
			  FROM (SELECT b.job_id, b.team_id,
						   coalesce(CASE WHEN min(b.chunk) > 0 OR max(b.chunk) + 1 <> count(*) THEN 'a piece of it is missing' END,
									ogw_logs_internal.body_problem(string_agg(b.content::bytea, ''))) AS problem
					  FROM (SELECT * FROM %1$s o ORDER BY o."timestamp", o.job_id, o.team_id, o.chunk) b
					 GROUP BY b."timestamp", b.job_id, b.team_id) w
			 WHERE w.problem IS NOT NULL$query$, part.partition);
	END LOOP;
	FOR part IN
		SELECT p.partition, p.since, p.until FROM ogw_logs_internal.own_partitions('entry') p
		 WHERE p.since < verify.until AND p.until > verify.since ORDER BY p.since
	LOOP
		RETURN QUERY EXECUTE format($query$
			SELECT format('entry %%s of team %%s in %1$s', e.job_id, e.team_id),
				   CASE WHEN count(*) > 1 THEN format('it is there %%s times', count(*))
						ELSE 'ogw_logs.entry_key does not know it' END
			  FROM %1$s e
			  LEFT JOIN ogw_logs.entry_key k ON k."timestamp" = e."timestamp"
				   AND k.key = ogw_logs_internal.dedup_key(e.job_id::text, e.team_id::text) AND k."timestamp" >= $1 AND k."timestamp" < $2
			 GROUP BY e."timestamp", e.job_id, e.team_id
			HAVING count(*) > 1 OR count(k.key) = 0$query$, part.partition) USING part.since, part.until;
	END LOOP;
	RETURN QUERY SELECT m.object, m.problem FROM ogw_logs_internal.missing_parts(verify.since, verify.until) m;
END
$$;
COMMENT ON FUNCTION ogw_logs.verify(timestamptz, timestamptz) IS
'What is damaged between two times: segments and bodies that cannot be read, entries that are there twice, and entries, keys '
'and bodies without each other where nothing tells why. No row: nothing. It reads everything of that time; for the owner.';
