-- Erasing: the bodies of a team, and all that names one user of it.
SET ogw_logs.max_age = '20000d';
SET ogw_logs.max_clock_skew = '20000d';
SELECT ogw_logs.set_team(t, body_logging => true, metadata_keys => '{env,n,who,note,flag,nothing}') FROM unnest(ARRAY['e_red', 'e_blue']) t;

-- purge_bodies: those dated before a time; the entries stay
SELECT ogw_logs.insert_log(job_id => 'p' || n, team_id => t, "timestamp" => timestamptz '2020-06-01Z' + n * interval '1 day', input => 'body ' || n)
  FROM generate_series(1, 4) n, unnest(ARRAY['e_red', 'e_blue']) t;
SELECT ogw_logs.insert_log(job_id => 'p5', team_id => 'e_red', "timestamp" => now() + interval '1 day', input => 'body 5');
SELECT count(*) AS bodies, sum(octet_length(content)) AS bytes FROM ogw_logs.body WHERE team_id = 'e_red' AND "timestamp" < '2020-06-03Z' \gset
SELECT bodies = :bodies AS bodies, bytes = :bytes AS bytes FROM ogw_logs.purge_bodies('e_red', '2020-06-03Z');
SELECT job_id, (ogw_logs.get_log(job_id, 'e_red')).input, body_state FROM ogw_logs.entry WHERE team_id = 'e_red' ORDER BY 1;
SELECT bodies FROM ogw_logs.purge_bodies('e_red');
SELECT bodies FROM ogw_logs.purge_bodies('e_red', '-infinity');
SELECT bodies FROM ogw_logs.purge_bodies('e_red', 'infinity');
SELECT bodies, bytes FROM ogw_logs.purge_bodies('e_red', 'infinity');
SELECT (SELECT count(*) FROM ogw_logs.entry WHERE team_id = 'e_red') AS entries, (SELECT count(*) FROM ogw_logs.body WHERE team_id = 'e_red') AS bodies,
	   (SELECT count(*) FROM ogw_logs.body WHERE team_id = 'e_blue') AS of_another_team;
SELECT action, CASE WHEN until > '2020-07-01Z' AND isfinite(until) THEN 'now' ELSE until::text END AS until, pseudonym, entries, bodies, bytes > 0 AS bytes, erased_by = current_user AND session_role = session_user AS by_me
  FROM ogw_logs.erasure WHERE team_id = 'e_red' ORDER BY erased_at;
-- what is sent again is still a duplicate
SELECT ogw_logs.insert_log(job_id => 'p1', team_id => 'e_red', "timestamp" => '2020-06-02Z', input => 'again');
SELECT input FROM ogw_logs.get_log('p1', 'e_red');

-- erase_user: one user's entries, in one team
SELECT $$"timestamp" => '2020-06-10Z', api_key => 'sk-proj-0123456789abcdefghij', prompt_tokens => 7, cost_usd => 0.25, status => 'failure', served_model => 'alice-7b',
	input => 'I am alice', error_message => 'alice failed'$$ AS given \gset
SELECT ogw_logs.insert_log(job_id => 'e1', team_id => 'e_red', :given, user_id => 'alice', owner => 'Acme GmbH', session_id => 'session-of-alice-1', error_code => 'no_alice', fallback_reason => 'alice',
	metadata => '{"env" : "prod","who":"<alice>","n":1.50,"note":"paid by Acme GmbH","flag":true,"nothing":null}',
	attempts => '[{"model":"alice-7b","provider":"p","status":"failure","error_code":"alice_limit","latency_ms":3},{"model":"m2","status":"success","error_code":"fine"}]',
	tool_calls => '[{"id":"call_1","type":"function","function":{"name":"lookup"}}]');
SELECT ogw_logs.insert_log(job_id => 'e2', team_id => 'e_red', :given, user_id => 'alice', session_id => 'session-2', error_code => 'Alice', metadata => '{"who":"al\u0069ce"}');
SELECT ogw_logs.insert_log(job_id => 'e3', team_id => 'e_red', :given, user_id => 'alice', owner => '', session_id => 'session-2');
SELECT ogw_logs.insert_log(job_id => 'e4', team_id => 'e_red', :given, user_id => 'malice', owner => 'alice');
SELECT ogw_logs.insert_log(job_id => 'e5', team_id => 'e_red', :given, owner => 'Acme GmbH');
SELECT ogw_logs.insert_log(job_id => 'e1', team_id => 'e_blue', :given, user_id => 'alice', owner => 'Acme GmbH');
CREATE TEMP TABLE before AS SELECT * FROM ogw_logs.entry WHERE job_id LIKE 'e_';
SELECT count(*) AS bodies, sum(octet_length(content)) AS bytes FROM ogw_logs.body WHERE team_id = 'e_red' AND job_id IN ('e1', 'e2', 'e3') \gset
SELECT entries, bodies = :bodies AS bodies, bytes = :bytes AS bytes FROM ogw_logs.erase_user('e_red', 'alice');
SELECT pseudonym FROM ogw_logs.erasure WHERE action = 'erase_user' AND team_id = 'e_red' \gset
SELECT :'pseudonym' ~ '^erased-[0-9a-f]{32}$' AS pseudonym;
SELECT job_id, replace(user_id, :'pseudonym', 'P') AS user_id, replace(owner, :'pseudonym', 'P') AS owner, replace(session_id, :'pseudonym', 'P') AS session_id,
	   replace(error_code, :'pseudonym', 'P') AS error_code, replace(fallback_reason, :'pseudonym', 'P') AS fallback_reason
  FROM ogw_logs.entry WHERE job_id LIKE 'e_' AND team_id = 'e_red' ORDER BY 1;
SELECT job_id, replace(metadata::text, :'pseudonym', 'P') AS metadata, replace(attempts::text, :'pseudonym', 'P') AS attempts, tool_calls
  FROM ogw_logs.entry WHERE job_id IN ('e1', 'e2') AND team_id = 'e_red' ORDER BY 1;
SELECT job_id, team_id, input, error_message FROM unnest(ARRAY['e1', 'e2', 'e3', 'e4', 'e5']) j, ogw_logs.get_log(j) ORDER BY 1, 2;
-- everything else stays, and so do the books
SELECT count(*) AS changed FROM before b JOIN ogw_logs.entry e USING (team_id, job_id, "timestamp")
 WHERE (b.user_id IS DISTINCT FROM 'alice' OR b.team_id = 'e_blue') AND e::text <> b::text;
SELECT count(*) AS same FROM before b JOIN ogw_logs.entry e USING (team_id, job_id, "timestamp", api_key, api_key_fingerprint, prompt_tokens, cost_usd, status, served_model, body_state);
SELECT count(DISTINCT user_id) AS users, count(*), sum(cost_usd), sum(prompt_tokens) FROM ogw_logs.logs WHERE job_id LIKE 'e_' AND team_id = 'e_red';
SELECT job_id FROM ogw_logs.search(user_id => :'pseudonym') ORDER BY 1;
SELECT job_id FROM ogw_logs.search(user_id => 'alice', team_id => 'e_red');
SELECT job_id FROM ogw_logs.search(api_key => 'sk-proj-0123456789abcdefghij', team_id => 'e_red') ORDER BY 1;
-- a duplicate stays one; a new entry of the user comes as before; a second erasure takes another pseudonym
SELECT ogw_logs.insert_log(job_id => 'e1', team_id => 'e_red', :given, user_id => 'alice');
SELECT ogw_logs.insert_log(job_id => 'e6', team_id => 'e_red', :given, user_id => 'alice');
SELECT entries, bodies FROM ogw_logs.erase_user('e_red', 'alice');
SELECT entries, bodies, bytes FROM ogw_logs.erase_user('e_red', 'alice');
SELECT count(DISTINCT user_id) FROM ogw_logs.entry WHERE job_id IN ('e1', 'e6') AND team_id = 'e_red';
-- the record says who, when and how much, and not whose
SELECT erased_by = current_user AS by_me, erased_at <= now() + interval '1 minute' AS lately, until, entries, bodies FROM ogw_logs.erasure WHERE action = 'erase_user' AND team_id = 'e_red' ORDER BY erased_at;
SELECT count(*) FROM ogw_logs.erasure e WHERE e::text ILIKE '%alice%';

-- an id is text and nothing else; what holds it in any writing is replaced
SELECT ogw_logs.insert_log(job_id => 'h' || n, team_id => 'e_red', user_id => u, metadata => json_build_object('who', u || '!', 'n', 5, 'note', 'kept "as" \ it is')::text, input => 'body')
  FROM unnest(ARRAY['%', '_', '"; DROP TABLE x; --', E'a\nb\t"\\', 'й', '5', 'tru']) WITH ORDINALITY AS x (u, n);
SELECT u, e.entries, e.bodies FROM unnest(ARRAY['%', '_', '"; DROP TABLE x; --', E'a\nb\t"\\', 'й', '5', 'tru']) u, ogw_logs.erase_user('e_red', u) e;
SELECT job_id, regexp_replace(metadata::text, 'erased-[0-9a-f]{32}', 'P', 'g') AS metadata FROM ogw_logs.entry WHERE team_id = 'e_red' AND job_id LIKE 'h_' ORDER BY 1;
SELECT v AS value, ogw_logs_internal.erase_scalars(v::json, m, 'bob', o, 'P') AS erased
  FROM (VALUES ('{"a":"b\u006fb","b\u006f":1}', NULL, NULL), ('"\u0000bob"', NULL, NULL), ('"\ud800bob"', NULL, NULL), (' [ "bo", "b", {"x" : ["xbobx"]} ] ', NULL, NULL),
			   ('{"k":"bob","\u006b":"bob","l":"bob"}', 'k', NULL), ('{"k":"own","n":12.0,"t":true,"z":null}', NULL, '2.0'), ('{"z":null,"t":true}', NULL, 'u'), ('{"k":"x"}', NULL, ''),
			   ('{"k":"Acme","\u006b":"Acmeist","l":"xAcmex"}', 'k', 'Acme'), ('["xAcmex",null,12]', NULL, 'Acme'), ('[12,12.5,"12","12x"]', NULL, '12')) x (v, m, o);
SELECT ogw_logs_internal.erase_scalars(NULL, NULL, 'bob', NULL, 'P') IS NULL AS null_stays;

-- a number, a short id or a word names the user where it is no accident, and a code stays itself
SELECT id, string_agg(format(f, id), ' ' ORDER BY n) FILTER (WHERE ogw_logs_internal.erase_text(format(f, id), false, id, NULL, 'P') = 'P') AS text_erased,
	   string_agg(format(f, id), ' ' ORDER BY n) FILTER (WHERE ogw_logs_internal.erase_text(format(f, id), true, id, NULL, 'P') = 'P') AS code_erased
  FROM unnest(ARRAY['42', '429', '4711', '+49-30', '12.5', 'bob', 'u42', 'alice', 'rate_limit', 'user-4711', 'anna@b.example', U&'Zo\00EB', '@']) id,
	   unnest(ARRAY['%s', 'x-%s', '<%s>', '%s1', 'a%s', U&'\00EB%s', '1.%s', '%s.5', '%1$s1-%1$s']) WITH ORDINALITY AS x (f, n) GROUP BY id ORDER BY id COLLATE "C";
SELECT ogw_logs_internal.erase_text(t, c, 'alice', o, 'P') AS erased FROM (VALUES ('a', false, 'a'), ('by Acme GmbH', false, 'Acme GmbH'), ('429', true, '429'), ('429', true, '4'), ('quota', true, 'quota'), ('x', false, ''), (NULL, false, NULL)) x (t, c, o);
SELECT ogw_logs.insert_log(job_id => 'c-' || c, team_id => 'e_codes', user_id => u, owner => o, session_id => s, error_code => c, fallback_reason => c,
	attempts => json_build_array(json_build_object('model', 'gpt-4', 'status', 'failure', 'error_code', c), json_build_object('model', 'm42', 'status', 'success'))::text)
  FROM (VALUES ('42', '4', '42', '429'), ('4290', '429', 's-4290', '4290'), ('limit', 'rate', 'limits', 'rate_limit'), ('timeout', NULL, 'a', 'timeout'), ('user-4711', NULL, 'suser-47112', 'blocked:user-4711')) AS x (u, o, s, c);
SELECT u, e.entries FROM unnest(ARRAY['42', '4290', 'limit', 'timeout', 'user-4711']) u, ogw_logs.erase_user('e_codes', u) e;
SELECT job_id, regexp_replace(concat_ws(' | ', user_id, owner, session_id, error_code, fallback_reason, attempts), 'erased-[0-9a-f]{32}', 'P', 'g') AS entry FROM ogw_logs.entry WHERE team_id = 'e_codes' ORDER BY 1;

-- what cannot be
SELECT ogw_logs.purge_bodies(NULL);
SELECT ogw_logs.purge_bodies('');
SELECT ogw_logs.purge_bodies('e_red', NULL);
SELECT ogw_logs.erase_user(NULL, 'u');
SELECT ogw_logs.erase_user('e_red', NULL);
SELECT ogw_logs.erase_user('e_red', '');
SELECT ogw_logs.erase_user('e_red', repeat('x', 256));
BEGIN READ ONLY;
SELECT ogw_logs.erase_user('e_red', 'malice');
ROLLBACK;
BEGIN;
SELECT entries, bodies FROM ogw_logs.erase_user('e_red', 'malice');
ROLLBACK;
SELECT input FROM ogw_logs.get_log('e4');
-- a team that nobody has heard of has nothing
SELECT * FROM ogw_logs.erase_user('e_nowhere', 'alice');

-- what is not recorded does not happen: a DBA's trigger keeps the record out
CREATE FUNCTION e_keep_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep_out BEFORE INSERT ON ogw_logs.erasure FOR EACH ROW EXECUTE FUNCTION e_keep_out();
SELECT bodies FROM ogw_logs.purge_bodies('e_red', 'infinity');
SELECT entries, bodies FROM ogw_logs.erase_user('e_red', 'malice');
DROP TRIGGER keep_out ON ogw_logs.erasure;
DROP FUNCTION e_keep_out();
SELECT input FROM ogw_logs.get_log('e4');
