-- counts: how many entries the filters of search() find, when they came, and what they have.

CREATE OR REPLACE FUNCTION ogw_logs.count_logs(
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
	at_most bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_count_logs';
COMMENT ON FUNCTION ogw_logs.count_logs(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
	text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
	text, boolean, bigint) IS
'How many entries match every filter given; the filters are those of search(). at_most: it stops counting there, '
'and returns at_most for so many or more. A text in bodies is looked for, and noted, as by search().';

CREATE OR REPLACE FUNCTION ogw_logs.histogram(
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
	buckets integer DEFAULT 60,
	OUT bucket_since timestamptz,
	OUT bucket_until timestamptz,
	OUT entries bigint,
	OUT failures bigint
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 60
AS 'MODULE_PATHNAME', 'ogw_histogram';
COMMENT ON FUNCTION ogw_logs.histogram(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
	text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
	text, boolean, integer) IS
'How many entries match every filter given in each of so many intervals of equal length, oldest first, and how many of them are failures; '
'the filters are those of search(). The intervals are from since to until; where one of these is not given, from the first, or to the last, '
'entry that matches. bucket_since is included, bucket_until is not. A text in bodies is looked for, and noted, as by search().';

CREATE OR REPLACE FUNCTION ogw_logs.facet(
	field text,
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
	max_values integer DEFAULT 50,
	OUT value text,
	OUT entries bigint
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 50
AS 'MODULE_PATHNAME', 'ogw_facet';
COMMENT ON FUNCTION ogw_logs.facet(text, text, text, text, text, text, text, text, text, timestamptz, timestamptz,
	text, text, text, boolean, text, text, text, text, text, bigint, bigint, bigint, bigint, numeric, numeric, json,
	text, boolean, integer) IS
'The values that a field has among the entries that match every filter given, and how many entries have each, the most frequent first, '
'at most max_values; the filters are those of search(). field: team_id, owner, api_key, user_id, operation, model, requested_model, served_model, '
'provider, status, error_code, finish_reason, fallback_reason, or metadata.NAME where a team has declared the name. NULL: the entries without one. '
'A notice says where there are more values. A text in bodies is looked for, and noted, as by search().';
