-- Sent again: a job_id is one entry in its team.
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
SET TimeZone = 'UTC';
SELECT ogw_logs.set_team('dup', body_logging => true);
-- the same time, another time of the day, the other side of a partition's bound, six days on either side
SELECT ogw_logs.insert_log(job_id => 'j', team_id => 'dup', "timestamp" => '2026-09-15 23:59:59Z', input => 'first');
SELECT at, ogw_logs.insert_log(job_id => 'j', team_id => 'dup', "timestamp" => at, input => 'again')
  FROM unnest(ARRAY['2026-09-15 23:59:59Z', '2026-09-15 00:00:00Z', '2026-09-16 00:00:00Z',
					'2026-09-22 23:59:59Z', '2026-09-08 23:59:59Z']::timestamptz[]) at;
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"j","team_id":"dup","timestamp":"2026-09-16T00:00:00Z"}]');
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('j', 'dup', '2026-09-14T12:00:00Z');
SELECT * FROM ogw_logs.last_batch();
-- outside of the window it is another entry; another team's is always another
SELECT ogw_logs.insert_log(job_id => 'j', team_id => 'dup', "timestamp" => '2026-09-23 00:00:00Z', input => 'late');
SELECT ogw_logs.insert_log(job_id => 'j', team_id => 'dup-2', "timestamp" => '2026-09-15 23:59:59Z');
SELECT e.tableoid::regclass, "timestamp", team_id FROM ogw_logs.entry e WHERE job_id = 'j' ORDER BY 2, 3;
-- the body that came first stays, the others left nothing
SELECT input FROM ogw_logs.get_log('j', 'dup');
SELECT count(*) FROM ogw_logs.body WHERE job_id = 'j';
-- in one batch: the first one counts
SELECT * FROM ogw_logs.insert_logs('[
	{"job_id":"k","team_id":"dup","timestamp":"2026-09-16T00:00:01Z","input":"first"},
	{"job_id":"k","team_id":"dup","timestamp":"2026-09-16T00:00:01Z","input":"second"},
	{"job_id":"k","team_id":"dup","timestamp":"2026-09-15T23:59:59Z","input":"third"},
	{"job_id":"k","team_id":"dup","timestamp":"2026-09-23T00:00:02Z","input":"another"}]');
SELECT "timestamp", input FROM ogw_logs.get_log('k');
-- of three, the last is too far from the one that is there
SELECT ogw_logs.insert_log(job_id => 'n', team_id => 'dup', "timestamp" => '2026-09-01Z');
SELECT * FROM ogw_logs.insert_logs('[
	{"job_id":"n","team_id":"dup","timestamp":"2026-09-07T00:00:00Z"},
	{"job_id":"n","team_id":"dup","timestamp":"2026-09-12T00:00:00Z"},
	{"job_id":"n","team_id":"dup","timestamp":"2026-09-13T00:00:00Z"}]');
-- the first yields to one that is there; of the next two, close to each other, one stays
SELECT ogw_logs.insert_log(job_id => 'o', team_id => 'dup', "timestamp" => '2026-04-10Z');
SELECT * FROM ogw_logs.insert_logs('[
	{"job_id":"o","team_id":"dup","timestamp":"2026-04-15T00:00:00Z"},
	{"job_id":"o","team_id":"dup","timestamp":"2026-04-20T00:00:00Z"},
	{"job_id":"o","team_id":"dup","timestamp":"2026-04-24T00:00:00Z"}]');
-- the first is refused by its partition's index; the next is far enough from what is there
SELECT ogw_logs.insert_log(job_id => 'p', team_id => 'dup', "timestamp" => '2026-04-10 00:10Z');
SELECT * FROM ogw_logs.insert_logs('[
	{"job_id":"p","team_id":"dup","timestamp":"2026-04-10T23:50:00Z"},
	{"job_id":"p","team_id":"dup","timestamp":"2026-04-17T23:00:00Z"}]');
-- one job_id for everything
INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") SELECT 'o', 'dup', '2026-04-' || 10 + n % 15 || 'T00:00:00Z' FROM generate_series(1, 5000) n;
SELECT * FROM ogw_logs.last_batch();

-- a refused entry does not block the good one that follows
SELECT * FROM ogw_logs.insert_logs('[
	{"job_id":"l","team_id":[],"timestamp":"2026-09-16T00:00:01Z"},
	{"job_id":"l","team_id":"dup","timestamp":"2026-09-16T00:00:01Z"}]');
-- within one transaction, over two statements and two partitions
BEGIN;
SELECT ogw_logs.insert_log(job_id => 'm', team_id => 'dup', "timestamp" => '2026-09-15 23:59:59Z');
SELECT ogw_logs.insert_log(job_id => 'm', team_id => 'dup', "timestamp" => '2026-09-16 00:00:00Z');
ROLLBACK;
SELECT ogw_logs.insert_log(job_id => 'm', team_id => 'dup', "timestamp" => '2026-09-16 00:00:00Z');
-- the window can be narrowed, for what has no partition of ogw_logs.entry_key yet: in one of those a job_id is there once
SET ogw_logs.duplicate_window = 0;
SELECT ogw_logs.insert_log(job_id => 'j', team_id => 'dup', "timestamp" => '2026-09-16 00:00:00Z');
SELECT ogw_logs.insert_log(job_id => 'q', team_id => 'dup', "timestamp" => '2026-02-17 23:00:00Z');
SELECT ogw_logs.insert_log(job_id => 'q', team_id => 'dup', "timestamp" => '2026-02-18 00:00:00Z');
SELECT ogw_logs.insert_log(job_id => 'q', team_id => 'dup', "timestamp" => '2026-02-18 00:00:01Z');
SET ogw_logs.duplicate_window = '1d';
SELECT ogw_logs.insert_log(job_id => 'q', team_id => 'dup', "timestamp" => '2026-02-19 12:00:00Z');
SELECT ogw_logs.insert_log(job_id => 'q', team_id => 'dup', "timestamp" => '2026-02-20 11:00:00Z');
RESET ogw_logs.duplicate_window;
-- a day of that week that comes now has one of its own, and is looked at with the others
SELECT ogw_logs.insert_log(job_id => 'q', team_id => 'dup', "timestamp" => '2026-02-22 00:00:00Z');
SELECT ogw_logs.insert_log(job_id => 'r', team_id => 'dup', "timestamp" => '2026-02-22 00:00:00Z');
SELECT ogw_logs.insert_log(job_id => 'r', team_id => 'dup', "timestamp" => '2026-02-23 00:00:00Z');
SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_class c WHERE c.relname BETWEEN 'entry_key_20260210' AND 'entry_key_20260301' AND c.relkind = 'r' ORDER BY 1;
-- the key is what its description says, and each entry has one
WITH d AS (SELECT e.job_id, e.team_id, e."timestamp", sha256(convert_to(e.job_id, 'UTF8')) AS j, sha256(convert_to(e.team_id, 'UTF8')) AS t FROM ogw_logs.entry e)
SELECT count(*) > 50 AS many, count(*) = count(j.key) AS all_are_there
  FROM d LEFT JOIN ogw_logs.entry_key j ON j."timestamp" = d."timestamp" AND j.key = CAST(encode(substr(d.j, 1, 8), 'hex') || (
	SELECT string_agg(lpad(to_hex(get_byte(d.j, 8 + i) # get_byte(d.t, i)), 2, '0'), '' ORDER BY i) FROM generate_series(0, 7) i) AS uuid);
SELECT ogw_logs_internal.dedup_key('chatcmpl-1', 'red'), ogw_logs_internal.dedup_key('chatcmpl-1', 'blue'), ogw_logs_internal.dedup_key('', ''), ogw_logs_internal.dedup_key(NULL, 'red');
-- what came of it
SELECT "timestamp", team_id, job_id FROM ogw_logs.entry WHERE team_id LIKE 'dup%' ORDER BY job_id, 1, 2;
