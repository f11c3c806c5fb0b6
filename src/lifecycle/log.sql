-- log: the tables of the log.

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_table_owners() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	foreign_table name;
	foreign_trigger name;
BEGIN
	-- whoever owns a table decides what runs when it is written
	SELECT c.relname INTO foreign_table FROM pg_class c
	 WHERE c.relnamespace = 'ogw_logs'::regnamespace
	   AND (c.relname = ANY (ogw_logs_internal.log_tables() || '{logs,attempts,ingest_counts,partitions}'::name[]) OR c.relispartition)
	   AND c.relowner NOT IN (SELECT r.oid FROM pg_roles r WHERE r.rolsuper OR r.rolname = current_user)
	 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'table ogw_logs.% has another owner than the extension', foreign_table
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('ALTER TABLE ogw_logs.%I OWNER TO the extension''s owner.', foreign_table);
	END IF;
	-- and so does whoever owns the function of a trigger
	SELECT t.tgname, c.relname INTO foreign_trigger, foreign_table
	  FROM pg_trigger t
	  JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'ogw_logs'::regnamespace
	  JOIN pg_proc p ON p.oid = t.tgfoid
	 WHERE p.proowner NOT IN (SELECT r.oid FROM pg_roles r WHERE r.rolsuper OR r.rolname = current_user)
	 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'trigger "%" on table ogw_logs.% calls a function of another owner than the extension', foreign_trigger, foreign_table
			USING ERRCODE = 'insufficient_privilege', HINT = 'It would run with the rights of the extension''s owner: drop it.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_table_owners() IS
'Part of create_log(): refuses a table or view of the log that another role owns, and a trigger that calls another role''s function.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.foreign_privileges(OUT relname name, OUT privilege text, OUT grantee text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- row-level security is there for SELECT; MAINTAIN, from 17 on, changes no row
	SELECT c.relname, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
	  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
	 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p')
	   AND a.grantee <> c.relowner AND a.privilege_type NOT IN ('SELECT', 'MAINTAIN')
	   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
$$;
COMMENT ON FUNCTION ogw_logs_internal.foreign_privileges() IS
'Part of create_log(): who has a privilege on a table of the log that lets them change it, or decide what runs when it is changed. '
'Nobody is given one, but default privileges give them to what is restored.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.revoke_foreign_privileges() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held record;
BEGIN
	FOR held IN SELECT f.* FROM ogw_logs_internal.foreign_privileges() f LOOP
		EXECUTE format('REVOKE %s ON ogw_logs.%I FROM %s CASCADE', held.privilege, held.relname, held.grantee);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.revoke_foreign_privileges() IS
'Part of create_log(): revokes what foreign_privileges() finds.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_tables() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CREATE TABLE IF NOT EXISTS ogw_logs.installation (
		created_at timestamptz NOT NULL,
		partition_interval interval NOT NULL,
		key_secret bytea NOT NULL,
		log_version text
	);
	CREATE TABLE IF NOT EXISTS ogw_logs.entry (
		"timestamp" timestamptz NOT NULL,
		first_byte_ms integer,
		latency_ms integer,
		prompt_tokens bigint,
		completion_tokens bigint,
		cached_tokens bigint,
		cache_write_tokens bigint,
		reasoning_tokens bigint,
		unknown_fields integer,
		team_id text COLLATE "C" NOT NULL,
		job_id text COLLATE "C" NOT NULL,
		owner text COLLATE "C",
		api_key text COLLATE "C",
		api_key_fingerprint bytea,
		operation text COLLATE "C",
		requested_model text COLLATE "C",
		served_model text COLLATE "C",
		provider text COLLATE "C",
		status text COLLATE "C",
		error_code text COLLATE "C",
		finish_reason text COLLATE "C",
		cost_usd numeric,
		user_id text COLLATE "C",
		session_id text COLLATE "C",
		fallback_reason text COLLATE "C",
		attempts json,
		tool_calls json,
		metadata json,
		body_state text COLLATE "C",
		defects text[],
		secrets_masked integer
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
		-- no sample of it gets into pg_statistic
		ALTER TABLE ogw_logs.body ALTER COLUMN content SET STATISTICS 0;
	END IF;
	CREATE TABLE IF NOT EXISTS ogw_logs.rejected (
		rejected_at timestamptz NOT NULL,
		method text NOT NULL,
		"position" bigint NOT NULL,
		team_id text COLLATE "C",
		job_id text COLLATE "C",
		field text,
		reason text NOT NULL,
		batch_id uuid,
		sent_by name,
		sent_by_oid oid
	);
	CREATE INDEX IF NOT EXISTS rejected_rejected_at_idx ON ogw_logs.rejected (rejected_at);
	IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = 'ogw_logs.installation'::regclass
					  AND t.tgname = 'settings_truncated') THEN
		PERFORM ogw_logs_internal.watch_settings('ogw_logs.installation');
		-- no sample of the secret either: pg_read_all_data reads pg_statistic
		ALTER TABLE ogw_logs.installation ALTER COLUMN key_secret SET STATISTICS 0;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_tables() IS
'Part of create_log(): the tables of entries, of unsealed bodies, of refused entries and of the installation.';

CREATE OR REPLACE FUNCTION ogw_logs.create_log(partition_interval interval DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
SET default_table_access_method = 'heap'
SET client_min_messages = 'warning'
AS $$
DECLARE
	version text := (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'ogw_logs');
	previous text;		-- the version that made the tables; NULL: they are new
BEGIN
	PERFORM ogw_logs_internal.check_table_owners();
	-- one create_log() or grant at a time; neither readers, nor writers, nor set_team() wait for it
	LOCK TABLE ogw_logs.access IN SHARE ROW EXCLUSIVE MODE;
	-- what is there is left alone, and so is a DBA's own description: no lock
	-- is taken that a writer making a partition could be holding
	PERFORM ogw_logs_internal.create_tables();
	IF obj_description('ogw_logs.entry'::regclass, 'pg_class') IS NULL THEN
		PERFORM ogw_logs_internal.comment_log();
	END IF;
	PERFORM ogw_logs_internal.revoke_foreign_privileges();
	PERFORM ogw_logs_internal.create_erasure();
	PERFORM ogw_logs_internal.create_body_read();
	PERFORM ogw_logs_internal.create_ingest_count();
	PERFORM ogw_logs_internal.create_retention();
	PERFORM ogw_logs_internal.create_clock();
	PERFORM ogw_logs_internal.create_maintenance_run();
	PERFORM ogw_logs_internal.create_partition_history();
	PERFORM ogw_logs_internal.create_rewrite();
	PERFORM ogw_logs_internal.create_segment();
	PERFORM ogw_logs_internal.set_partition_interval(create_log.partition_interval);
	PERFORM ogw_logs_internal.create_entry_key();
	PERFORM ogw_logs_internal.set_replica_identities('entry', 'body', 'segment', 'entry_key', 'rejected', 'ingest_count',
		'installation', 'erasure', 'body_read', 'retention', 'clock', 'maintenance_run');
	PERFORM ogw_logs_internal.warn_of_altered_columns();
	PERFORM ogw_logs_internal.create_policies();
	PERFORM ogw_logs_internal.create_views();
	PERFORM ogw_logs_internal.create_ingest_counts();
	PERFORM ogw_logs_internal.create_partitions();
	previous := ogw_logs_internal.log_version();
	UPDATE ogw_logs.installation SET log_version = version WHERE log_version IS DISTINCT FROM version;
	IF FOUND THEN
		PERFORM ogw_logs_internal.grant_again(previous);
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs.create_log(interval) IS
'Makes the tables and views of the log, or brings them up to date; changes nothing where all is there. '
'partition_interval is 1 hour, 1 day, 1 week or 1 month, and cannot change once there are entries; 1 day when never given.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.check_isolation(of_what text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a snapshot taken before a lock was granted hides what was committed meanwhile
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION '% needs a transaction that is READ COMMITTED', of_what
			USING ERRCODE = 'invalid_transaction_state',
				  HINT = 'It has to see what others commit while it waits for them: BEGIN ISOLATION LEVEL READ COMMITTED.';
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.check_isolation(text) IS
'Part of create_log() and maintain(): refuses a transaction whose snapshot may be older than its locks.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.add_column(
	to_table regclass,
	column_name name,
	type regtype,
	description text
) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_table AND a.attname = column_name) THEN
		EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', to_table, column_name, type);
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', to_table, column_name, description);
		IF to_table <> 'ogw_logs.entry'::regclass THEN
			PERFORM ogw_logs_internal.set_storage_plain(to_table);
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.add_column(regclass, name, regtype, text) IS
'Part of create_log(): adds a column that a log of an earlier version lacks; 1.0 has none to add.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.comment_log() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	COMMENT ON TABLE ogw_logs.installation IS
		'What belongs to this log as a whole. Where a restore left several rows, the one made first counts.';
	COMMENT ON COLUMN ogw_logs.installation.created_at IS 'When the log was made.';
	COMMENT ON COLUMN ogw_logs.installation.partition_interval IS
		'The interval of a partition: an hour, a day, a week (from Monday) or a month, in UTC.';
	COMMENT ON COLUMN ogw_logs.installation.key_secret IS 'The secret of key_fingerprint().';
	COMMENT ON COLUMN ogw_logs.installation.log_version IS 'The version of ogw_logs that made the tables what they are.';
	COMMENT ON TABLE ogw_logs.rejected IS 'Entries that a batch refused, and why, the first 1,000 of a call; never a value of a field that was refused.';
	COMMENT ON COLUMN ogw_logs.rejected.rejected_at IS 'When it was refused.';
	COMMENT ON COLUMN ogw_logs.rejected.method IS 'How it was sent: insert_logs or inbox.';
	COMMENT ON COLUMN ogw_logs.rejected."position" IS 'Its place in the batch, from 1.';
	COMMENT ON COLUMN ogw_logs.rejected.team_id IS 'Its team, where that was valid.';
	COMMENT ON COLUMN ogw_logs.rejected.job_id IS 'Its job_id, where that was valid.';
	COMMENT ON COLUMN ogw_logs.rejected.field IS 'The field that was wrong; NULL where the entry as a whole was.';
	COMMENT ON COLUMN ogw_logs.rejected.reason IS 'What was wrong with it; not_listed: this one and those behind it are counted alone, in ogw_logs.ingest_counts.';
	COMMENT ON COLUMN ogw_logs.rejected.batch_id IS 'Which call it came with: the same for all that were refused of one insert_logs(), INSERT or COPY.';
	COMMENT ON COLUMN ogw_logs.rejected.sent_by IS 'The role that sent it; that role sees the row.';
	COMMENT ON COLUMN ogw_logs.rejected.sent_by_oid IS 'The OID of that role, so that the next role of its name does not see the row.';
	COMMENT ON TABLE ogw_logs.body IS 'What may not be stored with bodies off, compressed; read by get_log().';
	COMMENT ON COLUMN ogw_logs.body."timestamp" IS 'When the request arrived: the entry''s.';
	COMMENT ON COLUMN ogw_logs.body.team_id IS 'The entry''s team.';
	COMMENT ON COLUMN ogw_logs.body.job_id IS 'The entry''s job_id.';
	COMMENT ON COLUMN ogw_logs.body.chunk IS 'Which chunk of the body this row has, from 0.';
	COMMENT ON COLUMN ogw_logs.body.content IS 'All chunks together are one zstd frame; src/segment/body.h says what is in it.';
	COMMENT ON TABLE ogw_logs.entry IS 'One row a request, without what lives with its body. Partitioned by time in UTC.';
	COMMENT ON COLUMN ogw_logs.entry."timestamp" IS 'When the request arrived.';
	COMMENT ON COLUMN ogw_logs.entry.first_byte_ms IS 'Milliseconds to the first byte of the answer.';
	COMMENT ON COLUMN ogw_logs.entry.latency_ms IS 'Milliseconds to the end of the answer.';
	COMMENT ON COLUMN ogw_logs.entry.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';
	COMMENT ON COLUMN ogw_logs.entry.completion_tokens IS 'Tokens of the answer, as the provider counted.';
	COMMENT ON COLUMN ogw_logs.entry.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';
	COMMENT ON COLUMN ogw_logs.entry.cache_write_tokens IS 'Those of the prompt that the provider wrote to its cache.';
	COMMENT ON COLUMN ogw_logs.entry.reasoning_tokens IS 'Those of the answer that were reasoning.';
	COMMENT ON COLUMN ogw_logs.entry.unknown_fields IS
		'How many fields the writer gave that this version does not know: kept with the body''s metadata, '
		'or dropped when bodies are off. NULL is none.';
	COMMENT ON COLUMN ogw_logs.entry.body_state IS
		'What became of what lives with the body: stored; partial or too_long where a part of it, or all, was too long; '
		'off where the team''s setting dropped it; none where there was nothing.';
	COMMENT ON COLUMN ogw_logs.entry.defects IS
		'Which fields are not as they were given, and why: field:reason. NULL where there are none.';
	COMMENT ON COLUMN ogw_logs.entry.team_id IS 'The team the request was made for.';
	COMMENT ON COLUMN ogw_logs.entry.job_id IS 'The request''s id, the same as the response''s; unique in its team.';
	COMMENT ON COLUMN ogw_logs.entry.owner IS 'Who owns the key.';
	COMMENT ON COLUMN ogw_logs.entry.api_key IS 'The key''s prefix, and ****.';
	COMMENT ON COLUMN ogw_logs.entry.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';
	COMMENT ON COLUMN ogw_logs.entry.operation IS 'What was asked for: chat, embeddings, image, batch and so on.';
	COMMENT ON COLUMN ogw_logs.entry.requested_model IS 'The model that was asked for.';
	COMMENT ON COLUMN ogw_logs.entry.served_model IS 'The model that answered; another one when a fallback fired.';
	COMMENT ON COLUMN ogw_logs.entry.provider IS 'Who ran the model that answered.';
	COMMENT ON COLUMN ogw_logs.entry.status IS 'success, failure, or cancelled by the client; NULL is unknown.';
	COMMENT ON COLUMN ogw_logs.entry.error_code IS 'The gateway''s code for what went wrong.';
	COMMENT ON COLUMN ogw_logs.entry.finish_reason IS 'Why the answer ended, as the provider gave it.';
	COMMENT ON COLUMN ogw_logs.entry.cost_usd IS 'Cost in USD; NULL is unknown, not 0; negative is a refund or a correction.';
	COMMENT ON COLUMN ogw_logs.entry.user_id IS 'The end user, from x-opengateway-user-id.';
	COMMENT ON COLUMN ogw_logs.entry.session_id IS 'The session, from x-opengateway-session-id.';
	COMMENT ON COLUMN ogw_logs.entry.fallback_reason IS
		'Why a fallback fired: as given, or the error code of the first failed attempt.';
	COMMENT ON COLUMN ogw_logs.entry.attempts IS
		'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have at most '
		'3,800 bytes together; the longest is left out where they have more.';
	COMMENT ON COLUMN ogw_logs.entry.tool_calls IS 'Each tool call: id, type and function name.';
	COMMENT ON COLUMN ogw_logs.entry.metadata IS 'The short scalars among the tags whose names the team declared.';
	COMMENT ON COLUMN ogw_logs.entry.secrets_masked IS 'In how many places of it and its body secrets were masked. NULL is none.';
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.comment_log() IS
'Part of create_log(): the descriptions of its tables and columns.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.set_partition_interval(wanted interval) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	in_force interval;
	partition regclass;
BEGIN
	IF wanted IS NOT NULL AND ogw_logs_internal.partition_unit(wanted) IS NULL THEN
		RAISE EXCEPTION 'partition_interval must be 1 hour, 1 day, 1 week or 1 month'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	wanted := ('1 ' || ogw_logs_internal.partition_unit(wanted))::interval;
	IF NOT EXISTS (SELECT FROM ogw_logs.installation) THEN
		-- three random UUIDs hold 366 random bits
		INSERT INTO ogw_logs.installation (created_at, partition_interval, key_secret)
		VALUES (clock_timestamp(), coalesce(wanted, '1 day'),
				sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
					   || uuid_send(gen_random_uuid())));
		RETURN;
	END IF;
	in_force := ogw_logs_internal.partition_interval();
	IF wanted <> in_force THEN
		PERFORM ogw_logs_internal.check_isolation('another partition_interval');
		-- no entry may be written between this check and the change
		LOCK TABLE ogw_logs.entry, ogw_logs.body, ogw_logs.segment IN ACCESS EXCLUSIVE MODE;
		IF EXISTS (SELECT FROM ogw_logs.entry) THEN
			RAISE EXCEPTION 'cannot change the partition interval of a log that has entries'
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('It is 1 %s.', ogw_logs_internal.partition_unit(in_force));
		END IF;
		FOR partition IN
			SELECT i.inhrelid FROM pg_inherits i
			 WHERE i.inhparent IN (to_regclass('ogw_logs.entry'), to_regclass('ogw_logs.body'),
								   to_regclass('ogw_logs.entry_key'), to_regclass('ogw_logs.segment'))
		LOOP
			EXECUTE format('DROP TABLE %s', partition);
		END LOOP;
		UPDATE ogw_logs.installation SET partition_interval = wanted;
	END IF;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.set_partition_interval(interval) IS
'Part of create_log(): writes the row of ogw_logs.installation, secret included, or changes its interval while there is no entry.';
