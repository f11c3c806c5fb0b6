-- What a log is used for, its answers kept in tables of the schema seen: the same whatever
-- the settings of the session. Literals are such that no setting reads them otherwise.
CREATE SCHEMA seen;
CREATE TABLE seen.by_user AS SELECT s.* FROM ogw_logs.search(user_id => 'user 1', max_rows => 1000) s;
CREATE TABLE seen.by_key AS SELECT s.* FROM ogw_logs.search(api_key => 'sk-proj-c4ca4238a0b923820dcc509a6f75849bc4ca4238a0b923820dcc509a6f75849b', model => 'gpt-4.1', max_rows => 1000) s;
CREATE TABLE seen.by_time AS SELECT s.* FROM ogw_logs.search(since => timestamptz '2026-03-29 00:00:00+00', until => timestamptz '2026-03-29 03:00:00+00', status => 'failure', max_rows => 1000) s;
CREATE TABLE seen.next_page AS SELECT s.* FROM ogw_logs.search(user_id => 'user 2', max_rows => 10, before_timestamp => timestamptz '2026-03-30 00:00:00+00') s;
CREATE TABLE seen.by_text AS SELECT s.* FROM ogw_logs.search(body_contains => 'Question 27', ignore_case => true, user_id => 'user 0', max_rows => 1000) s;
CREATE TABLE seen.log AS SELECT l.* FROM ogw_logs.get_log('job-1') l UNION ALL SELECT l.* FROM ogw_logs.get_log('job-2999') l;
CREATE TABLE seen.session AS SELECT row_number() OVER () AS place, l.* FROM ogw_logs.get_session('session 7') l;
CREATE TABLE seen.logs AS SELECT l.* FROM ogw_logs.logs l WHERE l.cost_usd > 0.0001;
CREATE TABLE seen.attempts AS SELECT a.* FROM ogw_logs.attempts a WHERE a.job_id = 'job-5';
CREATE TABLE seen.keys AS SELECT ogw_logs.redact_key('sk-proj-abcdefghijklmnopqrstuv0123456789') AS shown, ogw_logs.key_fingerprint('sk-proj-abcdefghijklmnopqrstuv0123456789') AS fingerprint,
	ogw_logs.redact('the key sk-proj-abcdefghijklmnopqrstuv0123456789 and NULL') AS masked;

SET ogw_logs.max_age = '24855d';
CREATE TABLE seen.written AS
	SELECT ogw_logs.insert_log(job_id => 'one', team_id => 'red', "timestamp" => timestamptz '2026-03-29 01:30:00.25+00', cost_usd => 0.1, latency_ms => 5, user_id => 'user 1', input => 'NULL') AS answer
	UNION ALL SELECT ogw_logs.insert_log(job_id => 'job-7', team_id => 'red', "timestamp" => timestamptz '2026-03-29 01:30:00+00')
	UNION ALL SELECT ogw_logs.insert_log(job_id => 'far', team_id => 'red', "timestamp" => timestamptz '2026-01-15 12:00:00+00', user_id => 'user 2', input => 'another month');
CREATE TABLE seen.batch AS SELECT b.* FROM ogw_logs.insert_logs('[{"job_id":"b1","team_id":"red","timestamp":"2026-03-29T02:30:00","user_id":"user 1","cost_usd":"1e-7","metadata":{"env":null}},{"job_id":"b1","team_id":"red","timestamp":"2026-03-29 02:30:00"},{"job_id":"b2","team_id":"red","timestamp":"29.03.2026"},{"job_id":"b3","team_id":"red","timestamp":"01/02/2026"}]') b;
-- a time that nobody can read is that of the arrival: what is told of it is the same, and the entries go
CREATE TABLE seen.arrived AS SELECT e.job_id, e.team_id, e.defects FROM ogw_logs.entry e WHERE e.job_id IN ('b2', 'b3');
DELETE FROM ogw_logs.body WHERE job_id IN ('b2', 'b3');
DELETE FROM ogw_logs.entry_key k USING seen.arrived a WHERE k.key = ogw_logs_internal.dedup_key(a.job_id, a.team_id);
DELETE FROM ogw_logs.entry WHERE job_id IN ('b2', 'b3');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, input) VALUES ('i1', 'red', '2026-03-29T02:30:00+01:00', 'user 1', 'in'), ('i2', 'blue', '2026-03-29 02:30:00', 'user 1', 'in');
SELECT ogw_logs.set_team('green', body_logging => true, body_retention => interval '10 years'), ogw_logs.clear_team('blue', 'log_retention');
CALL pg_temp.maintain_all();
CREATE TABLE seen.purge AS SELECT p.* FROM ogw_logs.purge_bodies('red', timestamptz '2026-03-28 23:00:00+00') p;
CREATE TABLE seen.erased AS SELECT e.* FROM ogw_logs.erase_user('red', 'user 1') e;
CREATE TABLE seen.wrong AS SELECT v.* FROM ogw_logs.verify() v;
CREATE TABLE seen.made AS SELECT ogw_logs.make_partitions(timestamptz '2026-03-01 00:00:00+00', timestamptz '2026-03-04 00:00:00+00') AS partitions;
SELECT ogw_logs.grant_writer('gateway'), ogw_logs.grant_reader('gateway', 'red', views => true), ogw_logs.create_log();
