"""What the programs in Python have in common: the values, and how a call is run and told."""

import datetime
import decimal
import json
import uuid

ENTRY = {"job_id": "", "team_id": "drivers", "latency_ms": 812.4837, "metadata": {"env": "prod", "n": 1}}
OBJECT = ENTRY["metadata"]
ATTEMPTS = [{"model": "m", "status": "success"}]
TIME = datetime.datetime(2026, 11, 29, 10, 0, 0, 123456)
EAST = datetime.timezone(datetime.timedelta(hours=2))

# What is given, for which field, and the value.
VALUES = [
    ("text", "user_id", "user-1"),
    ("integer as latency_ms", "latency_ms", 812),
    ("integer over 2^31 as prompt_tokens", "prompt_tokens", 6824241167),
    ("float as latency_ms", "latency_ms", 812.4837),
    ("NaN as latency_ms", "latency_ms", float("nan")),
    ("float as cost_usd", "cost_usd", 0.0031),
    ("decimal of 58 digits as cost_usd", "cost_usd", decimal.Decimal(0.0031)),
    ("integer as user_id", "user_id", 42),
    ("integer as error_code", "error_code", 429),
    ("UUID as user_id", "user_id", uuid.UUID(int=5)),
    ("time with a zone", "timestamp", TIME.replace(tzinfo=EAST)),
    ("time without a zone", "timestamp", TIME),
    ("text of a time without a zone", "timestamp", TIME.isoformat()),
    ("seconds since 1970", "timestamp", 1795946400.5),
    ("object as metadata", "metadata", OBJECT),
    ("array as attempts", "attempts", ATTEMPTS),
    ("text of JSON as metadata", "metadata", json.dumps(OBJECT)),
    ("bytes of JSON as metadata", "metadata", json.dumps(OBJECT).encode()),
    ("bytes as input", "input", b"hello"),
]

# The fields that are given a null, in one call.
NULLS = ["timestamp", "user_id", "latency_ms", "cost_usd", "status", "metadata", "input"]


class Calls:
    """The calls of one driver: execute(sql, values) runs a statement, parameter(n) is its nth parameter."""

    def __init__(self, driver, execute, parameter):
        self.driver = driver
        self.execute = execute
        self.parameter = parameter

    def job(self, what, write=""):
        """Names the entry of a call, so that it is found again."""
        return f"{self.driver}, {what}, {write}"

    def run(self, what, write, sql, values):
        """Runs a statement, and tells what was given, what was written for it and how it ended."""
        try:
            self.execute(sql, values)
            outcome = "accepted"
        except Exception as error:  # whatever a driver raises
            outcome = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or error_code(error) or "in the driver"
        print(what, write, outcome, sep="\t", flush=True)

    def give(self, what, field, value, write="", expression=None):
        """Calls insert_log() with a value; write is what is to be written where the value alone will not do."""
        p = self.parameter
        third = (expression or "?").replace("?", p(3))
        self.run(what, write, f'SELECT ogw_logs.insert_log(job_id => {p(1)}, team_id => {p(2)}, "{field}" => {third})',
                 [self.job(what, write), "drivers", value])

    def give_all(self):
        """Calls insert_log() with each of the values, and with nulls."""
        p = self.parameter
        for what, field, value in VALUES:
            self.give(what, field, value)
        fields = "".join(f', "{field}" => {p(3 + n)}' for n, field in enumerate(NULLS))
        self.run("null", "", f"SELECT ogw_logs.insert_log(job_id => {p(1)}, team_id => {p(2)}{fields})",
                 [self.job("null"), "drivers"] + [None] * len(NULLS))

    def batch(self, what, make, write="", expression="?"):
        """Calls insert_logs() with what make() makes of a batch of one entry."""
        entries = [dict(ENTRY, job_id=self.job(what, write))]
        self.run(what, write, f"SELECT ogw_logs.insert_logs({expression.replace('?', self.parameter(1))})", [make(entries)])

    def insert(self, what="INSERT into inbox, RETURNING"):
        """Inserts a row into inbox and has it returned."""
        p = self.parameter
        self.run(what, "", f"INSERT INTO ogw_logs.inbox (job_id, team_id, latency_ms, metadata) VALUES ({p(1)}, {p(2)}, {p(3)}, {p(4)}) RETURNING *",
                 [self.job(what), "drivers", "812.4837", json.dumps(OBJECT)])


def error_code(error):
    """Finds the SQLSTATE in what pyodbc raises, whose first argument it is."""
    code = error.args[0] if error.args else ""
    return code if isinstance(code, str) and len(code) == 5 and not code.startswith("HY") else None


def dumped(entries):
    """Writes a batch as JSON."""
    return json.dumps(entries)
