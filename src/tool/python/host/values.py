"""What a function returned, as the text that a model reads.

It knows no functions and no types that are not Python's own.
"""

import collections.abc
import dataclasses
import datetime
import enum
import json
import math
import os
import re

# As much of a result as a model is handed, in bytes: half of it from its start, half from its end.
MOST_BYTES = 16_000
BYTES_PER_TOKEN = 4


def text(value):
    """A text as it is, nothing as nothing, and everything else as compact JSON."""
    if isinstance(value, str):
        return value
    if value is None or value == []:
        return ""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False)


def plain(value, unknown=repr):
    """A value as JSON knows it. `unknown` makes something of what has no JSON."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value, unknown)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    written = as_text(value)
    if written is not None:
        return written
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return plain(value.model_dump(mode="json", by_alias=True), unknown)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: plain(getattr(value, name), unknown) for name in names}
    if isinstance(value, collections.abc.Mapping):
        return {key(name): plain(item, unknown) for name, item in value.items()}
    several = (list, tuple, set, frozenset, collections.deque, collections.abc.Iterator)
    if isinstance(value, several):
        return [plain(item, unknown) for item in value]
    return unknown(value)


def as_text(value):
    """Types that JSON has no form for but text."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return re.sub(r"\+00:00$", "Z", value.isoformat())
    if isinstance(value, datetime.timedelta):
        return duration(value)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if type(value).__name__ in ("UUID", "Decimal"):
        return str(value)
    return value.pattern if isinstance(value, re.Pattern) else None


def key(name):
    """The keys of an object are text."""
    name = name.value if isinstance(name, enum.Enum) else name
    if isinstance(name, bool):
        return "true" if name else "false"
    return as_text(name) or str(name)


def duration(length):
    """ISO 8601: `P1DT2H3M4.5S`."""
    sign, length = ("-", -length) if length.total_seconds() < 0 else ("", length)
    hours, minutes = divmod(length.seconds // 60, 60)
    seconds = length.seconds % 60 + length.microseconds / 1_000_000
    parts = [(hours, "H"), (minutes, "M"), (f"{seconds:.6f}".rstrip("0").rstrip("."), "S")]
    time = "".join(f"{amount}{unit}" for amount, unit in parts if str(amount) != "0")
    days = f"{length.days}D" if length.days else ""
    return f"{sign}P{days}T{time}" if time else f"{sign}P{days or 'T0S'}"


def shortened(text):
    """A text with its middle left out if it is long, and a notice that says so."""
    data = text.encode(errors="replace")
    if len(data) <= MOST_BYTES:
        return data.decode()
    half = MOST_BYTES // 2
    first, last = data[:half].decode(errors="ignore"), data[-half:].decode(errors="ignore")
    notice = (
        f"[Tool result truncated: showing first {half} bytes and last {half} bytes of {len(data)} "
        f"bytes (~{MOST_BYTES // BYTES_PER_TOKEN} of ~{-(-len(data) // BYTES_PER_TOKEN)} tokens); "
        f"omitted {len(data) - MOST_BYTES} middle bytes. Use a narrower query or request a smaller "
        "result to retain the relevant content.]"
    )
    return f"{first}\n{notice}\n{last}"
