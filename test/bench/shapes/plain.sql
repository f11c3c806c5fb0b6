-- What people would write by hand: the columns of an entry in a table that is
-- partitioned by day, and the indexes that one asks for by name:
--   none, timestamp, unique (the ceiling: only what finds a job_id twice), six.
CREATE SCHEMA plain;
CREATE TABLE plain.entry (
	"timestamp" timestamptz NOT NULL,
	first_byte_ms integer,
	latency_ms integer,
	prompt_tokens integer,
	completion_tokens integer,
	cached_tokens integer,
	reasoning_tokens integer,
	team_id text COLLATE "C" NOT NULL,
	job_id text COLLATE "C" NOT NULL,
	owner text COLLATE "C",
	api_key text COLLATE "C",
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

-- Makes the indexes of a table.
CREATE FUNCTION plain.make_indexes(of_table regclass, which text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF which = 'unique' THEN
		EXECUTE format('CREATE UNIQUE INDEX ON %s (job_id, team_id)', of_table);
	ELSIF which = 'timestamp' THEN
		EXECUTE format('CREATE INDEX ON %s ("timestamp")', of_table);
	ELSIF which = 'six' THEN
		EXECUTE format('CREATE INDEX ON %1$s ("timestamp"); CREATE INDEX ON %1$s (job_id);
			CREATE INDEX ON %1$s (team_id, "timestamp"); CREATE INDEX ON %1$s (api_key, "timestamp");
			CREATE INDEX ON %1$s (session_id); CREATE INDEX ON %1$s (user_id, "timestamp")', of_table);
	END IF;
END $$;

-- Makes a partition for each of so many days.
CREATE FUNCTION plain.make_partitions(since date, days integer, indexes text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	day date;
	partition text;
BEGIN
	FOR n IN 0 .. days - 1 LOOP
		day := since + n;
		partition := 'plain.entry_' || to_char(day, 'YYYYMMDD');
		EXECUTE format('CREATE TABLE %s PARTITION OF plain.entry FOR VALUES FROM (%L) TO (%L)',
			partition, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
		PERFORM plain.make_indexes(partition::regclass, indexes);
	END LOOP;
END $$;

-- Builds an index once more and drops it; returns the microseconds an entry.
CREATE FUNCTION plain.build_cost(of_table regclass, definition text) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz;
	seconds double precision;
	entries bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM %s', of_table) INTO entries;
	start := clock_timestamp();
	EXECUTE format('CREATE INDEX plain_build_cost ON %s USING %s', of_table, definition);
	seconds := extract(epoch FROM clock_timestamp() - start);
	EXECUTE format('DROP INDEX %s', (SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
									  WHERE i.indrelid = of_table AND c.relname = 'plain_build_cost'));
	RETURN round((1e6 * seconds / nullif(entries, 0))::numeric, 3);
END $$;
