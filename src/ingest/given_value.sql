-- given_value: a field of an entry as a driver has it, a text inside.
--
-- PostgreSQL calls a function only with types that it may convert by itself, and to text it
-- converts next to none: a UUID, a number, json or a time would be "function does not exist".
-- Its own timestamptz reads a time in the session's zone, and quotes in an error what it
-- cannot read. So the arguments of insert_log() that are read as text have a type of their
-- own, to which all of these may be converted: by the casts below, and nowhere else.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_type t
					WHERE t.typname = 'given_value' AND t.typnamespace = 'ogw_logs'::pg_catalog.regnamespace) THEN
		CREATE TYPE ogw_logs.given_value;
	END IF;
END
$$;
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value_in(cstring) RETURNS ogw_logs.given_value
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'textin';
COMMENT ON FUNCTION ogw_logs_internal.given_value_in(cstring) IS
'Part of given_value: takes any text, as it is.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value_out(ogw_logs.given_value) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'textout';
COMMENT ON FUNCTION ogw_logs_internal.given_value_out(ogw_logs.given_value) IS
'Part of given_value: the text.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value_recv(internal) RETURNS ogw_logs.given_value
LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'textrecv';
COMMENT ON FUNCTION ogw_logs_internal.given_value_recv(internal) IS
'Part of given_value: takes a text in binary format, which is the same.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value_send(ogw_logs.given_value) RETURNS bytea
LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'textsend';
COMMENT ON FUNCTION ogw_logs_internal.given_value_send(ogw_logs.given_value) IS
'Part of given_value: the text in binary format.';
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_type t
				WHERE t.typname = 'given_value' AND t.typnamespace = 'ogw_logs'::pg_catalog.regnamespace AND NOT t.typisdefined) THEN
		CREATE TYPE ogw_logs.given_value (
			INPUT = ogw_logs_internal.given_value_in, OUTPUT = ogw_logs_internal.given_value_out,
			RECEIVE = ogw_logs_internal.given_value_recv, SEND = ogw_logs_internal.given_value_send,
			LIKE = pg_catalog.text);
	END IF;
END
$$;
COMMENT ON TYPE ogw_logs.given_value IS
'A field as a writer has it: a text, number, UUID, boolean, json, time or bytes. An argument of insert_log() alone; it is text inside.';

CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value(at timestamptz) RETURNS ogw_logs.given_value
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_given_timestamp';
COMMENT ON FUNCTION ogw_logs_internal.given_value(timestamptz) IS
'Part of given_value: the time in UTC, whatever the zone and the date style of the session.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value(at timestamp) RETURNS ogw_logs.given_value
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_given_timestamp';
COMMENT ON FUNCTION ogw_logs_internal.given_value(timestamp) IS
'Part of given_value: a time without a zone, which is UTC.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value(day date) RETURNS ogw_logs.given_value
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_given_date';
COMMENT ON FUNCTION ogw_logs_internal.given_value(date) IS
'Part of given_value: the first moment of a day in UTC.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value(padded bpchar) RETURNS ogw_logs.given_value
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'rtrim1';
COMMENT ON FUNCTION ogw_logs_internal.given_value(bpchar) IS
'Part of given_value: a text without the blanks at its end.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value(answer boolean) RETURNS ogw_logs.given_value
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'booltext';
COMMENT ON FUNCTION ogw_logs_internal.given_value(boolean) IS
'Part of given_value: true or false.';
CREATE OR REPLACE FUNCTION ogw_logs_internal.given_value(bytes bytea) RETURNS ogw_logs.given_value
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ogw_given_bytes';
COMMENT ON FUNCTION ogw_logs_internal.given_value(bytea) IS
'Part of given_value: bytes as text; where they are not UTF-8, U+FFFD takes their place.';

-- A cast has no OR REPLACE. Types that are text inside need no function; others are written
-- by their output function, where that does not depend on the session.
DO $$
DECLARE
	made record;
BEGIN
	FOR made IN
		SELECT c.source, c.how
		  FROM (VALUES
			('text', 'WITHOUT FUNCTION'), ('varchar', 'WITHOUT FUNCTION'), ('name', 'WITH INOUT'),
			('bpchar', 'WITH FUNCTION ogw_logs_internal.given_value(pg_catalog.bpchar)'),
			('json', 'WITHOUT FUNCTION'), ('jsonb', 'WITH INOUT'), ('uuid', 'WITH INOUT'),
			('int2', 'WITH INOUT'), ('int4', 'WITH INOUT'), ('int8', 'WITH INOUT'), ('numeric', 'WITH INOUT'),
			('float4', 'WITH INOUT'), ('float8', 'WITH INOUT'), ('bool', 'WITH FUNCTION ogw_logs_internal.given_value(pg_catalog.bool)'),
			('timestamptz', 'WITH FUNCTION ogw_logs_internal.given_value(pg_catalog.timestamptz)'),
			('timestamp', 'WITH FUNCTION ogw_logs_internal.given_value(pg_catalog.timestamp)'),
			('date', 'WITH FUNCTION ogw_logs_internal.given_value(pg_catalog.date)'),
			('bytea', 'WITH FUNCTION ogw_logs_internal.given_value(pg_catalog.bytea)')
		  ) AS c (source, how)
		 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_cast p
							WHERE p.castsource = ('pg_catalog.' || c.source)::pg_catalog.regtype
							  AND p.casttarget = 'ogw_logs.given_value'::pg_catalog.regtype)
	LOOP
		EXECUTE pg_catalog.format('CREATE CAST (pg_catalog.%s AS ogw_logs.given_value) %s AS IMPLICIT', made.source, made.how);
		EXECUTE pg_catalog.format('COMMENT ON CAST (pg_catalog.%s AS ogw_logs.given_value) IS %L', made.source,
			pg_catalog.format('Lets insert_log() take a value of the type %s where it reads a text.', made.source));
	END LOOP;
END
$$;
