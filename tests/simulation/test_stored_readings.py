"""Each reading that was committed came, or the platform was told of it: exactly, by wearer and kind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import msgspec
import pytest

from gateway.store.counters import Counters
from tests.gateway.store.given import GATEWAY, reading, stores_in, take
from tests.simulation.box import Span
from tests.simulation.broker import SimulatedPlatform
from tests.simulation.invariants import Invariants
from tests.simulation.loop import SimulationLoop
from tests.simulation.stored_readings import Id, StoredReadings
from tests.simulation.story import Story
from tests.simulation.witness import Witness

PULSE, OTHER = ("W-001", "heart_rate"), ("W-002", "heart_rate")


def gap(wearer: str, n: int) -> dict[str, object]:
    return {"wearer": wearer, "kind": "heart_rate", "n": n, "reason": "disk full"}


def found(
    committed: dict[int, tuple[str, str]],
    came: list[int],
    gaps: list[dict[str, object]],
    *,
    evicted: int = 0,
    lost: tuple[int, ...] = (),
    full: tuple[Span, ...] = (),
) -> list[str]:
    """What the check holds against this."""
    stored = StoredReadings(lambda: 100.0)
    stored.kinds = {Id(1, seq): kind for seq, kind in committed.items()}
    stored.committed_s = {Id(1, seq): float(seq) for seq in committed}
    stored.lost.readings = {Id(1, seq) for seq in lost}
    invariants = Invariants(Witness(lambda: 100.0, 30, Story()), stored, {}, list, list, lambda: 100.0)
    invariants.no_room = lambda: full
    with closing(SimulationLoop(Random(1))) as loop:
        platform = SimulatedPlatform(GATEWAY, loop, Random(1))
    bodies = ",".join(f'{{"id": "{GATEWAY}/1/{seq}"}}' for seq in came)
    platform.consumer.take("up/readings", b'{"readings": [%s]}' % bodies.encode(), 50.0)
    platform.consumer.take("up/gaps", msgspec.json.encode({"gaps": gaps}), 60.0)
    invariants._readings(platform, Counters(epoch=1, next_seq=max(committed) + 1, evicted=evicted))
    return invariants.faults


@pytest.mark.parametrize(
    ("gaps", "evicted", "finds"),
    [
        pytest.param([gap("W-001", 2)], 2, False, id="told"),
        pytest.param([], 0, True, id="nobody was told, and nothing was counted"),
        pytest.param([gap("W-001", 1)], 1, True, id="told of one"),
        pytest.param([gap("W-002", 2)], 2, True, id="told of another's"),
        pytest.param([gap("W-001", 2)], 3, True, id="counted one more than was told"),
    ],
)
def test_two_readings_never_came(gaps: list[dict[str, object]], evicted: int, finds: bool) -> None:
    assert bool(found({1: PULSE, 2: PULSE, 3: OTHER, 4: PULSE}, [3, 4], gaps, evicted=evicted)) == finds


def test_what_a_lost_store_had_not_delivered_is_excused_and_nothing_else() -> None:
    committed = {1: PULSE, 2: PULSE, 3: OTHER}
    assert found(committed, [3], [], lost=(1, 2)) == []
    assert found(committed, [3], [], lost=(1,)) != []


@pytest.mark.parametrize(
    ("full", "finds"),
    [
        pytest.param((), True, id="the disk took everything"),
        pytest.param((Span(1.0, 2.0),), False, id="the disk took nothing between the commits around it"),
        pytest.param((Span(50.0, 60.0),), True, id="the disk took nothing at another time"),
    ],
)
def test_a_number_that_was_never_stored(full: tuple[Span, ...], finds: bool) -> None:
    assert bool(found({1: PULSE, 3: PULSE}, [1, 3], [], full=full)) == finds


async def test_what_waits_in_a_file_is_known_before_it_is_lost(tmp_path: Path) -> None:
    stored = StoredReadings(lambda: 1.0)
    async with stores_in(tmp_path / "data") as stores:
        await take(stores, 2)
        await take(stores, 1, lambda number: reading(number, wearer="W-002"), start=2)
        stores.readings.delivered(1)
        await stores.readings.commit()
    with closing(sqlite3.connect(tmp_path / "data" / "readings.db")) as connection:
        stored.wrote(connection)
    stored.loses(tmp_path / "data")

    assert list(stored.kinds.values()) == [PULSE, PULSE, OTHER]
    assert [stored.kinds[one] for one in stored.lost.readings] == [OTHER]
