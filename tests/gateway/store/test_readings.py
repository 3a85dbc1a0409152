"""Readings come to the disk, get their numbers, wait to be sent, and are accounted for."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from drivers.measurement import BloodPressure, Position
from fake_devices.patience import HANGS_S
from gateway.formats.reading_json import BATCH_BYTES, encode_reading
from gateway.gap import Gap
from gateway.snapshot import Counts
from gateway.store import readings as readings_file
from gateway.store.batches import Batch
from gateway.store.connection import Work
from gateway.store.counters import Counters
from gateway.store.stores import Stores
from tests.gateway.store.given import NOW_MS, StillClock, added, listed, numbered, reading, sos, stores_in, take, until


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with stores_in(tmp_path) as stores:
        yield stores


async def everything(stores: Stores) -> list[Batch]:
    """All batches that wait, as the lanes would take them."""
    found: list[Batch] = []
    while more := await stores.readings.batches(found[-1].id if found else 0, stores.readings.last_batch):
        found += more
    return found


def ids(batches: list[Batch]) -> list[str]:
    return [one["id"] for batch in batches for one in msgspec.json.decode(b"[" + batch.body + b"]")]


async def test_a_commit_is_one_batch_with_the_bytes_that_are_sent(stores: Stores) -> None:
    taken = await take(stores, 3)

    (batch,) = await everything(stores)

    origin = stores.readings.origin
    assert batch.body == b",".join(encode_reading(one, origin) for one in taken)
    assert (batch.n, batch.first_seq, batch.last_seq, batch.boot) == (3, 1, 3, "boot-one")
    assert batch.received_ms == NOW_MS


async def test_what_was_delivered_is_marked_a_run_at_a_time(stores: Stores) -> None:
    for _ in range(30):
        await take(stores, 2)
    statements: list[str] = []
    await stores.readings.look(lambda connection: connection.set_trace_callback(statements.append))

    for batch in (*range(30, 20, -1), *range(1, 20)):
        stores.readings.delivered(batch)
    stores.readings.delivered(20, rejected=[39])
    stores.readings.delivered(77)
    await stores.readings.commit()

    counts = stores.readings.counts()
    assert (counts.delivered, counts.evicted, counts.pending) == (59, 1, 0)
    marked = [re.findall(r"BETWEEN (\d+) AND (\d+)", statement) for statement in statements if "RETURNING" in statement]
    assert marked == [[("1", "19")], [("21", "30")], [("77", "77")], [("20", "20")]]
    assert await stores.readings.audit() == []


async def test_numbers_rise_by_one_over_commits_and_restarts(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
        await take(stores, 2)

    async with stores_in(tmp_path) as stores:
        await take(stores, 2)

        origin = stores.readings.origin
        assert ids(await everything(stores)) == [f"{origin}/{seq}" for seq in range(1, 8)]


async def test_no_reading_is_stored_while_a_lower_number_is_in_hand(stores: Stores) -> None:
    before = added(stores, reading(0))
    call = numbered(stores, sos(1))
    after = added(stores, reading(2))

    async with asyncio.TaskGroup() as tasks:
        flushing = tasks.create_task(stores.readings.flush())
        await stores.readings.wait_beyond(0)
        stored = [stores.readings.is_stored(one) for one in (before, call, after)]
        assert not flushing.done()
        stores.readings.add(call)

    assert stored == [True, False, False]
    assert [stores.readings.is_stored(one) for one in (before, call, after)] == [True, True, True]
    assert ids(await everything(stores)) == [f"{stores.readings.origin}/{seq}" for seq in (1, 2, 3)]


async def test_a_flush_waits_for_no_number_that_was_given_after_it_began(stores: Stores) -> None:
    added(stores, reading(0))
    async with asyncio.TaskGroup() as tasks:
        flushing = tasks.create_task(stores.readings.flush())
        await asyncio.sleep(0)
        in_hand = numbered(stores, reading(1))

        await flushing

    assert stores.readings.counts().stored == 1
    stores.readings.add(in_hand)


async def test_a_reading_is_added_once_and_only_with_a_number_of_this_store(stores: Stores) -> None:
    one = added(stores, reading())

    for wrong in (one, reading(), replace(one, seq=7)):
        with pytest.raises(KeyError):
            stores.readings.add(wrong)


async def test_a_reading_of_an_earlier_epoch_counts_as_stored(stores: Stores) -> None:
    assert stores.readings.is_stored(replace(reading(), seq=99, epoch=stores.readings.epoch - 1))
    assert not stores.readings.is_stored(replace(reading(), seq=99, epoch=stores.readings.epoch))


async def test_a_source_that_waits_for_room_goes_on_once_the_lowest_number_is_in_no_hand(stores: Stores) -> None:
    in_hand = numbered(stores, sos())
    for number in range(readings_file.ROOM_FOR):
        added(stores, reading(number))
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(stores.readings.room())
        await asyncio.sleep(0.05)
        assert not waiting.done()

        stores.readings.add(in_hand)

    assert stores.readings.counts().stored == readings_file.ROOM_FOR + 1


async def test_no_batch_is_too_big_for_a_message(stores: Stores) -> None:
    await take(stores, 1000)

    batches = await everything(stores)

    assert len(batches) > 3
    assert max(len(batch.body) for batch in batches) <= BATCH_BYTES - 1000
    assert len(ids(batches)) == 1000


async def test_small_batches_are_given_together_as_many_as_fit(stores: Stores) -> None:
    for start in range(0, 40, 10):
        await take(stores, 10, start=start)
    one = len((await everything(stores))[0].body)

    together = await stores.readings.batches(0, stores.readings.last_batch, max_bytes=3 * one + 50)

    assert [batch.id for batch in together] == [1, 2, 3]


async def test_a_batch_bigger_than_asked_for_still_comes_alone(stores: Stores) -> None:
    await take(stores, 10)
    await take(stores, 10)

    assert [batch.id for batch in await stores.readings.batches(0, 2, max_bytes=10)] == [1]


async def test_batches_of_two_boots_never_come_together(tmp_path: Path) -> None:
    async with stores_in(tmp_path, StillClock(boot="one")) as stores:
        await take(stores, 1)

    async with stores_in(tmp_path, StillClock(boot="two")) as stores:
        await take(stores, 1)

        assert [batch.boot for batch in await stores.readings.batches(0, 2)] == ["one"]
        assert [batch.boot for batch in await stores.readings.batches(1, 2)] == ["two"]


async def test_a_window_leaves_out_what_is_older_and_what_is_newer(stores: Stores) -> None:
    for start in range(5):
        await take(stores, 1, start=start)

    assert [batch.id for batch in await stores.readings.batches(1, 4)] == [2, 3, 4]


async def test_what_is_delivered_is_not_given_again_not_even_before_that_is_on_the_disk(stores: Stores) -> None:
    await take(stores, 1)
    await take(stores, 1)

    stores.readings.delivered(1)

    assert [batch.id for batch in await everything(stores)] == [2]


async def test_the_counters_follow_a_batch_to_its_end(stores: Stores) -> None:
    await take(stores, 5)
    stores.readings.reject("checksum", 2)
    stores.readings.delivered(1, [1, 2])
    stores.readings.delivered(1)
    stores.readings.delivered(77)

    await stores.readings.flush()

    assert stores.readings.counts() == Counts(received=7, stored=5, rejected={"checksum": 2}, delivered=5, pending=0, evicted=0)


async def test_readings_that_the_platform_rejects_are_evicted_and_leave_a_gap(stores: Stores) -> None:
    taken = await take(stores, 5)

    stores.readings.delivered(1, [2, 4])
    await stores.readings.flush()

    counts = stores.readings.counts()
    assert (counts.delivered, counts.pending, counts.evicted) == (3, 0, 2)
    (gap,) = await stores.readings.gaps()
    assert gap == Gap(wearer="W-001", kind="heart_rate", from_ms=taken[1].at_ms, to_ms=taken[3].at_ms, n=2, reason="rejected")
    assert await stores.readings.audit() == []


async def test_a_delivery_counts_once_however_often_it_is_told(stores: Stores) -> None:
    await take(stores, 5)

    stores.readings.delivered(1)
    await stores.readings.flush()
    stores.readings.delivered(1)
    await stores.readings.flush()

    assert stores.readings.counts().delivered == 5
    assert await stores.readings.audit() == []


async def test_the_counters_survive_a_restart(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 4)
        stores.readings.reject("length")
        stores.readings.delivered(1)
        await take(stores, 3)
        before = stores.readings.counts()

    async with stores_in(tmp_path) as stores:
        assert stores.readings.counts() == before
        assert (before.received, before.delivered, before.pending) == (8, 4, 3)


async def test_the_oldest_waiting_reading_is_known(stores: Stores) -> None:
    assert stores.readings.oldest_pending_ms() is None
    await take(stores, 1, start=10)
    await take(stores, 1, start=20)
    assert stores.readings.oldest_pending_ms() == NOW_MS + 1000

    stores.readings.delivered(1)
    await stores.readings.flush()
    assert stores.readings.oldest_pending_ms() == NOW_MS + 2000

    stores.readings.delivered(2)
    await stores.readings.flush()
    assert stores.readings.oldest_pending_ms() is None


async def test_the_group_commit_comes_by_itself_within_two_seconds(stores: Stores) -> None:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stores.readings.run())
        added(stores, reading())

        async with asyncio.timeout(HANGS_S):
            await stores.readings.wait_beyond(0)

        running.cancel()
    assert stores.readings.counts().stored == 1


async def test_a_flood_is_committed_at_once(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_file, "COMMIT_S", 60.0)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stores.readings.run())

        for number in range(readings_file.COMMIT_AT):
            added(stores, reading(number))
        async with asyncio.timeout(HANGS_S):
            await stores.readings.wait_beyond(0)

        running.cancel()
    assert stores.readings.counts().stored == readings_file.COMMIT_AT


async def test_rejections_and_deliveries_are_committed_without_new_readings(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(stores, 1)
    monkeypatch.setattr(readings_file, "COMMIT_S", 0.01)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stores.readings.run())
        stores.readings.delivered(1)
        stores.readings.reject("length")

        await until(lambda: stores.readings.counts().delivered == 1 and stores.readings.counts().received == 2)

        running.cancel()


async def test_a_source_waits_while_too_much_waits_for_the_disk(stores: Stores) -> None:
    for number in range(readings_file.ROOM_FOR):
        added(stores, reading(number))

    await stores.readings.room()

    assert stores.readings.counts().stored == readings_file.ROOM_FOR


async def test_no_source_waits_otherwise(stores: Stores) -> None:
    for number in range(readings_file.ROOM_FOR - 1):
        added(stores, reading(number))

    await stores.readings.room()

    assert stores.readings.counts().stored == 0


@pytest.mark.parametrize("ticks", [1, 2, 3, 5, 10])
async def test_a_cancelled_flush_leaves_no_doubt_about_what_is_stored(stores: Stores, ticks: int) -> None:
    for number in range(2000):
        added(stores, reading(number))
    async with asyncio.TaskGroup() as tasks:
        flushing = tasks.create_task(stores.readings.flush())
        for _ in range(ticks):
            await asyncio.sleep(0)

        flushing.cancel()

    await take(stores, 10, start=2000)
    assert stores.readings.counts().stored == 2010
    assert await stores.readings.audit() == []


async def test_recent_readings_come_back_as_they_were(stores: Stores) -> None:
    given = (
        reading(0),
        reading(100, kind="blood_pressure", value=BloodPressure(128, 82, pulse=71.5)),
        reading(101, kind="position", value=Position(30.53, 120.68)),
        reading(102, kind="body_temperature", value=36.5, quality=("questionable:cold",)),
        reading(103, kind="worn", value=False),
        sos(104),
    )
    came = []
    for one in given:
        came.append(added(stores, one))
        await stores.readings.flush()
    stores.readings.delivered(3)

    assert await listed(stores.readings.recent(NOW_MS + 10_000)) == came[1:]


@pytest.mark.parametrize("clock_ms", [NOW_MS, 0], ids=["the clock is set", "the clock says 1970"])
async def test_a_start_reads_so_many_readings_and_no_more_however_many_lie_there(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, clock_ms: int
) -> None:
    monkeypatch.setattr("gateway.store.readings.RECENT", 300)
    monkeypatch.setattr("gateway.store.readings.COMMIT_AT", 10**6)
    for start in range(0, 3000, 30):
        await take(stores, 30, start=start)

    found = [one.seq for one in await listed(stores.readings.recent(clock_ms))]

    assert len(found) <= 330
    assert found[-150:] == list(range(2851, 3001)), "the newest, without a hole"
    spread = sorted({seq // 600 for seq in found[:-150]})
    assert spread == list(range(5)), "and some of each time before"
    assert found == sorted(found)


@pytest.mark.fault("disk", "bits flip in a batch of readings", promise="it is never sent, and leaves a gap that is told")
async def test_a_batch_whose_bits_have_flipped_is_never_sent_and_leaves_a_gap(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        for start in range(3):
            await take(stores, 4, start=start * 4)
        await stores.readings.change(flip_a_bit_of_batch_2)

        given = await everything(stores)

        assert [batch.id for batch in given] == [1, 3]
        counts = stores.readings.counts()
        assert (counts.stored, counts.pending, counts.evicted) == (12, 8, 4)
        (gap,) = await stores.readings.gaps()
        assert (gap.n, gap.reason, gap.wearer) == (4, "damaged", "")
        assert await stores.readings.audit() == []


def flip_a_bit_of_batch_2(connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    (body,) = connection.execute("SELECT body FROM batch WHERE id = 2").fetchone()
    flipped = bytes([*body[:20], body[20] ^ 1, *body[21:]])
    connection.execute("UPDATE batch SET body = ? WHERE id = 2", (flipped,))
    return counters, 1


@pytest.mark.parametrize("n", [1, 50, 4000])
async def test_the_auditor_agrees_with_the_counters(stores: Stores, n: int) -> None:
    await take(stores, n)
    stores.readings.delivered(1, [1])
    await take(stores, n, sos, start=n)

    assert await stores.readings.audit() == []


def wrong_n(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE batch SET n = n + 1 WHERE id = 1")


def wrong_counters(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE counters SET delivered = delivered + 1")


def twice(connection: sqlite3.Connection) -> None:
    columns = "delivered, thinned, n, first_seq, last_seq, received_ms, boot, body"
    connection.execute(f"INSERT INTO batch (id, {columns}) SELECT 99, {columns} FROM batch WHERE id = 1")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(wrong_n, "batch 1: 4 readings", id="a batch that holds less than it says"),
        pytest.param(wrong_counters, "stored 3, but delivered", id="an equation that does not hold"),
        pytest.param(twice, "batch 99: came before", id="an id that comes twice"),
    ],
)
async def test_the_auditor_finds(stores: Stores, damage: Work[None], words: str) -> None:
    await take(stores, 3)

    await stores.readings.look(damage)

    assert words in " ".join(await stores.readings.audit())
