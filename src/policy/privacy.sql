-- privacy: what of this server could carry a body or a key out of the log.

CREATE OR REPLACE FUNCTION ogw_logs_internal.roles_that_see_more(
	OUT setting text,
	OUT value text,
	OUT recommended text,
	OUT role_name name,
	OUT why text
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	WITH ordinary AS (
		SELECT r.oid, r.rolname, r.rolbypassrls FROM pg_roles r
		 WHERE NOT r.rolsuper
		   AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = 'ogw_logs_internal.holds_rights()'::regprocedure AND pg_has_role(r.oid, p.proowner, 'USAGE')))
	SELECT 'grant_monitor', 'reads entries', 'no right to read', r.rolname,
		   'This role is a monitor, of numbers and states, and reads entries by another right: my_access() tells it which.'
	  FROM ordinary r
	 WHERE EXISTS (SELECT FROM ogw_logs_internal.rights_that_count() c WHERE c.privilege = 'monitor' AND pg_has_role(r.oid, c.role, 'USAGE'))
	   AND EXISTS (SELECT FROM ogw_logs_internal.rights_that_count() c WHERE c.privilege = 'read' AND pg_has_role(r.oid, c.role, 'USAGE'))
	UNION ALL
	SELECT 'bypassrls', 'on', 'off', r.rolname,
		   'Row-level security does not hold for this role: of the tables that it may query it reads every team.'
	  FROM ordinary r
	 WHERE r.rolbypassrls
	   AND EXISTS (SELECT FROM pg_class c
					WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relname IN ('entry', 'body', 'segment', 'rejected', 'body_read', 'erasure')
					  AND has_table_privilege(r.oid, c.oid, 'SELECT'))
$$;
COMMENT ON FUNCTION ogw_logs_internal.roles_that_see_more() IS
'Part of privacy_check(): roles that see more of the log than their grants say. Superusers and who has the owner''s privileges are not listed.';

CREATE OR REPLACE FUNCTION ogw_logs.privacy_check(
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
-- safe is a pattern of the whole value, whatever its case; a backslash in it would
-- be lost where standard_conforming_strings is off. A value written in an unusual
-- way is not safe.
WITH known (setting, safe, recommended, why) AS (VALUES
	('log_statement', 'none', 'none',
	 'Writes statements into the server''s log; ddl does so too, with all that came in one message with a CREATE.'),
	('log_min_duration_statement', '-1', '-1',
	 'Writes slow statements and what was bound to them into the server''s log.'),
	('log_min_duration_sample', '-1', '-1',
	 'Writes some of the slow statements into the server''s log.'),
	('log_transaction_sample_rate', '0([.]0*)?', '0',
	 'Writes every statement of some transactions into the server''s log.'),
	('log_parameter_max_length', '0', '0',
	 'Writes bound values beside the statements that are logged.'),
	('log_parameter_max_length_on_error', '0', '0',
	 'Writes bound values beside the errors that are logged.'),
	('log_min_error_statement', 'panic', 'panic',
	 'Writes the statement below each message from this level on: fatal when a session is ended, log with each line of that level.'),
	('log_min_messages', '([[:space:]]*([[:alnum:]_]+[[:space:]]*:[[:space:]]*)?(log|fatal|panic)[[:space:]]*(,|$))+', 'log',
	 'PostgreSQL''s own errors quote a value that is no number, or a string that does not end; debug2 writes every statement.'),
	('log_error_verbosity', 'terse', 'terse',
	 'DETAIL and CONTEXT quote rows and lines of COPY of tables of your own, statements inside functions and of sessions in a deadlock, and broken JSON that insert_logs(json) or insert_logs(jsonb) is called with.'),
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
SELECT l.setting, l.value, l.recommended, l.is_safe, l.scope, l.why
  FROM (SELECT f.setting, f.value, f.recommended,
			   coalesce(f.value ~* ('^(' || f.safe || ')$'), false) AS is_safe, f.scope, f.why
		  FROM found f
		UNION ALL
		SELECT r.setting, r.value, r.recommended, false, 'role ' || quote_ident(r.role_name), r.why
		  FROM ogw_logs_internal.roles_that_see_more() r) l
 ORDER BY l.is_safe, l.setting, l.scope <> 'server', l.scope
$$;
COMMENT ON FUNCTION ogw_logs.privacy_check() IS
'The settings of this server by which a body or a key could get out of the log, and the roles that see more of it than their grants say. One row for what a session begins with, and one for each ALTER ROLE and ALTER DATABASE that says otherwise for this database; settings of a module only where it is loaded or they are set. safe: by this setting nothing gets out, whatever the others are. What a session sets for itself is not seen, nor an option of the server''s command line that the asking session, its role or its database overrides. Grant it to whoever may know these settings.';

