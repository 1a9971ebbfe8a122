"""A function as a tool: what a model is told of it, and how its arguments are read.

It does not call functions, and knows nothing of who does.
"""

import inspect
import typing

import _agentcard_docstring as docstring
from _agentcard_annotations import OMITTED, REQUIRED, Pydantic, compile, hints_of, ordered, with_default
from _agentcard_scalars import Bad, Unsupported, under
from _agentcard_values import shortened, text

MOST_SHOWN = 50


class Parameter:
    """One parameter: what it takes, and what it is if it is left out."""

    def __init__(self, parameter, hint, description):
        self.name = parameter.name
        self.is_positional = parameter.kind is parameter.POSITIONAL_ONLY
        default = parameter.default
        if is_field(default):
            hint, default = typing.Annotated[hint, default], from_field(default)
        elif default is parameter.empty:
            default = REQUIRED
        try:
            self.kind = compile(hint)
        except Unsupported as error:
            raise Unsupported(f"the parameter `{self.name}`: {error}") from error
        self.default, self.hint, self.description = default, hint, description

    def schema(self, defs):
        schema = with_default(self.kind.schema(defs), self.default)
        marks = [mark for mark in getattr(self.hint, "__metadata__", ()) if isinstance(mark, str)]
        description = schema.get("description") or next(iter(marks), self.description)
        return {**schema, "description": description} if description else schema


def is_field(default):
    return type(default).__name__ == "FieldInfo" and type(default).__module__.startswith("pydantic")


def from_field(field):
    if field.is_required():
        return REQUIRED
    return field.get_default(call_default_factory=True)


class Function:
    """A function as a tool."""

    def __init__(self, function, name):
        self.call = function
        self.name = getattr(function, "__name__", name)
        self.is_async = inspect.iscoroutinefunction(function)
        self.description, described = docstring.parse(inspect.getdoc(function))
        hints = hints_of(annotated_part(function))
        self.parameters = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
                raise Unsupported(f"functions with `{stars}{parameter.name}` cannot be tools")
            hint = hints.get(parameter.name, typing.Any)
            self.parameters.append(Parameter(parameter, hint, described.get(parameter.name)))

    def spec(self):
        """Name, description and the JSON Schema of the arguments."""
        defs = {}
        properties = {parameter.name: parameter.schema(defs) for parameter in self.parameters}
        required = [parameter.name for parameter in self.parameters if parameter.default is REQUIRED]
        schema = {"additionalProperties": False, "properties": properties, "type": "object"}
        if defs:
            schema["$defs"] = {name: made for name, (_, made) in sorted(defs.items())}
        if required:
            schema["required"] = required
        return {"name": self.name, "description": self.description, "parameters": ordered(schema)}

    def bind(self, arguments):
        """The arguments as Python has them, or everything that is wrong with them."""
        positional, named, issues = [], {}, []
        names = {parameter.name for parameter in self.parameters}
        for parameter in self.parameters:
            name = parameter.name
            if name in arguments:
                try:
                    value = parameter.kind.read(arguments[name])
                except Bad as error:
                    issues += under(name, error)
                    continue
            elif parameter.default is REQUIRED:
                issues.append(((name,), "Missing required argument", "missing_argument", arguments))
                continue
            else:
                value = parameter.default
            if parameter.is_positional:
                positional.append(value)
            elif name in arguments or isinstance(parameter.kind, Pydantic):
                named[name] = value
        for name in arguments:
            if name not in names:
                message = "Unexpected keyword argument"
                issues.append(((name,), message, "unexpected_keyword_argument", arguments[name]))
        if issues:
            raise Bad(issues)
        return positional, named

    def written(self, positional, value):
        """What was returned, for the model."""
        return shortened(text(value))

    def complaint(self, error):
        """What is wrong with the arguments, for the model."""
        count = len(error.issues)
        lines = [f"{count} validation error{'s' if count > 1 else ''} for call[{self.name}]"]
        for path, message, kind, value in error.issues:
            shown, of = repr(value), type(value).__name__
            if len(shown) > MOST_SHOWN:
                shown = shown[: MOST_SHOWN // 2] + "..." + shown[-MOST_SHOWN // 2 + 1 :]
            lines.append(".".join(str(step) for step in path))
            lines.append(f"  {message} [type={kind}, input_value={shown}, input_type={of}]")
        return "\n".join(lines)


def annotated_part(function):
    """Where the annotations of something that can be called are."""
    while hasattr(function, "func") and not hasattr(function, "__annotations__"):
        function = function.func
    if isinstance(function, type):
        return function.__init__
    return function if inspect.isroutine(function) else type(function).__call__
