-- inbox: writing entries by INSERT and COPY.

CREATE OR REPLACE VIEW ogw_logs.inbox WITH (security_invoker = true) AS
	SELECT NULL::text AS job_id, NULL::text AS team_id, NULL::text AS "timestamp",
		   NULL::text AS owner, NULL::text AS api_key, NULL::text AS operation,
		   NULL::text AS requested_model, NULL::text AS served_model, NULL::text AS provider,
		   NULL::text AS first_byte_ms, NULL::text AS latency_ms, NULL::text AS status,
		   NULL::text AS error_code, NULL::text AS finish_reason, NULL::text AS error_message,
		   NULL::text AS prompt_tokens, NULL::text AS completion_tokens,
		   NULL::text AS cached_tokens, NULL::text AS cache_write_tokens,
		   NULL::text AS reasoning_tokens, NULL::text AS cost_usd, NULL::text AS user_id,
		   NULL::text AS session_id, NULL::text AS fallback_reason, NULL::text AS attempts,
		   NULL::text AS tool_calls, NULL::text AS input, NULL::text AS output,
		   NULL::text AS metadata
	 WHERE false;
COMMENT ON VIEW ogw_logs.inbox IS
'INSERT or COPY entries into it. Its columns are those of insert_log(), as text; it is always empty to read. '
'last_batch() returns what became of them.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.receive() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ogw_receive';
COMMENT ON FUNCTION ogw_logs_internal.receive() IS
'Trigger of ogw_logs.inbox: gathers the rows of a statement and writes them in batches.';

CREATE OR REPLACE TRIGGER receive_begin BEFORE INSERT ON ogw_logs.inbox
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs_internal.receive();
COMMENT ON TRIGGER receive_begin ON ogw_logs.inbox IS 'Begins a batch.';
CREATE OR REPLACE TRIGGER receive INSTEAD OF INSERT ON ogw_logs.inbox
	FOR EACH ROW EXECUTE FUNCTION ogw_logs_internal.receive();
COMMENT ON TRIGGER receive ON ogw_logs.inbox IS 'Adds an entry to the batch.';
CREATE OR REPLACE TRIGGER receive_end AFTER INSERT ON ogw_logs.inbox
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs_internal.receive();
COMMENT ON TRIGGER receive_end ON ogw_logs.inbox IS 'Writes what is left of the batch.';

CREATE OR REPLACE FUNCTION ogw_logs.last_batch() RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_last_batch';
COMMENT ON FUNCTION ogw_logs.last_batch() IS
'What became of all that this session''s current transaction has sent into ogw_logs.inbox, or else the last one that sent something; '
'zeros before the first, and where that failed or was rolled back.';

CREATE OR REPLACE FUNCTION ogw_logs.last_batch(details boolean) RETURNS ogw_logs.batch_details
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_last_batch';
COMMENT ON FUNCTION ogw_logs.last_batch(boolean) IS
'The same, and with details => true the statement, position, field and reason of each rejection and defect.';
