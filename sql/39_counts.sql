-- count_logs(), histogram() and facet() say what plain SQL says of the entries that the same
-- filters find. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_counts ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_counts
SET ogw_logs.max_age = '20000d';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set mixed_log :abs_srcdir '/test/mixed_log.sql'
\o /dev/null
CREATE EXTENSION ogw_logs;
\o
-- before there is a log there is nothing to count, and what cannot be is an error
SELECT ogw_logs.count_logs(), (SELECT count(*) FROM ogw_logs.histogram()) AS buckets, (SELECT count(*) FROM ogw_logs.facet('model')) AS values;
SELECT ogw_logs.count_logs(tags => '{"env":"prod"}', provider => '{a,b}', api_key => 'sk-proj-0123456789abcdef');
SELECT ogw_logs.count_logs(since => '2020-01-02', until => '2020-01-01');
\o /dev/null
\set ECHO none
\i :mixed_log
\set ECHO all
\o

-- What a function answers for some filters, as one text.
CREATE FUNCTION answer(call text, filters text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; BEGIN
	EXECUTE format('SELECT %s FROM ogw_logs.%s', what, format(call, filters)) INTO answer;
	RETURN answer;
END $$;

-- How many: all, and at most so many.
SELECT count(*) > 60 AS many, count(*) FILTER (WHERE answer('count_logs(%s at_most => NULL)', filters, 'count_logs') IS DISTINCT FROM plain(condition, 'count(*)')) AS wrong,
	   count(*) FILTER (WHERE answer('count_logs(%s at_most => 40)', filters, 'count_logs') IS DISTINCT FROM plain(condition, 'least(count(*), 40)')) AS wrong_at_most FROM chosen;
SELECT ogw_logs.count_logs() = count(*) AS all, ogw_logs.count_logs(at_most => 1) AS one, ogw_logs.count_logs(at_most => 10000000000) = count(*) AS not_cut,
	   ogw_logs.count_logs(job_id => 'j77') AS by_id, ogw_logs.count_logs(job_id => 'none') AS none FROM ogw_logs.entry;

-- When: the buckets follow each other, and each has what is in it.
CREATE FUNCTION buckets(filters text, buckets integer) RETURNS TABLE (since timestamptz, until timestamptz, entries bigint, failures bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT * FROM ogw_logs.histogram(%s buckets => %s)', filters, buckets);
END $$;
SELECT h.* FROM ogw_logs.histogram(since => '2020-01-01Z', until => '2020-01-01 06:00Z', buckets => 3) h;
SELECT count(*) > 300 AS many, count(*) FILTER (WHERE h.entries::text IS DISTINCT FROM plain(format('%s AND "timestamp" >= %L AND "timestamp" < %L', h.condition, h.since, h.until), 'count(*)')
	OR h.failures::text IS DISTINCT FROM plain(format('%s AND "timestamp" >= %L AND "timestamp" < %L AND status = ''failure''', h.condition, h.since, h.until), 'count(*)')) AS wrong
  FROM (SELECT c.condition, b.* FROM (SELECT * FROM chosen ORDER BY filters COLLATE "C" LIMIT 40) c CROSS JOIN LATERAL buckets(c.filters, 11) b) h;
SELECT count(*) FILTER (WHERE sum::text IS DISTINCT FROM plain(condition, 'count(*)')) AS wrong_sum,
	   count(*) FILTER (WHERE first::text IS DISTINCT FROM plain(condition, 'min("timestamp")') AND filters !~ 'since') AS wrong_first,
	   count(*) FILTER (WHERE last::text IS DISTINCT FROM plain(condition, 'max("timestamp") + interval ''1 microsecond''') AND filters !~ 'until') AS wrong_last,
	   count(*) FILTER (WHERE n <> 17 OR gaps > 0 OR longest - shortest > interval '1 microsecond') AS wrong_shape
  FROM (SELECT c.filters, c.condition, sum(b.entries), min(b.since) AS first, max(b.until) AS last, count(*) AS n,
			   count(*) FILTER (WHERE b.since <> b.previous) AS gaps, max(b.until - b.since) AS longest, min(b.until - b.since) AS shortest
		  FROM chosen c LEFT JOIN LATERAL (SELECT *, lag(b.until) OVER (ORDER BY b.since) AS previous FROM buckets(c.filters, 17) b) b ON true
		 GROUP BY 1, 2) h WHERE h.n > 1;
-- one entry; nothing; no time at all; fewer microseconds than buckets; ends that are infinite
SELECT count(*), min(bucket_until - bucket_since), sum(entries) FROM ogw_logs.histogram(job_id => 'j77');
SELECT count(*) FROM ogw_logs.histogram(job_id => 'none');
SELECT count(*), sum(entries) FROM ogw_logs.histogram(job_id => 'none', since => '2020-01-01Z', until => '2020-01-02Z', buckets => 5);
SELECT count(*) FROM ogw_logs.histogram(since => '2020-01-01Z', until => '2020-01-01Z');
SELECT * FROM ogw_logs.histogram(since => '2020-01-01Z', until => '2020-01-01 00:00:00.000002Z', buckets => 100);
SELECT sum(entries) = ogw_logs.count_logs() AS all FROM ogw_logs.histogram(since => '-infinity', until => 'infinity', buckets => 10000);
SELECT sum(entries) = ogw_logs.count_logs() AS all, count(*) FROM ogw_logs.histogram(since => '4713-01-01Z BC', until => '294276-12-31Z', buckets => 10000);

-- Which values: for each field those of plain SQL, with and without filters.
CREATE FUNCTION values_of(field text, filters text) RETURNS text LANGUAGE sql AS $$
	SELECT answer('facet(' || quote_literal(field) || ', %s max_values => 10000)', filters, $q$string_agg(coalesce(value, '(none)') || '=' || entries, ' ' ORDER BY entries DESC, value COLLATE "C")$q$) $$;
CREATE FUNCTION plain_values(expression text, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text; BEGIN
	EXECUTE format($q$SELECT string_agg(coalesce(value, '(none)') || '=' || n, ' ' ORDER BY n DESC, value COLLATE "C")
		FROM (SELECT v.value, count(*) AS n FROM ogw_logs.entry e CROSS JOIN LATERAL (%s) v (value) WHERE %s GROUP BY 1) x$q$, expression, condition) INTO result;
	RETURN result;
END $$;
CREATE TABLE field (name text, expression text);
INSERT INTO field SELECT f, format('SELECT e.%I', f) FROM unnest(ARRAY['team_id', 'owner', 'api_key', 'user_id', 'requested_model', 'served_model', 'provider', 'status', 'error_code', 'fallback_reason']) f;
INSERT INTO field VALUES
	-- an entry counts once for each of its models, as it is found by each
	('model', 'SELECT DISTINCT m FROM unnest(ARRAY[e.requested_model, e.served_model]) m WHERE m IS NOT NULL OR e.requested_model IS NULL AND e.served_model IS NULL'),
	('metadata.env', $$SELECT e.metadata ->> 'env'$$), ('metadata.build', $$SELECT e.metadata ->> 'build'$$), ('metadata.a.b', $$SELECT e.metadata ->> 'a.b'$$);
SELECT f.name, left(values_of(f.name, ''), 60) AS values, values_of(f.name, '') IS NOT DISTINCT FROM plain_values(f.expression, 'true') AS exact FROM field f ORDER BY 1;
SELECT count(*) > 200 AS many, count(*) FILTER (WHERE values_of(f.name, c.filters) IS DISTINCT FROM plain_values(f.expression, c.condition)) AS wrong
  FROM (SELECT * FROM chosen ORDER BY filters COLLATE "C" LIMIT 25) c, field f;
-- what a value says is what is found by it
SELECT count(*) AS models, bool_and(f.entries = ogw_logs.count_logs(model => '{' || to_json(f.value) || '}')) AS agree FROM ogw_logs.facet('model') f WHERE f.value IS NOT NULL;
SELECT f.value, f.entries = ogw_logs.count_logs(tags => json_build_object('env', f.value)) AS agree FROM ogw_logs.facet('metadata.env') f ORDER BY 1;

-- So many values at most, and what was cut is told; no more than 10,000 are counted.
RESET client_min_messages;
SELECT * FROM ogw_logs.facet('team_id', max_values => 2);
SELECT count(*) FROM ogw_logs.facet('team_id', max_values => 5);
SET client_min_messages = warning;
\o /dev/null
INSERT INTO ogw_logs.inbox (job_id, team_id, owner, "timestamp", user_id)
SELECT 'w' || n, 'team-4', 'wide', to_char(timestamp '2020-01-01 07:00' + n * interval '1 ms', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'wide' || n % 10100 FROM generate_series(0, 20199) n;
\o
RESET client_min_messages;
SELECT count(*), min(entries), max(entries) FROM ogw_logs.facet('user_id', owner => 'wide', max_values => 10000);
SET client_min_messages = warning;

-- What cannot be.
SELECT ogw_logs.count_logs(at_most => 0);
SELECT ogw_logs.count_logs(status => 'ok');
SELECT * FROM ogw_logs.histogram(buckets => 0);
SELECT * FROM ogw_logs.histogram(buckets => 10001);
SELECT * FROM ogw_logs.histogram(min_tokens => 2, max_tokens => 1);
SELECT * FROM ogw_logs.facet(NULL);
SELECT * FROM ogw_logs.facet('metadata');
SELECT * FROM ogw_logs.facet('metadata.');
SELECT * FROM ogw_logs.facet('input');
SELECT * FROM ogw_logs.facet('metadata.other');
SELECT * FROM ogw_logs.facet('team_id', max_values => 0);
SELECT * FROM ogw_logs.facet('team_id', provider => '{');

-- A reader of one team counts theirs alone, and what a team that is not theirs declares is not told.
CREATE ROLE ogw_test_counts;
\o /dev/null
SELECT ogw_logs.set_team('team-1', metadata_keys => '{env,mine}'), ogw_logs.set_team('team-2', metadata_keys => '{env,theirs}');
SELECT ogw_logs.grant_reader('ogw_test_counts', 'team-1');
\o
SELECT count(*) AS of_one FROM ogw_logs.entry WHERE team_id = 'team-1' \gset
SET ROLE ogw_test_counts;
SELECT ogw_logs.count_logs() = :of_one AS own, ogw_logs.count_logs(team_id => 'team-2') AS other;
SELECT sum(entries) = :of_one AS own FROM ogw_logs.histogram();
SELECT value, entries = :of_one AS own FROM ogw_logs.facet('team_id');
SELECT count(*) > 0 AS some FROM ogw_logs.facet('metadata.mine');
SELECT count(*) FROM ogw_logs.facet('metadata.theirs');
SELECT count(*) FROM ogw_logs.facet('metadata.nobodys');
-- a text in bodies is not for who may not read them
SELECT ogw_logs.count_logs(body_contains => 'needle');
SELECT * FROM ogw_logs.facet('team_id', body_contains => 'needle');
SELECT * FROM ogw_logs.histogram(body_contains => 'needle');
RESET ROLE;

-- Who may, counts those that have it; each is noted as by search().
\o /dev/null
SELECT ogw_logs.set_team(t, body_logging => true), ogw_logs.grant_reader('ogw_test_counts', t, bodies => t = 'team-1') FROM unnest(ARRAY['team-1', 'team-2']) t;
SELECT ogw_logs.insert_log(job_id => 'b' || n, team_id => 'team-' || 1 + n % 2, "timestamp" => timestamptz '2020-01-01 08:00Z' + n * interval '1 minute', status => 'failure',
	input => CASE WHEN n < 20 THEN 'a needle' ELSE 'hay' END) FROM generate_series(0, 39) n;
\o
CREATE FUNCTION noted() RETURNS TABLE (read_by name, team_id text, entries bigint, reads bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT b.read_by, b.team_id, count(DISTINCT b.job_id), count(*) FROM ogw_logs.body_read b GROUP BY 1, 2 ORDER BY 1, 2;
	DELETE FROM ogw_logs.body_read;
END $$;
SET ROLE ogw_test_counts;
SELECT ogw_logs.count_logs(body_contains => 'needle'), ogw_logs.count_logs(body_contains => 'NEEDLE', ignore_case => true, at_most => 3) AS three;
RESET ROLE;
SELECT * FROM noted();
SET ROLE ogw_test_counts;
SELECT sum(entries), sum(failures), min(bucket_since), max(bucket_until) FROM ogw_logs.histogram(body_contains => 'needle', buckets => 4);
RESET ROLE;
SELECT * FROM noted();
SET ROLE ogw_test_counts;
SELECT * FROM ogw_logs.facet('team_id', body_contains => 'needle');
RESET ROLE;
SELECT * FROM noted();
SELECT ogw_logs.count_logs(body_contains => 'needle'), ogw_logs.count_logs(body_contains => 'hay', until => '2020-01-01 08:30Z');

-- Where columns have other types SQL counts, the same.
BEGIN;
DROP VIEW ogw_logs.logs, ogw_logs.attempts;
ALTER TABLE ogw_logs.entry ALTER COLUMN latency_ms TYPE bigint;
SELECT count(*) FILTER (WHERE answer('count_logs(%s at_most => 40)', filters, 'count_logs') IS DISTINCT FROM plain(condition, 'least(count(*), 40)')) AS wrong_counts,
	   count(*) FILTER (WHERE values_of('model', filters) IS DISTINCT FROM plain_values((SELECT expression FROM field WHERE name = 'model'), condition)) AS wrong_values
  FROM (SELECT * FROM chosen ORDER BY filters COLLATE "C" DESC LIMIT 30) c;
SELECT sum(entries) = ogw_logs.count_logs() AS all FROM ogw_logs.histogram();
ROLLBACK;

DROP OWNED BY ogw_test_counts;
DROP ROLE ogw_test_counts;
\c :regression
DROP DATABASE ogw_test_counts;
