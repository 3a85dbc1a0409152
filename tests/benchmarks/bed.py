"""One place to measure in: a broker, a hub, a platform and the daemon, each fresh."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fake_devices import serial_hub_frames as frames
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.benchmarks import usage
from tests.daemon import Band, Daemon, bands, configuration
from tests.mosquitto import Mosquitto

BANDS = 50  # that tell their heart rate
GROUP = 160  # frames written at once: what the kernel takes


@dataclass(frozen=True)
class Effort:
    """How much of each is done."""

    flood: int = 200_000
    steady_s: float = 30
    trickle_s: float = 60
    pending: int = 100_000
    stored: int = 1_000_000
    presses: int = 100
    decode_runs: int = 15


QUICK = Effort(flood=20_000, steady_s=5, trickle_s=8, pending=10_000, stored=50_000, presses=10, decode_runs=3)


@dataclass
class Bed:
    """Everything runs; `roster` has the bands that tell their heart rate and, after them, those that call for help."""

    broker: Mosquitto
    hub: FakeHub
    platform: Platform
    daemon: Daemon
    roster: list[Band]
    telling: int = BANDS
    sent: int = 0

    def calm(self, count: int) -> list[bytes]:
        """The next heart rates, one a frame, of all bands in turn; values at which no rule fires."""
        numbers = range(self.sent, self.sent + count)
        self.sent += count
        return [
            frames.record(self.roster[n % self.telling].address, n // self.telling, {"heart_rate": 60 + n // self.telling % 20})
            for n in numbers
        ]

    async def flood(self, wire: list[bytes]) -> None:
        """As fast as they are taken."""
        for first in range(0, len(wire), GROUP):
            self.hub.line.write(b"".join(wire[first : first + GROUP]))
            await self.hub.line.sent()

    async def flow(self, per_s: float, seconds: float) -> int:
        """One frame after the other, evenly spaced. Returns how many."""
        wire = self.calm(int(per_s * seconds))
        await flow(self.hub, wire, per_s)
        return len(wire)

    async def delivered(self, limit_s: float = 300) -> None:
        """Returns when the platform has every heart rate that was sent."""
        await self.platform.wait_for(lambda: len(self.platform.consumer) >= self.sent, limit_s, "the last reading")

    async def released(self) -> None:
        """Returns when the daemon has nothing more to do."""
        await usage.released(self.daemon.pid)


async def flow(hub: FakeHub, wire: list[bytes], per_s: float) -> None:
    """One frame after the other, evenly spaced, whoever reads them."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, frame in enumerate(wire):
        await asyncio.sleep(begun + number / per_s - loop.time())
        hub.line.write(frame)


@asynccontextmanager
async def bed(
    effort: Effort, environment: Mapping[str, str] | None = None, *, more: str = "", telling: int = BANDS
) -> AsyncIterator[Bed]:
    """A bed with the daemon running, in this environment besides its own, and at rest. `more`: sections of its configuration,
    `telling`: how many bands tell their heart rate.
    """
    roster = bands(telling + effort.presses)
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        place = Path(folder)
        (place / "data").mkdir()
        with Mosquitto(place) as broker:
            async with FakeHub(place / "hub") as hub, Platform(broker.platform_port) as platform:
                config = configuration(place / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
                async with Daemon(place, config + more) as daemon:
                    daemon.environment = dict(environment or {})
                    await daemon.start()
                    await daemon.has_opened(hub.line.path)
                    await usage.released(daemon.pid)
                    yield Bed(broker, hub, platform, daemon, roster, telling)
