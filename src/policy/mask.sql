-- mask: secrets in a text.

CREATE OR REPLACE FUNCTION ogw_logs.redact(body text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_redact';
COMMENT ON FUNCTION ogw_logs.redact(text) IS
'A text with its secrets masked: keys of published formats and of those in key_format, tokens, private keys, passwords in URLs, and values beside words such as api_key, secret, token or password. What may be shown of a key stays; JSON stays JSON.';
