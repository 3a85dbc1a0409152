"""How long an SOS takes with everything on: a modem, a duty list, the supervision of 200 bands; and when nobody answers."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fake_devices.modem import FakeModem
from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.figures import Figure
from tests.benchmarks.latency import SEED, figures, presses

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
MANY = 100  # presses: from so many on the hole is measured with ten
HOLE_APART_S = 7.0


async def whole(effort: Effort) -> list[Figure]:
    """One press at a time, each of another band, beside the values of all others; then in a hole that swallows every packet."""
    async with _everything(effort) as (place, _):
        flow = asyncio.create_task(place.flow(PER_S, 10_000))
        try:
            taken = [took async for took in presses(place, random.Random(SEED), effort.presses)]
        finally:
            flow.cancel()
    async with _everything(effort) as (place, modem):
        left = await _in_a_hole(place, modem, 10 if effort.presses >= MANY else 2)
    note = f"{len(left)} presses, {RECEIPT_S} s without a receipt"
    return [
        *figures("with modem, duty list and 200 bands", taken),
        Figure("SMS leaves the modem, broker a black hole, soonest", min(left), "s", note),
        Figure("SMS leaves the modem, broker a black hole, latest", max(left), "s", note),
    ]


@asynccontextmanager
async def _everything(effort: Effort) -> AsyncIterator[tuple[Bed, FakeModem]]:
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        (Path(folder) / "duty.csv").write_text(DUTY)
        async with FakeModem(Path(folder) / "modem") as modem:
            config = CONFIG.format(folder=folder, receipt_s=RECEIPT_S)
            async with bed(effort, more=config, telling=TELLING) as place:
                await _until(lambda: "AT+CNMI" in "".join(modem.brain.commands), 40)
                yield place, modem


async def _until(condition: Callable[[], bool], limit_s: float) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while not condition():  # noqa: ASYNC110 (a modem tells nobody)
            await asyncio.sleep(0.05)


async def _in_a_hole(place: Bed, modem: FakeModem, count: int) -> list[float]:
    """The seconds from each press until its SMS to the first phone has left."""
    place.broker.freeze()
    pressed: dict[str, float] = {}
    for band in place.roster[TELLING : TELLING + count]:
        pressed[band.wearer] = time.monotonic()
        place.hub.presses(band.address, records=1)
        await asyncio.sleep(HOLE_APART_S)
    await _until(lambda: len(_left(modem, pressed)) == count, RECEIPT_S + 30)
    place.broker.thaw()
    return list(_left(modem, pressed).values())


def _left(modem: FakeModem, pressed: dict[str, float]) -> dict[str, float]:
    took: dict[str, float] = {}
    for sms in modem.left:
        for wearer, at_s in pressed.items():
            if sms.number == FIRST_PHONE and wearer in sms.text and wearer not in took:
                took[wearer] = sms.at_s - at_s
    return took
