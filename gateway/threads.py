"""The threads for work that would hold up the event loop, all started at the beginning: later there may be none."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

ENOUGH = 6  # a disk that hangs holds three or four of them


def started_threads(count: int = ENOUGH, name: str = "work") -> ThreadPoolExecutor:
    """They run when this returns. Else the pool starts each when it is needed, and fails where the system gives none.

    `name` begins their names, for whoever looks at the process.
    """
    pool, all_run = ThreadPoolExecutor(count, name), threading.Barrier(count + 1)
    try:
        for _ in range(count):
            pool.submit(all_run.wait)
        all_run.wait()
    except RuntimeError:  # there are fewer
        all_run.abort()
    return pool
