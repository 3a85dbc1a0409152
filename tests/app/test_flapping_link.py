"""A link that comes and goes each second for an hour: each call leaves, each reading counts once, and nothing piles up."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from tests.app.center import HUB_BAND, OTHER_BAND, Center, center
from tests.simulation.virtual_time import run

CALLS, EVERY_S = 12, 300
PULSE_EVERY_S = 5


async def _flaps(place: Center) -> None:
    while True:
        await asyncio.sleep(0.5)
        place.platform.goes_away()
        await asyncio.sleep(0.5)
        place.platform.comes_back()


async def _measures(place: Center) -> None:
    for number in range(CALLS * EVERY_S // PULSE_EVERY_S):
        place.hub.says(OTHER_BAND, heart_rate=60 + number % 20)
        await asyncio.sleep(PULSE_EVERY_S)


def _told(place: Center) -> int:
    return sum(len(place.events(kind="sos", event=event)) for event in ("raised", "updated"))


async def _calls(place: Center) -> list[int]:
    """How many objects there were after each call: all that is alive, whoever holds it."""
    alive = []
    for _ in range(CALLS):
        before = _told(place)
        place.hub.presses(HUB_BAND)
        await place.comes(lambda before=before: _told(place) > before, within_s=60)  # type: ignore[misc]
        await asyncio.sleep(EVERY_S)
        place.platform.consumer.arrivals.clear()
        gc.collect()
        alive.append(len(gc.get_objects()))
    return alive


@pytest.mark.fault(
    "network",
    "a link that breaks and returns each second",
    promise="each call leaves, each reading counts once",
)
def test_while_the_link_flaps_each_call_leaves_each_reading_counts_once_and_nothing_piles_up(tmp_path: Path) -> None:
    async def story() -> None:
        async with center(tmp_path) as place:
            async with place.runs(), asyncio.TaskGroup() as tasks:
                flapping = tasks.create_task(_flaps(place))
                measuring = tasks.create_task(_measures(place))
                alive = await _calls(place)
                await measuring
                flapping.cancel()
                place.platform.comes_back()
                beats = place.platform.consumer.heartbeats
                await place.comes(lambda: set(beats[-1]["queued"].values()) == {0}, within_s=600)
            consumer = place.platform.consumer
            assert sum(one["kind"] == "heart_rate" for one in consumer.readings()) == CALLS * EVERY_S // PULSE_EVERY_S
            assert sum(one["kind"] == "button" for one in consumer.readings()) == CALLS
            assert consumer.faults == []
            assert max(alive) < 1.05 * alive[0]

    run(story())
