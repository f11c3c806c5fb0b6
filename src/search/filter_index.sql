-- filter_index: the one index by which a partition is searched for a value, whatever the
-- filter. Its columns and seeds are those of filter_columns.c.

CREATE OR REPLACE FUNCTION ogw_logs_internal.filter_columns(
	OUT number integer,
	OUT name name,
	OUT seed integer,
	OUT values_per_range integer
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- a range of 16 pages has at most about 600 entries
	VALUES (1, 'team_id'::name, 1, 50), (2, 'user_id', 2, 600), (3, 'session_id', 3, 600), (4, 'owner', 4, 200),
		   (5, 'api_key_fingerprint', 5, 200), (6, 'requested_model', 6, 50), (7, 'served_model', 6, 50), (8, 'provider', 7, 20),
		   (9, 'status', 8, 16), (10, 'error_code', 9, 20), (11, 'fallback_reason', 10, 20), (12, 'api_key', 11, 20),
		   (13, 'operation', 12, 16)
$$;
COMMENT ON FUNCTION ogw_logs_internal.filter_columns() IS
'The columns of an entry that can be searched for: their order in an open partition''s index, the seeds of their hashes '
'in a sealed one''s, and how many values of each a range of pages is expected to have.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.filter_expression(alias text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'ARRAY[' || string_agg(format('hashtextextended('
				|| CASE c.name WHEN 'api_key_fingerprint' THEN 'encode(%1$s%2$I, ''hex''::text)' ELSE '%1$s%2$I' END
				|| ', %3$L::bigint)', alias, c.name, c.seed), ', ' ORDER BY c.number) || ']'
	  FROM ogw_logs_internal.filter_columns() c
$$;
COMMENT ON FUNCTION ogw_logs_internal.filter_expression(text) IS
'The values of an entry that can be searched for, as hashes: what the index of a sealed partition holds. '
'alias stands before each column: ''e.''.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.filter_index_definition(sealed boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- late entries are few: without a pending list a search reads the index alone
	SELECT CASE WHEN sealed THEN format('USING gin ((%s)) WITH (fastupdate = off)', ogw_logs_internal.filter_expression())
	-- one range of pages in a hundred is a false match
	ELSE 'USING brin (' || (
		SELECT string_agg(format('%I %s (n_distinct_per_range = %s)', c.name,
				   CASE c.name WHEN 'api_key_fingerprint' THEN 'bytea_bloom_ops' ELSE 'text_bloom_ops' END, c.values_per_range),
				   ', ' ORDER BY c.number)
		  FROM ogw_logs_internal.filter_columns() c)
		|| ', "timestamp") WITH (pages_per_range = 16)' END
$$;
COMMENT ON FUNCTION ogw_logs_internal.filter_index_definition(boolean) IS
'What stands behind ON for the index by which a sealed, or an open, partition of entries is searched.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.has_filter_index(partition regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_has_filter_index';
COMMENT ON FUNCTION ogw_logs_internal.has_filter_index(regclass) IS
'Part of maintain(): whether a partition of entries has the index by which a sealed one is searched; one of its name and of another definition, an older version''s, is none.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.has_time_index(partition regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_has_time_index';
COMMENT ON FUNCTION ogw_logs_internal.has_time_index(regclass) IS
'Part of maintain(): whether a partition of entries has the index by which it is read in the order of time; one of its name and of another column is none.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.is_sealed(partition regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_is_sealed';
COMMENT ON FUNCTION ogw_logs_internal.is_sealed(regclass) IS
'Whether a partition of entries is sealed: its own indexes say so, so that a dump and a restore cannot get it wrong.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.pages_without_summary(partition regclass) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_pages_without_summary';
COMMENT ON FUNCTION ogw_logs_internal.pages_without_summary(regclass) IS
'Part of maintain(): how many pages of an open partition its index has not summarized yet.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.due_summaries() RETURNS SETOF ogw_logs_internal.maintenance_step
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	min_pages constant integer := 256;	-- fewer are read in two milliseconds
BEGIN
	RETURN QUERY
		SELECT 'summarize', p.relname::text, format('%s new pages', n.pages), p.partition, p.since, p.until, NULL::text[]
		  FROM ogw_logs_internal.own_partitions('entry') p
		 CROSS JOIN LATERAL ogw_logs_internal.pages_without_summary(p.partition) AS n (pages)
		 WHERE n.pages >= min_pages;
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.due_summaries() IS
'Part of maintain(): the open partitions with so many new pages that a search would notice.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.summarize(partition regclass) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN format('%s groups of pages', (
		SELECT brin_summarize_new_values(format('ogw_logs.%I', c.relname || '_summary')::regclass)
		  FROM pg_class c WHERE c.oid = partition));
END
$$;
COMMENT ON FUNCTION ogw_logs_internal.summarize(regclass) IS
'Part of maintain(): has the index of an open partition summarize the new pages. Neither readers nor writers wait for it.';
