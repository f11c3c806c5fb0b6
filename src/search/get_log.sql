-- get_log: reading entries whole.

CREATE OR REPLACE FUNCTION ogw_logs.get_log(
	job_id text,
	team_id text DEFAULT NULL,
	near timestamptz DEFAULT NULL
) RETURNS SETOF ogw_logs.log_row
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 1
AS 'MODULE_PATHNAME', 'ogw_get_log';
COMMENT ON FUNCTION ogw_logs.get_log(text, text, timestamptz) IS
'The entry of a job_id with all that lives with its body, one row for each team that has it. '
'near: about when it arrived, which makes it quicker to find; where a team has it near, others are not looked for elsewhere. '
'A body that it returns is noted in ogw_logs.body_read and in the server''s log.';

CREATE OR REPLACE FUNCTION ogw_logs.get_session(
	session_id text,
	team_id text DEFAULT NULL,
	since timestamptz DEFAULT NULL,
	until timestamptz DEFAULT NULL,
	max_rows integer DEFAULT 1000
) RETURNS SETOF ogw_logs.log_row
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 50
AS 'MODULE_PATHNAME', 'ogw_get_session';
COMMENT ON FUNCTION ogw_logs.get_session(text, text, timestamptz, timestamptz, integer) IS
'The newest entries of a session, at most max_rows, in the order in which they arrived, each with all that lives with '
'its body: a conversation. since is included, until is not. The bodies that it returns are noted as those of get_log() are.';
