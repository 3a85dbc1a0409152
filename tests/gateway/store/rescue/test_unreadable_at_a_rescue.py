"""What cannot be opened is not empty: no new file takes the place of a damaged one that the disk does not let us read."""

from __future__ import annotations

import errno
import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from gateway.store.keeping import Transaction
from gateway.store.rescue import journal
from tests.gateway.store.given import alert, delivery, event, stores_in

OPENS = os.open
PAGE = 1024  # bytes
ALERTS = [alert(1), alert(2)]
PLACES = [*(("alerts.db", nth) for nth in range(1, 7)), *(("alerts.db-wal", nth) for nth in range(1, 3))]


async def damaged(folder: Path, name: str) -> Path:
    """Two alerts in the file, which was closed in peace and has lost its head; or the second in the journal alone, as kill -9
    leaves it, over a file whose other pages are gone."""
    async with stores_in(folder / "living") as stores:
        for one in ALERTS:
            new = event(one.number, one.number)
            await stores.alerts.save(Transaction(alerts=[one], events=[new], deliveries=[delivery(new.seq)]))
            if one == ALERTS[0]:
                await stores.alerts._checkpoint()
        shutil.copytree(folder / "living", folder / "of-alerts.db-wal")
    shutil.copytree(folder / "living", folder / "of-alerts.db")
    file = folder / f"of-{name}" / "alerts.db"
    kept = {frame.page for frame in journal.read(file, PAGE).frames}
    pages = file.stat().st_size // PAGE if kept else 1
    with file.open("r+b") as out:
        for number in set(range(1, pages + 1)) - kept:
            out.seek((number - 1) * PAGE)
            out.write(bytes(PAGE))
    return file.parent


def errs(disk: pytest.MonkeyPatch, name: str, which: range) -> None:
    """Of the times that we open this file for reading, these; SQLite goes its own way."""
    nth = count(1)

    def opens(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if Path(path).name == name and not flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and next(nth) in which:
            raise OSError(errno.EIO, "Input/output error")
        return OPENS(path, flags, mode)

    disk.setattr(os, "open", opens)


@pytest.mark.parametrize(("name", "nth"), PLACES)
@pytest.mark.fault("disk", "a damaged file cannot be opened at once for its rescue", promise="what was in it is there")
async def test_a_file_that_cannot_be_opened_at_once_is_rescued_all_the_same(
    tmp_path: Path, name: str, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await damaged(tmp_path, name)

    with monkeypatch.context() as disk:
        errs(disk, name, range(nth, nth + 1))
        async with stores_in(folder) as stores:
            assert await stores.alerts.open_alerts() == ALERTS
            assert stores.incidents[0].startswith("alerts.db")
            assert not stores.in_memory


@pytest.mark.parametrize("name", ["alerts.db", "alerts.db-wal"])
@pytest.mark.fault(
    "disk",
    "a damaged file cannot be opened at all while it should be rescued",
    promise="it starts in memory, nothing takes the file's place, and when it can be read all is there",
)
async def test_nothing_takes_the_place_of_a_file_that_cannot_be_opened(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await damaged(tmp_path, name)
    before = (folder / name).read_bytes()

    with monkeypatch.context() as disk:
        errs(disk, name, range(1, 1000))
        async with stores_in(folder) as stores:
            assert stores.in_memory
            assert stores.incidents == ["alerts.db io error"]
        assert (folder / name).stat().st_size == len(before)

    async with stores_in(folder) as stores:
        assert await stores.alerts.open_alerts() == ALERTS
        assert not stores.in_memory
