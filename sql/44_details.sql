-- What a writer learns of what it sent: counts, details, warnings, its rows of rejected.
-- In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_details ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_details
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team('red', body_logging => true);
\o
-- the ids of what was stored since the last look
CREATE VIEW stored AS SELECT string_agg(job_id, ' ' ORDER BY job_id) AS stored FROM ogw_logs.entry;
CREATE FUNCTION e(job_id text, more text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT format('{"job_id":"%s","team_id":"red"%s}', job_id, more) $$;

-- the details in a line: [statement/]position field:reason of what was refused
CREATE FUNCTION told(details json) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', string_agg(format('%s%s %s:%s%s', d.statement || '/', d.position, d.field, d.reason, CASE WHEN NOT d.rejected THEN '?' END), ', ' ORDER BY n),
	'and ' || nullif(details ->> 'not_listed', '0') || ' more') FROM ROWS FROM (json_to_recordset(details -> 'listed')
	AS (statement integer, position bigint, rejected boolean, field text, reason text)) WITH ORDINALITY d (statement, position, rejected, field, reason, n) $$;
CREATE FUNCTION try(entries text, details boolean DEFAULT true, OUT counts text, OUT told text) LANGUAGE sql AS
$$ SELECT format('%s=%s+%s+%s', received, stored, duplicate, rejected), told(i.details) FROM ogw_logs.insert_logs(entries, details) i $$;
CREATE FUNCTION try(entries bytea, OUT counts text, OUT told text) LANGUAGE sql AS
$$ SELECT format('%s=%s+%s+%s', received, stored, duplicate, rejected), told(i.details) FROM ogw_logs.insert_logs(entries, true) i $$;

-- An array, JSON Lines or one object; blanks, an order mark and ends of lines of any kind are nothing.
SELECT * FROM ogw_logs.insert_logs('[' || e('a1') || ',' || e('a2') || ']');
SELECT * FROM try(e('o1'));
SELECT * FROM try(E'{\n  "job_id": "o2",\n  "team_id": "red",\n  "input": {"messages": [\n    1]}\n}\n');
SELECT * FROM try(e('l1') || E'\n' || e('l2') || E'\n');
SELECT * FROM try(E'\uFEFF\r\n \t\r\n' || e('l3') || E'\r\n\r\n' || e('l4') || E'\r\n\n ');
SELECT * FROM try(e('l5') || e('l6') || ' ' || e('l7') || ',' || e('l8') || E',\n' || e('l9'));
SELECT * FROM try(E'\uFEFF[' || e('a3') || E']\n[' || e('a4') || ',' || e('a5') || E']\n' || e('a6'));
SELECT * FROM try('');
SELECT * FROM try(E' \n\uFEFF');
SELECT * FROM try('[]');
SELECT * FROM try(NULL::text);
SELECT * FROM stored;

-- A line that is none is refused alone, wherever it stands; so is an element.
TRUNCATE ogw_logs.entry, ogw_logs.rejected;
SELECT * FROM try(E'{"job_id":"b1","team_id":"red"\n' || e('b2') || E'\nnonsense\n\n' || e('b3') || E'\n{"job_id":"b4","team_id":"red",x}' || e('b5')
	|| E'\n{"job_id":"b6","input":"and so\n' || e('b7') || E'\n{"job_id":"b8","metadata":{"a":[\n' || e('b9') || E'\n17\n"x"\n' || e('b10') || E'\n{"job');
SELECT * FROM stored;
TRUNCATE ogw_logs.entry;
SELECT * FROM try('[' || e('c1') || ',{"job_id":"c2","team_id":"red",x},17,' || e('c3') || ',{"team_id":"red"},{"job_id":"c4"},{"job_id":"c5","team_id":""}]');
SELECT * FROM stored;
-- objects that go over lines, and one of them is broken
SELECT * FROM try(E'{\n"job_id":"d1",\n"team_id":"red"\n}\n{"job_id":\n{\n"job_id":"d2",\n"team_id":"red"\n}\n');
-- a batch that breaks off is told, wherever it does
SELECT cut, t.* FROM unnest(ARRAY['[', '[' || e('f1'), '[' || e('f2') || ',', '[' || e('f3') || ',{"job', '[' || e('f4') || E'\n', '[' || e('f5') || '}', '{', '{"job_id"']) cut, try(cut) t;
SELECT * FROM stored;
-- what could be read again and again is not: many values in a line, many lines that begin a value
SET client_min_messages = error;
SELECT left(part, 10) AS part, received, stored, rejected FROM unnest(ARRAY['{}', E'[\n', E'{"a":\n', E'{"a":[1,\n2,3,4\n', '{"a"', '[[', '{},', E'{}\n', E'[1}\n']) part, ogw_logs.insert_logs(repeat(part, 200000));
RESET client_min_messages;

-- Bytes: what is no UTF-8 is repaired, one element at a time.
TRUNCATE ogw_logs.entry, ogw_logs.rejected;
CREATE FUNCTION bytes(VARIADIC parts text[]) RETURNS bytea LANGUAGE sql AS
$$ SELECT string_agg(CASE WHEN part LIKE '\\x%' THEN decode(substr(part, 3), 'hex') ELSE convert_to(part, 'UTF8') END, '' ORDER BY n) FROM unnest(parts) WITH ORDINALITY u (part, n) $$;
SELECT * FROM try(bytes('[', e('u1', ',"input":"zoë 木 😀"'), ',{"job_id":"u2","team_id":"red","input":"cut: ', '\xe697', '"},', e('u3', ',"input":"é"'), ']'));
SELECT job_id, input FROM unnest(ARRAY['u1', 'u2', 'u3']) j, ogw_logs.get_log(j);
-- one mark for each maximal subpart, as the Unicode Standard recommends; and for each zero byte
CREATE TABLE wrong (n serial, bytes text, repaired text);
INSERT INTO wrong (bytes, repaired) VALUES
	('fffe', '??'), ('e697', '?'), ('f09f98', '?'), ('f09f9841', '?A'), ('c0af', '??'), ('e0809f', '???'), ('f08080af', '????'), ('eda080', '???'),
	('eda0bdedb880', '??????'), ('f4908080', '????'), ('f5808080', '????'), ('80', '?'), ('c3', '?'), ('c328', '?('), ('00', '?'), ('4100420043', 'A?B?C'),
	('e6e6e6', '???'), ('f09fe697c3a9', '??é'), ('f09fe69780c3a9', '?旀é'), ('616263c380f09f9880', 'abcÀ😀'), ('41424344454647ff', 'ABCDEFG?'), ('4142434445464748ff4a4b4c4d4e4f5000', 'ABCDEFGH?JKLMNOP?');
SELECT received, stored, rejected FROM ogw_logs.insert_logs((SELECT bytes(VARIADIC array_agg(part ORDER BY n, o))
	FROM wrong, unnest(ARRAY['{"job_id":"w' || n || '","team_id":"red","input":"<', '\x' || bytes, E'>"}\n']) WITH ORDINALITY p (part, o)));
SELECT n, bytes, repaired, input FROM wrong, ogw_logs.get_log('w' || n) WHERE input IS DISTINCT FROM '<' || replace(repaired, '?', U&'\FFFD') || '>';
SELECT count(*) AS exact FROM wrong, ogw_logs.get_log('w' || n) WHERE input = '<' || replace(repaired, '?', U&'\FFFD') || '>';
-- in names, between values, in an object that goes over lines, at the end of a program's string
SELECT * FROM try(bytes(e('v1', ',"metadata":{"a'), '\xff', E'":1}}\n', '\xff', e('v2'), E'\n', e('v3'), '\xff', E'\n', E'{\n"job_id":"v4","team_id":"red","input":"', '\x00', E'"\n}\n', e('v5'), '\x0000'));
SELECT * FROM stored;
-- as bytes, text, json and jsonb: one code
SELECT * FROM try(bytes('\xefbbbf', e('t1'), E'\r\n', '{'));
SELECT * FROM try(E'\uFEFF' || e('t2') || E'\r\n{');
SELECT received, stored, rejected, told(details) FROM ogw_logs.insert_logs(('[' || e('t3') || ',1]')::json, true);
SELECT received, stored, rejected, told(details) FROM ogw_logs.insert_logs(('[' || e('t4') || ',1,null,[],' || e('t5', ',"input":{"a":[1,{"b":null}]}') || ']')::jsonb, true);
SELECT ogw_logs.insert_logs(e('t6')::json), ogw_logs.insert_logs(e('t7')::jsonb), ogw_logs.insert_logs('17'::jsonb), ogw_logs.insert_logs('"x"'::json), ogw_logs.insert_logs('[]'::jsonb),
	   ogw_logs.insert_logs(NULL::jsonb), ogw_logs.insert_logs(NULL::bytea), ogw_logs.insert_logs(NULL::json);
SELECT input FROM ogw_logs.get_log('t5');

-- Details: NULL where they were not asked for, and no more than 1,000.
TRUNCATE ogw_logs.rejected;
SELECT details FROM ogw_logs.insert_logs('[1]', false);
SELECT details FROM ogw_logs.insert_logs('[1]', NULL);
SELECT details FROM ogw_logs.insert_logs(NULL::text, true);
SELECT details FROM ogw_logs.insert_logs(e('g1'), true);
SELECT received, rejected, json_array_length(details -> 'listed') AS listed, details -> 'not_listed' AS not_listed, details -> 'listed' -> 999 AS last
  FROM ogw_logs.insert_logs((SELECT '[' || string_agg(CASE n % 4 WHEN 0 THEN e('h' || n) WHEN 1 THEN '{"team_id":"red"}' ELSE '0' END, ',') || ']' FROM generate_series(1, 4000) n), true);
-- a row of rejected says which call it came with
SELECT count(DISTINCT batch_id) AS calls, count(*) FILTER (WHERE batch_id IS NULL) AS without FROM ogw_logs.rejected;
SELECT details, details ->> 'batch_id' AS batch_id FROM ogw_logs.insert_logs('[0,{"job_id":"i1"},' || e('i2') || ',{"team_id":"red"}]', true) \gset
SELECT (:'details'::jsonb - 'batch_id')::text AS details;
SELECT r."position", r.team_id, r.job_id, r.field, r.reason FROM ogw_logs.rejected r WHERE r.batch_id = :'batch_id' ORDER BY 1;

-- last_batch(): all that the transaction sent, and nothing that was rolled back.
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('j1', 'red'), (NULL, 'red'), ('j2', NULL);
SELECT details FROM ogw_logs.last_batch(true);
SELECT * FROM ogw_logs.last_batch(false);
SELECT * FROM ogw_logs.last_batch();
BEGIN;
SELECT received FROM ogw_logs.last_batch();
COPY ogw_logs.inbox (job_id, team_id) FROM stdin;
k1	red
k2	\N
\.
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('k1', 'red'), ('', 'red');
SELECT received, stored, duplicate, rejected, told(details) FROM ogw_logs.last_batch(true);
SAVEPOINT a;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES (NULL, 'red');
SAVEPOINT b;
INSERT INTO ogw_logs.inbox (job_id) VALUES ('k3');
SAVEPOINT c;
INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('k4', 'red');
RELEASE SAVEPOINT c;
SELECT received, stored, duplicate, rejected, told(details) FROM ogw_logs.last_batch(true);
ROLLBACK TO SAVEPOINT b;
SELECT received, stored, duplicate, rejected, told(details) FROM ogw_logs.last_batch(true);
RELEASE SAVEPOINT a;
SAVEPOINT d;
INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT 'k5', 1 / (2 - n)::text::integer FROM generate_series(1, 2) n;
ROLLBACK TO SAVEPOINT d;
SELECT * FROM ogw_logs.last_batch();
COMMIT;
SELECT received, stored, duplicate, rejected, told(details) FROM ogw_logs.last_batch(true);
-- a block that catches its error, in a transaction that goes on
DO $$ BEGIN
	INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('m1', 'red');
	BEGIN
		INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('m2', 'red'), (NULL, 'red');
		BEGIN
			INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('m3', 'red');
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
		PERFORM 1 / 0;
	EXCEPTION WHEN division_by_zero THEN
		INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('m4', 'red');
	END;
END $$;
SELECT received, stored, duplicate, rejected, told(details) FROM ogw_logs.last_batch(true);
SELECT string_agg(job_id, ' ' ORDER BY job_id) FROM ogw_logs.entry WHERE job_id LIKE 'm_';
-- a procedure that commits
CREATE PROCEDURE send(n integer) LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('p' || n, 'red');
	COMMIT;
	INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('q' || n, 'red'), ('r' || n, 'red');
END $$;
CALL send(1);
SELECT * FROM ogw_logs.last_batch();
INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT 's', 1 / (1 - n)::text::integer FROM generate_series(1, 1) n;
SELECT received, stored, duplicate, rejected, told(details) FROM ogw_logs.last_batch(true);
-- no more than 1,000, over several statements
BEGIN;
INSERT INTO ogw_logs.inbox (job_id) SELECT 'x' || n FROM generate_series(1, 600) n;
INSERT INTO ogw_logs.inbox (job_id) SELECT 'x' || n FROM generate_series(1, 600) n;
SELECT received, rejected, json_array_length(details -> 'listed') AS listed, details -> 'not_listed' AS not_listed, details -> 'listed' -> 999 AS last FROM ogw_logs.last_batch(true);
COMMIT;

-- A warning for each call in which something was refused, none where nothing was.
\set VERBOSITY sqlstate
SELECT * FROM ogw_logs.insert_logs('["canary", {"job_id":"canary"}, {"job_id":"y1","team_id":"red"}]');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"y2","team_id":"red"}]');
INSERT INTO ogw_logs.inbox (job_id, team_id) SELECT 'canary', NULLIF('red', 'red') FROM generate_series(1, 2500);
\set VERBOSITY default

-- A writer sees in rejected what it sent itself, and a reader its teams.
CREATE ROLE ogw_test_gw1;
CREATE ROLE "OGW test ""2""";
CREATE ROLE ogw_test_dash;
SELECT ogw_logs.grant_writer('ogw_test_gw1'), ogw_logs.grant_writer('OGW test "2"'), ogw_logs.grant_reader('ogw_test_dash', 'red', views => true);
TRUNCATE ogw_logs.rejected;
SET client_min_messages = error;
SET ROLE ogw_test_gw1;
SELECT ogw_logs.insert_logs('[1,{"team_id":"red"},{"team_id":"blue"}]');
SELECT method, "position", team_id, reason, sent_by FROM ogw_logs.rejected ORDER BY 2;
SET ROLE "OGW test ""2""";
INSERT INTO ogw_logs.inbox (team_id) VALUES ('red'), ('green');
SELECT method, "position", team_id, reason, sent_by FROM ogw_logs.rejected ORDER BY 2;
SET ROLE ogw_test_dash;
SELECT method, "position", team_id, reason, sent_by FROM ogw_logs.rejected ORDER BY 1, 2;
RESET ROLE;
-- also where it reads a team without the views
SELECT ogw_logs.grant_reader('ogw_test_gw1', 'green', views => false);
SET ROLE ogw_test_gw1;
SELECT method, "position", team_id, reason, sent_by FROM ogw_logs.rejected ORDER BY 1, 2;
SELECT * FROM ogw_logs.logs;
SELECT * FROM ogw_logs.ingest_counts;
RESET ROLE;
SELECT ogw_logs.revoke_access('ogw_test_gw1');
-- the next of a name sees nothing of the one before: a role that was renamed, or dropped
ALTER ROLE ogw_test_gw1 RENAME TO ogw_test_gw1_old;
CREATE ROLE ogw_test_gw1;
SELECT ogw_logs.grant_writer('ogw_test_gw1');
SET ROLE ogw_test_gw1;
SELECT count(*) FROM ogw_logs.rejected;
RESET ROLE;
SELECT ogw_logs.revoke_access('OGW test "2"');
DROP ROLE "OGW test ""2""";
CREATE ROLE "OGW test ""2""";
SELECT ogw_logs.grant_writer('OGW test "2"');
SET ROLE "OGW test ""2""";
SELECT count(*) FROM ogw_logs.rejected;
RESET ROLE;
SELECT ogw_logs.revoke_access('OGW test "2"');
-- nothing is left to see when the right is taken back
SELECT ogw_logs.revoke_access('ogw_test_gw1');
SET ROLE ogw_test_gw1;
SELECT count(*) FROM ogw_logs.rejected;
RESET ROLE;
RESET client_min_messages;

\c :regression
DROP DATABASE ogw_test_details;
DROP ROLE ogw_test_gw1, ogw_test_gw1_old, "OGW test ""2""", ogw_test_dash;
