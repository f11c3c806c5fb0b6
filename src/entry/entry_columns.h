/*
 * entry_columns.h
 *		The fields a writer may give and the columns they become: the one list, from
 *		which C has its enums, its tables and the statement that writes an entry.
 *
 * SQL has them again, in the places that test/columns.pl compares with this list:
 * the table entry, batch_entry_rows(), insert_log(), inbox, entry_row, log_row and
 * the view logs.  A new field or column is added here first; the test then names the
 * places that lack it.
 */
#ifndef OGW_ENTRY_COLUMNS_H
#define OGW_ENTRY_COLUMNS_H

/*
 * FIELD(id, name, kind, column, part) for each field, in the order of insert_log()'s
 * arguments and of inbox's columns.  kind says how its value is read (FieldKind).
 * column is where it stands in the entry, COLUMN_NONE where it lives with the body
 * alone; part is where it stands in the body, BODY_NONE where it never does.
 */
#define ENTRY_FIELDS(FIELD) \
	FIELD(JOB_ID, job_id, KIND_IDENTITY, COLUMN_JOB_ID, BODY_NONE) \
	FIELD(TEAM_ID, team_id, KIND_IDENTITY, COLUMN_TEAM_ID, BODY_NONE) \
	FIELD(TIMESTAMP, timestamp, KIND_TIME, COLUMN_TIMESTAMP, BODY_NONE) \
	FIELD(OWNER, owner, KIND_ID, COLUMN_OWNER, BODY_NONE) \
	FIELD(API_KEY, api_key, KIND_KEY, COLUMN_API_KEY, BODY_NONE) \
	FIELD(OPERATION, operation, KIND_WORD, COLUMN_OPERATION, BODY_NONE) \
	FIELD(REQUESTED_MODEL, requested_model, KIND_ID, COLUMN_REQUESTED_MODEL, BODY_NONE) \
	FIELD(SERVED_MODEL, served_model, KIND_ID, COLUMN_SERVED_MODEL, BODY_NONE) \
	FIELD(PROVIDER, provider, KIND_WORD, COLUMN_PROVIDER, BODY_NONE) \
	FIELD(FIRST_BYTE_MS, first_byte_ms, KIND_MILLISECONDS, COLUMN_FIRST_BYTE_MS, BODY_NONE) \
	FIELD(LATENCY_MS, latency_ms, KIND_MILLISECONDS, COLUMN_LATENCY_MS, BODY_NONE) \
	FIELD(STATUS, status, KIND_STATUS, COLUMN_STATUS, BODY_NONE) \
	FIELD(ERROR_CODE, error_code, KIND_WORD, COLUMN_ERROR_CODE, BODY_NONE) \
	FIELD(FINISH_REASON, finish_reason, KIND_WORD, COLUMN_FINISH_REASON, BODY_NONE) \
	FIELD(ERROR_MESSAGE, error_message, KIND_BODY, COLUMN_NONE, BODY_ERROR_MESSAGE) \
	FIELD(PROMPT_TOKENS, prompt_tokens, KIND_COUNT, COLUMN_PROMPT_TOKENS, BODY_NONE) \
	FIELD(COMPLETION_TOKENS, completion_tokens, KIND_COUNT, COLUMN_COMPLETION_TOKENS, BODY_NONE) \
	FIELD(CACHED_TOKENS, cached_tokens, KIND_COUNT, COLUMN_CACHED_TOKENS, BODY_NONE) \
	FIELD(CACHE_WRITE_TOKENS, cache_write_tokens, KIND_COUNT, COLUMN_CACHE_WRITE_TOKENS, BODY_NONE) \
	FIELD(REASONING_TOKENS, reasoning_tokens, KIND_COUNT, COLUMN_REASONING_TOKENS, BODY_NONE) \
	FIELD(COST_USD, cost_usd, KIND_COST, COLUMN_COST_USD, BODY_NONE) \
	FIELD(USER_ID, user_id, KIND_ID, COLUMN_USER_ID, BODY_NONE) \
	FIELD(SESSION_ID, session_id, KIND_ID, COLUMN_SESSION_ID, BODY_NONE) \
	FIELD(FALLBACK_REASON, fallback_reason, KIND_WORD, COLUMN_FALLBACK_REASON, BODY_NONE) \
	FIELD(ATTEMPTS, attempts, KIND_JSON, COLUMN_ATTEMPTS, BODY_ATTEMPTS) \
	FIELD(TOOL_CALLS, tool_calls, KIND_JSON, COLUMN_TOOL_CALLS, BODY_TOOL_CALLS) \
	FIELD(INPUT, input, KIND_BODY, COLUMN_NONE, BODY_INPUT) \
	FIELD(OUTPUT, output, KIND_BODY, COLUMN_NONE, BODY_OUTPUT) \
	FIELD(METADATA, metadata, KIND_JSON, COLUMN_METADATA, BODY_METADATA)

/*
 * The columns of ogw_logs.entry, in the order of the table and of batch_entry_rows():
 * those of a fixed length first, so that a row has little padding; secrets_masked is
 * NULL in most.  FIRST(id, name, type) stands for the first, NEXT(id, name, type) for
 * each one behind it; type is the name of its OID in catalog/pg_type.h.
 */
#define ENTRY_COLUMNS(FIRST, NEXT) \
	FIRST(TIMESTAMP, timestamp, TIMESTAMPTZOID) \
	NEXT(FIRST_BYTE_MS, first_byte_ms, INT4OID) \
	NEXT(LATENCY_MS, latency_ms, INT4OID) \
	NEXT(PROMPT_TOKENS, prompt_tokens, INT8OID) \
	NEXT(COMPLETION_TOKENS, completion_tokens, INT8OID) \
	NEXT(CACHED_TOKENS, cached_tokens, INT8OID) \
	NEXT(CACHE_WRITE_TOKENS, cache_write_tokens, INT8OID) \
	NEXT(REASONING_TOKENS, reasoning_tokens, INT8OID) \
	NEXT(UNKNOWN_FIELDS, unknown_fields, INT4OID) \
	NEXT(TEAM_ID, team_id, TEXTOID) \
	NEXT(JOB_ID, job_id, TEXTOID) \
	NEXT(OWNER, owner, TEXTOID) \
	NEXT(API_KEY, api_key, TEXTOID) \
	NEXT(API_KEY_FINGERPRINT, api_key_fingerprint, BYTEAOID) \
	NEXT(OPERATION, operation, TEXTOID) \
	NEXT(REQUESTED_MODEL, requested_model, TEXTOID) \
	NEXT(SERVED_MODEL, served_model, TEXTOID) \
	NEXT(PROVIDER, provider, TEXTOID) \
	NEXT(STATUS, status, TEXTOID) \
	NEXT(ERROR_CODE, error_code, TEXTOID) \
	NEXT(FINISH_REASON, finish_reason, TEXTOID) \
	NEXT(COST_USD, cost_usd, NUMERICOID) \
	NEXT(USER_ID, user_id, TEXTOID) \
	NEXT(SESSION_ID, session_id, TEXTOID) \
	NEXT(FALLBACK_REASON, fallback_reason, TEXTOID) \
	NEXT(ATTEMPTS, attempts, JSONOID) \
	NEXT(TOOL_CALLS, tool_calls, JSONOID) \
	NEXT(METADATA, metadata, JSONOID) \
	NEXT(BODY_STATE, body_state, TEXTOID) \
	NEXT(DEFECTS, defects, TEXTARRAYOID) \
	NEXT(SECRETS_MASKED, secrets_masked, INT4OID)

/* The columns' names as a list in SQL. */
#define ENTRY_COLUMN_NAME_FIRST(id, name, type) "\"" #name "\""
#define ENTRY_COLUMN_NAME_NEXT(id, name, type) ", \"" #name "\""
#define ENTRY_COLUMN_NAMES ENTRY_COLUMNS(ENTRY_COLUMN_NAME_FIRST, ENTRY_COLUMN_NAME_NEXT)

#endif
