"""Runs a function in a process of its own: what it has to import is gone from the memory with it."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pkgutil import resolve_name
from typing import Any

from gateway.errors import LiferingError
from gateway.logger import Logger

log = Logger()

ANSWER_S = 30.0  # a roster of hundreds takes some seconds on a slow card; who asks over the socket waits a minute
END_S = 1.0  # then nobody waits for the end of a process, which a dead disk may hold

Call = Callable[..., Awaitable[Any]]
"""What `module:function` gives for these arguments. Raises what it raises, and CallHangs."""

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


class CallHangs(LiferingError):
    """The process hung, and was ended."""


async def call(name: str, *args: Any) -> Any:
    """In a process of its own, which ends when nobody waits for it any more; in this one where none can be had."""
    pending = PendingCall(name, *args)
    try:
        return await asyncio.to_thread(pending.answer)
    finally:
        pending.end()


async def call_here(name: str, *args: Any) -> Any:
    """In a thread of this process, which keeps what was imported for it."""
    return await asyncio.to_thread(_done_here, name, *args)


def _done_here(name: str, *args: Any) -> Any:
    return resolve_name(name)(*args)


class PendingCall:
    """A call that has begun."""

    def __init__(self, name: str, *args: Any) -> None:
        self._name, self._args = name, args
        self._is_over = False
        self._child: subprocess.Popen[bytes] | None = None
        with suppress(OSError):  # then `answer` does it here
            self._child = subprocess.Popen([*CHILD, *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            assert self._child.stdin
            self._child.stdin.write(pickle.dumps((name, args)))
            self._child.stdin.flush()

    def answer(self) -> Any:
        """What came of it, to be asked for once; it blocks. Raises CallHangs where none comes in ANSWER_S, or it is ended."""
        said = self._said()
        if self._is_over:
            raise CallHangs
        try:
            error, result = pickle.loads(said)  # noqa: S301 (of our own process)
        except Exception:  # it may say anything, where it says nothing of ours
            log.warning("no process of its own", returned=self._child and self._child.returncode)
            return _done_here(self._name, *self._args)
        if error:
            raise error
        return result

    def _said(self) -> bytes:
        if self._child is None:
            return b""
        try:
            return self._child.communicate(timeout=ANSWER_S)[0]
        except subprocess.TimeoutExpired:
            self.end()
        with suppress(subprocess.TimeoutExpired):
            self._child.communicate(timeout=END_S)
        return b""

    def end(self) -> None:
        """The process is gone, and whoever waits for its answer gets none."""
        self._is_over = True
        if self._child:
            self._child.kill()


def answer() -> None:
    """The other side: stdin has the call, stdout takes what came of it, and nothing that a driver of others has to say."""
    with os.fdopen(os.dup(1), "wb") as out:  # no process that is started for it gets this one
        os.dup2(2, 1)
        name, args = pickle.load(sys.stdin.buffer)  # noqa: S301 (of the process that began this one)
        error, result = None, None
        try:
            result = _done_here(name, *args)
        except LiferingError as raised:
            error = raised
        out.write(pickle.dumps((error, result)))
    os._exit(0)  # a thread that was started for it would be waited for
