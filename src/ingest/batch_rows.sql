-- batch_rows: the rows of the batch being written, for the statements that insert them.

CREATE OR REPLACE FUNCTION ogw_logs_internal.batch_entry_rows(
	OUT "timestamp" timestamptz,
	OUT first_byte_ms integer,
	OUT latency_ms integer,
	OUT prompt_tokens bigint,
	OUT completion_tokens bigint,
	OUT cached_tokens bigint,
	OUT cache_write_tokens bigint,
	OUT reasoning_tokens bigint,
	OUT unknown_fields integer,
	OUT team_id text,
	OUT job_id text,
	OUT owner text,
	OUT api_key text,
	OUT api_key_fingerprint bytea,
	OUT operation text,
	OUT requested_model text,
	OUT served_model text,
	OUT provider text,
	OUT status text,
	OUT error_code text,
	OUT finish_reason text,
	OUT cost_usd numeric,
	OUT user_id text,
	OUT session_id text,
	OUT fallback_reason text,
	OUT attempts json,
	OUT tool_calls json,
	OUT metadata json,
	OUT body_state text,
	OUT defects text[],
	OUT secrets_masked integer
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_entries';
COMMENT ON FUNCTION ogw_logs_internal.batch_entry_rows() IS
'Part of writing a batch: the rows for ogw_logs.entry of the batch being written; empty outside of one.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.batch_bodies(
	OUT "timestamp" timestamptz,
	OUT team_id text,
	OUT job_id text,
	OUT chunk integer,
	OUT content bytea
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_bodies';
COMMENT ON FUNCTION ogw_logs_internal.batch_bodies() IS
'Part of writing a batch: the rows for ogw_logs.body of the batch being written; empty outside of one.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.batch_rejections(
	OUT "position" bigint,
	OUT team_id text,
	OUT job_id text,
	OUT field text,
	OUT reason text
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_rejections';
COMMENT ON FUNCTION ogw_logs_internal.batch_rejections() IS
'Part of writing a batch: the rows for ogw_logs.rejected of the batch being written; empty outside of one.';
