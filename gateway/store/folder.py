"""The folder of the store: made where it is missing, and held by one gateway at a time."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from gateway.errors import StoreNotOurs
from gateway.words.stored import half_restored, in_use

LOCK = "lock"
UNFINISHED = "restore.unfinished"  # a backup is being put in place here, or was when it was cut off


def is_held(path: Path) -> bool:
    """Whether a gateway holds the folder at this path, as far as who asks may know; nothing is made or changed."""
    try:
        lock = os.open(path / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def is_file(path: Path) -> bool:
    """Whether there is one that can be read without waiting; no where nobody may look."""
    with suppress(OSError):
        return path.is_file()
    return False


class Folder:
    """Held from `hold` to `release`, or to the end of the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1

    def hold(self, *, to_restore: bool = False) -> None:
        """Raises StoreNotOurs where another process holds it, or where half of it is that of a backup.

        Where no file can be made nobody can spoil one: then unheld.
        """
        with suppress(OSError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if self._lock < 0:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise StoreNotOurs(in_use(self.path)) from error
        if not to_restore and is_file(self.path / UNFINISHED):
            self.release()
            raise StoreNotOurs(half_restored(self.path))

    def release(self) -> None:
        """Others may hold it now."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
