-- What a subtransaction took and gave back counts against no limit of its transaction; and
-- a partition that entries needed stays when these are rolled back.
\set regression :DBNAME
CREATE DATABASE ogw_test_rolled_back ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_rolled_back
SET ogw_logs.max_age = '20000d';
CREATE EXTENSION ogw_logs;
INSERT INTO ogw_logs.team (team_id, body_logging) SELECT 'many' || n, true FROM generate_series(0, 2001) n;
SELECT ogw_logs.insert_log(job_id => 'first', team_id => 'many0', input => 'b');

-- Sends an entry in a subtransaction, which is rolled back.
CREATE FUNCTION send_and_undo(at timestamptz, team text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM ogw_logs.insert_log(job_id => 'undone', team_id => team, "timestamp" => at, input => 'b');
	RAISE division_by_zero;
EXCEPTION WHEN division_by_zero THEN
END
$$;

-- Sends a body for each of some teams.
CREATE FUNCTION send(first integer, last integer) RETURNS text
LANGUAGE sql
AS $$
	SELECT format('%s stored', b.stored) FROM ogw_logs.insert_logs((
		SELECT json_agg(json_build_object('job_id', 'm', 'team_id', 'many' || n, 'input', 'b')) FROM generate_series(first, last) n)::text) b
$$;

-- one team's bodies, more often than a transaction may have teams
SELECT count(send_and_undo(now(), 'many0')) FROM generate_series(1, 2001);

-- teams that are kept count, also those of subtransactions that were not rolled back
BEGIN;
SELECT send(0, 0);
SELECT count(send_and_undo(now(), 'many1')) FROM generate_series(1, 10);
SAVEPOINT a;
SELECT send(1, 999);
RELEASE a;
SAVEPOINT b;
SAVEPOINT c;
SELECT send(1000, 1998);
RELEASE c;
SAVEPOINT d;
SELECT send(1999, 1999);
ROLLBACK TO d;
ROLLBACK TO b;
SELECT send(1000, 1999);
SELECT send(0, 10);
SELECT send(2000, 2000);
COMMIT;

-- partitions: made in a transaction of their own, they are there for the next
SELECT count(send_and_undo('2001-01-05 10:00Z', 'many0')) FROM generate_series(1, 101);
SELECT count(*) FROM ogw_logs.partitions WHERE since = '2001-01-05Z';
SELECT count(*) FROM ogw_logs.entry WHERE "timestamp" < '2001-02-01Z';
-- and where this transaction keeps others from making them, each time anew
BEGIN;
LOCK TABLE ONLY ogw_logs.entry IN SHARE UPDATE EXCLUSIVE MODE;
SELECT count(send_and_undo('2001-01-06 10:00Z', 'off')) FROM generate_series(1, 101);
SELECT count(*) FROM ogw_logs.partitions WHERE since = '2001-01-06Z';
ROLLBACK;

\c :regression
DROP DATABASE ogw_test_rolled_back;
