-- replica: what logical replication asks of the tables.
--
-- Where a table is published, UPDATE and DELETE fail as long as it has no replica identity,
-- by which a subscriber finds the row: a primary key, or all columns (FULL). The partitioned
-- tables need one too, for a publication can send a change as theirs
-- (publish_via_partition_root); the identity of their partitions has "timestamp" in it.

CREATE OR REPLACE FUNCTION ogw_logs_internal.set_replica_identities(VARIADIC of_tables text[]) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table text;
BEGIN
	FOREACH of_table IN ARRAY of_tables LOOP
		-- a DBA's own choice is another one than the default
		IF (SELECT c.relreplident = 'd' FROM pg_class c WHERE c.oid = format('ogw_logs.%I', of_table)::regclass) THEN
			EXECUTE format('ALTER TABLE ogw_logs.%I REPLICA IDENTITY FULL', of_table);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.set_replica_identities(text[]) IS
'Lets rows of some tables be changed and removed while a publication has them.';

DO $$ BEGIN PERFORM ogw_logs_internal.set_replica_identities('access', 'team_history'); END $$;

CREATE OR REPLACE FUNCTION ogw_logs_internal.is_subscribed(to_table regclass) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = to_table)
$$;
COMMENT ON FUNCTION ogw_logs_internal.is_subscribed(regclass) IS
'Whether a subscription of this database fills a table: then the rows change on the publisher, '
'and maintain() does not change them here.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.set_replica_identity(partition regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key name := (SELECT x.relname FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
				  WHERE c.oid = partition AND x.relname = c.relname || '_key' AND i.indisunique AND i.indisvalid);
BEGIN
	EXECUTE format('ALTER TABLE %s REPLICA IDENTITY ', partition) || coalesce('USING INDEX ' || quote_ident(key), 'FULL');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.set_replica_identity(regclass) IS
'Part of make_partition() and maintain(): how a subscriber finds a row of a partition: '
'by its key where it has one, or by all its columns.';
