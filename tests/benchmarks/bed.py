"""One place to measure in: a broker, a hub, a platform and the daemon, each fresh."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fake_devices import serial_hub_frames as frames
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.benchmarks import usage
from tests.benchmarks.watching import Watching, watching
from tests.daemon import Band, Daemon, bands, configuration
from tests.mosquitto import Mosquitto

UNIT = {"MALLOC_ARENA_MAX": "1"}  # as systemd/lifering.service has it
BANDS = 50  # that tell their heart rate
GROUP = 160  # frames written at once: what the kernel takes
LOWEST, VALUES = 55, 40  # beats a minute at which no rule fires


@dataclass(frozen=True)
class Effort:
    """How much of each is done."""

    rounds: int = 3
    flood: int = 200_000
    steady_s: float = 10
    trickle_s: float = 180
    pending: int = 1_000_000
    default_s: float = 15
    presses: int = 100
    more_presses: int = 50  # where something else is in the way
    kills: int = 10
    decode_runs: int = 9


QUICK = Effort(
    rounds=1,
    flood=20_000,
    steady_s=3,
    trickle_s=8,
    pending=20_000,
    default_s=3,
    presses=8,
    more_presses=5,
    kills=2,
    decode_runs=1,
)


@dataclass
class Bed:
    """Everything runs; `roster` has the bands that tell their heart rate and, after them, those that call for help."""

    broker: Mosquitto
    hub: FakeHub
    platform: Platform
    watching: Watching
    daemon: Daemon
    roster: list[Band]
    telling: int = BANDS
    sent: int = 0

    def calm(self, count: int) -> list[bytes]:
        """The next heart rates, one a frame, of all bands in turn; values at which no rule fires."""
        numbers = range(self.sent, self.sent + count)
        self.sent += count
        return [self.frame(number) for number in numbers]

    def frame(self, number: int) -> bytes:
        """One of them."""
        address, value = self.told(number)
        return frames.record(address, number // self.telling, {"heart_rate": value})

    def told(self, number: int) -> tuple[str, int]:
        """Whose it is and what it says. The same again after `telling` x `VALUES` frames."""
        return self.roster[number % self.telling].address, LOWEST + number // self.telling % VALUES

    async def flood(self, wire: Sequence[bytes]) -> None:
        """As fast as they are taken."""
        await as_fast_as_taken(self.hub, wire)

    async def flow(self, per_s: float, seconds: float) -> int:
        """One frame after the other, evenly spaced. Returns how many."""
        wire = self.calm(int(per_s * seconds))
        await flow(self.hub, wire, per_s)
        return len(wire)

    async def released(self) -> None:
        """Returns when the daemon has nothing more to do."""
        await usage.released(self.daemon.pid)


async def as_fast_as_taken(hub: FakeHub, wire: Sequence[bytes]) -> None:
    """Whoever takes them."""
    for first in range(0, len(wire), GROUP):
        hub.line.write(b"".join(wire[first : first + GROUP]))
        await hub.line.sent()


async def flow(hub: FakeHub, wire: Sequence[bytes], per_s: float) -> None:
    """One frame after the other, evenly spaced, whoever reads them."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, frame in enumerate(wire):
        await asyncio.sleep(begun + number / per_s - loop.time())
        hub.line.write(frame)


@asynccontextmanager
async def apart() -> AsyncIterator[set[int]]:
    """The measured program gets a core of its own: the one that is given. All others run on the rest, where there is a rest."""
    all_of_them = os.sched_getaffinity(0)
    one = max(all_of_them)
    os.sched_setaffinity(0, all_of_them - {one} or all_of_them)
    try:
        yield {one}
    finally:
        os.sched_setaffinity(0, all_of_them)


@asynccontextmanager
async def bed(
    effort: Effort,
    environment: Mapping[str, str] | None = None,
    *,
    more: str = "",
    telling: int = BANDS,
    mqtt: Mapping[str, object] | None = None,
    stored: Path | None = None,
    broker_away: bool = False,
    program: Sequence[str] = ("gateway",),
) -> AsyncIterator[Bed]:
    """A bed with the daemon running, in this environment besides its own, and at rest. `more`: sections of its configuration,
    `mqtt`: other keys of that section; `telling`: how many bands tell their heart rate; `stored`: the data folder that it
    finds; `broker_away`: the broker is, until it is started; `program`: what is run in place of the gateway alone.
    """
    roster = bands(telling + effort.presses)
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        place = Path(folder)
        if stored:
            shutil.copytree(stored, place / "data")
        else:
            (place / "data").mkdir()
        with Mosquitto(place) as broker:
            async with (
                FakeHub(place / "hub") as hub,
                Platform(broker.platform_port) as platform,
                watching(broker.platform_port) as watch,
            ):
                config = configuration(place / "data", broker_port=broker.port, hub=hub.line.path, roster=roster, mqtt=mqtt)
                async with Daemon(place, config + more) as daemon:
                    daemon.environment = UNIT | dict(environment or {})
                    daemon.program = tuple(program)
                    if broker_away:
                        broker.stop()
                    await daemon.start()
                    await daemon.has_opened(hub.line.path)
                    await usage.released(daemon.pid)
                    yield Bed(broker, hub, platform, watch, daemon, roster, telling)
