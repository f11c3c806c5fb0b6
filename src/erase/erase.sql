-- erase: removing a team's bodies, or what names a user.

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_erasure() RETURNS void
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
		'What purge_bodies() and erase_user() did, when, and who asked for it; never the user_id that was erased.';
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
COMMENT ON FUNCTION ogw_logs_internal.create_erasure() IS
'Part of create_log(): the table of what was erased.';

CREATE OR REPLACE FUNCTION ogw_logs.purge_bodies(
	team_id text,
	until timestamptz DEFAULT now(),
	OUT bodies bigint,
	OUT bytes bigint
) RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_purge_bodies';
COMMENT ON FUNCTION ogw_logs.purge_bodies(text, timestamptz) IS
'Removes the bodies of a team''s entries dated before until (infinity: those dated ahead too). It waits for transactions '
'that are writing some, and removes these too. Returns how many bodies, and their bytes as stored. For an admin of the team.';

CREATE OR REPLACE FUNCTION ogw_logs.erase_user(
	team_id text,
	user_id text,
	OUT entries bigint,
	OUT bodies bigint,
	OUT bytes bigint
) RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_erase_user';
COMMENT ON FUNCTION ogw_logs.erase_user(text, text) IS
'Removes the bodies of a user''s entries in a team, and replaces by one random pseudonym user_id and owner, and each '
'session_id, error code, fallback_reason and scalar of metadata that names either of them. Tokens, cost and all else stay. '
'It waits for the transactions that are writing entries. Returns how many entries and bodies, and the bodies'' bytes '
'as stored. For an admin of the team.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.erase_sealed_bodies(team_id text, timestamps timestamptz[], jobs bigint[]) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_erase_sealed_bodies';
COMMENT ON FUNCTION ogw_logs_internal.erase_sealed_bodies(text, timestamptz[], bigint[]) IS
'Part of remove_orphans(): erases the sealed bodies of a team that have these times, and job_ids of these hashes.';
