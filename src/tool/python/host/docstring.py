"""What a docstring says of a function and of each of its parameters.

It reads Google's, NumPy's and Sphinx's forms, and knows nothing of types.
"""

import inspect
import re

GOOGLE_PARAMETERS = {"args", "arguments", "parameters", "params", "keyword args", "keyword arguments"}
GOOGLE_OTHERS = {
    "attributes", "example", "examples", "note", "notes", "raises", "return", "returns",
    "see also", "todo", "warning", "warnings", "warns", "yield", "yields",
}  # fmt: skip
NUMPY_PARAMETERS = {"parameters", "other parameters"}

GOOGLE_HEADER = re.compile(r"(\w[\w ]*):\s*$")
GOOGLE_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
NUMPY_ENTRY = re.compile(r"(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$")
SPHINX_FIELD = re.compile(r":(\w+)(?:\s+([^:]*))?:\s*(.*)$")
SPHINX_PARAMETERS = {"param", "parameter", "arg", "argument", "key", "keyword"}
SPHINX_OTHERS = {"type", "return", "returns", "rtype", "raise", "raises", "except", "yield", "yields"}


def parse(text):
    """Splits a docstring into its description and a dictionary of those of the parameters."""
    lines = inspect.cleandoc(text or "").splitlines()
    for read in (google, numpy, sphinx):
        found = read(lines)
        if found:
            start, parameters = found
            return "\n".join(lines[:start]).strip(), parameters
    return "\n".join(lines).strip(), {}


def indent(line):
    return len(line) - len(line.lstrip())


def block(lines, start, least):
    """The end of the lines from `start` on that are blank or indented at least so far."""
    end = start
    while end < len(lines) and (not lines[end].strip() or indent(lines[end]) >= least):
        end += 1
    return end


def entries(lines, pattern):
    """The entries of a section: lines at its own indentation, each with what is indented below."""
    margin = min((indent(line) for line in lines if line.strip()), default=0)
    found = []
    for line in lines:
        match = pattern.match(line.strip()) if line.strip() and indent(line) == margin else None
        if match:
            found.append((match, []))
        elif found:
            found[-1][1].append(line.strip())
    return found


def joined(lines):
    return "\n".join(lines).strip()


def google(lines):
    """`Args:` with an indented block below it."""
    first, parameters, at = None, {}, 0
    while at < len(lines):
        header = GOOGLE_HEADER.match(lines[at])
        name = header.group(1).lower() if header else None
        end = block(lines, at + 1, 1)
        has_block = any(line.strip() for line in lines[at + 1 : end])
        if name not in GOOGLE_PARAMETERS | GOOGLE_OTHERS or not has_block:
            at += 1
            continue
        first = at if first is None else first
        if name in GOOGLE_PARAMETERS:
            for match, more in entries(lines[at + 1 : end], GOOGLE_ENTRY):
                parameters[match.group(1)] = joined([match.group(2), *more])
        at = end
    return None if first is None else (first, parameters)


def numpy(lines):
    """`Parameters` underlined."""
    headers = [
        at
        for at, line in enumerate(lines[:-1])
        if line.strip() and indent(line) == 0 and re.fullmatch(r"-{3,}", lines[at + 1].rstrip())
    ]
    parameters = {}
    for at, end in zip(headers, [*headers[1:], len(lines)]):
        if lines[at].strip().lower() not in NUMPY_PARAMETERS:
            continue
        for match, more in entries(lines[at + 2 : end], NUMPY_ENTRY):
            for name in match.group(1).split(","):
                parameters[name.strip().lstrip("*")] = joined(more)
    return (headers[0], parameters) if headers else None


def sphinx(lines):
    """`:param NAME: …`, or `:param TYPE NAME: …`."""
    first, parameters, at = None, {}, 0
    while at < len(lines):
        field = SPHINX_FIELD.match(lines[at])
        kind = field.group(1) if field else None
        if kind not in SPHINX_PARAMETERS | SPHINX_OTHERS:
            at += 1
            continue
        first = at if first is None else first
        end = block(lines, at + 1, 1)
        words = (field.group(2) or "").split()
        if kind in SPHINX_PARAMETERS and words:
            more = [line.strip() for line in lines[at + 1 : end]]
            parameters[words[-1].lstrip("*")] = joined([field.group(3), *more])
        at = end
    return None if first is None else (first, parameters)
