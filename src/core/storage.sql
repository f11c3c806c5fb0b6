-- inline: what belongs to a log never leaves its row. PostgreSQL moves long
-- values into TOAST tables, and row-level security does not cover these: who
-- may read all data reads them.

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
'Part of what makes a table: its values are never moved into a TOAST table, which row-level security does not cover. A row longer than a page is refused.';

