"""Replaces a file in one step: whoever reads it, also after a power cut, finds the old one or the new one, whole."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import LiferingError


class CannotWrite(LiferingError):
    """The file stays as it was; `why`: what the system says."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why

    def __reduce__(self) -> tuple[object, ...]:  # type: ignore[explicit-override]  # from 3.12 on
        return type(self), (self.path, self.why)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Whoever else wants to change this file, or one beside it, waits meanwhile."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield  # there is nothing to be changed
        return
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def replace_file(path: Path, data: bytes) -> None:
    """On the disk when it returns, with the owner and the mode of the old one. Raises CannotWrite."""
    path = path.resolve()  # where it is a link, the link stays
    try:
        new = _beside(path, data)
        try:
            new.replace(path)
        except OSError:
            new.unlink()
            raise
        _sync(path.parent)
    except OSError as error:
        raise CannotWrite(path, error.strerror or type(error).__name__) from error


def _beside(path: Path, data: bytes) -> Path:
    old = path.stat()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(descriptor, old.st_uid, old.st_gid)
            os.fchmod(descriptor, old.st_mode & 0o7777)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
