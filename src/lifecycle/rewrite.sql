-- rewrite: a partition from which much was deleted is written anew, without the dead rows.
-- A reader with a snapshot from before the copy would see no row in it. So the copy waits,
-- and takes the partition's place when nobody has such a snapshot any more. A partition
-- that was written to in the meantime is copied again.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_rewrite() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.rewrite') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.rewrite (
		partition_name name PRIMARY KEY,
		copied_by xid8 NOT NULL,
		content numeric NOT NULL
	);
	COMMENT ON TABLE ogw_logs.rewrite IS
		'The partitions that have a copy without dead rows, which is about to take their place.';
	COMMENT ON COLUMN ogw_logs.rewrite.partition_name IS 'The partition; its copy has the same name and _copy.';
	COMMENT ON COLUMN ogw_logs.rewrite.copied_by IS 'The transaction that made the copy: a snapshot from before does not see its rows.';
	COMMENT ON COLUMN ogw_logs.rewrite.content IS 'partition_content() of the partition when it was copied.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_rewrite() IS
'Part of create_log(): the table of copies that wait.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.seen_by_all(xid xid8) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_seen_by_all';
COMMENT ON FUNCTION ogw_logs_internal.seen_by_all(xid8) IS
'Whether a transaction is over for every snapshot of this database: of sessions, prepared transactions, '
'replication slots and standbys with hot_standby_feedback.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.partition_content(partition regclass) RETURNS numeric
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	content numeric;
BEGIN
	EXECUTE format('SELECT coalesce(sum(hashtextextended(p.ctid || '' '' || p.xmin, 0)), 0) FROM %s p', partition) INTO content;
	-- and of its definition: a copy made before a change of that lacks it
	RETURN content + (
		SELECT sum(hashtextextended(d.definition, 0))
		  FROM (SELECT format('%s %s %s %s', a.attname, a.atttypid, a.atttypmod, a.attnotnull)
				  FROM pg_attribute a WHERE a.attrelid = partition AND a.attnum > 0 AND NOT a.attisdropped
				UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = partition AND i.indisvalid
				UNION ALL SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = partition) AS d (definition));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.partition_content(regclass) IS
'Part of maintain(): a number that is another one after any change to the rows of a partition, '
'its columns, indexes and constraints.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_rewrites(listing boolean, every boolean DEFAULT false) RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		-- due when a fifth of its rows is gone
		SELECT CASE WHEN w.partition_name IS NULL THEN 'copy_partition' ELSE 'replace_partition' END, p.relname::text,
			   concat_ws('; ', format('%s rows swept, %s', p.swept, pg_size_pretty(pg_total_relation_size(p.partition))),
						 'waits for the snapshot of ' || CASE WHEN listing THEN ogw_logs_internal.snapshot_holders(w.copied_by) END),
			   p.partition, p.since, p.until, NULL::text[]
		  FROM (SELECT 'entry' AS parent, o.*, h.entries_swept AS swept
				  FROM ogw_logs_internal.own_partitions('entry') o JOIN ogw_logs.partition_history h ON h.since = o.since
				UNION ALL
				SELECT 'segment', o.*, h.bodies_swept
				  FROM ogw_logs_internal.own_partitions('segment') o JOIN ogw_logs.partition_history h ON h.since = o.since) p
		  LEFT JOIN ogw_logs.rewrite w ON w.partition_name = p.relname
		 WHERE CASE WHEN w.partition_name IS NULL THEN p.swept > 0 AND p.swept * 5 >= p.reltuples
					ELSE listing OR every OR ogw_logs_internal.seen_by_all(w.copied_by) END
		 ORDER BY p.until, p.parent;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_rewrites(boolean, boolean) IS
'Part of maintain(): the partitions that are to be copied without their dead rows, or to be replaced by their copy; '
'when listing, or every is true, also copies that wait for a snapshot.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.copy_partition(
	partition regclass,
	since timestamptz,
	until timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO'
SET default_tablespace = ''
SET default_table_access_method = 'heap'
AS $$
DECLARE
	parent name := (SELECT c.relname FROM pg_class c WHERE c.oid = pg_partition_root(partition));
	name name := (SELECT c.relname FROM pg_class c WHERE c.oid = partition);
	copy name := name || '_copy';
	columns text := (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
					  WHERE a.attrelid = partition AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '');
	copied bigint;
	index record;
BEGIN
	-- late entries wait; readers do not
	EXECUTE format('LOCK TABLE %s IN SHARE MODE', partition);
	PERFORM set_config('default_tablespace', ogw_logs_internal.tablespace_of(partition), true);
	PERFORM ogw_logs_internal.make_partition_table(parent, copy);
	-- unlogged: a publication of all tables would send the copied rows again
	EXECUTE format('ALTER TABLE ogw_logs.%I SET UNLOGGED', copy);
	EXECUTE format('INSERT INTO ogw_logs.%I (%s) SELECT %s FROM %s ORDER BY %s', copy, columns, columns, partition,
				   CASE parent WHEN 'segment' THEN 'team_id, since, pass, first_session, first_timestamp, first_job, chunk'
				   ELSE '"timestamp", job_id, team_id' END);
	GET DIAGNOSTICS copied = ROW_COUNT;
	EXECUTE format('ALTER TABLE ogw_logs.%I SET LOGGED', copy);
	-- with this constraint and the indexes below, ATTACH has nothing to scan and nothing to build
	EXECUTE format('ALTER TABLE ogw_logs.%1$I ADD CONSTRAINT bounds CHECK (%2$I IS NOT NULL AND %2$I >= %3$L AND %2$I < %4$L)',
				   copy, CASE parent WHEN 'segment' THEN 'since' ELSE 'timestamp' END, since, until);
	FOR index IN
		SELECT x.oid::regclass AS id, x.relname, i.indisunique,
			   substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$') AS definition
		  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = partition AND i.indisvalid
	LOOP
		PERFORM set_config('default_tablespace', ogw_logs_internal.tablespace_of(index.id), true);
		EXECUTE format('CREATE %s INDEX %I ON ogw_logs.%I %s', CASE WHEN index.indisunique THEN 'UNIQUE' END,
					   ogw_logs_internal.copy_name(index.relname), copy, index.definition);
	END LOOP;
	EXECUTE format('ANALYZE ogw_logs.%I', copy);
	INSERT INTO ogw_logs.rewrite (partition_name, copied_by, content)
	VALUES (name, pg_current_xact_id(), ogw_logs_internal.partition_content(partition));
	RETURN format('%s rows, %s', copied, pg_size_pretty(pg_total_relation_size(format('ogw_logs.%I', copy)::regclass)));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.copy_partition(regclass, timestamptz, timestamptz) IS
'Part of maintain(): copies a partition without its dead rows, indexes and all. Late entries wait for it; readers do not.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.replace_partition(
	partition regclass,
	since timestamptz,
	until timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO'
AS $$
DECLARE
	parent name := (SELECT c.relname FROM pg_class c WHERE c.oid = pg_partition_root(partition));
	name name := (SELECT c.relname FROM pg_class c WHERE c.oid = partition);
	copy name := name || '_copy';
	before bigint := pg_total_relation_size(partition);
	indexes name[] := ARRAY(SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
							 WHERE i.indrelid = partition AND i.indisvalid);
	index name;
BEGIN
	-- an erasure waits for this, or this for the erasure
	LOCK TABLE ogw_logs.rewrite IN ROW EXCLUSIVE MODE;
	EXECUTE format('LOCK TABLE %s IN SHARE MODE', partition);
	IF to_regclass(format('ogw_logs.%I', copy)) IS NULL
	   OR ogw_logs_internal.partition_content(partition) <> (SELECT w.content FROM ogw_logs.rewrite w WHERE w.partition_name = name) THEN
		PERFORM ogw_logs_internal.drop_copy(name);
		RETURN 'it has changed since, and is to be copied again';
	END IF;
	EXECUTE format('LOCK TABLE ONLY ogw_logs.%I IN ACCESS EXCLUSIVE MODE', parent);
	PERFORM ogw_logs_internal.drop_locked_partition(partition);
	EXECUTE format('ALTER TABLE ogw_logs.%I RENAME TO %I', copy, name);
	FOREACH index IN ARRAY indexes LOOP
		EXECUTE format('ALTER INDEX ogw_logs.%I RENAME TO %I', ogw_logs_internal.copy_name(index), index);
	END LOOP;
	EXECUTE format('ALTER TABLE ogw_logs.%I ATTACH PARTITION ogw_logs.%I FOR VALUES FROM (%L) TO (%L)', parent, name, since, until);
	EXECUTE format('ALTER TABLE ogw_logs.%I DROP CONSTRAINT bounds', name);
	PERFORM ogw_logs_internal.set_replica_identity(format('ogw_logs.%I', name)::regclass);
	PERFORM ogw_logs_internal.comment_partition(parent, name, since);
	DELETE FROM ogw_logs.rewrite w WHERE w.partition_name = name;
	UPDATE ogw_logs.partition_history h
	   SET entries_swept = CASE parent WHEN 'entry' THEN 0 ELSE h.entries_swept END,
		   bodies_swept = CASE parent WHEN 'segment' THEN 0 ELSE h.bodies_swept END
	 WHERE h.since = replace_partition.since;
	RETURN format('%s instead of %s', pg_size_pretty(pg_total_relation_size(format('ogw_logs.%I', name)::regclass)),
				  pg_size_pretty(before));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.replace_partition(regclass, timestamptz, timestamptz) IS
'Part of maintain(): puts the copy of a partition in its place, unless the partition has changed since. '
'Readers and writers of all partitions wait for that moment.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.copy_name(of_index name) RETURNS name
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'copy_' || md5(of_index::text)
$$;
COMMENT ON FUNCTION ogw_logs_internal.copy_name(name) IS
'Part of maintain(): the name of an index while its table is a copy.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.drop_copy(of_partition name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	copy regclass := to_regclass(format('ogw_logs.%I', of_partition || '_copy'));
BEGIN
	IF copy IS NOT NULL THEN
		PERFORM ogw_logs_internal.drop_or_empty(copy);
	END IF;
	DELETE FROM ogw_logs.rewrite w WHERE w.partition_name = of_partition;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.drop_copy(name) IS
'Part of maintain() and of the erasures: drops the copy of a partition, where there is one.';
