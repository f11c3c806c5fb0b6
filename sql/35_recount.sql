-- An erasure that leaves anything is none: it counts again, by no index. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_recount ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_recount
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team('red', body_logging => true, metadata_keys => '{who}');
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
SELECT count(ogw_logs.insert_log(job_id => u || d || n, team_id => 'red', "timestamp" => d::timestamptz + n * interval '1 minute', user_id => u, session_id => u || n % 3,
	   metadata => format('{"who":"%s"}', u), input => 'input of ' || u || n)) FROM unnest(ARRAY['alice', 'bob']) u, unnest(ARRAY['2026-06-01Z', '2026-06-02Z']) d, generate_series(1, 30) n;
-- (one whose segment is several rows)
SELECT ogw_logs.insert_log(job_id => 'large', team_id => 'red', "timestamp" => '2026-06-01 10:00Z', user_id => 'large',
	   input => (SELECT string_agg(encode(sha256(n::text::bytea), 'hex'), '') FROM generate_series(1, 1000) n));
CALL maintain_all();
SELECT count(ogw_logs.insert_log(job_id => u || 'late' || n, team_id => 'red', "timestamp" => '2026-06-02 10:00Z', user_id => u, input => 'late')) FROM unnest(ARRAY['alice', 'bob']) u, generate_series(1, 3) n;
CREATE VIEW left_of_alice AS
SELECT (SELECT count(*) FROM ogw_logs.entry WHERE user_id = 'alice') AS entries, (SELECT count(*) FROM ogw_logs.body WHERE job_id LIKE 'alice%') AS unsealed,
	   (SELECT count(*) FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, 'red') g WHERE e.user_id = 'alice' AND g.input IS NOT NULL) AS bodies,
	   (SELECT count(*) FROM ogw_logs.erasure) AS erasures;
SELECT * FROM left_of_alice;
CREATE FUNCTION skip_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION put_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	CASE TG_ARGV[0] WHEN 'session' THEN NEW.session_id := OLD.session_id; WHEN 'metadata' THEN NEW.metadata := OLD.metadata; WHEN 'owner' THEN NEW.owner := 'Acme';
		 WHEN 'user' THEN NEW.user_id := 'somebody'; END CASE;
	RETURN NEW;
END $$;

-- A DBA's trigger keeps rows as they are: entries, bodies, segments.
CREATE TRIGGER dba BEFORE UPDATE ON ogw_logs.entry_20260602 FOR EACH ROW EXECUTE FUNCTION skip_row();
SELECT * FROM ogw_logs.erase_user('red', 'alice');
DROP TRIGGER dba ON ogw_logs.entry_20260602;
SELECT l.partition AS body_partition FROM ogw_logs_internal.partitions_of('body') l WHERE '2026-06-02 10:00Z' >= l.since AND '2026-06-02 10:00Z' < l.until \gset
CREATE TRIGGER dba BEFORE DELETE ON :body_partition FOR EACH ROW EXECUTE FUNCTION skip_row();
SELECT * FROM ogw_logs.erase_user('red', 'alice');
SELECT * FROM ogw_logs.purge_bodies('red', 'infinity');
DROP TRIGGER dba ON :body_partition;
CREATE TRIGGER dba BEFORE DELETE ON ogw_logs.segment_20260601 FOR EACH ROW EXECUTE FUNCTION skip_row();
SELECT * FROM ogw_logs.erase_user('red', 'alice');
SELECT * FROM ogw_logs.purge_bodies('red', 'infinity');
CREATE OR REPLACE TRIGGER dba BEFORE DELETE ON ogw_logs.segment_20260601 FOR EACH ROW WHEN (OLD.chunk > 0) EXECUTE FUNCTION skip_row();
SELECT * FROM ogw_logs.erase_user('red', 'large');
DROP TRIGGER dba ON ogw_logs.segment_20260601;
-- One puts the name back in another column, or another name.
CREATE TRIGGER dba BEFORE UPDATE ON ogw_logs.entry_20260601 FOR EACH ROW EXECUTE FUNCTION put_back('session');
SELECT * FROM ogw_logs.erase_user('red', 'alice');
CREATE OR REPLACE TRIGGER dba BEFORE UPDATE ON ogw_logs.entry_20260601 FOR EACH ROW EXECUTE FUNCTION put_back('metadata');
SELECT * FROM ogw_logs.erase_user('red', 'alice');
CREATE OR REPLACE TRIGGER dba BEFORE UPDATE ON ogw_logs.entry_20260601 FOR EACH ROW EXECUTE FUNCTION put_back('owner');
SELECT * FROM ogw_logs.erase_user('red', 'alice');
CREATE OR REPLACE TRIGGER dba BEFORE UPDATE ON ogw_logs.entry_20260601 FOR EACH ROW EXECUTE FUNCTION put_back('user');
SELECT * FROM ogw_logs.erase_user('red', 'alice');
DROP TRIGGER dba ON ogw_logs.entry_20260601;
SELECT * FROM left_of_alice;

-- An index that lacks rows: of entries, and of segments.
SELECT pg_get_indexdef('ogw_logs.entry_20260601_filter'::regclass) AS filter_index, pg_get_indexdef('ogw_logs.segment_20260601_key'::regclass) AS segment_index \gset
DROP INDEX ogw_logs.entry_20260601_filter, ogw_logs.entry_20260601_team_id;
\set ECHO none
SELECT :'filter_index' || $$ WHERE user_id <> 'alice'$$ \gexec
\set ECHO all
UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'ogw_logs.entry_20260601_filter'::regclass;
SET enable_seqscan = off;
SELECT * FROM ogw_logs.erase_user('red', 'alice');
RESET enable_seqscan;
REINDEX TABLE ogw_logs.entry_20260601;
DROP INDEX ogw_logs.segment_20260601_key;
\set ECHO none
SELECT :'segment_index' || ' WHERE false' \gexec
\set ECHO all
UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'ogw_logs.segment_20260601_key'::regclass;
SELECT * FROM ogw_logs.erase_user('red', 'alice');
SELECT * FROM ogw_logs.purge_bodies('red', 'infinity');
REINDEX TABLE ogw_logs.segment_20260601;
SELECT * FROM left_of_alice;

-- Where nothing is in the way all goes, whatever the session has set.
SET gin_fuzzy_search_limit = 1;
SELECT entries, bodies FROM ogw_logs.erase_user('red', 'alice');
RESET gin_fuzzy_search_limit;
SELECT * FROM left_of_alice;
SELECT entries, bodies, bytes FROM ogw_logs.erase_user('red', 'alice');
SELECT bodies FROM ogw_logs.purge_bodies('red', 'infinity');
SELECT bodies, bytes FROM ogw_logs.purge_bodies('red', 'infinity');

\c :regression
DROP DATABASE ogw_test_recount;
