-- An operator finds the request.
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';	-- a time becomes text on its way into inbox
-- 2,000 entries over ten days, in groups of equal timestamps, and the same in a plain table as the oracle
CREATE TEMP TABLE oracle AS
SELECT 's-' || lpad((n * 7919 % 2000)::text, 4, '0') AS job_id,
	   'search-' || n % 3 AS team_id,
	   timestamptz '2026-08-01Z' + (n / 4) * interval '29 minutes' AS "timestamp",
	   CASE n % 5 WHEN 0 THEN 'failure' ELSE 'success' END AS status,
	   (ARRAY['openai', 'anthropic'])[1 + n % 2] AS provider,
	   'owner-' || n % 11 AS owner,
	   'model-' || n % 4 AS requested_model,
	   'model-' || (n + (n % 10 = 0)::integer) % 4 AS served_model,
	   'user-' || n % 50 AS user_id,
	   'session-' || n % 97 AS session_id,
	   CASE n % 5 WHEN 0 THEN 'e-' || n % 3 END AS error_code,
	   'acme_key' || lpad((n % 13)::text, 3, '0') || 'x0123456789abcdef' AS api_key
  FROM generate_series(0, 1999) n;
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", status, provider, owner, requested_model, served_model, user_id, session_id, error_code, api_key)
SELECT job_id, team_id, "timestamp", status, provider, owner, requested_model, served_model, user_id, session_id, error_code, api_key
  FROM oracle;
SELECT * FROM ogw_logs.last_batch();

-- Each filter alone, and in combinations, against the oracle: rows and their order.
CREATE FUNCTION pg_temp.compare(filters text, condition text, max_rows integer DEFAULT 50) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text[]; expected text[];
BEGIN
	EXECUTE format('SELECT array_agg(job_id || team_id) FROM ogw_logs.search(%s, max_rows => %s)', filters, max_rows) INTO found;
	EXECUTE format('SELECT array_agg(job_id || team_id) FROM (SELECT * FROM oracle WHERE %s
		ORDER BY "timestamp" DESC, job_id COLLATE "C" DESC, team_id COLLATE "C" DESC LIMIT %s) o', condition, max_rows) INTO expected;
	RETURN coalesce(cardinality(found), 0) || CASE WHEN found IS NOT DISTINCT FROM expected THEN ' as expected' ELSE ' WRONG' END;
END $$;
-- that there are more entries is what 38_search_filters.sql looks at
SET client_min_messages = warning;
SELECT filters, pg_temp.compare(filters, condition) FROM (VALUES
	($$job_id => 's-0042'$$, $$job_id = 's-0042'$$),
	($$job_id => 'none'$$, $$false$$),
	($$status => 'failure', until => '2026-09-01'$$, $$status = 'failure'$$),
	($$provider => 'openai', until => '2026-09-01'$$, $$provider = 'openai'$$),
	($$owner => 'owner-7'$$, $$owner = 'owner-7'$$),
	($$model => 'model-1', until => '2026-09-01'$$, $$'model-1' IN (requested_model, served_model)$$),
	($$api_key => 'acme_key005x0123456789abcdef'$$, $$api_key = 'acme_key005x0123456789abcdef'$$),
	($$api_key => 'acme_****', until => '2026-08-11Z', team_id => 'search-1'$$, $$team_id = 'search-1' AND "timestamp" < '2026-08-11Z'$$),
	($$api_key => 'acme_key999x0123456789abcdef'$$, $$false$$),
	($$user_id => 'user-7', until => '2026-09-01'$$, $$user_id = 'user-7'$$),
	($$session_id => 'session-13'$$, $$session_id = 'session-13'$$),
	($$since => '2026-08-03 10:00Z', until => '2026-08-03 11:00Z'$$, $$"timestamp" >= '2026-08-03 10:00Z' AND "timestamp" < '2026-08-03 11:00Z'$$),
	($$team_id => 'search-2'$$, $$team_id = 'search-2'$$),
	($$error_code => 'e-2', until => '2026-09-01', team_id => 'search-0'$$, $$error_code = 'e-2' AND team_id = 'search-0'$$),
	($$status => 'failure', provider => 'openai', team_id => 'search-1', model => 'model-2', since => '2026-08-02Z'$$,
	 $$status = 'failure' AND provider = 'openai' AND team_id = 'search-1' AND 'model-2' IN (requested_model, served_model) AND "timestamp" >= '2026-08-02Z'$$),
	($$user_id => 'user-7', session_id => 'session-7', owner => 'owner-7'$$, $$user_id = 'user-7' AND session_id = 'session-7' AND owner = 'owner-7'$$)
	) f (filters, condition);

-- Paging: every row once, in order, with equal timestamps and whatever the page's size.
CREATE FUNCTION pg_temp.paged(page integer, filter text DEFAULT NULL) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE seen text[] := '{}'; r ogw_logs.entry_row; n integer; last ogw_logs.entry_row;
BEGIN
	LOOP
		n := 0;
		FOR r IN SELECT * FROM ogw_logs.search(until => '2026-09-01Z', since => '2026-08-01Z', max_rows => page, provider => filter,
				before_timestamp => last."timestamp", before_job_id => last.job_id, before_team_id => last.team_id) LOOP
			seen := seen || (r.job_id || r.team_id);
			last := r;
			n := n + 1;
		END LOOP;
		EXIT WHEN n = 0;
	END LOOP;
	RETURN seen;
END $$;
SELECT page, pg_temp.paged(page) = (SELECT array_agg(job_id || team_id ORDER BY "timestamp" DESC, job_id COLLATE "C" DESC, team_id COLLATE "C" DESC) FROM oracle) AS exact
  FROM unnest(ARRAY[1, 3, 50, 1999, 2000, 5000]) page;
SELECT cardinality(pg_temp.paged(7, 'openai'));
SELECT count(*) FROM ogw_logs.search(before_timestamp => '2026-08-01 00:29Z', since => '2026-08-01Z');
SELECT count(*) FROM ogw_logs.search(since => '2026-08-01Z', until => '2026-08-01 01:00Z', before_timestamp => '2026-08-01 00:29Z', before_job_id => 's-9999');
RESET client_min_messages;
-- what cannot be
SELECT * FROM ogw_logs.search(max_rows => 0);
SELECT count(*) FROM ogw_logs.search(max_rows => NULL);
SELECT count(*) FROM ogw_logs.search(before_job_id => 'x');
SELECT count(*) FROM ogw_logs.search(before_timestamp => now(), before_team_id => 'x');

-- A minute reads one partition, a day's range two, in the function and in the view.
CREATE FUNCTION pg_temp.read() RETURNS TABLE (partition text) LANGUAGE sql AS $$
	SELECT DISTINCT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
	 WHERE c.relispartition AND pg_stat_get_xact_numscans(i.indexrelid) > 0 ORDER BY 1 $$;
SELECT pg_stat_force_next_flush();
BEGIN;
SELECT count(*) FROM ogw_logs.search(since => '2026-08-03 10:00Z', until => '2026-08-03 10:01Z');
SELECT * FROM pg_temp.read();
SELECT pg_stat_force_next_flush();
COMMIT;
BEGIN;
SELECT count(*) FROM ogw_logs.search(since => '2026-08-03 12:00Z', until => '2026-08-04 12:00Z', max_rows => 1000);
SELECT * FROM pg_temp.read();
SELECT pg_stat_force_next_flush();
COMMIT;
BEGIN;
SELECT count(*) FROM ogw_logs.get_log('s-0042', near => '2026-08-03 12:00Z');
SELECT * FROM pg_temp.read() WHERE partition LIKE 'entry\_2%';
COMMIT;
CREATE FUNCTION pg_temp.planned(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN QUERY SELECT DISTINCT m[1] FROM regexp_matches(plan::text, '"Relation Name": "(\w+)"', 'g') m ORDER BY 1;
END $$;
SELECT * FROM pg_temp.planned($$SELECT requested_model FROM ogw_logs.logs
	WHERE "timestamp" >= '2026-08-03 10:08Z' AND "timestamp" < '2026-08-03 10:09Z'$$);
SELECT * FROM pg_temp.planned($$SELECT model FROM ogw_logs.attempts
	WHERE "timestamp" >= '2026-08-03 23:59Z' AND "timestamp" < '2026-08-04 00:01Z'$$);

-- get_log: by id alone, by team, near a time, wrong near, another team
SELECT ogw_logs.set_team('search-0', body_logging => true), ogw_logs.set_team('search-1', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 'shared', team_id => t, "timestamp" => '2026-08-05Z', input => 'of ' || t) FROM unnest(ARRAY['search-0', 'search-1']) t;
SELECT team_id, input FROM ogw_logs.get_log('shared');
SELECT team_id, input FROM ogw_logs.get_log('shared', 'search-1');
SELECT team_id, input FROM ogw_logs.get_log('shared', 'search-1', '2026-08-04 13:00Z');
SELECT team_id, input FROM ogw_logs.get_log('shared', 'search-1', '2020-01-01Z');
SELECT count(*) FROM ogw_logs.get_log('shared', 'search-2');
SELECT count(*) FROM ogw_logs.get_log(NULL);

-- The views.
SELECT ogw_logs.insert_log(job_id => 'fell-over', team_id => 'search-0', "timestamp" => '2026-08-05Z',
	requested_model => 'm1', served_model => 'm3', cost_usd => NULL,
	attempts => '[{"model":"m1","provider":"p1","status":"failure","error_code":"rate_limited","error_message":"secret","latency_ms":12.5},
				  {"model":"m2","provider":"p2","status":"failure","error_code":"overloaded"},
				  {"model":"m\u0000\ud800","provider":"p3","status":"success","latency_ms":"secret"}]');
SELECT attempt, model, provider, status, error_code, latency_ms, final FROM ogw_logs.attempts
 WHERE "timestamp" = '2026-08-05Z' AND job_id = 'fell-over' ORDER BY attempt;
SELECT fallback_reason, cost_usd IS NULL AS unknown FROM ogw_logs.logs WHERE "timestamp" = '2026-08-05Z' AND job_id = 'fell-over';
SELECT count(*) FROM ogw_logs.logs WHERE api_key_fingerprint = ogw_logs.key_fingerprint('acme_key005x0123456789abcdef');
SELECT c.relname, c.reloptions FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind = 'v' AND c.relname <> 'inbox' ORDER BY 1;
