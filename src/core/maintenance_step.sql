-- maintenance_step: a step of maintain(): what the due_*() functions return, and run_step() does.

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
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.action IS 'What is to be done, as maintain() reports it.';
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.object IS 'The name of what it is done to.';
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.detail IS 'What a dry run says of it.';
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.of_table IS 'The table or partition; NULL where the step makes one.';
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.since IS 'Where its time begins.';
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.until IS 'Where it ends.';
COMMENT ON COLUMN ogw_logs_internal.maintenance_step.arguments IS 'What else the action needs, as run_step() hands it on.';
