-- api_key: keys are shown by their prefix, found by their fingerprint.

CREATE OR REPLACE FUNCTION ogw_logs.redact_key(key text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_redact_key';
COMMENT ON FUNCTION ogw_logs.redact_key(text) IS
'An API key as it may be shown: the published prefix of its format, and ****. At most 32 characters; what is already redacted comes back unchanged.';

CREATE OR REPLACE FUNCTION ogw_logs.key_fingerprint(key text) RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_key_fingerprint';
COMMENT ON FUNCTION ogw_logs.key_fingerprint(text) IS
'HMAC-SHA-256 of a whole API key under the secret of this installation, as 64 hexadecimal digits: by it the entries of a key are found without the key being stored.';
