"""What lies in the place of the files of a store. `./dev faults` does far more to them."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from gateway.store.keeping import Transaction
from tests.gateway.store.given import alert, stores_in, take

KIND, PARSER = "a file on the disk", "gateway/store/opening.py"


class Planted(NamedTuple):
    """A file, and what is done to it."""

    file: str
    change: Callable[[Path], object]


def _other_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (a)")
        connection.commit()


def _made(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.unlink()
        make(path)

    return change


def _begins(data: bytes) -> Callable[[Path], None]:
    """The same bytes behind others."""

    def change(path: Path) -> None:
        path.write_bytes(data + path.read_bytes()[len(data) :])

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(8_192)),
    "a text": lambda path: path.write_text("hello\n" * 1_000),
    "noise": lambda path: path.write_bytes(bytes((at * 73 + 29) % 251 for at in range(20_000))),
    "its first page missing": lambda path: path.write_bytes(path.read_bytes()[4_096:]),
    "its second half missing": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "another head": _begins(b"SQLite format 4\0"),
    "another page size": _begins(b"SQLite format 3\0\x02\x00"),
    "another database": _other_database,
    "a folder": _made(Path.mkdir),
    "a pipe": _made(os.mkfifo),
    "a link to nowhere": _made(lambda path: path.symlink_to("/nowhere/file")),
    "not there": Path.unlink,
}
INPUTS: dict[str, Planted] = {
    f"{file}: {name}": Planted(file, change) for file in ("alerts.db", "readings.db") for name, change in CHANGES.items()
} | {
    f"readings.tail-0: {name}": Planted("readings.tail-0", CHANGES[name])
    for name in ("nothing", "zeros", "a text", "noise", "a folder", "a pipe", "not there")
}


def said(planted: Planted, folder: Path) -> str:
    """The stores open, take an alert and readings, and say what they found wrong; a tail has nothing that is not in them."""
    shutil.rmtree(folder)
    folder.mkdir()
    return asyncio.run(_said(planted, folder))


async def _said(planted: Planted, folder: Path) -> str:
    async with stores_in(folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
        await take(stores, 5)
    path = folder / planted.file
    if not path.exists():
        path.write_bytes(b"")
    planted.change(path)
    async with stores_in(folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(stores.alerts.next_alert())]))
        await take(stores, 1)
        assert (stores.alerts.fault, stores.readings.fault) == ("", "")
        told = "; ".join(stores.incidents)
    return told or ("a tail" if "tail" in planted.file else "")
