-- ingest: the three doors.

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
END
$$;
COMMENT ON TYPE ogw_logs.batch_counts IS
'What became of a batch: received = stored + duplicate + rejected.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_log(
	job_id text DEFAULT NULL,
	team_id text DEFAULT NULL,
	"timestamp" timestamptz DEFAULT NULL,
	owner text DEFAULT NULL,
	api_key text DEFAULT NULL,
	requested_model text DEFAULT NULL,
	served_model text DEFAULT NULL,
	provider text DEFAULT NULL,
	first_byte_ms integer DEFAULT NULL,
	latency_ms integer DEFAULT NULL,
	status text DEFAULT NULL,
	error_code text DEFAULT NULL,
	error_message text DEFAULT NULL,
	prompt_tokens integer DEFAULT NULL,
	completion_tokens integer DEFAULT NULL,
	cached_tokens integer DEFAULT NULL,
	reasoning_tokens integer DEFAULT NULL,
	cost_usd numeric DEFAULT NULL,
	user_id text DEFAULT NULL,
	session_id text DEFAULT NULL,
	fallback_reason text DEFAULT NULL,
	attempts text DEFAULT NULL,
	tool_calls text DEFAULT NULL,
	input text DEFAULT NULL,
	output text DEFAULT NULL,
	metadata text DEFAULT NULL
) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_log';
COMMENT ON FUNCTION ogw_logs.insert_log(text, text, timestamptz, text, text, text, text, text, integer, integer, text, text, text, integer, integer, integer, integer, numeric, text, text, text, text, text, text, text, text) IS
'Writes one entry: stored, or duplicate where its team sent this job_id before. A bad value is an error. attempts, tool_calls and metadata are JSON, given as text so that no error quotes them.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries text) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(text) IS
'Writes a JSON array of entries and counts what became of them; a bad entry is refused alone, with its reason in ogw_logs.rejected. NULL writes nothing.';

CREATE OR REPLACE FUNCTION ogw_logs.insert_logs(entries json) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(json) IS
'The same for a value that is json already. Prefer text: PostgreSQL quotes a fragment of broken json in its error.';

CREATE OR REPLACE VIEW ogw_logs.inbox WITH (security_invoker = true) AS
	SELECT NULL::text AS job_id, NULL::text AS team_id, NULL::text AS "timestamp",
		   NULL::text AS owner, NULL::text AS api_key, NULL::text AS requested_model,
		   NULL::text AS served_model, NULL::text AS provider, NULL::text AS first_byte_ms,
		   NULL::text AS latency_ms, NULL::text AS status, NULL::text AS error_code,
		   NULL::text AS error_message, NULL::text AS prompt_tokens,
		   NULL::text AS completion_tokens, NULL::text AS cached_tokens,
		   NULL::text AS reasoning_tokens, NULL::text AS cost_usd, NULL::text AS user_id,
		   NULL::text AS session_id, NULL::text AS fallback_reason, NULL::text AS attempts,
		   NULL::text AS tool_calls, NULL::text AS input, NULL::text AS output,
		   NULL::text AS metadata
	 WHERE false;
COMMENT ON VIEW ogw_logs.inbox IS
'A door: INSERT or COPY entries into it. Its columns are those of insert_log(), as text; it is always empty to read. last_batch() tells what became of them.';

CREATE OR REPLACE FUNCTION ogw_logs.receive() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ogw_receive';
COMMENT ON FUNCTION ogw_logs.receive() IS
'Trigger of ogw_logs.inbox: gathers the rows of a statement and writes them in batches.';

CREATE OR REPLACE TRIGGER receive_begin BEFORE INSERT ON ogw_logs.inbox
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.receive();
COMMENT ON TRIGGER receive_begin ON ogw_logs.inbox IS 'Begins a batch.';
CREATE OR REPLACE TRIGGER receive INSTEAD OF INSERT ON ogw_logs.inbox
	FOR EACH ROW EXECUTE FUNCTION ogw_logs.receive();
COMMENT ON TRIGGER receive ON ogw_logs.inbox IS 'Adds an entry to the batch.';
CREATE OR REPLACE TRIGGER receive_end AFTER INSERT ON ogw_logs.inbox
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.receive();
COMMENT ON TRIGGER receive_end ON ogw_logs.inbox IS 'Writes what is left of the batch.';

CREATE OR REPLACE FUNCTION ogw_logs.last_batch() RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_last_batch';
COMMENT ON FUNCTION ogw_logs.last_batch() IS
'What became of this session''s last INSERT or COPY into ogw_logs.inbox; zeros before the first.';

-- The batch being written, as the statements that write it see it.
CREATE OR REPLACE FUNCTION ogw_logs.batch_jobs(
	OUT "timestamp" timestamptz,
	OUT key uuid
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_jobs';
COMMENT ON FUNCTION ogw_logs.batch_jobs() IS
'Part of the doors: the rows for ogw_logs.job of the batch being written, to see which are new; empty outside of one.';

CREATE OR REPLACE FUNCTION ogw_logs.batch_entry_rows(
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
COMMENT ON FUNCTION ogw_logs.batch_entry_rows() IS
'Part of the doors: the rows for ogw_logs.entry of the batch being written; empty outside of one.';

CREATE OR REPLACE FUNCTION ogw_logs.batch_bodies(
	OUT "timestamp" timestamptz,
	OUT team_id text,
	OUT job_id text,
	OUT chunk integer,
	OUT content bytea
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_bodies';
COMMENT ON FUNCTION ogw_logs.batch_bodies() IS
'Part of the doors: the rows for ogw_logs.body of the batch being written; empty outside of one.';

CREATE OR REPLACE FUNCTION ogw_logs.batch_rejections(
	OUT "position" bigint,
	OUT team_id text,
	OUT job_id text,
	OUT field text,
	OUT reason text
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_rejections';
COMMENT ON FUNCTION ogw_logs.batch_rejections() IS
'Part of the doors: the rows for ogw_logs.rejected of the batch being written; empty outside of one.';

CREATE OR REPLACE FUNCTION ogw_logs.batch_accounts(
	OUT team_id text,
	OUT door text,
	OUT reason text,
	OUT received bigint,
	OUT stored bigint,
	OUT duplicate bigint,
	OUT rejected bigint,
	OUT bodies_dropped bigint,
	OUT secrets_masked bigint
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_accounts';
COMMENT ON FUNCTION ogw_logs.batch_accounts() IS
'Part of the doors: the rows for ogw_logs.account of the call being written; empty outside of one.';
