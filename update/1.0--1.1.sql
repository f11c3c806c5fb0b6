-- From 1.0 to 1.1: what the rooms cannot say twice.

ALTER TYPE ogw_logs.entry_row ADD ATTRIBUTE secrets_masked integer;
ALTER TYPE ogw_logs.log_row ADD ATTRIBUTE secrets_masked integer;

-- A session that runs the library of 1.0 still would write entries that
-- ogw_logs.job does not know. Without this it cannot: it connects anew.
DROP FUNCTION ogw_logs.batch_entries();

DROP FUNCTION ogw_logs.expire_body_reads(boolean);
DROP FUNCTION ogw_logs.make_leaf(name, text, timestamp, timestamp);
