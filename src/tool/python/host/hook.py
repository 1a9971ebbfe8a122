"""A function that is handed a context, at a moment of an agent: what is in that, and what the
function left of the calls.

It does not call functions, and knows nothing of who does.
"""

import inspect
import json
from types import SimpleNamespace


class ShellName(str):
    """The name of the tool that runs commands, which is equal to the one it had before: a hook that
    knows only that one would otherwise let every command pass.
    """

    NAMES = ("bash", "execute")

    def __eq__(self, other):
        return other in self.NAMES

    def __ne__(self, other):
        return other not in self.NAMES

    __hash__ = str.__hash__


def call(written):
    arguments = written["arguments"] if isinstance(written["arguments"], dict) else {}
    name = written["name"]
    name = ShellName(name) if name in ShellName.NAMES else name
    params = SimpleNamespace(name=name, arguments=arguments)
    return SimpleNamespace(method="tools/call", params=params)


def message(written):
    """A message of the conversation. A result is under the call that it answers."""
    calls = {each["id"]: call(each) for each in written.get("tool_calls", ())}
    results = {written["call_id"]: written["content"]} if "call_id" in written else {}
    return SimpleNamespace(
        role="user" if results else written["role"],
        content=written["content"],
        tool_calls=calls or None,
        tool_results=results or None,
    )


class Contextual:
    """A function of one argument, the context. All that its caller says is in that."""

    def __init__(self, function, name):
        self.call = function
        self.name = name
        self.is_async = inspect.iscoroutinefunction(function)

    def spec(self):
        inspect.signature(self.call).bind(None)
        return {"name": self.name, "description": "", "parameters": {}}

    def bind(self, arguments):
        messages = [message(each) for each in arguments["messages"]]
        said = {name: value for name, value in arguments.items() if name != "messages"}
        return [SimpleNamespace(**said, message_history=messages)], {}


class Hook(Contextual):
    """A function that is run at a moment. The message it is about is the last one."""

    def bind(self, arguments):
        [context], named = super().bind(arguments)
        history = context.message_history
        context.message = history[-1] if history else None
        return [context], named

    def written(self, positional, value):
        """The calls as they were left."""
        calls = getattr(positional[0].message, "tool_calls", None) or {}
        left = {
            name: {"name": each.params.name, "arguments": each.params.arguments or {}}
            for name, each in calls.items()
        }
        return json.dumps(left)
