-- install_notice: what CREATE EXTENSION says at its end.

CREATE OR REPLACE FUNCTION ogw_logs_internal.notice_at_commit() RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_notice_at_commit';
COMMENT ON FUNCTION ogw_logs_internal.notice_at_commit() IS
'Part of the install script: has the transaction tell, when it commits, that create_log() makes the log, where there is none.';

DO $$
BEGIN
	IF to_regclass('ogw_logs.entry') IS NULL THEN
		PERFORM ogw_logs_internal.notice_at_commit();
	END IF;
END
$$;
