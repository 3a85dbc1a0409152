"""What was evicted is told to the platform exactly once: what is on its way stays as it is, what comes meanwhile follows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.gap import DAY_MS, Gap, GapReason, gaps_of
from gateway.store import gaps
from gateway.store.counters import Counters
from gateway.store.schemas import Schema
from tests.gateway.store.given import NOW_MS, reading, stores_in


def gap(n: int = 1, wearer: str = "W-001", reason: GapReason = "disk full", from_ms: int = NOW_MS) -> Gap:
    return Gap(wearer=wearer, kind="heart_rate", from_ms=from_ms, to_ms=from_ms + n * 1000, n=n, reason=reason)


@pytest.fixture
def bare() -> Iterator[sqlite3.Connection]:
    """Without a table. From Python 3.13 on one that nobody closes is a failure of whatever test runs then."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def connection(bare: sqlite3.Connection) -> sqlite3.Connection:
    for step in Schema("readings").steps():
        bare.executescript(step)
    return bare


def told(connection: sqlite3.Connection) -> list[Gap]:
    """What sets out now, and arrives."""
    gaps.set_out(connection, Counters())
    found = gaps.on_their_way(connection)
    gaps.arrived(connection, Counters())
    return found


def test_what_tells_of_the_same_day_wearer_kind_and_reason_is_one_record(connection: sqlite3.Connection) -> None:
    gaps.put(connection, [gap(2), gap(3, from_ms=NOW_MS + 10_000), gap(1, wearer="W-002"), gap(1, from_ms=NOW_MS + DAY_MS)])

    merged, *others = told(connection)

    assert (merged.n, merged.from_ms, merged.to_ms) == (5, NOW_MS, NOW_MS + 13_000)
    assert [(one.wearer, one.n) for one in others] == [("W-002", 1), ("W-001", 1)]


def test_what_arrived_is_not_told_again_and_what_comes_later_is_told_alone(connection: sqlite3.Connection) -> None:
    gaps.put(connection, [gap(2)])
    first = told(connection)
    gaps.put(connection, [gap(3)])

    assert [one.n for one in [*first, *told(connection), *told(connection)]] == [2, 3]
    assert [one.n for one in gaps.load(connection)] == [5]
    assert gaps.by_reason(connection) == {"disk full": 5}


def test_what_is_on_its_way_comes_again_as_the_same_until_it_has_arrived(connection: sqlite3.Connection) -> None:
    gaps.put(connection, [gap(2)])
    gaps.set_out(connection, Counters())
    first = gaps.on_their_way(connection)

    gaps.put(connection, [gap(3)])
    gaps.set_out(connection, Counters())

    assert gaps.on_their_way(connection) == first == [gap(2)]


def test_many_set_out_a_part_at_a_time_and_all_arrive(connection: sqlite3.Connection) -> None:
    n = gaps.AT_ONCE + 50
    gaps.put(connection, [gap(1, wearer=f"W-{number:03}") for number in range(n)])

    pieces = [len(told(connection)) for _ in range(3)]

    assert pieces == [gaps.AT_ONCE, 50, 0]
    assert sum(one.n for one in gaps.load(connection)) == n


def test_of_who_was_erased_no_record_tells_the_name(connection: sqlite3.Connection) -> None:
    gaps.put(connection, [gap(2), gap(1, wearer="W-002")])
    told(connection)
    gaps.put(connection, [gap(3)])

    _, named = gaps.forget("W-001", connection, Counters())

    assert named - 1 == 2
    assert {(one.wearer, one.n) for one in gaps.load(connection)} == {("", 5), ("W-002", 1)}
    assert [(one.wearer, one.n) for one in told(connection)] == [("", 3)]


async def test_what_is_not_told_yet_and_what_is_on_its_way_survive_a_restart(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.readings.change(partial(put, gap(2)))
        await stores.readings.change(gaps.set_out)
        await stores.readings.change(partial(put, gap(3)))

    async with stores_in(tmp_path) as stores:
        assert await stores.readings.look(gaps.on_their_way) == [gap(2)]
        await stores.readings.change(gaps.arrived)
        await stores.readings.change(gaps.set_out)
        assert await stores.readings.look(gaps.on_their_way) == [gap(3)]
        assert await stores.readings.audit() == []


def put(one: Gap, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """Readings that were never stored."""
    n = gaps.put(connection, [one])
    counters = Counters(received=counters.received + n, stored=counters.stored + n, evicted=counters.evicted + n)
    counters.save(connection)
    return counters, 1


def test_a_store_of_the_first_version_tells_all_that_it_never_told(bare: sqlite3.Connection) -> None:
    """Also what the platform had rejected, of which it knows how many they were."""
    first, *later = Schema("readings").steps()
    bare.executescript(first)
    bare.execute("INSERT INTO gap VALUES ('W-001', 'heart_rate', ?, 'disk full', ?, ?, 4)", (NOW_MS // DAY_MS, NOW_MS, NOW_MS))
    bare.execute("UPDATE counters SET received = 7, stored = 7, evicted = 7, refused = 3")

    bare.executescript("".join(later))

    assert {(one.reason, one.n) for one in told(bare)} == {("disk full", 4), ("rejected", 3)}
    assert Counters.load(bare).evicted == 7


def test_a_record_is_of_one_day() -> None:
    today = reading()
    tomorrow = replace(today, at_ms=today.at_ms + DAY_MS)

    assert [found.n for found in gaps_of([today, tomorrow, today], "erased")] == [2, 1]
