"""A damaged file is put aside under another name, and the one that was filled from it takes its place; it may be cut off."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from gateway.store.database import damage_mark
from gateway.store.folder import is_file

KEEP_BROKEN = 2  # files put aside of each database; older ones are deleted
KEEP_DAYS = 30  # then these go too: they hold what is forgotten elsewhere
NEW = ".new"  # the end of the name while it is filled
PARTS = ("", "-wal", "-journal", "-shm")
LOCKED = "-locked"  # the end of the name of a mark beside a file that was put aside: its key was missing


def beside(path: Path, end: str) -> Path:
    """The same name with this end."""
    return path.with_name(path.name + end)


def was_cut_off(path: Path) -> bool:
    """Whether an earlier rescue lacks only its last step."""
    return is_file(beside(path, NEW)) and not os.path.lexists(path)


def replace(path: Path, *, is_locked: bool = False) -> None:
    """The new file takes the place of the damaged one, or of one whose key is missing. Raises OSError."""
    number = _last(path) + os.path.lexists(path)  # what was cut off is taken up again
    if is_locked:
        beside(path, f".broken-{number}{LOCKED}").touch(mode=0o600)
    for part in PARTS:  # the new file must not find one of them
        if os.path.lexists(beside(path, part)):
            beside(path, part).rename(beside(path, f".broken-{number}{part}"))
    remove(damage_mark(path))
    _forget_all_but_the_last(path, number)
    beside(path, NEW).rename(path)
    sync_folder(path.parent)


def keep_copy(path: Path) -> None:
    """Of a sound file, of which some rows are going to be taken out. A disk that has no room for it does not get it."""
    number = _last(path) + 1
    for part in ("", "-wal"):
        with suppress(OSError):
            shutil.copyfile(beside(path, part), beside(path, f".broken-{number}{part}"))
            beside(path, f".broken-{number}{part}").chmod(0o600)
    _forget_all_but_the_last(path, number)


def forget(folder: Path, before_s: float) -> int:
    """Delete what was put aside before (wall clock, seconds); how many files that were."""
    old = [path for path in folder.glob("*.db.broken-*") if path.lstat().st_ctime < before_s]  # of the renaming
    for path in old:
        remove(path)
    return len(old)


def remove(path: Path) -> None:
    """A file, or a folder in its place; where it cannot be removed it stays."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _last(path: Path) -> int:
    return max(_numbers(path), default=0)


def _numbers(path: Path) -> set[int]:
    names = re.compile(rf"{re.escape(path.name)}\.broken-(\d{{1,9}})(-[a-z]+)?")
    return {int(match[1]) for other in path.parent.iterdir() if (match := names.fullmatch(other.name))}


def locked(path: Path) -> list[Path]:
    """What was put aside because its key was missing."""
    with suppress(OSError):
        asides = [beside(path, f".broken-{number}") for number in sorted(_numbers(path))]
        return [aside for aside in asides if is_file(beside(aside, LOCKED)) and is_file(aside)]
    return []


def unlock(aside: Path) -> None:
    """It is put aside like any other."""
    remove(beside(aside, LOCKED))


def _forget_all_but_the_last(path: Path, number: int) -> None:
    kept = {int(aside.name.rpartition("-")[2]) for aside in locked(path)} | {number - at for at in range(KEEP_BROKEN)}
    for spent in _numbers(path) - kept:
        for part in PARTS:
            remove(beside(path, f".broken-{spent}{part}"))


def sync_folder(folder: Path) -> None:
    """What was renamed in it stays renamed. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
