"""Mutates entries of real logs, with a seed, and tells what must become of each.

    oracle.py FOLDER SEED FIRST ENTRIES CANARY [LOG.ndjson.zst]...

Writes batches of 500 entries into FOLDER: NUMBER.json for insert_logs(), NUMBER.copy for COPY into inbox, and
expected.copy, which has a line for each entry: its number, batch, team_id, job_id, outcome and, as JSON, the values of
columns and the defects that are foretold. An entry is made of the seed and its number alone, so that any can be made again.
"""

import json
import random
import subprocess
import sys

import values
from values import dumped

BATCH = 500
COUNTS = ["prompt_tokens", "completion_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens"]
IDS = ["owner", "requested_model", "served_model", "user_id", "session_id"]
WORDS = ["operation", "error_code", "finish_reason", "fallback_reason"]
JSONS = ["attempts", "tool_calls", "metadata"]
BODIES = ["input", "output", "error_message"]
COLUMNS = ["job_id", "team_id", "timestamp", "owner", "api_key", "requested_model", "served_model", "provider", "status", "first_byte_ms", "latency_ms",
           "cost_usd", "user_id", "session_id"] + WORDS + COUNTS + JSONS + BODIES
READ = dict([(f, values.count) for f in COUNTS] + [(f, values.milliseconds) for f in ("first_byte_ms", "latency_ms")] + [("cost_usd", values.cost)]
            + [(f, values.identifier) for f in IDS] + [(f, values.word) for f in WORDS])
POOLS = dict([(f, values.NUMBERS) for f in COUNTS + ["first_byte_ms", "latency_ms", "cost_usd"]] + [(f, values.IDS) for f in IDS]
             + [(f, values.WORDS) for f in WORDS] + [(f, values.JSONS) for f in JSONS] + [(f, values.BODIES) for f in BODIES])
NOT_OBJECTS = ["null", "1", '"text"', "[]", "[{}]", "true", '{"job_id" "x"}', '{"job_id":"x",}', "{job_id:1}", '{"a":tru}']


class Log:
    """The real entries, each a list of (name, text in JSON); large bodies are cut but for some."""

    def __init__(self, files):
        self.entries = []
        for file in files:
            lines = subprocess.run(["zstd", "-dcq", file], check=True, capture_output=True).stdout.decode().split("\n")
            self.entries += [json.loads(line) for line in lines[:2000] if line]
        if not self.entries:
            self.entries = [{"job_id": "j", "timestamp": "2026-10-01T10:42:00Z", "team_id": "t", "latency_ms": 812, "status": "success", "prompt_tokens": 5, "cost_usd": "0.0031",
                             "user_id": "u", "session_id": "s", "input": "hi", "output": "ho", "attempts": [{"model": "m", "status": "success"}]}]

    def pick(self, rng):
        """One of them; of a large body the beginning, in nine of ten."""
        entry = dict(rng.choice(self.entries))
        for field in ("input", "output"):
            if isinstance(entry.get(field), str) and rng.random() < 0.98:
                entry[field] = entry[field][:600]
        return {name: dumped(value) for name, value in entry.items()}


def mutate(rng, entry, flat):
    """Changes one to five fields; flat: to what COPY's columns of text can hold as well."""
    for _ in range(rng.randint(1, 5)):
        field = rng.choice(list(POOLS) + ["status", "timestamp"])
        if field == "status":
            raw = rng.choice(values.STATUSES)[0]
        elif field == "timestamp":
            raw = rng.choice(values.TIMES)[0]
        else:
            raw = rng.choice(POOLS[field])
        if rng.random() < 0.1:
            entry.pop(field, None)
        elif not flat or field in JSONS or (raw[0] not in "{[" and "\\u0000" not in raw and "\\ud8" not in raw):
            entry[field] = raw
    if "error_code" in entry and entry["error_code"] != "null":
        entry["status"] = entry.get("status", "null")


def plant(rng, entry, canary, team, number):
    """Puts a word of its own into each place that may hold a body, and into a key."""
    planted = lambda place: f"{canary}_{team}_{number}_{place}"
    if rng.random() < 0.5:
        entry["input"] = dumped(f"{planted('input')} and more")
    if rng.random() < 0.5:
        entry["error_message"] = dumped({"said": planted("error")})
    if rng.random() < 0.3:
        entry["error_code"] = dumped(f"it said {planted('code')}")
    if rng.random() < 0.3:
        entry["status"] = dumped(f"no {planted('status')}")
    if rng.random() < 0.3:
        entry["timestamp"] = dumped(f"at {planted('time')}")
    if rng.random() < 0.3:
        entry["latency_ms"] = dumped(planted("latency"))
    if rng.random() < 0.3:
        entry["metadata"] = dumped(rng.choice([planted("metadata"), {"note": planted("metadata")}, [planted("metadata")]]))
    if rng.random() < 0.3:
        entry["attempts"] = dumped([{"model": "m", "error_message": planted("attempt"), "status": planted("word") + " was said"}, {"model": "n"}])
    if rng.random() < 0.3:
        entry["tool_calls"] = dumped([{"id": "c", "function": {"name": "f", "arguments": planted("arguments")}, "input": {"name": planted("name")}}])
    entry["api_key"] = dumped("sk-proj-" + planted("key") + "x" * 30)


def make(seed, number, log, canary, flat):
    """Makes an entry: its text, or None for an empty line of COPY, and what must become of it."""
    rng = random.Random(f"{seed}:{number}")
    if not flat and rng.random() < 0.02:
        return rng.choice(NOT_OBJECTS), None, ("rejected", {}, {}), None, None
    entry = log.pick(rng)
    team = rng.choice(["off", "on"])
    entry["job_id"] = dumped(f"mutation-{number}")
    entry["team_id"] = dumped(team)
    mutate(rng, entry, flat)
    if rng.random() < 0.5:
        plant(rng, entry, canary, team, number)
    if rng.random() < 0.04:
        field = rng.choice(["job_id", "team_id"])
        raw = rng.choice(['""', "null"] if flat else ['""', "null", "{}", "[]", None])
        entry.pop(field)
        if raw is not None:
            entry[field] = raw
    return entry, rng, expect(entry, team), values.text_of(entry.get("job_id", "null")), team


def expect(entry, team):
    """What must become of an entry, the columns' values and the defects."""
    for field in ("job_id", "team_id"):
        if not values.text_of(entry.get(field, "null")):
            return "rejected", {}, {}
    columns, defects = {}, {}
    for field, read in READ.items():
        if field in ("error_code", "fallback_reason") and entry.get(field, "null") == "null":
            continue            # taken from elsewhere, perhaps
        columns[field], defects[field] = read(entry.get(field, "null"))
    raw = entry.get("status", "null")
    for sent, status, code in values.STATUSES:
        if sent == raw:
            columns["status"] = status
            defects["status"] = {"?": "not_a_status", "[]": "not_a_scalar"}.get(code, "")
            if code not in (None, "?", "[]") and entry.get("error_code", "null") == "null":
                columns["error_code"] = code
    raw = entry.get("timestamp", "null")
    for sent, micros, reason in values.TIMES:
        if sent == raw:
            columns["micros"] = micros
            defects["timestamp"] = reason
    if team == "on":
        for field in BODIES:
            columns[field] = values.body(entry.get(field, "null"))[0]
    return "stored", columns, defects


def copy_value(raw):
    """A value as COPY in text format takes it: JSON as its text, a string as what it denotes."""
    if raw is None or raw == "null":
        return "\\N"
    text = values.text_of(raw) if raw[0] == '"' else raw
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def main():
    """Writes the batches."""
    folder, seed, first, entries, canary = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    log = Log(sys.argv[6:])
    with open(f"{folder}/expected.copy", "w", encoding="utf-8") as expected:
        for batch in range(first // BATCH, (first + entries + BATCH - 1) // BATCH):
            flat = batch % 3 == 2
            texts = []
            for number in range(max(first, batch * BATCH), min(first + entries, (batch + 1) * BATCH)):
                entry, rng, (outcome, columns, defects), job, team = make(seed, number, log, canary, flat)
                if isinstance(entry, str):
                    text = entry
                elif flat:
                    text = "\t".join(copy_value(entry.get(name)) for name in COLUMNS)
                else:
                    members = [f"{dumped(name)}:{raw}" for name, raw in entry.items()]
                    rng.shuffle(members)
                    if rng.random() < 0.1:
                        members.append('"unknown \\u0000 member":' + dumped(f"{canary}_{team}_{number}_unknown"))
                    if rng.random() < 0.1:
                        members.insert(0, '"user_id":"the last one counts"' if "user_id" in entry else '"nothing":null')
                    text = "{" + rng.choice([",", ", ", " ,\n "]).join(members) + "}"
                texts.append(text)
                again = rng is not None and rng.random() < 0.03
                if again:
                    texts.append(text)
                foretold = dumped({"columns": columns, "defects": defects})
                line = [str(number), str(batch), team or "", job or "", outcome, "1" if again else "0", foretold]
                expected.write("\t".join(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") for value in line) + "\n")
            with open(f"{folder}/{batch}.{'copy' if flat else 'json'}", "w", encoding="utf-8") as out:
                out.write("".join(text + "\n" for text in texts) if flat else "[" + ",".join(texts) + "]")


if __name__ == "__main__":
    main()
