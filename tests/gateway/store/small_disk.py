"""A disk of a few megabytes for a test, really mounted: it can be filled to the rim, emptied, and made read-only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """`folder` is where it is mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave_bytes: int = 0) -> None:
        """Somebody else's file takes all of it, or all but so much."""
        with self._filler.open("ab") as file:
            while (left := self.free_bytes() - leave_bytes) > 0:
                file.write(bytes(min(left, 65_536)))
                file.flush()

    def free_bytes(self) -> int:
        """What is left."""
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize

    def empty(self) -> None:
        """Somebody else's file goes."""
        self._filler.unlink(missing_ok=True)

    def read_only(self, on: bool = True) -> None:
        """As after an error of the card. No file may be open for writing."""
        mount("-o", "remount,ro" if on else "remount,rw", str(self.folder))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mounts a tmpfs; skips the test where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine does not let us mount a small disk: {error.stderr.decode().strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
