-- erase_json: what names a user in JSON.

CREATE OR REPLACE FUNCTION ogw_logs_internal.erase_scalars(
	value json,
	member text,
	user_id text,
	owner text,
	pseudonym text
) RETURNS json
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_erase_scalars';
COMMENT ON FUNCTION ogw_logs_internal.erase_scalars(json, text, text, text, text) IS
'Part of erase_user(): the value, with each scalar replaced that holds the user_id or the owner, '
'in the members of one name or (NULL) of any.';
