"""Programs that do less than a gateway, measured beside it on the same line and with the same broker, in the same run.

`reader` is an asyncio program that only reads the line; it comes with lifering. `prototype` reads, commits once a second and
publishes batches, without an enrolment, a rule or an alert: what Python can reach. It lies in a folder that need not be there.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from fake_devices.serial_hub import FakeHub
from tests.benchmarks import reader, usage
from tests.benchmarks.watching import Watching, watching
from tests.daemon import CHECKOUT, PYTHON
from tests.mosquitto import Mosquitto
from tests.processes import DIES_WITH_US

FOLDER = Path(os.environ.get("LIFERING_PEERS", CHECKOUT.parent / "shared" / "bench"))
PROTOTYPE = FOLDER / "programs" / "prototype.py"
TOPIC = "bench/readings"


class Neighbour(NamedTuple):
    """It runs, and is at rest."""

    hub: FakeHub
    watching: Watching
    pid: int


@asynccontextmanager
async def the_reader() -> AsyncIterator[Neighbour]:
    """The program that only reads; at the broker nothing comes of it."""
    async with _running(reader.__file__) as neighbour:
        yield neighbour


@asynccontextmanager
async def the_prototype() -> AsyncIterator[Neighbour | None]:
    """None where it is not on this machine."""
    if not PROTOTYPE.exists():
        yield None
        return
    async with _running(str(PROTOTYPE), "{folder}/prototype.db", "{port}") as neighbour:
        yield neighbour


@asynccontextmanager
async def _running(program: str, *arguments: str) -> AsyncIterator[Neighbour]:
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        place = Path(folder)
        with Mosquitto(place) as broker:
            async with FakeHub(place / "hub") as hub, watching(broker.platform_port, [TOPIC]) as watch:
                given = [argument.format(folder=folder, port=broker.port) for argument in arguments]
                process = await asyncio.create_subprocess_exec(
                    *(*DIES_WITH_US, PYTHON, program, str(hub.line.path), *given), env=os.environ | {"PYTHONPATH": str(FOLDER)}
                )
                try:
                    await usage.released(process.pid)
                    yield Neighbour(hub, watch, process.pid)
                finally:
                    process.kill()
                    await process.wait()
