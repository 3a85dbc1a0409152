"""A restore that is killed at any of its steps has changed nothing, or leads to its end when it is called again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gateway import cli
from gateway.store.folder import LOCK, UNFINISHED
from gateway.store.stores import Stores
from tests.gateway.cli.with_stores import CONFIG, stopped
from tests.gateway.store.given import take
from tests.gateway.store.test_erase import call

STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "sqlite3.connect")
KILLED, WHOLE = 9, 0


async def _lived(config: Path, readings: int) -> None:
    async with stopped(config) as stores:
        await take(stores, readings)
        await call(stores, stores.alerts.next_alert(), "W-017", closed=False)


def _box(folder: Path, readings: int) -> Path:
    folder.mkdir()
    config = folder / "gateway.toml"
    config.write_text(CONFIG.format(language="en") + f"# of {readings}\n")
    asyncio.run(_lived(config, readings))
    return config


def _restored(backup: Path, config: Path, dies_at: int) -> int:
    """The exit code of a restore that does not survive this step; a process of its own, which nobody can clean up after."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    steps = iter(range(sys.maxsize))

    def die(event: str, args: tuple[object, ...]) -> None:
        if event in STEPS and str(config.parent) in str(args[0]) and next(steps) == dies_at:
            os._exit(KILLED)

    sys.addaudithook(die)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os._exit(cli.main(["restore", str(backup), "--config", str(config)]))


def _files(config: Path) -> dict[str, bytes]:
    return dict(_found(config.parent, config.parent))


def _found(folder: Path, root: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.iterdir():
        if path.is_dir() and path.name != ".restore":
            yield from _found(path, root)
        elif path.is_file() and path.name not in (LOCK, f"{UNFINISHED}.new"):
            yield str(path.relative_to(root)), path.read_bytes()


def _pending(config: Path) -> int:
    with closing(sqlite3.connect(config.parent / "data" / "readings.db")) as connection:
        number: int = connection.execute("SELECT sum(n) FROM batch").fetchone()[0]
    return number


async def _opened(config: Path) -> tuple[list[str], int]:
    async with stopped(config) as stores:
        return _incidents(stores), len(await stores.alerts.open_alerts())


def _incidents(stores: Stores) -> list[str]:
    return stores.incidents


def test_killed_at_any_step_it_has_changed_nothing_or_comes_to_its_end(tmp_path: Path) -> None:
    source, backup = _box(tmp_path / "source", 30), tmp_path / "backup"
    assert cli.main(["backup", str(backup), "--config", str(source)]) == WHOLE
    untouched = halfway = 0
    for step in range(sys.maxsize):
        spare = _box(tmp_path / f"spare-{step}", 5)
        before = _files(spare)
        code = _restored(backup, spare, step)
        if code == WHOLE:
            break
        assert code == KILLED
        if (spare.parent / "data" / UNFINISHED).exists():
            halfway += 1
        elif _pending(spare) == 6:
            assert _files(spare) == before
            untouched += 1
        assert _restored(backup, spare, -1) == WHOLE
        assert spare.read_bytes() == source.read_bytes()
        assert _pending(spare) == 31
        assert not list(spare.parent.rglob(".restore"))
        assert asyncio.run(_opened(spare)) == ([], 1)
    assert untouched > 10
    assert halfway > 10
