-- Partitions: in UTC whatever the zone, made by whoever needs one, and ahead of time.
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
SET TimeZone = 'Pacific/Kiritimati';	-- UTC+14
SET DateStyle = 'German, DMY';
SET IntervalStyle = 'sql_standard';
SELECT ogw_logs.insert_log(job_id => 'z', team_id => 'zones', "timestamp" => '2026-07-01 00:30:00+14');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('z2', 'zones', '2026-07-02T23:59:59.999999'), ('z3', 'zones', '2026-07-03 00:00:00');
SET TimeZone = 'America/St_Johns';
SELECT ogw_logs.insert_log(job_id => 'z4', team_id => 'zones', "timestamp" => '2026-07-04 00:00:00Z');
-- a timestamptz on its way into inbox, in whatever style the session writes it; without a zone only as in RFC 3339
DO $$ DECLARE style text; zone text; BEGIN
	FOREACH zone IN ARRAY ARRAY['UTC', 'Pacific/Kiritimati', 'Etc/GMT+3'] LOOP
		FOREACH style IN ARRAY ARRAY['ISO', 'Postgres, MDY', 'Postgres, DMY', 'SQL, MDY', 'SQL, DMY', 'German'] LOOP
			PERFORM set_config('DateStyle', style, true), set_config('TimeZone', zone, true);
			INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") SELECT style || zone, 'styles', timestamptz '2026-03-04 05:06:07.123456Z';
		END LOOP;
	END LOOP;
END $$;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('x1', 'styles', 'yesterday 10:00 UTC'), ('x2', 'styles', '04.03.2026 05:06:07'),
	('x3', 'styles', 'now'), ('x4', 'styles', '2026-03-04'), ('x5', 'styles', 'epoch 1970 UTC'), ('x6', 'styles', '2026-03-04 05:06:07 Nowhere/Nothing'),
	('x7', 'styles', 'Wed Mar 04 10:36:07 2026 IST'), ('x8', 'styles', 'No/Where 2026 UTC'), ('x9', 'styles', 'a-5 2026 +00'), ('x10', 'styles', '2026-03-04 05:06:07 No-Where 2026 UTC');
SELECT * FROM ogw_logs.last_batch();
RESET DateStyle;
SET TimeZone = 'UTC';
SELECT count(*), count(DISTINCT "timestamp"), min("timestamp") = '2026-03-04 05:06:07.123456Z' AS exact FROM ogw_logs.entry WHERE team_id = 'styles' AND job_id NOT LIKE 'x%';
SELECT job_id, defects, "timestamp" - now() < interval '1 minute' AND now() - "timestamp" < interval '1 minute' AS of_now FROM ogw_logs.entry WHERE team_id = 'styles' AND job_id LIKE 'x%' ORDER BY length(job_id), 1;
SELECT e.tableoid::regclass, job_id, "timestamp", pg_get_expr(c.relpartbound, c.oid)
  FROM ogw_logs.entry e JOIN pg_class c ON c.oid = e.tableoid WHERE team_id = 'zones' ORDER BY 2;
-- an entry's partition, and its body's, which is there when there is one; both guard themselves
SELECT ogw_logs_internal.make_body_partition('2026-06-30Z'), ogw_logs_internal.make_body_partition('2026-06-30Z');
SELECT c.relname, c.relrowsecurity, c.relreplident,
	   (SELECT count(*) FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS grants,
	   (SELECT string_agg(pg_get_indexdef(i.indexrelid), E'\n' ORDER BY i.indexrelid::regclass::text) FROM pg_index i WHERE i.indrelid = c.oid) AS indexes
  FROM pg_class c WHERE c.relname IN ('entry_20260630', 'body_20260630') ORDER BY 1;
SELECT count(*) AS default_partitions FROM pg_partitioned_table WHERE partdefid <> 0 AND partrelid::regclass::text LIKE 'ogw_logs.%';
-- a DBA's own column, index and detached partition
ALTER TABLE ogw_logs.entry ADD COLUMN note text DEFAULT 'mine';
SELECT ogw_logs.insert_log(job_id => 'z5', team_id => 'zones', "timestamp" => '2026-07-05Z');
SELECT ogw_logs_internal.make_body_partition('2026-07-05Z');
SELECT note FROM ogw_logs.entry WHERE job_id = 'z5';
ALTER TABLE ogw_logs.entry DROP COLUMN note;
SELECT ogw_logs.insert_log(job_id => 'z6', team_id => 'zones', "timestamp" => '2026-07-06Z');
ALTER TABLE ogw_logs.entry DETACH PARTITION ogw_logs.entry_20260706;
SELECT ogw_logs.insert_log(job_id => 'z7', team_id => 'zones', "timestamp" => '2026-07-06Z');
ALTER TABLE ogw_logs.entry ATTACH PARTITION ogw_logs.entry_20260706 FOR VALUES FROM ('2026-07-06Z') TO ('2026-07-07Z');
SELECT ogw_logs.insert_log(job_id => 'z7', team_id => 'zones', "timestamp" => '2026-07-06Z');
-- no body is sampled into the planner's statistics, not the shortest, and not the secret
ANALYZE ogw_logs.body, ogw_logs.installation;
SELECT count(*) FILTER (WHERE attname IN ('content', 'key_secret')) AS sampled, count(*) > 0 AS analyzed FROM pg_stats WHERE schemaname = 'ogw_logs' AND (tablename LIKE 'body%' OR tablename = 'installation');
-- ahead of a bulk load
SELECT ogw_logs.make_partitions('2026-06-01 12:00Z', '2026-06-03 00:00Z');
SELECT ogw_logs.make_partitions('2026-06-01 12:00Z', '2026-06-03 00:00Z');
SELECT ogw_logs.make_partitions('2026-06-03Z', '2026-06-01Z');
SELECT ogw_logs.make_partitions('-infinity', '2026-06-01Z');
BEGIN;
SELECT ogw_logs.make_partitions('2010-01-01Z', '2026-06-01Z');
ROLLBACK;
SELECT ogw_logs.make_partitions('1900-01-01Z', '2026-06-01Z');
-- a writer makes as many as it may, then is told what to do
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") SELECT 'far-' || n, 'far', to_char(timestamp '2025-01-01' + n * interval '1 day', 'YYYY-MM-DD HH24:MI') FROM generate_series(1, 101) n;
SELECT count(*) FROM ogw_logs.entry WHERE team_id = 'far';
-- a body's partition that is gone is made again
DROP TABLE ogw_logs.body_20260705;
SELECT ogw_logs.set_team('zones', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 'z8', team_id => 'zones', "timestamp" => '2026-07-05Z', input => 'late');
SELECT input FROM ogw_logs.get_log('z8');
-- which partitions there are is read as the owner, and anew after an error
CREATE ROLE ogw_test_other;
ALTER TABLE ogw_logs.entry_key OWNER TO ogw_test_other;
SELECT count(*) > 0 AS there FROM ogw_logs_internal.partitions_of('entry');
SELECT count(*) > 0 AS there FROM ogw_logs_internal.partitions_of('entry');
ALTER TABLE ogw_logs.entry OWNER TO ogw_test_other;
ALTER TABLE ogw_logs.body OWNER TO ogw_test_other;
ALTER FUNCTION ogw_logs_internal.partitions_of(name) OWNER TO ogw_test_other;
SELECT count(*) > 0 AS there FROM ogw_logs_internal.partitions_of('entry');
REASSIGN OWNED BY ogw_test_other TO CURRENT_USER;
DROP ROLE ogw_test_other;
-- ahead of time: one step a call, until nothing is due (more is when the hour passes meanwhile)
DO $$ DECLARE n integer := 0; due integer; did text; begun timestamptz := date_trunc('hour', clock_timestamp()); BEGIN
	SELECT count(*) INTO due FROM ogw_logs.maintain(dry_run => true);
	-- unsealed bodies are dropped once they are sealed, and what is sealed is analyzed in the end
	LOOP
		SELECT action INTO did FROM ogw_logs.maintain();
		EXIT WHEN did IS NULL;
		n := n + (did NOT IN ('drop_unsealed_bodies', 'analyze'))::integer;
		COMMIT;
	END LOOP;
	RAISE NOTICE 'as many steps as the dry run said: %', n = due OR date_trunc('hour', clock_timestamp()) > begun;
	SELECT count(*) INTO due FROM ogw_logs.maintain(dry_run => true);
	RAISE NOTICE 'and nothing is left: %', due = 0 OR date_trunc('hour', clock_timestamp()) > begun;
END $$;
SELECT count(*) AS ready FROM pg_class c WHERE c.relname IN (
	SELECT 'entry_' || to_char(now() AT TIME ZONE 'UTC' + n * interval '1 day', 'YYYYMMDD') FROM generate_series(0, 3) n);
-- the interval is chosen before the first entry
\set SHOW_CONTEXT never
SELECT ogw_logs.create_log('1 day');
SELECT ogw_logs.create_log('1 hour');
SELECT ogw_logs.create_log('2 days');

-- The other intervals, each in a database's first minute: here in a transaction that is taken back.
CREATE FUNCTION pg_temp.intervals(wanted interval) RETURNS TABLE (partition text, bounds text) LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE ogw_logs.entry, ogw_logs.body, ogw_logs.installation CASCADE;
	PERFORM ogw_logs.create_log();
	PERFORM ogw_logs.maintain();
	PERFORM ogw_logs.create_log(wanted);
	PERFORM ogw_logs.create_log();
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('i', 'intervals', '2026-03-01T10:42:00Z'), ('i2', 'intervals', '2026-12-31T23:59:59Z');
	RETURN QUERY SELECT c.relname::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
	  WHERE i.inhparent = 'ogw_logs.entry'::regclass ORDER BY 1;
END $$;
SET client_min_messages = warning;
BEGIN; SELECT * FROM pg_temp.intervals('1 hour'); ROLLBACK;
BEGIN; SELECT * FROM pg_temp.intervals('7 days'); ROLLBACK;
BEGIN; SELECT * FROM pg_temp.intervals('1 month'); ROLLBACK;
BEGIN; SELECT * FROM pg_temp.intervals('30 days'); ROLLBACK;
RESET client_min_messages;
RESET IntervalStyle;
SELECT partition_interval FROM ogw_logs.installation;
