"""A limit on the time that a process takes: that in which it could run, and others did, is not counted."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


async def within(
    limit_s: float, pid: int, waiting: Coroutine[Any, Any, T], uncounted_s: Callable[[], float] = lambda: 0.0
) -> T:
    """What `waiting` gives. Raises TimeoutError once the process has had so many seconds for it, of work or of waiting.

    `uncounted_s`: what else is not counted, so far: how long another process was held up whose work it needs.
    """
    begun_s, before_s = time.monotonic(), held_up_s(pid) + uncounted_s()
    free_s = 0.0  # never less than it was: a thread that ends takes along what it waited
    task = asyncio.ensure_future(waiting)
    try:
        while (left_s := limit_s - (time.monotonic() - begun_s) + free_s) > 0:
            await asyncio.wait([task], timeout=left_s)
            if task.done():
                return task.result()
            free_s = max(free_s, held_up_s(pid) + uncounted_s() - before_s)
        raise TimeoutError(f"{limit_s} s")
    finally:
        task.cancel()


def own_s() -> float:
    """A clock of this process that stands still while others have the processor: for what its first thread does."""
    return time.monotonic() - _waited_s(Path(f"/proc/{os.getpid()}/schedstat"))


def held_up_s(pid: int) -> float:
    """How long its threads have waited for a processor so far, together; 0 where the kernel does not tell."""
    return sum(map(_waited_s, Path(f"/proc/{pid}/task").glob("*/schedstat")))


def _waited_s(schedstat: Path) -> float:
    """Of one thread (sched-stats)."""
    try:
        return int(schedstat.read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0
