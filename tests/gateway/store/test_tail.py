"""What waits for the next commit survives the process, and is there once."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fake_devices.patience import HANGS_S
from gateway.errors import StoreBroken
from gateway.store import reading_tail
from gateway.store.counters import Counters
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.reading_tail import A_ROW, TAIL_S, waited
from gateway.store.readings import ReadingStore
from gateway.store.stored import decode_readings
from gateway.store.tail import Tail
from tests.gateway.store.given import (
    GATEWAY,
    StillClock,
    added,
    alert,
    listed,
    reading,
    referenced,
    sos,
    stores_in,
    take,
    until,
)
from tests.gateway.store.inline import connect_inline
from tests.simulation.virtual_time import run


def row(seq: int, body: bytes = b"{}") -> tuple[object, ...]:
    return seq, "g-1/7", 1000, "boot", body


def given(store: ReadingStore, count: int) -> list[int]:
    """So many readings are taken; their numbers."""
    seqs = [store.next_seq() for _ in range(count)]
    for seq in seqs:
        store.add(replace(reading(seq), seq=seq))
    return seqs


def in_tail(folder: Path) -> set[object]:
    """The numbers of the readings there."""
    return {row[0] for row in waited(folder)}


def test_what_was_written_can_be_read_in_order(tmp_path: Path) -> None:
    tail = Tail(tmp_path)
    tail.write([row(1), row(2)])
    tail.write([row(3)])

    assert Tail(tmp_path).rows() == [row(1), row(2), row(3)]


def test_what_was_written_before_a_commit_stays_until_the_next_one(tmp_path: Path) -> None:
    tail = Tail(tmp_path)
    for seq in range(1, 7):
        tail.write([row(seq)])
        tail.turn()

    assert {row[0] for row in Tail(tmp_path).rows()} == {5, 6}


@pytest.mark.parametrize("cut", range(60))
@pytest.mark.fault("power", "the tail of the readings is cut off in the midst of a row", promise="what stands before it counts")
def test_a_row_that_is_cut_off_or_garbled_ends_it(tmp_path: Path, cut: int) -> None:
    Tail(tmp_path).write([row(1), row(2)])
    path = tmp_path / "readings.tail-0"
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut] if cut else whole)

    assert [row[0] for row in Tail(tmp_path).rows()] in ([1, 2], [1], [])

    path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut + 1 :] if cut < len(whole) else whole)
    assert [row[0] for row in Tail(tmp_path).rows()] in ([1, 2], [1], [])


def test_what_is_cleared_is_nowhere(tmp_path: Path) -> None:
    tail = Tail(tmp_path)
    tail.write([row(1, b"W-017")])

    tail.clear()

    assert list(tmp_path.iterdir()) == []


async def test_after_a_kill_what_waited_for_a_commit_is_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_tail, "TAIL_S", 0.01)
    async with stores_in(tmp_path / "data") as stores, asyncio.TaskGroup() as tasks:
        committed = given(stores.readings, 3)
        await stores.readings.flush()
        running = tasks.create_task(stores.readings.tail.run())
        waiting = given(stores.readings, 5)
        await until(lambda: in_tail(tmp_path / "data") >= set(waiting))
        shutil.copytree(tmp_path / "data", tmp_path / "after the kill")
        running.cancel()

    async with stores_in(tmp_path / "after the kill") as stores:
        found = [one.seq for one in await listed(stores.readings.recent(0))]
        counts = stores.readings.counts()
        assert found == [*committed, *waiting]
        assert (counts.received, counts.stored, counts.pending) == (8, 8, 8)
        assert stores.readings.next_seq() == waiting[-1] + 1
        assert await stores.readings.audit() == []


async def test_the_end_of_a_write_wakes_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty times a second the loop would begin with cold caches, to learn nothing that it needs."""
    woken = list[object]()
    async with stores_in(tmp_path) as stores:
        waiting = given(stores.readings, 2)
        with monkeypatch.context() as counting:
            counting.setattr(asyncio.get_running_loop(), "call_soon_threadsafe", lambda *what: woken.append(what))
            await stores.readings.tail.begin()
            stores.readings.tail._thread.submit(int).result()  # after the write: its thread does one after the other

        assert woken == []
        assert in_tail(tmp_path) == set(waiting)


async def test_a_flood_is_written_in_pieces_whose_copies_take_little_memory(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        waiting = given(stores.readings, 2 * A_ROW + 1)
        await stores.readings.tail.write()

        pieces = [decode_readings(body) for _, _, body in Tail(tmp_path).rows()]

    assert list(map(len, pieces)) == [A_ROW, A_ROW, 1]
    assert [one.seq for piece in pieces for one in piece] == waiting


def test_what_comes_after_a_pause_is_written_at_once_and_what_comes_soon_after_it_together(tmp_path: Path) -> None:
    async def sizes() -> list[int]:
        stores, found = await open_stores(tmp_path, GATEWAY, StillClock(), connect=connect_inline), list[int]()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(stores.readings.tail.run())
            for pause_s in (1.0, 0.0, TAIL_S / 2, TAIL_S / 2, 1.0):
                given(stores.readings, 1)
                await asyncio.sleep(pause_s)
                found.append(len(in_tail(tmp_path)))
            running.cancel()
        await stores.close()
        return found

    assert run(sizes()) == [1, 2, 2, 4, 5]


async def test_a_commit_that_waits_for_a_slow_card_keeps_nothing_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, synced = threading.Event(), threading.Event()
    async with stores_in(tmp_path) as stores, asyncio.TaskGroup() as tasks:
        put = stores.readings._put

        def waits(*commit: Any) -> tuple[Counters, int]:
            begun.set()
            synced.wait(10)
            return put(*commit)

        with monkeypatch.context() as slow:
            slow.setattr(stores.readings, "_put", waits)
            first = given(stores.readings, 3)
            commit = tasks.create_task(stores.readings.commit())
            await until(begun.is_set)
            meanwhile = given(stores.readings, 2)

            async with asyncio.timeout(HANGS_S):
                await stores.readings.tail.write()

            assert in_tail(tmp_path) == {*first, *meanwhile}
            assert not commit.done()
            synced.set()


async def test_what_came_while_a_commit_was_under_way_stays_until_the_next_one(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        for _ in range(3):
            given(stores.readings, 2)
            await stores.readings.tail.write()
            await stores.readings.commit()
        last = given(stores.readings, 2)
        await stores.readings.tail.write()

        assert in_tail(tmp_path) >= set(last)


async def test_erasing_leaves_nothing_in_it_and_loses_nothing_that_waits(tmp_path: Path) -> None:
    async with stores_in(tmp_path / "data") as stores:
        given(stores.readings, 3)
        await stores.readings.tail.write()
        await stores.readings.commit()
        waiting = given(stores.readings, 2)

        await stores.readings.checkpoint()

        assert in_tail(tmp_path / "data") == set(waiting)


async def test_what_waits_is_in_it_at_every_moment_while_the_journal_is_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill may come in the midst of it."""
    seen = list[set[object]]()
    unlink = Path.unlink

    def watched(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        seen.append(in_tail(tmp_path))

    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
        seqs = given(stores.readings, 4)
        await stores.readings.tail.write()
        monkeypatch.setattr(Path, "unlink", watched)
        await stores.readings.checkpoint()
        monkeypatch.undo()

        assert seen
        assert all(there >= set(seqs) for there in [*seen, in_tail(tmp_path)])


async def test_a_store_that_was_closed_leaves_none(tmp_path: Path) -> None:
    async with stores_in(tmp_path / "data") as stores:
        given(stores.readings, 3)
        await stores.readings.tail.write()

    assert Tail(tmp_path / "data").rows() == []


async def test_what_is_no_row_of_this_version_keeps_no_store_closed(tmp_path: Path) -> None:
    async with stores_in(tmp_path / "data") as stores:
        given(stores.readings, 3)
        await stores.readings.tail.write()
        shutil.copytree(tmp_path / "data", tmp_path / "after the kill")
    others = Tail(tmp_path / "after the kill")
    others.turn()
    others.write([(1, "g-1/1", 0, "boot", b"{}"), ("g-1/1", "boot", b"no reading"), ("g-1/1", "boot", b'{"seq":1}')])

    async with stores_in(tmp_path / "after the kill") as stores:
        assert stores.readings.counts().stored == 3


async def test_what_waited_at_a_kill_is_there_after_a_life_without_the_disk(tmp_path: Path) -> None:
    """Numbers of a life in memory lie above those of the disk, and hide nothing that the disk has not counted yet."""
    async with stores_in(tmp_path / "data") as stores:
        await take(stores, 3)
        waiting = given(stores.readings, 5)
        named = referenced(stores, sos())
        await stores.readings.tail.write()
        await stores.alerts.save(Transaction(alerts=[alert(1, named)], referenced=[named]))
        shutil.copytree(tmp_path / "data", tmp_path / "after the kill")
    (tmp_path / "file").write_text("")

    without = await open_stores(tmp_path / "file" / "no folder", GATEWAY, StillClock())
    for number in range(20):
        added(without, reading(number))
    leftover = await without.close()

    stores = await open_stores(tmp_path / "after the kill", GATEWAY, StillClock(), leftover=leftover)
    try:
        found = [one.seq for one in await listed(stores.readings.recent(0)) if one.epoch != without.epoch]
        assert sorted(found) == [1, 2, 3, *waiting, named.seq]
        assert stores.readings.counts().stored == 3 + 5 + 1 + 20
        assert await stores.readings.audit() == []
    finally:
        await stores.close()


async def test_a_disk_that_refuses_for_long_is_not_filled_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores_in(tmp_path / "data") as stores:
        monkeypatch.setattr(stores.readings, "_put", refuses)
        for _ in range(20):
            given(stores.readings, 50)
            await stores.readings.tail.write()
            with pytest.raises(StoreBroken):
                await stores.readings.commit()

        assert sum(path.stat().st_size for path in (tmp_path / "data").glob("readings.tail-*")) < 50 * 1000
        monkeypatch.undo()


def refuses(*_: object) -> None:
    raise StoreBroken("disk full")


async def test_what_a_disk_refused_after_it_was_written_stays_there_when_the_journal_is_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stores_in(tmp_path) as stores:
        seqs = given(stores.readings, 3)
        await stores.readings.tail.write()
        with monkeypatch.context() as full:
            full.setattr(stores.readings, "_put", refuses)
            with pytest.raises(StoreBroken):
                await stores.readings.commit()

            await stores.readings.checkpoint()

        assert in_tail(tmp_path) == set(seqs)


async def test_what_stands_in_the_place_of_its_files_holds_up_no_start(tmp_path: Path) -> None:
    for name in ("readings.tail-0", "records-0"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "readings.tail-1").mkdir()

    async with asyncio.timeout(HANGS_S), stores_in(tmp_path) as stores:
        assert stores.readings.tail.heard.before() == []
        await take(stores, 3)
        given(stores.readings, 1)
        stores.readings.tail.heard.add("serial-hub", "C0", 7)
        await stores.readings.tail.write()

        assert stores.readings.fault == ""


def test_what_has_the_right_sum_and_is_no_row_ends_what_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "readings.tail-0").write_bytes(bytes.fromhex("01000000 000000ff ff"))  # the sum of FF is FF000000

    assert Tail(tmp_path).rows() == []


class BadSector:
    """Files whose name begins so cannot be read, so many times."""

    def __init__(self, name: str, times: int) -> None:
        self.name, self.left = name, times
        self._open = os.open

    def open(self, path: str | Path, *rest: int) -> int:
        if Path(path).name.startswith(self.name) and rest[0] & os.O_ACCMODE == os.O_RDONLY and self.left:
            self.left -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._open(path, *rest)


async def killed_with_readings_in_its_tail(folder: Path) -> set[str]:
    """A folder as a kill leaves it: three readings on the disk and five in the tail; the ids of all."""
    async with stores_in(folder / "before") as stores:
        given(stores.readings, 3)
        await stores.readings.flush()
        given(stores.readings, 5)
        await stores.readings.tail.write()
        shutil.copytree(folder / "before", folder / "data")
        return {f"{stores.epoch}/{seq}" for seq in range(1, 9)}


@pytest.mark.fault("disk", "a read of the readings' tail fails once, at a start after a kill", promise="nothing is lost")
async def test_a_read_of_it_that_fails_once_takes_nothing_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await killed_with_readings_in_its_tail(tmp_path)
    bad = BadSector("readings.tail-1", times=1)
    with monkeypatch.context() as disk:
        disk.setattr(os, "open", bad.open)
        stores = await open_stores(tmp_path / "data", GATEWAY, StillClock())
    try:
        assert bad.left == 0
        assert stores.readings.counts().stored == 8
        assert stores.readings.next_seq() == 9
        assert stores.incidents == []
        assert await stores.readings.audit() == []
    finally:
        await stores.close()


@pytest.mark.fault("disk", "the readings' tail cannot be read at a start after a kill", promise="no id comes twice; it is told")
async def test_where_it_cannot_be_read_no_id_comes_twice_and_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await killed_with_readings_in_its_tail(tmp_path)
    with monkeypatch.context() as disk:
        disk.setattr(os, "open", BadSector("readings.tail-", times=1_000).open)
        stores = await open_stores(tmp_path / "data", GATEWAY, StillClock())
    try:
        assert f"{stores.epoch}/{stores.readings.next_seq()}" not in before
        assert stores.incidents == ["readings.tail io error"]
        assert not stores.in_memory
        assert await stores.readings.audit() == []
    finally:
        await stores.close()


async def test_records_that_cannot_be_read_keep_no_store_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores_in(tmp_path) as stores:
        stores.readings.tail.heard.add("serial-hub", "C0", 7)
        await stores.readings.tail.write()
        monkeypatch.setattr(os, "open", BadSector("records-", times=1_000).open)

        assert stores.readings.tail.heard.before() == []
        monkeypatch.undo()
