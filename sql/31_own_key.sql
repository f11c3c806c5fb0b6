-- An entry's own key is looked for by what it denotes: with a header's name, a scheme or
-- quotes before it, and however it is spelled in the other fields.
SELECT ogw_logs.set_team(t, body_logging => t <> 'own-off', redact_bodies => t <> 'own-plain', metadata_keys => '{note}')
  FROM unnest(ARRAY['own-off', 'own-plain', 'own-on']) t;

-- As it is given: the bare key is what is kept, and found.
SELECT count(*) AS given, count(*) FILTER (WHERE ogw_logs.key_fingerprint(given) = ogw_logs.key_fingerprint('0a1b2c3d4e5f60718293a4b5c6d7e8f9')) AS same
  FROM unnest(ARRAY['%s', ' %s ', E'%s\n', '"%s"', '''%s''', '`%s`', U&'\201C%s\201D', U&'\FEFF%s', 'Bearer %s', 'bearer  %s', E'BEARER\t%s', 'ApiKey %s', 'Api-Key %s',
		'Basic %s', 'Token %s', 'Key %s', 'Token token="%s"', 'Authorization: Bearer %s', 'authorization:%s', 'Proxy-Authorization: Basic %s', 'Authorization: ApiKey %s',
		'api-key: %s', 'API-KEY:%s', 'api_key=%s', 'x-api-key: %s', 'X-API-Key : %s', 'x-goog-api-key: %s', 'xi-api-key: %s', 'Ocp-Apim-Subscription-Key: %s',
		'"x-api-key": "%s"', '''Authorization'': ''Bearer %s''', 'key=%s', 'Bearer: %s', '"Authorization: Bearer %s"',
		'Bearer "%s"', 'Authorization: Bearer ''%s''', 'Bearer `%s`', U&'Bearer \201C%s\201D', U&'Bearer\00A0%s', '"Bearer" "%s"', 'Authorization: "Bearer" "%s"', '`x-api-key`: `%s`',
		'"Authorization": "Bearer \"%s\""', 'api-key: \"%s\"',
		'Bearer%%20%s', U&'Bearer\2003%s', '%s,', 'Bearer %s;', '<%s>', 'Bearer (%s)', 'b''%s''', 'b''Bearer %s''', '?key=%s', 'x-groq-api-key: %s', 'X-OpenRouter-Key=%s', 'cf-access-token: %s', 'x-any-auth-token: %s']) f, format(f, '0a1b2c3d4e5f60718293a4b5c6d7e8f9') given;
-- what only begins like one is part of the key, and nothing is stripped to nothing
SELECT given FROM unnest(ARRAY['bearers0a1b2c3d', 'api-keys:0a1b2c3d', 'mykey 0a1b2c3d', 'key-0a1b2c3d', '123456:0a1b2c3d', 'sk-proj-key:0a1b2c3d']) given
 WHERE ogw_logs.key_fingerprint(given) IN (ogw_logs.key_fingerprint('0a1b2c3d'), ogw_logs.key_fingerprint(':0a1b2c3d'));
SELECT ogw_logs.key_fingerprint('Bearer') <> ogw_logs.key_fingerprint('') AS bearer, ogw_logs.key_fingerprint('api-key:') <> ogw_logs.key_fingerprint('') AS name;

-- How it is spelled: each character in the way of a format with its code, and by JSON, in
-- a URL, as entities.
CREATE FUNCTION pg_temp.each(t text, f text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(CASE WHEN f LIKE '\\u%' AND ascii(c) > 65535 THEN format('\u%s\u%s', to_hex(55296 + (ascii(c) - 65536) / 1024), to_hex(56320 + (ascii(c) - 65536) % 1024))
		ELSE replace(replace(replace(f, '<hex>', lpad(to_hex(ascii(c)), greatest(4, length(to_hex(ascii(c)))), '0')), '<HEX>', lpad(upper(to_hex(ascii(c))), greatest(4, length(to_hex(ascii(c)))), '0')), '<dec>', ascii(c)::text) END, '' ORDER BY n)
	 FROM regexp_split_to_table(t, '') WITH ORDINALITY AS s (c, n) $$;
CREATE FUNCTION pg_temp.json(t text) RETURNS text LANGUAGE sql AS $$ SELECT trim(BOTH '"' FROM replace(to_json(t)::text, '/', '\/')) $$;
CREATE FUNCTION pg_temp.url(t text, every boolean) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(CASE WHEN NOT every AND c ~ '^[A-Za-z0-9._~-]$' THEN c ELSE upper(regexp_replace(encode(convert_to(c, 'UTF8'), 'hex'), '(..)', '%\1', 'g')) END, '' ORDER BY n)
	 FROM regexp_split_to_table(t, '') WITH ORDINALITY AS s (c, n) $$;
CREATE FUNCTION pg_temp.html(t text) RETURNS text LANGUAGE sql AS
$$ SELECT replace(replace(replace(replace(replace(replace(t, '&', '&amp;'), '<', '&lt;'), '"', '&quot;'), '''', '&#39;'), '/', '&#x2F;'), U&'\00FC', '&uuml;') $$;
CREATE FUNCTION pg_temp.base64(t text, before text) RETURNS text LANGUAGE sql AS $$ SELECT replace(encode(convert_to(before || t || ' ', 'UTF8'), 'base64'), E'\n', '') $$;

CREATE TEMP TABLE key (name, key) AS VALUES
	('hex', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'),
	('lines', E'line-one-0123\nline-two-4567\tend'),
	('account', '{"type":"service_account","key":"-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n","x":1}'),
	('base64', 'Zm9v/YmFy+YmF6/cXV4+w=='),
	('other', U&'cl\00E9-\00FCnd-\20ACuro-\+01F600-0123'),
	('escapes', 'ab\cd"ef\\gh"i&amp;j%41k\u0042l'),
	('prefix', 'sk-proj-Ab1/Cd2+Ef3&Gh4"Ij5\Kl6');
CREATE TEMP TABLE spelling AS
SELECT k.name, k.key, s.spelling, s.text
  FROM key k, LATERAL (VALUES
		('as it is', key), ('json', pg_temp.json(key)), ('url', pg_temp.url(key, false)), ('html', pg_temp.html(key)),
		('u', pg_temp.each(key, '\u<hex>')), ('U', pg_temp.each(key, '\u<HEX>')), ('percent', pg_temp.url(key, true)), ('PERCENT', lower(pg_temp.url(key, true))),
		('decimal', pg_temp.each(key, '&#<dec>;')), ('hexadecimal', pg_temp.each(key, '&#x<hex>;')), ('HEXADECIMAL', pg_temp.each(key, '&#X<HEX>;')),
		('json, json', pg_temp.json(pg_temp.json(key))), ('json, json, json', pg_temp.json(pg_temp.json(pg_temp.json(key)))),
		('json, url', pg_temp.url(pg_temp.json(key), false)), ('url, json', pg_temp.json(pg_temp.url(key, false))), ('url, url, url', pg_temp.url(pg_temp.url(pg_temp.url(key, false), false), false)),
		('html, json', pg_temp.json(pg_temp.html(key))), ('html, html', pg_temp.html(pg_temp.html(key))), ('json, html, url', pg_temp.url(pg_temp.html(pg_temp.json(key)), false)),
		('u, percent', pg_temp.url(pg_temp.each(key, '\u<hex>'), true)), ('percent, u', pg_temp.each(pg_temp.url(key, true), '\u<hex>')),
		('decimal, u, json', pg_temp.json(pg_temp.each(pg_temp.each(key, '&#<dec>;'), '\u<hex>'))),
		('base64', pg_temp.base64(key, '')), ('base64 1', pg_temp.base64(key, 'x')), ('base64 2', pg_temp.base64(key, 'xy')),
		('base64 for urls', translate(pg_temp.base64(key, 'user:'), '+/', '-_')), ('base64 without padding', rtrim(pg_temp.base64(key, 'user:x'), '=')),
		('base64, url', pg_temp.url(pg_temp.base64(key, ''), false)), ('base64, json', pg_temp.json(pg_temp.base64(key, ''))), ('base64, u', pg_temp.each(pg_temp.base64(key, 'x'), '\u<hex>'))) AS s (spelling, text);
INSERT INTO spelling SELECT 'hex', key, 'upper case', upper(key) FROM key WHERE name = 'hex';

-- Every field of an entry, by each method and under each setting: the text before and
-- behind the key is there, and the key is not.
CREATE TEMP TABLE entry AS
SELECT format('%s-%s', team, row_number() OVER ()) AS job, team, s.*, t, CASE WHEN octet_length(t) < 200 THEN t END AS s
  FROM spelling s, LATERAL (SELECT 'key=' || s.text || '&end') AS t (t), unnest(ARRAY['own-off', 'own-plain', 'own-on']) team;
SELECT sum(stored) AS stored, sum(rejected) AS rejected FROM ogw_logs.insert_logs((
	SELECT json_agg(json_strip_nulls(json_build_object('job_id', job, 'team_id', team, 'api_key', 'Authorization: Bearer ' || key,
		'input', json_build_array(t)::text, 'output', t, 'error_message', t, 'member of another name', t,
		'attempts', json_build_array(json_build_object('model', s, 'error_code', s, 'provider', s, 'error_message', t), json_build_object('model', 'b')),
		'tool_calls', json_build_array(json_build_object('id', s, 'function', json_build_object('name', s, 'arguments', t))),
		'metadata', json_build_object('note', s, 'long', t),
		'session_id', s, 'user_id', s, 'owner', s, 'requested_model', s, 'served_model', s, 'provider', s, 'error_code', s)))
	  FROM entry)::text);
CREATE TEMP TABLE shown AS
SELECT e.name, e.spelling, e.team, f.field, f.value
  FROM entry e, LATERAL ogw_logs.get_log(e.job) g, LATERAL jsonb_each_text(to_jsonb(g)) AS f (field, value)
 WHERE f.field IN ('input', 'output', 'error_message', 'attempts', 'tool_calls', 'metadata', 'session_id', 'user_id', 'owner', 'requested_model', 'served_model', 'provider',
	'error_code', 'fallback_reason') AND f.value IS NOT NULL;
SELECT field, count(*) FILTER (WHERE team = 'own-off') AS off, count(*) FILTER (WHERE team = 'own-plain') AS plain, count(*) FILTER (WHERE team = 'own-on') AS redacted,
	   count(*) FILTER (WHERE position('****' IN value) = 0 AND position('end' IN value) > 0) AS not_masked
  FROM shown WHERE value NOT IN ('[{}, {"model": "b"}]', '[{"function": {}}]') GROUP BY field ORDER BY field;
-- what stands around it stays, where no rule of redact() takes it too
SELECT name, spelling, field, left(value, 200) FROM shown
 WHERE team = 'own-plain' AND field IN ('output', 'error_message') AND value !~ '^key=([A-Za-z0-9]{1,8}|\\u[0-9a-f]{4}|sk-(proj-)?|line-)?\*\*\*\*[A-Za-z0-9]{0,3}(=|%3D|\\u[0-9a-f]{4})*&end$' ORDER BY 1, 2, 3 LIMIT 10;
-- and no piece of it: sixteen characters of its middle, as they were sent
SELECT s.name, s.spelling, s.field FROM shown s JOIN entry e USING (name, spelling, team) WHERE position(substr(e.text, length(e.text) / 3, 16) IN s.value) > 0 LIMIT 10;
-- JSON stays JSON
SELECT name, spelling, team, left(input, 200) FROM (SELECT name, spelling, team, value AS input FROM shown WHERE field = 'input') s WHERE input IS NOT NULL AND jsonb_typeof(input::jsonb) <> 'array';
-- found by the bare key and by what was given
SELECT name, count(*) AS bare, (SELECT count(*) FROM ogw_logs.search(api_key => 'x-api-key: "' || k.key || '"', max_rows => 1000)) AS headed
  FROM key k, LATERAL ogw_logs.search(api_key => k.key, max_rows => 1000) GROUP BY name, key ORDER BY name;
-- the other two methods, and an id that holds it
SELECT ogw_logs.insert_log(job_id => 'own-single', team_id => 'own-plain', api_key => 'api-key: 0a1b2c3d4e5f60718293a4b5c6d7e8f9', session_id => '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
	error_code => 'https%3A%2F%2Fh%2F%3Fkey%3D%30%61%31b2c3d4e5f60718293a4b5c6d7e8f9', input => '{"k":"\u0030a1b2c3d4e5f60718293a4b5c6d7e8f9"}');
INSERT INTO ogw_logs.inbox (job_id, team_id, api_key, session_id, metadata) VALUES
	('own-inbox', 'own-off', 'ApiKey 0a1b2c3d4e5f60718293a4b5c6d7e8f9', '&#48;a1b2c3d4e5f60718293a4b5c6d7e8f9', '{"note":"MGExYjJjM2Q0ZTVmNjA3MTgyOTNhNGI1YzZkN2U4Zjk="}');
SELECT api_key, regexp_replace(session_id, '[0-9a-f]{32}$', 'hash') AS session_id, error_code, input, metadata FROM unnest(ARRAY['own-single', 'own-inbox']) j, ogw_logs.get_log(j);
SELECT ogw_logs.insert_log(job_id => 'j-0a1b2c3d4e5f60718293a4b5c6d7e8f9', team_id => 'own-off', api_key => 'api-key: 0a1b2c3d4e5f60718293a4b5c6d7e8f9');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"%30a1b2c3d4e5f60718293a4b5c6d7e8f9","team_id":"own-off","api_key":"api-key: 0a1b2c3d4e5f60718293a4b5c6d7e8f9"}]');
SELECT regexp_replace(job_id, '[0-9a-f]{32}$', 'hash') AS job_id, defects FROM ogw_logs.entry WHERE team_id = 'own-off' AND defects @> '{job_id:holds_a_secret}' ORDER BY 1;

-- A word that stands for a key is none: it is masked nowhere, and no id is refused for it.
SELECT ogw_logs.insert_log(job_id => 'lm-studio-1', team_id => 'lm-studio', api_key => 'lm-studio', provider => 'lm-studio', requested_model => 'lm-studio/qwen2.5', user_id => 'lm-studio');
SELECT ogw_logs.insert_log(job_id => 'own-word-' || k, team_id => 'own-plain', api_key => k, session_id => k, input => k || ' and {"n":1000000000}')
  FROM unnest(ARRAY['not-needed', 'anonymous', 'token-abc123', '00000000', 'dummy', 'none', 'abcdefghijklmno', 'EMPTY', 'sk-1234', 'sk-12345678', 'sk-no-key-required', 'your-api-key-here', 'ollama12345', 'xxxxxxxxxxxxxxxxxxxx']) k;
SELECT g.job_id, g.provider, g.requested_model, g.user_id, g.secrets_masked FROM ogw_logs.search(team_id => 'lm-studio') s, ogw_logs.get_log(s.job_id, s.team_id) g;
SELECT count(*) AS as_given FROM ogw_logs.search(team_id => 'own-plain', max_rows => 1000) s, ogw_logs.get_log(s.job_id, s.team_id) g
 WHERE s.job_id LIKE 'own-word-%' AND g.input = substr(s.job_id, 10) || ' and {"n":1000000000}' AND g.session_id = substr(s.job_id, 10);
-- a shorter key that is mixed is one; a longer one of words only where it is a token
SELECT ogw_logs.insert_log(job_id => 'own-mixed', team_id => 'own-plain', api_key => 'x7Kq92Lm', input => 'x7Kq92Lm, ax7Kq92Lm, x7Kq92Lm1, x7Kq92Lm-1, \u00787Kq92Lm');
SELECT ogw_logs.insert_log(job_id => 'own-words', team_id => 'own-plain', api_key => 'internal-service', input => 'internal-service, internal-services, my_internal-service, %69nternal-service%20x, \ninternal-service');
SELECT ogw_logs.insert_log(job_id => 'own-drawn', team_id => 'own-plain', api_key => 'kX92LmQ7pRtZ3aVb', input => 'xkX92LmQ7pRtZ3aVbx');
SELECT ogw_logs.insert_log(job_id => 'own-long-words', team_id => 'own-plain', api_key => 'the-internal-service-of-the-batch-jobs', input => 'the-internal-service-of-the-batch-jobs; xthe-internal-service-of-the-batch-jobs');
SELECT job_id, input FROM unnest(ARRAY['own-mixed', 'own-words', 'own-drawn', 'own-long-words']) j, ogw_logs.get_log(j);

-- What spells things in each other without end is not read to the end: a mask stands for it,
-- and for a document of JSON whole. Neither takes what a program has escaped three times.
SELECT ogw_logs.insert_log(job_id => 'own-hostile-' || n, team_id => 'own-plain', api_key => k, input => i)
  FROM (VALUES (1, left(repeat('\&%', 2000), 4096), repeat('%5c\\', 12000)), (2, left(repeat('\&%', 2000), 4096), '["' || repeat('%5c\\', 12000) || '"]'), (3, 'Ab1/Cd2+Ef3&Gh4"Ij5\Kl6%', repeat(pg_temp.json(pg_temp.json(pg_temp.json(E'{"a":"\\ C:\\new & 50%"}'))), 3000))) AS v (n, k, i);
SELECT job_id, length(input), left(input, 20) AS input FROM generate_series(1, 3) n, ogw_logs.get_log('own-hostile-' || n) ORDER BY 1;

-- Nor is anything left where it is the key's neighbours that nobody reads to the end.
SELECT ogw_logs.insert_log(job_id => 'own-neighbours-' || n, team_id => 'own-plain', api_key => 'qwertyuiopasdfghjk', input => i)
  FROM (VALUES (1, 'qwertyuiopasdfghjk ' || repeat('&%&%aqwertyuiopasdfghjk;', 3000) || ' %0aqwertyuiopasdfghjk'), (2, '["qwertyuiopasdfghjk ' || repeat('&%&%aqwertyuiopasdfghjk;', 3000) || ' %0aqwertyuiopasdfghjk"]')) AS v (n, i);
SELECT job_id, input LIKE '%qwertyuiopasdfghjk%' AS left FROM generate_series(1, 2) n, ogw_logs.get_log('own-neighbours-' || n) ORDER BY 1;

-- JSON stays JSON where the key stands outside of strings, or across them; and is no part
-- of a number.
SELECT ogw_logs.insert_log(job_id => 'own-json-' || n, team_id => 'own-plain', api_key => k, input => i, metadata => m)
  FROM (VALUES
		(1, '12345678901234567', '{"a":12345678901234567,"b":[12345678901234567],"c":112345678901234567,"d":12345678901234567.5,"e":"12345678901234567"}', '{"note":12345678901234567}'),
		(2, '{"type":"service_account","n":1}', '{"credentials":{"type":"service_account","n":1},"s":"{\"type\":\"service_account\",\"n\":1}"}', '{"note":{"type":"service_account","n":1}}'),
		(3, 'abcdefgh","ijklmnop', '["abcdefgh","ijklmnop"]', '{"note":"abcdefgh\",\"ijklmnop"}'),
		(4, 'abcdefghijklmnop"},{', '[{"a":"abcdefghijklmnop"},{"b":1}]', '{"note":"abcdefghijklmnop\"},{"}'),
		(5, 'abcdefghijklmnop\', '{"a":"abcdefghijklmnop\"q"}', '{"note":"abcdefghijklmnop\\"}'),
		(6, '12345678901234567', '12345678901234567', '[12345678901234567]'),
		(7, '12345678901234567', 'data: {"a":0.12345678901234567,"b":12345678901234567.5,"c":112345678901234567,"d":12345678901234567}', '{"note":"{\"a\":0.12345678901234567}"}')
	   ) AS v (n, k, i, m);
SELECT job_id, input, metadata FROM generate_series(1, 7) n, ogw_logs.get_log('own-json-' || n) ORDER BY 1;

-- redact() sees through percent-encoding and entities where names, headers and formats
-- are followed by values
SELECT n, ogw_logs.redact(t) FROM (VALUES
		(1, '&quot;api_key&quot;: &quot;0a1b2c3d4e5f60718293&quot; &amp; more'),
		(2, 'q=%7B%22api_key%22%3A%220a1b2c3d4e5f60718293%22%7D&x=1'),
		(3, 'api_key%3D0a1b2c3d4e5f60718293%26x%3D1'),
		(4, 'Authorization%3A%20Bearer%200a1b2c3d4e5f60718293abcd%2B%3D, then'),
		(5, '&#34;password&#34;&#58;&#34;hunter2hunter&#34;'),
		(6, 'ABSK' || repeat('Ab1%2B', 30) || repeat('Q', 60) || '%3D%3D&x'),
		(7, '%2522client_secret%2522%253A%25220a1b2c3d4e5f60718293%2522'),
		(8, 'Bearer%200a1b2c3d4e5f60718293abcd&x'),
		(9, 'https://h/?api_key=0a1b2c3d%2B4e5f60718293&x=1'),
		(11, '{"aws_secret_access_key":"lExsYyv4G6SN\/rOuya4FxR6NZR\/VzCMt4A4aD5Y2","AWS_SECRET_KEY":"lExsYyv4G6SN\u002BrOuya4FxR6NZRaVzCMt4A4aD5Y2"}'),
		(12, '{"env":"AWS_SECRET_ACCESS_KEY=lExsYyv4G6SN\\\/rOuya4FxR6NZR\\u002fVzCMt4A4aD5Y2\nX=1"}'),
		(13, 'AWS_SECRET_ACCESS_KEY=lExsYyv4G6SN%2FrOuya4FxR6NZR%2FVzCMt4A4aD5Y2'),
		(14, 'aws: lExsYyv4G6SN\/rOuya4FxR6NZR&#x2F;VzCMt4A4aD5Y2, and lExsYyv4G6SN/rOuya4FxR6NZR/VzCMt4A4aD5Y2/1'),
		(15, '{"url":"https:\/\/hooks.slack.com\/services\/T0ABCDEFG\/B0ABCDEFG\/Zk8QwEr6TyUi0pAsDfGhJk2L"}'),
		(16, 'u=https%3A%2F%2Fhooks.slack.com%2Fservices%2FT0ABCDEFG%2FB0ABCDEFG%2FZk8QwEr6TyUi0pAsDfGhJk2L&x=1'),
		(10, 'fish &amp; chips, token%20of%20thanks, 100% key &lt; 3, secret&nbsp;recipe')
	   ) AS v (n, t) ORDER BY n;
