-- The scan of the partitions, in a database of its own: every filter finds what plain SQL finds,
-- in partitions that are sealed, open, half summarized, or have their columns in another order.
\set regression :DBNAME
CREATE DATABASE ogw_test_search ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_search
SET ogw_logs.max_age = '20000d';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 hour');
SELECT ogw_logs.make_partitions('2020-01-01 00:00Z', '2020-01-01 05:00Z');
-- a column of the DBA's own comes and goes: then the columns of older partitions have other numbers
ALTER TABLE ogw_logs.entry ADD COLUMN note text;
SELECT ogw_logs.make_partitions('2020-01-01 06:00Z', '2020-01-01 07:00Z');
ALTER TABLE ogw_logs.entry DROP COLUMN note;
SELECT ogw_logs.make_partitions('2020-01-01 08:00Z', '2020-01-01 12:00Z');
-- and one has them in quite another order
CREATE FUNCTION turn_columns(partition text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE bounds text := (SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_class c WHERE c.oid = partition::regclass);
BEGIN
	EXECUTE format('ALTER TABLE ogw_logs.entry DETACH PARTITION %s', partition);
	EXECUTE format('DROP TABLE %s', partition);
	EXECUTE format('CREATE TABLE %s (%s)', partition, (
		SELECT string_agg(format('%I %s %s %s', attname, format_type(atttypid, NULL), CASE WHEN atttypid = 'text'::regtype THEN 'COLLATE "C"' END,
								 CASE WHEN attnotnull THEN 'NOT NULL' END), ', ' ORDER BY attname DESC)
		  FROM pg_attribute WHERE attrelid = 'ogw_logs.entry'::regclass AND attnum > 0 AND NOT attisdropped));
	EXECUTE format('CREATE INDEX ON %s ("timestamp")', partition);
	EXECUTE format('ALTER INDEX %s_timestamp_idx RENAME TO %s_timestamp', partition, split_part(partition, '.', 2));
	EXECUTE format('ALTER TABLE ogw_logs.entry ATTACH PARTITION %s %s', partition, bounds);
END $$;
SELECT turn_columns('ogw_logs.entry_2020010109');
\o
-- 26,000 entries in 13 hours, many of the same time; of values that are common, rare, in one hour alone, or NULL
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", status, provider, owner, requested_model, served_model, user_id, session_id, error_code, fallback_reason, api_key)
SELECT 'j' || n, 'team-' || h % 9, to_char(timestamp '2020-01-01' + n / 6 * 6 * interval '1.8 seconds' + n / 3 % 2 * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	   CASE h % 10 WHEN 0 THEN 'failure' ELSE 'success' END, 'p' || h % 3,
	   CASE WHEN h % 7 > 0 THEN 'o' || h % 400 END, 'm' || h % 5, 'm' || (h + (h % 50 = 0)::integer) % 5, CASE WHEN h % 3 > 0 THEN 'u' || h % 3000 END,
	   's' || n / 7, CASE h % 10 WHEN 0 THEN 'e' || h % 300 END, CASE WHEN n / 2000 = 4 THEN 'then' END, 'sk-scan-0123456789abcdefghij' || h % 60
  FROM (SELECT n, abs(hashint4(n)::bigint) AS h FROM generate_series(0, 25999) n) g;
-- of 13 partitions six are sealed, the others summarized before and after half of what is in them
SET client_min_messages = warning;
SELECT count(ogw_logs_internal.finish_seal(l.partition, l.since, l.until)) FROM ogw_logs_internal.partitions_of('entry') l WHERE extract(hour FROM l.since) IN (0, 1, 4, 6, 8, 9);
RESET client_min_messages;
SELECT count(ogw_logs_internal.summarize(l.partition)) FROM ogw_logs_internal.partitions_of('entry') l WHERE extract(hour FROM l.since) IN (2, 7, 10, 12);
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", status, provider, user_id, session_id, served_model)
SELECT 'late' || n, 'team-' || n % 9, to_char(timestamp '2020-01-01' + n / 3 * 3 * interval '15 seconds', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'success', 'late', 'u' || n, 's' || n, 'only-' || n / 30
  FROM generate_series(0, 2999) n;
SELECT count(ogw_logs_internal.summarize(l.partition)) FROM ogw_logs_internal.partitions_of('entry') l WHERE extract(hour FROM l.since) IN (7, 11);
SELECT entries, bodies FROM ogw_logs.erase_user('team-1', 'u1');
DELETE FROM ogw_logs.entry WHERE user_id = 'u100';
SELECT p.state, count(*) FROM ogw_logs.partitions p GROUP BY 1 ORDER BY 1;

-- What search() finds, and what SQL without any index does.
CREATE FUNCTION found(filters text, max_rows integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE found text[]; BEGIN
	EXECUTE format('SELECT array_agg(job_id || '' '' || team_id || '' '' || coalesce(owner, '''') || coalesce(api_key_fingerprint, '''') || "timestamp") FROM ogw_logs.search(%s max_rows => %s)', filters, max_rows) INTO found;
	RETURN found;
END $$;
CREATE FUNCTION expected(condition text, max_rows integer) RETURNS text[] LANGUAGE plpgsql SET enable_indexscan = off SET enable_bitmapscan = off SET enable_indexonlyscan = off AS $$
DECLARE expected text[]; BEGIN
	EXECUTE format('SELECT array_agg(job_id || '' '' || team_id || '' '' || coalesce(owner, '''') || coalesce(encode(api_key_fingerprint, ''hex''), '''') || "timestamp")
		FROM (SELECT * FROM ogw_logs.entry WHERE %s ORDER BY "timestamp" DESC, job_id DESC, team_id DESC LIMIT %s) e', condition, max_rows) INTO expected;
	RETURN expected;
END $$;
-- a filter and its condition: some of these, chosen at random, at random times
CREATE FUNCTION at_random(turn integer, OUT filters text, OUT condition text) LANGUAGE plpgsql AS $$
DECLARE
	way record;
	chance float := random();
	earliest timestamptz := '-infinity';
BEGIN
	filters := ''; condition := 'true';
	FOR way IN SELECT * FROM (VALUES
		('team_id', 'team-' || floor(random() * 10)), ('status', (ARRAY['success', 'failure', 'cancelled'])[1 + floor(random() * 3)::integer]),
		('provider', (ARRAY['p1', 'p2', 'late', 'none'])[1 + floor(random() * 4)::integer]), ('owner', 'o' || floor(random() * 410)),
		('model', (ARRAY['m' || floor(random() * 6), 'only-' || floor(random() * 110)])[1 + floor(random() * 2)::integer]), ('user_id', 'u' || floor(random() * 3010)), ('session_id', 's' || floor(random() * 3800)),
		('error_code', 'e' || floor(random() * 31) * 10), ('fallback_reason', (ARRAY['then', 'never'])[1 + floor(random() * 2)::integer]),
		('api_key', 'sk-scan-0123456789abcdefghij' || floor(random() * 61)),
		('since', (timestamp '2020-01-01' + random() * interval '14 hours')::text || 'Z'),
		('until', (timestamp '2020-01-01' + random() * interval '14 hours')::text || 'Z')) v (name, value)
	LOOP
		CONTINUE WHEN random() > chance * 0.35;
		-- until is not before since: that is an error
		CONTINUE WHEN way.name = 'until' AND way.value::timestamptz < earliest;
		earliest := CASE way.name WHEN 'since' THEN way.value::timestamptz ELSE earliest END;
		filters := filters || format('%s => %L, ', way.name, way.value);
		condition := condition || CASE way.name
			WHEN 'model' THEN format(' AND %L IN (requested_model, served_model)', way.value)
			WHEN 'api_key' THEN format(' AND encode(api_key_fingerprint, ''hex'') = ogw_logs.key_fingerprint(%L)', way.value)
			WHEN 'since' THEN format(' AND "timestamp" >= %L', way.value)
			WHEN 'until' THEN format(' AND "timestamp" < %L', way.value)
			ELSE format(' AND %I = %L', way.name, way.value) END;
	END LOOP;
END $$;
-- that there are more entries is what 38_search_filters.sql looks at
SET client_min_messages = warning;
SELECT setseed(0.4) IS NOT NULL AS seeded;
CREATE TABLE tried AS
	SELECT s.filters, s.condition, m.max_rows, found(s.filters, m.max_rows) AS found, s.expected[1:m.max_rows] AS expected
	  FROM (SELECT r.*, expected(r.condition, 100000) AS expected FROM generate_series(1, 100) n CROSS JOIN LATERAL at_random(n) r OFFSET 0) s
	 CROSS JOIN (VALUES (1), (20), (100000)) m (max_rows);
SELECT count(*) AS tried, count(DISTINCT filters) > 60 AS different, count(*) FILTER (WHERE found IS NULL) > 20 AS some_found_nothing, count(*) FILTER (WHERE cardinality(found) = max_rows) > 20 AS some_were_full FROM tried;
SELECT filters, max_rows, cardinality(found), cardinality(expected) FROM tried WHERE found IS DISTINCT FROM expected;
-- a model that was served and never asked for
SELECT count(*) AS models, count(*) FILTER (WHERE found(format('model => %L,', m), 2) IS NOT DISTINCT FROM expected(format('served_model = %L', m), 2)) AS exact
  FROM (SELECT 'only-' || n FROM generate_series(0, 99) n) v (m);

-- Paging through all that a filter finds, a few at a time.
CREATE FUNCTION paged(filters text, page integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE seen text[] := '{}'; r record; last record; before text := '';
BEGIN
	LOOP
		last := NULL;
		FOR r IN EXECUTE format('SELECT * FROM ogw_logs.search(%s %s max_rows => %s)', filters, before, page) LOOP
			seen := seen || (r.job_id || ' ' || r.team_id || ' ' || coalesce(r.owner, '') || coalesce(r.api_key_fingerprint, '') || r."timestamp");
			last := r;
		END LOOP;
		EXIT WHEN last IS NULL OR cardinality(seen) > 40000;
		before := format('before_timestamp => %L, before_job_id => %L, before_team_id => %L,', last."timestamp", last.job_id, last.team_id);
	END LOOP;
	RETURN nullif(seen, '{}');
END $$;
SELECT t.filters, p.page FROM (SELECT * FROM tried WHERE max_rows = 100000 AND cardinality(expected) BETWEEN 1 AND 400 ORDER BY filters LIMIT 10) t
 CROSS JOIN (VALUES (1), (7), (64)) p (page) WHERE paged(t.filters, p.page) IS DISTINCT FROM t.expected;
SELECT paged('', 997) = expected('true', 100000) AS everything;

-- The same for who reads some teams: few, more than an index is asked for, and none.
CREATE ROLE ogw_test_two;
CREATE ROLE ogw_test_many;
CREATE ROLE ogw_test_none;
\o /dev/null
SELECT ogw_logs.grant_reader('ogw_test_two', t, views => true) FROM unnest(ARRAY['team-2', 'team-5']) t;
SELECT ogw_logs.grant_reader('ogw_test_many', 'team-' || n, views => true) FROM generate_series(1, 40) n;
SELECT ogw_logs.grant_reader('ogw_test_none', 'no such team', views => true);
\o
GRANT SELECT ON tried TO ogw_test_two, ogw_test_many, ogw_test_none;
CREATE VIEW wrong AS
	SELECT t.filters, t.max_rows FROM tried t
	 WHERE t.max_rows = 20 AND found(t.filters, t.max_rows) IS DISTINCT FROM (
		SELECT array_agg(e ORDER BY n) FROM (SELECT e, n FROM unnest((SELECT a.expected FROM tried a WHERE a.filters = t.filters AND a.max_rows = 100000 LIMIT 1)) WITH ORDINALITY u (e, n)
			WHERE split_part(e, ' ', 2) = ANY (ogw_logs_internal.readable_teams()) ORDER BY n LIMIT t.max_rows) o);
GRANT SELECT ON wrong TO ogw_test_two, ogw_test_many, ogw_test_none;
ALTER VIEW wrong SET (security_invoker = true);
SET ROLE ogw_test_two; SELECT * FROM wrong; RESET ROLE;
SET ROLE ogw_test_many; SELECT * FROM wrong; RESET ROLE;
SET ROLE ogw_test_none; SELECT * FROM wrong; RESET ROLE;

-- In an open partition entries may stand in another order than that of time: all in none, and of one time the last ones first.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id)
SELECT 'tie' || CASE n / 100 WHEN 0 THEN 'z' ELSE 'a' END || n, 'team-1', '2020-01-02T00:05:00Z', 'tie' FROM generate_series(0, 9) n
UNION ALL
SELECT 'shuffled' || n, 'team-1', to_char(timestamp '2020-01-02 00:10' + abs(hashint4(n)::bigint) % 2900 * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'v' || n % 30 FROM generate_series(1, 9000) n
UNION ALL
SELECT 'tie' || CASE n / 100 WHEN 0 THEN 'z' ELSE 'a' END || n, 'team-1', '2020-01-02T00:05:00Z', 'tie' FROM generate_series(100, 109) n;
CREATE VIEW out_of_order AS
	SELECT u.user_id, n.max_rows, found(format('user_id => %L, ', u.user_id), n.max_rows) = expected(format('user_id = %L', u.user_id), n.max_rows) AS exact
	  FROM (VALUES ('tie'), ('v7')) u (user_id), (VALUES (5), (15), (290)) n (max_rows);
SELECT * FROM out_of_order;
SELECT ogw_logs_internal.summarize('ogw_logs.entry_2020010200') LIKE '% groups of pages' AS summarized;
SELECT * FROM out_of_order;

-- A sealed partition's index serves an erasure, an open one's is filled by maintain().
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
BEGIN;
SELECT entries FROM ogw_logs.erase_user('team-2', 'u2');
SELECT bool_and(pg_stat_get_xact_numscans(to_regclass(l.partition || '_filter')) > 0) AS by_index FROM ogw_logs_internal.partitions_of('entry') l WHERE ogw_logs_internal.is_sealed(l.partition);
-- (the table is read once, to count again what is left)
SELECT bool_and(pg_stat_get_xact_numscans(l.partition) = 1) AS counted_again FROM ogw_logs_internal.partitions_of('entry') l WHERE ogw_logs_internal.is_sealed(l.partition);
ROLLBACK;
SELECT ogw_logs.insert_log(job_id => 'big' || n, team_id => 'team-1', "timestamp" => '2020-01-01 05:30Z', metadata => NULL, requested_model => repeat('x', 250), user_id => 'big', served_model => repeat('y', 250), owner => repeat('z', 250),
	session_id => repeat('q', 250), provider => repeat('w', 60)) FROM generate_series(1, 6000) n \g /dev/null
SELECT action, object, split_part(d.detail, ' ', 1)::integer > 700 AS many, regexp_replace(d.detail, '^\d+ ', '') AS of_what FROM ogw_logs_internal.due_summaries() d;
SELECT ogw_logs_internal.summarize('ogw_logs.entry_2020010105') LIKE '% groups of pages' AS summarized;
SELECT count(*) AS due FROM ogw_logs_internal.due_summaries();

-- A DBA's index that has the name of ours is not asked.
ALTER INDEX ogw_logs.entry_2020010112_summary RENAME TO kept;
CREATE INDEX entry_2020010112_summary ON ogw_logs.entry_2020010112 (user_id);
ALTER INDEX ogw_logs.entry_2020010108_filter RENAME TO kept_filter;
CREATE INDEX entry_2020010108_filter ON ogw_logs.entry_2020010108 (user_id);
SELECT found($$user_id => 'u5', $$, 5000) = expected($$user_id = 'u5'$$, 5000) AS exact, (SELECT count(*) FROM ogw_logs_internal.due_summaries()) AS due;

-- Nor one that is of the same kind and has other columns, or another order.
ALTER INDEX ogw_logs.entry_2020010112_timestamp RENAME TO kept_timestamp;
DROP INDEX ogw_logs.entry_2020010112_summary, ogw_logs.entry_2020010108_filter;
CREATE INDEX entry_2020010112_summary ON ogw_logs.entry_2020010112 USING brin ("timestamp");
CREATE INDEX entry_2020010108_filter ON ogw_logs.entry_2020010108 USING gin (to_tsvector('simple'::regconfig, user_id));
CREATE INDEX entry_2020010112_key ON ogw_logs.entry_2020010112 (job_id);
CREATE INDEX entry_2020010112_timestamp ON ogw_logs.entry_2020010112 ("timestamp" DESC);
SELECT n, found(f, n) = expected(c, n) AS exact FROM (VALUES ('', 'true'), ($$user_id => 'u5', $$, $$user_id = 'u5'$$)) v (f, c), (VALUES (10), (70), (5000)) r (n);
-- Nor one of an older version, which has no hashes of a column that is searched for since, or had another seed for it.
DROP INDEX ogw_logs.entry_2020010108_filter;
SELECT format('CREATE INDEX entry_2020010108_filter ON ogw_logs.entry_2020010108 %s', replace(ogw_logs_internal.filter_index_definition(sealed => true), $$, hashtextextended(user_id, '2'::bigint)$$, '')) \gexec
SELECT n, found($$user_id => 'u5', $$, n) = expected($$user_id = 'u5'$$, n) AS exact, pg_get_indexdef('ogw_logs.entry_2020010108_filter'::regclass) LIKE '%user_id%' AS has_user FROM (VALUES (10), (70), (5000)) r (n);
DROP INDEX ogw_logs.entry_2020010108_filter;
SELECT format('CREATE INDEX entry_2020010108_filter ON ogw_logs.entry_2020010108 %s', replace(ogw_logs_internal.filter_index_definition(sealed => true), $$(user_id, '2'::bigint)$$, $$(user_id, '99'::bigint)$$)) \gexec
SELECT n, found($$user_id => 'u5', $$, n) = expected($$user_id = 'u5'$$, n) AS exact, pg_get_indexdef('ogw_logs.entry_2020010108_filter'::regclass) LIKE '%(user_id, ''99''::bigint)%' AS other_seed FROM (VALUES (10), (70), (5000)) r (n);
DROP INDEX ogw_logs.entry_2020010112_key, ogw_logs.entry_2020010112_timestamp;
ALTER INDEX ogw_logs.kept_timestamp RENAME TO entry_2020010112_timestamp;
-- Nor is a partition with such an index sealed: maintain() builds that, and no other.
CREATE VIEW of_names AS SELECT ogw_logs_internal.has_filter_index(l.partition) AS filter, ogw_logs_internal.is_sealed(l.partition) AS sealed,
	   (SELECT string_agg(m.index_name, ' ') FROM ogw_logs_internal.missing_indexes(l.partition) m) AS missing FROM ogw_logs_internal.partitions_of('entry') l WHERE l.partition = 'ogw_logs.entry_2020010100'::regclass;
CREATE PROCEDURE name_of_ours(name name, definition text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER INDEX ogw_logs.%I RENAME TO kept_index', name);
	EXECUTE format('CREATE INDEX %I ON ogw_logs.entry_2020010100 %s', name, definition);
END $$;
CREATE PROCEDURE name_again(name name) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('DROP INDEX ogw_logs.%I', name);
	EXECUTE format('ALTER INDEX ogw_logs.kept_index RENAME TO %I', name);
END $$;
TABLE of_names;
CALL name_of_ours('entry_2020010100_filter', ogw_logs_internal.filter_index_definition(sealed => true) || $$ WHERE user_id = 'u1'$$);
TABLE of_names;
CALL name_again('entry_2020010100_filter');
CALL name_of_ours('entry_2020010100_filter', format('((%s))', ogw_logs_internal.filter_expression()));
TABLE of_names;
CALL name_again('entry_2020010100_filter');
CALL name_of_ours('entry_2020010100_timestamp', '(job_id)');
TABLE of_names;
CALL name_again('entry_2020010100_timestamp');
CALL name_of_ours('entry_2020010100_timestamp', $$("timestamp") WHERE user_id = 'u1'$$);
TABLE of_names;
SELECT ogw_logs_internal.finish_seal(partition, since, until) IS NOT NULL AS done FROM ogw_logs_internal.partitions_of('entry') WHERE partition = 'ogw_logs.entry_2020010100'::regclass;
TABLE of_names;
DROP INDEX ogw_logs.kept_index;
-- What has the name of an open partition's index and is none of it does not matter.
CREATE TABLE ogw_logs.entry_2020010100_summary ();
TABLE of_names;
DROP TABLE ogw_logs.entry_2020010100_summary;
CREATE PROCEDURE key_of_entry(columns text) LANGUAGE plpgsql AS $$
DECLARE
	partition regclass;
BEGIN
	FOR partition IN SELECT l.partition FROM ogw_logs_internal.partitions_of('entry_key') l LOOP
		EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I PRIMARY KEY (%3$s)', partition, substring(partition::text FROM '[^.]*$') || '_key', columns);
	END LOOP;
END $$;
CALL key_of_entry('"timestamp", key');
SELECT count(*) AS found FROM ogw_logs.search(job_id => 'j77');
CALL key_of_entry('key');
SELECT count(*) AS before_all_times FROM ogw_logs.search(until => '-infinity');

-- One that is a table of another kind is searched as PostgreSQL plans it, and so is all where a DEFAULT partition is.
CREATE TABLE parted (LIKE ogw_logs.entry INCLUDING ALL) PARTITION BY LIST (team_id);
CREATE TABLE parted_1 PARTITION OF parted DEFAULT;
ALTER TABLE ogw_logs.entry ATTACH PARTITION parted FOR VALUES FROM ('2020-01-01 13:00Z') TO ('2020-01-01 14:00Z');
INSERT INTO ogw_logs.entry ("timestamp", job_id, team_id, user_id) SELECT timestamptz '2020-01-01 13:00Z' + n / 3 * interval '1 minute', 'p' || n, 'team-1', 'u5' FROM generate_series(1, 100) n;
SELECT n, found(f, n) = expected(c, n) AS exact FROM (VALUES ('', 'true'), ($$user_id => 'u5', $$, $$user_id = 'u5'$$)) v (f, c), (VALUES (10), (70), (500)) r (n);
CREATE TABLE other (LIKE ogw_logs.entry INCLUDING ALL);
ALTER TABLE ogw_logs.entry ATTACH PARTITION other DEFAULT;
INSERT INTO ogw_logs.entry ("timestamp", job_id, team_id, user_id) VALUES ('2010-01-01Z', 'old', 'team-1', 'u5'), ('2035-01-01Z', 'new', 'team-1', 'u5');
SELECT n, found(f, n) = expected(c, n) AS exact FROM (VALUES ('', 'true'), ($$user_id => 'u5', $$, $$user_id = 'u5'$$)) v (f, c), (VALUES (10), (70), (500)) r (n);
ALTER TABLE ogw_logs.entry DETACH PARTITION other;
ALTER TABLE ogw_logs.entry DETACH PARTITION parted;

-- However many partitions it reads, a search holds few locks, and the parent's to the end.
CREATE VIEW held AS SELECT count(*) FILTER (WHERE c.relname ~ '^entry(_key)?_[0-9]') AS of_partitions, bool_or(c.relname = 'entry') AS parent
	FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation';
BEGIN; SELECT count(*) FROM ogw_logs.search(user_id => 'none'); SELECT * FROM held; COMMIT;
BEGIN; SELECT count(*) > 20000 AS many FROM ogw_logs.search(max_rows => 1000000); SELECT * FROM held; COMMIT;
BEGIN; SELECT count(*) FROM ogw_logs.search(job_id => 'j77'); SELECT * FROM held; COMMIT;
DROP OWNED BY ogw_test_two, ogw_test_many, ogw_test_none;
DROP ROLE ogw_test_two, ogw_test_many, ogw_test_none;
\c :regression
DROP DATABASE ogw_test_search;
