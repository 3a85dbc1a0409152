"""A file of every schema version that ever was opens, and says what it said when it was written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gateway.store import export
from gateway.store.schemas import Schema
from tests.gateway.store import freeze
from tests.gateway.store.given import answer, stores_in

ALERTS, READINGS = (sorted(freeze.FROZEN.glob(f"{name}-*.db")) for name in ("alerts", "readings"))


def version(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


@pytest.mark.parametrize("name", ["alerts", "readings"])
def test_there_is_a_frozen_file_of_each_version(name: str) -> None:
    """`.venv/bin/python -m tests.gateway.store.freeze` writes the one that is missing; ./dev release does it too."""
    assert {version(path) for path in freeze.FROZEN.glob(f"{name}-*.db")} == set(range(1, len(Schema(name).steps()) + 1))


@pytest.mark.parametrize("readings", READINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("alerts", ALERTS, ids=lambda path: path.stem)
async def test_what_was_frozen_is_still_there(tmp_path: Path, alerts: Path, readings: Path) -> None:
    shutil.copy(alerts, tmp_path / "alerts.db")
    shutil.copy(readings, tmp_path / "readings.db")

    for _ in range(2):
        async with stores_in(tmp_path) as stores:
            assert stores.incidents == []
            assert await stores.alerts.open_alerts() == [freeze.OPEN]
            assert await stores.alerts.alert(2) == freeze.CLOSED
            assert await stores.alerts.undelivered() == [(freeze.WAITING, freeze.DELIVERIES[0])]
            assert await stores.alerts.memories() == freeze.MEMORIES
            assert await stores.alerts.answered("c-1") == answer("c-1")
            assert (await export.verify(stores.alerts)).broken is None
            counts = stores.readings.counts()
            assert (counts.received, counts.stored, counts.delivered, counts.evicted) == (14, 11, 4, 1)
            assert await stores.readings.audit() == []
            assert stores.alerts.next_alert() > 2
            assert re.fullmatch(r"xishan-01/\d+", stores.readings.origin)
