-- merge_segments: a partition whose bodies are all sealed has small segments, of sessions
-- that went on from one seal interval to the next; these are merged.

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_merges() RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT 'merge_segments', p.relname::text,
			   format('from %s', ogw_logs_internal.utc_text(p.since)),
			   p.partition, p.since, p.until, NULL::text[]
		  FROM ogw_logs_internal.own_partitions('segment') p
		  LEFT JOIN ogw_logs.partition_history h ON h.since = p.since
		 WHERE p.until <= now() - ogw_logs_internal.setting('seal_delay')::interval
		   AND NOT ogw_logs_internal.is_subscribed('ogw_logs.segment')
		   -- two passes or more, one of them since the last merge; which reads all segments, so once a day
		   AND coalesce(h.merged_at, '-infinity') < now() - interval '1 day'
		   AND (SELECT sum(s.passes) > 1 AND max(s.sealed_at) > coalesce(h.merged_at, '-infinity')
				  FROM ogw_logs.sealed_interval s WHERE s.since >= p.since AND s.since < p.until)
		   AND NOT EXISTS (SELECT FROM ogw_logs_internal.partitions_over('body', p.since, p.until))
		 ORDER BY p.until;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_merges() IS
'Part of maintain(): the partitions that are over, with all bodies sealed, whose small segments are to be merged: '
'once, and after a day again where late bodies were sealed since.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.merge_partition(
	partition regclass,
	since timestamptz,
	until timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_pass integer;
	done record;
BEGIN
	-- an erasure waits for this, or this for the erasure
	LOCK TABLE ogw_logs.rewrite IN SHARE UPDATE EXCLUSIVE MODE;
	EXECUTE format('SELECT least(min(s.pass), 0) - 1 FROM %s s WHERE s.since = $1', partition) INTO next_pass USING merge_partition.since;
	SELECT * INTO done FROM ogw_logs_internal.merge_segments(partition, merge_partition.since, next_pass);
	-- copy_partition() gives the space of the segments that were merged back, as of rows that were swept
	INSERT INTO ogw_logs.partition_history AS h (since, until, merged_at, bodies_swept)
	VALUES (merge_partition.since, merge_partition.until, CASE WHEN done.complete THEN clock_timestamp() END, done.rows)
	ON CONFLICT ON CONSTRAINT partition_history_pkey
	DO UPDATE SET merged_at = coalesce(EXCLUDED.merged_at, h.merged_at), bodies_swept = h.bodies_swept + EXCLUDED.bodies_swept;
	RETURN CASE WHEN done.segments > 0 THEN format('%s segments as %s', done.segments, done.merged) END;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.merge_partition(regclass, timestamptz, timestamptz) IS
'Part of maintain(): merges the small segments of a partition. Neither readers nor writers wait for it.';
