"""A function that is run at a moment of an agent: what it is handed, and what it left of the calls.

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


class Hook:
    """A function of one argument, the context."""

    def __init__(self, function, name):
        self.call = function
        self.name = name
        self.is_async = inspect.iscoroutinefunction(function)

    def spec(self):
        inspect.signature(self.call).bind(None)
        return {"name": self.name, "description": "", "parameters": {}}

    def bind(self, arguments):
        written = arguments["context"]
        messages = [message(each) for each in written["messages"]]
        context = SimpleNamespace(
            hook_type=written["hook_type"],
            agent_name=written["agent_name"],
            message=messages[-1] if messages else None,
            message_history=messages,
        )
        return [context], {}

    def written(self, positional, value):
        """The calls as they were left."""
        calls = getattr(positional[0].message, "tool_calls", None) or {}
        left = {
            name: {"name": each.params.name, "arguments": each.params.arguments or {}}
            for name, each in calls.items()
        }
        return json.dumps(left)
