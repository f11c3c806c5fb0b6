-- Secrets inside bodies: found by their form or by what stands beside them.
SET ogw_logs.max_age = '20000d';

-- What is found. Made-up secrets; what may be shown of them stays.
SELECT n, ogw_logs.redact(body) AS redacted
  FROM (VALUES
		(1, 'Authorization: Bearer abcdef0123456789abcdef0123'),
		(2, '{"headers": {"Authorization": "Basic dXNlcjpwYXNzdzByZA=="}}'),
		(3, 'postgresql://app:s3cr3t-Pw@db.internal:5432/orders'),
		(4, 'see https://bob:bob@localhost/ and https://user:${PASSWORD}@host/ and http://example.com:8080/a@b'),
		(5, E'-----BEGIN RSA PRIVATE KEY-----\n' || repeat('MIIEpAIBAAKCAQEA', 4) || E'\n' || repeat('abcd', 12) || E'\n-----END RSA PRIVATE KEY-----\nthe end'),
		(6, '["-----BEGIN PRIVATE KEY-----", "' || repeat('MIIEpAIB', 8) || '", 12345678, "-----END PRIVATE KEY-----"]'),
		(7, 'cookie: session=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl; path=/'),
		(8, E'api_key: "0a1b2c3d4e5f60718293"\nDB_PASSWORD=hunter2hunter\nclientSecret = ''Xk29-ahQ7.plM3nB''\n<token>\n  9f8e7d6c5b4a39281706\n</token>'),
		(9, '--token 9f8e7d6c5b4a392817061a2b, os.environ["API_KEY"], token_type: "0a1b2c3d4e5f60718293", "public_key": "0a1b2c3d4e5f60718293"'),
		(10, 'my mistral client uses abCdefgh12345678abcdefgh1234567x'),
		(11, '{"password": 12345678901234567890, "token": null, "max_tokens": 4096, "key": "user_1_profile"}'),
		(12, 'password: your-password-1, api_key: xxxxxxxxxxxxxxxx1, secret: ${SECRET_FROM_VAULT_1}'),
		(13, 'aes128_set_key, aes128_set_nonce, f(evp_pkey, self._lib.NID_X25519), man/it/passwd.1, man/it/pwconv.8, primary signing key (CVE-2010-1633), set_key("0a1b2c3d4e5f60718293")'),
		(14, '{"secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", "tokenAddress": "0xdAC17F958D2ee523a2206206994597C13D831ec7", "continuation_token": "1ueGcxLPRx1TrXYExHnhbYLgveDs2J"}')
	   ) v (n, body) ORDER BY n;

-- In a string of JSON in a string of JSON, and with escapes in the key.
SELECT n, ogw_logs.redact(body) AS redacted
  FROM (VALUES
		(1, '{"a": "{\"api_key\": \"sk-proj-abcdefghij0123456789ABCD\"}"}'),
		(2, '"{\\\"key\\\": \\\"{\\\\\\\"sk-proj-abcdefghij0123456789ABCD\\\\\\\"}\\\"}"'),
		(3, '"\"sk-proj\u002dabcdefghij0123456789ABCD\" and \\u0022\\u0073k-proj\\u002dabcdefghij0123456789ABCD\\u0022"'),
		(4, '"{\u0022password\u0022:\u0022hunter2-hunter2\u0022}"'),
		(5, '"url%3Dhttps%3A%2F%2Fx%3Fk%3Dsk-proj-abcdefghij0123456789ABCD\nsk-proj-abcdefghij0123456789ABCD\tghp_' || repeat('a1', 18) || '"')
	   ) v (n, body) ORDER BY n;
-- what stands right behind an escape, and what is written with some
SELECT n, ogw_logs.redact(body) AS redacted
  FROM (VALUES
		(1, '{"t": "line\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl \u000aeyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln jwt-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln"}'),
		(2, '{"db": "postgres:\/\/app:s3cr3t-Pw@db\/x", "in": "{\"db\": \"postgres:\\/\\/app:s3cr3t-Pw@db\"}", "and": "redis://:s3\u0026cr3t@h", "not": "http:\/\/host:80\/a@b C:\\dir"}'),
		(3, '{"h": "Authorization: Bearer\u0020abcdef0123456789", "m": "mistral:\nabCdefgh12345678abcdefgh1234567x"}')
	   ) v (n, body) ORDER BY n;
-- JSON stays JSON where a quote ends a string, and where an escape is no character of a key
SELECT n, redacted, redacted::json IS NOT NULL AS read_again
  FROM (SELECT n, ogw_logs.redact(body) AS redacted
		  FROM (VALUES
				(1, '[{"label":"password="},1234567890,{"id":1}]'),
				(2, '{"authorization": [-12345678901234.5678E+12], "password": "]1kf82mD!x"}'),
				(3, '{"a":"-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEF\\", "b": 123456789, "c":"-----END PRIVATE KEY-----"}'),
				(4, '["-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEF\ud83dMIIEvQIBADANBgkqhkiG9w0BAQEF-----END PRIVATE KEY-----"]'),
				(5, '"aws \ud83d0123456789abcdef0123456789abcdef012"')
			   ) v (n, body)) r ORDER BY n;
-- JSON stays JSON, whatever is in it
SELECT count(*) AS texts, count(*) FILTER (WHERE body <> redacted) AS masked, count(redacted::json -> 'note') AS read_again
  FROM (SELECT body, ogw_logs.redact(body) AS redacted
		  FROM (SELECT json_build_object(k, v, 'note', v, 'n', 12345678901234567890, 'token', n)::text AS body
				  FROM unnest(ARRAY['password', 'api_key', 'Authorization', 'x']) k, unnest(ARRAY[1, 1e30, 12345678901234567890]) n,
					   unnest(ARRAY['hunter2"hunter2', E'line\nsk-proj-abcdefghij0123456789ABCD\\', 'Bearer abcdef0123456789', 'https://a:b1"c2d3@h',
									E'é"\t1234567890abcdef', '\"a1b2c3d4e5f6a7b8"', E'-----BEGIN PRIVATE KEY-----\n"' || repeat('A1b2', 20) || E'"\n-----END PRIVATE KEY-----']) v) b) s;

-- By every method, in every field; a team can switch it off for what lives with the body.
SELECT ogw_logs.set_team('cut', body_logging => true, metadata_keys => '{env}'),
	   ogw_logs.set_team('uncut', body_logging => true, metadata_keys => '{env}', redact_bodies => false);
SELECT '{"api_key": "0a1b2c3d4e5f60718293"} https://app:s3cr3t-Pw@db/' AS text, 'token=0a1b2c3d4e5f60718293' AS short \gset
SELECT ogw_logs.insert_log(job_id => 'red-1-' || t, team_id => t, input => :'text', output => :'text', error_message => :'text', session_id => :'short',
		attempts => json_build_array(json_build_object('model', 'm', 'status', 'failure', 'error_code', :'short', 'error_message', :'text'), json_build_object('model', 'n'))::text,
		tool_calls => json_build_array(json_build_object('id', 'c', 'function', json_build_object('name', 'f', 'arguments', :'text')))::text,
		metadata => json_build_object('env', :'short', 'note', :'text')::text)
  FROM unnest(ARRAY['cut', 'uncut']) t;
CREATE TEMP TABLE given AS SELECT json_build_object('job_id', 'red-2', 'team_id', 'cut', 'input', :'text', 'output', json_build_object('content', :'text'), 'error_message', :'text',
		'attempts', json_build_array(json_build_object('error_message', :'text')), 'metadata', json_build_object('note', :'text'), 'field_of_tomorrow', :'text') AS entry;
SELECT ogw_logs.insert_logs(json_build_array(entry)) FROM given;
INSERT INTO ogw_logs.inbox (job_id, team_id, input, output, error_message, attempts, metadata)
	SELECT 'red-3', 'cut', entry ->> 'input', entry ->> 'output', entry ->> 'error_message', entry ->> 'attempts', entry ->> 'metadata' FROM given;
SELECT job_id, field, value FROM (SELECT unnest(ARRAY['red-1-cut', 'red-1-uncut', 'red-2', 'red-3']) AS j) j, ogw_logs.get_log(j) g,
	   LATERAL (VALUES ('input', g.input), ('output', g.output), ('error_message', g.error_message), ('session_id', regexp_replace(g.session_id, '[0-9a-f]{32}$', 'hash')), ('fallback_reason', g.fallback_reason),
					   ('attempts', g.attempts::text), ('tool_calls', g.tool_calls::text), ('metadata', g.metadata::text)) AS v (field, value)
 WHERE value IS NOT NULL ORDER BY job_id, field COLLATE "C";

-- an entry's own key that begins inside an escape takes the escape along
SELECT ogw_logs.insert_log(job_id => 'own-escape', team_id => 'uncut', api_key => 'nSecretKeyOfMine99', input => '{"a": "line\nSecretKeyOfMine99 \\nSecretKeyOfMine99"}');
SELECT input FROM ogw_logs.get_log('own-escape');

-- What was masked on its way in is found by what was given; erasing wants to know whose.
SELECT ogw_logs.insert_log(job_id => 'red-id-' || u, team_id => 'cut', user_id => 'ghp_' || repeat(u, 36), input => u) FROM unnest(ARRAY['a', 'b']) u;
SELECT job_id, regexp_replace(user_id, '[0-9a-f]{32}$', 'hash') AS user_id FROM ogw_logs.search(team_id => 'cut', max_rows => 100) WHERE job_id LIKE 'red-id-%' ORDER BY 1;
SELECT ogw_logs.erase_user('cut', 'ghp_****');
SELECT ogw_logs.erase_user('cut', 'ghp_' || repeat('a', 36));
SELECT ogw_logs.erase_user('cut', (SELECT e.user_id FROM ogw_logs.entry e WHERE e.job_id = 'red-id-b'));

-- A site's own formats: in force for what comes after their commit, in this session too.
SELECT ogw_logs.redact('acme-key-0123456789 acme-key-01234567 xacme-key-0123456789 ACME-KEY-0123456789 {"k":"acme-key-abc\u0064ef0123"}');
INSERT INTO ogw_logs.key_format VALUES ('acme', 'acme-key-', 'a-z0-9', 10, 12);
SELECT ogw_logs.redact('acme-key-0123456789 acme-key-01234567 xacme-key-0123456789 ACME-KEY-0123456789 {"k":"acme-key-abc\u0064ef0123"} acme-key-0123456789abc');
UPDATE ogw_logs.key_format SET max_length = 13;
SELECT ogw_logs.redact('acme-key-0123456789abc');
BEGIN; DELETE FROM ogw_logs.key_format; ROLLBACK;
SELECT ogw_logs.redact('acme-key-0123456789abc');
-- what is no format is refused
INSERT INTO ogw_logs.key_format VALUES ('short', 'ab', 'a-z', 10, 12);
INSERT INTO ogw_logs.key_format VALUES ('quote', 'abc"', 'a-z', 10, 12);
INSERT INTO ogw_logs.key_format VALUES ('blank', 'abc', 'a-z ', 10, 12);
INSERT INTO ogw_logs.key_format VALUES ('bounds', 'abc', 'a-z', 12, 10);
INSERT INTO ogw_logs.key_format VALUES ('digits', '123456', '0-9', 10, 12);
INSERT INTO ogw_logs.key_format VALUES ('backwards', 'abc', 'z-a', 10, 12);
INSERT INTO ogw_logs.key_format VALUES ('caret', 'abc', '^a-z', 10, 12);
INSERT INTO ogw_logs.key_format SELECT n, 'abc' || n, 'a-z', 10, 12 FROM generate_series(1, 200) n;
-- a range over a backslash or a quote does not take these in
INSERT INTO ogw_logs.key_format VALUES ('range', 'wide_', '!-~', 4, 1000);
SELECT ogw_logs.redact('"wide_ab\ncdef\"wide_abcdef\"" wide_ab cdef');
DELETE FROM ogw_logs.key_format;
SELECT ogw_logs.redact('acme-key-0123456789abc');
-- while the formats cannot be read, redact() answers nothing
INSERT INTO ogw_logs.key_format VALUES ('acme', 'acme-key-', 'a-z0-9', 10, 13);
ALTER TABLE ogw_logs.key_format RENAME min_length TO least;
\set VERBOSITY terse
SELECT ogw_logs.redact('acme-key-0123456789abc');
SELECT ogw_logs.redact('acme-key-0123456789abc');
\set VERBOSITY default
ALTER TABLE ogw_logs.key_format RENAME least TO min_length;
SELECT ogw_logs.redact('acme-key-0123456789abc');
DELETE FROM ogw_logs.key_format;
-- formats that cannot be read mean no bodies, as do settings
BEGIN;
ALTER TABLE ogw_logs.key_format RENAME COLUMN min_length TO least;
SELECT ogw_logs.insert_log(job_id => 'red-4', team_id => 'cut', input => 'x', session_id => 'sk-proj-abcdefghij0123456789ABCD');
SELECT input, regexp_replace(session_id, '[0-9a-f]{32}$', 'hash') AS session_id, body_state FROM ogw_logs.get_log('red-4');
ROLLBACK;
SELECT ogw_logs.insert_log(job_id => 'red-5', team_id => 'cut', input => 'x');
SELECT input, body_state FROM ogw_logs.get_log('red-5');

-- Beside a service's name: other separators, the same again, lists, pairs, elements of XML.
SELECT n, ogw_logs.redact(t) FROM (VALUES
		(1, $$miro token - 'X9ppaQalVHeB3rGJRjNJ7G0HEA'$$),
		(2, $$miro token | "X9ppaQalVHeB3rGJRjNJ7G0HEA"$$),
		(3, $$miro token > 'X9ppaQalVHeB3rGJRjNJ7G0HEA'$$),
		(4, $$miro token = 'X9ppaQalVHeB3rGJRjNJ7G0HEA' | 'X9ppaQalVHeB3rGJRjNJ7G0HEA'$$),
		(5, $${"api_keys": ["X9ppaQalVHeB3rGJRjNJ7G0HEA","8cV2kLmQ0zRt5yUiNw3eBp","a plain word"]}$$),
		(6, $$<secret>{miro AQAAABAAA x9ppa7alvheb3rgjr0}</secret> <password>hunter2hunter</password>$$),
		(7, $$<add key="ApiKey" value="X9ppaQalVHeB3rGJRjNJ7G0HEA" /> {"name":"API_TOKEN","value":"X9ppaQalVHeB3rGJRjNJ7G0HEA"}$$),
		(8, $$zone token = 'SSVmFDNCFfOHKXQAEckx', token = 'getUserTokenFromSession', tokens - 'of thanks'$$),
		(9, $$Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=lJzRc1YdHaAA2KCNJJ1tkYwF/+mKK6Ygw0NGe170Xu592euJv2wYUtBlV8z+qnlcNQSnIYVTkLWntUO1F8j8rQ==;EntityPath=q$$),
		(10, $$Server=h;Uid=app;Pwd=Tr0ub4dor&3x; jdbc:postgresql://h/d?user=app&password=Tr0ub4dorx3&ssl=true mongodb+srv://app:Tr0ub4dorx3@c.mongodb.net/$$),
		(11, $$https://discord.com/api/webhooks/1442478262976222731/Rz9B09dBZ2kQ8wEr6TyUi0pAsDfGhJk2Lx7Cv5Bn3Mq1We4Rt6Yu8Io0Pa2Sd4Fg6Hj8$$),
		(12, $$https://acme.webhook.office.com/webhookb2/9da5da9c-4218-4c22-aed6-b5c8baebfff5@2f2da5a9-4218-4c22-aed6-b5c8baebfff5/IncomingWebhook/0a1b2c3d4e5f/9da5da9c$$),
		(13, $$https://api.telegram.org/bot123456789:AAE4A6Rz0CSnIGzeu897OjQnjzsMEG2_uso/sendMessage https://n8n.example.com/webhook/9da5da9c-4218-4c22-aed6-b5c8baebfff5$$),
		(14, $$https://a.blob.core.windows.net/c/f?sp=r&sig=WSdF9YeZhvrbs%2B%2B1f8ZdDBzEe7fBJ%2BenuaXQ%2BJ9WOw0%3D&sr=c, config=0a1b2c3d4e5f60718293a4b5c6d7$$),
		(15, $$KEY0192AptrcGNPkrkfIifpxSr1PAf5ChNcx-APIMKz9_ImMMXli1w16QD$$),
		(16, $${"usage":{"prompt_tokens":1234567890123456789,"total_tokens":99,"cache_key":"a-b"},"max_tokens":"4096","tokens - 12":'x', "signature":"EqQBCkYIARgCKkAaBbCc1234567890"}$$)
	   ) AS v (n, t) ORDER BY n;

-- Whatever it is made of, a text takes its time; a cancel ends it.
SELECT length(ogw_logs.redact(repeat(t, 300000))) > 0 AS done
  FROM unnest(ARRAY['key=', 'secret_', 'password:', '\u002d', 'sk-proj-', 'a.eyJ', '-----BEGIN PRIVATE KEY-----', '://a:b', 'token "', 'glpat-', 'Bearer ']) t;
SET statement_timeout = '50ms';
SELECT ogw_logs.redact(repeat('key=', 5000000)) IS NULL;
RESET statement_timeout;
