-- storage: values of the log never leave their row. PostgreSQL moves long values into
-- TOAST tables, and row-level security does not cover these: a member of
-- pg_read_all_data would read them.

CREATE OR REPLACE FUNCTION ogw_logs_internal.set_storage_plain(made regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	column_name name;
BEGIN
	FOR column_name IN
		SELECT a.attname FROM pg_attribute a
		 WHERE a.attrelid = made AND a.attnum > 0 AND a.attlen = -1 AND a.attstorage <> 'p'
		 ORDER BY a.attnum
	LOOP
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE PLAIN', made, column_name);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.set_storage_plain(regclass) IS
'Part of create_log() and the install script: keeps the values of a table out of its TOAST table, '
'which row-level security does not cover. A row longer than a page is refused.';

