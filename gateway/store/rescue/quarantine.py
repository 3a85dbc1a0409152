"""A damaged file is put aside under another name, and the one that was filled from it takes its place; it may be cut off."""

from __future__ import annotations

import os
from pathlib import Path

from gateway.store.database import damage_mark

KEEP_BROKEN = 2  # files put aside; older ones are deleted
NEW = ".new"  # the end of the name while it is filled


def beside(path: Path, end: str) -> Path:
    """The same name with this end."""
    return path.with_name(path.name + end)


def was_cut_off(path: Path) -> bool:
    """Whether an earlier rescue lacks only its last step."""
    return beside(path, NEW).exists() and not path.exists()


def replace(path: Path) -> None:
    """The new file takes the place of the damaged one. Raises OSError."""
    _put_aside(path)
    beside(path, NEW).rename(path)
    _sync(path.parent)


def _put_aside(path: Path) -> None:
    """The file and its journal become `<name>.broken-<n>`. What was cut off is taken up again."""
    broken = sorted(path.parent.glob(f"{path.name}.broken-*[0-9]"), key=_count)
    number = _count(broken[-1]) if broken else 0
    if path.exists():
        number += 1
        path.rename(beside(path, f".broken-{number}"))
    if beside(path, "-wal").exists():  # the new file must not find it
        beside(path, "-wal").rename(beside(path, f".broken-{number}-wal"))
    damage_mark(path).unlink(missing_ok=True)
    for spent in broken[: 1 - KEEP_BROKEN]:
        spent.unlink()
        beside(spent, "-wal").unlink(missing_ok=True)


def _count(broken: Path) -> int:
    return int(broken.name.rpartition("-")[2])


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
