-- view: the views that BI tools read. They have no columns of what lives with a body.

CREATE OR REPLACE FUNCTION ogw_logs_internal.grant_to_readers(of_view regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reader regrole;
BEGIN
	FOR reader IN
		SELECT DISTINCT a.grantee
		  FROM pg_class c
		 CROSS JOIN LATERAL aclexplode(c.relacl) a
		  JOIN ogw_logs_internal.rights_that_count() g ON g.role = a.grantee AND g.privilege = 'read'
		 WHERE c.oid = 'ogw_logs.entry'::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
	LOOP
		EXECUTE format('GRANT SELECT ON %s TO %s', of_view, reader);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.grant_to_readers(regclass) IS
'Part of create_log(): gives a view that was dropped, and is made again, to the roles that have grant_reader(views => true).';

CREATE OR REPLACE FUNCTION ogw_logs_internal.create_views() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('ogw_logs.logs') IS NULL THEN
		CREATE VIEW ogw_logs.logs WITH (security_invoker = true) AS
			SELECT e.job_id, e."timestamp", e.team_id, e.owner, e.api_key,
				   encode(e.api_key_fingerprint, 'hex') AS api_key_fingerprint,
				   e.operation, e.requested_model, e.served_model, e.provider,
				   e.first_byte_ms, e.latency_ms, e.status, e.error_code, e.finish_reason,
				   e.prompt_tokens, e.completion_tokens, e.cached_tokens, e.cache_write_tokens, e.reasoning_tokens,
				   e.cost_usd, e.user_id, e.session_id, e.fallback_reason,
				   e.attempts, e.tool_calls, e.metadata, e.body_state, e.unknown_fields,
				   e.secrets_masked, e.defects
			  FROM ogw_logs.entry e;
		COMMENT ON VIEW ogw_logs.logs IS
			'Every entry that the current role may read, without what lives with its body. '
			'Give a range of "timestamp": only its partitions are read. One job_id, user, session or key is found '
			'without a range, and much sooner, by ogw_logs.search(job_id => ''...'').';
		PERFORM ogw_logs_internal.revoke_from_others('ogw_logs.logs');
		PERFORM ogw_logs_internal.grant_to_readers('ogw_logs.logs');
	END IF;
	IF to_regclass('ogw_logs.attempts') IS NULL THEN
		CREATE VIEW ogw_logs.attempts WITH (security_invoker = true) AS
			SELECT e.job_id, e."timestamp", e.team_id, a.attempt::integer AS attempt,
				   a.value ->> 'model' AS model,
				   a.value ->> 'provider' AS provider,
				   a.value ->> 'status' AS status,
				   a.value ->> 'error_code' AS error_code,
				   (a.value ->> 'latency_ms')::numeric AS latency_ms,
				   a.attempt = json_array_length(e.attempts::json) AS final
			  FROM ogw_logs.entry e
			 CROSS JOIN LATERAL json_array_elements(e.attempts::json) WITH ORDINALITY AS a (value, attempt);
		PERFORM ogw_logs_internal.revoke_from_others('ogw_logs.attempts');
		PERFORM ogw_logs_internal.grant_to_readers('ogw_logs.attempts');
		COMMENT ON VIEW ogw_logs.attempts IS
			'One row for each attempt of an entry: the models tried in turn, and for those that failed '
			'the error code that made the next one be tried.';
		COMMENT ON COLUMN ogw_logs.attempts.attempt IS 'Its place in the entry, from 1; where more were given than are kept, among the last.';
		COMMENT ON COLUMN ogw_logs.attempts.model IS 'The model that was tried.';
		COMMENT ON COLUMN ogw_logs.attempts.provider IS 'Who ran it.';
		COMMENT ON COLUMN ogw_logs.attempts.status IS 'success, failure or cancelled.';
		COMMENT ON COLUMN ogw_logs.attempts.error_code IS 'Why it failed.';
		COMMENT ON COLUMN ogw_logs.attempts.latency_ms IS 'Milliseconds it took.';
		COMMENT ON COLUMN ogw_logs.attempts.final IS 'Whether it is the entry''s last attempt.';
	END IF;
	PERFORM ogw_logs_internal.comment_view('ogw_logs.logs', 'ogw_logs.entry');
	PERFORM ogw_logs_internal.comment_view('ogw_logs.attempts', 'ogw_logs.entry');
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.create_views() IS 'Part of create_log(): the views for BI tools.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.comment_view(of_view regclass, of_table regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	described record;
BEGIN
	FOR described IN
		SELECT v.attname, d.description
		  FROM pg_attribute v
		  JOIN pg_attribute t ON t.attrelid = of_table AND t.attname = v.attname
		 CROSS JOIN LATERAL col_description(of_table, t.attnum) AS d (description)
		 WHERE v.attrelid = of_view AND v.attnum > 0 AND d.description IS NOT NULL
		   AND col_description(of_view, v.attnum) IS NULL
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', of_view, described.attname, described.description);
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.comment_view(regclass, regclass) IS
'Part of create_log(): describes the columns of a view as the table does those of the same names, where nobody has.';
