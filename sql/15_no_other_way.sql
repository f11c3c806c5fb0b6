-- The ways around: what a reader of one team, a writer and a stranger try.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ogw_logs;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET ogw_logs.max_age = '20000d';
CREATE ROLE ogw_test_red;
CREATE ROLE ogw_test_blue;
CREATE ROLE ogw_test_wri;
CREATE ROLE ogw_test_str;
CREATE ROLE ogw_test_fun;
CREATE ROLE ogw_test_rad IN ROLE pg_read_all_data;
CREATE ROLE ogw_test_wad IN ROLE pg_write_all_data;
CREATE ROLE ogw_test_noinherit NOINHERIT IN ROLE ogw_test_red;
SELECT ogw_logs.grant_reader('ogw_test_red', 's-red', bodies => true, views => true), ogw_logs.grant_reader('ogw_test_blue', 's-blue', views => true),
	   ogw_logs.grant_reader('ogw_test_fun', 's-red', views => false), ogw_logs.grant_writer('ogw_test_wri');
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_str;
SELECT ogw_logs.set_team('s-red', body_logging => true, metadata_keys => '{x}'), ogw_logs.set_team('s-blue', body_logging => true, metadata_keys => '{x}');
SELECT * FROM ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', color || n, 'team_id', 's-' || color, 'timestamp', '2026-07-01T00:00:00Z',
	'user_id', color || '-user', 'error_code', color || '-code', 'metadata', json_build_object('x', CASE color WHEN 'red' THEN '1' ELSE 'blue-tag' END),
	'attempts', '[{"model":"' || color || '-model"}]', 'input', color || ' body'))::text
	FROM unnest(ARRAY['red', 'blue']) color, generate_series(1, 2) n));
CREATE SCHEMA side;
GRANT ALL ON SCHEMA side TO PUBLIC;
CREATE FUNCTION side.try(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE statement;
	GET DIAGNOSTICS n = ROW_COUNT;
	RESET ROLE;
	RETURN n || ' rows';
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;

-- What is refused.
SELECT role, statement, side.try('ogw_test_' || role, statement) FROM (VALUES
	('red', 'SELECT FROM ogw_logs.entry_20260701'),
	('red', 'SELECT FROM ogw_logs.entry_20260701 TABLESAMPLE BERNOULLI (100)'),
	('red', 'SELECT FROM ogw_logs.logs TABLESAMPLE BERNOULLI (100)'),
	('red', 'SET LOCAL row_security = off; SELECT FROM ogw_logs.entry'),
	('red', 'SET LOCAL row_security = off; SELECT FROM ogw_logs.logs'),
	('red', 'SELECT FROM ogw_logs.entry FOR KEY SHARE'),
	('red', 'LOCK TABLE ogw_logs.entry IN ROW SHARE MODE'),
	('red', 'LOCK TABLE ogw_logs.entry_20260701 IN ACCESS SHARE MODE'),
	('wri', 'LOCK TABLE ogw_logs.inbox IN SHARE MODE'),
	('fun', 'EXPLAIN SELECT FROM ogw_logs.logs'),
	('red', 'CREATE TABLE side.mine (key uuid REFERENCES ogw_logs.entry_key_20260629 (key))'),
	('red', 'CREATE TABLE side.mine (e ogw_logs.entry_row)'),
	('red', 'CREATE TABLE side.mine () INHERITS (ogw_logs.access)'),
	('red', 'CREATE FUNCTION side.mine(text) RETURNS boolean LEAKPROOF LANGUAGE sql AS $s$ SELECT true $s$'),
	('red', 'CREATE POLICY mine ON ogw_logs.entry USING (true)'),
	('red', 'DROP POLICY reader ON ogw_logs.entry'),
	('red', 'ALTER TABLE ogw_logs.entry DISABLE ROW LEVEL SECURITY'),
	('red', 'ALTER VIEW ogw_logs.logs SET (security_invoker = false)'),
	('red', 'CREATE RULE mine AS ON SELECT TO ogw_logs.logs DO INSTEAD SELECT 1'),
	('wri', 'CREATE RULE mine AS ON INSERT TO ogw_logs.inbox DO ALSO NOTIFY mine'),
	('wri', 'CREATE TRIGGER mine BEFORE INSERT ON ogw_logs.inbox EXECUTE FUNCTION side.mine()'),
	('wri', 'CREATE TABLE side.mine (); CREATE TRIGGER mine BEFORE INSERT ON side.mine EXECUTE FUNCTION ogw_logs_internal.receive()'),
	('red', 'CREATE INDEX ON ogw_logs.entry (user_id)'),
	('red', 'CREATE STATISTICS side.mine ON team_id, user_id FROM ogw_logs.entry'),
	('red', 'COMMENT ON TABLE ogw_logs.entry IS NULL'),
	('red', 'GRANT SELECT ON ogw_logs.entry_20260701 TO ogw_test_str'),
	('red', 'ALTER EXTENSION ogw_logs ADD SCHEMA side'),
	('red', 'CREATE TABLE ogw_logs.entry_20990101 ()'),
	('wri', 'CREATE FUNCTION ogw_logs.now() RETURNS integer LANGUAGE sql AS ''SELECT 1'''),
	('wri', 'UPDATE ogw_logs.inbox SET job_id = '''''),
	('wri', 'INSERT INTO ogw_logs.inbox (job_id) VALUES (''x'') RETURNING job_id'),
	('wri', 'SELECT ogw_logs.insert_log(job_id => ''x'', team_id => ''y'') FROM ogw_logs.entry'),
	('noinherit', 'SELECT FROM ogw_logs.logs'),
	('noinherit', 'SELECT FROM ogw_logs.search()'),
	-- who may write all data writes through inbox, as a writer, and nothing else
	('wad', 'INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES (''wad'', ''s-wad'', ''2026-07-01T00:00:00Z'')'),
	('wad', 'INSERT INTO ogw_logs.entry (job_id, team_id, "timestamp") VALUES (''wad2'', ''s-red'', ''2026-07-01T00:00:00Z'')'),
	('wad', 'INSERT INTO ogw_logs.entry_20260701 (job_id, team_id, "timestamp") VALUES (''wad2'', ''s-red'', ''2026-07-01T00:00:00Z'')'),
	('wad', 'UPDATE ogw_logs.entry_20260701 SET user_id = NULL'),
	('wad', 'DELETE FROM ogw_logs.entry'),
	('wad', 'INSERT INTO ogw_logs.access VALUES (''ogw_test_wad'', ''read'', NULL, true)'),
	('wad', 'INSERT INTO ogw_logs.team VALUES (''s-red'', true)'),
	('wad', 'UPDATE ogw_logs.team SET body_logging = true'),
	('wad', 'DELETE FROM ogw_logs.installation')
	) t (role, statement);
-- a grant without the option grants nothing
SET ROLE ogw_test_red;
GRANT SELECT ON ogw_logs.entry TO ogw_test_str;
GRANT EXECUTE ON FUNCTION ogw_logs.get_log TO ogw_test_str;
RESET ROLE;
SELECT side.try('ogw_test_str', 'SELECT FROM ogw_logs.entry'), side.try('ogw_test_str', $$SELECT FROM ogw_logs.get_log('red1')$$);
-- a session that is the reader's cannot become another
SET SESSION AUTHORIZATION ogw_test_red;
SET ROLE ogw_test_blue;
RESET SESSION AUTHORIZATION;

-- COPY out: what the reader may read
SET ROLE ogw_test_red;
COPY ogw_logs.entry_20260701 TO STDOUT;
COPY ogw_logs.body_20260701 TO STDOUT;
COPY ogw_logs.logs TO STDOUT;
COPY (SELECT job_id, team_id FROM ogw_logs.entry ORDER BY 1) TO STDOUT;
COPY (SELECT job_id, model FROM ogw_logs.attempts ORDER BY 1) TO STDOUT;
-- whole rows, system columns, samples, views upon views
SELECT count(*), bool_or(e::text LIKE '%blue%') AS other_team FROM ogw_logs.entry e;
SELECT team_id, count(*), count(DISTINCT tableoid) FROM ogw_logs.entry WHERE ctid > '(0,0)' GROUP BY 1;
SELECT team_id, count(*) FROM ogw_logs.entry TABLESAMPLE BERNOULLI (100) GROUP BY 1;
CREATE VIEW side.mine AS SELECT * FROM ogw_logs.logs;
CREATE MATERIALIZED VIEW side.kept AS SELECT * FROM ogw_logs.logs;
GRANT SELECT ON side.mine TO ogw_test_blue, ogw_test_str;
SELECT (SELECT string_agg(DISTINCT team_id, ' ') FROM side.mine) AS view, (SELECT string_agg(DISTINCT team_id, ' ') FROM side.kept) AS materialized;
-- a view of the reader's is the reader's: nobody sees more by it
SET ROLE ogw_test_blue;
SELECT count(*) FROM side.mine;
SET ROLE ogw_test_str;
SELECT count(*) FROM side.mine;
RESET ROLE;
DROP VIEW side.mine;
-- a superuser's own over the views opens nothing either
CREATE VIEW side.plain AS SELECT * FROM ogw_logs.logs;
GRANT SELECT ON side.plain TO ogw_test_blue, ogw_test_str;
SET ROLE ogw_test_blue;
SELECT DISTINCT team_id FROM side.plain;
SET ROLE ogw_test_str;
SELECT DISTINCT team_id FROM side.plain;
RESET ROLE;
DROP VIEW side.plain;
REFRESH MATERIALIZED VIEW side.kept;
SELECT DISTINCT team_id FROM side.kept;
DROP MATERIALIZED VIEW side.kept;

-- Functions and operators that tell what they are given, as cheap as can be: they are given the reader's rows.
ANALYZE ogw_logs.entry;
SET ROLE ogw_test_red;
CREATE FUNCTION side.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$;
CREATE FUNCTION side.tells(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE '% %', $1, $2; RETURN true; END $$;
CREATE OPERATOR side.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = side.tells, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR side.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = side.tells, RESTRICT = scalarltsel);
SELECT count(*) FROM ogw_logs.entry WHERE side.tell(user_id);
SELECT count(*) FROM ogw_logs.logs WHERE "timestamp" < '2026-07-02Z' AND side.tell(job_id);
SELECT count(*) FROM ogw_logs.attempts WHERE side.tell(model);
-- the planner would ask an operator about the most common values of all teams
SELECT count(*) FROM ogw_logs.entry WHERE user_id OPERATOR(side.===) 'is' AND "timestamp" = '2026-07-01Z';
SELECT count(*) FROM ogw_logs.logs WHERE error_code OPERATOR(side.<<<) 'is' AND "timestamp" = '2026-07-01Z';
-- an error is about the reader's rows
SELECT count(*) FROM ogw_logs.logs WHERE (metadata ->> 'x')::integer > 0;
SELECT count(*) FROM ogw_logs.entry WHERE 1 / (length(user_id) - length('blue-user')) < 0;
SELECT count(*) FROM ogw_logs.entry e JOIN (VALUES (1)) v (n) ON (e.metadata ->> 'x')::integer = v.n;
-- statistics
SELECT count(*) FROM pg_stats WHERE schemaname = 'ogw_logs';
SELECT count(*) FROM pg_stats_ext WHERE schemaname = 'ogw_logs';
SELECT count(*) FROM pg_statistic;
RESET ROLE;
CREATE STATISTICS side.pair (mcv) ON team_id, user_id FROM ogw_logs.entry_20260701;
ANALYZE ogw_logs.entry_20260701;
SELECT role, side.try('ogw_test_' || role, 'SELECT FROM pg_stats WHERE schemaname = ''ogw_logs''') AS pg_stats,
	   side.try('ogw_test_' || role, 'SELECT FROM pg_stats_ext WHERE tablename = ''entry_20260701''') AS pg_stats_ext,
	   side.try('ogw_test_' || role, 'SELECT FROM pg_statistic_ext_data') AS ext_data
  FROM unnest(ARRAY['red', 'str']) role;
DROP STATISTICS side.pair;

-- A plan or a right kept from one role is not another's.
-- (Who may ask itself is told nothing new: the functions that policies ask are not for readers' own calls.)
GRANT USAGE ON SCHEMA ogw_logs_internal TO ogw_test_red, ogw_test_blue;
PREPARE mine AS SELECT string_agg(job_id, ' ' ORDER BY job_id) FROM ogw_logs.entry WHERE "timestamp" = '2026-07-01Z';
SET plan_cache_mode = force_generic_plan;
CREATE FUNCTION side.mine(OUT who name, OUT teams text[], OUT rows text) LANGUAGE plpgsql AS $$ BEGIN
	who := current_user;
	teams := ogw_logs_internal.readable_teams();
	rows := (SELECT string_agg(job_id, ' ' ORDER BY job_id) FROM ogw_logs.logs WHERE "timestamp" = '2026-07-01Z');
END $$;
BEGIN;
SET LOCAL ROLE ogw_test_red;
EXECUTE mine;
SELECT * FROM side.mine();
SET LOCAL ROLE ogw_test_blue;
EXECUTE mine;
SELECT * FROM side.mine();
SET LOCAL ROLE ogw_test_noinherit;
SAVEPOINT refused;
EXECUTE mine;
ROLLBACK TO refused;
SET LOCAL ROLE ogw_test_red;
EXECUTE mine;
ROLLBACK;
RESET plan_cache_mode;
-- what runs as its owner reads as its owner: a wrapper gives what its owner may read
ALTER FUNCTION side.mine() SECURITY DEFINER;
ALTER FUNCTION side.mine() OWNER TO ogw_test_red;
SET ROLE ogw_test_blue;
SELECT * FROM side.mine();
RESET ROLE;
REVOKE USAGE ON SCHEMA ogw_logs_internal FROM ogw_test_red, ogw_test_blue;
-- a plan that runs in parallel
CREATE TABLE side.large AS SELECT n FROM generate_series(1, 1000) n;
GRANT SELECT ON side.large TO PUBLIC;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET ROLE ogw_test_red;
SELECT (SELECT count(*) FROM side.large WHERE n % 2 = 0) AS large, (SELECT count(*) FROM ogw_logs.logs WHERE "timestamp" = '2026-07-01Z') AS mine;
RESET ROLE;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- the role that is renamed keeps its rights; one that comes to have its name has none
ALTER ROLE ogw_test_red RENAME TO ogw_test_redder;
CREATE ROLE ogw_test_red;
SELECT side.try('ogw_test_redder', 'SELECT FROM ogw_logs.entry'), side.try('ogw_test_redder', $$SELECT FROM ogw_logs.get_log('red1')$$),
	   side.try('ogw_test_red', 'SELECT FROM ogw_logs.entry');

SELECT ogw_logs.revoke_access(('ogw_test_' || r)::name) FROM unnest(ARRAY['red', 'redder', 'blue', 'fun', 'wri']) r;
REVOKE USAGE ON SCHEMA ogw_logs FROM ogw_test_str;
DELETE FROM ogw_logs.entry WHERE team_id IN ('s-red', 's-blue', 's-wad');
DELETE FROM ogw_logs.body WHERE team_id IN ('s-red', 's-blue');
SET client_min_messages = warning;
DROP SCHEMA side CASCADE;
RESET client_min_messages;
DROP ROLE ogw_test_noinherit, ogw_test_red, ogw_test_redder, ogw_test_blue, ogw_test_wri, ogw_test_str, ogw_test_fun, ogw_test_rad, ogw_test_wad;
