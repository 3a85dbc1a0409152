"""How far a database has come, noted beside it at every commit: so it shows when its journal, or all of it, is lost later."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 64


class HowFar:
    """A number in a file of its own, written after the commit that it tells of: it is never ahead of an honest disk.

    It is not synced, and nothing hangs on it: where it cannot be written or read nobody knows.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".far")
        self._file = -1
        self._noted = -1

    def read(self) -> int:
        """What was noted last; 0 where nothing is known."""
        data = b""
        with suppress(OSError):
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                data = os.read(file, MOST_BYTES)
            finally:
                os.close(file)
        number = data[:20]
        return int(number) if number.isdigit() and data == _line(int(number)) else 0

    def note(self, number: int) -> None:
        """From the next reading on it is this."""
        if number == self._noted:
            return
        self._noted = number
        with suppress(OSError):
            if self._file < 0:
                self._file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
            os.pwrite(self._file, _line(number), 0)

    def close(self) -> None:
        """What was noted stays."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _line(number: int) -> bytes:
    text = b"%020d" % number
    return b"%s %08x\n" % (text, zlib.crc32(text))
