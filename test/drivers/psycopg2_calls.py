"""Calls with psycopg 2."""

import io
import json

import psycopg2
import psycopg2.extras

from calls import ATTEMPTS, OBJECT, Calls, dumped

connection = psycopg2.connect("")
connection.autocommit = True
psycopg2.extras.register_uuid()


def copy(sql, lines):
    """Sends lines by COPY."""
    connection.cursor().copy_expert(sql, io.StringIO("".join(lines)))


calls = Calls("psycopg 2", lambda sql, values: connection.cursor().execute(sql, values), lambda n: "%s")
calls.give_all()
calls.give("object as metadata", "metadata", psycopg2.extras.Json(OBJECT), "Json(value)")
calls.give("array as attempts", "attempts", psycopg2.extras.Json(ATTEMPTS), "Json(value)")
calls.give("value of a JSON type as metadata", "metadata", psycopg2.extras.Json(OBJECT))
calls.give("bytes as input", "input", b"hello", "convert_from(%s, 'UTF8')", "convert_from(?, 'UTF8')")
calls.batch("insert_logs, text", dumped)
calls.batch("insert_logs, bytes", lambda entries: dumped(entries).encode())
calls.batch("insert_logs, value of type json", psycopg2.extras.Json)
calls.insert()
calls.execute = copy
calls.run("COPY into inbox", "", "COPY ogw_logs.inbox (job_id, team_id, latency_ms, metadata) FROM STDIN",
          ["\t".join([calls.job("COPY into inbox"), "drivers", str(812.4837), json.dumps(OBJECT)]) + "\n"])
