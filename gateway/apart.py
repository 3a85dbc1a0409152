"""Runs a function in a process of its own: what it has to import is gone from the memory with it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pkgutil import resolve_name
from typing import Any

from gateway.errors import LiferingError
from gateway.logger import Logger

log = Logger()

Call = Callable[..., Any]
"""What `module:function` gives for these arguments. Raises what it raises."""

# -P: no module of the folder where somebody happens to stand; the path is ours. Who is interrupted, or who has nobody left to
# answer to, ends without a word: no technician is to read a traceback.
BEGIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.path[:] = sys.argv[1:]
from gateway import apart
apart.answer()
"""
CHILD = (sys.executable, "-P", "-c", BEGIN)


def call(name: str, *args: Any) -> Any:
    """In a process of its own; in this one where none can be had. It blocks: an event loop asks for it in a thread."""
    return PendingCall(name, *args).answer()


def call_here(name: str, *args: Any) -> Any:
    """In this process, which keeps what was imported for it."""
    return resolve_name(name)(*args)


class PendingCall:
    """A call that has begun."""

    def __init__(self, name: str, *args: Any) -> None:
        self._name, self._args = name, args
        self._child: subprocess.Popen[bytes] | None = None
        with suppress(OSError):  # then `answer` does it here
            self._child = subprocess.Popen([*CHILD, *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            assert self._child.stdin
            self._child.stdin.write(pickle.dumps((name, args)))
            self._child.stdin.flush()

    def answer(self) -> Any:
        """What came of it, to be asked for once."""
        said = self._child.communicate()[0] if self._child else b""
        try:
            error, result = pickle.loads(said)  # noqa: S301 (of our own process)
        except Exception:  # it may say anything, where it says nothing of ours
            log.warning("no process of its own", returned=self._child and self._child.returncode)
            return call_here(self._name, *self._args)
        if error:
            raise error
        return result


def answer() -> None:
    """The other side: stdin has the call, stdout takes what came of it, and nothing that a driver of others has to say."""
    with os.fdopen(os.dup(1), "wb") as out:  # no process that is started for it gets this one
        os.dup2(2, 1)
        name, args = pickle.load(sys.stdin.buffer)  # noqa: S301 (of the process that began this one)
        error, result = None, None
        try:
            result = call_here(name, *args)
        except LiferingError as raised:
            error = raised
        out.write(pickle.dumps((error, result)))
    os._exit(0)  # a thread that was started for it would be waited for
