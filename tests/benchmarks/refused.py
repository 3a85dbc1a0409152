"""How long an SOS takes while the broker refuses other people's: until the broker has it, from the first byte on the line."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path

from fake_devices.serial_hub import FakeHub
from tests.benchmarks.bed import Effort
from tests.benchmarks.figures import Found
from tests.benchmarks.latency import PAUSE_S, SEED, sos
from tests.benchmarks.progress import says
from tests.daemon import Band, Daemon, bands, configuration
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker

REFUSED = 20  # people
PAYLOAD_FORMAT_INVALID = 0x99


async def refused(effort: Effort) -> Found:
    """One press at a time, each of another band, among calls of which none ever gets through."""
    roster = bands(REFUSED + effort.more_presses)
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        place = Path(folder)
        (place / "data").mkdir()
        async with ScriptedBroker() as broker, FakeHub(place / "hub") as hub:
            config = configuration(place / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
            async with Daemon(place, config) as daemon:
                await daemon.start()
                await daemon.has_opened(hub.line.path)
                taken = await _taken(broker, hub, roster)
    return [*sos(f"while those of {REFUSED} others are refused", taken)]


async def _taken(broker: ScriptedBroker, hub: FakeHub, roster: list[Band]) -> list[float]:
    others = [f'"device":"{band.address}"'.encode() for band in roster[:REFUSED]]
    broker.codes = lambda packet: PAYLOAD_FORMAT_INVALID if any(other in packet for other in others) else 0
    for band in roster[:REFUSED]:
        hub.presses(band.address, records=1)
    await broker.has_come(*others, limit_s=30)
    chance, taken = random.Random(SEED), []
    for band in roster[REFUSED:]:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        written = time.monotonic()
        hub.presses(band.address, records=1)
        await broker.has_come(f'"device":"{band.address}"'.encode(), limit_s=30)
        taken.append(1000 * (time.monotonic() - written))
        says(f"{len(taken)} of {len(roster) - REFUSED} presses")
    return taken
