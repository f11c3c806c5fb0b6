"""Calls with psycopg 3."""

import psycopg
from psycopg.types.json import Json, Jsonb

from calls import ATTEMPTS, OBJECT, Calls, dumped

connection = psycopg.connect("", autocommit=True)


def copy(sql, rows):
    """Sends rows by COPY."""
    with connection.cursor().copy(sql) as lines:
        for row in rows:
            lines.write_row(row)


calls = Calls("psycopg 3", connection.execute, lambda n: "%s")
calls.give_all()
calls.give("float as cost_usd", "cost_usd", 0.0031, "%s::numeric", "?::numeric")
calls.give("object as metadata", "metadata", Jsonb(OBJECT), "Jsonb(value)")
calls.give("array as attempts", "attempts", Jsonb(ATTEMPTS), "Jsonb(value)")
calls.give("value of a JSON type as metadata", "metadata", Json(OBJECT))
calls.give("bytes as input", "input", b"hello", "convert_from(%s, 'UTF8')", "convert_from(?, 'UTF8')")
calls.batch("insert_logs, text", dumped)
calls.batch("insert_logs, bytes", lambda entries: dumped(entries).encode())
calls.batch("insert_logs, value of type json", Json)
calls.batch("insert_logs, value of type jsonb", Jsonb)
calls.insert()
calls.execute = copy
calls.run("COPY into inbox", "", "COPY ogw_logs.inbox (job_id, team_id, latency_ms, metadata) FROM STDIN",
          [[calls.job("COPY into inbox"), "drivers", 812.4837, Jsonb(OBJECT)]])
