"""Calls with asyncpg."""

import asyncio
import json

import asyncpg

from calls import ATTEMPTS, OBJECT, VALUES, Calls, dumped

given = {what: value for what, _, value in VALUES}
loop = asyncio.new_event_loop()
connection = loop.run_until_complete(asyncpg.connect())


def execute(sql, values):
    """Runs a statement that is prepared, as asyncpg does with all that have parameters."""
    loop.run_until_complete(connection.fetch(sql, *values))


def copy(table, rows):
    """Sends rows by COPY, in binary format."""
    loop.run_until_complete(connection.copy_records_to_table(table, schema_name="ogw_logs", columns=["job_id", "team_id", "latency_ms", "metadata"], records=rows))


calls = Calls("asyncpg", execute, lambda n: f"${n}")
calls.give_all()
calls.give("integer as user_id", "user_id", "42", "str(value)")
calls.give("integer as error_code", "error_code", "429", "str(value)")
calls.give("UUID as user_id", "user_id", given["UUID as user_id"], "$1::uuid", "?::uuid")
calls.give("time with a zone", "timestamp", given["time with a zone"], "$1::timestamptz", "?::timestamptz")
calls.give("time without a zone", "timestamp", given["time without a zone"], "$1::timestamp", "?::timestamp")
calls.give("seconds since 1970", "timestamp", 1795946400.5, "$1::numeric", "?::numeric")
calls.give("object as metadata", "metadata", json.dumps(OBJECT), "json.dumps(value)")
calls.give("array as attempts", "attempts", json.dumps(ATTEMPTS), "json.dumps(value)")
calls.give("bytes of JSON as metadata", "metadata", json.dumps(OBJECT).encode(), "$1::bytea", "?::bytea")
calls.give("bytes as input", "input", b"hello", "convert_from($1, 'UTF8')", "convert_from(?, 'UTF8')")
calls.batch("insert_logs, text", dumped)
calls.batch("insert_logs, bytes", lambda entries: dumped(entries).encode())
calls.batch("insert_logs, bytes", lambda entries: dumped(entries).encode(), "$1::bytea", "?::bytea")
calls.insert()
calls.execute = copy
calls.run("COPY into inbox", "", "inbox", [(calls.job("COPY into inbox"), "drivers", "812.4837", json.dumps(OBJECT))])
