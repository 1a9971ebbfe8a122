"""What an annotation means: the JSON Schema of its values, and how a JSON value becomes one of them.

The rules are those of pydantic's lax mode. What only pydantic knows is left to pydantic, if it is
there. It knows no functions.
"""

import collections
import collections.abc
import dataclasses
import enum
import inspect
import types
import typing

from _agentcard_scalars import SCALARS, Bad, Unsupported, bad, under
from _agentcard_values import plain


class Any:
    """Anything."""

    label = "any"

    def schema(self, defs):
        return {}

    def read(self, value, strict=False):
        return value


class Items:
    """A list, a set or their like."""

    def __init__(self, item, make):
        self.item, self.make = item, make
        self.is_set = make in (set, frozenset)
        self.label = f"{make.__name__}[{item.label}]"

    def schema(self, defs):
        schema = {"items": self.item.schema(defs), "type": "array"}
        return {**schema, "uniqueItems": True} if self.is_set else schema

    def read(self, value, strict=False):
        if not isinstance(value, list):
            name = "set" if self.is_set else "list"
            raise bad(f"{name}_type", f"Input should be a valid {name}", value)
        return self.make(each(enumerate(value), lambda at, item: self.item.read(item, strict)))


class Fixed:
    """A tuple with a type for each place."""

    def __init__(self, items):
        self.items = items
        self.label = f"tuple[{','.join(item.label for item in items)}]"

    def schema(self, defs):
        length = len(self.items)
        schema = {"maxItems": length, "minItems": length}
        if self.items:
            schema["prefixItems"] = [item.schema(defs) for item in self.items]
        return {**schema, "type": "array"}

    def read(self, value, strict=False):
        if not isinstance(value, list):
            raise bad("tuple_type", "Input should be a valid tuple", value)
        if len(value) > len(self.items):
            message = f"Tuple should have at most {len(self.items)} items, not {len(value)}"
            raise bad("too_long", message, value)
        missing = [((at,), "Field required", "missing", value) for at in range(len(value), len(self.items))]
        return tuple(
            each(enumerate(value), lambda at, item: self.items[at].read(item, strict), missing)
        )


class Named(Fixed):
    """A tuple whose places have names and may have defaults."""

    def __init__(self, cls):
        hints = hints_of(cls)
        super().__init__([compile(hints.get(name, typing.Any)) for name in cls._fields])
        self.cls, self.label, self.defaults = cls, cls.__name__, cls._field_defaults

    def schema(self, defs):
        return defined(self.cls, defs, lambda: self._array(defs))

    def _array(self, defs):
        schema = super().schema(defs)
        schema["minItems"] -= len(self.defaults)
        schema["prefixItems"] = [
            with_default(item, self.defaults.get(name, REQUIRED))
            for name, item in zip(self.cls._fields, schema.get("prefixItems", ()))
        ]
        return schema

    def read(self, value, strict=False):
        if isinstance(value, dict) and set(value) <= set(self.cls._fields):
            value = [value.get(name, self.defaults.get(name)) for name in self.cls._fields]
        elif isinstance(value, list):
            value = value + [self.defaults[n] for n in self.cls._fields[len(value) :] if n in self.defaults]
        return self.cls._make(super().read(value, strict))


class Mapping:
    """A dictionary, whose keys are text where it comes from."""

    label = "dict"

    def __init__(self, key, value):
        self.key, self.value = key, value

    def schema(self, defs):
        schema = {"additionalProperties": self.value.schema(defs) or True, "type": "object"}
        if isinstance(self.key, (Choice, Member)):
            # That they are text goes without saying.
            names = {key: part for key, part in self.key.schema(defs).items() if key != "type"}
            schema["propertyNames"] = names
        return ordered(schema)

    def read(self, value, strict=False):
        if not isinstance(value, dict):
            raise bad("dict_type", "Input should be a valid dictionary", value)
        keys = each(((key, key) for key in value), lambda at, key: self.key.read(key))
        values = each(value.items(), lambda at, item: self.value.read(item, strict))
        return dict(zip(keys, values))


class Union:
    """One of several: the first that fits exactly, or else the first that fits."""

    def __init__(self, members):
        self.members = members
        # Nothing is nothing. What is wrong with all else is told of the others alone.
        self.others = [member for member in members if member is not SCALARS[type(None)]]
        self.label = "union[" + ",".join(member.label for member in members) + "]"

    def schema(self, defs):
        return {"anyOf": [member.schema(defs) for member in self.members]}

    def read(self, value, strict=False):
        if value is None and len(self.others) < len(self.members):
            return None
        if len(self.others) == 1:
            return self.others[0].read(value, strict)
        issues = []
        for mode in (True, False)[: 1 if strict else 2]:
            issues = []
            for member in self.others:
                try:
                    return member.read(value, mode)
                except Bad as error:
                    issues += under(member.label, error)
        raise Bad(issues)


def listed(values):
    """`'a', 'b' or 'c'`."""
    shown = [repr(value) for value in values]
    return " or ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def of_values(values):
    """The schema of these values and no others."""
    schema = {"enum": values}
    names = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
    kinds = {names.get(type(value)) for value in values}
    kind = kinds.pop() if len(kinds) == 1 else None
    return {**schema, "type": kind} if kind else schema


class Choice:
    """A `Literal`."""

    label = "literal"

    def __init__(self, values):
        self.values = values

    def schema(self, defs):
        schema = of_values([v.value if isinstance(v, enum.Enum) else v for v in self.values])
        if len(self.values) == 1:
            schema = {"const": schema.pop("enum")[0], **schema}
        return schema

    def read(self, value, strict=False):
        for own in self.values:
            if (own.value if isinstance(own, enum.Enum) else own) == value:
                return own
        raise bad("literal_error", f"Input should be {listed(self.values)}", value)


def defined(cls, defs, make):
    """A reference to the schema of a class, which is made once."""
    name = cls.__name__
    if name in defs and defs[name][0] is not cls:
        name = f"{cls.__module__}__{cls.__qualname__}".replace(".", "__")
    if name not in defs:
        # It may be part of itself.
        defs[name] = (cls, {})
        defs[name] = (cls, make())
    return {"$ref": f"#/$defs/{name}"}


def about(cls):
    """What the author wrote of a class, and not what Python wrote in its place."""
    doc = cls.__dict__.get("__doc__")
    is_made_up = not doc or doc.startswith((f"{cls.__name__}(", "An enumeration."))
    return {} if is_made_up else {"description": inspect.cleandoc(doc)}


class Member:
    """An enumeration, by its values."""

    def __init__(self, cls):
        self.cls, self.label = cls, cls.__name__

    def schema(self, defs):
        values = [member.value for member in self.cls]
        return defined(self.cls, defs, lambda: ordered({**of_values(values), **about(self.cls)}))

    def read(self, value, strict=False):
        for member in self.cls:
            if member.value == value and isinstance(value, bool) == isinstance(member.value, bool):
                return member
        # A number may be written as text.
        for kind in () if strict else (int, float):
            if issubclass(self.cls, kind):
                try:
                    return self.cls(SCALARS[kind].read(value))
                except (Bad, ValueError):
                    pass
        message = f"Input should be {listed([member.value for member in self.cls])}"
        raise bad("enum", message, value)


REQUIRED = object()


class Record:
    """A class of named fields, which is an object: a dataclass or a TypedDict."""

    def __init__(self, cls):
        self.cls, self.label = cls, cls.__name__
        self._fields = None

    def fields(self):
        """By name: what it holds, and its default. Found when first asked for."""
        if self._fields is None:
            hints = hints_of(self.cls)
            self._fields = {
                name: (compile(hint), default)
                for name, hint, default in (
                    typed_dict(self.cls, hints) if typing_is_typeddict(self.cls) else dataclass(self.cls, hints)
                )
            }
        return self._fields

    def schema(self, defs):
        return defined(self.cls, defs, lambda: self._object(defs))

    def _object(self, defs):
        properties, required = {}, []
        for name, (kind, default) in self.fields().items():
            properties[name] = with_default(kind.schema(defs), default)
            if default is REQUIRED:
                required.append(name)
        schema = {"properties": properties, "type": "object", **about(self.cls)}
        return ordered({**schema, "required": required} if required else schema)

    def read(self, value, strict=False):
        if not isinstance(value, dict):
            message = "Input should be a dictionary or an instance of " + self.cls.__name__
            raise bad("dataclass_type", message, value)
        fields = self.fields()
        if strict and set(value) - set(fields):
            raise bad("unexpected", "Input should have no other fields", value)
        missing = [
            ((name,), "Field required", "missing", value)
            for name, (_, default) in fields.items()
            if default is REQUIRED and name not in value
        ]
        given = [(name, value[name]) for name in fields if name in value]
        read = each(given, lambda name, item: fields[name][0].read(item, strict), missing)
        return self.cls(**dict(zip((name for name, _ in given), read)))


def typing_is_typeddict(cls):
    return isinstance(cls, type) and issubclass(cls, dict) and hasattr(cls, "__total__")


def typed_dict(cls, hints):
    for name, hint in hints.items():
        # Before Python 3.11 a field is not marked by itself.
        mark = getattr(typing.get_origin(hint), "_name", None)
        hint = typing.get_args(hint)[0] if mark in ("Required", "NotRequired") else hint
        yield name, hint, REQUIRED if name in cls.__required_keys__ else OMITTED


# It may be left out, and there is no value in its place.
OMITTED = object()


def dataclass(cls, hints):
    for field in dataclasses.fields(cls):
        if field.init:
            default = field.default
            if default is dataclasses.MISSING:
                is_made = field.default_factory is not dataclasses.MISSING
                default = OMITTED if is_made else REQUIRED
            yield field.name, hints.get(field.name, typing.Any), default


class Pydantic:
    """What pydantic reads: its models, and what is annotated for it."""

    def __init__(self, annotation):
        self.label = getattr(annotation, "__name__", "value")
        self.adapter = pydantic().TypeAdapter(annotation)
        # Asked for the schema of a list of it, pydantic refers to a model as it does in a function.
        self.listed = pydantic().TypeAdapter(typing.List[annotation])

    def schema(self, defs):
        whole = untitled(self.listed.json_schema())
        for name, schema in whole.get("$defs", {}).items():
            defs.setdefault(name, (name, schema))
        return whole["items"]

    def read(self, value, strict=False):
        try:
            return self.adapter.validate_python(value, strict=None)
        except pydantic().ValidationError as error:
            issues = error.errors(include_url=False, include_context=False)
            raise Bad([(e["loc"], e["msg"], e["type"], e["input"]) for e in issues]) from None


def pydantic():
    try:
        import pydantic
    except ImportError:
        raise Unsupported("it takes pydantic, which this Python does not have") from None
    return pydantic


def untitled(schema):
    """A schema without the titles that pydantic makes of names."""
    if isinstance(schema, list):
        return [untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: untitled(part) for name, part in value.items()}
        if key in ("properties", "$defs")
        else value
        if key in ("default", "enum", "const", "examples")
        else untitled(value)
        for key, value in schema.items()
        if key != "title"
    }


def ordered(schema):
    """The keys in alphabetical order, as pydantic has them."""
    return dict(sorted(schema.items()))


def unwritable(value):
    raise TypeError(value)


def with_default(schema, default):
    """A schema with a default, if that can be written as JSON."""
    if default is REQUIRED or default is OMITTED:
        return schema
    try:
        return ordered({**schema, "default": plain(default, unknown=unwritable)})
    except (TypeError, ValueError, RecursionError):
        return schema


def each(pairs, read, issues=()):
    """Reads all parts, and complains of all that are bad together."""
    values, issues = [], list(issues)
    for key, part in pairs:
        try:
            values.append(read(key, part))
        except Bad as error:
            issues += under(key, error)
    if issues:
        raise Bad(issues)
    return values


def hints_of(target):
    """The annotations of a function or class, resolved."""
    try:
        return typing.get_type_hints(target, include_extras=True)
    except Exception as error:
        raise Unsupported(f"an annotation cannot be resolved: {error}") from error


SEQUENCES = {
    list: list,
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
    collections.abc.Iterator: iter,
    collections.deque: collections.deque,
    set: set,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
    frozenset: frozenset,
}
MAPPINGS = (
    dict,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
    collections.OrderedDict,
    collections.defaultdict,
)
UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))


def compile(annotation):
    """What an annotation means."""
    if annotation is typing.Any or annotation is object or annotation is None:
        return SCALARS[type(None)] if annotation is None else Any()
    if isinstance(annotation, typing.TypeVar):
        return compile(annotation.__bound__) if annotation.__bound__ else Any()
    if hasattr(annotation, "__metadata__"):
        return annotated(annotation)
    if hasattr(annotation, "__supertype__"):
        return compile(annotation.__supertype__)
    if hasattr(annotation, "__value__"):
        return compile(annotation.__value__)
    origin, arguments = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    if origin in UNIONS:
        return Union([compile(argument) for argument in arguments])
    if origin is typing.Literal:
        return Choice(list(arguments))
    if origin in (typing.Final, typing.ClassVar):
        return compile(arguments[0])
    return container(annotation, origin, arguments) or single(annotation, origin)


def annotated(annotation):
    """A text is a description, which is the parameter's; all else is for pydantic."""
    if all(isinstance(mark, str) for mark in annotation.__metadata__):
        return compile(annotation.__origin__)
    return Pydantic(annotation)


def container(annotation, origin, arguments):
    try:
        is_known = origin in SEQUENCES or origin in MAPPINGS or origin is tuple
    except TypeError:
        return None
    if not is_known:
        return None
    kinds = [compile(argument) for argument in arguments if argument not in (..., ())]
    if origin in MAPPINGS:
        return Mapping(*(kinds or (SCALARS[str], Any())))
    if origin is tuple and ... not in arguments and annotation not in (tuple, typing.Tuple):
        return Fixed(kinds)
    return Items(kinds[0] if kinds else Any(), SEQUENCES.get(origin, tuple))


def single(annotation, cls):
    """A class that holds no others."""
    if not isinstance(cls, type):
        raise Unsupported(f"there is no JSON for the type {shown(annotation)}")
    if cls in SCALARS:
        return SCALARS[cls]
    if hasattr(cls, "__pydantic_validator__") or hasattr(cls, "__get_pydantic_core_schema__"):
        return Pydantic(annotation)
    if issubclass(cls, enum.Enum):
        return Member(cls)
    if dataclasses.is_dataclass(cls) or typing_is_typeddict(cls):
        return Record(cls)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return Named(cls)
    raise Unsupported(f"there is no JSON for the type {shown(annotation)}")


def shown(annotation):
    return getattr(annotation, "__qualname__", None) or str(annotation)
