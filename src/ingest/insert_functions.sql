-- insert_functions: writing entries by a call.

DO $$
BEGIN
	IF to_regtype('ogw_logs.batch_counts') IS NULL THEN
		CREATE TYPE ogw_logs.batch_counts AS (
			received bigint,
			stored bigint,
			duplicate bigint,
			rejected bigint
		);
	END IF;
	IF to_regtype('ogw_logs.batch_details') IS NULL THEN
		CREATE TYPE ogw_logs.batch_details AS (
			received bigint,
			stored bigint,
			duplicate bigint,
			rejected bigint,
			details json
		);
	END IF;
END
$$;
COMMENT ON TYPE ogw_logs.batch_counts IS
'What became of a batch: received = stored + duplicate + rejected.';
COMMENT ON TYPE ogw_logs.batch_details IS
'What became of a batch, and of which of its entries something was wrong; details is NULL where it was not asked for.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_log(
	job_id ogw_logs.given_value DEFAULT NULL,
	team_id ogw_logs.given_value DEFAULT NULL,
	"timestamp" ogw_logs.given_value DEFAULT NULL,
	owner ogw_logs.given_value DEFAULT NULL,
	api_key ogw_logs.given_value DEFAULT NULL,
	operation ogw_logs.given_value DEFAULT NULL,
	requested_model ogw_logs.given_value DEFAULT NULL,
	served_model ogw_logs.given_value DEFAULT NULL,
	provider ogw_logs.given_value DEFAULT NULL,
	first_byte_ms double precision DEFAULT NULL,
	latency_ms double precision DEFAULT NULL,
	status ogw_logs.given_value DEFAULT NULL,
	error_code ogw_logs.given_value DEFAULT NULL,
	finish_reason ogw_logs.given_value DEFAULT NULL,
	error_message text DEFAULT NULL,
	prompt_tokens double precision DEFAULT NULL,
	completion_tokens double precision DEFAULT NULL,
	cached_tokens double precision DEFAULT NULL,
	cache_write_tokens double precision DEFAULT NULL,
	reasoning_tokens double precision DEFAULT NULL,
	cost_usd numeric DEFAULT NULL,
	user_id ogw_logs.given_value DEFAULT NULL,
	session_id ogw_logs.given_value DEFAULT NULL,
	fallback_reason ogw_logs.given_value DEFAULT NULL,
	attempts ogw_logs.given_value DEFAULT NULL,
	tool_calls ogw_logs.given_value DEFAULT NULL,
	input text DEFAULT NULL,
	output text DEFAULT NULL,
	metadata ogw_logs.given_value DEFAULT NULL
) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_log';
COMMENT ON FUNCTION ogw_logs.insert_log(ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, double precision, double precision, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, text, double precision, double precision, double precision, double precision, double precision, numeric, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, ogw_logs.given_value, text, text, ogw_logs.given_value) IS
'Writes one entry: stored, or duplicate where its team sent this job_id before. An error only without job_id or team_id: '
'any other value that cannot be kept is mended or left NULL, and defects says which and why. '
'attempts, tool_calls and metadata are JSON.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries text) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(text) IS
'Writes entries and counts what became of them: a JSON array, JSON Lines, or one object. A bad entry is refused alone, '
'with its reason in ogw_logs.rejected. NULL writes nothing.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries bytea) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs_bytea';
COMMENT ON FUNCTION ogw_logs.insert_logs(bytea) IS
'The same for bytes: of an entry that is no UTF-8, or has zero bytes, each wrong byte becomes U+FFFD.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries json) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(json) IS
'The same for a value that is json already. Prefer text or bytea: PostgreSQL quotes a fragment of broken json in its error.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries jsonb) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs_jsonb';
COMMENT ON FUNCTION ogw_logs.insert_logs(jsonb) IS
'The same for a value that is jsonb already. Prefer text or bytea: PostgreSQL refuses a call whose json is broken or has an escaped zero byte, and quotes a fragment of it in its error.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries text, details boolean) RETURNS ogw_logs.batch_details
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(text, boolean) IS
'The same, and with details => true the position, field and reason of what was refused.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries bytea, details boolean) RETURNS ogw_logs.batch_details
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs_bytea';
COMMENT ON FUNCTION ogw_logs.insert_logs(bytea, boolean) IS
'The same, and with details => true the position, field and reason of what was refused.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries json, details boolean) RETURNS ogw_logs.batch_details
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(json, boolean) IS
'The same, and with details => true the position, field and reason of what was refused.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries jsonb, details boolean) RETURNS ogw_logs.batch_details
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs_jsonb';
COMMENT ON FUNCTION ogw_logs.insert_logs(jsonb, boolean) IS
'The same, and with details => true the position, field and reason of what was refused.';
