"""Where a backup is restored to, and the exchange of what is there: decided in one step, then carried to its end.

What is new lies ready in a folder of each place. One file, the plan, says what is to be moved; before it is there nothing has
changed, and from then on `finish` leads to the same end however often it is cut off. Until then no gateway opens the store.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from gateway.backup.manifest import Entry
from gateway.store.folder import LOCK, UNFINISHED
from gateway.store.rescue.quarantine import sync_folder

STAGED = ".restore"
BEFORE = "before-restore-"
STAYS = (LOCK, STAGED, UNFINISHED, f"{UNFINISHED}.new", "control")


class Places(NamedTuple):
    """`name`: of the configuration. `service`: user and group that must read it; None: whoever restores is to run it."""

    config: Path
    name: str
    data: Path
    service: tuple[int, int] | None

    @property
    def both(self) -> tuple[Path, Path]:
        """The folders."""
        return self.config, self.data


class Plan(Struct, frozen=True):
    """What is moved aside into a folder `before` of each place. `of`: the backup."""

    of: str
    before: str
    config: str
    old_config: Sequence[str]
    old_data: Sequence[str]


def give(path: Path, service: tuple[int, int] | None) -> None:
    """To the service, which must be able to open it. Raises OSError."""
    if service is not None:
        os.chown(path, *service)


def give_back(path: Path, entry: Entry, service: tuple[int, int] | None) -> None:
    """With the mode that it had, and to whom it was, by name, where this machine knows them. Raises OSError."""
    path.chmod(entry.mode)
    if service is None:
        return
    try:
        shutil.chown(path, entry.user or -1, entry.group or -1)
    except LookupError:
        os.chown(path, *service)


def plan(places: Places, of: str, before: str, put: Sequence[str]) -> Plan:
    """`put`: the names that come into the folder of the configuration; whatever else is there stays."""
    old_config = [name for name in put if os.path.lexists(places.config / name)]
    old_data = sorted(path.name for path in places.data.iterdir() if not _stays(path.name) and path != places.config)
    return Plan(of, before, str(places.config), old_config, old_data)


def _stays(name: str) -> bool:
    return name in STAYS or name.startswith(BEFORE)


def decide(data: Path, decided: Plan) -> None:
    """From here on there is no way but to the end. Raises OSError: nothing has changed."""
    new = data / f"{UNFINISHED}.new"
    with new.open("wb") as file:
        file.write(msgspec.json.encode(decided))
        file.flush()
        os.fsync(file.fileno())
    new.replace(data / UNFINISHED)
    sync_folder(data)


def unfinished(data: Path) -> Plan | None:
    """One that was cut off. Raises msgspec.DecodeError, OSError."""
    path = data / UNFINISHED
    return msgspec.json.decode(path.read_bytes(), type=Plan) if path.exists() else None


def finish(data: Path, decided: Plan) -> None:
    """Moves the old aside and the new to its place. Raises OSError: to be called again."""
    for folder, old in ((data, decided.old_data), (Path(decided.config), decided.old_config)):
        before = folder / decided.before
        if old:
            before.mkdir(mode=0o700, exist_ok=True)
        for name in old:
            if os.path.lexists(folder / name) and not os.path.lexists(before / name):
                (folder / name).rename(before / name)
        sync_folder(folder)
        if (folder / STAGED).is_dir():
            for path in sorted((folder / STAGED).iterdir()):
                path.rename(folder / path.name)
            (folder / STAGED).rmdir()
        sync_folder(folder)
    (data / UNFINISHED).unlink()
    sync_folder(data)
