"""The folder of the store: made where it is missing, and held by one gateway at a time."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from gateway.errors import StoreNotOurs
from gateway.words.stored import not_ours


class Folder:
    """Held from `hold` to `release`, or to the end of the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1

    def hold(self) -> None:
        """Raises StoreNotOurs where another process holds it. Where no file can be made nobody can spoil one: then unheld."""
        with suppress(OSError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if self._lock < 0:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise StoreNotOurs(not_ours("running", path=self.path)) from error

    def release(self) -> None:
        """Others may hold it now."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
