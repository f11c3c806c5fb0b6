-- TimescaleDB: the columns of plain.sql in a hypertable with a chunk a day, and
-- the six indexes.
CREATE EXTENSION timescaledb;
CREATE SCHEMA timescale;
CREATE TABLE timescale.entry (LIKE plain.entry);
SELECT create_hypertable('timescale.entry', 'timestamp', chunk_time_interval => interval '1 day', create_default_indexes => false);
SELECT plain.make_indexes('timescale.entry', 'six');
