-- maintenance_step: a step of maintain(): what the due_...() functions return, and run_step() does.

DO $$
BEGIN
	IF to_regtype('ogw_logs_internal.maintenance_step') IS NULL THEN
		CREATE TYPE ogw_logs_internal.maintenance_step AS (
			action text,
			object text,
			detail text,
			of_table regclass,
			since timestamptz,
			until timestamptz,
			arguments text[]
		);
	END IF;
END
$$;
COMMENT ON TYPE ogw_logs_internal.maintenance_step IS
'Part of maintain(): a step that is due, and what it is done with.';
