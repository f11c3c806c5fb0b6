-- settings_tables: the tables of which every backend caches something.

CREATE OR REPLACE FUNCTION ogw_logs_internal.settings_changed() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ogw_settings_changed';
COMMENT ON FUNCTION ogw_logs_internal.settings_changed() IS
'Trigger: makes every backend read the settings anew.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.watch_settings(of_table regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- what a subscription applies fires row triggers alone, and those of TRUNCATE
	EXECUTE format('CREATE OR REPLACE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE ON %s
		FOR EACH ROW EXECUTE FUNCTION ogw_logs_internal.settings_changed()', of_table);
	EXECUTE format('CREATE OR REPLACE TRIGGER settings_truncated AFTER TRUNCATE ON %s
		FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs_internal.settings_changed()', of_table);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER settings_changed,
		ENABLE ALWAYS TRIGGER settings_truncated', of_table);
	EXECUTE format('COMMENT ON TRIGGER settings_changed ON %s IS %L', of_table,
		'Makes every backend read the settings anew, also where a subscription changes them.');
	EXECUTE format('COMMENT ON TRIGGER settings_truncated ON %s IS %L', of_table,
		'Makes every backend read the settings anew.');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.watch_settings(regclass) IS
'Part of create_log() and the install script: makes the triggers of a table of settings.';
