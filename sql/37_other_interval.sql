-- A restore can leave partitions of one interval under another one, of which the older
-- installation counts. All goes on. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_interval ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_interval
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all

-- Each interval under each other one: entries before, in and behind the partitions that are
-- there, beside them and now; all in place, no times in two partitions, none twice.
CREATE FUNCTION tried(in_force interval, made interval, OUT stored bigint, OUT again bigint, OUT readable bigint, OUT due bigint) LANGUAGE plpgsql AS $$
DECLARE
	times timestamptz[] := ARRAY[now()] || (SELECT array_agg('2026-02-10 04:30Z'::timestamptz + d * interval '13 hours') FROM generate_series(-30, 50, 20) d);
	given text := (SELECT json_agg(json_build_object('job_id', 'j' || n, 'team_id', 'red', 'timestamp', t, 'input', 'body ' || n)) FROM unnest(times) WITH ORDINALITY AS x (t, n));
BEGIN
	BEGIN
		PERFORM ogw_logs.create_log(made), ogw_logs.set_team('red', body_logging => true), ogw_logs.make_partitions('2026-02-09 20:00Z', '2026-02-10 05:00Z');
		INSERT INTO ogw_logs.installation SELECT created_at - interval '1 day', in_force, key_secret, log_version FROM ogw_logs.installation;
		SELECT i.stored INTO stored FROM ogw_logs.insert_logs(given) i;
		SELECT i.duplicate INTO again FROM ogw_logs.insert_logs(given) i;
		FOR step IN 1 .. 1000 LOOP
			PERFORM FROM ogw_logs.maintain();
			EXIT WHEN NOT FOUND;
		END LOOP;
		SELECT count(*) INTO readable FROM unnest(times) WITH ORDINALITY AS x (t, n), ogw_logs.get_log('j' || n, 'red') g WHERE g.input = 'body ' || n;
		SELECT count(*) INTO due FROM ogw_logs.verify();
		RAISE EXCEPTION 'over' USING ERRCODE = 'OGW01';
	EXCEPTION WHEN SQLSTATE 'OGW01' THEN
		NULL;
	END;
END
$$;
SELECT f AS in_force, m AS made, t.* FROM unnest(ARRAY['1 hour', '1 day', '7 days', '1 month']::interval[]) f, unnest(ARRAY['1 hour', '1 day', '7 days', '1 month']::interval[]) m, tried(f, m) t WHERE f <> m ORDER BY 1, 2;

-- One segment has bodies of several partitions of entries, whose sessions were changed since.
SELECT ogw_logs.create_log('1 month'), ogw_logs.set_team('red', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 'a' || n, team_id => 'red', "timestamp" => '2026-02-05 10:00Z'::timestamptz + n * interval '1 day', session_id => 's' || n,
						   user_id => CASE WHEN n IN (1, 2, 3) THEN 'victim' ELSE 'other' END, input => 'body ' || n) FROM generate_series(0, 5) n;
CALL maintain_all();
CREATE TEMP TABLE kept AS SELECT * FROM ogw_logs.entry;
\set ECHO none
SELECT format('DROP TABLE ogw_logs.%I', c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE inhparent = 'ogw_logs.entry'::regclass \gexec
SELECT format($f$CREATE TABLE ogw_logs.entry_d%s PARTITION OF ogw_logs.entry FOR VALUES FROM (%L) TO (%L)$f$, n, '2026-02-01Z'::timestamptz + n * interval '1 day', '2026-02-01Z'::timestamptz + (n + 1) * interval '1 day') FROM generate_series(0, 20) n \gexec
\set ECHO all
INSERT INTO ogw_logs.entry SELECT * FROM kept;
UPDATE ogw_logs.entry SET session_id = 'anon' WHERE user_id = 'victim';
SELECT count(*) AS segments FROM ogw_logs.segment;
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'victim');
SELECT e.job_id, g.input FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, 'red') g ORDER BY 1;

-- Where it is not restored how far an interval reaches, bodies lie behind their partition; none
-- is without its entry for that, and none is removed.
BEGIN;
\set ECHO none
SELECT format('ALTER TABLE ogw_logs.segment DETACH PARTITION %1$s; ALTER TABLE ogw_logs.segment ATTACH PARTITION %1$s FOR VALUES FROM (%2$L) TO (%3$L);', p.partition, p.since, p.since + interval '1 day') FROM ogw_logs_internal.partitions_of('segment') p WHERE p.since = '2026-02-01Z' \gexec
\set ECHO all
DELETE FROM ogw_logs.sealed_interval;
DELETE FROM ogw_logs.partition_history;
SELECT count(*) FILTER (WHERE object LIKE 'bodies %') AS bodies, count(*) FILTER (WHERE object LIKE 'entry %') AS entries FROM ogw_logs.verify();
SELECT sealed_bodies FROM ogw_logs_internal.remove_orphans();
ROLLBACK;

-- What a DBA's constraint refuses is told without the row: to who erases, too.
ALTER TABLE ogw_logs.entry ADD CONSTRAINT dba CHECK (user_id NOT LIKE 'erased-%') NOT VALID;
SELECT * FROM ogw_logs.erase_user('red', 'other');

ALTER TABLE ogw_logs.entry DROP CONSTRAINT dba;

-- A restore gives tables what ALTER DEFAULT PRIVILEGES says. Nobody decides by that what runs
-- as the owner.
CREATE ROLE ogw_test_app;
GRANT USAGE ON SCHEMA ogw_logs TO ogw_test_app;
GRANT CREATE ON SCHEMA public TO ogw_test_app;
GRANT ALL ON ogw_logs.entry, ogw_logs.installation, ogw_logs.entry_d5 TO ogw_test_app;
SET ROLE ogw_test_app;
CREATE FUNCTION public.escalate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ALTER ROLE ogw_test_app SUPERUSER; RETURN new; END $$;
CREATE TRIGGER escalate BEFORE INSERT ON ogw_logs.entry_d5 FOR EACH ROW EXECUTE FUNCTION public.escalate();
RESET ROLE;
\c
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET ogw_logs.max_age = '20000d';
\set SHOW_CONTEXT never
SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', "timestamp" => '2026-02-06 10:00Z');
SELECT ogw_logs.create_log();
SELECT ogw_logs.erase_user('red', 'other');
DROP TRIGGER escalate ON ogw_logs.entry_d5;
SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', "timestamp" => '2026-02-06 10:00Z');
SELECT rolsuper FROM pg_roles WHERE rolname = 'ogw_test_app';
SELECT DISTINCT a.privilege_type FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'ogw_logs'::regnamespace AND a.grantee = 'ogw_test_app'::regrole AND a.privilege_type <> 'MAINTAIN';
GRANT INSERT, TRUNCATE ON ogw_logs.entry_d6 TO PUBLIC;
SELECT action FROM ogw_logs.maintain();
SELECT count(*) AS others FROM ogw_logs_internal.foreign_privileges();
DROP OWNED BY ogw_test_app;

\c :regression
DROP ROLE ogw_test_app;
DROP DATABASE ogw_test_interval;
