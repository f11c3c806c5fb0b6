-- search(body_contains => …): who finds a text in which bodies, unsealed and
-- sealed, also where JSON escapes it. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_words ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_words
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
SET ogw_logs.seal_delay = 0;
SET ogw_logs.log_body_reads = off;
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => true) FROM unnest(ARRAY['red', 'blue']) t;
\o
\getenv abs_srcdir PG_ABS_SRCDIR
\set prelude :abs_srcdir '/test/prelude.sql'
\set ECHO none
\i :prelude
\set ECHO all
CREATE FUNCTION found(body_contains text, ignore_case boolean DEFAULT false) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(s.team_id || '/' || s.job_id, ' ' ORDER BY s.ordinality)
	  FROM ogw_logs.search(body_contains => found.body_contains, ignore_case => found.ignore_case) WITH ORDINALITY s
$$;

-- The texts of the first day are sealed, those of the second are unsealed.
SELECT ogw_logs.insert_log(job_id => 'plain', team_id => 'red', "timestamp" => '2026-06-01 10:00:00Z', session_id => 's1', input => 'The quick brown fox: Ärger in der Straße, 日本語のテキスト 😀', output => 'C:\new\table says "no"');
SELECT ogw_logs.insert_log(job_id => 'json', team_id => 'red', "timestamp" => '2026-06-01 10:00:01Z', session_id => 's2', input => $${"messages":[{"content":"line one\nline \"two\"\t\u00c4rger \u65e5\u672c\u8a9e \ud83d\ude00 C:\\new <\u003ctag>"}]}$$, output => '');
SELECT ogw_logs.insert_log(job_id => 'deep', team_id => 'red', "timestamp" => '2026-06-01 10:00:02Z', session_id => 's1', tool_calls => $$[{"arguments":"{\"city\":\"M\\u00fcnchen\",\"note\":\"one\\ntwo \\\"three\\\"\"}"}]$$, metadata => '{"trace":"abc-123"}');
SELECT ogw_logs.insert_log(job_id => 'error', team_id => 'blue', "timestamp" => '2026-06-01 10:00:02Z', status => 'failure', error_message => 'upstream said: The quick brown fox', input => '\u0041\u0042\u0043 \u12 \ud83d half \');
SELECT ogw_logs.insert_log(job_id => 'secret', team_id => 'red', "timestamp" => '2026-06-01 10:00:03Z', input => 'my key is sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ');
CREATE TABLE expected (body_contains text, ignore_case boolean, jobs text);
INSERT INTO expected VALUES
	('The quick brown', false, 'blue/error red/plain'), ('the quick brown', false, NULL), ('the QUICK brown', true, 'blue/error red/plain'),
	('Ärger', false, 'red/json red/plain'), ('ÄRGER', true, 'red/json red/plain'), ('ÄRGER', false, NULL), ('strasse', true, NULL), ('STRAßE', true, 'red/plain'),
	('日本語', false, 'red/json red/plain'), ('語 😀', false, 'red/json'), ('😀', false, 'red/json red/plain'), (U&'\+01F601', false, NULL),
	(E'line one\nline "two"\tÄ', false, 'red/json'), ('line one\nline', false, 'red/json'), ('line \"two\"', false, 'red/json'), ('line "two"', false, 'red/json'),
	('C:\new', false, 'red/json red/plain'), ('new\table', false, 'red/plain'), ('<<tag>', false, 'red/json'), ('says "no"', false, 'red/plain'),
	('"city":"München"', false, 'red/deep'), (E'one\ntwo "three"', false, 'red/deep'), ('MÜNCHEN', true, 'red/deep'), ('{"trace":"abc', false, 'red/deep'),
	('ABC', false, 'blue/error'), ('abc', true, 'blue/error red/deep'), ('half \', false, 'blue/error'), ('\u12 ', false, 'blue/error'),
	('foxThe', false, NULL), ('😀C:', false, NULL), ('two', false, 'red/deep red/json');
CREATE VIEW wrong AS SELECT e.*, found(e.body_contains, e.ignore_case) AS found FROM expected e WHERE found(e.body_contains, e.ignore_case) IS DISTINCT FROM e.jobs;
TABLE wrong;
-- a secret is looked for as it is stored
SELECT found('sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ'), found('abcdefghijklmnopqrstuvwxyz0123456789');
CALL maintain_all();
SELECT count(*) AS unsealed FROM ogw_logs.body;
TABLE wrong;
SELECT count(*) > 25 AS all_were_looked_for FROM expected;

-- An escape is seen wherever it stands, and behind however many backslashes: an odd number
-- of them at one of the first four levels.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input)
SELECT kind || n, 'red', '2026-05-20T10:00:00Z', repeat(CASE kind WHEN 'run' THEN '\' ELSE 'x' END, n) || CASE kind WHEN 'unit' THEN 'caf\u00e9' WHEN 'quote' THEN 'says \"no' ELSE 'u00ea!' END
  FROM generate_series(0, 140) n, unnest(ARRAY['unit', 'quote', 'run']) kind;
CREATE FUNCTION places(body_contains text) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM ogw_logs.search(body_contains => places.body_contains, since => '2026-05-20Z', until => '2026-05-21Z', max_rows => 1000)
$$;
SELECT places('xcafé') AS unit, places('says "no') AS quote, places('ê!') = (SELECT count(*) FROM generate_series(0, 140) n WHERE n % 16 <> 0) AS run, places('cafê') AS nothing;
CALL maintain_all();
SELECT places('xcafé') AS unit, places('says "no') AS quote, places('ê!') = (SELECT count(*) FROM generate_series(0, 140) n WHERE n % 16 <> 0) AS run, places('cafê') AS nothing;

-- Many bodies, sealed in several segments and unsealed: the same as by opening
-- each of them, with other filters, by pages, at equal times.
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
SELECT 'm' || n, CASE n % 3 WHEN 0 THEN 'blue' ELSE 'red' END, to_char(timestamp '2026-06-02 10:00' + n / 2 * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	   's' || n % 97, 'u' || n % 5, repeat(md5(n::text), 60) || CASE WHEN n % 500 = 7 THEN ' needle' ELSE '' END || CASE WHEN n % 2 = 0 THEN ' even' ELSE ' odd' END
  FROM generate_series(1, 6000) n;
CREATE VIEW truth AS
	SELECT e.job_id, e.team_id, e."timestamp", e.user_id, e.session_id, l.input FROM ogw_logs.entry e, LATERAL ogw_logs.get_log(e.job_id, e.team_id) l WHERE e.job_id LIKE 'm%';
CREATE FUNCTION compare() RETURNS TABLE (what text, n bigint, missing bigint, unwanted bigint, in_order boolean) LANGUAGE plpgsql AS $$
DECLARE
	wanted text;
	call text;
BEGIN
	CREATE TEMP TABLE opened AS TABLE truth;
	FOR what, call, wanted IN VALUES
		('rare', 'body_contains => ''needle''', 'input LIKE ''%needle%'''),
		('rare, of a team', 'body_contains => ''needle'', team_id => ''blue''', 'input LIKE ''%needle%'' AND team_id = ''blue'''),
		('common', 'body_contains => ''even''', 'input LIKE ''%even%'''),
		('common, of a user', 'body_contains => ''odd'', user_id => ''u1''', 'input LIKE ''%odd%'' AND user_id = ''u1'''),
		('of a session', 'body_contains => ''odd'', session_id => ''s11''', 'input LIKE ''%odd%'' AND session_id = ''s11'''),
		('in some minutes', 'body_contains => ''even'', since => ''2026-06-02 10:10Z'', until => ''2026-06-02 10:12Z''', 'input LIKE ''%even%'' AND "timestamp" >= ''2026-06-02 10:10Z'' AND "timestamp" < ''2026-06-02 10:12Z'''),
		('rare, in some minutes', 'body_contains => ''needle'', since => ''2026-06-02 10:10Z'', until => ''2026-06-02 10:40Z''', 'input LIKE ''%needle%'' AND "timestamp" >= ''2026-06-02 10:10Z'' AND "timestamp" < ''2026-06-02 10:40Z'''),
		('of a job', 'body_contains => ''odd'', job_id => ''m77''', 'input LIKE ''%odd%'' AND job_id = ''m77'''),
		('ignoring case', 'body_contains => ''NEEDLE'', ignore_case => true', 'input LIKE ''%needle%'''),
		('nowhere', 'body_contains => ''nowhere''', 'false')
	LOOP
		EXECUTE format('CREATE TEMP TABLE got AS SELECT row_number() OVER () AS place, * FROM ogw_logs.search(max_rows => 10000, %s)', call);
		EXECUTE format('SELECT (SELECT count(*) FROM got), (SELECT count(*) FROM (SELECT job_id, team_id FROM opened WHERE %s EXCEPT ALL SELECT job_id, team_id FROM got) m),'
					   ' (SELECT count(*) FROM (SELECT job_id, team_id FROM got EXCEPT ALL SELECT job_id, team_id FROM opened WHERE %1$s) u),'
					   ' (SELECT coalesce(bool_and(place = r), true) FROM (SELECT place, row_number() OVER (ORDER BY "timestamp" DESC, job_id COLLATE "C" DESC, team_id COLLATE "C" DESC) AS r FROM got) o)', wanted)
		   INTO n, missing, unwanted, in_order;
		DROP TABLE got;
		RETURN NEXT;
	END LOOP;
	DROP TABLE opened;
END
$$;
SELECT * FROM compare();
CALL maintain_all();
SELECT count(*) AS unsealed, (SELECT count(*) > 3 FROM ogw_logs.segment s WHERE s.chunk = 0) AS several_segments FROM ogw_logs.body;
SELECT * FROM compare();
-- pages of it
CREATE FUNCTION pages(size integer) RETURNS TABLE (job_id text, team_id text) LANGUAGE plpgsql AS $$
DECLARE
	last record;
	page integer;
BEGIN
	SELECT NULL::timestamptz AS "timestamp", NULL AS job_id, NULL AS team_id INTO last;
	LOOP
		page := 0;
		FOR last IN SELECT * FROM ogw_logs.search(body_contains => 'needle', max_rows => size, before_timestamp => last."timestamp", before_job_id => last.job_id, before_team_id => last.team_id) LOOP
			page := page + 1;
			job_id := last.job_id;
			team_id := last.team_id;
			RETURN NEXT;
		END LOOP;
		EXIT WHEN page < size;
	END LOOP;
END
$$;
SELECT count(*), count(DISTINCT (job_id, team_id)) FROM pages(5);
SELECT count(*) AS newest FROM ogw_logs.search(body_contains => 'even', max_rows => 3);
-- some unsealed, of a day that is sealed; and where an operator's partition is no ordinary one
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input) SELECT 'late' || n, 'red', '2026-06-02T10:00:00Z', 'late', 'late needle' FROM generate_series(1, 3) n;
SELECT count(*) FROM ogw_logs.search(body_contains => 'needle');
CREATE TABLE ogw_logs.entry_other (LIKE ogw_logs.entry INCLUDING ALL);
ALTER TABLE ogw_logs.entry ATTACH PARTITION ogw_logs.entry_other DEFAULT;
SELECT count(*) FROM ogw_logs.search(body_contains => 'needle');
SELECT count(*) FROM ogw_logs.search(body_contains => 'needle', max_rows => 2);
ALTER TABLE ogw_logs.entry DETACH PARTITION ogw_logs.entry_other;
DROP TABLE ogw_logs.entry_other;

-- What is damaged is warned of, and all else is found.
CREATE TABLE kept AS TABLE ogw_logs.segment;
SELECT found('Ärger');
UPDATE ogw_logs.segment SET content = set_byte(content, octet_length(content) - 1, 255 - get_byte(content, octet_length(content) - 1)) WHERE since = '2026-06-01' AND team_id = 'red';
SELECT found('The quick brown');
UPDATE ogw_logs.segment s SET content = k.content FROM kept k WHERE (k.since, k.team_id, k.pass, k.first_session, k.first_timestamp, k.first_job, k.chunk) = (s.since, s.team_id, s.pass, s.first_session, s.first_timestamp, s.first_job, s.chunk);
SELECT found('The quick brown');

-- Who may read which bodies; what is found is noted.
CREATE ROLE ogw_test_reads_red;
CREATE ROLE ogw_test_reads_none;
CREATE ROLE ogw_test_writes;
SELECT ogw_logs.grant_reader('ogw_test_reads_red', 'red', bodies => true, views => true), ogw_logs.grant_reader('ogw_test_reads_red', 'blue', views => true), ogw_logs.grant_reader('ogw_test_reads_none', views => true), ogw_logs.grant_writer('ogw_test_writes');
SET ogw_logs.log_body_reads = on;
DELETE FROM ogw_logs.body_read;
SET ROLE ogw_test_reads_red;
SELECT team_id, job_id FROM ogw_logs.search(body_contains => 'The quick brown');
SELECT count(*) AS of_blue FROM ogw_logs.search(body_contains => 'The quick brown', team_id => 'blue');
SELECT count(*) AS of_blue FROM ogw_logs.search(body_contains => 'The quick brown', job_id => 'error');
SELECT count(*), count(*) FILTER (WHERE team_id <> 'red') AS others FROM ogw_logs.search(body_contains => 'even', max_rows => 100);
SELECT count(*) AS both_teams FROM ogw_logs.search(since => '2026-06-01Z', until => '2026-06-02Z');
SELECT count(*) FROM ogw_logs.search(body_contains => '');
SET ROLE ogw_test_reads_none;
SELECT count(*) AS entries FROM ogw_logs.search(since => '2026-06-01Z', until => '2026-06-02Z');
SELECT job_id FROM ogw_logs.search(body_contains => 'The quick brown');
SET ROLE ogw_test_writes;
SELECT job_id FROM ogw_logs.search(body_contains => 'The quick brown');
RESET ROLE;
SELECT read_by, team_id, count(*) FROM ogw_logs.body_read GROUP BY 1, 2 ORDER BY 1, 2;
-- what is erased is not found, sealed or not; what is not logged neither
SET ogw_logs.log_body_reads = off;
SELECT bodies FROM ogw_logs.purge_bodies('red', until => '2026-06-02Z');
SELECT found('Ärger');
SELECT ogw_logs.set_team('off', body_logging => false);
SELECT ogw_logs.insert_log(job_id => 'off', team_id => 'off', "timestamp" => '2026-06-03Z', input => 'The quick brown fox');
SELECT found('The quick brown');
SELECT ogw_logs.revoke_access(r) FROM unnest(ARRAY['ogw_test_reads_red', 'ogw_test_reads_none', 'ogw_test_writes']::name[]) r;
DROP ROLE ogw_test_reads_red, ogw_test_reads_none, ogw_test_writes;
\c :regression
DROP DATABASE ogw_test_words;
