"""Runs a program on a terminal of its own and pastes standard input into it, in brackets.

    paste.py ANSWER PROGRAM ARGUMENT...

Waits for the prompt, pastes, presses Enter, waits for ANSWER and another prompt, and leaves with Ctrl-D. Ends as the program does.
"""

import os
import pty
import select
import sys
import time

PATIENCE = 60

answer, program = sys.argv[1].encode(), sys.argv[2:]
text = sys.stdin.buffer.read()
child, terminal = pty.fork()
if child == 0:
    os.execve(program[0], program, os.environ | {"TERM": "xterm"})
os.set_blocking(terminal, False)
deadline = time.monotonic() + PATIENCE
shown = b""


def step(pending):
    """Reads what the program shows and writes what it takes. What is still to be written; nothing when it has left."""
    global shown
    readable, writable, _ = select.select([terminal], [terminal] if pending else [], [], 1)
    if writable:
        pending = pending[os.write(terminal, pending[:4096]) :]
    if readable:
        try:
            shown = (shown + os.read(terminal, 65536))[-4096:]
        except OSError:
            # The program has left, and its terminal with it.
            return None
    if time.monotonic() > deadline:
        sys.exit(f"nothing came of it in {PATIENCE} s; at the end there stood {shown!r}")
    return pending


def until(is_enough, pending=b""):
    """Writes, reads, and goes on until that is enough."""
    while pending or not is_enough():
        pending = step(pending)
        if pending is None:
            sys.exit(f"it left; at the end there stood {shown!r}")


until(lambda: b"> " in shown)
until(lambda: b"> " in shown.partition(answer)[2], memoryview(b"\x1b[200~" + text + b"\x1b[201~\r"))
pending = b"\x04"
while pending is not None:
    pending = step(pending)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
