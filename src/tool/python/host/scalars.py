"""The types that hold no others: the JSON Schema of each, and how a JSON value becomes one of them.

The rules are those of pydantic's lax mode. It knows no containers and no functions.
"""

import datetime
import decimal
import pathlib
import re
import uuid


class Unsupported(Exception):
    """An annotation of which no schema can be made."""


class Bad(Exception):
    """A value that does not fit: a list of (path, message, kind, value)."""

    def __init__(self, issues):
        super().__init__(issues)
        self.issues = issues


def bad(kind, message, value):
    return Bad([((), message, kind, value)])


def under(key, error):
    """The issues of a part, as issues of the whole."""
    return [((key, *path), *rest) for path, *rest in error.issues]


class Scalar:
    """A type with a schema of its own, and two readers: of exact values, and of those near them."""

    def __init__(self, label, schema, exact, lax):
        self.label, self._schema, self._exact, self._lax = label, schema, exact, lax

    def schema(self, defs):
        return dict(self._schema)

    def read(self, value, strict=False):
        if type(value) in self._exact:
            return self._lax(value)
        if strict:
            raise bad(f"{self.label}_type", f"Input should be a valid {self.label}", value)
        return self._lax(value)


def read_str(value):
    if isinstance(value, str):
        return value
    raise bad("string_type", "Input should be a valid string", value)


def read_int(value):
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        message = "Input should be a valid integer, got a number with a fractional part"
        raise bad("int_from_float", message, value)
    if isinstance(value, str):
        if re.fullmatch(r"[+-]?[0-9]+(_[0-9]+)*(\.0*)?", value.strip()):
            return int(value.strip().split(".")[0])
        message = "Input should be a valid integer, unable to parse string as an integer"
        raise bad("int_parsing", message, value)
    raise bad("int_type", "Input should be a valid integer", value)


def read_float(value):
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            message = "Input should be a valid number, unable to parse string as a number"
            raise bad("float_parsing", message, value) from None
    raise bad("float_type", "Input should be a valid number", value)


TRUE = {"1", "true", "t", "yes", "y", "on"}
FALSE = {"0", "false", "f", "no", "n", "off"}


def read_bool(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, str)):
        word = value.lower() if isinstance(value, str) else "01"[int(value)] if value in (0, 1) else ""
        if word in TRUE | FALSE:
            return word in TRUE
        message = "Input should be a valid boolean, unable to interpret input"
        raise bad("bool_parsing", message, value)
    raise bad("bool_type", "Input should be a valid boolean", value)


def read_none(value):
    if value is None:
        return None
    raise bad("none_required", "Input should be None", value)


def read_bytes(value):
    if isinstance(value, str):
        return value.encode()
    raise bad("bytes_type", "Input should be a valid bytes", value)


def from_text(kind, words, parse):
    """A reader of what is written as text."""

    def read(value):
        try:
            if isinstance(value, str):
                return parse(value)
        except (ValueError, ArithmeticError):
            pass
        raise bad(kind, f"Input should be {words}", value)

    return read


def moment(parse, from_seconds):
    """ISO 8601, or seconds since 1970. Before Python 3.11 `Z` is not understood."""

    def read(value):
        if isinstance(value, str):
            if re.fullmatch(r"-?\d+(\.\d+)?", value):
                return from_seconds(float(value))
            text = re.sub(r"[Zz]$", "+00:00", value)
            return parse(re.sub(r"^(\d{4}-\d\d-\d\d)[ t]", r"\1T", text))
        return from_seconds(value)

    return read


def from_text_or_number(kind, words, parse):
    def read(value):
        try:
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                return parse(value)
        except (ValueError, ArithmeticError, TypeError):
            pass
        raise bad(kind, f"Input should be {words}", value)

    return read


# A time that is further away is meant in milliseconds, as JavaScript has them.
MOST_SECONDS = 20_000_000_000


def utc(seconds):
    seconds = seconds / 1000 if abs(seconds) > MOST_SECONDS else seconds
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def time_of_day(seconds):
    if 0 <= seconds < 24 * 60 * 60:
        return utc(seconds).timetz()
    raise ValueError(seconds)


def midnight(seconds):
    if utc(seconds).time() == datetime.time():
        return utc(seconds).date()
    raise ValueError(seconds)


DURATION = re.compile(
    r"(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def duration(value):
    """ISO 8601, or seconds."""
    if not isinstance(value, str):
        return datetime.timedelta(seconds=value)
    match = DURATION.fullmatch(value)
    if not match or value.endswith(("P", "T")):
        raise ValueError(value)
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    length = datetime.timedelta(days, seconds, 0, 0, minutes, hours, weeks)
    return -length if match.group(1) else length


def text(**more):
    return {**more, "type": "string"}


def scalars():
    moments = {
        datetime.datetime: ("datetime", "date-time", datetime.datetime.fromisoformat, utc),
        datetime.date: ("date", "date", datetime.date.fromisoformat, midnight),
        datetime.time: (
            "time",
            "time",
            datetime.time.fromisoformat,
            time_of_day,
        ),
    }
    table = {
        str: Scalar("str", text(), (str,), read_str),
        int: Scalar("int", {"type": "integer"}, (int,), read_int),
        float: Scalar("float", {"type": "number"}, (float,), read_float),
        bool: Scalar("bool", {"type": "boolean"}, (bool,), read_bool),
        type(None): Scalar("none", {"type": "null"}, (type(None),), read_none),
        bytes: Scalar("bytes", text(format="binary"), (), read_bytes),
        datetime.timedelta: Scalar(
            "timedelta",
            text(format="duration"),
            (),
            from_text_or_number("time_delta_parsing", "a valid timedelta", duration),
        ),
        uuid.UUID: Scalar(
            "uuid", text(format="uuid"), (), from_text("uuid_parsing", "a valid UUID", uuid.UUID)
        ),
        decimal.Decimal: Scalar(
            "decimal",
            {"anyOf": [{"type": "number"}, text(pattern=DECIMAL)]},
            (),
            from_text_or_number("decimal_parsing", "a valid decimal", to_decimal),
        ),
        re.Pattern: Scalar(
            "pattern",
            text(format="regex"),
            (),
            from_text("pattern_regex", "a valid regular expression", compiled),
        ),
    }
    for kind, (label, form, parse, from_seconds) in moments.items():
        read = from_text_or_number(f"{label}_parsing", f"a valid {label}", moment(parse, from_seconds))
        table[kind] = Scalar(label, text(format=form), (), read)
    for kind in (pathlib.Path, pathlib.PurePath, pathlib.PurePosixPath, pathlib.PosixPath):
        read = from_text("path_type", "a valid path", kind)
        table[kind] = Scalar("path", text(format="path"), (), read)
    return table


DECIMAL = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"


def to_decimal(value):
    number = decimal.Decimal(str(value))
    if number.is_finite():
        return number
    raise ValueError(value)


def compiled(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(text) from error


SCALARS = scalars()
