"""After a kill at any moment the counters are what they were: their row, and what batches say that it does not know."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.snapshot import Counts
from gateway.store import batches
from gateway.store.counters import Counters
from tests.account import account_faults
from tests.gateway.store.given import StillClock, stores_in
from tests.gateway.store.test_counters import Life

STEPS = 25


def killed(folder: Path, number: int) -> Path:
    """The files as a kill would leave them now."""
    copy = folder.with_name(f"{folder.name}-{number}")
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.reserve"))
    return copy


async def counted(folder: Path) -> Counts:
    """What the next start makes of it."""
    async with stores_in(folder) as stores:
        assert stores.incidents == []
        assert await stores.readings.audit() == []
        return stores.readings.counts()


def row_of(folder: Path) -> Counters:
    """Of the file alone."""
    with closing(sqlite3.connect(folder / "readings.db")) as connection:
        names = [column[1] for column in connection.execute("PRAGMA table_info(counters)")][1:]
        return Counters.of_row(connection.execute(f"SELECT {', '.join(names)} FROM counters").fetchone())


@pytest.mark.parametrize("each", [1, 3, batches.ROW_EACH], ids="row each {} batches".format)
@pytest.mark.fault("process", "kill -9 after any commit", promise="the account is exact, rejections too", figure="kill")
async def test_the_counters_are_exact_after_a_kill_at_any_step(
    tmp_path: Path, each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROW_EACH", each)
    folder = tmp_path / "data"
    folder.mkdir()
    async with stores_in(folder, max_mb=1) as stores:
        life = Life(stores, random.Random(each))
        for number in range(STEPS):
            await life.step()
            await stores.readings.flush()
            copy = killed(folder, number)

            assert account_faults(copy) == []
            assert await counted(copy) == stores.readings.counts()
            shutil.rmtree(copy)


async def test_what_was_delivered_and_forgotten_since_is_counted_all_the_same(tmp_path: Path) -> None:
    """The batch that alone says it goes with what is forgotten."""
    clock, folder = StillClock(), tmp_path / "data"
    folder.mkdir()
    async with stores_in(folder, clock) as stores:
        life = Life(stores, random.Random(1))
        for _ in range(3):
            await life.reject()
            await life.take()
        for batch in range(1, stores.readings.last_batch + 1):
            stores.readings.delivered(batch)
        await life.take()
        await stores.readings.flush()  # its batch says what was delivered, and stays
        clock.now_ms += 9 * 86_400_000
        await stores.retain(clock.now_ms)
        assert await stores.readings.look(lambda connection: connection.execute("SELECT 1 FROM batch").fetchall()) == [(1,)]

        assert await counted(killed(folder, 0)) == stores.readings.counts()


async def test_closed_in_peace_the_row_alone_has_all(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        life = Life(stores, random.Random(1))
        await life.take()
        await life.reject()
        await stores.readings.flush()
        counts = stores.readings.counts()

    assert row_of(tmp_path).counts() == counts
