-- team: what a team wants stored, and who changed it when.

CREATE TABLE IF NOT EXISTS ogw_logs.team (
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
'Whether known secrets are masked in the bodies that are stored. Default: true.';
COMMENT ON COLUMN ogw_logs.team.metadata_keys IS
'The names in metadata whose short scalars are kept with the entry, bodies or not: at most 100, and 3,600 bytes as a JSON array. Default: none.';
COMMENT ON COLUMN ogw_logs.team.body_retention IS 'How long bodies are kept. Default: ogw_logs.body_retention.';
COMMENT ON COLUMN ogw_logs.team.log_retention IS 'How long entries are kept. Default: ogw_logs.log_retention.';

CREATE TABLE IF NOT EXISTS ogw_logs.team_history (
	changed_at timestamptz NOT NULL,
	changed_by name NOT NULL,
	team_id text COLLATE "C" NOT NULL,
	setting name NOT NULL,
	old_value text,
	new_value text
);
CREATE INDEX IF NOT EXISTS team_history_team_id_changed_at_idx ON ogw_logs.team_history (team_id, changed_at);
COMMENT ON TABLE ogw_logs.team_history IS 'Who changed which setting of a team, from what to what; NULL is the default.';
COMMENT ON COLUMN ogw_logs.team_history.changed_at IS 'When it was changed.';
COMMENT ON COLUMN ogw_logs.team_history.changed_by IS 'The role that changed it.';
COMMENT ON COLUMN ogw_logs.team_history.team_id IS 'Whose setting it is.';
COMMENT ON COLUMN ogw_logs.team_history.setting IS 'The setting: a column of ogw_logs.team.';
COMMENT ON COLUMN ogw_logs.team_history.old_value IS 'What it was.';
COMMENT ON COLUMN ogw_logs.team_history.new_value IS 'What it became.';

SELECT pg_catalog.pg_extension_config_dump('ogw_logs.team', '');
SELECT pg_catalog.pg_extension_config_dump('ogw_logs.team_history', '');

SELECT ogw_logs_internal.watch_settings('ogw_logs.team');

CREATE OR REPLACE FUNCTION ogw_logs.set_team(
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
'Sets what a team wants stored; an argument that is NULL leaves its setting as it is. Switching body_logging off waits for the transactions that are writing bodies of the team; those that begin meanwhile store none, even where this one is then rolled back.';

CREATE OR REPLACE FUNCTION ogw_logs.clear_team(team_id text, setting text) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_clear_team';
COMMENT ON FUNCTION ogw_logs.clear_team(text, text) IS
'Puts one setting of a team back to its default.';
