"""A limit on the time that a process takes: that in which it could run, and others did, is not counted."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


async def within(limit_s: float, pid: int, waiting: Coroutine[Any, Any, T], stopped_s: Callable[[], float] = lambda: 0.0) -> T:
    """What `waiting` gives. Raises TimeoutError once the process has had so many seconds for it, of work or of waiting.

    `stopped_s`: what else is not counted, so far: how long it was stopped (SIGSTOP), or others that it needs were held up.
    """
    begun_s, before_s = time.monotonic(), held_up_s(pid) + stopped_s()
    task = asyncio.ensure_future(waiting)
    try:
        while (left_s := limit_s - (time.monotonic() - begun_s) + (held_up_s(pid) + stopped_s() - before_s)) > 0:
            await asyncio.wait([task], timeout=left_s)
            if task.done():
                return task.result()
        raise TimeoutError(f"{limit_s} s")
    finally:
        task.cancel()


def own_s() -> float:
    """A clock of this process that stands still while others have the processor: for what its first thread does."""
    return time.monotonic() - held_up_s(os.getpid())


def held_up_s(pid: int) -> float:
    """How long it has waited for a processor so far (sched-stats, /proc/PID/schedstat); 0 where the kernel does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0
