-- What the isolation specs have in common: a log to begin with, entries to send,
-- maintain() until nothing is due, and what must hold of the log whoever raced with
-- whom. test/check.sh loads it into the specs' database.

\ir ../prelude.sql

-- the days of the specs are of 2001, so that no answer depends on today
DO $$
BEGIN
	EXECUTE format('ALTER DATABASE %I SET ogw_logs.max_age = ''20000d''', current_database());
	EXECUTE format('ALTER DATABASE %I SET ogw_logs.partitions_ahead = 1', current_database());
	EXECUTE format('ALTER DATABASE %I SET ogw_logs.seal_interval = ''1d''', current_database());
	EXECUTE format('ALTER DATABASE %I SET ogw_logs.seal_delay = 0', current_database());
END
$$;

SET client_min_messages = warning;
CREATE EXTENSION ogw_logs;
RESET client_min_messages;

-- Who blocks maintain() is told by the number of a process; test/t/30_transactions.pl looks at that.
ALTER FUNCTION ogw_logs_internal.report_blocked SET client_min_messages = error;
ALTER FUNCTION ogw_logs_internal.report_elsewhere SET client_min_messages = error;

-- How the functions are made that a spec can make more patient.
CREATE TABLE patience AS
	SELECT p.oid::regprocedure AS function, s.setting
	  FROM pg_proc p CROSS JOIN unnest(p.proconfig) AS s (setting)
	 WHERE p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND s.setting LIKE 'lock_timeout=%';

-- Drops the tables of the log, or its partitions alone, and empties all others.
CREATE PROCEDURE clear_log(partitions_alone boolean)
LANGUAGE plpgsql
SET client_min_messages = warning
AS $$
DECLARE
	gone text;
	empty text;
	f record;
BEGIN
	WITH relation AS (
		SELECT c.oid::regclass AS name, c.relkind = 'p' AS parent,
			   -- the tables of settings are the extension's; what has a digit in its name is, or was, a partition
			   EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
			   OR partitions_alone AND c.relname !~ '[0-9]' AS stays
		  FROM pg_class c
		 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p'))
	SELECT 'DROP TABLE ' || string_agg(name::text, ', ') FILTER (WHERE NOT stays) || ' CASCADE',
		   'TRUNCATE ' || string_agg(name::text, ', ') FILTER (WHERE stays AND NOT parent)
	  INTO gone, empty
	  FROM relation;
	IF gone IS NOT NULL THEN
		EXECUTE gone;
	END IF;
	EXECUTE empty;
	FOR f IN SELECT a.* FROM patience a JOIN pg_proc p ON p.oid = a.function WHERE NOT a.setting = ANY (coalesce(p.proconfig, '{}')) LOOP
		EXECUTE format('ALTER FUNCTION %s SET lock_timeout = %L', f.function, split_part(f.setting, '=', 2));
	END LOOP;
END
$$;

-- The extension without a log, as CREATE EXTENSION leaves it.
CREATE PROCEDURE no_log()
LANGUAGE sql
AS $$
	CALL clear_log(false);
$$;

-- A log with nothing in it, as create_log() leaves it.
CREATE PROCEDURE empty_log()
LANGUAGE sql
AS $$
	CALL clear_log(true);
	SELECT ogw_logs.create_log();
$$;

-- Sends an entry with a body, which wrong() knows.
CREATE FUNCTION send(job_id text, at timestamptz DEFAULT now(), team_id text DEFAULT 't') RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN ogw_logs.insert_log(job_id => send.job_id, team_id => send.team_id, "timestamp" => at,
							   user_id => 'alice', session_id => 's', owner => 'o', input => 'body of ' || send.job_id);
END
$$;

-- Sends such entries, of one time, as a batch.
CREATE FUNCTION send_batch(job_ids text[], at timestamptz DEFAULT now(), team_id text DEFAULT 't') RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN (SELECT format('%s stored, %s duplicates', b.stored, b.duplicate)
			  FROM ogw_logs.insert_logs((
				SELECT json_agg(json_build_object('job_id', j, 'team_id', team_id, 'input', 'body of ' || j,
							'timestamp', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
				  FROM unnest(job_ids) j)::text) b);
END
$$;

CREATE FUNCTION partitions_of_log() RETURNS TABLE (parent text, partition regclass)
LANGUAGE sql
AS $$
	SELECT p.parent, l.partition
	  FROM unnest(ARRAY['entry', 'body', 'entry_key', 'segment']) p (parent)
	 CROSS JOIN ogw_logs_internal.partitions_of(p.parent) l
$$;

-- Each wrong thing as a row, so that an empty answer is the right one.
CREATE FUNCTION wrong() RETURNS SETOF text
LANGUAGE plpgsql
SET enable_bitmapscan = off
SET enable_indexonlyscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	partition record;
	index record;
	plan text;
	by_index text;
	by_table text;
BEGIN
	RETURN QUERY
		WITH retained AS (
			SELECT t.team_id, bool_or(r.kind = 'log') AS entries
			  FROM (SELECT e.team_id FROM ogw_logs.entry e UNION SELECT a.team_id FROM ogw_logs.ingest_count a) t
			  JOIN ogw_logs.retention r ON r.kind IN ('log', 'body')
				   AND coalesce(r.team_id, t.team_id) = t.team_id AND r.keep < interval '100 years'
			 GROUP BY t.team_id)
		SELECT format('%s of team %s is %s entries', e.job_id, e.team_id, count(*))
		  FROM ogw_logs.entry e GROUP BY e.job_id, e.team_id HAVING count(*) > 1
		UNION ALL
		SELECT format('%s is %s entry keys', k.key, count(*))
		  FROM ogw_logs.entry_key k GROUP BY k.key HAVING count(*) > 1
		UNION ALL
		SELECT format('entry %s has no key', e.job_id)
		  FROM ogw_logs.entry e
		  LEFT JOIN ogw_logs.entry_key k ON k."timestamp" = e."timestamp" AND k.key = ogw_logs_internal.dedup_key(e.job_id, e.team_id)
		 WHERE k.key IS NULL
		UNION ALL
		-- what retention took has left its job_id
		SELECT format('%s keys have no entry, and retention took %s', count(*), t.taken)
		  FROM (SELECT coalesce((SELECT sum(a.stored) FROM ogw_logs.ingest_counts a JOIN retained r USING (team_id) WHERE r.entries), 0)
					   - (SELECT count(*) FROM ogw_logs.entry e JOIN retained r USING (team_id) WHERE r.entries) AS taken) t
		 CROSS JOIN ogw_logs.entry_key k
		  LEFT JOIN ogw_logs.entry e ON k."timestamp" = e."timestamp" AND k.key = ogw_logs_internal.dedup_key(e.job_id, e.team_id)
		 WHERE e.job_id IS NULL GROUP BY t.taken HAVING count(*) > t.taken
		UNION ALL
		SELECT format('get_log() finds %s entries %s', count(g.job_id), e.job_id)
		  FROM ogw_logs.entry e LEFT JOIN ogw_logs.get_log(e.job_id, e.team_id) g ON g."timestamp" = e."timestamp"
		 GROUP BY e.job_id, e.team_id HAVING count(g.job_id) <> 1
		UNION ALL
		SELECT format('the body of %s is not what was sent', e.job_id)
		  FROM ogw_logs.entry e CROSS JOIN ogw_logs.get_log(e.job_id, e.team_id) g
		 WHERE g.input <> 'body of ' || e.job_id
		UNION ALL
		SELECT format('the body of %s is gone', e.job_id)
		  FROM ogw_logs.entry e CROSS JOIN ogw_logs.get_log(e.job_id, e.team_id) g
		 WHERE e.body_state = 'stored' AND g.input IS NULL AND NOT EXISTS (SELECT FROM ogw_logs.erasure)
		   AND e.team_id NOT IN (SELECT r.team_id FROM retained r)
		UNION ALL
		SELECT format('a body of %s has no entry', b.job_id)
		  FROM ogw_logs.body b LEFT JOIN ogw_logs.entry e USING ("timestamp", team_id, job_id) WHERE e.job_id IS NULL
		UNION ALL
		SELECT format('the ingest counts of team %s do not add up', a.team_id)
		  FROM ogw_logs.ingest_counts a WHERE a.received <> a.stored + a.duplicate + a.rejected
		UNION ALL
		SELECT format('team %s stored %s and has %s', a.team_id, sum(a.stored), max(n.n))
		  FROM ogw_logs.ingest_counts a
		 CROSS JOIN LATERAL (SELECT count(*) AS n FROM ogw_logs.entry e WHERE e.team_id = a.team_id) n
		 GROUP BY a.team_id
		HAVING sum(a.stored) < max(n.n)
			OR sum(a.stored) > max(n.n) AND a.team_id NOT IN (SELECT r.team_id FROM retained r WHERE r.entries)
		UNION ALL
		SELECT format('%s is left over', c.relname)
		  FROM pg_class c
		 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		   AND c.relname NOT IN ('access', 'ingest_count', 'body', 'body_read', 'sealed_interval', 'entry', 'erasure',
								 'installation', 'entry_key', 'key_format', 'partition_history', 'rejected', 'retention', 'clock',
								 'rewrite', 'maintenance_run', 'segment', 'team', 'team_history')
		UNION ALL
		SELECT format('the copy of %s is still noted', w.partition_name) FROM ogw_logs.rewrite w
		UNION ALL
		SELECT format('%s has no index %s', p.partition, s.suffix)
		  FROM partitions_of_log() p
		 CROSS JOIN ogw_logs_internal.sealed_indexes(p.parent) s
		 WHERE (p.parent = 'entry' AND ogw_logs_internal.is_sealed(p.partition) OR p.parent = 'segment')
		   AND to_regclass(p.partition || '_' || s.suffix) IS NULL
		UNION ALL
		SELECT format('%s has no index that is valid', p.partition)
		  FROM partitions_of_log() p
		 WHERE NOT coalesce((SELECT bool_and(i.indisvalid) FROM pg_index i WHERE i.indrelid = p.partition), false);

	-- each index holds what its table holds
	FOR partition IN SELECT p.partition FROM partitions_of_log() p LOOP
		FOR index IN
			-- the order that is asked for is that of this index alone
			SELECT c.relname, format('SELECT string_agg(o.ctid::text, '' '' ORDER BY o.ctid) FROM ' || CASE a.amname
				WHEN 'gin' THEN '(SELECT DISTINCT array_remove(%2$s, NULL) AS hashes FROM %1$s) t
					CROSS JOIN LATERAL (SELECT p.ctid FROM %1$s p WHERE %2$s @> t.hashes) o'
				WHEN 'brin' THEN '(SELECT DISTINCT team_id FROM %1$s) t
					CROSS JOIN LATERAL (SELECT p.ctid FROM %1$s p WHERE p.team_id = t.team_id) o'
				ELSE '(SELECT p.ctid FROM %1$s p WHERE %3$s ORDER BY %4$s) o' END,
				partition.partition, pg_get_indexdef(i.indexrelid, 1, true), coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'),
				(SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n) FROM generate_series(1, i.indnkeyatts) n)) AS query
			  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = partition.partition
		LOOP
			PERFORM set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
					set_config('enable_seqscan', 'on', true);
			EXECUTE index.query INTO by_table;
			PERFORM set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'on', true),
					set_config('enable_seqscan', 'off', true);
			EXECUTE index.query INTO by_index;
			EXECUTE 'EXPLAIN (FORMAT JSON) ' || index.query INTO plan;
			IF strpos(plan, '"' || index.relname || '"') = 0 THEN
				RETURN NEXT format('%s is not used', index.relname);
			ELSIF by_index IS DISTINCT FROM by_table THEN
				RETURN NEXT format('%s does not hold what its table holds', index.relname);
			END IF;
		END LOOP;
	END LOOP;
END
$$;

-- How many rows of which table hold a text, copies and all.
CREATE FUNCTION holds(what text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	of_log regclass;
	n bigint;
BEGIN
	FOR of_log IN SELECT c.oid FROM pg_class c
				   WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind = 'r' ORDER BY c.relname LOOP
		EXECUTE format('SELECT count(*) FROM %s r WHERE strpos(r::text, $1) > 0', of_log) INTO n USING what;
		IF n > 0 THEN
			RETURN NEXT format('%s: %s', regexp_replace(of_log::text, '20[2-9][0-9]{5}', 'today'), n);
		END IF;
	END LOOP;
END
$$;

-- maintain_all(), and what it did. Partitions of now are made once or twice, where
-- midnight is near, and those of segments are told by what is sealed into them; ANALYZE
-- is another story.
CREATE PROCEDURE maintain_fully(max_steps integer DEFAULT 100, INOUT did text DEFAULT '')
LANGUAGE plpgsql
AS $$
BEGIN
	CALL maintain_all(max_steps);
	did := (SELECT string_agg(CASE WHEN d.step LIKE 'make_partition %' THEN 'make_partition' ELSE d.step END, ', ' ORDER BY d.n)
			  FROM unnest(current_setting('test.did')::text[]) WITH ORDINALITY AS d (step, n)
			 WHERE d.step NOT LIKE 'analyze %' AND d.step NOT LIKE 'make_partition segment%');
	did := coalesce(regexp_replace(did, '(make_partition, )+', 'make_partition, '), '');
END
$$;

-- Seals all bodies, and drops the unsealed ones, as maintain() would: for specs that
-- are about what it does then.
CREATE PROCEDURE seal_all_bodies()
LANGUAGE plpgsql
AS $$
BEGIN
	FOR n IN 1 .. 1000 LOOP
		EXIT WHEN NOT EXISTS (SELECT FROM ogw_logs_internal.due_body_seals(listing => true));
		PERFORM ogw_logs_internal.run_step(s) FROM ogw_logs_internal.due_body_seals(listing => false) s;
		COMMIT;
		PERFORM pg_sleep(0.01);
		COMMIT;
	END LOOP;
END
$$;
