-- Keys: shown by their published prefix, found by their fingerprint.
SELECT key, ogw_logs.redact_key(key) AS shown
  FROM (VALUES
		-- published formats (made up)
		(1, 'sk-proj-' || repeat('Ab1_', 30)),
		(2, 'sk-ant-api03-' || repeat('x', 93) || 'AA'),
		(3, 'sk-ant-api12-' || repeat('x', 93) || 'AA'),
		(4, 'sk-or-v1-' || repeat('0f', 32)),
		(5, 'AIza' || repeat('q', 35)),
		(6, 'AKIA' || repeat('Z', 16)),
		(7, 'github_pat_' || repeat('a', 82)),
		(8, 'SK' || repeat('0a', 16)),
		(9, 'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t' || repeat('A', 40)),
		(10, 'Bearer ' || repeat('t', 40)),
		-- of unknown form: a leading word, with 16 characters behind it
		(11, 'acme_0123456789abcdef'),
		(12, 'acme_0123456789abcde'),
		(13, 'elevenchars-0123456789abcdef'),
		(14, 'twelve_chars-0123456789abcdef'),
		(15, 'thirteenchars-0123456789abcdef'),
		(16, 'sk-proj-short'),
		(17, '-0123456789abcdef0123'),
		(18, '0123456789abcdef0123456789abcdef'),
		(19, 'a'), (20, ''), (21, NULL),
		(22, 'ключ_0123456789abcdef0123456789abcdef')
	   ) AS v (n, key)
 ORDER BY n;

-- Idempotent, and never longer than 32 characters.
SELECT count(*) AS keys,
	   count(*) FILTER (WHERE ogw_logs.redact_key(shown) <> shown) AS changed_again,
	   max(length(shown)) <= 32 AS short
  FROM (SELECT ogw_logs.redact_key(p || repeat('a1', n)) AS shown
		  FROM unnest(ARRAY['sk-', 'sk-proj-', 'sk-ant-api03-', 'sk-ant-admin01-', 'hf_', 'AKIA',
							'xapp-1-', 'gho_', 'pypi-AgEIcHlwaS5vcmc', 'hooks.slack.com/services/',
							'-----BEGIN ', '', 'word-', 'Bearer ', '****', 'no****']) p,
			   generate_series(0, 200, 7) n) s;
-- A mask behind a whole key does not make it a redacted one.
SELECT ogw_logs.redact_key('sk-proj-' || repeat('Ab1_', 30) || '****');

-- The fingerprint: keyed, stable, not the plain hash, NULL for NULL.
SELECT length(ogw_logs.key_fingerprint('k')) AS hex_digits,
	   ogw_logs.key_fingerprint('k') = ogw_logs.key_fingerprint('k') AS stable,
	   ogw_logs.key_fingerprint('k') = ogw_logs.key_fingerprint('l') AS same_for_another,
	   ogw_logs.key_fingerprint('k') = encode(sha256('k'), 'hex') AS plain_hash,
	   ogw_logs.key_fingerprint(NULL) IS NULL AS null_for_null;
-- It is HMAC-SHA-256 (RFC 2104) under the secret of the installation.
CREATE FUNCTION pg_temp.xor_pad(key bytea, pad integer) RETURNS bytea LANGUAGE sql AS
$$ SELECT string_agg(set_byte('\x00', 0, get_byte(key, i) # pad), '' ORDER BY i) FROM generate_series(0, 63) i $$;
SELECT ogw_logs.key_fingerprint('k') =
	   encode(sha256(pg_temp.xor_pad(key, 92) || sha256(pg_temp.xor_pad(key, 54) || 'k')), 'hex') AS is_hmac
  FROM (SELECT key_secret || decode(repeat('00', 32), 'hex') AS key FROM ogw_logs.installation) s;
-- Whatever the bytes of that are: one secret in eight has a zero byte.
BEGIN;
UPDATE ogw_logs.installation SET key_secret = decode('00ff00' || repeat('0102', 14) || '00', 'hex');
SELECT ogw_logs.key_fingerprint('k') =
	   encode(sha256(pg_temp.xor_pad(key, 92) || sha256(pg_temp.xor_pad(key, 54) || 'k')), 'hex') AS is_hmac
  FROM (SELECT key_secret || decode(repeat('00', 32), 'hex') AS key FROM ogw_logs.installation) s;
ROLLBACK;

-- In a text every key of a listed format is cut, at the start of a word only.
SELECT ogw_logs.redact('use sk-proj-' || repeat('Ab1_', 30) || ', or "hf_' || repeat('a', 34) || '".');
SELECT ogw_logs.redact('{"a":"line\nghp_' || repeat('a', 36) || '\n"}');
SELECT ogw_logs.redact('task-' || repeat('a', 48) || ' sk-learn risk-averse AKIA SKILLFUL hf_ok');
SELECT ogw_logs.redact(''), ogw_logs.redact(NULL) IS NULL AS null_for_null;

-- Whatever method, the entry's own key is cut wherever it stands.
SELECT ogw_logs.set_team('keys', body_logging => true, redact_bodies => false);
SELECT ogw_logs.set_team('keys', metadata_keys => '{note}');
SELECT ogw_logs.insert_log(job_id => 'own-key', team_id => 'keys', api_key => 'acme_0123456789abcdef',
	user_id => 'acme_0123456789abcdef', error_code => 'x acme_0123456789abcdef',
	input => 'acme_0123456789abcdef and acme_0123456789abcdef',
	output => '{"k":"acme\u005f0123456789abcde\u0066","in":"{\"k\":\"acme\\u005f0123456789abcdef\"}"}',
	error_message => 'key acme_0123456789abcdef is bad',
	attempts => '[{"model":"acme_0123456789abcdef","error_message":"acme_0123456789abcdef"}]',
	tool_calls => '[{"id":"acme_0123456789abcdef","function":{"name":"f","arguments":"acme_0123456789abcdef"}}]',
	metadata => '{"note":"acme_0123456789abcdef","long":"acme_0123456789abcdef"}');
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"own-key-2","team_id":"keys","api_key":"acme_0123456789abcdef",
	"acme_0123456789abcdef":"acme_0123456789abcdef","input":{"k":"acme_0123456789abcdef"}}]');
INSERT INTO ogw_logs.inbox (job_id, team_id, api_key, output) VALUES
	('own-key-3', 'keys', 'acme_0123456789abcdef', 'acme_0123456789abcdef');
SELECT job_id, api_key, regexp_replace(user_id, '[0-9a-f]{32}$', 'hash') AS user_id, error_code, error_message, attempts, tool_calls, input, output, metadata
  FROM unnest(ARRAY['own-key', 'own-key-2', 'own-key-3']) j, ogw_logs.get_log(j);
-- as it comes from a file or a header, too
SELECT ogw_logs.insert_log(job_id => 'own-key-4', team_id => 'keys', api_key => E' Bearer acme_0123456789abcdef\n', input => 'acme_0123456789abcdef');
SELECT api_key, input, api_key_fingerprint = ogw_logs.key_fingerprint('acme_0123456789abcdef') AS same FROM ogw_logs.get_log('own-key-4');
SELECT count(*) FROM ogw_logs.search(team_id => 'keys', api_key => 'Bearer acme_0123456789abcdef');
SELECT given, ogw_logs.key_fingerprint(given) = ogw_logs.key_fingerprint('acme_0123456789abcdef') AS same
  FROM unnest(ARRAY[E'Bearer\tacme_0123456789abcdef', '"acme_0123456789abcdef"', 'Authorization: Bearer acme_0123456789abcdef', 'bearer', 'bearers_0123456789abcdef']) given;
-- a key of a listed format, whoever's it is, in no name and no metadata, whatever redact_bodies says
SELECT ogw_logs.insert_log(job_id => 'other-key', team_id => 'keys', owner => 'hf_' || repeat('a', 34), error_code => 'hf_' || repeat('a', 34),
	attempts => '[{"model":"m","status":"failure","error_code":"bad key hf_' || repeat('a', 34) || '"},{"model":"n"}]', metadata => '{"note":"hf_' || repeat('a', 34) || '"}');
SELECT owner, error_code, fallback_reason, attempts, metadata FROM ogw_logs.search(job_id => 'other-key');
-- an id that holds the entry's key is stored with a hash in its place: two of them never become one
SELECT ogw_logs.insert_log(job_id => 'acme_0123456789abcdef/' || n, team_id => 'keys', api_key => 'acme_0123456789abcdef') FROM unnest('{1,2,1}'::int[]) n;
SELECT ogw_logs.insert_log(job_id => 'x', team_id => repeat('-----BEGIN RSA KEY', 14), api_key => '-----BEGIN RSA KEY');
SELECT regexp_replace(job_id, '[0-9a-f]{32}$', 'hash') AS job_id, regexp_replace(team_id, '[0-9a-f]{32}$', 'hash') AS team_id, defects, secrets_masked
  FROM ogw_logs.entry WHERE defects && '{job_id:holds_a_secret,team_id:holds_a_secret}' ORDER BY 2, 1;
SELECT ogw_logs.insert_log(job_id => 'grown', team_id => 'keys', owner => repeat('-----BEGIN RSA KEY', 14), api_key => '-----BEGIN RSA KEY');
SELECT length(owner) <= 255 AS no_longer FROM ogw_logs.search(job_id => 'grown');
-- a refused entry keeps no key either
SELECT * FROM ogw_logs.insert_logs('[{"job_id":[],"team_id":"keys acme_0123456789abcdef","api_key":"acme_0123456789abcdef"}]');
SELECT job_id, regexp_replace(team_id, '[0-9a-f]{32}$', 'hash') AS team_id, field, reason FROM ogw_logs.rejected WHERE team_id LIKE 'keys%';
-- a number that is the key is none any more, and no view fails
SELECT ogw_logs.insert_log(job_id => 'digits', team_id => 'keys', api_key => '12345678901234567890',
	attempts => '[{"model":"m","latency_ms":12345678901234567890},{"model":"n"}]', metadata => '{"note":12345678901234567890}');
SELECT attempts, metadata FROM ogw_logs.get_log('digits');
SELECT count(*) FROM ogw_logs.attempts WHERE job_id = 'digits';
SELECT ogw_logs.insert_log(job_id => 'digits-2', team_id => 'keys', api_key => '12345678901234567890', metadata => '{"note":12345678901234567890}');
SELECT metadata, body_state FROM ogw_logs.get_log('digits-2');
