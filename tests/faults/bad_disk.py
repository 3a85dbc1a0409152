"""A bad disk below one folder, for one process: a preloaded library (bad_disk.c, compiled when it is needed)."""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from enum import IntEnum, IntFlag
from pathlib import Path
from shutil import which
from typing import NamedTuple

LIBRARY = "LIFERING_BAD_DISK_LIBRARY"  # in the environment of a process that has it
FOR_EVER = -1


class Operation(IntFlag):
    """What a process asks of its disk. NAME: a file is renamed or removed."""

    OPEN = 1
    READ = 2
    WRITE = 4
    SYNC = 8
    CUT = 16
    NAME = 32
    CHANGE = OPEN | WRITE | SYNC | CUT | NAME


class What(IntEnum):
    """What becomes of it.

    DIES: kill -9 before it. DIES_HALFWAY: half of a write is done. POWER: what was not synced is gone with the process.
    POWER_PAGES: of each page some state since the last sync is on the disk. POWER_TORN: of one write the first or last bytes
    are. FAILS: with an error, so many times. SHORT: half of a write is done, and the process is told so. LIES: a sync fails,
    what it should have written never comes to the disk, and the next sync succeeds. SLOW: it takes its time. FULL: the files
    grow by so many bytes, and no more.
    """

    NOTHING = 0
    DIES = 1
    DIES_HALFWAY = 2
    POWER = 3
    POWER_PAGES = 4
    POWER_TORN = 5
    FAILS = 6
    SHORT = 7
    LIES = 8
    SLOW = 9
    FULL = 10


POWER_CUTS = (What.POWER, What.POWER_PAGES, What.POWER_TORN)
DEATHS = (What.DIES, What.DIES_HALFWAY, *POWER_CUTS)


class Fault(NamedTuple):
    """The nth of these operations, and the `times` - 1 after it. `room`: bytes, of a disk that gets full."""

    what: What
    operations: Operation = Operation.CHANGE
    nth: int = 1
    times: int = 1
    error: int = 0
    seed: int = 0
    room: int = 0

    @property
    def words(self) -> str:
        """For whoever repeats it."""
        of = self.operations.name if self.operations is not Operation.CHANGE else "change"
        error = f" {errno.errorcode[self.error]}" if self.error else ""
        return f"{self.what.name.lower()}{error} at {of} {self.nth}, seed {self.seed}"


class BadDisk:
    """Of this process; where the library is not preloaded it cannot be made."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)

    def below(self, folder: Path, fault: Fault) -> None:
        """From now on; operations are counted anew."""
        self._library.bad_disk(
            os.fsencode(folder),
            int(fault.operations),
            ctypes.c_long(fault.nth),
            int(fault.what),
            fault.times,
            fault.error,
            ctypes.c_uint(fault.seed),
            ctypes.c_long(fault.room),
        )

    @property
    def operations(self) -> int:
        """How many there were."""
        return int(self._library.bad_disk_count())

    def mended(self) -> None:
        """No fault any more; what a sync has lost stays lost."""
        self._library.bad_disk_mended()

    def kill_after(self, seconds: float) -> None:
        """kill -9, when the process has had the processor for so long: that is the same however busy the machine is."""
        self._library.bad_disk_kill_after(ctypes.c_long(max(1, round(seconds * 1e6))))

    def power_fails(self, how: What, seed: int) -> None:
        """Now."""
        self._library.bad_disk_power(int(how), ctypes.c_uint(seed))


def environment(folder: Path, fault: Fault, library: str) -> dict[str, str]:
    """For a process that is started with such a disk."""
    values = (fault.operations, fault.nth, fault.what, fault.times, fault.error, fault.seed, fault.room)
    told = " ".join(str(int(value)) for value in values)
    return {"LD_PRELOAD": library, "LIFERING_BAD_DISK": f"{told} {folder}"}


def is_preloaded() -> bool:
    """Whether this process has the library."""
    return LIBRARY in os.environ


def compiled(folder: Path) -> Path | None:
    """The library; None: there is no C compiler."""
    compiler = which("gcc") or which("cc")
    if compiler is None:
        return None
    library = folder / "bad_disk.so"
    source = Path(__file__).with_name("bad_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def run_preloaded(module: str, arguments: Sequence[str], folder: Path) -> int | None:
    """This module in a process that has the library, and how it ended; None: there is no C compiler."""
    library = compiled(folder)
    if library is None:
        return None
    preloaded = {**os.environ, LIBRARY: str(library), "LD_PRELOAD": str(library)}
    return subprocess.run([sys.executable, "-m", module, *arguments], env=preloaded, check=False).returncode
