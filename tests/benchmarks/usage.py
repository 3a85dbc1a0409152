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


def peak_rss_mb(pid: int) -> float:
    """The most resident memory since the start, or since `forget_peak` (proc(5), status)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6


def forget_peak(pid: int) -> None:
    """Counts the most memory anew from what it is now (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def pin(pid: int, cores: set[int]) -> None:
    """All its threads, and those that they will start, run on these cores alone."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


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
