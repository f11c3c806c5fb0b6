-- search(): lists, exclusions, ranges and tags find what plain SQL finds; what cannot be is an
-- error; a result that was cut says so; pages miss no entry where a client keeps milliseconds
-- alone. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_filters ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_filters
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
-- before there is a log it is refused, too
SELECT count(*) FROM ogw_logs.search(status => 'ok');
\o /dev/null
\set ECHO none
\i :mixed_log
\set ECHO all
\o
SELECT p.state, count(*) FROM ogw_logs.partitions p GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM ogw_logs.entry;

-- Each filter alone and many together, in order, the newest or all: what plain SQL finds.
CREATE FUNCTION found(filters text, max_rows integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE found text[]; BEGIN
	EXECUTE format('SELECT array_agg(job_id) FROM ogw_logs.search(%s max_rows => %s)', filters, max_rows) INTO found;
	RETURN found;
END $$;
CREATE TABLE tried AS
	SELECT c.filters, m.max_rows, found(c.filters, m.max_rows) AS found, e.expected::text[] AS expected
	  FROM (SELECT *, plain(condition, 'array_agg(job_id ORDER BY "timestamp" DESC, job_id DESC, team_id DESC)') AS expected FROM chosen OFFSET 0) e
	  JOIN chosen c USING (filters, condition) CROSS JOIN (VALUES (1), (30), (100000)) m (max_rows);
SELECT count(*) > 200 AS many, count(*) FILTER (WHERE found IS NULL) > 5 AS some_found_nothing, count(*) FILTER (WHERE cardinality(found) = 30) > 20 AS some_were_cut,
	   count(*) FILTER (WHERE found IS DISTINCT FROM expected[1:max_rows]) AS wrong FROM tried;
SELECT filters, max_rows, cardinality(found), cardinality(expected) FROM tried WHERE found IS DISTINCT FROM expected[1:max_rows] ORDER BY 1, 2;
-- each alone found some entries, and not all of them
SELECT count(DISTINCT t.filters) FROM tried t JOIN way w ON t.filters = format('%s => %L, ', w.name, w.value)
 WHERE t.max_rows = 100000 AND coalesce(cardinality(t.found), 0) BETWEEN 1 AND 6588;
SELECT count(*) FROM way;
-- a partition of a type that is altered is searched by SQL
BEGIN;
DROP VIEW ogw_logs.logs, ogw_logs.attempts;
ALTER TABLE ogw_logs.entry ALTER COLUMN latency_ms TYPE bigint;
SELECT count(*) FILTER (WHERE found(t.filters, 30) IS NOT DISTINCT FROM t.expected[1:30]) = count(*) AS exact FROM (SELECT * FROM tried WHERE max_rows = 30 ORDER BY filters COLLATE "C" LIMIT 40) t;
ROLLBACK;
-- a reader of two teams finds theirs
CREATE ROLE ogw_test_filters;
\o /dev/null
SELECT ogw_logs.grant_reader('ogw_test_filters', t) FROM unnest(ARRAY['team-1', 'team-2']) t;
\o
CREATE TABLE of_two AS SELECT c.filters, plain(c.condition || $$ AND team_id IN ('team-1', 'team-2')$$, 'array_agg(job_id ORDER BY "timestamp" DESC, job_id DESC, team_id DESC)')::text[] AS expected FROM chosen c;
GRANT SELECT ON of_two TO ogw_test_filters;
SET ROLE ogw_test_filters;
SELECT count(*) > 60 AS many, count(*) FILTER (WHERE found(filters, 30) IS DISTINCT FROM expected[1:30]) AS wrong FROM of_two;
RESET ROLE;

-- Numbers of tags compare as numbers, a string is no number, and null is what is not there.
CREATE FUNCTION tagged(tags json) RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM ogw_logs.search(tags => tagged.tags, max_rows => 100000) $$;
SELECT tagged('{"build":1}') = tagged('{"build":[1.000]}') AND tagged('{"build":1e0}') = plain($$metadata::jsonb @> '{"build":1}'$$, 'count(*)')::bigint AS numbers,
	   tagged('{"build":"1"}') = plain($$metadata::jsonb @> '{"build":"1"}'$$, 'count(*)')::bigint AS a_string,
	   tagged('{"build":-0.0005}') = plain($$metadata::jsonb @> '{"build":-0.0005}'$$, 'count(*)')::bigint AS small,
	   tagged('{"env":null}') = plain($$coalesce(metadata::jsonb -> 'env', 'null') = 'null'$$, 'count(*)')::bigint AS none,
	   tagged('{}') = plain('true', 'count(*)')::bigint AS any, tagged('{"other":"prod"}') AS not_declared,
	   tagged('{"build":1e99999999999}') AS huge, tagged('{"e\u006ev":"prod"}') = tagged('{"env":"prod"}') AS escaped;
-- a secret is masked where it is stored, and where it is looked for
SELECT count(*) FROM ogw_logs.search(api_key => 'sk-mixed-0123456789abcdefghij7', max_rows => 1000) s WHERE s.api_key = 'sk-****';

-- What cannot be is an error that names the argument and quotes no value.
CREATE FUNCTION refused(arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; BEGIN
	EXECUTE format('SELECT count(*) FROM ogw_logs.%s', arguments);
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
	RETURN state || ' ' || message;
END $$;
SELECT a AS arguments, refused('search(' || a || ')') AS error FROM unnest(ARRAY[
	$$status => 'ok'$$, $$status => '{success,200}'$$, $$not_status => ''$$, $$status => 'Success'$$,
	$$status => 'failure', not_status => '{failure,success}'$$, $$model => 'a', not_model => 'a'$$, $$provider => '{a,b}', not_provider => '{b,a}'$$,
	$$error_code => '1', not_error_code => '{1}'$$,
	$$since => '2020-01-02Z', until => '2020-01-01Z'$$,
	$$min_latency_ms => 2, max_latency_ms => 1$$, $$max_latency_ms => -1$$, $$min_tokens => 2, max_tokens => 1$$, $$max_tokens => -1$$,
	$$min_cost_usd => 0.2, max_cost_usd => 0.1$$, $$min_cost_usd => 'NaN'$$, $$max_cost_usd => 'Infinity'$$,
	$$tags => '[]'$$, $$tags => '"env"'$$, $$tags => '{"env":[]}'$$, $$tags => '{"env":{"a":1}}'$$, $$tags => '{"env":[["a"]]}'$$,
	$$fell_back => false, fallback_reason => 'x'$$, $$body_contains => ''$$,
	$$provider => '{}'$$, $$provider => '{ }'$$, $$provider => '{a'$$, $$provider => '{a}b'$$, $$provider => '{a,,b}'$$, $$provider => '{a,NULL}'$$,
	$$provider => '{{a}}'$$, $$provider => '{"a}'$$, $$provider => '{a"b}'$$, $$provider => '{"a"b}'$$, $$provider => '{a\'$$, $$provider => '{'$$,
	$$not_model => '{"sk-proj-secret'$$, $$operation => '{"model":"x"}'$$,
	$$max_rows => 0$$, $$max_rows => -1$$, $$before_job_id => 'x'$$, $$before_team_id => 'x'$$, $$before_timestamp => now(), before_team_id => 'x'$$]) a;
SELECT refused(format('search(model => %L)', '{' || repeat('a,', 100) || 'a}'));
SELECT a AS call, refused(a) AS error FROM unnest(ARRAY[
	$$get_session('s1', since => '2020-01-02Z', until => '2020-01-01Z')$$, $$get_session('s1', max_rows => 0)$$]) a;
-- these can be
SELECT a AS arguments, refused('search(' || a || ')') AS error FROM unnest(ARRAY[
	$$since => '2020-01-01Z', until => '2020-01-01Z'$$, $$min_latency_ms => 1, max_latency_ms => 1$$, $$min_cost_usd => -1, max_cost_usd => -1$$,
	$$provider => '{NULLs,"NULL"}'$$, $$provider => ' {a'$$, $$model => 'a{b}'$$, $$status => '{ "failure" , cancelled }'$$, $$owner => '{a,b}'$$,
	$$status => '{failure,success}', not_status => 'failure'$$]) a;

-- A result that was cut says so, and none that was not.
RESET client_min_messages;
SELECT count(*) FROM ogw_logs.search(session_id => 's3', max_rows => 6);
SELECT count(*) FROM ogw_logs.search(session_id => 's3', max_rows => 7);
SELECT count(*) FROM ogw_logs.search(session_id => 's3', max_rows => 8);
SELECT count(*) FROM ogw_logs.search(job_id => 'j77', max_rows => 1);
SELECT count(*) FROM ogw_logs.search();
SELECT count(*) FROM ogw_logs.search(since => '2020-01-01 05:59Z');
SELECT count(*) FROM ogw_logs.get_session('s3', max_rows => 6);
SELECT count(*) FROM ogw_logs.get_session('s3', max_rows => 7);
BEGIN;
DROP VIEW ogw_logs.logs, ogw_logs.attempts;
ALTER TABLE ogw_logs.entry ALTER COLUMN latency_ms TYPE bigint;
SELECT count(*) FROM ogw_logs.search(session_id => 's3', max_rows => 6);
SELECT count(*) FROM ogw_logs.search(session_id => 's3', max_rows => 7);
ROLLBACK;
SET client_min_messages = warning;

-- Pages of a client that keeps milliseconds, as JavaScript's Date does, cut or rounded.
\o /dev/null
SELECT ogw_logs.insert_log(job_id => 'ms' || n, team_id => 'team-1', owner => 'ms', "timestamp" => timestamptz '2020-01-01 06:30:00.123010Z' + n * interval '10 microseconds') FROM generate_series(0, 89) n;
INSERT INTO ogw_logs.inbox (job_id, team_id, owner, "timestamp")
SELECT 'fast' || n, 'team-' || n % 2, 'fast', to_char(timestamp '2020-01-01 07:00' + n * interval '5.000317 ms', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM generate_series(0, 4999) n;
\o
CREATE FUNCTION paged(of_owner text, page integer, keep text, with_team boolean DEFAULT true) RETURNS TABLE (job_id text, team_id text) LANGUAGE plpgsql AS $$
DECLARE
	r ogw_logs.entry_row;
	last ogw_logs.entry_row;
	n integer;
BEGIN
	LOOP
		n := 0;
		FOR r IN SELECT * FROM ogw_logs.search(owner => of_owner, max_rows => page, before_timestamp => last."timestamp",
				before_job_id => last.job_id, before_team_id => CASE WHEN with_team THEN last.team_id END) LOOP
			job_id := r.job_id; team_id := r.team_id;
			RETURN NEXT;
			last := r;
			n := n + 1;
		END LOOP;
		EXIT WHEN n < page;
		last."timestamp" := CASE keep WHEN 'rounded' THEN last."timestamp"::timestamptz(3) WHEN 'seconds' THEN date_trunc('second', last."timestamp")
			WHEN 'another day' THEN last."timestamp" + interval '40 days' ELSE date_trunc(keep, last."timestamp") END;
	END LOOP;
END $$;
SELECT p.*, count(*), count(DISTINCT r.job_id) FROM (VALUES
	('ms', 7, 'milliseconds'), ('ms', 1, 'rounded'), ('ms', 10, 'seconds'), ('ms', 9, 'another day'), ('fast', 50, 'milliseconds'), ('fast', 50, 'rounded'), ('fast', 997, 'microseconds')) p (of_owner, page, keep)
	CROSS JOIN LATERAL paged(p.of_owner, p.page, p.keep) r GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(*), count(DISTINCT r.job_id) FROM paged('ms', 7, 'milliseconds', false) r;
-- an entry that is no more there: the time that is given decides
SELECT s.job_id FROM ogw_logs.search(owner => 'ms', max_rows => 2, before_timestamp => '2020-01-01 06:30:00.12325Z', before_job_id => 'gone', before_team_id => 'team-1') s;
-- of a team that the caller may not read nothing is told: the same as if there were none
SET ROLE ogw_test_filters;
SELECT s.job_id FROM ogw_logs.search(owner => 'fast', max_rows => 2, before_timestamp => '2020-01-01 07:00:01Z', before_job_id => 'fast4000', before_team_id => 'team-0') s;
SELECT s.job_id FROM ogw_logs.search(owner => 'fast', max_rows => 2, before_timestamp => '2020-01-01 07:00:01Z', before_job_id => 'fast4000', before_team_id => 'none') s;
SELECT s.job_id FROM ogw_logs.search(owner => 'fast', max_rows => 2, before_timestamp => '2020-01-01 07:00:01Z', before_job_id => 'fast4001', before_team_id => 'team-1') s;
RESET ROLE;
-- a job_id that was sent again weeks later: the one near the time that is given counts
SELECT ogw_logs.insert_log(job_id => 'ms40', team_id => 'team-1', owner => 'ms', "timestamp" => '2020-03-01Z');
SELECT s."timestamp" FROM ogw_logs.search(owner => 'ms', max_rows => 1, before_timestamp => '2020-01-01 06:30:00.123Z', before_job_id => 'ms40', before_team_id => 'team-1') s;
SELECT s."timestamp" FROM ogw_logs.search(owner => 'ms', max_rows => 1, before_timestamp => '2020-03-01 00:00:01Z', before_job_id => 'ms40', before_team_id => 'team-1') s;
SELECT count(*) FROM ogw_logs.search(owner => 'ms', before_timestamp => 'infinity', before_job_id => 'ms5', before_team_id => 'team-1');
SELECT count(*) FROM ogw_logs.search(owner => 'ms', before_timestamp => '-infinity', before_job_id => 'none', before_team_id => 'team-1');

DROP OWNED BY ogw_test_filters;
DROP ROLE ogw_test_filters;
\c :regression
DROP DATABASE ogw_test_filters;
