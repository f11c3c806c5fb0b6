-- 32_altered.pl: a small log with everything in it, and what alters and compares it.
CREATE EXTENSION ogw_logs;
CREATE DOMAIN public.words AS text CHECK (length(VALUE) < 10000);
CREATE DOMAIN public.document AS json;
CREATE DOMAIN public.moment AS timestamptz;
CREATE COLLATION public.other (provider = libc, locale = 'C');
CREATE TABLE public.days AS SELECT date_trunc('day', now(), 'UTC') - interval '3 days' AS old, now() - interval '2 hours' AS new;

SELECT ogw_logs.create_log('1 day'), ogw_logs.set_team('t', body_logging => true, metadata_keys => '{k}'),
	ogw_logs.set_team('gone', body_logging => true, body_retention => interval '1 year'), ogw_logs.clear_team('gone', 'body_retention');
SELECT ogw_logs.grant_reader('altered_reader', 't', bodies => true), ogw_logs.grant_writer('altered_writer'), ogw_logs.grant_admin('altered_admin', 't');
INSERT INTO ogw_logs.key_format VALUES ('acme', 'acme-key-', 'A-Za-z0-9', 10, 40);
SELECT count(ogw_logs.insert_log(job_id => 'old' || n, team_id => (ARRAY['t', 'u', 'gone'])[1 + n % 3], "timestamp" => d.old + n * interval '10 minutes',
		owner => 'o' || n % 2, api_key => 'sk-ant-api03-0123456789abcdef0123456789' || n % 3, requested_model => 'm' || n % 3, served_model => 'm' || n % 2,
		provider => 'p' || n % 2, latency_ms => n, cost_usd => n / 8.0, status => 'success', error_code => CASE WHEN n % 5 = 0 THEN 'e5' END,
		user_id => 'u' || n % 4, session_id => 's' || n % 4, attempts => '[{"model":"m1","status":"failure","error_code":"x"},{"model":"m2","latency_ms":7}]',
		input => 'body of old' || n, output => 'answer ' || n, metadata => '{"k":"v' || n || '","other":1}'))
  FROM public.days d, generate_series(1, 24) n;
SET ogw_logs.seal_delay = '1s';
SET ogw_logs.seal_interval = '1h';
CALL pg_temp.maintain_all();
SELECT count(ogw_logs.insert_log(job_id => 'new' || n, team_id => (ARRAY['t', 'u', 'gone'])[1 + n % 3], "timestamp" => d.new + n * interval '1 second',
		owner => 'o' || n % 2, requested_model => 'm' || n % 3, provider => 'p1', first_byte_ms => 1, cost_usd => 0.5, status => 'success', user_id => 'u' || n % 4,
		session_id => 's' || n % 4, input => 'body of new' || n, metadata => '{"k":"v' || n || '"}'))
  FROM public.days d, generate_series(1, 12) n;
SELECT ogw_logs.insert_logs('[{"job_id":"x"}, {"job_id":"new1","team_id":"u"}, 7]');
SELECT ogw_logs.erase_user('gone', 'u3'), ogw_logs.get_log('old3'), ogw_logs.get_log('new3');

-- Gives a column another type by the first way that there is, and says which one it was.
CREATE FUNCTION public.retype(of_table regclass, column_name name, type text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	way text;
	bare text := regexp_replace(type, ' COLLATE .*', '');
BEGIN
	FOREACH way IN ARRAY ARRAY[format('%1$I::%2$s', column_name, bare), format('%1$I::text::%2$s', column_name, bare),
		format('convert_to(%1$I::text, ''UTF8'')', column_name), format('to_json(%1$I)::text::%2$s', column_name, bare),
		format('length(%1$I::text)::%2$s', column_name, bare), format('NULL::%s', bare), format('''1''::%s', bare), format('''2026-01-01''::%s', bare)]
	LOOP
		BEGIN
			EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %s', of_table, column_name, type, way);
			RETURN way;
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
	END LOOP;
	RETURN 'refused: ' || type;
END
$$;

-- Drops what keeps PostgreSQL from changing the type of a column: views, policies, indexes of expressions.
CREATE FUNCTION public.loosen() RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT format('DROP VIEW IF EXISTS %s CASCADE', v) FROM unnest(ARRAY['ogw_logs.logs', 'ogw_logs.attempts', 'ogw_logs.ingest_counts', 'ogw_logs.partitions']) v
		UNION ALL SELECT format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass) FROM pg_policy p
		UNION ALL SELECT format('DROP INDEX ogw_logs.%I', c.relname) FROM pg_class c WHERE c.relname ~ '_filter$' AND c.relkind = 'i'
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;

-- The entries as plain SQL casts them, as texts of rows of entry_row; a column that is not there is NULL.
CREATE FUNCTION public.plain_rows(condition text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	columns text := (
		SELECT string_agg(CASE WHEN c.attname IS NULL THEN format('NULL::%s AS %I', format_type(a.atttypid, NULL), a.attname)
							   WHEN a.attname = 'api_key_fingerprint' THEN 'encode(e.api_key_fingerprint::bytea, ''hex'') AS api_key_fingerprint'
							   ELSE format('e.%1$I::%2$s AS %1$I', a.attname, format_type(a.atttypid, NULL)) END, ', ' ORDER BY a.attnum)
		  FROM pg_attribute a
		  LEFT JOIN pg_attribute c ON c.attrelid = to_regclass('ogw_logs.entry') AND c.attname = a.attname AND c.attnum > 0 AND NOT c.attisdropped
		 WHERE a.attrelid = 'ogw_logs.entry_row'::regclass AND a.attnum > 0);
BEGIN
	RETURN QUERY EXECUTE format('SELECT ROW(q.*)::text FROM (SELECT %s FROM ogw_logs.entry e) q WHERE q.job_id IS NOT NULL AND q.team_id IS NOT NULL AND (%s)', columns, condition);
END
$$;

-- Says how many rows of a search differ from those of plain SQL; nothing where plain SQL has an error.
CREATE FUNCTION public.compare(condition text, arguments text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text[];
	wanted text[];
BEGIN
	EXECUTE format('SELECT array_agg(ROW(s.*)::text ORDER BY ROW(s.*)::text COLLATE "C") FROM ogw_logs.search(%s) s', arguments) INTO found;
	BEGIN
		SELECT array_agg(p ORDER BY p COLLATE "C") INTO wanted FROM public.plain_rows(condition) p;
	EXCEPTION WHEN OTHERS THEN
		-- of rows that are not asked for a cast need not fail
		RETURN CASE WHEN condition = 'true' AND found IS NOT NULL THEN 'ANSWERED where plain SQL has an error: ' ELSE 'plain SQL: ' END || SQLERRM;
	END;
	RETURN CASE WHEN found IS NOT DISTINCT FROM wanted THEN 'same'
		ELSE format('DIFFERENT from plain SQL where %s: %s rows, not %s; %s; %s', condition, coalesce(cardinality(found), 0), coalesce(cardinality(wanted), 0), found[1], wanted[1]) END;
END
$$;
