"""kill -9 at random moments: what was promised is there, the counters fit, and no id has two contents."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

import msgspec
import pytest

from gateway.store import compressed
from gateway.store.stores import Stores
from tests.gateway.store.given import stores_in
from tests.processes import DIES_WITH_US

KILLS = int(os.environ.get("LIFERING_KILLS", "6"))
ROOT = Path(__file__).parents[3]


class Promises:
    """What processes said before they were killed, and what was found after them."""

    def __init__(self) -> None:
        self.alerts: dict[int, tuple[int, int, int]] = {}
        self.readings: dict[str, object] = {}
        self.stored = 0

    def hear(self, lines: list[str]) -> None:
        """What one of them said."""
        for line in lines:
            word, *numbers = line.split()
            if word == "stored":
                self.stored = max(self.stored, int(numbers[0]))
            else:
                number, seq, reading, value = map(int, numbers)
                assert number not in self.alerts, "an alert's number comes twice"
                self.alerts[number] = seq, reading, value

    async def check(self, stores: Stores) -> None:
        """Whether all of it was kept."""
        assert stores.incidents == []
        assert await stores.readings.audit() == []
        assert stores.readings.counts().stored >= self.stored
        found = await everything(stores)
        assert self.readings.items() <= found.items(), "a reading was lost, or its id has two contents"
        self.readings = found
        events = {one.seq for one, _ in await stores.alerts.undelivered()}
        assert {one.number for one in await stores.alerts.open_alerts()} >= self.alerts.keys()
        for seq, reading, value in self.alerts.values():
            assert seq in events
            assert found[f"{stores.readings.origin}/{reading}"] == value, "not the reading that the alert names"


@pytest.mark.fault(
    "process", "kill -9 of a process that only writes to the stores", promise="what was said to be stored is there"
)
async def test_kill_9(tmp_path: Path) -> None:
    chance, promises = random.Random(5), Promises()

    for life in range(KILLS):
        promises.hear(await killed(tmp_path, life, after=chance.randrange(1, 60)))

        async with stores_in(tmp_path) as stores:
            await promises.check(stores)

    assert len(promises.alerts) > KILLS


async def killed(folder: Path, seed: int, after: int) -> list[str]:
    """What a process said before it was killed, somewhere after so many lines."""
    victim = await asyncio.create_subprocess_exec(
        *DIES_WITH_US,
        sys.executable,
        "-m",
        "tests.gateway.store.victim",
        folder,
        str(seed),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert victim.stdout is not None
    assert await victim.stdout.readline() == b"open\n"
    said = b"".join([await victim.stdout.readline() for _ in range(after)])
    victim.kill()
    said += (await victim.communicate())[0]
    whole = said[: said.rfind(b"\n") + 1]  # the last line may be half
    return whole.decode().splitlines()


async def everything(stores: Stores) -> dict[str, object]:
    """Every reading on the disk, delivered or not: its value by its id."""
    rows = await stores.readings.look(lambda connection: connection.execute("SELECT body FROM batch").fetchall())
    readings = [one for (body,) in rows for one in msgspec.json.decode(b"[" + compressed.decompress(body) + b"]")]
    found = {one["id"]: one["value"] for one in readings}
    assert len(found) == len(readings), "an id comes twice"
    return found
