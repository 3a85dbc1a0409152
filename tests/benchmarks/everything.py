"""A bed with everything on: a modem, a duty list, the supervision of 200 bands, and a value of each in ten seconds."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fake_devices.modem import FakeModem
from tests.benchmarks.bed import Bed, Effort, bed
from tests.until import until

TELLING = 200  # bands, each a value in ten seconds
PER_S = 20
RECEIPT_S = 30
FIRST_PHONE = "+8613800000001"
DUTY = f"name,phone\nwang,{FIRST_PHONE}\nli,+8613800000002\n"
CONFIG = """
[duty]
phones_file = "{folder}/duty.csv"
receipt_s = {receipt_s}
self_test = "09:00"
[modem]
port = "{folder}/modem"
[supervision]
silent_warning_min = 60
silent_critical_min = 240
off_wrist_min = 30
battery_percent = 20
[home]
latitude = 30.53
longitude = 120.68
geofence_m = 500
"""


@asynccontextmanager
async def everything(
    effort: Effort,
    environment: Mapping[str, str] | None = None,
    *,
    mqtt: Mapping[str, object] | None = None,
    stored: Path | None = None,
    broker_away: bool = False,
    program: Sequence[str] = ("gateway",),
) -> AsyncIterator[tuple[Bed, FakeModem]]:
    """The modem is ready, nobody tells anything yet; the other words are those of `bed`."""
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        (Path(folder) / "duty.csv").write_text(DUTY)
        async with FakeModem(Path(folder) / "modem") as modem:
            config = CONFIG.format(folder=folder, receipt_s=RECEIPT_S)
            async with bed(
                effort,
                environment,
                more=config,
                telling=TELLING,
                mqtt=mqtt,
                stored=stored,
                broker_away=broker_away,
                program=program,
            ) as place:
                await until(lambda: "AT+CNMI" in "".join(modem.brain.commands), 40)
                yield place, modem


@asynccontextmanager
async def flowing(place: Bed, per_s: float) -> AsyncIterator[None]:
    """Readings come without an end."""
    async with asyncio.TaskGroup() as tasks:
        flow = tasks.create_task(_flow(place, per_s))
        yield
        flow.cancel()


async def _flow(place: Bed, per_s: float) -> None:
    """In each hundredth of a second as many as there are to be, on the line one behind the other."""
    loop = asyncio.get_running_loop()
    begun, done = loop.time(), 0
    while True:
        due = int((loop.time() - begun) * per_s) + 1
        if due > done:
            place.hub.line.write(b"".join(place.calm(due - done)))
            done = due
        await asyncio.sleep(max(0.01, begun + done / per_s - loop.time()))
