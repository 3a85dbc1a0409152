"""The file of a database as it was opened: whether the disk takes it by now, whether it is gone, another, or damaged."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import structlog

from gateway.clock import Clock
from gateway.errors import LiferingError, StoreBroken
from gateway.store.database import Database
from gateway.store.rescue import quarantine
from gateway.store.rescue.open_or_rescue import Kind, open_or_rescue
from gateway.store.rescue.quarantine import NEW, beside

log = structlog.get_logger()

PROBE = bytes(256_000)  # a disk that takes no more is still full
COPY = ".copy"  # the end of the name while it is written

Found = Literal["same", "changed", "stuck"]  # changed: it is to be opened anew; stuck: it should, and cannot


@dataclass
class OpenedFile:
    """Of one database. `fault`: why the disk refuses it. `incident`: what a person should know of the change. `stuck`: its file
    is gone, and cannot be written anew.
    """

    database: Database
    path: Path
    kind: Kind
    clock: Clock
    fault: Callable[[], str]
    incident: str = ""
    stuck: bool = False
    _file: tuple[int, int] = field(init=False)
    _journal: Path = field(init=False)

    def __post_init__(self) -> None:
        self._file, self._journal = _identity(self.path), beside(self.path, "-wal")

    def is_in_place(self) -> bool:
        """Whether there is nothing to `look` at: its file is where it was opened. It asks the disk, which may hang."""
        return not (self.incident or self.database.stand_in or self.fault() == "corrupt") and self._is_there()

    async def look(self) -> Found:
        """Now. Nothing that is found, or that hangs, holds up anybody else."""
        if self.incident:
            return "changed"
        if self.database.stand_in:
            return "changed" if await self._can_be_opened() else "same"
        if self.fault() == "corrupt":
            return "changed"
        if await asyncio.to_thread(self._is_there):
            return "same"
        return await self._follow()

    async def _can_be_opened(self) -> bool:
        try:
            await asyncio.to_thread(_probe, self.path.parent)
            opened = await open_or_rescue(self.path, self.kind, self.clock)
        except (LiferingError, OSError):
            return False
        await opened.database.close()
        log.info("database can be opened again", file=self.path.name)
        self.incident = opened.incident
        return True

    def _is_there(self) -> bool:
        return _identity(self.path) == self._file and self._journal.exists()

    async def _follow(self) -> Found:
        """All that is in the open file goes to where it was; what comes from now on is held, as without a disk, and follows.

        A disk that takes nothing has perhaps come back as another: then what lies there counts.
        """
        self.database.stand_in = "gone"
        try:
            await asyncio.to_thread(_probe, self.path.parent)
            await self.database.read(partial(_copy, beside(self.path, COPY)))
            await asyncio.to_thread(_put_in_place, self.path)
        except (StoreBroken, OSError) as why:
            if not self.stuck:
                log.error("file is gone, and cannot be written anew", file=self.path.name, why=str(why))
            self.stuck = True
            if not (self.fault() and self.path.exists()):
                self.database.stand_in = ""
                return "stuck"
        self.incident = f"{self.path.name} gone"
        log.error("file was gone, and is written anew", file=self.path.name)
        return "changed"


def _identity(path: Path) -> tuple[int, int]:
    """The file at this path; (0, 0): none. Where the disk does not tell, its fault shows itself otherwise."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _probe(folder: Path) -> None:
    """Raises OSError where the folder cannot be made, or takes nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    probe = folder / "probe"
    try:
        with probe.open("wb") as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)


def _copy(path: Path, connection: sqlite3.Connection) -> None:
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection.execute("VACUUM INTO ?", (str(path),))


def _put_in_place(path: Path) -> None:
    with beside(path, COPY).open("rb") as file:
        os.fsync(file.fileno())
    beside(path, COPY).rename(beside(path, NEW))
    quarantine.replace(path)
