"""How long a start takes, and how much memory, with a million readings in the store."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from gateway.clock import SystemClock
from gateway.readings import Reading
from gateway.store.opening import open_stores
from tests.benchmarks import usage
from tests.benchmarks.bed import BANDS, Effort
from tests.benchmarks.figures import Figure
from tests.daemon import GATEWAY, Daemon, bands, configuration
from tests.mosquitto import Mosquitto

SPAN_MS = 1_700_000  # the readings came within it: less than rules look back
AHEAD_MS = 30 * 365 * 86_400_000  # of a clock that has woken up long ago
COMMIT = 2_000


async def start(effort: Effort) -> list[Figure]:
    """Both stores; with the empty one beside them."""
    figures = []
    for note, count, ahead_ms in (
        ("an empty store", 0, 0),
        (f"{effort.stored:,} readings of the last half hour", effort.stored, 0),
        (f"{effort.stored:,} readings, the clock 30 years behind", effort.stored, AHEAD_MS),
    ):
        figures += await _started(note, count, ahead_ms)
    return figures


async def _started(note: str, count: int, ahead_ms: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        place = Path(folder)
        await fill(place / "data", count, int(time.time() * 1000) + ahead_ms)
        with Mosquitto(place) as broker:
            async with FakeHub(place / "hub") as hub, Platform(broker.platform_port) as platform:
                roster = bands(BANDS)
                config = configuration(place / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
                async with Daemon(place, config) as daemon:
                    hub.line.hold()
                    hub.presses(roster[0].address)
                    begun = time.monotonic()
                    ready_s = await daemon.start()
                    await daemon.has_opened(hub.line.path)
                    hub.line.resume()
                    await platform.alert(kind="sos")
                    return [
                        Figure("start to ready", ready_s, "s", note),
                        Figure("start to the first SOS at the platform", time.monotonic() - begun, "s", note),
                        Figure("RSS after it", usage.rss_mb(daemon.pid), "MB", note),
                    ]


async def fill(folder: Path, count: int, until_ms: int) -> None:
    """So many delivered and pending readings of all bands, evenly over the time before."""
    roster = bands(BANDS)
    stores = await open_stores(folder, GATEWAY, SystemClock())
    for number in range(count):
        band = roster[number % BANDS]
        at_ms = until_ms - SPAN_MS + SPAN_MS * number // count
        stores.readings.add(
            Reading(
                wearer=band.wearer,
                device=band.address,
                driver="serial-hub",
                kind="heart_rate",
                value=60 + number % 20,
                at_ms=at_ms,
                received_ms=at_ms,
                clock="synced",
                seq=stores.readings.next_seq(),
                epoch=stores.epoch,
            )
        )
        if number % COMMIT == COMMIT - 1:
            await stores.readings.commit()
    await stores.close()
