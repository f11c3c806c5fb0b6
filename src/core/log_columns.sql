-- log_columns: the columns that the log's tables are made with, and which of them were altered.

CREATE OR REPLACE FUNCTION ogw_logs_internal.log_columns(
	OUT table_name name,
	OUT column_name name,
	OUT type regtype
) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 120
AS 'MODULE_PATHNAME', 'ogw_log_columns';
COMMENT ON FUNCTION ogw_logs_internal.log_columns() IS
'The columns that the tables of the log, and of the settings, are made with.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.altered_columns(
	OUT table_name name,
	OUT column_name name,
	OUT problem text,
	OUT advice text
) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT w.table_name, w.column_name,
		   CASE WHEN w.actual IS NULL THEN format('table ogw_logs.%I has no column %I of type %s', w.table_name, w.column_name, w.wanted)
				ELSE format('column %I of table ogw_logs.%I has type %s, not %s', w.column_name, w.table_name, w.actual, w.wanted) END,
		   CASE WHEN w.actual IS NULL THEN format('Give it its name again, or: ALTER TABLE ogw_logs.%I ADD COLUMN %I %s', w.table_name, w.column_name, w.wanted)
				ELSE format('ALTER TABLE ogw_logs.%I ALTER COLUMN %I TYPE %s', w.table_name, w.column_name, w.wanted) END
	  FROM (SELECT l.table_name, l.column_name,
				   -- ids, and all of an entry, are compared byte by byte
				   l.type || CASE WHEN l.type = 'text'::regtype AND (l.table_name = 'entry' OR l.column_name IN ('team_id', 'job_id', 'pseudonym'))
								  THEN ' COLLATE "C"' ELSE '' END AS wanted,
				   format_type(a.atttypid, a.atttypmod)
				   || CASE WHEN l.type = 'text'::regtype AND (l.table_name = 'entry' OR l.column_name IN ('team_id', 'job_id', 'pseudonym'))
						   THEN coalesce(' COLLATE ' || quote_ident((SELECT o.collname FROM pg_collation o WHERE o.oid = a.attcollation)), '')
						   ELSE '' END AS actual
			  FROM ogw_logs_internal.log_columns() l
			  JOIN pg_class c ON c.relname = l.table_name AND c.relnamespace = 'ogw_logs'::regnamespace
			  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = l.column_name AND a.attnum > 0 AND NOT a.attisdropped) w
	 WHERE w.actual IS DISTINCT FROM w.wanted
	UNION ALL
	SELECT c.relname, NULL, format('ogw_logs.%I is not %s table', c.relname, k.wanted),
		   'Rename what has its name, and restore the table as create_log() makes it'
	  FROM (SELECT DISTINCT l.table_name FROM ogw_logs_internal.log_columns() l) l
	  JOIN pg_class c ON c.relname = l.table_name AND c.relnamespace = 'ogw_logs'::regnamespace
	 CROSS JOIN LATERAL (SELECT CASE WHEN l.table_name IN ('entry', 'body', 'entry_key', 'segment') THEN 'a partitioned' ELSE 'an ordinary' END) AS k (wanted)
	 WHERE c.relkind <> CASE k.wanted WHEN 'a partitioned' THEN 'p' ELSE 'r' END
	 ORDER BY 1, 2
$$;
COMMENT ON FUNCTION ogw_logs_internal.altered_columns() IS
'The columns of the log''s tables that have another type or collation than they were made with, or are not there; '
'the tables that are something else; and what makes them so again.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.warn_of_altered_columns() RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	altered record;
BEGIN
	FOR altered IN SELECT * FROM ogw_logs_internal.altered_columns() LOOP
		RAISE WARNING '%', altered.problem
			USING ERRCODE = 'datatype_mismatch', HINT = altered.advice;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.warn_of_altered_columns() IS
'Part of create_log(): warns of what altered_columns() finds.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.altered_columns_text() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'Altered since the log was made: ' || string_agg(a.problem, '; ') || '.'
	  FROM ogw_logs_internal.altered_columns() a
$$;
COMMENT ON FUNCTION ogw_logs_internal.altered_columns_text() IS
'Part of maintain(): the same in a sentence, beside the error of a step; NULL where there is nothing.';
