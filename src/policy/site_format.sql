-- site_format: key formats of a site's own, beside the published ones.

CREATE TABLE IF NOT EXISTS ogw_logs.key_format (
	name text PRIMARY KEY CHECK (octet_length(name) <= 255),
	literal_prefix text NOT NULL
		CHECK (literal_prefix ~ '^[!-~]{3,40}$' AND literal_prefix ~ '[A-Za-z]' AND literal_prefix !~ E'["\\\\]'),
	allowed_characters text NOT NULL
		CHECK (allowed_characters ~ '^[!-~]{1,100}$' AND allowed_characters !~ E'[]["^\\\\]'
			   AND regexp_match('', '[' || allowed_characters || ']') IS NULL),
	min_length integer NOT NULL,
	max_length integer NOT NULL,
	CHECK (4 <= min_length AND min_length <= max_length AND max_length <= 1000)
);
COMMENT ON TABLE ogw_logs.key_format IS
'Formats of keys that redact() finds besides the published ones: at most 200. INSERT, UPDATE and DELETE take effect for entries that come after their commit.';
COMMENT ON COLUMN ogw_logs.key_format.name IS 'What it is the format of: at most 255 bytes.';
COMMENT ON COLUMN ogw_logs.key_format.literal_prefix IS 'How such a key begins; this part stays visible. 3 to 40 characters, a letter among them.';
COMMENT ON COLUMN ogw_logs.key_format.allowed_characters IS
'The characters that can follow, as in the brackets of a regular expression: A-Za-z0-9_-. No blank, quote, backslash, bracket or ^.';
COMMENT ON COLUMN ogw_logs.key_format.min_length IS 'How many of them there are at the least: 4 or more.';
COMMENT ON COLUMN ogw_logs.key_format.max_length IS 'And at the most: 1000 or fewer. What is longer is something else.';
SELECT pg_catalog.pg_extension_config_dump('ogw_logs.key_format', '');

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_key_formats() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- two sessions count one after the other
	PERFORM pg_advisory_xact_lock('ogw_logs.key_format'::regclass::bigint);
	IF (SELECT count(*) FROM ogw_logs.key_format) > 200 THEN
		RAISE EXCEPTION 'ogw_logs.key_format has more than 200 formats'
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Put formats with a common prefix into one.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_key_formats() IS
'Trigger: refuses more formats than are looked for.';

CREATE OR REPLACE TRIGGER check_key_formats
	AFTER INSERT ON ogw_logs.key_format
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs_internal.check_key_formats();
COMMENT ON TRIGGER check_key_formats ON ogw_logs.key_format IS 'Refuses more formats than are looked for.';

SELECT ogw_logs_internal.watch_settings('ogw_logs.key_format');

ALTER TABLE ogw_logs.key_format ENABLE ROW LEVEL SECURITY;
SELECT ogw_logs_internal.set_storage_plain('ogw_logs.key_format');

