-- entry: the row types of an entry, as the functions return it.

DO $$
BEGIN
	IF to_regtype('ogw_logs.entry_row') IS NULL THEN
		CREATE TYPE ogw_logs.entry_row AS (
			job_id text,
			"timestamp" timestamptz,
			team_id text,
			owner text,
			api_key text,
			api_key_fingerprint text,
			operation text,
			requested_model text,
			served_model text,
			provider text,
			first_byte_ms integer,
			latency_ms integer,
			status text,
			error_code text,
			finish_reason text,
			prompt_tokens bigint,
			completion_tokens bigint,
			cached_tokens bigint,
			cache_write_tokens bigint,
			reasoning_tokens bigint,
			cost_usd numeric,
			user_id text,
			session_id text,
			fallback_reason text,
			attempts json,
			tool_calls json,
			metadata json,
			body_state text,
			unknown_fields integer,
			secrets_masked integer,
			defects text[]
		);
	END IF;
END
$$;
COMMENT ON TYPE ogw_logs.entry_row IS
'An entry without what lives with its body, as search() returns it; the columns are those of ogw_logs.entry.';

DO $$
BEGIN
	IF to_regtype('ogw_logs.log_row') IS NULL THEN
		CREATE TYPE ogw_logs.log_row AS (
			job_id text,
			"timestamp" timestamptz,
			team_id text,
			owner text,
			api_key text,
			api_key_fingerprint text,
			operation text,
			requested_model text,
			served_model text,
			provider text,
			first_byte_ms integer,
			latency_ms integer,
			status text,
			error_code text,
			finish_reason text,
			error_message text,
			prompt_tokens bigint,
			completion_tokens bigint,
			cached_tokens bigint,
			cache_write_tokens bigint,
			reasoning_tokens bigint,
			cost_usd numeric,
			user_id text,
			session_id text,
			fallback_reason text,
			attempts json,
			tool_calls json,
			input text,
			output text,
			metadata json,
			body_state text,
			unknown_fields integer,
			secrets_masked integer,
			defects text[]
		);
	END IF;
END
$$;
COMMENT ON TYPE ogw_logs.log_row IS
'An entry with all that lives with its body, as get_log() returns it: error_message, input, output, '
'and attempts, tool_calls and metadata whole.';

