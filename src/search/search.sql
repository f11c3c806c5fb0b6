-- search: finding an entry, and opening it.

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
	body_contains text DEFAULT NULL,
	ignore_case boolean DEFAULT false,
	max_rows integer DEFAULT 50,
	before_timestamp timestamptz DEFAULT NULL,
	before_job_id text DEFAULT NULL,
	before_team_id text DEFAULT NULL
) RETURNS SETOF ogw_logs.entry_row
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 50
AS 'MODULE_PATHNAME', 'ogw_search';
COMMENT ON FUNCTION ogw_logs.search(text, text, text, text, text, text, text, text, timestamptz, timestamptz, text, text, text, text, boolean, integer, timestamptz, text, text) IS
'The newest entries, at most max_rows, that match every filter given; without bodies. model: requested or served; api_key: the whole key, or as it is shown; since is included, until is not. body_contains: a text in the body, also where JSON escapes it, of entries whose bodies the caller may read; what it finds is noted as a body that get_log() returns; ignore_case: whether capitals count as small letters. The three before_ arguments are the last row of the page before.';
