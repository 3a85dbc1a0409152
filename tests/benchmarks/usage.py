"""What a process has used: processor time, memory, bytes for the block device; as the kernel tells it."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
CPUCLOCK_SCHED = 2  # linux/posix-timers.h: the clock of a process, in nanoseconds
REST_S = 1.0
AT_REST = 0.02  # of one core


def cpu_s(pid: int) -> float:
    """User and system time of all its threads."""
    return time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED)


def rss_mb(pid: int) -> float:
    """Resident memory (proc(5), statm)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def written_bytes(pid: int) -> int:
    """Bytes that it caused to be sent to the storage layer (proc(5), io).

    Not in it: the file system's own journal, and what flash makes of it.
    """
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


async def released(pid: int, limit_s: float = 60) -> None:
    """Returns when it has done nearly nothing for a second. Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while True:
            before = cpu_s(pid)
            await asyncio.sleep(REST_S)
            if cpu_s(pid) - before < AT_REST * REST_S:
                return
