"""The process that runs the functions of a card: requests on one pipe, answers on another.

A line of JSON each. Nothing here decides what a result means; whoever started the process does.
"""

import inspect
import json
import os
import signal
import sys
import threading
import types

from _agentcard_command import Command
from _agentcard_function import Function
from _agentcard_hook import Hook
from _agentcard_scalars import Bad, Unsupported
from _agentcard_values import shortened


class Answers:
    """The pipe that answers go to, a whole line at a time."""

    def __init__(self, descriptor):
        self.descriptor, self.lock = descriptor, threading.Lock()

    def send(self, message):
        line = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        data = line.encode(errors="replace") + b"\n"
        with self.lock:
            while data:
                data = data[os.write(self.descriptor, data) :]


class Fault(Exception):
    """Why a function is no tool. `line` is where in the module it went wrong, if that is known."""

    def __init__(self, kind, message, line=None):
        super().__init__(message)
        self.report = {"kind": kind, "message": message, "line": line}


def load_module(number, path, source):
    """Runs a module under a name of its own. Its directory is not searched for others."""
    name = f"_agentcard_module_{number}_{os.path.basename(path).rpartition('.')[0]}"
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    try:
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        raise Fault("import", described(error), line_of(error, path)) from error
    return module


def described(error):
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def line_of(error, path):
    """The last line of a module that had to do with an error."""
    if isinstance(error, SyntaxError):
        return error.lineno if error.filename == path else None
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def find(module, name):
    function = getattr(module, name, None)
    if callable(function):
        return function
    named = vars(module).items()
    own = [n for n, f in named if inspect.isroutine(f) and f.__module__ == module.__name__]
    raise Fault("missing", ", ".join(n for n in own if not n.startswith("_")))


KINDS = {"tool": Function, "hook": Hook, "command": Command}


class Host:
    """The functions, and the calls that are on their way."""

    def __init__(self, requests, answers):
        self.requests, self.answers = requests, answers
        self.functions, self.tasks, self.loop = [], {}, None

    def run(self):
        """Loads what the first request names, in the main thread, which modules may count on."""
        request = json.loads(self.requests.readline())
        # From now on the end of the requests ends the process, whatever a module is up to.
        reader = threading.Thread(target=self.serve, daemon=True)
        reader.start()
        reports = self.load(request)
        if any(function.is_async for function in self.functions):
            import asyncio

            self.loop = asyncio.new_event_loop()
        self.answers.send({"functions": reports})
        if self.loop is None:
            reader.join()
        else:
            self.loop.run_forever()

    def load(self, request):
        modules, reports = {}, []
        for number, module in enumerate(request["modules"]):
            try:
                source = module["source"].encode("latin-1")
                modules[number] = load_module(number, module["path"], source)
            except Fault as fault:
                modules[number] = fault
        for entry in request["functions"]:
            try:
                reports.append({"spec": self.function(modules[entry["module"]], entry)})
            except Fault as fault:
                reports.append({"fault": fault.report})
        return reports

    def function(self, module, entry):
        if isinstance(module, Fault):
            raise module
        found = find(module, entry["name"])
        try:
            function = KINDS[entry["kind"]](found, entry["name"])
            spec = function.spec()
        except (Unsupported, TypeError, ValueError) as error:
            line = getattr(getattr(found, "__code__", None), "co_firstlineno", None)
            raise Fault("signature", str(error), line) from error
        self.functions.append(function)
        return spec

    def serve(self):
        """Carries out requests until there are no more, which means that nobody wants answers."""
        for line in self.requests:
            request = json.loads(line)
            if "call" in request:
                self.begin(request["call"], self.functions[request["function"]], request["arguments"])
            elif "cancel" in request:
                self.cancel(request["cancel"])
        os.killpg(os.getpgid(0), signal.SIGKILL)

    def begin(self, call, function, arguments):
        if function.is_async:
            self.loop.call_soon_threadsafe(self.begin_task, call, function, arguments)
        else:
            work = (call, function, arguments)
            threading.Thread(target=self.work, args=work, daemon=True).start()

    def work(self, call, function, arguments):
        """Carries out a call in a thread of its own."""
        with Outcome(self.answers, call, function) as outcome:
            outcome.positional, named = function.bind(arguments)
            value = function.call(*outcome.positional, **named)
            if inspect.isawaitable(value):
                import asyncio

                value = asyncio.run(finished(value))
            outcome.value = value

    def begin_task(self, call, function, arguments):
        task = self.loop.create_task(self.work_async(call, function, arguments))
        self.tasks[call] = task
        task.add_done_callback(lambda task: self.end_task(call, task))

    def end_task(self, call, task):
        self.tasks.pop(call, None)
        if task.cancelled():
            # It never began, so that nobody has said yet that it is over.
            self.answers.send({"call": call, "error": "it was cancelled"})

    async def work_async(self, call, function, arguments):
        with Outcome(self.answers, call, function) as outcome:
            outcome.positional, named = function.bind(arguments)
            outcome.value = await function.call(*outcome.positional, **named)

    def cancel(self, call):
        """Gives up on a call. A thread cannot be stopped; it is left to whoever asked."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(lambda: call in self.tasks and self.tasks[call].cancel())


async def finished(awaitable):
    return await awaitable


class Outcome:
    """Sends what a call came to: a value, or whatever went wrong, which never gets any further."""

    def __init__(self, answers, call, function):
        self.answers, self.call, self.function = answers, call, function
        self.positional, self.value = [], None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        try:
            if error is None:
                answer = {"text": self.function.written(self.positional, self.value)}
            else:
                answer = {"error": shortened(self.words(error))}
        except BaseException as error:
            answer = {"error": f"the result cannot be written: {described(error)}"}
        self.answers.send({"call": self.call, **answer})
        return True

    def words(self, error):
        if isinstance(error, Bad):
            return self.function.complaint(error)
        if isinstance(error, SystemExit):
            return f"the function ended its process (exit code {error.code or 0})"
        return str(error) if isinstance(error, Exception) else described(error)


def main(requests):
    """Takes the pipes away from the functions, whose output goes to standard error."""
    answers = Answers(os.dup(1))
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    Host(requests, answers).run()
