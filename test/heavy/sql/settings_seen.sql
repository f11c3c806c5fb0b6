-- All that settings_use.sql left, a line each: what it was answered, and what the log holds.
SET client_min_messages = warning;
SET ogw_logs.log_body_reads = off;
CREATE TEMP TABLE line (of_table text, content text);
DO $$
DECLARE of_table regclass;
BEGIN
	FOR of_table IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'seen'::regnamespace AND c.relkind = 'r' LOOP
		EXECUTE format('INSERT INTO line SELECT %L, t::text FROM %s t', of_table, of_table);
	END LOOP;
END $$;
INSERT INTO line
	SELECT 'entry', e::text FROM ogw_logs.entry e
	UNION ALL SELECT 'body', l::text FROM generate_series(0, 75) n, ogw_logs.get_session('session ' || n) l
	UNION ALL SELECT 'body', l::text FROM (VALUES ('one'), ('far'), ('b1'), ('i1'), ('i2')) j (id), ogw_logs.get_log(j.id) l
	UNION ALL SELECT 'entry_key', k::text FROM ogw_logs.entry_key k
	UNION ALL SELECT 'ingest_counts', c::text FROM ogw_logs.ingest_counts c
	UNION ALL SELECT 'rejected', (r.method, r.position, r.team_id, r.job_id, r.field, r.reason)::text FROM ogw_logs.rejected r
	UNION ALL SELECT 'erasure', (e.team_id, e.action, e.until, e.pseudonym, e.entries, e.bodies)::text FROM ogw_logs.erasure e
	UNION ALL SELECT 'body_read', (b.team_id, b.job_id)::text FROM ogw_logs.body_read b WHERE b.team_id = 'red'
	UNION ALL SELECT 'team', t::text FROM ogw_logs.team t
	UNION ALL SELECT 'access', a::text FROM ogw_logs.access a
	UNION ALL SELECT 'partitions', (p.since, p.until, p.state, p.sealed_bodies, p.entry_partition)::text FROM ogw_logs.partitions p WHERE p.since < '2026-06-01Z'
	UNION ALL SELECT 'sealed_interval', (s.since, s.until, s.bodies, s.sealed)::text FROM ogw_logs.sealed_interval s WHERE s.since < '2026-06-01Z'
	UNION ALL SELECT 'due', (m.action, m.object)::text FROM ogw_logs.maintain(dry_run => true) m WHERE m.object ~ '_20260[1-5]'
	UNION ALL
	-- partitions and indexes, as they were made
	SELECT 'relation', concat_ws(' ', c.relname, c.relkind, m.amname, c.reloptions, c.relpersistence, c.relrowsecurity, c.relreplident, c.reltoastrelid <> 0,
			pg_get_indexdef(x.indexrelid), pg_get_expr(c.relpartbound, c.oid), c.relacl, (SELECT array_agg((a.attname, a.attstorage, a.attcompression, a.attstattarget) ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0))
	  FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam LEFT JOIN pg_index x ON x.indexrelid = c.oid
	 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relname !~ '_2026(0[6-9]|1)' AND c.relname !~ '_202[7-9]';
SELECT l.text FROM (SELECT of_table || ' ' || content FROM line) l (text) ORDER BY l.text COLLATE "C";
