"""Values that a field may be given, and what must be stored of each: the table of docs/gateway.md, in another language.

A value is text in JSON, as it is sent. What becomes of it is (stored, reason): the reason of a defect, "" for none,
None where it is not foretold.
"""

import decimal
import json
import re

INT4_MAX = 2**31 - 1
INT8_MAX = 2**63 - 1
BLANKS = " \t\n\v\f\r"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?")
WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|.)', re.S)

decimal.getcontext().prec = 2000
decimal.getcontext().Emax = 10**6
decimal.getcontext().Emin = -10**6

NUMBERS = ["0", "1", "812", "812.4837", "812.5", "0.5", "0.49", "-0.4", "-1", "-0.0021", "1.2e3", "1E2", "5e-324", "1e-07", "1.0000000000000001e-7",
           "1e400", "1e99", "1e100", "1e101", "6824241167", "2147483647", "2147483648", "9223372036854775807", "9223372036854775807.4", "9223372036854775808",
           "0.00309999999999999984456877655247808434069156646728515625", "123456789.123456789012345678901234567890123", "1" * 47, "0." + "0" * 40 + "1",
           "100.00000000000000000", "null", "true", "false", "[]", "[1]", "{}", '{"n":1}', '""', '" "', '"640"', '" 12\\t"', '"12.5"', '"1e3"', '"+7"', '"-3"', '".5"', '"5."',
           '"."', '"N/A"', '"1,000"', '"0x10"', '"12 ms"', '"--1"', '"1e"', '"NaN"', '"Infinity"', '"\\u0031\\u0032"', '"1\\u0000"', '"' + "9" * 1300 + '"']

# what is sent, the status, whether it is the error's code too
STATUSES = [('"success"', "success", None), ('"ok"', "success", None), ('"OK"', "success", None), ('"Succeeded"', "success", None), ('"completed"', "success", None), ("200", "success", None),
            ('"201"', "success", None), ('"failure"', "failure", None), ('"error"', "failure", None), ('"FAILED"', "failure", None), ("429", "failure", "429"), ('"503"', "failure", "503"),
            ('"timeout"', "failure", "timeout"), ('"rate_limit"', "failure", "rate_limit"), ('"cancelled"', "cancelled", None), ('"canceled"', "cancelled", None), ("499", "cancelled", "499"),
            ('"aborted"', "cancelled", "aborted"), ('"pending"', None, "?"), ('"42"', None, "?"), ('"what happened here"', None, "?"), ("[]", None, "[]"), ('{"a":1}', None, "[]"), ('""', None, None), ("null", None, None)]

# what is sent, and the moment in microseconds since 1970 (None: that of arrival), the reason
TIMES = [('"2026-10-01T10:42:00Z"', 1790851320000000, ""), ('"2026-10-01T10:42:00"', 1790851320000000, ""), ('"2026-10-01 10:42:00.123456789"', 1790851320123456, ""),
         ('"2026-10-01T10:42:00,123Z"', 1790851320123000, ""), ('"2026-10-01T12:42:00+02:00"', 1790851320000000, ""), ('" 2026-10-01T10:42:00Z "', 1790851320000000, ""),
         ('"2026-10-01T10:42:00+0000"', 1790851320000000, ""), ('"Thu, 01 Oct 2026 10:42:00 GMT"', 1790851320000000, ""), ('"2026-10-01 10:42:00 UTC"', 1790851320000000, ""),
         ("1790851320", 1790851320000000, ""), ("1790851320.5", 1790851320500000, ""), ("1790851320123", 1790851320123000, ""), ("1790851320123456", 1790851320123456, ""),
         ("1790851320123456789", 1790851320123456, ""), ('"1790851320123"', 1790851320123000, ""), ('"9999-12-31T23:59:59Z"', None, "too_far_ahead"), ('"0001-01-01T00:00:00Z"', None, "too_old"),
         ('"2026-02-30T10:00:00Z"', None, "not_a_time"), ('"yesterday"', None, "not_a_time"), ('"now"', None, "not_a_time"), ('"N/A"', None, "not_a_time"), ("true", None, "not_a_time"),
         ("{}", None, "not_a_scalar"), ("[2026]", None, "not_a_scalar"), ('""', None, ""), ("null", None, "")]

IDS = ['"user-1"', '"\\u00e9t\\u00e9"', '"\U0001f600"', '"\\ud83d\\ude00"', '"\\ud83d"', '"a\\u0000b"', '"' + "x" * 255 + '"', '"' + "x" * 256 + '"', '"' + "\u00e9" * 128 + '"', '"' + "\u6587" * 300 + '"',
       "42", "-1.50", "true", "false", "null", "{}", '{"id":1}', "[]", '["a"]', '"a b\\tc"', '"\'; DROP TABLE entry; --"', '"%s%n\\\\"', '"constructor"', '"0"', '"null"']

WORDS = ['"429"', "429", '"rate_limit_exceeded"', '" stop "', '"end_turn"', '"content-filter:self/harm.1"', '"' + "w" * 64 + '"', '"' + "w" * 65 + '"', '"the model said that you are"', '"caf\\u00e9"', '""', "null",
         "{}", "[1]", "true", '"a\\nb"']

BODIES = ['"plain"', '""', "null", '{"messages":[{"role":"user","content":"hi"}]}', "[1, 2 ,3]", "42", "true", '"\\u0000 and \\ud83d"', '"\\u00e9 \\ud83d\\ude00 \\/ \\t"', '"{\\"a\\":1}"']

JSONS = ["{}", "[]", "null", '"x"', '""', "1", '{"env":"prod"}', '{"env":{"a":1}}', '{"a":[' * 20 + "1" + "]}" * 20, '[{"model":"a","status":429},{"model":"b","status":200}]', '[{}]', '[null,1,"x",[]]',
         '[{"functionCall":{"name":"f","args":{}}}]', '[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]', '[{"type":"tool_use","id":"t","name":"g","input":{"q":1}}]',
         '"[{\\"model\\":\\"a\\"}]"', '{"env":"\\u0000","x":"\\ud83d"}', '{"p":[1e400,0.1e-5]}', '[' * 400 + "]" * 400]


def text_of(raw):
    """The text that a scalar denotes; NUL and lone surrogates stay escapes. None for null, False for what is no scalar."""
    if raw == "null":
        return None
    if raw[0] in "{[":
        return False
    if raw[0] != '"':
        return raw
    inner = raw[1:-1]
    out = []
    at = 0
    while at < len(inner):
        if inner[at] != "\\":
            out.append(inner[at])
            at += 1
            continue
        if inner[at + 1] != "u":
            out.append({"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(inner[at + 1], inner[at + 1]))
            at += 2
            continue
        code = int(inner[at + 2:at + 6], 16)
        if 0xD800 <= code < 0xDC00 and re.match(r"\\u[dD][c-fC-F]", inner[at + 6:at + 12] or "x"):
            low = int(inner[at + 8:at + 12], 16)
            out.append(chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)))
            at += 12
            continue
        out.append(inner[at:at + 6] if code == 0 or 0xD800 <= code < 0xE000 else chr(code))
        at += 6
    return "".join(out)


def number(raw):
    """Reads a number: (a decimal or None, the reason)."""
    text = text_of(raw)
    if text is None:
        return None, ""
    if text is False:
        return None, "not_a_scalar"
    text = text.strip(BLANKS)
    if text == "":
        return None, ""
    match = NUMBER.fullmatch(text)
    if not match:
        return None, "not_a_number"
    digits = len(match.group(1).split(".")[0])
    exponent = int(match.group(2) or 0)
    if len(text) > 1200 or exponent >= 10000 or digits + exponent > 100:
        return None, "out_of_range"
    return decimal.Decimal(text), ""


def count(raw, most=INT8_MAX):
    """A count: a whole number from 0, rounded half away from zero."""
    value, reason = number(raw)
    if value is None:
        return None, reason
    whole = int(value.to_integral_value(decimal.ROUND_HALF_UP))
    if whole < 0:
        return None, "negative"
    return (None, "out_of_range") if whole > most else (whole, "")


def milliseconds(raw):
    """A duration."""
    return count(raw, INT4_MAX)


def cost(raw):
    """An amount of USD, rounded to 30 decimals."""
    value, reason = number(raw)
    if value is None:
        return None, reason
    return format(value.quantize(decimal.Decimal(1).scaleb(-30), decimal.ROUND_HALF_UP), "f"), ""


def shortened(text):
    """An id: as it is, or as far as it is stored before its hash, with a tilde behind."""
    data = text.encode()
    if len(data) <= 255:
        return text
    return data[:255 - 33].decode(errors="ignore") + "~"


def identifier(raw):
    """An id, or another short text."""
    text = text_of(raw)
    if text is False:
        return None, "not_a_scalar"
    if text is None:
        return None, ""
    return shortened(text), "too_long" if len(text.encode()) > 255 else ""


def word(raw):
    """A code, or a reason."""
    text = text_of(raw)
    if text is False:
        return None, "not_a_scalar"
    if text is None or text.strip(BLANKS) == "":
        return None, ""
    text = text.strip(BLANKS)
    return (text, "") if WORD.fullmatch(text) else (None, "not_a_word")


def body(raw):
    """A body with bodies on: what a string denotes, or the value's text."""
    return (None if raw == "null" else text_of(raw) if raw[0] == '"' else raw), ""


def dumped(value):
    """Writes a value as JSON."""
    return json.dumps(value, ensure_ascii=False)
