\echo Use "CREATE EXTENSION ogw_logs" to load this file. \quit

-- The install script begins here: Makefile puts the rooms' files in order.

-- The functions below act with the rights of whoever installs them. Nobody else
-- may have put anything into their schema, or be able to.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_namespace n
				WHERE n.nspname = 'ogw_logs'
				  AND (n.nspowner NOT IN (SELECT r.oid FROM pg_catalog.pg_roles r
										   WHERE r.rolsuper OR r.rolname = current_user)
					   OR EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) a
								   WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
									 AND a.grantee NOT IN (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolsuper))
					   OR EXISTS (SELECT FROM (SELECT c.relnamespace, c.relowner FROM pg_catalog.pg_class c
											   UNION ALL SELECT p.pronamespace, p.proowner FROM pg_catalog.pg_proc p
											   UNION ALL SELECT o.oprnamespace, o.oprowner FROM pg_catalog.pg_operator o
											   UNION ALL SELECT t.typnamespace, t.typowner FROM pg_catalog.pg_type t)
											 AS found (namespace, owner)
								   WHERE found.namespace = n.oid
									 AND found.owner NOT IN (SELECT r.oid FROM pg_catalog.pg_roles r
															  WHERE r.rolsuper OR r.rolname = current_user)))) THEN
		RAISE EXCEPTION 'schema ogw_logs is not yours alone'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'It and everything in it must be owned by a superuser or the role that installs, and nobody else may have CREATE on it. Where a restore stops here: ALTER SCHEMA ogw_logs OWNER TO the role that restores, then restore the rest.';
	END IF;
END
$$;

-- inline: what belongs to a log never leaves its row. PostgreSQL moves long
-- values into TOAST tables, and row-level security does not cover these: who
-- may read all data reads them.

CREATE FUNCTION ogw_logs.keep_inline(made regclass) RETURNS void
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
COMMENT ON FUNCTION ogw_logs.keep_inline(regclass) IS
'Part of what makes a table: its values are never moved into a TOAST table, which row-level security does not cover. A row longer than a page is refused.';

-- redact: keys are shown by their prefix, found by their fingerprint.

CREATE FUNCTION ogw_logs.redact_key(key text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_redact_key';
COMMENT ON FUNCTION ogw_logs.redact_key(text) IS
'An API key as it may be shown: the published prefix of its format, and ****. At most 32 characters; what is already redacted comes back unchanged.';

CREATE FUNCTION ogw_logs.redact(body text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_redact';
COMMENT ON FUNCTION ogw_logs.redact(text) IS
'A text with its secrets masked: keys of published formats and of those in key_format, tokens, private keys, passwords in URLs, and values beside words such as api_key, secret, token or password. What may be shown of a key stays; JSON stays JSON.';

CREATE FUNCTION ogw_logs.key_fingerprint(key text) RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_key_fingerprint';
COMMENT ON FUNCTION ogw_logs.key_fingerprint(text) IS
'HMAC-SHA-256 of a whole API key under the secret of this installation, as 64 hexadecimal digits: by it the entries of a key are found without the key being stored.';

-- team: what a team wants stored, and who changed it when.

CREATE FUNCTION ogw_logs.settings_changed() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ogw_settings_changed';
COMMENT ON FUNCTION ogw_logs.settings_changed() IS
'Trigger: makes every backend read the settings anew.';

CREATE TABLE ogw_logs.team (
	team_id text COLLATE "C" PRIMARY KEY,
	body_logging boolean,
	redact_bodies boolean,
	metadata_keys text[],
	body_retention interval,
	log_retention interval
);
COMMENT ON TABLE ogw_logs.team IS
'The settings of each team, changed by set_team() and clear_team(); NULL means the default, and so does a team without a row.';
COMMENT ON COLUMN ogw_logs.team.team_id IS 'The team, as its entries name it.';
COMMENT ON COLUMN ogw_logs.team.body_logging IS
'Whether bodies, and all that lives with them, are stored. Default: false.';
COMMENT ON COLUMN ogw_logs.team.redact_bodies IS
'Whether known secrets are cut out of what is stored. Default: true.';
COMMENT ON COLUMN ogw_logs.team.metadata_keys IS
'The names in metadata whose short scalars are kept with the entry, bodies or not: at most 100, and 3,600 bytes as a JSON array. Default: none.';
COMMENT ON COLUMN ogw_logs.team.body_retention IS 'How long bodies are kept. Default: for ever.';
COMMENT ON COLUMN ogw_logs.team.log_retention IS 'How long entries are kept. Default: for ever.';

CREATE TABLE ogw_logs.team_history (
	changed_at timestamptz NOT NULL,
	changed_by name NOT NULL,
	team_id text COLLATE "C" NOT NULL,
	setting name NOT NULL,
	old_value text,
	new_value text
);
CREATE INDEX team_history_team_id_changed_at_idx ON ogw_logs.team_history (team_id, changed_at);
COMMENT ON TABLE ogw_logs.team_history IS 'Who changed which setting of a team, from what to what; NULL is the default.';
COMMENT ON COLUMN ogw_logs.team_history.changed_at IS 'When it was changed.';
COMMENT ON COLUMN ogw_logs.team_history.changed_by IS 'The role that changed it.';
COMMENT ON COLUMN ogw_logs.team_history.team_id IS 'Whose setting it is.';
COMMENT ON COLUMN ogw_logs.team_history.setting IS 'The setting: a column of ogw_logs.team.';
COMMENT ON COLUMN ogw_logs.team_history.old_value IS 'What it was.';
COMMENT ON COLUMN ogw_logs.team_history.new_value IS 'What it became.';

SELECT pg_catalog.pg_extension_config_dump('ogw_logs.team', '');
SELECT pg_catalog.pg_extension_config_dump('ogw_logs.team_history', '');

CREATE TRIGGER settings_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ogw_logs.team
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.settings_changed();
COMMENT ON TRIGGER settings_changed ON ogw_logs.team IS 'Makes every backend read the settings anew.';

CREATE FUNCTION ogw_logs.set_team(
	team_id text,
	body_logging boolean DEFAULT NULL,
	redact_bodies boolean DEFAULT NULL,
	metadata_keys text[] DEFAULT NULL,
	body_retention interval DEFAULT NULL,
	log_retention interval DEFAULT NULL
) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_set_team';
COMMENT ON FUNCTION ogw_logs.set_team(text, boolean, boolean, text[], interval, interval) IS
'Sets what a team wants stored; an argument that is NULL leaves its setting as it is. Switching body_logging off waits for the transactions that are writing bodies of the team; those that come meanwhile store none, also where this one is then taken back.';

CREATE FUNCTION ogw_logs.clear_team(team_id text, setting text) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_clear_team';
COMMENT ON FUNCTION ogw_logs.clear_team(text, text) IS
'Puts one setting of a team back to its default.';

-- site_format: key formats of a site's own, beside the published ones.

CREATE TABLE ogw_logs.key_format (
	name text PRIMARY KEY CHECK (octet_length(name) <= 255),
	literal_prefix text NOT NULL
		CHECK (literal_prefix ~ '^[!-~]{3,40}$' AND literal_prefix ~ '[A-Za-z]' AND literal_prefix !~ '["\\]'),
	allowed_characters text NOT NULL
		CHECK (allowed_characters ~ '^[!-~]{1,100}$' AND allowed_characters !~ '[]["^\\]'
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

CREATE FUNCTION ogw_logs.check_key_formats() RETURNS trigger
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
COMMENT ON FUNCTION ogw_logs.check_key_formats() IS
'Trigger: refuses more formats than are looked for.';

CREATE TRIGGER check_key_formats
	AFTER INSERT ON ogw_logs.key_format
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.check_key_formats();
COMMENT ON TRIGGER check_key_formats ON ogw_logs.key_format IS 'Refuses more formats than are looked for.';

CREATE TRIGGER settings_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ogw_logs.key_format
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.settings_changed();
COMMENT ON TRIGGER settings_changed ON ogw_logs.key_format IS 'Makes every backend read the formats anew.';

ALTER TABLE ogw_logs.key_format ENABLE ROW LEVEL SECURITY;
SELECT ogw_logs.keep_inline('ogw_logs.key_format');

-- access: who may write, and who may read or administer which team.

CREATE TABLE ogw_logs.access (
	role_name name NOT NULL,
	privilege text NOT NULL CHECK (privilege IN ('read', 'write', 'admin')),
	team_id text COLLATE "C",
	bodies boolean NOT NULL,
	UNIQUE NULLS NOT DISTINCT (role_name, privilege, team_id)
);
COMMENT ON TABLE ogw_logs.access IS
'What grant_reader(), grant_writer() and grant_admin() gave; roles stand here by name, so that a dump restores elsewhere.';
COMMENT ON COLUMN ogw_logs.access.role_name IS 'The role; its members have the same right.';
COMMENT ON COLUMN ogw_logs.access.privilege IS 'read, write or admin.';
COMMENT ON COLUMN ogw_logs.access.team_id IS 'The team that may be read or administered; NULL is every team.';
COMMENT ON COLUMN ogw_logs.access.bodies IS 'Whether bodies may be read too.';
SELECT pg_catalog.pg_extension_config_dump('ogw_logs.access', '');

CREATE FUNCTION ogw_logs.readable_teams() RETURNS text[]
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_readable_teams';
COMMENT ON FUNCTION ogw_logs.readable_teams() IS 'The teams whose entries the current role may read.';

CREATE FUNCTION ogw_logs.reads_all_teams() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_reads_all_teams';
COMMENT ON FUNCTION ogw_logs.reads_all_teams() IS 'Whether the current role may read the entries of every team.';

CREATE FUNCTION ogw_logs.readable_body_teams() RETURNS text[]
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_readable_body_teams';
COMMENT ON FUNCTION ogw_logs.readable_body_teams() IS 'The teams whose bodies the current role may read.';

CREATE FUNCTION ogw_logs.reads_all_bodies() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_reads_all_bodies';
COMMENT ON FUNCTION ogw_logs.reads_all_bodies() IS 'Whether the current role may read the bodies of every team.';

CREATE FUNCTION ogw_logs.administered_teams() RETURNS text[]
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_administered_teams';
COMMENT ON FUNCTION ogw_logs.administered_teams() IS 'The teams that the current role administers.';

CREATE FUNCTION ogw_logs.administers_all_teams() RETURNS boolean
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ogw_administers_all_teams';
COMMENT ON FUNCTION ogw_logs.administers_all_teams() IS 'Whether the current role administers every team.';

-- The settings are guarded like what they decide.
ALTER TABLE ogw_logs.team ENABLE ROW LEVEL SECURITY;
ALTER TABLE ogw_logs.team_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE ogw_logs.access ENABLE ROW LEVEL SECURITY;
SELECT ogw_logs.keep_inline('ogw_logs.team'), ogw_logs.keep_inline('ogw_logs.team_history'),
	   ogw_logs.keep_inline('ogw_logs.access');

CREATE POLICY admin ON ogw_logs.team FOR SELECT
	USING (ogw_logs.administers_all_teams() OR team_id = ANY (ogw_logs.administered_teams()));
COMMENT ON POLICY admin ON ogw_logs.team IS 'A role sees the teams that grant_admin() gave it.';
CREATE POLICY admin ON ogw_logs.team_history FOR SELECT
	USING (ogw_logs.administers_all_teams() OR team_id = ANY (ogw_logs.administered_teams()));
COMMENT ON POLICY admin ON ogw_logs.team_history IS 'A role sees the teams that grant_admin() gave it.';

CREATE FUNCTION ogw_logs.create_policies() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table text;
BEGIN
	FOREACH of_table IN ARRAY ARRAY['entry', 'body', 'rejected', 'installation', 'erasure', 'body_read'] LOOP
		IF NOT (SELECT c.relrowsecurity FROM pg_class c
				 WHERE c.oid = format('ogw_logs.%I', of_table)::regclass) THEN
			EXECUTE format('ALTER TABLE ogw_logs.%I ENABLE ROW LEVEL SECURITY', of_table);
			PERFORM ogw_logs.owner_only(format('ogw_logs.%I', of_table)::regclass);
			-- an entry is bounded as a whole, and keeps its values short
			IF of_table <> 'entry' THEN
				PERFORM ogw_logs.keep_inline(format('ogw_logs.%I', of_table)::regclass);
			END IF;
		END IF;
	END LOOP;

	FOREACH of_table IN ARRAY ARRAY['entry', 'rejected'] LOOP
		CONTINUE WHEN EXISTS (SELECT FROM pg_policy p
							   WHERE p.polrelid = format('ogw_logs.%I', of_table)::regclass
								 AND p.polname = 'reader');
		EXECUTE format('CREATE POLICY reader ON ogw_logs.%I FOR SELECT
			USING (ogw_logs.reads_all_teams() OR team_id = ANY (ogw_logs.readable_teams()))', of_table);
		EXECUTE format('COMMENT ON POLICY reader ON ogw_logs.%I IS %L', of_table,
			'A role sees the teams that grant_reader() gave it.');
	END LOOP;

	IF NOT EXISTS (SELECT FROM pg_policy p
					WHERE p.polrelid = 'ogw_logs.body'::regclass AND p.polname = 'reader') THEN
		CREATE POLICY reader ON ogw_logs.body FOR SELECT
			USING (ogw_logs.reads_all_bodies() OR team_id = ANY (ogw_logs.readable_body_teams()));
		COMMENT ON POLICY reader ON ogw_logs.body IS
			'A role sees the bodies of the teams for which grant_reader() gave it bodies.';
	END IF;

	FOREACH of_table IN ARRAY ARRAY['erasure', 'body_read'] LOOP
		CONTINUE WHEN EXISTS (SELECT FROM pg_policy p
							   WHERE p.polrelid = format('ogw_logs.%I', of_table)::regclass
								 AND p.polname = 'admin');
		EXECUTE format('CREATE POLICY admin ON ogw_logs.%I FOR SELECT
			USING (ogw_logs.administers_all_teams() OR team_id = ANY (ogw_logs.administered_teams()))', of_table);
		EXECUTE format('COMMENT ON POLICY admin ON ogw_logs.%I IS %L', of_table,
			'A role sees the teams that grant_admin() gave it.');
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs.create_policies() IS
'Part of create_log(): row-level security on the tables of the log, and nothing of them where it does not reach. The secret has it without a policy, so it is the owner''s alone.';

CREATE FUNCTION ogw_logs.check_role(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- two at once would change one row of the catalogs, which is an error
	LOCK TABLE ogw_logs.access IN SHARE ROW EXCLUSIVE MODE;
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
		RAISE EXCEPTION 'there is no such role' USING ERRCODE = 'undefined_object',
				  HINT = 'Name one role; PUBLIC is none.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs.check_role(name) IS
'Part of the grants, which wait for each other here: raises an error for what is no role, PUBLIC included.';

CREATE FUNCTION ogw_logs.grant_writer(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs.check_role(role);
	EXECUTE format('GRANT USAGE ON SCHEMA ogw_logs TO %I', role);
	EXECUTE format('GRANT INSERT ON ogw_logs.inbox TO %I', role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION
		ogw_logs.insert_log(text, text, timestamptz, text, text, text, text, text, integer, integer,
			text, text, text, integer, integer, integer, integer, numeric, text, text, text,
			text, text, text, text, text),
		ogw_logs.insert_logs(text), ogw_logs.insert_logs(json), ogw_logs.last_batch() TO %I', role);
	INSERT INTO ogw_logs.access (role_name, privilege, team_id, bodies)
	VALUES (role, 'write', NULL, false)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_writer(name) IS
'Lets a role use the doors in, for any team, and nothing else.';

CREATE FUNCTION ogw_logs.grant_reader(
	role name,
	team_id text DEFAULT NULL,
	bodies boolean DEFAULT false,
	views boolean DEFAULT true
) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs.check_role(role);
	PERFORM ogw_logs.create_log();
	EXECUTE format('GRANT USAGE ON SCHEMA ogw_logs TO %I', role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION
		ogw_logs.search(text, text, text, text, text, text, text, text, timestamptz, timestamptz,
			text, text, text, integer, timestamptz, text, text),
		ogw_logs.get_log(text, text, timestamptz),
		ogw_logs.reads_all_teams(), ogw_logs.readable_teams(),
		ogw_logs.reads_all_bodies(), ogw_logs.readable_body_teams() TO %I', role);
	IF views THEN
		EXECUTE format('GRANT SELECT ON ogw_logs.entry, ogw_logs.logs, ogw_logs.attempts, ogw_logs.rejected TO %I', role);
	ELSE
		EXECUTE format('REVOKE SELECT ON ogw_logs.entry, ogw_logs.logs, ogw_logs.attempts, ogw_logs.rejected FROM %I', role);
	END IF;
	INSERT INTO ogw_logs.access AS a (role_name, privilege, team_id, bodies)
	VALUES (role, 'read', grant_reader.team_id, coalesce(bodies, false))
	ON CONFLICT ON CONSTRAINT access_role_name_privilege_team_id_key
	DO UPDATE SET bodies = EXCLUDED.bodies;
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_reader(name, text, boolean, boolean) IS
'Lets a role, and its members, read a team (NULL: every team), with bodies or without, through the views, ogw_logs.rejected with them, or only through search() and get_log().';

CREATE FUNCTION ogw_logs.grant_admin(role name, team_id text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM ogw_logs.check_role(role);
	PERFORM ogw_logs.create_log();
	EXECUTE format('GRANT USAGE ON SCHEMA ogw_logs TO %I', role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION
		ogw_logs.set_team(text, boolean, boolean, text[], interval, interval),
		ogw_logs.clear_team(text, text), ogw_logs.purge_bodies(text, timestamptz),
		ogw_logs.erase_user(text, text),
		ogw_logs.administered_teams(), ogw_logs.administers_all_teams() TO %I', role);
	EXECUTE format('GRANT SELECT ON ogw_logs.team, ogw_logs.team_history, ogw_logs.erasure,
		ogw_logs.body_read TO %I', role);
	INSERT INTO ogw_logs.access (role_name, privilege, team_id, bodies)
	VALUES (role, 'admin', grant_admin.team_id, false)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION ogw_logs.grant_admin(name, text) IS
'Lets a role, and its members, change the settings of a team (NULL: every team), purge its bodies, erase its users, and see who changed, erased and read what. It gives no right to read entries or bodies.';

CREATE FUNCTION ogw_logs.revoke_access(role name) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	LOCK TABLE ogw_logs.access IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM ogw_logs.access a WHERE a.role_name = role;
	IF FOUND AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
		RETURN;		-- dropped, and its grants with it
	END IF;
	PERFORM ogw_logs.check_role(role);
	EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ogw_logs FROM %I', role);
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA ogw_logs FROM %I', role);
	EXECUTE format('REVOKE USAGE ON SCHEMA ogw_logs FROM %I', role);
END
$$;
COMMENT ON FUNCTION ogw_logs.revoke_access(name) IS
'Takes back all that grant_reader(), grant_writer() and grant_admin() gave a role; call it before DROP ROLE, or after: a new role of that name would have the old one''s rights.';

-- entry: the shape of an entry as the functions return it.

CREATE TYPE ogw_logs.entry_row AS (
	job_id text,
	"timestamp" timestamptz,
	team_id text,
	owner text,
	api_key text,
	api_key_fingerprint text,
	requested_model text,
	served_model text,
	provider text,
	first_byte_ms integer,
	latency_ms integer,
	status text,
	error_code text,
	prompt_tokens integer,
	completion_tokens integer,
	cached_tokens integer,
	reasoning_tokens integer,
	cost_usd numeric,
	user_id text,
	session_id text,
	fallback_reason text,
	attempts json,
	tool_calls json,
	metadata json,
	unknown_fields integer,
	body_logged boolean
);
COMMENT ON TYPE ogw_logs.entry_row IS
'An entry without what lives with its body, as search() returns it; the columns are those of ogw_logs.entry.';

CREATE TYPE ogw_logs.log_row AS (
	job_id text,
	"timestamp" timestamptz,
	team_id text,
	owner text,
	api_key text,
	api_key_fingerprint text,
	requested_model text,
	served_model text,
	provider text,
	first_byte_ms integer,
	latency_ms integer,
	status text,
	error_code text,
	error_message text,
	prompt_tokens integer,
	completion_tokens integer,
	cached_tokens integer,
	reasoning_tokens integer,
	cost_usd numeric,
	user_id text,
	session_id text,
	fallback_reason text,
	attempts json,
	tool_calls json,
	input text,
	output text,
	metadata json,
	unknown_fields integer,
	body_logged boolean
);
COMMENT ON TYPE ogw_logs.log_row IS
'An entry with all that lives with its body, as get_log() returns it: error_message, input, output, and attempts, tool_calls and metadata whole.';

-- partition: the tables of the log, and their partitions.

CREATE FUNCTION ogw_logs.create_log(partition_interval interval DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
SET default_table_access_method = 'heap'
SET client_min_messages = 'warning'
AS $$
DECLARE
	foreign_table name;
BEGIN
	IF getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION 'ogw_logs needs a database whose encoding is UTF8'
			USING ERRCODE = 'feature_not_supported',
				  HINT = 'Create one with CREATE DATABASE … ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;

	-- whoever owns a table decides what runs when it is written
	SELECT c.relname INTO foreign_table FROM pg_class c
	 WHERE c.relnamespace = 'ogw_logs'::regnamespace
	   AND (c.relname IN ('installation', 'entry', 'body', 'rejected', 'erasure', 'body_read', 'logs', 'attempts') OR c.relispartition)
	   AND c.relowner NOT IN (SELECT r.oid FROM pg_roles r WHERE r.rolsuper OR r.rolname = current_user)
	 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'table ogw_logs.% has another owner than the extension', foreign_table
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('ALTER TABLE ogw_logs.%I OWNER TO the extension''s owner.', foreign_table);
	END IF;

	-- one create_log() at a time; neither readers nor set_team() wait for it
	LOCK TABLE ogw_logs.team IN SHARE UPDATE EXCLUSIVE MODE;

	CREATE TABLE IF NOT EXISTS ogw_logs.installation (
		created_at timestamptz NOT NULL,
		partition_interval interval NOT NULL,
		key_secret bytea NOT NULL
	);
	CREATE TABLE IF NOT EXISTS ogw_logs.entry (
		"timestamp" timestamptz NOT NULL,
		first_byte_ms integer,
		latency_ms integer,
		prompt_tokens integer,
		completion_tokens integer,
		cached_tokens integer,
		reasoning_tokens integer,
		unknown_fields integer,
		body_logged boolean,
		team_id text COLLATE "C" NOT NULL,
		job_id text COLLATE "C" NOT NULL,
		owner text COLLATE "C",
		api_key text COLLATE "C",
		api_key_fingerprint bytea,
		requested_model text COLLATE "C",
		served_model text COLLATE "C",
		provider text COLLATE "C",
		status text COLLATE "C",
		error_code text COLLATE "C",
		cost_usd numeric,
		user_id text COLLATE "C",
		session_id text COLLATE "C",
		fallback_reason text COLLATE "C",
		attempts json,
		tool_calls json,
		metadata json
	) PARTITION BY RANGE ("timestamp");
	CREATE TABLE IF NOT EXISTS ogw_logs.body (
		"timestamp" timestamptz NOT NULL,
		team_id text COLLATE "C" NOT NULL,
		job_id text COLLATE "C" NOT NULL,
		chunk integer NOT NULL,
		content bytea NOT NULL
	) PARTITION BY RANGE ("timestamp");
	IF (SELECT a.attstattarget FROM pg_attribute a
		 WHERE a.attrelid = 'ogw_logs.body'::regclass AND a.attname = 'content') IS DISTINCT FROM 0 THEN
		-- no sample of it belongs into pg_statistic
		ALTER TABLE ogw_logs.body ALTER COLUMN content SET STATISTICS 0;
	END IF;
	CREATE TABLE IF NOT EXISTS ogw_logs.rejected (
		rejected_at timestamptz NOT NULL,
		door text NOT NULL,
		"position" bigint NOT NULL,
		team_id text COLLATE "C",
		job_id text COLLATE "C",
		field text,
		reason text NOT NULL
	);
	CREATE INDEX IF NOT EXISTS rejected_rejected_at_idx ON ogw_logs.rejected (rejected_at);
	IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = 'ogw_logs.installation'::regclass
					  AND t.tgname = 'settings_changed') THEN
		CREATE TRIGGER settings_changed
			AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ogw_logs.installation
			FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.settings_changed();
		COMMENT ON TRIGGER settings_changed ON ogw_logs.installation IS 'Makes every backend read the settings anew.';
		-- who reads all data reads pg_statistic, too
		ALTER TABLE ogw_logs.installation ALTER COLUMN key_secret SET STATISTICS 0;
	END IF;

	-- what is there is left alone, and so is a DBA's own description: no lock
	-- is taken that a writer making a partition could be holding
	IF obj_description('ogw_logs.entry'::regclass, 'pg_class') IS NULL THEN
		PERFORM ogw_logs.comment_log();
	END IF;
	PERFORM ogw_logs.create_erasure();
	PERFORM ogw_logs.create_body_read();
	PERFORM ogw_logs.create_policies();
	PERFORM ogw_logs.create_views();
	PERFORM ogw_logs.set_partition_interval(create_log.partition_interval);
END
$$;
COMMENT ON FUNCTION ogw_logs.create_log(interval) IS
'Makes the tables and views of the log, or brings them up to date; changes nothing where all is there. partition_interval (1 hour, 1 day, 1 week or 1 month; 1 day when never given) is chosen before the first entry.';

CREATE FUNCTION ogw_logs.comment_log() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	COMMENT ON TABLE ogw_logs.installation IS 'What belongs to this log as a whole. Where there are several rows, after a restore, the one made first counts.';
	COMMENT ON COLUMN ogw_logs.installation.created_at IS 'When the log was made.';
	COMMENT ON COLUMN ogw_logs.installation.partition_interval IS 'The span of a partition: an hour, a day, a week (from Monday) or a month, in UTC.';
	COMMENT ON COLUMN ogw_logs.installation.key_secret IS 'The secret of key_fingerprint().';
	COMMENT ON TABLE ogw_logs.rejected IS 'Entries that a batch refused, and why; never a value of a field that was refused.';
	COMMENT ON COLUMN ogw_logs.rejected.rejected_at IS 'When it was refused.';
	COMMENT ON COLUMN ogw_logs.rejected.door IS 'The door it came by: insert_logs or inbox.';
	COMMENT ON COLUMN ogw_logs.rejected."position" IS 'Its place in the batch, from 1.';
	COMMENT ON COLUMN ogw_logs.rejected.team_id IS 'Its team, where that was valid.';
	COMMENT ON COLUMN ogw_logs.rejected.job_id IS 'Its job_id, where that was valid.';
	COMMENT ON COLUMN ogw_logs.rejected.field IS 'The field that was wrong; NULL where the entry as a whole was.';
	COMMENT ON COLUMN ogw_logs.rejected.reason IS 'What was wrong with it.';
	COMMENT ON TABLE ogw_logs.body IS 'What may not be stored with bodies off, compressed; read by get_log().';
	COMMENT ON COLUMN ogw_logs.body."timestamp" IS 'When the request arrived: the entry''s.';
	COMMENT ON COLUMN ogw_logs.body.team_id IS 'The entry''s team.';
	COMMENT ON COLUMN ogw_logs.body.job_id IS 'The entry''s job_id.';
	COMMENT ON COLUMN ogw_logs.body.chunk IS 'Which piece of the body this row has, from 0.';
	COMMENT ON COLUMN ogw_logs.body.content IS 'The pieces in their order are one zstd frame; its content is laid out in src/body.h.';
	COMMENT ON TABLE ogw_logs.entry IS 'One row a request, without what lives with its body. Partitioned by time in UTC.';
	COMMENT ON COLUMN ogw_logs.entry."timestamp" IS 'When the request arrived.';
	COMMENT ON COLUMN ogw_logs.entry.first_byte_ms IS 'Milliseconds to the first byte of the answer.';
	COMMENT ON COLUMN ogw_logs.entry.latency_ms IS 'Milliseconds to the end of the answer.';
	COMMENT ON COLUMN ogw_logs.entry.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';
	COMMENT ON COLUMN ogw_logs.entry.completion_tokens IS 'Tokens of the answer, as the provider counted.';
	COMMENT ON COLUMN ogw_logs.entry.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';
	COMMENT ON COLUMN ogw_logs.entry.reasoning_tokens IS 'Those of the answer that were reasoning.';
	COMMENT ON COLUMN ogw_logs.entry.unknown_fields IS 'How many fields the writer gave that this version does not know: kept with the body''s metadata, or dropped when bodies are off. NULL is none.';
	COMMENT ON COLUMN ogw_logs.entry.body_logged IS 'Whether what lives with the body was stored (true) or dropped by the team''s setting (false); NULL where there was nothing.';
	COMMENT ON COLUMN ogw_logs.entry.team_id IS 'The team the request was made for.';
	COMMENT ON COLUMN ogw_logs.entry.job_id IS 'The request''s id, the same as the response''s; unique in its team.';
	COMMENT ON COLUMN ogw_logs.entry.owner IS 'Who owns the key.';
	COMMENT ON COLUMN ogw_logs.entry.api_key IS 'The key''s prefix, and ****.';
	COMMENT ON COLUMN ogw_logs.entry.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';
	COMMENT ON COLUMN ogw_logs.entry.requested_model IS 'The model that was asked for.';
	COMMENT ON COLUMN ogw_logs.entry.served_model IS 'The model that answered; another one when a fallback fired.';
	COMMENT ON COLUMN ogw_logs.entry.provider IS 'Who ran the model that answered.';
	COMMENT ON COLUMN ogw_logs.entry.status IS 'success or failure.';
	COMMENT ON COLUMN ogw_logs.entry.error_code IS 'The gateway''s code for what went wrong.';
	COMMENT ON COLUMN ogw_logs.entry.cost_usd IS 'Cost in USD; NULL is unknown, not 0.';
	COMMENT ON COLUMN ogw_logs.entry.user_id IS 'The end user, from x-opengateway-user-id.';
	COMMENT ON COLUMN ogw_logs.entry.session_id IS 'The session, from x-opengateway-session-id.';
	COMMENT ON COLUMN ogw_logs.entry.fallback_reason IS 'Why a fallback fired: as given, or the error code of the first failed attempt.';
	COMMENT ON COLUMN ogw_logs.entry.attempts IS 'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have 3,800 bytes together; the longest is left out where they have more.';
	COMMENT ON COLUMN ogw_logs.entry.tool_calls IS 'Each tool call: id, type and function name.';
	COMMENT ON COLUMN ogw_logs.entry.metadata IS 'The short scalars among the tags whose names the team declared.';
END
$$;
COMMENT ON FUNCTION ogw_logs.comment_log() IS
'Part of create_log(): the descriptions of its tables and columns.';

CREATE FUNCTION ogw_logs.partition_unit(partition_interval interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE partition_interval
		   WHEN '1 hour' THEN 'hour' WHEN '1 day' THEN 'day'
		   WHEN '7 days' THEN 'week' WHEN '1 month' THEN 'month' END
$$;
COMMENT ON FUNCTION ogw_logs.partition_unit(interval) IS
'The unit of date_trunc() for a partition interval; NULL for one that is not supported.';

CREATE FUNCTION ogw_logs.set_partition_interval(wanted interval) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	in_force interval;
	leaf regclass;
BEGIN
	IF wanted IS NOT NULL AND ogw_logs.partition_unit(wanted) IS NULL THEN
		RAISE EXCEPTION 'partition_interval must be 1 hour, 1 day, 1 week or 1 month'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	wanted := ('1 ' || ogw_logs.partition_unit(wanted))::interval;
	SELECT i.partition_interval INTO in_force
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	IF NOT FOUND THEN
		-- three random UUIDs hold 366 random bits
		INSERT INTO ogw_logs.installation (created_at, partition_interval, key_secret)
		VALUES (clock_timestamp(), coalesce(wanted, '1 day'),
				sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
					   || uuid_send(gen_random_uuid())));
	ELSIF wanted <> in_force THEN
		-- no writer may come between the look and the change
		LOCK TABLE ogw_logs.entry, ogw_logs.body IN ACCESS EXCLUSIVE MODE;
		IF EXISTS (SELECT FROM ogw_logs.entry) THEN
			RAISE EXCEPTION 'the partition interval is chosen before the first entry'
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('It is 1 %s.', ogw_logs.partition_unit(in_force));
		END IF;
		FOR leaf IN SELECT i.inhrelid FROM pg_inherits i
					 WHERE i.inhparent IN ('ogw_logs.entry'::regclass, 'ogw_logs.body'::regclass) LOOP
			EXECUTE format('DROP TABLE %s', leaf);
		END LOOP;
		UPDATE ogw_logs.installation SET partition_interval = wanted;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs.set_partition_interval(interval) IS
'Part of create_log(): writes the row of ogw_logs.installation, secret included, or changes its interval while there is no entry.';

CREATE FUNCTION ogw_logs.partition_suffix(at timestamp, partition_interval interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT to_char(date_trunc(u, at), CASE u WHEN 'hour' THEN 'YYYYMMDDHH24'
											 WHEN 'month' THEN 'YYYYMM' ELSE 'YYYYMMDD' END)
	  FROM ogw_logs.partition_unit(partition_interval) u
$$;
COMMENT ON FUNCTION ogw_logs.partition_suffix(timestamp, interval) IS
'What the name of the partition ends in that holds a time (UTC).';

CREATE FUNCTION ogw_logs.make_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
SET default_table_access_method = 'heap'
SET client_min_messages = 'warning'
AS $$
DECLARE
	step interval;
	lower timestamp;
	suffix text;
	made text;
BEGIN
	-- whoever makes a partition waits here for whoever is making one
	LOCK TABLE ogw_logs.entry IN SHARE UPDATE EXCLUSIVE MODE;
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	lower := date_trunc(ogw_logs.partition_unit(step), at AT TIME ZONE 'UTC');
	suffix := ogw_logs.partition_suffix(lower, step);
	made := ogw_logs.make_leaf('entry', suffix, lower, lower + step);
	PERFORM ogw_logs.make_leaf('body', suffix, lower, lower + step);
	RETURN made;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_partition(timestamptz) IS
'Makes the partitions of ogw_logs.entry and ogw_logs.body that hold a time; returns the name of the entry''s, or NULL where it was there.';

CREATE FUNCTION ogw_logs.make_leaf(parent name, suffix text, lower timestamp, upper timestamp) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	leaf text := parent || '_' || suffix;
	existing oid := to_regclass(format('ogw_logs.%I', leaf));
	key text := 'job_id, team_id' || CASE parent WHEN 'body' THEN ', chunk' ELSE '' END;
BEGIN
	IF existing IS NOT NULL THEN
		-- this looks at what is committed now, whatever the transaction's snapshot
		IF pg_partition_root(existing) IS DISTINCT FROM format('ogw_logs.%I', parent)::regclass THEN
			RAISE EXCEPTION 'table ogw_logs.% exists, but is not a partition of ogw_logs.%', leaf, parent
				USING ERRCODE = 'duplicate_table', HINT = 'Attach it again, rename it or drop it.';
		END IF;
		RETURN NULL;
	END IF;
	EXECUTE format('CREATE TABLE ogw_logs.%I (LIKE ogw_logs.%I INCLUDING ALL EXCLUDING INDEXES)', leaf, parent);
	PERFORM ogw_logs.owner_only(format('ogw_logs.%I', leaf)::regclass);
	EXECUTE format('CREATE UNIQUE INDEX %I ON ogw_logs.%I (%s)', leaf || '_job_id', leaf, key);
	EXECUTE format('ALTER TABLE ogw_logs.%I REPLICA IDENTITY USING INDEX %I', leaf, leaf || '_job_id');
	IF parent = 'entry' THEN
		-- nothing is moved out of a row that fits a page, and every entry does
		EXECUTE format('ALTER TABLE ogw_logs.%I SET (toast_tuple_target = 8160)', leaf);
		EXECUTE format('CREATE INDEX %I ON ogw_logs.%I ("timestamp")', leaf || '_timestamp', leaf);
	ELSE
		EXECUTE format('ALTER TABLE ogw_logs.%I ALTER COLUMN content SET STATISTICS 0', leaf);
	END IF;
	EXECUTE format('ALTER TABLE ogw_logs.%I ENABLE ROW LEVEL SECURITY', leaf);
	EXECUTE format('ALTER TABLE ogw_logs.%I ATTACH PARTITION ogw_logs.%I FOR VALUES FROM (%L) TO (%L)',
				   parent, leaf, to_char(lower, 'YYYY-MM-DD HH24:MI:SS"+00"'), to_char(upper, 'YYYY-MM-DD HH24:MI:SS"+00"'));
	EXECUTE format('COMMENT ON TABLE ogw_logs.%I IS %L', leaf,
				   format('The partition of ogw_logs.%s from %s UTC.', parent, to_char(lower, 'YYYY-MM-DD HH24:MI')));
	RETURN leaf;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_leaf(name, text, timestamp, timestamp) IS
'Part of make_partition(): makes one leaf with its indexes and attaches it; attaching keeps neither readers nor writers waiting.';

CREATE FUNCTION ogw_logs.make_partitions(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step interval;
	made bigint := 0;
	at timestamp;
BEGIN
	IF since IS NULL OR until IS NULL OR since > until OR NOT isfinite(since) OR NOT isfinite(until) THEN
		RAISE EXCEPTION 'since and until must be two finite times, the earlier first'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM ogw_logs.create_log();
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	IF since + step * 10000 < until THEN
		RAISE EXCEPTION 'more than 10,000 partitions of 1 % from since to until', ogw_logs.partition_unit(step)
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Take a shorter range.';
	END IF;
	at := date_trunc(ogw_logs.partition_unit(step), since AT TIME ZONE 'UTC');
	-- each holds locks to the end of the transaction
	WHILE at <= until AT TIME ZONE 'UTC' AND made < 200 LOOP
		IF ogw_logs.make_partition(at AT TIME ZONE 'UTC') IS NOT NULL THEN
			made := made + 1;
		END IF;
		at := at + step;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION ogw_logs.make_partitions(timestamptz, timestamptz) IS
'Makes the partitions from since to until that are not there yet, ahead of a bulk load or of a restore of data alone: at most 200 a call; returns how many it made. Call it until that is 0.';

-- ingest: the three doors.

CREATE TYPE ogw_logs.batch_counts AS (
	received bigint,
	stored bigint,
	duplicate bigint,
	rejected bigint
);
COMMENT ON TYPE ogw_logs.batch_counts IS
'What became of a batch: received = stored + duplicate + rejected.';

CREATE FUNCTION ogw_logs.insert_log(
	job_id text DEFAULT NULL,
	team_id text DEFAULT NULL,
	"timestamp" timestamptz DEFAULT NULL,
	owner text DEFAULT NULL,
	api_key text DEFAULT NULL,
	requested_model text DEFAULT NULL,
	served_model text DEFAULT NULL,
	provider text DEFAULT NULL,
	first_byte_ms integer DEFAULT NULL,
	latency_ms integer DEFAULT NULL,
	status text DEFAULT NULL,
	error_code text DEFAULT NULL,
	error_message text DEFAULT NULL,
	prompt_tokens integer DEFAULT NULL,
	completion_tokens integer DEFAULT NULL,
	cached_tokens integer DEFAULT NULL,
	reasoning_tokens integer DEFAULT NULL,
	cost_usd numeric DEFAULT NULL,
	user_id text DEFAULT NULL,
	session_id text DEFAULT NULL,
	fallback_reason text DEFAULT NULL,
	attempts text DEFAULT NULL,
	tool_calls text DEFAULT NULL,
	input text DEFAULT NULL,
	output text DEFAULT NULL,
	metadata text DEFAULT NULL
) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_log';
COMMENT ON FUNCTION ogw_logs.insert_log(text, text, timestamptz, text, text, text, text, text, integer, integer, text, text, text, integer, integer, integer, integer, numeric, text, text, text, text, text, text, text, text) IS
'Writes one entry: stored, or duplicate where its team sent this job_id before. A bad value is an error. attempts, tool_calls and metadata are JSON, given as text so that no error quotes them.';

CREATE FUNCTION ogw_logs.insert_logs(entries text) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(text) IS
'Writes a JSON array of entries and counts what became of them; a bad entry is refused alone, with its reason in ogw_logs.rejected. NULL writes nothing.';

CREATE FUNCTION ogw_logs.insert_logs(entries json) RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_logs';
COMMENT ON FUNCTION ogw_logs.insert_logs(json) IS
'The same for a value that is json already. Prefer text: PostgreSQL quotes a fragment of broken json in its error.';

CREATE VIEW ogw_logs.inbox WITH (security_invoker = true) AS
	SELECT NULL::text AS job_id, NULL::text AS team_id, NULL::text AS "timestamp",
		   NULL::text AS owner, NULL::text AS api_key, NULL::text AS requested_model,
		   NULL::text AS served_model, NULL::text AS provider, NULL::text AS first_byte_ms,
		   NULL::text AS latency_ms, NULL::text AS status, NULL::text AS error_code,
		   NULL::text AS error_message, NULL::text AS prompt_tokens,
		   NULL::text AS completion_tokens, NULL::text AS cached_tokens,
		   NULL::text AS reasoning_tokens, NULL::text AS cost_usd, NULL::text AS user_id,
		   NULL::text AS session_id, NULL::text AS fallback_reason, NULL::text AS attempts,
		   NULL::text AS tool_calls, NULL::text AS input, NULL::text AS output,
		   NULL::text AS metadata
	 WHERE false;
COMMENT ON VIEW ogw_logs.inbox IS
'A door: INSERT or COPY entries into it. Its columns are those of insert_log(), as text; it is always empty to read. last_batch() tells what became of them.';

CREATE FUNCTION ogw_logs.receive() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ogw_receive';
COMMENT ON FUNCTION ogw_logs.receive() IS
'Trigger of ogw_logs.inbox: gathers the rows of a statement and writes them in batches.';

CREATE TRIGGER receive_begin BEFORE INSERT ON ogw_logs.inbox
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.receive();
COMMENT ON TRIGGER receive_begin ON ogw_logs.inbox IS 'Begins a batch.';
CREATE TRIGGER receive INSTEAD OF INSERT ON ogw_logs.inbox
	FOR EACH ROW EXECUTE FUNCTION ogw_logs.receive();
COMMENT ON TRIGGER receive ON ogw_logs.inbox IS 'Adds an entry to the batch.';
CREATE TRIGGER receive_end AFTER INSERT ON ogw_logs.inbox
	FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.receive();
COMMENT ON TRIGGER receive_end ON ogw_logs.inbox IS 'Writes what is left of the batch.';

CREATE FUNCTION ogw_logs.last_batch() RETURNS ogw_logs.batch_counts
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_last_batch';
COMMENT ON FUNCTION ogw_logs.last_batch() IS
'What became of this session''s last INSERT or COPY into ogw_logs.inbox; zeros before the first.';

-- The batch being written, as the statements that write it see it.
CREATE FUNCTION ogw_logs.batch_entries(
	OUT "timestamp" timestamptz,
	OUT first_byte_ms integer,
	OUT latency_ms integer,
	OUT prompt_tokens integer,
	OUT completion_tokens integer,
	OUT cached_tokens integer,
	OUT reasoning_tokens integer,
	OUT unknown_fields integer,
	OUT body_logged boolean,
	OUT team_id text,
	OUT job_id text,
	OUT owner text,
	OUT api_key text,
	OUT api_key_fingerprint bytea,
	OUT requested_model text,
	OUT served_model text,
	OUT provider text,
	OUT status text,
	OUT error_code text,
	OUT cost_usd numeric,
	OUT user_id text,
	OUT session_id text,
	OUT fallback_reason text,
	OUT attempts json,
	OUT tool_calls json,
	OUT metadata json
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_entries';
COMMENT ON FUNCTION ogw_logs.batch_entries() IS
'Part of the doors: the rows for ogw_logs.entry of the batch being written; empty outside of one.';

CREATE FUNCTION ogw_logs.batch_bodies(
	OUT "timestamp" timestamptz,
	OUT team_id text,
	OUT job_id text,
	OUT chunk integer,
	OUT content bytea
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_bodies';
COMMENT ON FUNCTION ogw_logs.batch_bodies() IS
'Part of the doors: the rows for ogw_logs.body of the batch being written; empty outside of one.';

CREATE FUNCTION ogw_logs.batch_rejections(
	OUT "position" bigint,
	OUT team_id text,
	OUT job_id text,
	OUT field text,
	OUT reason text
) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_batch_rejections';
COMMENT ON FUNCTION ogw_logs.batch_rejections() IS
'Part of the doors: the rows for ogw_logs.rejected of the batch being written; empty outside of one.';

-- body_read: who opened which body.

CREATE FUNCTION ogw_logs.create_body_read() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.body_read') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.body_read (
		read_at timestamptz NOT NULL,
		read_by name NOT NULL,
		session_role name NOT NULL,
		team_id text COLLATE "C" NOT NULL,
		job_id text COLLATE "C" NOT NULL
	);
	CREATE INDEX body_read_read_at_idx ON ogw_logs.body_read (read_at);
	-- rows are deleted, and a publication of all tables asks how to name them
	ALTER TABLE ogw_logs.body_read REPLICA IDENTITY FULL;
	COMMENT ON TABLE ogw_logs.body_read IS
		'Which body get_log() gave to whom, while ogw_logs.log_body_reads is on; maintain() deletes what is older than ogw_logs.body_read_retention. A ROLLBACK takes a row back; the line in the server''s log stays.';
	COMMENT ON COLUMN ogw_logs.body_read.read_at IS 'When it was read.';
	COMMENT ON COLUMN ogw_logs.body_read.read_by IS 'The role that called get_log().';
	COMMENT ON COLUMN ogw_logs.body_read.session_role IS 'The role that had logged in.';
	COMMENT ON COLUMN ogw_logs.body_read.team_id IS 'The entry''s team.';
	COMMENT ON COLUMN ogw_logs.body_read.job_id IS 'The entry''s job_id.';
END
$$;
COMMENT ON FUNCTION ogw_logs.create_body_read() IS
'Part of create_log(): the table of who opened which body.';

CREATE FUNCTION ogw_logs.expire_body_reads(dry_run boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest_kept timestamptz := now() - current_setting('ogw_logs.body_read_retention')::interval;
	expired bigint;
BEGIN
	IF to_regclass('ogw_logs.body_read') IS NULL THEN
		RETURN 0;
	END IF;
	IF dry_run THEN
		SELECT count(*) INTO expired FROM ogw_logs.body_read r WHERE r.read_at < oldest_kept;
		RETURN expired;
	END IF;
	-- what another session is deleting is its step
	DELETE FROM ogw_logs.body_read r
	 WHERE r.ctid = ANY (ARRAY(SELECT o.ctid FROM ogw_logs.body_read o WHERE o.read_at < oldest_kept
								ORDER BY o.read_at LIMIT 10000 FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS expired = ROW_COUNT;
	RETURN expired;
END
$$;
COMMENT ON FUNCTION ogw_logs.expire_body_reads(boolean) IS
'Part of maintain(): deletes at most 10,000 rows of ogw_logs.body_read that are older than ogw_logs.body_read_retention, or only counts all of them; returns how many.';

-- search: finding an entry, and opening it.

CREATE FUNCTION ogw_logs.search(
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
	max_rows integer DEFAULT 50,
	before_timestamp timestamptz DEFAULT NULL,
	before_job_id text DEFAULT NULL,
	before_team_id text DEFAULT NULL
) RETURNS SETOF ogw_logs.entry_row
LANGUAGE c STABLE PARALLEL UNSAFE ROWS 50
AS 'MODULE_PATHNAME', 'ogw_search';
COMMENT ON FUNCTION ogw_logs.search(text, text, text, text, text, text, text, text, timestamptz, timestamptz, text, text, text, integer, timestamptz, text, text) IS
'The newest entries, at most max_rows, that fit every filter given; without bodies. model: requested or served; api_key: the whole key, or as it is shown; since is included, until is not. The three before_ arguments are the last row of the page before.';

CREATE FUNCTION ogw_logs.get_log(
	job_id text,
	team_id text DEFAULT NULL,
	near timestamptz DEFAULT NULL
) RETURNS SETOF ogw_logs.log_row
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 1
AS 'MODULE_PATHNAME', 'ogw_get_log';
COMMENT ON FUNCTION ogw_logs.get_log(text, text, timestamptz) IS
'The entry of a job_id with all that lives with its body, one row for each team that has it; near, a time at about which it arrived, makes it quicker to find. A body that it returns is noted in ogw_logs.body_read and in the server''s log.';

-- erase: removing what a team's bodies or a user's entries hold.

CREATE FUNCTION ogw_logs.create_erasure() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.erasure') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE TABLE ogw_logs.erasure (
		erased_at timestamptz NOT NULL,
		erased_by name NOT NULL,
		session_role name NOT NULL,
		team_id text COLLATE "C" NOT NULL,
		action text NOT NULL,
		until timestamptz,
		pseudonym text COLLATE "C",
		entries bigint,
		bodies bigint NOT NULL,
		bytes bigint NOT NULL
	);
	CREATE INDEX erasure_erased_at_idx ON ogw_logs.erasure (erased_at);
	COMMENT ON TABLE ogw_logs.erasure IS
		'What purge_bodies() and erase_user() did, when and for whom; never whose user_id was erased.';
	COMMENT ON COLUMN ogw_logs.erasure.erased_at IS 'When it was done.';
	COMMENT ON COLUMN ogw_logs.erasure.erased_by IS 'The role that asked for it.';
	COMMENT ON COLUMN ogw_logs.erasure.session_role IS 'The role that had logged in.';
	COMMENT ON COLUMN ogw_logs.erasure.team_id IS 'In which team.';
	COMMENT ON COLUMN ogw_logs.erasure.action IS 'purge_bodies or erase_user.';
	COMMENT ON COLUMN ogw_logs.erasure.until IS 'Of purge_bodies: the bodies of entries dated before it.';
	COMMENT ON COLUMN ogw_logs.erasure.pseudonym IS 'Of erase_user: what stands for the user now.';
	COMMENT ON COLUMN ogw_logs.erasure.entries IS 'Of erase_user: how many entries were the user''s.';
	COMMENT ON COLUMN ogw_logs.erasure.bodies IS 'How many entries lost their body.';
	COMMENT ON COLUMN ogw_logs.erasure.bytes IS 'How many bytes those had, as stored.';
END
$$;
COMMENT ON FUNCTION ogw_logs.create_erasure() IS
'Part of create_log(): the table of what was erased.';

CREATE FUNCTION ogw_logs.purge_bodies(
	team_id text,
	until timestamptz DEFAULT now(),
	OUT bodies bigint,
	OUT bytes bigint
) RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_purge_bodies';
COMMENT ON FUNCTION ogw_logs.purge_bodies(text, timestamptz) IS
'Removes the bodies of a team''s entries dated before until (infinity: those dated ahead too), and what transactions that are running have written of them: it waits for these. Returns how many bodies, and their bytes as stored. For an admin of the team.';

CREATE FUNCTION ogw_logs.erase_user(
	team_id text,
	user_id text,
	OUT entries bigint,
	OUT bodies bigint,
	OUT bytes bigint
) RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_erase_user';
COMMENT ON FUNCTION ogw_logs.erase_user(text, text) IS
'Removes the bodies of a user''s entries in a team, and puts one random pseudonym for user_id and owner, and for a session_id, an error code, a fallback_reason and a scalar of metadata that holds either of them. Tokens, cost and all else stay. It waits for the transactions that are writing entries. Returns how many entries and bodies, and the bodies'' bytes as stored. For an admin of the team.';

CREATE FUNCTION ogw_logs.erase_scalars(
	value json,
	member text,
	user_id text,
	owner text,
	pseudonym text
) RETURNS json
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_erase_scalars';
COMMENT ON FUNCTION ogw_logs.erase_scalars(json, text, text, text, text) IS
'Part of erase_user(): the value with each scalar replaced that holds the user_id or the owner, in the members of one name or (NULL) of any.';

-- view: what BI tools read. Nothing here lives with a body.

CREATE FUNCTION ogw_logs.create_views() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.logs') IS NULL THEN
		CREATE VIEW ogw_logs.logs WITH (security_invoker = true) AS
			SELECT e.job_id, e."timestamp", e.team_id, e.owner, e.api_key,
				   encode(e.api_key_fingerprint, 'hex') AS api_key_fingerprint,
				   e.requested_model, e.served_model, e.provider,
				   e.first_byte_ms, e.latency_ms, e.status, e.error_code,
				   e.prompt_tokens, e.completion_tokens, e.cached_tokens, e.reasoning_tokens,
				   e.cost_usd, e.user_id, e.session_id, e.fallback_reason,
				   e.attempts, e.tool_calls, e.metadata, e.unknown_fields, e.body_logged
			  FROM ogw_logs.entry e;
		PERFORM ogw_logs.owner_only('ogw_logs.logs');
		COMMENT ON VIEW ogw_logs.logs IS
			'Every entry that the current role may read, without what lives with its body. Give a range of "timestamp": only its partitions are read.';
	END IF;
	IF to_regclass('ogw_logs.attempts') IS NULL THEN
		CREATE VIEW ogw_logs.attempts WITH (security_invoker = true) AS
			SELECT e.job_id, e."timestamp", e.team_id, a.attempt::integer AS attempt,
				   a.value ->> 'model' AS model,
				   a.value ->> 'provider' AS provider,
				   a.value ->> 'status' AS status,
				   a.value ->> 'error_code' AS error_code,
				   (a.value ->> 'latency_ms')::numeric AS latency_ms,
				   a.attempt = json_array_length(e.attempts) AS final
			  FROM ogw_logs.entry e
			 CROSS JOIN LATERAL json_array_elements(e.attempts) WITH ORDINALITY AS a (value, attempt);
		PERFORM ogw_logs.owner_only('ogw_logs.attempts');
		COMMENT ON VIEW ogw_logs.attempts IS
			'One row for each attempt of an entry: the models tried in turn, and for those that failed the error code that made the next one be tried.';
		COMMENT ON COLUMN ogw_logs.attempts.attempt IS 'Its place in the entry, from 1.';
		COMMENT ON COLUMN ogw_logs.attempts.model IS 'The model that was tried.';
		COMMENT ON COLUMN ogw_logs.attempts.provider IS 'Who ran it.';
		COMMENT ON COLUMN ogw_logs.attempts.status IS 'success or failure, as the gateway wrote it.';
		COMMENT ON COLUMN ogw_logs.attempts.error_code IS 'Why it failed.';
		COMMENT ON COLUMN ogw_logs.attempts.latency_ms IS 'Milliseconds it took.';
		COMMENT ON COLUMN ogw_logs.attempts.final IS 'Whether it is the entry''s last attempt.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs.create_views() IS 'Part of create_log(): the views for BI tools.';

-- maintain: what is due.

CREATE FUNCTION ogw_logs.maintain(dry_run boolean DEFAULT false)
RETURNS TABLE (action text, object text, detail text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step interval;
	at timestamp;
	expired bigint;
BEGIN
	IF to_regclass('ogw_logs.entry') IS NULL THEN
		RETURN;
	END IF;
	SELECT i.partition_interval INTO STRICT step
	  FROM ogw_logs.installation i ORDER BY i.created_at, i.key_secret LIMIT 1;
	FOR n IN 0 .. current_setting('ogw_logs.partitions_ahead')::integer LOOP
		at := date_trunc(ogw_logs.partition_unit(step), now() AT TIME ZONE 'UTC') + n * step;
		object := 'entry_' || ogw_logs.partition_suffix(at, step);
		CONTINUE WHEN to_regclass(format('ogw_logs.%I', object)) IS NOT NULL;
		action := 'make_partition';
		detail := format('from %s UTC, for 1 %s', to_char(at, 'YYYY-MM-DD HH24:MI'), ogw_logs.partition_unit(step));
		IF NOT dry_run THEN
			-- another session may have been quicker: then it is not our step
			CONTINUE WHEN ogw_logs.make_partition(at AT TIME ZONE 'UTC') IS NULL;
		END IF;
		RETURN NEXT;
		IF NOT dry_run THEN
			RETURN;
		END IF;
	END LOOP;
	expired := ogw_logs.expire_body_reads(dry_run);
	IF expired > 0 THEN
		action := 'expire_body_reads';
		object := 'body_read';
		detail := format('%s rows older than %s', expired, current_setting('ogw_logs.body_read_retention'));
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs.maintain(boolean) IS
'Does the next step of what is due and says what it did; no row: nothing is due. With dry_run it lists all that is due and does nothing.';

-- privacy: what of this server could carry a body or a key out of the log.

CREATE FUNCTION ogw_logs.privacy_check(
	OUT setting text,
	OUT value text,
	OUT recommended text,
	OUT safe boolean,
	OUT scope text,
	OUT why text
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
-- safe is a pattern of the whole value, whatever its case. A value written in
-- an unusual way is not safe.
WITH known (setting, safe, recommended, why) AS (VALUES
	('log_statement', 'none', 'none',
	 'Writes statements into the server''s log; ddl does so too, with all that came in one message with a CREATE.'),
	('log_min_duration_statement', '-1', '-1',
	 'Writes slow statements and what was bound to them into the server''s log.'),
	('log_min_duration_sample', '-1', '-1',
	 'Writes some of the slow statements into the server''s log.'),
	('log_transaction_sample_rate', '0(\.0*)?', '0',
	 'Writes every statement of some transactions into the server''s log.'),
	('log_parameter_max_length', '0', '0',
	 'Writes bound values beside the statements that are logged.'),
	('log_parameter_max_length_on_error', '0', '0',
	 'Writes bound values beside the errors that are logged.'),
	('log_min_error_statement', 'panic', 'panic',
	 'Writes the statement below each message from this level on: fatal when a session is ended, log with each line of that level.'),
	('log_min_messages', '(\s*(\w+\s*:\s*)?(log|fatal|panic)\s*(,|$))+', 'log',
	 'PostgreSQL''s own errors quote a value that is no number, or a string that does not end; debug2 writes every statement.'),
	('log_error_verbosity', 'terse', 'terse',
	 'DETAIL and CONTEXT quote rows, the first line of a COPY, statements inside functions and of sessions in a deadlock.'),
	('log_destination', '(?!.*(csvlog|jsonlog)).*', 'stderr',
	 'csvlog and jsonlog write DETAIL and CONTEXT also where log_error_verbosity is terse.'),
	('debug_print_raw_parse', '(off?|f(alse)?|no?|0)', 'off',
	 'Writes parse trees with their constants into the server''s log.'),
	('debug_print_parse', '(off?|f(alse)?|no?|0)', 'off',
	 'Writes parse trees with their constants into the server''s log.'),
	('debug_print_rewritten', '(off?|f(alse)?|no?|0)', 'off',
	 'Writes parse trees with their constants into the server''s log.'),
	('debug_print_plan', '(off?|f(alse)?|no?|0)', 'off',
	 'Writes plans into the server''s log, with bound values as constants.'),
	('track_activities', '(off?|f(alse)?|no?|0)', 'off',
	 'pg_stat_activity shows statements to pg_monitor; the server''s log shows that of a process that crashed.'),
	('remove_temp_files_after_crash', '(on|t(rue)?|y(es)?|1)', 'on',
	 'What a statement sorted on disk stays there after a crash.'),
	('pg_stat_statements.track', 'none', 'none',
	 'Keeps a statement as it was sent if its entry was dropped while it ran.'),
	('pg_stat_statements.track_utility', '(off?|f(alse)?|no?|0)', 'off',
	 'Keeps the text of DO and other commands as it was sent, also in a file.'),
	('auto_explain.log_min_duration', '-1', '-1',
	 'Writes slow statements into the server''s log; their plans hold bound values.'),
	('auto_explain.log_parameter_max_length', '0', '0',
	 'Writes bound values beside each plan that is logged.'),
	('auto_explain.log_nested_statements', '(off?|f(alse)?|no?|0)', 'off',
	 'Writes the statements inside functions and DO, too.'),
	('pgaudit.log', 'none', 'none',
	 'Writes statements into the server''s log.'),
	('pgaudit.role', '', '',
	 'Writes statements on what this role may use into the server''s log.')
),

-- What stands in the configuration files, the last of each.
file AS (
	SELECT DISTINCT ON (lower(f.name)) lower(f.name) AS name, f.setting
	  FROM pg_file_settings f
	 WHERE f.applied
	 ORDER BY lower(f.name), f.seqno DESC
),

found AS (
	-- What is in force here counts, but where this session, its role or its
	-- database says otherwise: then what all others begin with.
	SELECT k.*, 'server' AS scope,
		   CASE WHEN s.source IN ('default', 'environment variable', 'configuration file', 'command line')
				THEN s.setting ELSE coalesce(f.setting, s.boot_val) END AS value
	  FROM known k
	  LEFT JOIN pg_settings s ON lower(s.name) = k.setting
	  LEFT JOIN file f ON f.name = k.setting
	 WHERE s.name IS NOT NULL OR f.name IS NOT NULL
	UNION ALL
	SELECT k.*,
		   coalesce(nullif(concat_ws(' in ', 'role ' || quote_ident(r.rolname), 'database ' || quote_ident(d.datname)), ''),
					'every role'),
		   substr(c.assignment, strpos(c.assignment, '=') + 1)
	  FROM pg_db_role_setting o
	 CROSS JOIN unnest(o.setconfig) AS c (assignment)
	  JOIN known k ON k.setting = lower(split_part(c.assignment, '=', 1))
	  LEFT JOIN pg_roles r ON r.oid = o.setrole
	  LEFT JOIN pg_database d ON d.oid = o.setdatabase
	 WHERE o.setdatabase = 0 OR d.datname = current_database()
)
SELECT f.setting, f.value, f.recommended,
	   coalesce(f.value ~* ('^(' || f.safe || ')$'), false), f.scope, f.why
  FROM found f
 ORDER BY 4, f.setting, f.scope <> 'server', f.scope
$$;
COMMENT ON FUNCTION ogw_logs.privacy_check() IS
'The settings of this server by which a body or a key could get out of the log. One row for what a session begins with, and one for each ALTER ROLE and ALTER DATABASE that says otherwise for this database; settings of a module only where it is loaded or they are set. safe: by this setting nothing gets out, whatever the others are. What a session sets for itself is not seen, nor an option of the server''s command line that the asking session, its role or its database overrides. Grant it to whoever may know these settings.';

-- owner_only: what is made is its owner's alone, whatever PostgreSQL gives to
-- PUBLIC and ALTER DEFAULT PRIVILEGES to others.

CREATE FUNCTION ogw_logs.owner_only(made regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	grantee text;
BEGIN
	FOR grantee IN
		SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
		  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
		 WHERE c.oid = made AND a.grantee <> c.relowner
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM %s', made, grantee);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs.owner_only(regclass) IS
'Part of create_log() and make_partition(): takes from a table just made what ALTER DEFAULT PRIVILEGES gave to others than its owner.';

-- The install script ends here, with all that it made.
DO $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s %s FROM %s',
				   CASE WHEN p.oid IS NOT NULL THEN 'FUNCTION' WHEN t.oid IS NOT NULL THEN 'TYPE' ELSE 'TABLE' END,
				   object.identity,
				   CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::pg_catalog.regrole::text END)
		  FROM pg_catalog.pg_extension e
		  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
			   AND d.refobjid = e.oid AND d.deptype = 'e'
		  LEFT JOIN pg_catalog.pg_proc p ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = d.objid
		  -- a table's row type and a type's array go with them
		  LEFT JOIN pg_catalog.pg_type t ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = d.objid
			   AND t.typrelid IN (SELECT r.oid FROM pg_catalog.pg_class r WHERE r.relkind = 'c')
		  LEFT JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
		 CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) object
		 CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(p.proacl, t.typacl, c.relacl,
				   CASE WHEN p.oid IS NOT NULL THEN pg_catalog.acldefault('f', p.proowner)
						WHEN t.oid IS NOT NULL THEN pg_catalog.acldefault('T', t.typowner) END)) a
		 WHERE e.extname = 'ogw_logs' AND a.grantee <> coalesce(p.proowner, t.typowner, c.relowner)
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
