"""What can be done to a folder of stores: a bit, a cut, another file in its place; and what must be left of it."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from tests.faults import case
from tests.faults.life import live
from tests.faults.written import Id, Left, Written, encoded, found, id_of, opened

DB, WAL, PAGE = ("alerts.db", "readings.db"), ("alerts.db-wal", "readings.db-wal"), 1024
BESIDE = (
    "alerts.reserve",
    "lock",
    "alerts.db.far",
    "readings.db.far",
    "alerts.db.new",
    "alerts.db.damaged",
    "alerts.db-journal",
)
HEAD, WAL_HEAD, FRAME = 100, 32, 24
AT_ONCE = 24
HEADER_BITS, RANDOM_BITS, CUTS, OTHER_FILES = (
    "every bit of the headers",
    "random bits",
    "files cut",
    "other files in the place of ours",
)


class Damage(NamedTuple):
    """`group` is the line of the table. `closed`: of a store that was closed in peace, else as kill -9 leaves it."""

    group: str
    closed: bool
    name: str
    how: str
    place: int = 0


class Templates(Struct):
    """A folder closed in peace and one as kill -9 leaves it, of the same life; and what was in it."""

    closed: Path
    crashed: Path
    written: Written


def templates(folder: Path) -> Templates:
    """Made once."""
    return asyncio.run(_templates(folder))


async def _templates(folder: Path) -> Templates:
    written = Written()
    stores = await opened(folder / "closed")
    await live(stores, random.Random(8), 60, written.hear)
    await stores.alerts._checkpoint()
    await live(stores, random.Random(9), 30, written.hear)
    written.epoch = stores.epoch
    written.alerts = {id_of(one): one for one in await stores.alerts.open_alerts()}
    written.waiting = {id_of(one) for one, _ in await stores.alerts.undelivered()}
    shutil.copytree(folder / "closed", folder / "crashed", ignore=shutil.ignore_patterns("*.reserve"))
    await stores.close()
    (folder / "closed" / "alerts.reserve").unlink()
    return Templates(folder / "closed", folder / "crashed", written)


# --- which cases there are --------------------------------------------------------------------------------------------


def cases(made: Templates, bits: int, cuts: int, seed: int, headers: float, others: float) -> Iterator[Damage]:
    """Every bit of the headers (or a share of them), so many bits and cuts anywhere, each file as another."""
    chance = random.Random(seed)
    heads = [
        Damage(HEADER_BITS, closed, name, "bit", place) for closed in (True, False) for name in DB for place in range(8 * HEAD)
    ]
    heads += [Damage(HEADER_BITS, False, name, "bit", place) for name in WAL for place in range(8 * WAL_HEAD)]
    yield from chance.sample(heads, int(len(heads) * headers))
    files = [
        (True, "alerts.db"),
        (True, "readings.db"),
        (False, "alerts.db"),
        (False, "alerts.db-wal"),
        (False, "readings.db-wal"),
    ]
    for how, n in (("bit", bits), ("cut", cuts)):
        for _ in range(n):
            closed, name = chance.choice(files)
            size = ((made.closed if closed else made.crashed) / name).stat().st_size
            yield Damage(
                RANDOM_BITS if how == "bit" else CUTS,
                closed,
                name,
                how,
                chance.randrange(size * (8 if how == "bit" else 1)),
            )
    kinds = [Damage(OTHER_FILES, closed, "alerts.db", "exchanged") for closed in (True, False)]
    for how in KINDS:
        kinds += [Damage(OTHER_FILES, True, name, how) for name in (*DB, *BESIDE)]
        kinds += [Damage(OTHER_FILES, False, name, how) for name in (*DB, *WAL, *BESIDE)]
    yield from chance.sample(kinds, int(len(kinds) * others))


# --- how it is done ---------------------------------------------------------------------------------------------------


def _bit(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place // 8] ^= 1 << place % 8
    path.write_bytes(data)


def _cut(path: Path, place: int) -> None:
    os.truncate(path, place)


def _exchanged(path: Path, _: int) -> None:
    other = path.with_name("readings.db")
    for end in ("", "-wal"):
        mine, theirs = path.with_name(path.name + end), other.with_name(other.name + end)
        if mine.exists() and theirs.exists():
            aside = path.with_name("aside")
            mine.rename(aside)
            theirs.rename(mine)
            aside.rename(theirs)


def _gone(path: Path, _: int = 0) -> None:
    if path.exists():
        path.unlink()


def _foreign(path: Path, _: int) -> None:
    _gone(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE holiday (day TEXT); INSERT INTO holiday VALUES ('Monday'); PRAGMA user_version = 1;"
        )


def _in_place(make: Callable[[Path], object]) -> Callable[[Path, int], None]:
    def change(path: Path, _: int) -> None:
        _gone(path)
        make(path)

    return change


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, _in(path.parent):
        listener.bind(path.name)


class _in:  # noqa: N801 (reads as a word)
    """The path of a socket may be too long otherwise."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._before = folder, Path.cwd()

    def __enter__(self) -> None:
        os.chdir(self._folder)

    def __exit__(self, *_: object) -> None:
        os.chdir(self._before)


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "file").touch()


KINDS: dict[str, Callable[[Path, int], None]] = {
    "gone": _gone,
    "emptied": _in_place(Path.touch),
    "noise": _in_place(lambda path: path.write_bytes(random.Random(3).randbytes(20_000))),
    "zeros": _in_place(lambda path: path.write_bytes(bytes(9_000))),
    "text": _in_place(lambda path: path.write_bytes(b"somebody's holiday\n" * 500)),
    "foreign database": _foreign,
    "folder": _in_place(_folder),
    "fifo": _in_place(os.mkfifo),
    "socket": _in_place(_socket),
    "link to nowhere": _in_place(lambda path: path.symlink_to("/nowhere/at/all")),
    "link to itself": _in_place(lambda path: path.symlink_to(path.name)),
}
HOW = KINDS | {"bit": _bit, "cut": _cut, "exchanged": _exchanged}


# --- what must be left ------------------------------------------------------------------------------------------------


def tasks(made: Templates, bits: int, cuts: int, seed: int, headers: float, others: float) -> Iterator[case.Task]:
    """Some at once."""
    all_of_them = list(cases(made, bits, cuts, seed, headers, others))
    for start in range(0, len(all_of_them), AT_ONCE):
        yield partial(run, made, all_of_them[start : start + AT_ONCE])


def run(made: Templates, damages: Sequence[Damage], folder: Path) -> Iterator[case.Case]:
    """Do each to a copy, and look."""
    for damage in damages:
        yield case.Case(damage.group, str(tuple(damage)), _run(damage, made, folder))


def put(path: Path, how: str, place: int = 0) -> None:
    """One of `HOW`."""
    HOW[how](path, place)


def _run(damage: Damage, made: Templates, folder: Path) -> Left:
    case.clear(folder)
    shutil.copytree(made.closed if damage.closed else made.crashed, folder)
    put(folder / damage.name, damage.how, damage.place)
    alerts, events = _must_be_left(damage, made.written, folder)
    left = found(folder, made.written)
    lost = [f"alert {one}" for one in alerts if one not in left.alerts]
    lost += [f"event {one}" for one in events if one not in left.waiting]
    if lost:
        left.breaches.append(f"lost: {lost[:5]}")
    gone = made.written.alerts.keys() - left.alerts.keys() or made.written.waiting - left.waiting.keys()
    if gone and not left.said:
        left.breaches.append("silent: about a loss")
    if damage.how not in ("bit", "cut", "gone") and damage.name in DB and not left.said:
        left.breaches.append("silent: about another file")
    return left


def _must_be_left(damage: Damage, written: Written, folder: Path) -> tuple[set[Id], set[Id]]:
    """Alerts and events. One bit costs no alert, of the header no event; what stands whole in the bytes is not lost."""
    if damage.group == HEADER_BITS or not damage.name.startswith("alerts.db") or damage.name in BESIDE:
        return set(written.alerts), set(written.waiting)
    if damage.how == "bit":
        return set(written.alerts), set()
    if damage.how == "exchanged":
        return set(written.alerts), set(written.waiting)
    there = b"".join(_pages(folder))
    whole = {one for one in written.waiting if encoded(written.events[one]) in there}
    states = {one for one, alert in written.alerts.items() if encoded(alert) in there}
    return states | {
        id_of(written.events[one].alert) for one in whole if id_of(written.events[one].alert) in written.alerts
    }, whole


def _pages(folder: Path) -> Iterator[bytes]:
    """Whole pages that are left of alerts.db and its journal."""
    for name, head, each in (("alerts.db", 0, PAGE), ("alerts.db-wal", WAL_HEAD, FRAME + PAGE)):
        if (folder / name).is_file():
            data = (folder / name).read_bytes()
            yield data[: head + (len(data) - head) // each * each]
