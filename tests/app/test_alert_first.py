"""Nothing that can wait stands between an alert on the disk and its leaving: what looks at all bands takes milliseconds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway import app
from gateway.alerts.desk import Desk
from gateway.observed import Observed, snapshot_of
from gateway.snapshot import Snapshot
from tests.app.center import HUB_BAND, OTHER_BAND, center
from tests.simulation.virtual_time import run

TURNS = 1_000  # of the loop; a press takes some ten to the platform


def test_no_snapshot_of_all_bands_is_taken_before_an_alert_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    def counted(parts: Observed) -> Snapshot:
        nonlocal taken
        taken += 1
        return snapshot_of(parts)

    async def taken_until_it_came() -> int:
        async with center(tmp_path) as place, place.runs():
            await place.comes(lambda: place.platform.consumer.heartbeats)
            before = taken
            place.hub.presses(HUB_BAND)
            await place.alert(kind="sos")
            return taken - before

    monkeypatch.setattr(app, "snapshot_of", counted)
    assert run(taken_until_it_came()) == 0
    assert taken


def test_the_ladders_of_all_open_alerts_are_looked_at_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tick, looks = Desk.tick, 0

    async def counted(desk: Desk) -> None:
        nonlocal looks
        looks += 1
        await tick(desk)

    async def looks_until_it_came() -> int:
        async with center(tmp_path) as place, place.runs():
            place.hub.presses(OTHER_BAND)
            await place.alert(kind="sos")
            await asyncio.sleep(1)
            before = looks
            place.hub.presses(HUB_BAND)
            for _ in range(TURNS):  # the clock stands still meanwhile
                await asyncio.sleep(0)
                if place.events(kind="sos", device=HUB_BAND):
                    return looks - before
            raise AssertionError("it did not come")

    monkeypatch.setattr(Desk, "tick", counted)
    assert run(looks_until_it_came()) == 0
