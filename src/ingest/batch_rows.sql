-- batch_rows: the batch being written, as the statements that write it see it.

CREATE OR REPLACE FUNCTION ogw_logs_internal.batch_entry_rows(
	OUT "timestamp" timestamptz,
	OUT first_byte_ms integer,
	OUT latency_ms integer,
	OUT prompt_tokens integer,
	OUT completion_tokens integer,
	OUT cached_tokens integer,
	OUT reasoning_tokens integer,
	OUT unknown_fields integer,
	OUT body_logged boolean,
	OUT team_id text,
	OUT job_id text,
	OUT owner text,
	OUT api_key text,
	OUT api_key_fingerprint bytea,
	OUT requested_model text,
	OUT served_model text,
	OUT provider text,
	OUT status text,
	OUT error_code text,
	OUT cost_usd numeric,
	OUT user_id text,
	OUT session_id text,
	OUT fallback_reason text,
	OUT attempts json,
	OUT tool_calls json,
	OUT metadata json,
	OUT secrets_masked integer
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_entries';
COMMENT ON FUNCTION ogw_logs_internal.batch_entry_rows() IS
'Part of writing a batch: its rows for ogw_logs.entry; empty where none is being written.';

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
'Part of writing a batch: its rows for ogw_logs.body; empty where none is being written.';

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
'Part of writing a batch: its rows for ogw_logs.rejected; empty where none is being written.';
