"""Calls with psqlodbc, through pyodbc."""

import json
import os

import pyodbc

from calls import ATTEMPTS, OBJECT, VALUES, Calls, dumped

given = {what: value for what, _, value in VALUES}
connection = pyodbc.connect(
    "DRIVER={PostgreSQL Unicode};SERVER=%(PGHOST)s;PORT=%(PGPORT)s;DATABASE=%(PGDATABASE)s;UID=%(PGUSER)s" % os.environ, autocommit=True)
calls = Calls("psqlodbc", connection.execute, lambda n: "?")
calls.give_all()
calls.give("time with a zone", "timestamp", given["time with a zone"].isoformat(), "value.isoformat()")
calls.give("object as metadata", "metadata", json.dumps(OBJECT), "json.dumps(value)")
calls.give("array as attempts", "attempts", json.dumps(ATTEMPTS), "json.dumps(value)")
calls.batch("insert_logs, text", dumped)
calls.batch("insert_logs, bytes", lambda entries: dumped(entries).encode())
calls.insert()
