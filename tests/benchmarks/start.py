"""How long a start takes, and how much memory, with a million readings in the store; whatever the clock says."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.benchmarks import usage
from tests.benchmarks.bed import BANDS, LOWEST, Effort
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.pending import pending
from tests.benchmarks.progress import says
from tests.benchmarks.targets import IN_1970, IN_TEN_YEARS, NOW
from tests.daemon import Daemon, bands, configuration
from tests.mosquitto import Mosquitto

SOURCE = Path(__file__).with_name("shifted_clock.c")
YEAR_S = 31_556_952
AFTER_S = 5.0  # what is read again after a start is read by then
LOOK_S = 0.002


async def start(effort: Effort) -> Found:
    """With an empty store, and with one that holds a million readings of the last half hour, of another boot."""
    now_s = int(time.time())
    return [
        *await _started("start to the first reading, an empty store", "RSS after it, peak", 0, 0, synced=True),
        *[
            figure
            for clock, ahead_s, synced in ((NOW, 0, True), (IN_1970, -now_s + 60, False), (IN_TEN_YEARS, 10 * YEAR_S, True))
            for figure in await _started(
                f"start to the first reading, 1,000,000 pending, {clock}",
                f"RSS after such a start, peak, {clock}",
                effort.pending,
                ahead_s,
                synced=synced,
            )
        ],
    ]


async def _started(name: str, memory: str, count: int, ahead_s: int, *, synced: bool) -> list[Figure]:
    """From the start of the process until it has taken a reading from the line that waits there."""
    folder_of_them = await pending(count) if count else None
    says(name)
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        place = Path(folder)
        if folder_of_them:
            shutil.copytree(folder_of_them, place / "data")
        else:
            (place / "data").mkdir()
        with Mosquitto(place) as broker:
            async with FakeHub(place / "hub") as hub, Platform(broker.platform_port) as platform:
                roster = bands(BANDS)
                config = configuration(place / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
                async with Daemon(place, config) as daemon:
                    daemon.environment = _clock(place, ahead_s, synced=synced)
                    hub.says(roster[0].address, heart_rate=LOWEST)
                    hub.presses(roster[1].address, records=1)
                    begun = time.monotonic()
                    await daemon.start()
                    while hub.line.unread():  # noqa: ASYNC110 (a line tells nobody)
                        await asyncio.sleep(LOOK_S)
                    took_s = time.monotonic() - begun
                    alert = await platform.alert(kind="sos", limit_s=60)
                    sos_s = platform.comings(alert)[0] - begun
                    await asyncio.sleep(AFTER_S)
                    peak = usage.peak_rss_mb(daemon.pid)
    note = f"{count:,} readings pending"
    return [
        Figure(name, took_s, "s", note),
        Figure(memory, peak, "MB", note),
        Figure(name.replace("reading", "SOS at the platform", 1), sos_s, "s", note),
    ]


def _clock(folder: Path, ahead_s: int, *, synced: bool) -> dict[str, str]:
    """The environment in which the wall clock is another."""
    library = folder / "shifted_clock.so"
    compiler = shutil.which("gcc") or shutil.which("cc")
    assert compiler, "no C compiler: the clock cannot be another"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "SHIFT_CLOCK_S": str(ahead_s), "CLOCK_SYNCED": str(int(synced))}
