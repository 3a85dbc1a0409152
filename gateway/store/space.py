"""Room on the disk: what readings may take of it, and what is kept for alerts alone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import StoreBroken

MB = 1_000_000
KEEP_FREE = 512 * MB  # of a disk of 4 GB and more; an eighth of a smaller one
ALERTS_OWN = 64 * MB  # alerts have 64 MB of their own: `store.max_mb` of the configuration is for readings


@dataclass(frozen=True)
class Space:
    """How big the readings' file may be: never over `max_bytes`, and never so big that the disk has nothing left.

    `folder` is None for a file in memory.
    """

    folder: Path | None
    max_bytes: int

    def limit(self, connection: sqlite3.Connection) -> int:
        """Bytes that the file may have now. Raises StoreBroken where the folder is gone."""
        if self.folder is None:
            return self.max_bytes
        disk = _disk_of(self.folder)
        keep_free = min(KEEP_FREE, disk.f_blocks * disk.f_frsize // 8)
        may_grow = disk.f_bavail * disk.f_frsize - keep_free
        return min(self.max_bytes, file_bytes(connection) + may_grow)

    def hold(self, connection: sqlite3.Connection) -> None:
        """From now on SQLite refuses to let the file grow over the limit (pages that are free in it can still be used)."""
        pages = max(1, self.limit(connection) // _number(connection, "page_size"))
        connection.execute(f"PRAGMA max_page_count = {pages}")


def nearly_full(folder: Path) -> bool:
    """Whether the disk has no more than alerts may need. Raises StoreBroken where the folder is gone."""
    disk = _disk_of(folder)
    return disk.f_bavail * disk.f_frsize < min(ALERTS_OWN, disk.f_blocks * disk.f_frsize // 8)


def _disk_of(folder: Path) -> os.statvfs_result:
    try:
        return os.statvfs(folder)
    except OSError as error:
        raise StoreBroken("io error") from error


def file_bytes(connection: sqlite3.Connection) -> int:
    """The size of the file."""
    return _number(connection, "page_count") * _number(connection, "page_size")


def free_bytes(connection: sqlite3.Connection) -> int:
    """What of it holds nothing."""
    return _number(connection, "freelist_count") * _number(connection, "page_size")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    number: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return number


class Reserve:
    """A file that holds disk space and nothing else; it gives way when an alert finds the disk full."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self) -> None:
        """Hold the space, or what there is of it: at most a quarter of what is free, so that it never fills a disk itself."""
        with suppress(OSError):  # a disk that refuses has its fault told elsewhere
            disk = os.statvfs(self._path.parent)
            size = min(ALERTS_OWN, disk.f_bavail * disk.f_frsize // 4)
            held = self._path.stat().st_size if self._path.exists() else 0
            if size > held:
                self._allocate(size)

    def _allocate(self, size: int) -> None:
        if self._path.exists() and not self._path.is_file():
            return  # a FIFO would be waited for
        self._path.touch(mode=0o600)
        with self._path.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def release(self) -> bool:
        """Give the space to whoever asks first; whether there was any."""
        with suppress(OSError):
            held = self._path.stat().st_size
            self._path.unlink()
            return held > 0
        return False
