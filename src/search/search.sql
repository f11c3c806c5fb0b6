-- search: finding entries.

CREATE OR REPLACE FUNCTION ogw_logs.search(
	job_id text DEFAULT NULL,
	status text DEFAULT NULL,
	provider text DEFAULT NULL,
	owner text DEFAULT NULL,
	model text DEFAULT NULL,
	api_key text DEFAULT NULL,
	user_id text DEFAULT NULL,
	session_id text DEFAULT NULL,
	since timestamptz DEFAULT NULL,
	until timestamptz DEFAULT NULL,
	team_id text DEFAULT NULL,
	error_code text DEFAULT NULL,
	fallback_reason text DEFAULT NULL,
	fell_back boolean DEFAULT NULL,
	operation text DEFAULT NULL,
	not_status text DEFAULT NULL,
	not_provider text DEFAULT NULL,
	not_model text DEFAULT NULL,
	not_error_code text DEFAULT NULL,
	min_latency_ms bigint DEFAULT NULL,
	max_latency_ms bigint DEFAULT NULL,
	min_tokens bigint DEFAULT NULL,
	max_tokens bigint DEFAULT NULL,
	min_cost_usd numeric DEFAULT NULL,
	max_cost_usd numeric DEFAULT NULL,
	tags json DEFAULT NULL,
	body_contains text DEFAULT NULL,
	ignore_case boolean DEFAULT false,
	max_rows integer DEFAULT 50,
	before_timestamp timestamptz DEFAULT NULL,
	before_job_id text DEFAULT NULL,
	before_team_id text DEFAULT NULL
) RETURNS SETOF ogw_logs.entry_row
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 50
AS 'MODULE_PATHNAME', 'ogw_search';
COMMENT ON FUNCTION ogw_logs.search(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
	text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
	text, boolean, integer, timestamptz, text, text) IS
'The newest entries, at most max_rows, that match every filter given; without bodies. A notice says where there are more. '
'status, provider, model, operation, error_code and their not_ take one value or ''{a,b}''. model: requested or served; '
'api_key: the whole key, or as it is shown; since is included, until is not; fell_back: whether there is a fallback_reason; '
'tokens: prompt and completion; tags: members of the metadata kept with the entry. body_contains: a text in the body, also where '
'JSON escapes it, of entries whose bodies the caller may read; a match is noted as a body that get_log() returns; '
'ignore_case: matches case-insensitively. The three before_ arguments are the last row of the page before.';
