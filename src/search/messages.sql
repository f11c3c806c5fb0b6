-- messages: the conversation of a request.

DO $$
BEGIN
	IF to_regtype('ogw_logs.message_row') IS NULL THEN
		CREATE TYPE ogw_logs.message_row AS (
			team_id text,
			part_of text,
			turn integer,
			part integer,
			role text,
			kind text,
			text text,
			tool_name text,
			tool_call_id text,
			arguments json,
			is_new boolean
		);
	END IF;
END
$$;
COMMENT ON TYPE ogw_logs.message_row IS
'A part of a conversation, as messages() returns it. part_of: input or output; turn: which message, part: which part of it, from 1; '
'kind: text, tool_call, tool_result, reasoning, refusal, image, audio, video, file or other; '
'is_new: the turn was neither in the request before, of the same session, nor in its answer.';

CREATE OR REPLACE FUNCTION ogw_logs.messages(
	job_id text,
	team_id text DEFAULT NULL,
	near timestamptz DEFAULT NULL
) RETURNS SETOF ogw_logs.message_row
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 50
AS 'MODULE_PATHNAME', 'ogw_messages';
COMMENT ON FUNCTION ogw_logs.messages(text, text, timestamptz) IS
'The input and output of the entries that get_log() finds, as a conversation: a row for each part of each message, in order, whichever '
'provider''s shape they have, streamed or not. What has no known shape is one text. It is noted as a body that get_log() returns.';
