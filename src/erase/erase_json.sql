-- erase_json: what names a user in JSON, and in a text.

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
'Part of erase_user(): the value, with each scalar replaced that names the user or the owner: in the '
'members of one name, which hold codes, or (NULL) in all.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.erase_text(
	value text,
	is_code boolean,
	user_id text,
	owner text,
	pseudonym text
) RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_erase_text';
COMMENT ON FUNCTION ogw_logs_internal.erase_text(text, boolean, text, text, text) IS
'Part of erase_user(): the pseudonym where the value names the user or the owner, else the value.';
