"""Old things go after their time; where it is tight, delivered readings go first, then detail, then old readings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.readings import Reading
from gateway.store import retention as retention_file
from gateway.store.keeping import Transaction
from gateway.store.retention import ROOMY, TIGHT, too_big
from gateway.store.stored import decode_readings
from gateway.store.stores import Stores
from gateway.store.thinning import SLOT_MS
from tests.gateway.store.given import (
    NOW_MS,
    StillClock,
    added,
    alert,
    answer,
    delivery,
    event,
    listed,
    reading,
    referenced,
    sos,
    stores_in,
    take,
)

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEARERS = 20


def bulky(number: int) -> Reading:
    """Twenty wearers, each every ten seconds, with something in it that does not compress."""
    noise = hashlib.shake_256(str(number).encode()).hexdigest(60)
    return reading(
        wearer=f"W-{number % WEARERS:03}",
        value=50 + (number * 7919) % 101,
        at_ms=NOW_MS + number // WEARERS * 10_000,
        quality=(f"questionable:{noise}",),
    )


def sparse(number: int) -> Reading:
    """The same, each every six minutes: there is no detail to be thinned out."""
    one = bulky(number)
    return replace(one, at_ms=NOW_MS + number // WEARERS * 6 * MINUTE_MS)


async def test_delivered_readings_go_after_seven_days(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
        await take(stores, 3)
        stores.readings.delivered(1)
        await stores.readings.flush()

        await stores.retain(NOW_MS + 7 * DAY_MS)
        assert len(await listed(stores.readings.recent(0))) == 6

        await stores.retain(NOW_MS + 7 * DAY_MS + 2 * HOUR_MS)
        assert [one.seq for one in await listed(stores.readings.recent(0))] == [4, 5, 6]
        assert stores.readings.counts().delivered == 3
        assert await stores.readings.audit() == []


async def test_undelivered_readings_have_no_such_end(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)

        await stores.retain(NOW_MS + 1000 * DAY_MS)

        assert stores.readings.counts().pending == 3


@pytest.mark.fault("clock", "a clock that was never set", promise="nothing becomes old by it")
async def test_a_clock_that_was_never_set_makes_nothing_old(tmp_path: Path) -> None:
    async with stores_in(tmp_path, StillClock(state="unsynced")) as stores:
        await take(stores, 3)
        stores.readings.delivered(1)
        await stores.readings.flush()

        await stores.retain(NOW_MS + 1000 * DAY_MS)

        assert len(await listed(stores.readings.recent(0))) == 3


async def test_what_was_deleted_is_in_no_file_any_more(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[replace(alert(1, workflow="resolved"), wearer="W-MARKER")]))
        assert b"W-MARKER" in everything_in(tmp_path)

        await stores.retain(NOW_MS + 181 * DAY_MS)

        assert b"W-MARKER" not in everything_in(tmp_path)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_closed_alerts_go_after_180_days_open_and_undelivered_ones_never(tmp_path: Path) -> None:
    clock = StillClock()
    async with stores_in(tmp_path, clock) as stores:
        await stores.alerts.save(
            Transaction(
                alerts=[alert(1), alert(2, workflow="resolved"), alert(3, workflow="resolved")],
                events=[event(1, 1), event(2, 2), event(3, 3)],
                deliveries=[delivery(1, "done"), delivery(2, "done"), delivery(3)],
            )
        )

        await stores.retain(NOW_MS + 179 * DAY_MS)
        assert await stores.alerts.named() == frozenset()
        assert await rows(stores, "alert") == 3

        await stores.retain(NOW_MS + 181 * DAY_MS)
        assert (await rows(stores, "alert"), await rows(stores, "delivery")) == (2, 2)
        assert [one.number for one in await stores.alerts.open_alerts()] == [1]
        assert [one.seq for one, _ in await stores.alerts.undelivered()] == [3]


async def rows(stores: Stores, table: str) -> int:
    sql = f"SELECT count(*) FROM {table}"
    counted: int = await stores.alerts._database.read(lambda connection: connection.execute(sql).fetchone()[0])
    return counted


async def test_answers_to_commands_go_after_a_day(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(replies=[answer("c-1")]))

        await stores.retain(NOW_MS + 23 * HOUR_MS)
        assert await stores.alerts.answered("c-1") == answer("c-1")

        await stores.retain(NOW_MS + 26 * HOUR_MS)
        assert await stores.alerts.answered("c-1") is None


async def test_referenced_readings_are_forgotten_when_they_are_stored(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        stored = referenced(stores, sos(0))
        await stores.readings.flush()
        waiting = referenced(stores, sos(1))
        await stores.alerts.save(Transaction(referenced=[stored, waiting]))

        await stores.retain(NOW_MS)

        assert await rows(stores, "referenced") == 1


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small file takes many of them."""
    monkeypatch.setattr(retention_file, "AT_ONCE", 10)
    monkeypatch.setattr(retention_file, "PAGES_AT_ONCE", 100)


async def fill(stores: Stores, make: Callable[[int], Reading] = bulky, start: int = 0) -> int:
    """Commits of twenty readings until it is tight; how many readings there are."""
    number = start
    while not await stores.readings.look(partial(too_big, space=stores.retention.space, part=TIGHT)):
        number += len(await take(stores, WEARERS, make, start=number))
    return number


async def test_nothing_goes_while_there_is_room(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        await take(stores, 2000, bulky)

        await stores.retain(NOW_MS)

        assert stores.readings.counts().pending == 2000


async def test_delivered_readings_make_room_first(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        n = await fill(stores)
        for batch in range(100, 200):
            stores.readings.delivered(batch)
        await stores.readings.flush()

        await stores.retain(NOW_MS)

        counts = stores.readings.counts()
        assert (counts.delivered, counts.pending, counts.evicted) == (2000, n - 2000, 0)
        assert await is_roomy(stores)
        assert await stores.readings.audit() == []


async def is_roomy(stores: Stores) -> bool:
    return not await stores.readings.look(partial(too_big, space=stores.retention.space, part=ROOMY))


async def test_detail_goes_next_the_oldest_first_and_what_matters_stays(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        call, named = referenced(stores, sos()), referenced(stores, reading(1, value=72))
        await stores.alerts.save(Transaction(alerts=[alert(1, call, named)]))
        n = await fill(stores) + 2

        await stores.retain(NOW_MS)

        counts, kept = stores.readings.counts(), await listed(stores.readings.recent(0))
        assert await is_roomy(stores)
        assert counts.pending + counts.evicted == n
        assert 0 < counts.evicted < n // 3
        assert [one.seq for one in kept[:2]] == [call.seq, named.seq]
        assert slots(kept[2:]) == slots([bulky(number) for number in range(n - 2)])
        assert kept[-500:] == (await listed(stores.readings.recent(0)))[-500:]
        assert {gap.reason for gap in await stores.readings.gaps()} == {"thinned out"}
        assert sum(gap.n for gap in await stores.readings.gaps()) == counts.evicted
        assert await stores.readings.audit() == []


def slots(readings: list[Reading]) -> set[tuple[str, int]]:
    """The five minutes in which there is something of a wearer."""
    return {(one.wearer, one.at_ms // SLOT_MS) for one in readings}


@pytest.mark.fault(
    "disk", "an outage longer than the quota holds", promise="the oldest readings go, each accounted for; no alert goes"
)
async def test_then_the_oldest_readings_go_and_all_is_accounted_for(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        added(stores, sos())
        n = 0
        for _ in range(3):
            n = await fill(stores, sparse, start=n)
            await stores.retain(NOW_MS)

        counts, kept = stores.readings.counts(), await listed(stores.readings.recent(0))
        assert counts.stored == n + 1 == counts.pending + counts.evicted
        assert counts.evicted > 1000
        assert [one.value for one in kept[:1]] == ["sos"]
        assert [one.seq for one in kept[1:]] == list(range(counts.evicted + 2, n + 2))
        assert stores.readings.fault == ""
        assert await stores.readings.audit() == []


async def test_a_reading_that_an_alert_names_stays_though_the_oldest_go(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        await fill(stores, sparse)
        named = referenced(stores, replace(reading(1, value=72), at_ms=NOW_MS + MINUTE_MS))
        await stores.alerts.save(Transaction(alerts=[alert(1, named)]))
        n = named.seq
        while stores.readings.counts().evicted < named.seq:
            n = await fill(stores, sparse, start=n)
            await stores.retain(NOW_MS)

        kept = [one.seq for one in await listed(stores.readings.recent(0))]
        assert kept[0] == named.seq
        assert kept[1] > named.seq + 1


async def test_gap_records_tell_whose_what_when_and_how_many(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        n = 0
        while stores.readings.counts().evicted == 0:
            n = await fill(stores, sparse, start=n)
            await stores.retain(NOW_MS)

        gaps = await stores.readings.gaps()

        assert sum(gap.n for gap in gaps) == stores.readings.counts().evicted
        assert {(gap.wearer, gap.kind, gap.reason) for gap in gaps} == {
            (f"W-{number:03}", "heart_rate", "disk full") for number in range(WEARERS)
        }
        assert gaps[0].from_ms == NOW_MS
        assert (gaps[0].to_ms - gaps[0].from_ms) // (6 * MINUTE_MS) == gaps[0].n - 1


async def test_what_is_under_way_to_the_platform_is_left_alone(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        n = await fill(stores)
        under_way = await stores.readings.batches(0, 3)

        await stores.retain(NOW_MS)

        for batch in under_way:
            stores.readings.delivered(batch.id)
        await stores.readings.flush()
        counts = stores.readings.counts()
        assert counts.delivered == sum(batch.n for batch in under_way)
        assert counts.stored == n
        assert await stores.readings.audit() == []


async def test_what_the_platform_has_is_no_gap_though_that_is_not_on_the_disk_yet(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
        (batch,) = await stores.readings.batches(0, 1)
        stores.readings.delivered(batch.id)
        stores.readings.begin_session()

        await stores.readings.change(
            partial(retention_file.reduce, retention_file.EVICT, (), stores.readings.under_way.in_flight)
        )
        await stores.readings.flush()

        assert stores.readings.counts().delivered == 3
        assert await stores.readings.gaps() == []


async def test_after_thinning_out_every_reading_that_stayed_is_still_sent_once(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        await fill(stores)
        (sent,) = await stores.readings.batches(0, 1)
        stores.readings.delivered(sent.id)

        await stores.retain(NOW_MS)
        cursor, seqs = sent.id, list(range(sent.first_seq, sent.last_seq + 1))
        while found := await stores.readings.batches(cursor, stores.readings.last_batch):
            cursor = found[-1].id
            seqs += [one.seq for batch in found for one in decode_readings(batch.body)]
            for batch in found:
                stores.readings.delivered(batch.id)
        await stores.readings.flush()

        counts = stores.readings.counts()
        assert counts.pending == 0
        assert len(seqs) == len(set(seqs)) == counts.delivered
        assert seqs == sorted(seqs)


async def test_the_file_gets_smaller_again_after_an_outage(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        await fill(stores)
        await stores.readings.checkpoint()
        before = (tmp_path / "readings.db").stat().st_size
        for batch in range(1, stores.readings.last_batch + 1):
            stores.readings.delivered(batch)
        await stores.readings.flush()

        for _ in range(10):
            await stores.retain(NOW_MS + 8 * DAY_MS)
        await stores.readings.checkpoint()

        assert (tmp_path / "readings.db").stat().st_size < before / 2


@pytest.mark.fault("clock", "a clock that ran ahead for a while", promise="what came after it is not kept for ever")
async def test_a_clock_that_ran_ahead_for_a_while_does_not_keep_what_came_after_it_for_ever(tmp_path: Path) -> None:
    clock = StillClock()
    async with stores_in(tmp_path, clock) as stores:
        for came_ms in (NOW_MS, NOW_MS + 3650 * DAY_MS, NOW_MS + MINUTE_MS):
            added(stores, replace(reading(), at_ms=came_ms, received_ms=came_ms))
            await stores.readings.flush()
        for batch in (1, 2, 3):
            stores.readings.delivered(batch)
        await stores.readings.flush()

        await stores.retain(NOW_MS + 6 * DAY_MS)
        assert len(await listed(stores.readings.recent(0))) == 3
        await stores.retain(NOW_MS + 8 * DAY_MS)
        assert await listed(stores.readings.recent(0)) == []


async def test_an_alert_that_was_closed_while_the_clock_was_not_set_is_not_forgotten_when_it_is(tmp_path: Path) -> None:
    async with stores_in(tmp_path, StillClock(now_ms=0)) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1, workflow="resolved")], replies=[answer("c-1")]))

    async with stores_in(tmp_path, StillClock()) as stores:
        await stores.retain(NOW_MS)

        assert await rows(stores, "alert") == 1
        assert await stores.alerts.answered("c-1") == answer("c-1")


async def test_of_what_was_evicted_no_byte_is_left_in_any_file(tmp_path: Path) -> None:
    async with stores_in(tmp_path, max_mb=1) as stores:
        await fill(stores, sparse)
        first = await stores.readings.look(lambda connection: connection.execute("SELECT body FROM batch").fetchone()[0])
        pieces = [first[start : start + 40] for start in range(0, len(first) - 40, 40)]
        before = everything_in(tmp_path)
        assert any(piece in before for piece in pieces)

        await stores.retain(NOW_MS)

        assert stores.readings.counts().evicted > WEARERS
        left = everything_in(tmp_path)
        assert not [piece for piece in pieces if piece in left]
