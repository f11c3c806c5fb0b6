-- 32_altered.pl: every reader, writer and maintainer, each by itself.
SET ogw_logs.seal_delay = '1s';
SET ogw_logs.seal_interval = '1h';
SET statement_timeout = '60s';
\warn @@ search
SELECT public.compare('true', 'max_rows => 100000');
SELECT public.compare('q.user_id = ''u1''', 'max_rows => 100000, user_id => ''u1''');
SELECT public.compare('q.job_id = ''old5''', 'max_rows => 100000, job_id => ''old5''');
SELECT public.compare('q.team_id = ''t'' AND q.status = ''success''', 'max_rows => 100000, team_id => ''t'', status => ''success''');
SELECT public.compare('q.requested_model = ''m1'' OR q.served_model = ''m1''', 'max_rows => 100000, model => ''m1''');
SELECT public.compare('q."timestamp" >= (SELECT d.new FROM public.days d)', 'max_rows => 100000, since => (SELECT d.new FROM public.days d)');
SELECT public.compare('q.api_key_fingerprint = ogw_logs.key_fingerprint(''sk-ant-api03-0123456789abcdef01234567891'')', 'max_rows => 100000, api_key => ''sk-ant-api03-0123456789abcdef01234567891''');
SELECT count(*) FROM ogw_logs.search(error_code => 'e5', provider => 'p1', owner => 'o0', fallback_reason => 'x', session_id => 's1');
SELECT count(*) FROM ogw_logs.search(max_rows => 3, before_timestamp => now(), before_job_id => 'new9', before_team_id => 't');
\warn @@ search in bodies
SELECT count(*) FROM ogw_logs.search(body_contains => 'body of', max_rows => 1000);
SELECT count(*) FROM ogw_logs.search(body_contains => 'BODY OF OLD', ignore_case => true, user_id => 'u1', max_rows => 1000);
\warn @@ get_log
SELECT j, CASE WHEN g.input <> 'body of ' || j OR g.metadata::text !~ '^{.*}$' OR g.attempts::text !~ '^\[.*\]$' THEN 'GARBAGE ' || g::text END
  FROM unnest('{old2,old5,old3,new2,new3}'::text[]) j, ogw_logs.get_log(j) g;
SELECT count(*) FROM ogw_logs.get_log('new2', 't', now());
SELECT g.job_id, CASE WHEN g.input <> 'body of ' || g.job_id THEN 'GARBAGE ' || g.input END FROM ogw_logs.get_session('s1') g;
\warn @@ views
SELECT count(*) FROM ogw_logs.logs WHERE job_id = 'old5';
SELECT count(*), max(attempt) FROM ogw_logs.attempts;
SELECT count(*) FROM ogw_logs.ingest_counts;
SELECT count(*), count(state) FROM ogw_logs.partitions;
\warn @@ reader
SET ROLE altered_reader;
SELECT count(*) FILTER (WHERE team_id <> 't') AS foreign_rows, CASE WHEN count(*) FILTER (WHERE team_id <> 't') > 0 THEN 'LEAK' END FROM ogw_logs.search(max_rows => 1000);
SELECT CASE WHEN count(*) FILTER (WHERE team_id <> 't') > 0 THEN 'LEAK' END FROM ogw_logs.get_log('old1');
SELECT count(*) FROM ogw_logs.search(body_contains => 'body of', max_rows => 1000);
SELECT CASE WHEN count(*) FILTER (WHERE team_id::text <> 't') > 0 THEN 'LEAK' END FROM ogw_logs.logs;
RESET ROLE;
\warn @@ writer
SET ROLE altered_writer;
SELECT ogw_logs.insert_log(job_id => 'w1', team_id => 't', user_id => 'u1', session_id => 's1', cost_usd => 0.25, input => 'body of w1', metadata => '{"k":"v"}');
SELECT ogw_logs.insert_log(job_id => 'w1', team_id => 't', user_id => 'u1', session_id => 's1', cost_usd => 0.25, input => 'body of w1', metadata => '{"k":"v"}');
SELECT ogw_logs.insert_log(job_id => 'w2', team_id => 't', "timestamp" => (SELECT d.old + interval '1 hour' FROM (SELECT now() - interval '3 days') d (old)), input => 'body of w2');
SELECT ogw_logs.insert_logs('[{"job_id":"w3","team_id":"t","input":"body of w3"}, {"job_id":"w4","team_id":"u","attempts":[{"model":"m"}]}, {"job_id":"w5"}, {"job_id":"old1","team_id":"u"}]');
INSERT INTO ogw_logs.inbox (job_id, team_id, input) VALUES ('w6', 't', 'body of w6'), ('w7', 'u', 'x'), (NULL, 'u', 'x');
COPY ogw_logs.inbox (job_id, team_id, input) FROM STDIN;
w8	t	body of w8
w9	u	body of w9
\.
SELECT ogw_logs.last_batch();
RESET ROLE;
\warn @@ what was written
SELECT public.compare('q.job_id = ''w1''', 'max_rows => 100000, job_id => ''w1''');
SELECT g.job_id, CASE WHEN g.input <> 'body of ' || g.job_id THEN 'GARBAGE ' || g.input END FROM unnest('{w1,w2,w3,w6,w8}'::text[]) j, ogw_logs.get_log(j) g;
\warn @@ settings
SET ROLE altered_admin;
SELECT ogw_logs.set_team('t', redact_bodies => true, metadata_keys => '{k,l}', log_retention => interval '400 days');
SELECT ogw_logs.clear_team('t', 'log_retention');
RESET ROLE;
SELECT ogw_logs.redact('acme-key-0123456789abc'), ogw_logs.key_fingerprint('sk-x');
\warn @@ create_log
SELECT ogw_logs.create_log();
SELECT ogw_logs.make_partitions(now() + interval '20 days', now() + interval '21 days');
\warn @@ maintain
SELECT * FROM ogw_logs.maintain(dry_run => true);
SELECT * FROM ogw_logs.maintain();
SELECT * FROM ogw_logs.maintain();
SELECT * FROM ogw_logs.maintain();
SELECT * FROM ogw_logs.maintain();
SELECT * FROM ogw_logs.maintain();
SELECT * FROM ogw_logs.maintain();
\warn @@ verify
SELECT * FROM ogw_logs.verify();
SELECT count(*) FROM ogw_logs.privacy_check();
\warn @@ after maintain
SELECT public.compare('true', 'max_rows => 100000');
SELECT j, CASE WHEN g.input <> 'body of ' || j THEN 'GARBAGE ' || g::text END FROM unnest('{old2,old5,new2,w1}'::text[]) j, ogw_logs.get_log(j) g;
\warn @@ erase
SET ROLE altered_admin;
SELECT ogw_logs.purge_bodies('t', now() - interval '2 days');
SELECT ogw_logs.erase_user('t', 'u1');
\set failed :ERROR
RESET ROLE;
\if :failed
\else
SELECT CASE WHEN count(*) > 0 THEN 'LEFT after erase_user' END FROM ogw_logs.search(team_id => 't', user_id => 'u1', max_rows => 1000);
\endif
\warn @@ grants
SELECT ogw_logs.grant_reader('altered_other'), ogw_logs.grant_writer('altered_other'), ogw_logs.grant_admin('altered_other');
SELECT ogw_logs.revoke_access('altered_other');
\warn @@ end
