"""Nothing that can wait stands between an alert on the disk and its leaving: what looks at all bands takes milliseconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import app
from gateway.snapshot import Observed, Snapshot, snapshot_of
from tests.app.center import HUB_BAND, center
from tests.simulation.virtual_time import run


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
