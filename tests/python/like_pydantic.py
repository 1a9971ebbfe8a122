"""Compares what the host makes of annotations with what pydantic makes of them.

Prints a line for each difference, and one when everything was compared.
"""

import dataclasses
import datetime
import decimal
import enum
import importlib.util
import inspect
import pathlib
import sys
import typing
import uuid
import warnings

import pydantic

ROOT = pathlib.Path(__file__).parents[2]
HOST = ("docstring", "values", "scalars", "annotations", "function")


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


host = {name: load(f"_agentcard_{name}", ROOT / f"src/tool/python/host/{name}.py") for name in HOST}


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


class Span(typing.NamedTuple):
    start: int
    end: int = 9


TYPES = [
    int, float, str, bool, bytes, type(None), typing.Any,
    typing.List[int], typing.Set[str], typing.FrozenSet[int], typing.Deque[int],
    typing.Tuple[int, str], typing.Tuple[int, ...], Span,
    typing.Dict[str, int], typing.Dict[int, str], typing.Dict[Color, int], typing.Dict[bool, int],
    typing.Optional[int], typing.Union[int, str], typing.Union[float, bool, str],
    typing.Union[int, float], typing.Union[typing.List[int], typing.List[str]],
    typing.Literal[1, "a"], typing.Literal[True], typing.Literal[0],
    Color, Level, typing.Optional[Color], Point,
    datetime.datetime, datetime.date, decimal.Decimal, uuid.UUID, pathlib.Path,
]  # fmt: skip

VALUES = [
    None, True, False, 0, 1, 2, -1, 1.0, 1.5, 10**30, "", "1", " 1 ", "1.0", "1.5", "1_000", "+3", "0x10",
    "abc", "r", "a", "true", "True", "yes", "Y", "nan", "inf", "1e3", "2020-01-02", "2020-01-02T03:04:05",
    "2020-01-02T03:04:05Z", "2020-01-02 03:04", "1577934245", 1577934245, 1577934245000, 1577923200,
    [], [1], ["1"], [1, "a"], ["a"], [1, 2, 3], {}, {"x": 1}, {"x": "1", "y": "2"}, {"x": 1, "z": 2},
    {"1": "a"}, {"r": 1}, {"true": 1}, {"start": 1}, {"start": "1", "end": 2},
    "12345678123456781234567812345678", "/tmp/x",
]  # fmt: skip

# What pydantic makes a number of in one place and none in another.
LEFT_OUT = {(datetime.datetime, "+3"), (datetime.date, "+3")}


def outcome(read, value):
    """The value that is read, if it is. In what words it is refused is not compared."""
    try:
        return read(value)
    except (pydantic.ValidationError, host["scalars"].Bad):
        return REFUSED


REFUSED = "(refused)"


def same(ours, theirs):
    """Whether two values are equal and of one type; a NaN is like another."""
    return type(ours) is type(theirs) and (ours == theirs or repr(ours) == repr(theirs))


def without_descriptions(schema):
    for part in schema.get("properties", {}).values():
        part.pop("description", None)
    return schema


def compare_values():
    count = 0
    for kind in TYPES:
        theirs = pydantic.TypeAdapter(kind).validate_python
        ours = host["annotations"].compile(kind).read
        for value in VALUES:
            if (kind, value if isinstance(value, str) else None) in LEFT_OUT:
                continue
            count += 1
            pair = outcome(ours, value), outcome(theirs, value)
            if not same(*pair):
                print(f"{kind} of {value!r}: {pair[0]!r}, but {pair[1]!r}")
    return count


def compare_schemas():
    count = 0
    for name in ("plain", "several", "choices", "records", "annotated"):
        module = load(name, ROOT / f"tests/fixtures/python/{name}.py")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__:
                continue
            try:
                theirs = pydantic.TypeAdapter(function).json_schema()
            except pydantic.errors.PydanticUserError:
                # It has no schema for positional arguments, nor for this Python's `TypedDict`.
                continue
            count += 1
            theirs = without_descriptions(host["annotations"].untitled(theirs))
            ours = without_descriptions(host["function"].Function(function, name).spec()["parameters"])
            # A default that is NaN is null in JSON.
            if ours != theirs and repr(ours) != repr(theirs).replace("nan", "None"):
                print(f"{module.__name__}.{name}: {ours}, but {theirs}")
    return count


warnings.simplefilter("ignore")
values, schemas = compare_values(), compare_schemas()
assert values > 1000 and schemas > 15, (values, schemas)
print("compared")
