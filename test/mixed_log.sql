-- A log of every kind of partition for the tests of filters, and filters chosen at random,
-- each with the condition in SQL that says the same.

SELECT ogw_logs.create_log('1 hour');
SELECT ogw_logs.set_team('team-' || n, metadata_keys => '{env,build,beta,"a.b"}') FROM generate_series(0, 4) n;

-- 6,000 entries in six hours, many of the same time; of values that are common, rare or NULL
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", status, provider, owner, requested_model, served_model, latency_ms,
	prompt_tokens, completion_tokens, cost_usd, user_id, session_id, error_code, fallback_reason, api_key, metadata)
SELECT 'j' || n, 'team-' || h % 5, to_char(timestamp '2020-01-01' + n / 6 * 6 * interval '3.6 seconds', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	   CASE WHEN h % 11 > 0 THEN CASE h % 10 WHEN 0 THEN 'failure' ELSE 'success' END END,
	   CASE WHEN h % 13 > 0 THEN (ARRAY['p0', 'p1', 'p:2', 'p/3', 'p4'])[1 + h % 5] END, 'o' || h % 40, (ARRAY['m0', 'm1', 'm2', 'm,"3'])[1 + h % 4],
	   CASE WHEN h % 17 > 0 THEN (ARRAY['m0', 'm1', 'm2', '{m3}'])[1 + (h + (h % 20 = 0)::integer) % 4] END,
	   CASE WHEN h % 7 > 0 THEN h % 5000 END, CASE WHEN h % 5 > 0 THEN h % 900 END, CASE WHEN h % 3 > 0 THEN h % 100 END,
	   CASE WHEN h % 9 > 0 THEN ((h % 1000)::numeric / 10000) END, 'u' || h % 700, 's' || n / 7, CASE h % 10 WHEN 0 THEN 'e' || h % 30 END,
	   CASE h % 20 WHEN 0 THEN 'rate_limited' WHEN 7 THEN 'overloaded' END, 'sk-mixed-0123456789abcdefghij' || h % 60,
	   (ARRAY['{"env":"prod","build":1}', '{"env":"prod","build":1.0,"beta":true}', '{"env":"test","build":"1","beta":false}',
			  '{"env":"\u00e9\"","build":1e0}', '{"env":null,"a.b":"x"}', '{"other":"prod"}', NULL, '{"build":-0.5e-3}'])[1 + h / 8 % 8]
  FROM (SELECT n, abs(hashint4(n)::bigint) AS h FROM generate_series(0, 5999) n) g;
-- two of the partitions are sealed, two are summarized, and then come late entries into each
SELECT count(ogw_logs_internal.finish_seal(p.partition, p.since, p.until)) FROM ogw_logs_internal.partitions_of('entry') p WHERE extract(hour FROM p.since) IN (0, 3);
SELECT count(ogw_logs_internal.summarize(p.partition)) FROM ogw_logs_internal.partitions_of('entry') p WHERE extract(hour FROM p.since) IN (1, 4);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", status, provider, served_model, metadata, latency_ms, cost_usd)
SELECT 'late' || n, 'team-' || n % 5, to_char(timestamp '2020-01-01' + n / 3 * 3 * interval '36 seconds', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'success', 'late',
	   'only-' || n / 30, '{"env":"late"}', 60000 + n, n
  FROM generate_series(0, 599) n;
DELETE FROM ogw_logs.entry WHERE user_id = 'u100';

-- Filters with their conditions: each alone, and some of them chosen at random.
CREATE TABLE way (name text, value text, condition text);
INSERT INTO way VALUES
	('team_id', 'team-2', $c$team_id = 'team-2'$c$),
	('status', '{success,failure}', $c$status IN ('success', 'failure')$c$),
	('provider', '{p1,"p:2",late, p/3 }', $c$provider IN ('p1', 'p:2', 'late', 'p/3')$c$),
	('model', '{"{m3}", "m,\"3" }', $c$(requested_model = 'm,"3' OR served_model = '{m3}')$c$),
	('owner', 'o7', $c$owner = 'o7'$c$),
	('model', '{m1,only-3}', $c$(requested_model IN ('m1', 'only-3') OR served_model IN ('m1', 'only-3'))$c$),
	('error_code', '{e0,e20}', $c$error_code IN ('e0', 'e20')$c$),
	('fell_back', 'true', $c$fallback_reason IS NOT NULL$c$),
	('fell_back', 'false', $c$fallback_reason IS NULL$c$),
	('not_status', 'success', $c$status IS DISTINCT FROM 'success'$c$),
	('not_provider', '{p0,p1}', $c$coalesce(provider, '') NOT IN ('p0', 'p1')$c$),
	('not_model', '{m2}', $c$coalesce(requested_model, '') <> 'm2' AND coalesce(served_model, '') <> 'm2'$c$),
	('not_error_code', '{e0}', $c$coalesce(error_code, '') <> 'e0'$c$),
	('min_latency_ms', '1000', $c$latency_ms >= 1000$c$),
	('max_latency_ms', '4000', $c$latency_ms <= 4000$c$),
	('min_tokens', '500', $c$(prompt_tokens IS NOT NULL OR completion_tokens IS NOT NULL) AND coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0) >= 500$c$),
	('max_tokens', '700', $c$(prompt_tokens IS NOT NULL OR completion_tokens IS NOT NULL) AND coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0) <= 700$c$),
	('min_cost_usd', '0.01', $c$cost_usd >= 0.01$c$),
	('max_cost_usd', '0.09', $c$cost_usd <= 0.09$c$),
	('tags', '{"env":"prod"}', $c$metadata::jsonb -> 'env' = '"prod"'$c$),
	('tags', '{"env":["prod","\u00e9\""],"build":1.00}', $c$metadata::jsonb -> 'env' IN ('"prod"', '"é\""') AND metadata::jsonb -> 'build' = '1'$c$),
	('tags', '{"a.b":["x","y"]}', $c$metadata::jsonb -> 'a.b' = '"x"'$c$),
	('tags', '{"beta":[null,false]}', $c$coalesce(metadata::jsonb -> 'beta', 'null') IN ('null', 'false')$c$),
	('since', '2020-01-01 00:40Z', $c$"timestamp" >= '2020-01-01 00:40Z'$c$),
	('until', '2020-01-01 04:20Z', $c$"timestamp" < '2020-01-01 04:20Z'$c$);
CREATE FUNCTION at_random(turn integer, OUT filters text, OUT condition text) LANGUAGE plpgsql AS $$
DECLARE
	w way;
	chance float := random();
BEGIN
	filters := ''; condition := 'true';
	FOR w IN SELECT * FROM way ORDER BY way.name, random() LOOP
		CONTINUE WHEN random() > chance * 0.35 OR filters LIKE '%' || w.name || ' =>%';
		filters := filters || format('%s => %L, ', w.name, w.value);
		condition := condition || ' AND ' || w.condition;
	END LOOP;
END $$;
SELECT setseed(0.7);
CREATE TABLE chosen AS
	SELECT format('%s => %L, ', w.name, w.value) AS filters, w.condition FROM way w
	UNION SELECT r.filters, r.condition FROM generate_series(1, 60) n CROSS JOIN LATERAL at_random(n) r;

-- What SQL without any index says of the entries that fulfil a condition.
CREATE FUNCTION plain(condition text, what text) RETURNS text LANGUAGE plpgsql
SET enable_indexscan = off SET enable_bitmapscan = off SET enable_indexonlyscan = off AS $$
DECLARE result text; BEGIN
	EXECUTE format('SELECT %s FROM ogw_logs.entry WHERE %s', what, condition) INTO result;
	RETURN result;
END $$;
