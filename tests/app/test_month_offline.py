"""A month without a link, on a disk that holds a part of it: every alert comes, and the end of every reading is known."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.store import opening
from tests.app.center import HUB_BAND, OTHER_BAND, Center, center
from tests.simulation.virtual_time import run

PIECES = 90  # of eight hours
SMALL_MB = 2_500  # bytes: the 16 MB of the configuration are 40 KB


@pytest.mark.slow
@pytest.mark.fault("network", "thirty days offline, a restart in them", promise="every alert comes; the account is exact")
def test_after_a_month_offline_all_alerts_come_and_produced_is_delivered_and_evicted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MB", SMALL_MB)

    async def whole() -> None:
        async with center(tmp_path) as place:
            place.store["max_mb"] = 16
            async with place.runs():
                place.platform.goes_away()
                said, presses = await a_month(place)
            async with place.runs():  # a restart in the midst of it
                place.platform.comes_back()
                consumer = place.platform.consumer
                await place.comes(lambda: len(consumer) + missing(place) == said + presses, within_s=600)
                await asyncio.sleep(120)  # nothing comes twice, and the heartbeat tells of all

            counts = consumer.heartbeats[-1]["counts"]
            assert counts["pending"] == 0
            assert counts["stored"] == said + presses == len(consumer) + counts["evicted"]
            assert counts["evicted"] == missing(place) > said // 4
            assert consumer.heartbeats[-1]["queued"]["alerts"] == 0
            assert len([one for one in consumer.readings() if one["kind"] == "button"]) == presses
            assert {gap["kind"] for gap in consumer.gaps} == {"heart_rate"}
            assert consumer.faults == []

    run(whole())


def missing(place: Center) -> int:
    return sum(gap["n"] for gap in place.platform.consumer.gaps)


async def a_month(place: Center) -> tuple[int, int]:
    """How many readings and how many presses there were."""
    said = presses = 0
    for piece in range(PIECES):
        for second in range(20):
            place.hub.says(HUB_BAND, heart_rate=60 + (piece * 7919 + second * 104729) % 40)
            said += 1
            await asyncio.sleep(1)
        if piece % 9 == 0:
            place.hub.presses(OTHER_BAND)
            presses += 1
        await asyncio.sleep(10)
        place.clock.step_wall(8 * 3600 - 30)
    return said, presses
